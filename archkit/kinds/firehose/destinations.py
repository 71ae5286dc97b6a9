"""Where a Firehose stream delivers: files in a bucket, a search domain, a warehouse, an HTTPS endpoint.

Rights as https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html lists them for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Ends
from archkit.kind import Grant, Join, Kind, NodeId, Refusal, prop
from archkit.scope import Link, Scope

__all__ = [
    "Backup",
    "Bucket",
    "Deliver",
    "Destination",
    "Endpoint",
    "OnFailure",
    "Search",
    "Spare",
    "Warehouse",
    "give",
]

OBJECTS = Grant("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject", on="${arn}/*",
                key=("kms:Decrypt", "kms:GenerateDataKey"))  # fmt: skip
UPLOADS = Grant("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
SHOWN = ("", "_all/_settings", "_cluster/stats", "{index}*/_mapping/*", "_nodes", "_nodes/stats", "_nodes/*/stats",
         "_stats", "{index}*/_stats")  # fmt: skip


class Destination(Join):
    """The one place that a stream delivers to.

    `place` is the property that holds it, `modes` what keeping a copy in a bucket is called there, by the word of the
    edge.
    """

    word: ClassVar[str] = "deliver"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "data"
    place: ClassVar[str]
    modes: ClassVar[Mapping[str, str]] = {"on_failure": "FailedDataOnly", "backup": "AllData"}

    def properties(self, scope: Scope, target: Scope) -> dict[str, Any]:
        """Return the destination's own properties."""
        raise NotImplementedError


