"""Amazon Athena: SQL over files in S3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import Announce, External, Grant, Helper, Join, Kind, Metric, NodeId, Operation, Refusal, prop
from archkit.scope import Link, Scope
from archkit.values import Sub

__all__ = ["Workgroup"]

LEAST = 10_000_000
"""Bytes; Athena refuses a lower limit
(https://docs.aws.amazon.com/athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html)."""
UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12}
WRITES = ("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
HOLDS = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
"""What Athena does to results with the rights of whoever queries
(https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html)."""
QUERY = ("athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults",
         "athena:StopQueryExecution", "athena:GetWorkGroup")  # fmt: skip


class Size(int):
    """A number of bytes.

    >>> Size.parse("10 GB"), Size.parse("20000000")
    (10000000000, 20000000)
    """

    __slots__ = ()
    says = "a size such as '10 GB'"

    @classmethod
    def parse(cls, text: str) -> Size:
        """Read a size; raises ValueError with the way out."""
        number, _, unit = text.strip().partition(" ")
        if not number.isdigit() or (unit and unit not in UNITS):
            raise ValueError(f"'{text}' is not a size; write a number with MB, GB or TB, such as '10 GB'")
        return cls(int(number) * UNITS.get(unit, 1))


class Reach(Join):
    """What whoever queries here may read: the tables of a database, or the objects of a bucket that hold them."""

    word: ClassVar[str] = "read"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "data"
    identity: ClassVar[tuple[str, ...]] = ("prefix",)

    prefix: str | None = prop(None, "Only objects whose key begins so; of a bucket.", pattern="[^/].*")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return _is_database(other) or _is_bucket(other)

    def refuse(self, ends: Ends) -> Refusal | None:
        if self.prefix and _is_database(type(ends.other.kind)):
            return Refusal("'prefix' is for a bucket, and a database has none", None, "bad-value", "prefix")
        if ends.owner.place[1] != ends.other.place[1] and _is_database(type(ends.other.kind)):
            return Refusal("Athena sees the catalogue of its own Region only", None, "other-region")
        return None

    def text(self) -> str | None:
        return self.prefix

    def apply(self, link: Link) -> None:
        """Rights follow where somebody may query: the workgroup itself has none."""

    def grants(self, other: Scope) -> Iterable[Grant | str]:
        """Return what reading here needs."""
        if _is_database(type(other.node.kind)):
            return ("read",)
        key = other.kind.grants["read"].key
        return (Grant("s3:GetObject", on=f"${{arn}}/{self.prefix or ''}*", key=key),
                Grant("s3:GetBucketLocation", "s3:ListBucket"))  # fmt: skip


class Keep(Join):
    """Where results are written."""

    word: ClassVar[str] = "write"
    style: ClassVar[Any] = "data"
    replaces: ClassVar[str | None] = "results"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return _is_bucket(other)

    def apply(self, link: Link) -> None:
        link.owner.main.set(LOCATION, _location(link.owner.kind.prefix, link.other))


LOCATION = "WorkGroupConfiguration.ResultConfiguration.OutputLocation"


def _is_bucket(kind: type[Kind]) -> bool:
    return kind.admits is not None and kind.admits.protocol == "s3"


def _is_database(kind: type[Kind]) -> bool:
    return kind.types[:1] == ("AWS::Glue::Database",)


def _location(prefix: str, bucket: Scope) -> Sub:
    return Sub(f"s3://${{Bucket}}/{prefix}", {"Bucket": bucket.attribute("name")})


class Workgroup(Kind, icon="aws/analytics/athena", service="Amazon Athena", types="AWS::Athena::WorkGroup"):
    """Workgroup: runs SQL over files in S3, within a limit, and keeps the results.

    `queries -> catalogue, lake` is what can be read, `queries -> kept: write` where results go (without such an edge: a
    bucket of its own, the helper 'results'). `report -> queries` gives whoever asks the rights on all of these, since
    Athena acts with theirs.
    """

    limit: Size | None = prop(Size(100 * UNITS["GB"]), "Most bytes that one query may scan, such as '10 GB'.")
    prefix: str = prop("results/", "Beginning of the results' keys.", pattern="([^/].*/)?", shape=True)
    keep: int = prop(30, "Days that results are kept, in the bucket of its own.", ge=1)
    results: NodeId | None = prop(None, "Bucket that results are written to.", slot="results", to="s3.bucket")
    key: NodeId | None = prop(None, "Key that encrypts results (default: keys that S3 manages).", slot="key",
                              to="kms.key")  # fmt: skip
    enforce: bool = prop(True, "Its settings hold, whatever a client asks for.")
    metrics_on: bool = prop(True, "Metrics of its queries.")
    engine: str | None = prop(None, "Engine, such as 'Athena engine version 3' (default: AUTO).")
    enabled: bool = prop(True, "Whether queries run.")

    named = ("Name", 128)
    attributes = {
        "name": "${}",
        "arn": "arn:${AWS::Partition}:athena:${AWS::Region}:${AWS::AccountId}:workgroup/${name}",
    }
    address = "${name}"
    external = External(("name",), {"arn": attributes["arn"]})
    grants = {"query": Grant(*QUERY, usual=True)}
    operations = {name: Operation("athena", name, {"WorkGroup": "${name}"} if name.startswith("Start") else {},
                                  QUERY, usual=name.startswith("Start"))
                  for name in ("StartQueryExecution", "GetQueryExecution", "GetQueryResults")}  # fmt: skip
    announces = Announce("aws.athena", ("Athena Query State Change",), {"workgroupName": ["${name}"]})
    metrics = {
        "scanned": Metric("AWS/Athena", "ProcessedBytes", {"WorkGroup": "${name}"}),
        "time": Metric("AWS/Athena", "TotalExecutionTime", {"WorkGroup": "${name}"}, "Maximum"),
        "queued": Metric("AWS/Athena", "QueryQueueTime", {"WorkGroup": "${name}"}, "Maximum"),
    }
    joins = (Reach, Keep)
    example = "{limit: 10 GB}"

    def helpers(self) -> Mapping[str, Helper]:
        if self.results:
            return {}
        key = {"key": self.key} if self.key else {}
        return {"results": Helper("s3.bucket", {"versioning": False, **key}, "results")}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if isinstance(self.limit, int) and self.limit < LEAST:
            return [Refusal(f"Athena takes no limit below 10 MB, not {self.limit} bytes", "limit: 10 MB",
                            "out-of-bounds", "limit")]  # fmt: skip
        kept = [edge.target for edge, effect in world.effects("write") if effect.owner == node.id]
        if len(kept) + bool(self.results) > 1:
            return [Refusal(f"results of '{node.id}' go to one bucket", "keep one", "too-many-targets", "results")]
        return []

    def build(self, scope: Scope) -> None:
        kept = scope.of(self.results) or scope.of(f"{scope.node.id}.results")
        key, limit = scope.arn(self.key), int(self.limit) if isinstance(self.limit, int) else self.limit
        by = {"EncryptionOption": "SSE_KMS" if key else "SSE_S3", "KmsKey": key}
        scope.make(
            "AWS::Athena::WorkGroup", Name=scope.physical(128), Description=scope.node.note,
            State="ENABLED" if self.enabled else "DISABLED", RecursiveDeleteOption=True,
            WorkGroupConfiguration={
                "BytesScannedCutoffPerQuery": limit,
                "EnforceWorkGroupConfiguration": self.enforce,
                "PublishCloudWatchMetricsEnabled": self.metrics_on,
                "EngineVersion": {"SelectedEngineVersion": self.engine} if self.engine else None,
                "ResultConfiguration": {
                    "OutputLocation": _location(self.prefix, kept) if kept else None, "EncryptionConfiguration": by},
            },
        )  # fmt: skip

    def finish(self, scope: Scope) -> None:
        """Let results expire, where the bucket is the workgroup's own."""
        own = scope.of(f"{scope.node.id}.results")
        if own is not None:
            gone = {"Id": "results", "Status": "Enabled", "Prefix": self.prefix, "ExpirationInDays": self.keep}
            own.main.append("LifecycleConfiguration.Rules", gone)

    def beside(self, scope: Scope, grant: Grant) -> Iterable[tuple[Scope, Grant | str]]:
        """Athena reads tables and writes results with the rights of whoever queries."""
        found: list[tuple[Scope, Grant | str]] = []
        for edge, effect in scope.architecture.effects():
            other = scope.of(edge.target)
            if effect.owner == scope.node.id and other is not None:
                if isinstance(effect.join, Reach):
                    found += [(other, right) for right in scope.filled(effect.join).grants(other)]
                elif isinstance(effect.join, Keep):
                    found += self._writes(other)
        own = scope.of(self.results) or scope.of(f"{scope.node.id}.results")
        return found + (self._writes(own) if own is not None else [])

    def _writes(self, bucket: Scope) -> list[tuple[Scope, Grant | str]]:
        key = bucket.kind.grants["write"].key
        return [(bucket, Grant(*WRITES, on=f"${{arn}}/{self.prefix}*", key=key)), (bucket, Grant(*HOLDS))]
