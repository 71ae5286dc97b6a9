"""Amazon DynamoDB: tables in one Region, and tables whose copies stand in several."""

from archkit.kinds.dynamodb.global_table import GlobalTable
from archkit.kinds.dynamodb.table import Table

__all__ = ["GlobalTable", "Table"]