class Bucket(Join):
    """Files in a bucket: how their names begin. It takes the place of the bucket that the stream makes for itself."""

    style: ClassVar[Any] = "data"
    replaces: ClassVar[str | None] = "files"

    prefix: str | None = prop(None, "Beginning of the files' names, such as clicks/!{timestamp:yyyy/MM/dd}/.")
    error_prefix: str | None = prop(None, "Beginning of the names of files with what failed.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "s3"

    def apply(self, link: Link) -> None:
        give(link.owner, link.other, link.because)

    def place_in(self, bucket: Scope) -> dict[str, Any]:
        """Return where files lie; a prefix with expressions demands one for errors."""
        computed = isinstance(self.prefix, str) and "!{" in self.prefix
        errors = self.error_prefix or ("errors/!{firehose:error-output-type}/" if computed else None)
        return {"BucketARN": bucket.attribute("arn"), "Prefix": self.prefix, "ErrorOutputPrefix": errors}


def give(stream: Scope, bucket: Scope, because: str) -> None:
    """Give a stream the rights to write files into a bucket."""
    for grant in (OBJECTS, UPLOADS):
        stream.grant(bucket, grant, because)


class Deliver(Bucket, Destination):
    """Writes files into a bucket."""

    extension: str | None = prop(None, "Extension of the files, such as .json.gz.", pattern=r"\.[0-9a-z!\-_.*'()]+")
    time_zone: str | None = prop(None, "Time zone of the prefix, such as Europe/Berlin (default: UTC).")
    newline: bool = prop(False, "End each record with a new line.")
    partition: dict[str, str] = prop(
        {}, "Folders by content: name and jq expression, such as {customer: .customer_id}."
    )

    place: ClassVar[str] = "ExtendedS3DestinationConfiguration"

    def refuse(self, ends: Ends) -> Refusal | None:
        if self.partition and isinstance(self.prefix, str):
            missing = [name for name in self.partition if f"!{{partitionKeyFromQuery:{name}}}" not in self.prefix]
            if missing:
                return Refusal(f"the prefix does not use '{missing[0]}'", f"!{{partitionKeyFromQuery:{missing[0]}}}",
                               "bad-value", "prefix")  # fmt: skip
        return None

    def place_in(self, bucket: Scope) -> dict[str, Any]:
        found = super().place_in(bucket)
        if self.partition and self.prefix is None:
            found["Prefix"] = "".join(f"{name}=!{{partitionKeyFromQuery:{name}}}/" for name in self.partition)
            found["ErrorOutputPrefix"] = self.error_prefix or "errors/!{firehose:error-output-type}/"
        return found

    def properties(self, scope: Scope, target: Scope) -> dict[str, Any]:
        dynamic = {"Enabled": True, "RetryOptions": {"DurationInSeconds": 300}} if self.partition else None
        return {**self.place_in(target), "FileExtension": self.extension, "CustomTimeZone": self.time_zone,
                "DynamicPartitioningConfiguration": dynamic}  # fmt: skip

    def processors(self) -> list[dict[str, Any]]:
        """Return what is done to records only where they become files."""
        found = []
        if self.partition:
            query = "{" + ",".join(f"{name}:{expression}" for name, expression in self.partition.items()) + "}"
            found.append({"Type": "MetadataExtraction", "Parameters": [
                {"ParameterName": "MetadataExtractionQuery", "ParameterValue": query},
                {"ParameterName": "JsonParsingEngine", "ParameterValue": "JQ-1.6"}]})  # fmt: skip
        if self.newline:
            found.append({"Type": "AppendDelimiterToRecord", "Parameters": [
                {"ParameterName": "Delimiter", "ParameterValue": "\\n"}]})  # fmt: skip
        return found


class Spare(Bucket):
    """A bucket beside the destination."""


class Backup(Spare):
    """Keeps every record as it came in."""

    word: ClassVar[str] = "backup"


class OnFailure(Spare):
    """Keeps what cannot be delivered."""

    word: ClassVar[str] = "on_failure"


class Search(Destination):
    """Puts each record into an index of a search domain."""

    index: str = prop(doc="Index that records are put into.", pattern="[a-z0-9][a-z0-9._-]{0,79}")
    rotation: Literal["none", "hour", "day", "week", "month"] = prop("day", "How often a new index begins.", shape=True)
    retry: int | None = prop(None, "Seconds of trying again (default: 300).", ge=0, le=7_200)

    place: ClassVar[str] = "AmazonopensearchserviceDestinationConfiguration"
    modes: ClassVar[Mapping[str, str]] = {"on_failure": "FailedDocumentsOnly", "backup": "AllDocuments"}

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return any("es:ESHttpPut" in grant.actions for grant in other.grants.values())

    def apply(self, link: Link) -> None:
        write = Grant("es:DescribeDomain", "es:DescribeDomainConfig", "es:DescribeDomains", "es:ESHttpPost",
                      "es:ESHttpPut", on=("${arn}", "${arn}/*"))  # fmt: skip
        index = self.index if isinstance(self.index, str) else ""
        read = Grant("es:ESHttpGet", on=tuple("${arn}/" + path.format(index=index) for path in SHOWN))
        for grant in (write, read):
            link.owner.grant(link.other, grant, link.because)

    def properties(self, scope: Scope, target: Scope) -> dict[str, Any]:
        rotation = "NoRotation" if self.rotation == "none" else f"One{self.rotation.capitalize()}"
        return {"DomainARN": target.attribute("arn"), "IndexName": self.index, "IndexRotationPeriod": rotation,
                "RetryOptions": retries(self.retry)}  # fmt: skip


class Warehouse(Destination):
    """Loads files of a bucket into a table of a Redshift cluster, by COPY.

    Firehose comes from addresses of its own on the Internet: the cluster must have one too, and let them in
    (https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-rs-vpc).
    """

    table: str = prop(doc="Table that is loaded.")
    columns: str | None = prop(None, "Columns of the table, with commas between.")
    copy_options: str | None = prop(None, "Options of COPY, such as json 'auto' gzip.")
    database: str | None = prop(None, "Database (default: the one that the cluster makes at the start).",
                                pattern="[a-zA-Z0-9_$-]+")  # fmt: skip
    secret: NodeId | None = prop(None, "Secret with the user's name and password (default: the cluster's own).",
                                 slot="secret", to="secretsmanager.secret")  # fmt: skip
    addresses: str | None = prop(None, "Range of Firehose's addresses in the Region, which is let in.",
                                 pattern=r"[0-9]+(\.[0-9]+){3}/[0-9]+", shape=True)  # fmt: skip
    retry: int | None = prop(None, "Seconds of trying again (default: 3600).", ge=0, le=7_200)

    place: ClassVar[str] = "RedshiftDestinationConfiguration"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return "AWS::Redshift::Cluster" in other.types[:1]

    def refuse(self, ends: Ends) -> Refusal | None:
        warehouse, world = ends.other, ends.architecture
        if self.secret is None and f"{warehouse.id}.secret" not in world.nodes:
            return Refusal(f"archkit knows no secret of '{warehouse.id}'", "secret: a secretsmanager.secret",
                           "missing-property")  # fmt: skip
        if not network.stands(warehouse, world) or warehouse.existing is not None:
            return None
        if not warehouse.kind.public_address(warehouse, world):
            return Refusal(f"Firehose reaches '{warehouse.id}' at an address on the Internet only",
                           f"public: true on '{warehouse.id}', in a public tier", "cannot-reach")  # fmt: skip
        if self.addresses is None:
            return Refusal(f"'{warehouse.id}' must let the addresses of Firehose in", "addresses: the range that AWS's "
                           "documentation names for the Region", "missing-property")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        link.owner.grant(self._secret(link.owner, link.other), "read", link.because)
        if self.addresses is not None and network.stands(link.other.node, link.architecture):
            for port in link.other.kind.ports():
                network.let_in(link.other, self.addresses, port, link.because, link.owner.id)

    def _secret(self, stream: Scope, warehouse: Scope) -> Scope:
        found = stream.of(self.secret) or stream.of(f"{warehouse.node.id}.secret")
        assert found is not None
        return found

    def properties(self, scope: Scope, target: Scope) -> dict[str, Any]:
        database = self.database or getattr(target.kind, "database", "dev")
        copy = {"DataTableName": self.table, "DataTableColumns": self.columns, "CopyOptions": self.copy_options}
        return {
            "ClusterJDBCURL": target.fill(f"jdbc:redshift://${{.Endpoint.Address}}:${{.Endpoint.Port}}/{database}"),
            "CopyCommand": {name: value for name, value in copy.items() if value is not None},
            "SecretsManagerConfiguration": secret_of(scope, NodeId(self._secret(scope, target).node.id)),
            "RetryOptions": retries(self.retry),
        }  # fmt: skip


class Endpoint(Destination):
    """Posts batches to an HTTPS endpoint."""

    url: str = prop(doc="HTTPS address that records are posted to.", pattern="https://.+")
    secret: NodeId | None = prop(None, "Secret with the endpoint's key, as {api_key: ...}.", slot="secret",
                                 to="secretsmanager.secret")  # fmt: skip
    gzip: bool = prop(False, "Compress what is posted.")
    headers: dict[str, str] = prop({}, "Attributes sent with each batch.")
    retry: int | None = prop(None, "Seconds of trying again (default: 300).", ge=0, le=7_200)

    place: ClassVar[str] = "HttpEndpointDestinationConfiguration"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "http"

    def apply(self, link: Link) -> None:
        read_secret(link, self.secret)

    def properties(self, scope: Scope, target: Scope) -> dict[str, Any]:
        sent = [{"AttributeName": name, "AttributeValue": value} for name, value in self.headers.items()]
        request = {"ContentEncoding": "GZIP" if self.gzip else "NONE", **({"CommonAttributes": sent} if sent else {})}
        return {
            "EndpointConfiguration": {"Url": self.url, "Name": target.node.title}, "RequestConfiguration": request,
            "SecretsManagerConfiguration": secret_of(scope, self.secret), "RetryOptions": retries(self.retry),
        }  # fmt: skip


def retries(seconds: int | None) -> dict[str, Any] | None:
    """Return how long delivery is tried again; None for AWS's default."""
    return None if seconds is None else {"DurationInSeconds": seconds}


def read_secret(link: Link, secret: NodeId | None) -> None:
    """Let the stream read its credentials."""
    node = link.option(secret)
    if node is not None:
        link.owner.grant(node, "read", link.because)


def secret_of(scope: Scope, secret: NodeId | None) -> dict[str, Any] | None:
    """Return where credentials lie; None where there are none."""
    arn = scope.arn(secret)
    return None if arn is None else {"Enabled": True, "SecretARN": arn, "RoleARN": scope.role().att("Arn")}
