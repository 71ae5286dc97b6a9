"""AWS Global Accelerator: two addresses that stay, and the way over AWS's own network to the nearest healthy endpoint.

Custom routing accelerators have no CloudFormation type, so these are all standard ones
(https://docs.aws.amazon.com/global-accelerator/latest/dg/introduction-components.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Ends, Node
from archkit.kind import Alias, External, Helper, Join, Kind, Port, Record, Refusal, prop
from archkit.scope import Link, Resource, Scope
from archkit.shared.deliveries import let_delivery_in
from archkit.values import Ref

__all__ = ["Accelerator"]

ZONE = "Z2BJ6XQ5FK7U4H"
"""https://docs.aws.amazon.com/general/latest/gr/global_accelerator.html"""
GATEWAY = "ec2.internet_gateway"
EVERY_IPV6 = "::/0"
RANGE = r"[0-9]{1,5}(-[0-9]{1,5})?"
OLD = re.compile(r"(c1|cc1|cc2|cg1|cg2|cr1|g1|g2|hi1|hs1|m1|m2|m3|t1)\.")
"""Servers that cannot be endpoints (https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints-caveats.html)."""


class Health(Record):
    """How servers and Elastic IP addresses are seen to be well; load balancers tell by themselves."""

    port: int | None = prop(None, "Port that is asked (default: that of the requests).", ge=1, le=65_535)
    protocol: Literal["TCP", "HTTP", "HTTPS"] | None = prop(None, "Protocol (default: TCP, with a path HTTP).")
    path: str | None = prop(None, "Path that is asked for.", pattern=r"/[-a-zA-Z0-9@:%_\\+.~#?&/=]*")
    interval: Literal[10, 30] = prop(30, "Seconds from one try to the next.")
    threshold: int = prop(3, "Tries after which an endpoint is taken for well, or for ill.", ge=1, le=10)


