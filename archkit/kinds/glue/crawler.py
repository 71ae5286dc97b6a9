"""Crawlers: they look at data and write down what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import Announce, Grant, Helper, Join, Kind, NodeId, Operation, Refusal, prop
from archkit.kinds.glue.shared import SERVICE, STEM, is_a, log_rights, network_rights, security
from archkit.scope import Link, Scope
from archkit.shared.schedules import Cron, expression
from archkit.values import Sub

__all__ = ["Crawler"]

DATABASE, TABLE, CONNECTION = "AWS::Glue::Database", "AWS::DynamoDB::Table", "AWS::Glue::Connection"
RECRAWL = {"everything": "CRAWL_EVERYTHING", "new_folders": "CRAWL_NEW_FOLDERS_ONLY"}
DELETED = {"deprecate": "DEPRECATE_IN_DATABASE", "delete": "DELETE_FROM_DATABASE", "log": "LOG"}
OPTIONS = {"prefix": "bucket", "sample": "bucket", "path": "connection", "scan_all": "table", "scan_rate": "table"}
SORTS = {"bucket": "bucket", "table": "DynamoDB table", "connection": "connection"}


def sort_of(kind: type[Kind]) -> str | None:
    """Say what can be crawled: objects, items, or tables behind a connection."""
    if kind.admits is not None and kind.admits.protocol == "s3":
        return "bucket"
    return "table" if is_a(kind, TABLE) else "connection" if is_a(kind, CONNECTION) else None


class Crawl(Join):
    """Looks at a bucket, a DynamoDB table or a database behind a connection, with the right to read it."""

    word: ClassVar[str] = "crawl"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "data"
    identity: ClassVar[tuple[str, ...]] = ("prefix", "path")

    prefix: str | None = prop(None, "Only objects whose key begins so; of a bucket.", pattern="[^/].*")
    path: str | None = prop(None, "What is crawled behind a connection, such as shop/public/%.")
    exclude: list[str] = prop([], "Patterns of what is passed over; of a bucket or a connection.", le=100)
    sample: int | None = prop(None, "Files of each folder that are looked at; of a bucket.", ge=1, le=249)
    scan_all: bool | None = prop(None, "Look at all items, not at a sample; of a table.")
    scan_rate: float | None = prop(None, "Part of the read capacity that is used; of a table.", ge=0.1, le=1.5)

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return sort_of(other) is not None

    def refuse(self, ends: Ends) -> Refusal | None:
        sort = sort_of(type(ends.other.kind))
        wrong = next((name for name, of in OPTIONS.items() if getattr(self, name) is not None and of != sort), None)
        if wrong is not None:
            return Refusal(f"'{wrong}' is for a {SORTS[OPTIONS[wrong]]}, and '{ends.other.id}' is none", None,
                           "bad-value", wrong)  # fmt: skip
        if sort == "table" and self.exclude:
            return Refusal("nothing of a table can be passed over", None, "bad-value", "exclude")
        if sort == "connection" and not self.path:
            return Refusal(f"say what is crawled behind '{ends.other.id}'", "path: shop/public/%", "missing-property")
        if ends.owner.place[1] != ends.other.place[1] and sort != "bucket":
            return Refusal(
                f"a crawler looks at a {SORTS[sort or 'table']} of its own Region only", None, "other-region"
            )
        return None

    def text(self) -> str | None:
        return self.prefix or self.path

    def apply(self, link: Link) -> None:
        sort, of = sort_of(type(link.other.node.kind)), link.other.attribute("name")
        skip = list(self.exclude) or None
        if sort == "bucket":
            start = f"s3://${{Bucket}}/{self.prefix or ''}"
            self._read_objects(link)
            _target(link, "S3Targets", {"Path": Sub(start, {"Bucket": of}), "Exclusions": skip,
                                        "SampleSize": self.sample})  # fmt: skip
        elif sort == "table":
            key = link.other.kind.grants["read"].key
            link.owner.grant(link.other, Grant("dynamodb:DescribeTable", "dynamodb:Scan", key=key), link.because)
            _target(link, "DynamoDBTargets", {"Path": of, "ScanAll": self.scan_all, "ScanRate": self.scan_rate})
        else:
            link.owner.grant(link.other, "use", link.because)
            if getattr(link.other.kind, "subnet", None):
                network_rights(link.owner, link.because)
            _target(link, "JdbcTargets", {"ConnectionName": of, "Path": self.path, "Exclusions": skip})

    def _read_objects(self, link: Link) -> None:
        key = link.other.kind.grants["read"].key
        objects = Grant("s3:GetObject", on=f"${{arn}}/{self.prefix or ''}*", key=key)
        link.owner.grant(link.other, objects, link.because)
        link.owner.grant(link.other, "list", link.because)


def _target(link: Link, sort: str, target: dict[str, Any]) -> None:
    link.owner.main.append(f"Targets.{sort}", {name: value for name, value in target.items() if value is not None})


class Fill(Join):
    """Writes the tables that it finds into a database of the catalogue."""

    word: ClassVar[str] = "fill"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "data"
    replaces: ClassVar[str | None] = "database"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return is_a(other, DATABASE)

    def refuse(self, ends: Ends) -> Refusal | None:
        filled = [edge.target for edge, effect in ends.architecture.effects("fill") if effect.owner == ends.owner.id]
        if len(filled) > 1:
            return Refusal(f"a crawler fills one database, not {len(filled)}", "make a crawler for each", "fills-one")
        return None

    def apply(self, link: Link) -> None:
        fill(link.owner, link.other, link.because)


def fill(crawler: Scope, database: Scope, because: str) -> None:
    """Let the crawler write its tables into a database."""
    for word in ("read", "write", *(("delete",) if crawler.kind.on_delete == "delete" else ())):
        crawler.grant(database, word, because)
    crawler.main.set("DatabaseName", database.attribute("name"))


class Crawler(Kind, icon="aws/analytics/glue-crawlers", service="AWS Glue",
              types=("AWS::Glue::Crawler", "AWS::IAM::Role", "AWS::Glue::SecurityConfiguration")):  # fmt: skip
    """Crawler: looks at data in S3, DynamoDB or a database, and writes its tables into the catalogue.

    `lake -> crawler -> catalogue`: what it looks at, and where it writes down what it finds (without such an edge: in a
    database of its own, the helper 'database').
    """

    paths: list[str] = prop(
        [], "Data outside the blueprint that it looks at, such as s3://bucket/orders/.", shape=True, pattern="s3://.+"
    )
    cron: Cron | None = prop(None, "When it runs, such as '0 3 * * ? *' (default: when it is started).")
    recrawl: Literal["everything", "new_folders"] = prop("everything", "What is looked at again.")
    on_delete: Literal["deprecate", "delete", "log"] = prop("deprecate", "What becomes of a table whose data is gone.")
    on_change: Literal["update", "log"] = prop("update", "What becomes of a table whose columns have changed.")
    table_prefix: str | None = prop(None, "Beginning of the tables' names.", pattern="[a-z0-9_]{1,128}")
    classifiers: list[str] = prop([], "Names of classifiers that are tried first.")
    key: NodeId | None = prop(None, "Key that encrypts its log lines.", slot="key", to="kms.key")
    role: NodeId | None = prop(None, "A role of the blueprint, instead of one of its own.", slot="role", to="iam.role")

    principal = SERVICE
    attributes = {"name": "${}", "arn": STEM + "crawler/${name}"}
    address = "${name}"
    grants = {"start": Grant("glue:StartCrawler", "glue:GetCrawler", usual=True),
              "stop": Grant("glue:StopCrawler")}  # fmt: skip
    operations = {"StartCrawler": Operation("glue", "StartCrawler", {"Name": "${name}"}, usual=True)}
    announces = Announce("aws.glue", ("Glue Crawler State Change",), {"crawlerName": ["${name}"]})
    joins = (Crawl, Fill)
    example = "{cron: '0 3 * * ? *', paths: ['s3://lake-of-example/orders/']}"

    def helpers(self) -> Mapping[str, Helper]:
        return {"database": Helper("glue.database")}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        crawled = [effect for _, effect in world.effects("crawl") if effect.owner == node.id]
        if not crawled and not self.paths:
            return [Refusal(f"the crawler '{node.id}' looks at nothing", f"- bucket -> {node.id}",
                            "nothing-to-crawl")]  # fmt: skip
        sampled = any(getattr(effect.join, "sample", None) for effect in crawled)
        if self.recrawl == "new_folders" and sampled:
            return [Refusal("what looks at new folders only looks at all of their files", "leave 'sample' out",
                            "bad-value", "recrawl")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        role, protected = scope.role(SERVICE), security(scope, self.key)
        log_rights(scope)
        again = self.recrawl == "new_folders"  # which leaves known tables alone
        scope.make(
            "AWS::Glue::Crawler", Description=scope.node.note, Role=role.att("Arn"), Targets={},
            TablePrefix=self.table_prefix, Classifiers=list(self.classifiers) or None,
            Schedule={"ScheduleExpression": expression(self.cron)} if self.cron else None,
            RecrawlPolicy={"RecrawlBehavior": RECRAWL.get(self.recrawl, self.recrawl)},
            SchemaChangePolicy={
                "DeleteBehavior": "LOG" if again else DELETED.get(self.on_delete, self.on_delete),
                "UpdateBehavior": "LOG" if again or self.on_change == "log" else "UPDATE_IN_DATABASE"},
            CrawlerSecurityConfiguration=protected.ref if protected else None, after=scope.after_rights(),
        )  # fmt: skip
        for path in self.paths:
            bucket, _, prefix = path.removeprefix("s3://").partition("/")
            arn = f"arn:${{AWS::Partition}}:s3:::{bucket}"
            scope.allow("s3:GetObject", on=Sub(f"{arn}/{prefix}*"))
            scope.allow("s3:ListBucket", on=Sub(arn))
            scope.main.append("Targets.S3Targets", {"Path": path})

    def finish(self, scope: Scope) -> None:
        own = scope.of(f"{scope.node.id}.database")
        if own is not None:
            fill(scope, own, scope.node.id)
