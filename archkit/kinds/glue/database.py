"""Databases of the data catalogue, and tables whose columns are known."""

from __future__ import annotations

import re
from typing import Any, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import Announce, External, Grant, Kind, Record, Refusal, prop
from archkit.kinds.glue.shared import STEM
from archkit.scope import Scope
from archkit.values import Sub, account

__all__ = ["Database"]

INSIDE = (STEM + "catalog", "${arn}", STEM + "table/${name}/*")
"""Glue asks for a right on the catalogue and the database too, whatever table is meant
(https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html)."""
HADOOP, HIVE = "org.apache.hadoop.mapred.", "org.apache.hadoop.hive.ql.io."
PLAIN = (HADOOP + "TextInputFormat", HIVE + "HiveIgnoreKeyTextOutputFormat")
FORMATS = {
    "json": (*PLAIN, "org.openx.data.jsonserde.JsonSerDe", {}),
    "csv": (*PLAIN, "org.apache.hadoop.hive.serde2.OpenCSVSerde", {"separatorChar": ",", "quoteChar": '"'}),
    "parquet": (HIVE + "parquet.MapredParquetInputFormat", HIVE + "parquet.MapredParquetOutputFormat",
                HIVE + "parquet.serde.ParquetHiveSerDe", {}),
    "orc": (HIVE + "orc.OrcInputFormat", HIVE + "orc.OrcOutputFormat", HIVE + "orc.OrcSerde", {}),
}  # fmt: skip
"""Input, output, SerDe and its parameters (https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html)."""


class Table(Record):
    """A table: where its files are, in which format, with which columns."""

    location: str = prop(doc="Where the files are, such as s3://${lake.name}/orders/.")
    columns: dict[str, str] = prop(doc="Columns, each with its Hive type, such as string or bigint.")
    partitions: dict[str, str] = prop({}, "Columns that are the folders' names, such as day=2030-01-31.")
    format: Literal["json", "csv", "parquet", "orc"] = prop("parquet", "Format of the files.")
    skip_header: bool = prop(False, "The first line of a CSV file holds names.")
    parameters: dict[str, str] = prop({}, "Further table properties, such as those of partition projection.")

    def input(self, name: str) -> dict[str, Any]:
        """Return the TableInput."""
        reads, writes, serde, more = FORMATS.get(self.format, FORMATS["parquet"])
        header = {"skip.header.line.count": "1"} if self.skip_header else {}
        return {
            "Name": name, "TableType": "EXTERNAL_TABLE", "PartitionKeys": _columns(self.partitions),
            "Parameters": {"classification": self.format, "EXTERNAL": "TRUE", **header, **self.parameters},
            "StorageDescriptor": {
                "Columns": _columns(self.columns), "Location": self.location, "InputFormat": reads,
                "OutputFormat": writes, "SerdeInfo": {"SerializationLibrary": serde, "Parameters": dict(more) or None}},
        }  # fmt: skip


class Database(Kind, icon="aws/analytics/glue-data-catalog", service="AWS Glue",
               types=("AWS::Glue::Database", "AWS::Glue::Table")):  # fmt: skip
    """Database of the data catalogue: says what the files of a data lake hold, as tables with columns.

    Tables are written here, or found by a crawler.
    """

    database_name: str | None = prop(None, "Name instead of the built one.", pattern="[a-z0-9_]{1,255}", shape=True)
    tables: dict[str, Table] = prop({}, "Tables by name.", shape=True)

    attributes = {"name": "${}", "arn": STEM + "database/${name}"}
    address = "${name}"
    external = External(("name",), {"arn": STEM + "database/${name}"})
    grants = {
        "read": Grant("glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:GetPartition", "glue:GetPartitions",
                      "glue:BatchGetPartition", on=INSIDE, usual=True),
        "write": Grant("glue:CreateTable", "glue:UpdateTable", "glue:CreatePartition", "glue:UpdatePartition",
                       "glue:BatchCreatePartition", "glue:BatchUpdatePartition", on=INSIDE),
        "delete": Grant("glue:DeleteTable", "glue:DeletePartition", "glue:BatchDeletePartition", on=INSIDE),
    }  # fmt: skip
    announces = Announce(
        "aws.glue",
        ("Glue Data Catalog Database State Change", "Glue Data Catalog Table State Change"),
        {"databaseName": ["${name}"]},
    )
    taggable = False
    example = "{tables: {orders: {location: s3://lake-of-example/orders/, columns: {id: string, amount: double}}}}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        for name in self.tables:
            if not re.fullmatch("[a-z0-9_]{1,255}", name):
                return [Refusal(f"'{name}' cannot be the name of a table", "small letters, digits and underscores",
                                "bad-value", "tables")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        made = scope.make("AWS::Glue::Database", CatalogId=account,
                          DatabaseInput={"Name": self.database_name or _underscored(scope.physical(255)),
                                         "Description": scope.node.note})  # fmt: skip
        for name, table in self.tables.items():
            id = "".join(word.capitalize() for word in name.split("_"))
            scope.make("AWS::Glue::Table", f"{id}Table", CatalogId=account, DatabaseName=made.ref,
                       TableInput=table.input(name))  # fmt: skip


def _underscored(name: Sub) -> Sub:
    """Return a name as queries can write it without quotes."""
    return Sub(name.text.replace("-", "_"), name.parts)


def _columns(named: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Type": type} for name, type in named.items()]