class Route(Join):
    """What comes at these ports goes on to that endpoint, or to another that is nearer or has more weight.

    https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints.html
    """

    word: ClassVar[str] = "route"
    usual: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("listen", "protocol")

    listen: list[str] = prop([], "Ports of the accelerator, or ranges as 8000-8100 (default: the endpoint's port).",
                             pattern=RANGE, le=10, shape=True)  # fmt: skip
    protocol: Literal["tcp", "udp"] = prop("tcp", "Protocol.", shape=True)
    port: int | None = prop(None, "Port of the endpoint, where it is another.", ge=1, le=65_535, shape=True)
    weight: int | None = prop(None, "Share beside other endpoints of the Region, 0 for none (default: 128).", ge=0,
                              le=255)  # fmt: skip
    preserve_ip: bool | None = prop(None, "Show the endpoint the client's address (default: where AWS does).")
    by: Literal["instance", "elastic_ip"] = prop("instance", "Reach a server itself, or its Elastic IP address.")
    attachment: str | None = prop(None, "ARN of the attachment by which another account shares the endpoint.",
                                  pattern="arn:.+")  # fmt: skip

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.accelerated is not None

    def text(self) -> str | None:
        return f"{self.protocol.upper()} {', '.join(self.listen)}" if self.listen else None

    def ranges(self, kind: Kind) -> list[tuple[int, int]]:
        """Return the first and last ports that the accelerator listens at for an endpoint, in order."""
        said = [text.partition("-") for text in self.listen]
        found = [(int(low), int(high or low)) for low, _, high in said]
        return sorted(found) or [(self.port or port.low,) * 2 for port in kind.ports()[:1]]

    def reached(self, kind: Kind) -> list[Port]:
        """Return the ports at which the endpoint is reached."""
        if self.port is not None:
            return [Port(self.port, protocol=self.protocol)]
        return [Port(low, high if high > low else None, self.protocol) for low, high in self.ranges(kind)]

    def keeps(self, node: Node, world: Architecture) -> bool:
        """Say whether the endpoint sees the client's address.

        https://docs.aws.amazon.com/global-accelerator/latest/dg/preserve-client-ip-address.html
        """
        sort = node.kind.accelerated.sort if node.kind.accelerated else ""
        if self.by == "elastic_ip" or (sort == "nlb" and self.preserve_ip is None):
            return False
        return True if self.preserve_ip is None else self.preserve_ip

    def refuse(self, ends: Ends) -> Refusal | None:
        node, world = ends.other, ends.architecture
        if not self.ranges(node.kind):
            return Refusal(f"'{node.id}' listens on no port that is known", "listen: 443", "missing-property", "listen")
        if node.place[0] != ends.owner.place[0] and self.attachment is None:
            return Refusal(f"the account of '{node.id}' shares it by an attachment", "attachment: its ARN",
                           "other-account", "attachment")  # fmt: skip
        return self._ports(ends) or _sort(self, node, world) or _standing(ends)

    def _ports(self, ends: Ends) -> Refusal | None:
        """https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoint-groups-port-override.html."""
        mine = self.ranges(ends.other.kind)
        backwards = next((span for span in mine if span[0] > span[1] or span[1] > 65_535), None)
        if backwards is not None:
            return Refusal(f"{backwards[0]}-{backwards[1]} is no range of ports", None, "bad-value", "listen")
        if self.port is not None and (len(mine) > 1 or mine[0][0] != mine[0][1]):
            return Refusal("another port of the endpoint goes with one port of the accelerator", "listen: 443",
                           "bad-value", "port")  # fmt: skip
        earlier = True
        for edge, join, other in _routes(ends.owner, ends.architecture):
            theirs = join.ranges(other.kind)
            earlier = earlier and edge.id != ends.edge.id
            if earlier and join.protocol == self.protocol and theirs != mine and _meet(mine, theirs):
                return Refusal(f"ports of this listener are those of another, on line {edge.span.line}",
                               "the same ports on both, or others", "same-port", "listen")  # fmt: skip
            if self.port is not None and (self.port,) * 2 not in mine and _meet([(self.port,) * 2], theirs):
                return Refusal(f"the accelerator listens at {self.port} itself, on line {edge.span.line}",
                               "let the endpoint listen at another port", "same-port", "port")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        world, target = link.architecture, link.other
        group = link.owner.kind.group(link, self)
        keeps = self.keeps(target.node, world)
        template = target.kind.accelerated.address if self.by == "elastic_ip" else target.kind.accelerated.id
        said = {"EndpointId": target.fill(template), "Weight": self.weight, "ClientIPPreservationEnabled": keeps,
                "AttachmentArn": self.attachment}  # fmt: skip
        group.append("EndpointConfigurations", {name: value for name, value in said.items() if value is not None})
        (low, high), *more = self.ranges(target.kind)
        if self.port is not None and (self.port, high, more) != (low, low, []):
            group.append("PortOverrides", {"ListenerPort": low, "EndpointPort": self.port})
        if target.kind.accelerated.sort == "instance":
            _ask(group, link.owner.kind.health, self.port)
        gateway = network.in_vpc(target, GATEWAY)
        if gateway is not None and gateway.node.place == link.owner.node.place:
            group.depends.add(f"{gateway.id}Attachment")
        if not target.exists and network.stands(target.node, world):
            self._open(link)

    def _open(self, link: Link) -> None:
        """Let clients in: what keeps their addresses is reached from anywhere, and so is an Elastic IP."""
        balancer = link.other.kind.accelerated.sort != "instance"
        if balancer and link.other.kind.public_address(link.other.node, link.architecture):
            return  # its listeners are open
        for anywhere, family in ((network.ANYWHERE, ""), *(((EVERY_IPV6, "6"),) if link.owner.kind.ipv6 else ())):
            for port in self.reached(link.other.kind):
                network.let_in(link.other, anywhere, port, link.because, f"Internet{family}")


def _ask(group: Resource, health: Health, port: int | None) -> None:
    """Say how servers are asked; another port than the listener's is not followed by itself."""
    protocol = health.protocol or ("HTTP" if health.path else "TCP")
    for name, value in (("Port", health.port or port), ("Protocol", protocol), ("Path", health.path),
                        ("IntervalSeconds", health.interval)):  # fmt: skip
        if value is not None:
            group.set(f"HealthCheck{name}", value)
    group.set("ThresholdCount", health.threshold)


