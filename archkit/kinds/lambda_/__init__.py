"""AWS Lambda: functions and layers."""

from __future__ import annotations

from archkit.kinds.lambda_.function import Function
from archkit.kinds.lambda_.layer import Layer

__all__ = ["Function", "Layer"]
