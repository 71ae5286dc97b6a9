"""AWS Step Functions."""

from archkit.kinds.stepfunctions.machine import StateMachine

__all__ = ["StateMachine"]