def _meet(one: list[tuple[int, int]], two: list[tuple[int, int]]) -> bool:
    return any(low <= high2 and low2 <= high for low, high in one for low2, high2 in two)


def _routes(owner: Node, world: Architecture) -> Iterator[tuple[Any, Route, Node]]:
    """Yield the edges of an accelerator, what each says, and where it leads."""
    for edge, effect in world.effects(Route.word):
        if effect.owner == owner.id and isinstance(effect.join, Route):
            yield edge, effect.join, world[edge.target if edge.source == owner.id else edge.source]


def _sort(join: Route, node: Node, world: Architecture) -> Refusal | None:
    """Say what AWS refuses of this sort of endpoint.

    https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints.sipp-caveats.html
    """
    kind: Any = node.kind
    sort, public = kind.accelerated.sort, kind.public_address(node, world)
    if join.by == "elastic_ip":
        if sort != "instance" or not getattr(kind, "elastic_ip", False) or node.existing is not None:
            return Refusal(f"'{node.id}' has no Elastic IP address of the blueprint", "elastic_ip: true on a server",
                           "bad-value", "by")  # fmt: skip
        if join.preserve_ip:
            return Refusal("by an Elastic IP address no client's address is kept", "by: instance", "bad-value",
                           "preserve_ip")  # fmt: skip
        return None
    if join.preserve_ip is False and (sort == "instance" or (sort == "alb" and node.existing is None and not public)):
        return Refusal(f"'{node.id}' always sees the client's address", None, "bad-value", "preserve_ip")
    if sort == "instance" and OLD.match(str(kind.instance)):
        return Refusal(f"{kind.instance} cannot be reached by an accelerator", "instance: t4g.small", "cannot-join")
    if sort == "nlb" and node.existing is None:
        if not public:
            return Refusal(f"an accelerator does not reach '{node.id}', which is internal",
                           "put it into public subnets, or use an elb.application", "cannot-reach")  # fmt: skip
        if join.preserve_ip and kind.ends_tls(node, world):
            return Refusal(f"no client's address is kept where TLS ends at '{node.id}'", "preserve_ip: false",
                           "bad-value", "preserve_ip")  # fmt: skip
    if getattr(kind, "only", None) == "cloudfront":
        return Refusal(f"'{node.id}' lets CloudFront in and nobody else", "only: anyone", "cannot-reach")
    return None


def _standing(ends: Ends) -> Refusal | None:
    """Say what is amiss with the network that an endpoint stands in."""
    node, world, kind = ends.other, ends.architecture, ends.owner.kind
    vpc = network.vpc_of(node, world)
    if node.existing is not None or vpc is None or vpc.existing is not None:
        return None
    if network.beside(node, world, GATEWAY) is None:
        # https://docs.aws.amazon.com/global-accelerator/latest/dg/secure-vpc-connections.html
        return Refusal(f"an accelerator enters '{vpc.id}' only if it has an Internet gateway",
                       f"internet: {GATEWAY} among the nodes of '{vpc.id}'", "cannot-reach")  # fmt: skip
    if getattr(kind, "ipv6", False) and not getattr(node.kind, "ipv6", getattr(vpc.kind, "ipv6", False)):
        return Refusal(f"'{node.id}' does not answer by IPv6, as '{ends.owner.id}' does", f"ipv6: true on '{node.id}'",
                       "needs-ipv6")  # fmt: skip
    return None


