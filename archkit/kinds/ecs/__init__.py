"""Amazon ECS and AWS Fargate: containers that run for long, or once."""

from archkit.kinds.ecs.cluster import Cluster
from archkit.kinds.ecs.service import Service
from archkit.kinds.ecs.task import Task

__all__ = ["Cluster", "Service", "Task"]
