"""RDS Proxy: few connections to a database that many clients share."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Ends, Node
from archkit.kind import External, Join, Kind, Metric, Port, Refusal, Spread, prop
from archkit.kinds.rds.login import Login
from archkit.kinds.rds.shared import PORTS
from archkit.scope import Link, Scope
from archkit.shared.logins import Store
from archkit.values import Sub

__all__ = ["Proxy"]

FAMILIES = {"postgres": "POSTGRESQL", "mysql": "MYSQL", "mariadb": "MYSQL", "sqlserver": "SQLSERVER"}
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html"""
TARGETS = {"AWS::RDS::DBInstance": "DBInstanceIdentifiers", "AWS::RDS::DBCluster": "DBClusterIdentifiers"}


class ThroughProxy(Login):
    """A connection through the proxy: `NAME` holds its address, `NAME_PORT` its port, and the variable of the secret of
    the database behind it (`DB_SECRET` for a node `db`) the ARN of that secret.
    """

    def services(self, target: Node) -> tuple[str, ...]:
        return ("secretsmanager",) if self.auth == "secret" and target.existing is None else ()

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.target.existing is not None:
            return None
        forced = ends.target.kind.iam_auth  # type: ignore[attr-defined]
        if (self.auth == "secret") == forced and self.auth != "none":
            told = "authenticates by IAM alone" if forced else "does not authenticate by IAM"
            return Refusal(f"'{ends.target.id}' {told}", "auth: iam, user: app" if forced else "iam_auth: true there",
                           "bad-value", "auth")  # fmt: skip
        if self.auth == "iam" and self.user is None:
            return Refusal("IAM authenticates a user of the database by name", "user: app", "missing-property")
        return None

    def give(self, link: Link) -> None:
        if not link.source.node.kind.grantee:
            return
        if self.auth == "iam":
            # the resource is the last part of the proxy's ARN:
            # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connecting.html
            proxy = {"Fn::Select": [6, {"Fn::Split": [":", link.target.attribute("arn")]}]}
            users = Sub("arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Proxy}/${User}",
                        {"Proxy": proxy, "User": self.user})  # fmt: skip
            link.source.allow("rds-db:connect", on=users, because=link.because)
        elif self.auth == "secret":
            for edge, effect in link.architecture.effects("pool"):
                secret = link.target.of(f"{edge.target}.secret")
                if effect.owner == link.target.node.id and secret is not None:
                    link.source.grant(secret, "read", link.because)
                    network.open_call(link.source, secret, link.because)
                    link.hand_over(secret)


class Pool(Join):
    """Keeps connections to the database open and hands them out, with the credentials of its secret."""

    word: ClassVar[str] = "pool"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "data"
    dials: ClassVar[Any] = "owner"

    most: int = prop(100, "Percent of the database's connections that it opens at most.", ge=1, le=100, shape=True)
    idle: int = prop(50, "Percent that may stay open idle.", ge=0, le=100, shape=True)

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return issubclass(other, Store) and other.types[0] in TARGETS

    def refuse(self, ends: Ends) -> Refusal | None:
        proxy, database = ends.owner, ends.other
        if database.existing is not None:
            return Refusal(f"archkit knows no secret of '{database.id}', which exists", "a proxy that exists too")
        engine = database.kind.engine  # type: ignore[attr-defined]
        if engine not in FAMILIES:
            return Refusal(f"no proxy speaks to {engine}", None, "cannot-join")
        if PORTS[engine] != PORTS[proxy.kind.engine]:  # type: ignore[attr-defined]
            return Refusal(f"'{database.id}' is {engine}, and '{proxy.id}' is not", f"engine: {engine} on '{proxy.id}'",
                           "bad-value")  # fmt: skip
        if f"{database.id}.secret" not in ends.architecture.nodes:
            return Refusal(f"'{database.id}' follows a cluster of another Region and has no secret", None, "no-secret")
        return None

    def apply(self, link: Link) -> None:
        proxy, database = link.owner, link.other
        secret = proxy.of(f"{database.node.id}.secret")
        assert secret is not None
        proxy.grant(secret, "read", link.because)
        network.open_way(proxy, database, link.because)
        iam = "REQUIRED" if proxy.kind.iam_auth else "DISABLED"
        proxy.main.append("Auth", {"AuthScheme": "SECRETS", "SecretArn": secret.attribute("arn"), "IAMAuth": iam})
        named: dict[str, Any] = {TARGETS[database.main.type]: [database.main.ref]}
        link.make("AWS::RDS::DBProxyTargetGroup", "Targets", after=[database.get("Writer")],
                  DBProxyName=proxy.main.ref, TargetGroupName="default",
                  ConnectionPoolConfigurationInfo={"MaxConnectionsPercent": self.most,
                                                   "MaxIdleConnectionsPercent": min(self.idle, self.most)},
                  **named)  # fmt: skip


class Proxy(Store, icon="aws/database/rds", service="Amazon RDS",
            types=("AWS::RDS::DBProxy", "AWS::RDS::DBProxyTargetGroup", "AWS::EC2::SecurityGroup",
                   "AWS::EC2::SecurityGroupEgress", "AWS::IAM::Role")):  # fmt: skip
    """Proxy before a database: many short-lived clients, such as functions, share few connections.

    It listens on the engine's own port, whatever that of the database is.
    """

    engine: Literal["postgres", "mysql", "mariadb", "sqlserver"] = prop("postgres", "Engine of the database.",
                                                                        shape=True)  # fmt: skip
    tls: bool = prop(True, "Refuse connections that are not encrypted.")
    iam_auth: bool = prop(False, "Let clients in by IAM alone.", shape=True)
    idle: int = prop(1_800, "Seconds after which an idle client is sent away.", ge=1, le=28_800)

    resides = "subnets"
    prefers = "private"
    listens = ThroughProxy
    principal = "rds.amazonaws.com"
    joins = (Pool,)
    named = ("DBProxyName", 60)
    attributes = {"arn": "${.DBProxyArn}", "endpoint": "${.Endpoint}", "name": "${}"}
    address = "${endpoint}"
    external = External(("endpoint", "security_group"))
    metrics = {
        "clients": Metric("AWS/RDS", "ClientConnections", {"ProxyName": "${name}"}, "Maximum"),
        "connections": Metric("AWS/RDS", "DatabaseConnections", {"ProxyName": "${name}"}, "Maximum"),
    }

    def ports(self) -> tuple[Port, ...]:
        return (Port(PORTS[self.engine]),)

    def spread(self) -> Spread:
        return "across"

    def caption(self) -> str | None:
        return "proxy"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        few = network.too_few_zones(node, world)
        found = [few] if few is not None else []
        behind = [edge.target for edge, effect in world.effects("pool") if effect.owner == node.id]
        if len(behind) > 1:
            found.append(Refusal(f"'{node.id}' stands before one database, not {len(behind)}", "a proxy for each",
                                 "too-many-targets"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        scope.make(
            "AWS::RDS::DBProxy", after=scope.after_rights(), DBProxyName=scope.fill("${@}"),
            EngineFamily=FAMILIES[self.engine], RoleArn=scope.role().att("Arn"), RequireTLS=self.tls,
            IdleClientTimeout=self.idle, VpcSubnetIds=network.subnets(scope),
            VpcSecurityGroupIds=[network.security_group(scope)],
        )  # fmt: skip