class Accelerator(Kind, icon="aws/network/global-accelerator", service="AWS Global Accelerator",
                  types=("AWS::GlobalAccelerator::Accelerator", "AWS::GlobalAccelerator::Listener",
                         "AWS::GlobalAccelerator::EndpointGroup")):  # fmt: skip
    """Global Accelerator: two addresses that stay, from which AWS's network leads to the nearest healthy endpoint."""

    affinity: Literal["none", "source_ip"] = prop("none", "Whether a client stays with one endpoint, by its address.")
    dial: dict[str, int] = prop({}, "Share of the traffic near each Region that it takes, in per cent (default: 100).")
    health: Health = prop(Health(port=None, protocol=None, path=None, interval=30, threshold=3),
                          "How servers and Elastic IP addresses are seen to be well.")  # fmt: skip
    ipv6: bool = prop(False, "Answer by IPv6 as well; all endpoints must, too.")
    addresses: list[str] = prop([], "Addresses of your own ranges, instead of AWS's.", pattern=r"[0-9.]+", le=2)
    enabled: bool = prop(True, "Let traffic through.")
    flow_logs: bool = prop(False, "Write a line for each connection to a bucket.", shape=True)

    joins = (Route,)
    alias = Alias("${dns}", ZONE, ipv6=True)
    address = "${dns}"
    attributes = {"arn": "${.AcceleratorArn}", "dns": "${.DnsName}"}
    external = External(("arn", "dns"))
    strict = {"flow_logs": True}
    waf_not = "an accelerator takes no web ACL; the Application Load Balancer behind it does"

    def attribute(self, name: str) -> str | None:
        return "${.DualStackDnsName}" if name == "dns" and self.ipv6 else super().attribute(name)

    def helpers(self) -> Mapping[str, Helper]:
        return {"logs": Helper("s3.bucket", {"log_bucket": True}, "flow logs")} if self.flow_logs else {}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        routes = list(_routes(node, world))
        found = []
        share = next(
            (region for region, share in self.dial.items() if isinstance(share, int) and not 0 <= share <= 100), None
        )
        if share is not None:
            found.append(
                Refusal(f"a share is 0 to 100 per cent, not {self.dial[share]}", None, "out-of-bounds", "dial")
            )
        led = {other.place[1] for _, _, other in routes}
        idle = next((region for region in self.dial if region not in led), None) if "" not in led else None
        if idle is not None:
            found.append(Refusal(f"'{node.id}' leads to nothing in {idle}", None, "bad-value", "dial"))
        servers = [(join, other) for _, join, other in routes
                   if other.kind.accelerated and other.kind.accelerated.sort == "instance"]  # fmt: skip
        opened = [(port.low, port.top) for join, other in servers for port in join.reached(other.kind)]
        if isinstance(self.health.port, int) and servers and not _meet([(self.health.port,) * 2], opened):
            # those who ask come from anywhere, and a port that takes no requests is better closed
            found.append(Refusal(f"no server behind '{node.id}' is reached at {self.health.port}",
                                 "a port that requests come to", "cannot-reach", "health"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        name = re.sub(r"[^A-Za-z0-9_-]", "-", f"{scope.architecture.name}-{scope.node.id}")[:64]
        logs, logged, after = scope.of(f"{scope.node.id}.logs"), {}, []
        if logs is not None:
            # a global service, whose deliveries may come from any Region
            after = let_delivery_in(logs, scope.node.id, f"{name}/", "*")
            logged = {"FlowLogsEnabled": True, "FlowLogsS3Bucket": logs.attribute("name"), "FlowLogsS3Prefix": name}
        scope.make("AWS::GlobalAccelerator::Accelerator", after=after, Name=name, Enabled=self.enabled,
                   IpAddressType="DUAL_STACK" if self.ipv6 else "IPV4", IpAddresses=list(self.addresses) or None,
                   **logged)  # fmt: skip

    def group(self, link: Link, route: Route) -> Resource:
        """Return the endpoint group of an edge's ports in the Region where it leads, made on first use."""
        scope, region = link.owner, link.other.node.place[1]
        spans = route.ranges(link.other.kind)
        spelled = "And".join(f"{low}" if low == high else f"{low}to{high}" for low, high in spans)
        name = f"{route.protocol.capitalize()}{spelled}"
        listener = scope.get(name) or scope.make(
            "AWS::GlobalAccelerator::Listener", name, because=link.because, AcceleratorArn=scope.main.ref,
            ClientAffinity=self.affinity.upper(), Protocol=route.protocol.upper(),
            PortRanges=[{"FromPort": low, "ToPort": high} for low, high in spans])  # fmt: skip
        where = name + ("In" + "".join(part.capitalize() for part in region.split("-")) if region else "Group")
        return scope.get(where) or scope.make(
            "AWS::GlobalAccelerator::EndpointGroup", where, because=link.because, ListenerArn=listener.ref,
            EndpointGroupRegion=region or Ref("AWS::Region"), TrafficDialPercentage=self.dial.get(region))  # fmt: skip
