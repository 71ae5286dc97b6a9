"""How services are found by others: by a name in Cloud Map, or by the proxies of Service Connect."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.architecture import Architecture, Effect, Ends
from archkit.kind import Join, Kind, Listen, Refusal, prop
from archkit.scope import Link, Scope

__all__ = ["Open", "Register", "ServiceConnect"]

SERVICE = "AWS::ServiceDiscovery::Service"
HTTP = "AWS::ServiceDiscovery::HttpNamespace"
SPACES = ("AWS::ServiceDiscovery::PrivateDnsNamespace", "AWS::ServiceDiscovery::PublicDnsNamespace")
LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


def plain(id: str) -> str:
    """Return a node's id as a label of a name."""
    return id.replace(".", "-").replace("_", "-").lower()


class Register(Join):
    """The service's copies are found by a name in Cloud Map, which is theirs while they are well.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
    """

    word: ClassVar[str] = "register"

    host: str | None = prop(None, "Name in the namespace (default: the service's).", pattern=LABEL, shape=True)
    ttl: int = prop(10, "Seconds that an answer may be kept.", ge=0, le=86_400)

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return bool(other.types) and other.types[0] in (SERVICE, *SPACES)

    @classmethod
    def usually(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return True

    def refuse(self, ends: Ends) -> Refusal | None:
        """A service has one registry (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRegistry.html)."""
        others = [edge for edge, effect in ends.architecture.effects(self.word) if effect.owner == ends.owner.id]
        if len(others) > 1 and others[0].id != ends.edge.id:
            return Refusal(f"'{ends.owner.id}' is registered on line {others[0].span.line} already, and can be once",
                           None, "too-many")  # fmt: skip
        records = getattr(ends.other.kind, "records", ["A"])
        if not set(records) <= {"A", "AAAA", "SRV"} or ("SRV" in records and not getattr(ends.owner.kind, "port", 0)):
            why = "a port" if "SRV" in records else "the records A, AAAA or SRV"
            return Refusal(f"what is registered as {', '.join(records)} has {why}", None, "bad-value")
        if self.host is not None and ends.other.kind.types[0] == SERVICE:
            return Refusal(f"'{ends.other.id}' has its own name", f"host: {self.host} on '{ends.other.id}'",
                           "bad-value", "host")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        service, other = link.owner, link.other
        found, srv = other.attribute("arn"), False
        if other.node.kind.types[0] == SERVICE:
            srv = "SRV" in other.kind.records
        else:
            answer = {"RoutingPolicy": "MULTIVALUE", "DnsRecords": [{"Type": "A", "TTL": self.ttl}]}
            found = link.make(SERVICE, "Name", Name=self.name(service), NamespaceId=other.attribute("id"),
                              DnsConfig=answer).att("Arn")  # fmt: skip
        port = {"ContainerName": "main", "ContainerPort": service.kind.port} if srv else {}
        service.main.append("ServiceRegistries", {"RegistryArn": found, **port})

    def name(self, service: Scope) -> str:
        """Return the service's own part of the name."""
        return self.host or plain(service.node.id)


class ServiceConnect(Join):
    """The service calls others of the namespace by short names, and is called so, through proxies beside its copies.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect.html
    """

    word: ClassVar[str] = "service_connect"

    host: str | None = prop(None, "Short name (default: the service's).", pattern=LABEL, shape=True)

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.types[:1] == (HTTP,) or other.types[:1] == SPACES[:1]

    @classmethod
    def usually(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.types[:1] == (HTTP,)

    def apply(self, link: Link) -> None:
        service = link.owner
        alias = {"Port": service.kind.port, "DnsName": self.name(service)}
        offered = {"PortName": "main", "DiscoveryName": self.name(service), "ClientAliases": [alias]}
        service.main.set("ServiceConnectConfiguration", {
            "Enabled": True, "Namespace": link.other.attribute("arn"),
            **({"Services": [offered]} if service.kind.port else {})})  # fmt: skip

    def name(self, service: Scope) -> str:
        """Return the short name."""
        return self.host or plain(service.node.id)


class Open(Listen):
    """A connection to the port that the container listens on: `NAME` holds where it is found, if a name is known."""

    def refuse(self, ends: Ends) -> Refusal | None:
        """Short names are known to those of the same namespace only."""
        theirs, mine = (found(ends.architecture, node.id) for node in (ends.other, ends.owner))
        if theirs is None or not isinstance(theirs[1].join, ServiceConnect):
            return None
        if mine is not None and isinstance(mine[1].join, ServiceConnect) and mine[0] == theirs[0]:
            return None
        return Refusal(f"'{ends.other.id}' is known by Service Connect in '{theirs[0]}', and '{ends.owner.id}' is not "
                       "there", f"- {ends.owner.id} -> {theirs[0]}: service_connect", "no-name")  # fmt: skip

    def give(self, link: Link) -> None:
        known = found(link.architecture, link.target.node.id)
        if known is None:
            return
        space, effect = link.target.of(known[0]), effect_of(known)
        assert space is not None
        name = effect.name(link.target)
        short = isinstance(effect, ServiceConnect)
        link.hand_over(value=name if short else space.kind.host_of(space, name))


def found(world: Architecture, id: str) -> tuple[str, Effect] | None:
    """Return where a service is known, and how; None for a service without a name."""
    for word in (ServiceConnect.word, Register.word):
        for edge, effect in world.effects(word):
            if effect.owner == id:
                return edge.target, effect
    return None


def effect_of(known: tuple[str, Effect]) -> Any:
    """Return the join by which it is known."""
    return known[1].join
