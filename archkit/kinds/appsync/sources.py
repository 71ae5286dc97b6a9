"""Data sources with a protocol of their own: tables, functions, buses, models, search, SQL."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from archkit.architecture import Ends
from archkit.diagnostics import listing
from archkit.kind import Kind, NodeId, Refusal, prop
from archkit.kinds.appsync import scripts
from archkit.kinds.appsync.resolvers import Field
from archkit.scope import Link, Principal
from archkit.shared.calls import operation
from archkit.values import region

__all__ = ["BusField", "FunctionField", "ModelField", "SearchField", "SqlField", "TableField", "service", "where"]

VERBS = {
    "GetItem": ("get", "read", "load"), "Scan": ("list", "all", "scan"), "Query": ("query", "find", "search"),
    "PutItem": ("add", "create", "put", "new", "save"), "UpdateItem": ("update", "edit", "set", "change"),
    "DeleteItem": ("delete", "remove"),
}  # fmt: skip
"""What the beginning of a field's name says about the operation on a table."""


def service(kind: type[Kind]) -> str:
    """Return the IAM prefix of the service whose operations a kind offers."""
    return next((made.service for made in kind.operations.values()), "")


class TableField(Field):
    """A field that reads or writes items of a table."""

    operation: list[str] = prop([], "Operations on the table (default: what the field's name says).", le=8, shape=True)
    index: str | None = prop(None, "Index of the table that is queried.", shape=True)

    sort: ClassVar[str] = "AMAZON_DYNAMODB"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return service(other) == "dynamodb"

    def operations(self) -> list[str]:
        """Return the operations that are said, or the one that the field's name says."""
        if self.operation:
            return list(self.operation)
        if self.index:
            return ["Query"]
        word = re.match("[A-Z]?[a-z]+", self.name)
        verb = word.group().lower() if word else ""
        found = next((api for api, verbs in VERBS.items() if verb in verbs), None)
        return [found] if found else ["GetItem"] if self.parent == "Query" else []

    def unfit(self, ends: Ends) -> Refusal | None:
        named, kind = self.operations(), ends.other.kind
        if not named:
            return Refusal(f"'{self.name}' does not say what is done with '{ends.other.id}'",
                           f"{{does: {self.field}, operation: PutItem}}", "say-what", "field")  # fmt: skip
        wrong = next((name for name in named if operation(type(kind), name) is None), None)
        if wrong is not None:
            return Refusal(f"DynamoDB knows no operation '{wrong}'", f"operations: {listing(VERBS, 'and')}",
                           "unknown-operation", "operation")  # fmt: skip
        indexes = {**getattr(kind, "indexes", {}), **getattr(kind, "local_indexes", {})}
        if self.index and ends.other.existing is None and self.index not in indexes:
            return Refusal(f"'{ends.other.id}' has no index '{self.index}'", f"indexes: {listing(indexes, 'and')}"
                           if indexes else None, "bad-value", "index")  # fmt: skip
        if not (self.code or self.request) and (
            len(named) > 1 or named[0] not in VERBS or not self._keys(ends.other.kind)
        ):
            message = f"no code is known by itself for {listing(named, 'and')} of '{ends.other.id}'"
            return Refusal(message, "code: resolver.js", "missing-property", "operation" if self.operation else None)
        return None

    def _keys(self, kind: Any) -> list[tuple[str, str]]:
        """The attributes that name an item, where they can be arguments of a field."""
        inner = getattr(kind, "indexes", {}).get(self.index) if self.index else None
        key = inner.key if inner is not None else getattr(kind, "key", None)
        found = key.attributes if key is not None else []
        return found if scripts.names_fit([name for name, _ in found]) else []

    def rights(self, link: Link, role: Principal) -> None:
        for name in self.operations():
            made = operation(type(link.other.node.kind), name)
            assert made is not None
            role.grant(link.other, made.grant, link.because)

    def settings(self, link: Link) -> dict[str, Any]:
        return {"DynamoDBConfig": {"TableName": link.other.attribute("name"), "AwsRegion": where(link)}}

    def script(self, link: Link) -> str | None:
        (name,) = self.operations()
        return scripts.items(name, self._keys(link.other.kind), self.index, self.listed(link))


class FunctionField(Field):
    """A field that a function answers: it gets arguments, identity and source, and what it returns is the answer."""

    batch: int | None = prop(None, "Most fields handed over at once, in a list.", ge=1, le=2_000)

    sort: ClassVar[str] = "AWS_LAMBDA"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "lambda"

    def rights(self, link: Link, role: Principal) -> None:
        role.grant(link.other, link.other.kind.admits.grant, link.because)

    def settings(self, link: Link) -> dict[str, Any]:
        return {"LambdaConfig": {"LambdaFunctionArn": link.other.fill(link.other.kind.admits.endpoint)}}

    def script(self, link: Link) -> str | None:
        return None


