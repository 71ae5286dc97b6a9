"""AWS Elastic Beanstalk: code that AWS runs on servers, behind a load balancer or at a queue."""

from archkit.kinds.elasticbeanstalk.application import Application
from archkit.kinds.elasticbeanstalk.environment import Environment

__all__ = ["Application", "Environment"]
