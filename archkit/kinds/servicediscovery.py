"""AWS Cloud Map: names by which services are found.

https://docs.aws.amazon.com/cloud-map/latest/dg/what-is-cloud-map.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Helper, Kind, NodeId, Refusal, prop
from archkit.scope import Scope
from archkit.values import Sub

__all__ = ["HttpNamespace", "Namespace", "PublicNamespace", "Service"]

DOMAIN = r"([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
ARN = "arn:${AWS::Partition}:servicediscovery:${AWS::Region}:${AWS::AccountId}:namespace/${id}"


class _Named(Kind, abstract=True):
    """Names that share an ending."""

    domain: str = prop("internal", "What its names end with, such as shop.internal.", pattern=DOMAIN, shape=True)

    dns: ClassVar[bool] = True
    attributes = {"id": "${}", "arn": "${.Arn}"}
    address = "${domain}"
    external = External(("id", "domain"), {"arn": ARN})

    def attribute(self, name: str) -> str | None:
        return self.domain if name == "domain" else super().attribute(name)

    def caption(self) -> str | None:
        return self.domain

    def host_of(self, scope: Scope, name: str) -> Any:
        """Return the name by which a service of the namespace is found."""
        domain = scope.attribute("domain")
        return f"{name}.{domain}" if isinstance(domain, str) else Sub(f"{name}.${{Domain}}", {"Domain": domain})


class Namespace(_Named, icon="aws/network/cloud-map", service="AWS Cloud Map",
                types="AWS::ServiceDiscovery::PrivateDnsNamespace"):  # fmt: skip
    """Private names of services, which are known within the VPC around it."""

    resides = "vpc"
    attributes = {"id": "${}", "arn": "${.Arn}", "zone": "${.HostedZoneId}"}

    def build(self, scope: Scope) -> None:
        from troposphere import servicediscovery

        scope.make(servicediscovery.PrivateDnsNamespace, Name=self.domain, Vpc=network.vpc_id(scope),
                   Description=scope.node.note)  # fmt: skip


class PublicNamespace(_Named, icon="aws/network/cloud-map", service="AWS Cloud Map",
                      types="AWS::ServiceDiscovery::PublicDnsNamespace"):  # fmt: skip
    """Public names of services, in a domain that its owner has registered."""

    domain: str = prop(doc="Registered domain that its names end with.", pattern=DOMAIN, shape=True)

    attributes = {"id": "${}", "arn": "${.Arn}", "zone": "${.HostedZoneId}"}
    example = "{domain: services.example.com}"

    def build(self, scope: Scope) -> None:
        from troposphere import servicediscovery

        scope.make(servicediscovery.PublicDnsNamespace, Name=self.domain, Description=scope.node.note)


class HttpNamespace(_Named, icon="aws/network/cloud-map", service="AWS Cloud Map",
                    types="AWS::ServiceDiscovery::HttpNamespace"):  # fmt: skip
    """Names of services that are asked for by API, or known to the proxies of Service Connect."""

    dns: ClassVar[bool] = False

    def build(self, scope: Scope) -> None:
        from troposphere import servicediscovery

        scope.make(servicediscovery.HttpNamespace, Name=self.domain, Description=scope.node.note)


class Service(Kind, icon="aws/network/cloud-map", service="AWS Cloud Map", types="AWS::ServiceDiscovery::Service"):
    """One name in a namespace, and what is registered under it."""

    namespace: NodeId | None = prop(
        None, "Namespace (default: one of its own, without DNS).", slot="namespace",
        to=("servicediscovery.namespace", "servicediscovery.public_namespace", "servicediscovery.http_namespace"),
    )  # fmt: skip
    host: str | None = prop(None, "Name in the namespace (default: the node's).", pattern="[a-z0-9_]([a-z0-9_-]*)",
                            shape=True)  # fmt: skip
    records: list[Literal["A", "AAAA", "SRV", "CNAME"]] = prop(["A"], "DNS records of what is registered.", shape=True)
    ttl: int = prop(10, "Seconds that an answer may be kept.", ge=0, le=2_147_483_647)
    routing: Literal["multivalue", "weighted"] = prop("multivalue", "Several answers, or one.", shape=True)
    check_path: str | None = prop(None, "Path that Route 53 asks for over the Internet (public names only).",
                                  pattern="/.*", shape=True)  # fmt: skip

    attributes = {"arn": "${.Arn}", "id": "${}", "registry_arn": "${.Arn}"}
    address = "${id}"
    external = External(("id", "arn"), {"registry_arn": "${arn}"})
    grants = {
        "enter": Grant("servicediscovery:RegisterInstance", "servicediscovery:DeregisterInstance", usual=True),
        "discover": Grant("servicediscovery:DiscoverInstances", wildcard="IAM knows no resource for a search"),
    }
    private_link = "data-servicediscovery"

    def helpers(self) -> Mapping[str, Helper]:
        return {} if self.namespace else {"namespace": Helper("servicediscovery.http_namespace", {})}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        """https://docs.aws.amazon.com/cloud-map/latest/dg/services-values.html."""
        space = world.nodes.get(str(self.namespace or f"{node.id}.namespace"))
        public = space is not None and space.kind.types[0] == "AWS::ServiceDiscovery::PublicDnsNamespace"
        if self.check_path is not None and not public:
            return [Refusal("Route 53 asks only what has a public name", "a servicediscovery.public_namespace",
                            "bad-value", "check_path")]  # fmt: skip
        if "CNAME" in self.records and (len(self.records) > 1 or self.routing != "weighted"):
            return [Refusal("a CNAME stands alone and is routed by weight", "records: [CNAME], routing: weighted",
                            "bad-value", "records")]  # fmt: skip
        return []

    def host_of(self, scope: Scope, name: str) -> Any:
        """Return the name by which it is found; its own, whoever is registered."""
        space = self.space(scope)
        return space.kind.host_of(space, self.host or scope.node.id.replace(".", "-"))

    def space(self, scope: Scope) -> Scope:
        """Return the namespace."""
        found = scope.of(self.namespace or f"{scope.node.id}.namespace")
        assert found is not None
        return found

    def build(self, scope: Scope) -> None:
        space = self.space(scope)
        checked = {"Type": "HTTP", "ResourcePath": self.check_path, "FailureThreshold": 1} if self.check_path else None
        scope.make(
            "AWS::ServiceDiscovery::Service", Name=self.host or scope.node.id.replace(".", "-"),
            NamespaceId=space.attribute("id"), Description=scope.node.note, HealthCheckConfig=checked,
            **named(space, self.records, self.ttl, self.routing),
        )  # fmt: skip


def named(space: Scope, records: list[Any], ttl: int, routing: str) -> dict[str, Any]:
    """Return the properties of a service that say what DNS answers; a namespace without DNS is asked by API."""
    if not space.kind.dns:
        return {"Type": "HTTP"}
    return {"DnsConfig": {"RoutingPolicy": routing.upper(),
                          "DnsRecords": [{"Type": one, "TTL": ttl} for one in records]}}  # fmt: skip
