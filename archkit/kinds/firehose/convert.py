"""Format conversion: JSON records become columns by the schema of a Glue table."""

from __future__ import annotations

from typing import Any, Literal

from archkit.kind import Record, prop
from archkit.scope import Scope
from archkit.values import Sub, account, region

__all__ = ["Convert"]

SERIALIZERS = {"parquet": "ParquetSerDe", "orc": "OrcSerDe"}
DESERIALIZERS = {"openx": "OpenXJsonSerDe", "hive": "HiveJsonSerDe"}


class Convert(Record):
    """How JSON becomes a columnar format
    (https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html)."""

    to: Literal["parquet", "orc"] = prop("parquet", "Format of the files.", shape=True)
    database: str = prop(doc="Database of the Glue catalogue.")
    table: str = prop(doc="Table whose columns are the schema.")
    version: str = prop("LATEST", "Version of the schema.")
    json: Literal["openx", "hive"] = prop(
        "openx", "How the JSON is read; 'hive' understands more forms of time stamps.", shape=True
    )
    timestamps: list[str] = prop([], "Forms of time stamps in the JSON, such as yyyy-MM-dd (with 'json: hive').")
    compression: Literal["snappy", "gzip", "zlib", "none"] = prop(
        "snappy", "Compression in the files; gzip is Parquet's, zlib ORC's.", shape=True
    )

    def configuration(self, scope: Scope) -> dict[str, Any]:
        """Return the conversion, and give the role the right to read the schema."""
        stem = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:"
        names = {"Database": self.database, "Table": self.table}
        scope.allow(
            "glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions",
            on=[Sub(stem + "catalog"), _sub(stem + "database/${Database}", names),
                _sub(stem + "table/${Database}/${Table}", names)],
        )  # fmt: skip
        form = {"Compression": {"none": "UNCOMPRESSED" if self.to == "parquet" else "NONE"}.get(
            self.compression, self.compression.upper())}  # fmt: skip
        reader = {"TimestampFormats": list(self.timestamps)} if self.timestamps else {}
        return {
            "Enabled": True,
            "InputFormatConfiguration": {"Deserializer": {DESERIALIZERS[self.json]: reader}},
            "OutputFormatConfiguration": {"Serializer": {SERIALIZERS[self.to]: form}},
            "SchemaConfiguration": {
                "CatalogId": account, "DatabaseName": self.database, "Region": region,
                "RoleARN": scope.role().att("Arn"), "TableName": self.table, "VersionId": self.version,
            },
        }  # fmt: skip


def _sub(text: str, names: dict[str, Any]) -> Sub:
    """Put names into a text: plain ones at once, references as its parts."""
    parts = {name: value for name, value in names.items() if not isinstance(value, str)}
    for name, value in names.items():
        if isinstance(value, str):
            text = text.replace("${" + name + "}", value)
    return Sub(text, {name: value for name, value in parts.items() if "${" + name + "}" in text})
