"""AWS Batch: jobs in containers, as many machines as wait for one."""

from archkit.kinds.batch.environment import ComputeEnvironment
from archkit.kinds.batch.job import Job
from archkit.kinds.batch.queue import Queue

__all__ = ["ComputeEnvironment", "Job", "Queue"]