class BusField(Field):
    """A field that puts an event on a bus."""

    detail_type: str | None = prop(None, "Detail type of the event (default: the field's name).", shape=True)
    source: str | None = prop(None, "Source of the event (default: the blueprint's name).", shape=True)

    sort: ClassVar[str] = "AMAZON_EVENTBRIDGE"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "events"

    def rights(self, link: Link, role: Principal) -> None:
        role.grant(link.other, link.other.kind.admits.grant, link.because)

    def settings(self, link: Link) -> dict[str, Any]:
        return {"EventBridgeConfig": {"EventBusArn": link.other.attribute("arn")}}

    def script(self, link: Link) -> str | None:
        return scripts.put_events(self.source or link.architecture.name, self.detail_type or self.name)


class ModelField(Field):
    """A field that a foundation model answers, within ten seconds."""

    model: str | None = prop(None, "Model or inference profile (default: the first of the node).", shape=True)

    sort: ClassVar[str] = "AMAZON_BEDROCK_RUNTIME"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return service(other) == "bedrock" and not other.types

    def rights(self, link: Link, role: Principal) -> None:
        role.grant(link.other, "invoke", link.because, only=("bedrock:InvokeModel",))

    def script(self, link: Link) -> str | None:
        return scripts.ask_model(self.model or link.other.attribute("id"))


class SearchField(Field):
    """A field that searches an index, or puts a document into it."""

    index: str = prop(doc="Index that is searched or written.", pattern="[a-z0-9][a-z0-9._-]*", shape=True)

    sort: ClassVar[str] = "AMAZON_OPENSEARCH_SERVICE"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return "AWS::OpenSearchService::Domain" in other.types[:1]

    def rights(self, link: Link, role: Principal) -> None:
        role.grant(link.other, "write" if self.parent == "Mutation" else "read", link.because)

    def settings(self, link: Link) -> dict[str, Any]:
        return {"OpenSearchServiceConfig": {"Endpoint": link.other.attribute("url"), "AwsRegion": where(link)}}

    def script(self, link: Link) -> str | None:
        return scripts.match(self.index, self.parent == "Mutation", self.listed(link))


class SqlField(Field):
    """A field that a statement of SQL answers, by the Data API of an Aurora cluster."""

    sql: str | None = prop(None, "Statement, with :name for each argument.", shape=True)
    secret: NodeId | None = prop(None, "Secret with the user's name and password (default: the cluster's own).",
                                 slot="secret", to="secretsmanager.secret")  # fmt: skip
    database: str | None = prop(None, "Database (default: the one that the cluster makes at the start).")

    sort: ClassVar[str] = "RELATIONAL_DATABASE"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return "AWS::RDS::DBCluster" in other.types[:1]

    def unfit(self, ends: Ends) -> Refusal | None:
        if not (self.sql or self.code or self.request):
            return Refusal(
                f"{self.field} has no statement", "sql: select * from posts where id = :id", "missing-property"
            )
        if self.secret is None and f"{ends.other.id}.secret" not in ends.architecture.nodes:
            return Refusal(f"archkit knows no secret of '{ends.other.id}'", "secret: a secretsmanager.secret",
                           "missing-property")  # fmt: skip
        if not getattr(ends.other.kind, "data_api", True) and ends.other.existing is None:
            return Refusal(f"AppSync asks '{ends.other.id}' over HTTPS, and its Data API is off",
                           f"data_api: true on '{ends.other.id}'", "bad-value")  # fmt: skip
        return None

    def _secret(self, link: Link) -> Any:
        return link.option(self.secret) or link.other.of(f"{link.other.node.id}.secret")

    def rights(self, link: Link, role: Principal) -> None:
        role.allow("rds-data:BatchExecuteStatement", "rds-data:ExecuteStatement", on=link.other.attribute("arn"),
                   because=link.because)  # fmt: skip
        role.grant(self._secret(link), "read", link.because)

    def settings(self, link: Link) -> dict[str, Any]:
        secret, database = self._secret(link), self.database or getattr(link.other.kind, "database", None)
        endpoint = {"AwsRegion": where(link), "DbClusterIdentifier": link.other.attribute("arn"),
                    "AwsSecretStoreArn": secret.attribute("arn"), "DatabaseName": database}  # fmt: skip
        given = {name: value for name, value in endpoint.items() if value is not None}
        source = {"RelationalDatabaseSourceType": "RDS_HTTP_ENDPOINT", "RdsHttpEndpointConfig": given}
        return {"RelationalDatabaseConfig": source}

    def script(self, link: Link) -> str | None:
        return scripts.statement(self.sql or "", self.listed(link))


def where(link: Link) -> Any:
    """Return the Region that a data source is in."""
    return link.other.node.place[1] or region
