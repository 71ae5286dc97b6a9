"""Amazon EC2 Auto Scaling: fleets of servers that grow and shrink with what is asked of them."""

from archkit.kinds.autoscaling.group import Group

__all__ = ["Group"]
