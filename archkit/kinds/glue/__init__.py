"""AWS Glue: the data catalogue, crawlers that fill it, jobs that change data, triggers and connections."""

from archkit.kinds.glue.connection import Connection
from archkit.kinds.glue.crawler import Crawler
from archkit.kinds.glue.database import Database
from archkit.kinds.glue.job import Job
from archkit.kinds.glue.trigger import Trigger

__all__ = ["Connection", "Crawler", "Database", "Job", "Trigger"]
