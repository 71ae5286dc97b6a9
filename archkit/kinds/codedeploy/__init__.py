"""AWS CodeDeploy: new versions of servers' programs, functions and containers, and the way back."""

from archkit.kinds.codedeploy.application import Application
from archkit.kinds.codedeploy.group import DeploymentGroup

__all__ = ["Application", "DeploymentGroup"]
