"""Application Load Balancers: HTTP by host and path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import Accelerated, Alias, External, Helper, Listen, Metric, NodeId, Origin, Port, Refusal, prop
from archkit.kinds.elb.routes import Route
from archkit.kinds.elb.shared import Front
from archkit.scope import Resource, Scope
from archkit.shared.edge_ranges import let_cloudfront_in

__all__ = ["Application"]

NAMED = {"LoadBalancer": "${full_name}"}
METRICS = {"errors": ("HTTPCode_ELB_5XX_Count", "Sum"), "target-errors": ("HTTPCode_Target_5XX_Count", "Sum"),
           "requests": ("RequestCount", "Sum"), "latency": ("TargetResponseTime", "p99"),
           "rejected": ("RejectedConnectionCount", "Sum")}  # fmt: skip
NEWEST = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"""


CLOUDFRONT = "cloudfront.distribution"
BEHIND = {CLOUDFRONT, "route53.zone", "wafv2.web_acl"}
"""Who leads to a load balancer that nobody but CloudFront calls: a zone and a web ACL call nobody."""


class Http(Listen):
    """A connection to the load balancer's listener."""


class Application(Front, icon="aws/network/elb-application-load-balancer", service="Application Load Balancer",
                  types=("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::Listener",
                         "AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::ElasticLoadBalancingV2::TargetGroup",
                         "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress",
                         "AWS::CertificateManager::Certificate")):  # fmt: skip
    """Application Load Balancer: hands HTTP requests on by host and path, to servers, containers and functions.

    In public subnets it faces the Internet. With a `domain` or a `certificate` it speaks HTTPS, and sends
    whoever comes by HTTP there.
    """

    domain: str | None = prop(None, "Domain name; a certificate is made for it.", pattern=r"[A-Za-z0-9.-]+", shape=True)
    certificate: NodeId | None = prop(None, "Certificate, instead of one of its own.", slot="certificate",
                                      to="acm.certificate")  # fmt: skip
    redirect: bool = prop(True, "Send HTTP to HTTPS, where it speaks that.", shape=True)
    tls: str = prop(NEWEST, "Security policy of HTTPS.", pattern="ELBSecurityPolicy-[A-Za-z0-9-]+")
    idle: int = prop(60, "Seconds after which an idle connection is closed.", ge=1, le=4_000)
    http2: bool = prop(True, "Speak HTTP/2.")
    desync: Literal["defensive", "strictest", "monitor"] = prop("defensive", "What becomes of ambiguous requests.")
    invalid_headers: Literal["drop", "keep"] = prop("drop", "What becomes of headers that are none.")
    only: Literal["cloudfront", "anyone"] | None = prop(
        None, "Who is let in from the Internet (default: anyone; in `strict` CloudFront, if nothing else calls it).",
        shape=True,
    )  # fmt: skip
    preserve_host: bool = prop(False, "Hand the Host header on as it came.")

    strict = {"access_logs": True, "redirect": False}
    listens = Http
    joins = (Route,)
    serves = "alb"
    attributes = {**Front.attributes, "listener_arn": "${+Http}"}
    address = "${url}"
    alias = Alias("${dns}", "${zone}", ipv6=True)
    accelerated = Accelerated("alb", "${arn}")
    origin = Origin("${origin_domain}", "custom", private="${arn}")
    waf = "${arn}"
    external = External(("arn", "dns", "zone", "security_group"))
    metrics = {name: Metric("AWS/ApplicationELB", metric, NAMED, statistic)
               for name, (metric, statistic) in METRICS.items()}  # fmt: skip

    @property
    def secure(self) -> bool:
        """Whether it speaks HTTPS."""
        return bool(self.domain or self.certificate)

    def ports(self) -> tuple[Port, ...]:
        return (Port(443),) if self.secure else (Port(80),)

    def attribute(self, name: str) -> str | None:
        if name == "url":
            return f"https://{self.domain}" if self.domain else ("https" if self.secure else "http") + "://${dns}"
        if name == "listener_arn" and self.secure:
            return "${+Https}"
        if name == "origin_domain" and self.domain:
            return self.domain
        return super().attribute(name)

    def origin_protocol(self) -> str:
        return "https" if self.secure else "http"

    def helpers(self) -> Mapping[str, Helper]:
        own = {"certificate": Helper("acm.certificate", {"domain": self.domain})}
        return {**super().helpers(), **(own if self.domain and self.certificate is None else {})}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = super().check(node, world)
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
        few = network.too_few_zones(node, world)
        found += [few] if few is not None else []
        strangers = [id for id in _callers(node, world) if world[id].kind.actor]
        if self.only == "cloudfront" and self.inside(node, world):
            found.append(
                Refusal("an internal load balancer lets nobody in from the Internet", None, "bad-value", "only")
            )
        elif self.only == "cloudfront" and strangers:
            help = "only: anyone, or an edge to the distribution instead"
            found.append(Refusal(f"'{strangers[0]}' does not come through CloudFront", help, "cannot-reach", "only"))
        return found

    def only_cloudfront(self, node: Node, world: Architecture) -> bool:
        """Say whether CloudFront is the only one that is let in from the Internet."""
        if self.only is not None or world.security != "strict":
            return self.only == "cloudfront"
        kinds = {world[id].kind.name for id in _callers(node, world)}
        return not self.inside(node, world) and CLOUDFRONT in kinds <= BEHIND

    def build(self, scope: Scope) -> None:
        from troposphere import elasticloadbalancingv2 as elb

        common = self.fronted(scope, {
            "idle_timeout.timeout_seconds": self.idle, "routing.http2.enabled": self.http2,
            "routing.http.desync_mitigation_mode": self.desync,
            "routing.http.drop_invalid_header_fields.enabled": self.invalid_headers == "drop",
            "routing.http.preserve_host_header.enabled": self.preserve_host or None,
        })  # fmt: skip
        scope.make(
            elb.LoadBalancer, Subnets=network.subnets(scope), SecurityGroups=[network.security_group(scope)],
            IpAddressType="dualstack" if self.ipv6 else "ipv4", **common,
        )  # fmt: skip
        certificate = scope.arn(self.certificate or f"{scope.node.id}.certificate")
        if self.secure:
            self._listener(scope, "Https", 443, NOT_FOUND, Certificates=[{"CertificateArn": certificate}],
                           SslPolicy=self.tls)  # fmt: skip
            if self.redirect and not self.only_cloudfront(scope.node, scope.architecture):
                self._listener(scope, "Http", 80, TO_HTTPS)
        else:
            self._listener(scope, "Http", 80, NOT_FOUND)
            if not self.inside(scope.node, scope.architecture):
                scope.note("not-encrypted", f"'{scope.node.id}' speaks plain HTTP: it has no certificate",
                           "domain: shop.example.com, or certificate: a node of kind acm.certificate")  # fmt: skip

    def _listener(self, scope: Scope, name: str, port: int, action: dict[str, Any], **more: Any) -> Resource:
        from troposphere import elasticloadbalancingv2 as elb

        if self.only_cloudfront(scope.node, scope.architecture):
            let_cloudfront_in(scope, Port(port), scope.node.id)
        elif not self.inside(scope.node, scope.architecture):
            self.let_internet_in(scope, Port(port))
        return scope.make(elb.Listener, name, LoadBalancerArn=scope.main.ref, Port=port, Protocol=name.upper(),
                          DefaultActions=[action], **more)  # fmt: skip

    def listener(self, scope: Scope) -> Resource:
        """Return the listener that rules stand on."""
        found = scope.get("Https") or scope.get("Http")
        assert found is not None
        return found

    def enlist(self, scope: Scope, group: Resource, port: int, because: str) -> None:
        """A network load balancer hands TCP on to this one, which must listen at that port already."""
        group.append("Targets", {"Id": scope.attribute("arn"), "Port": port})
        if not scope.exists:
            group.depends.add(self.listener(scope).id)


NOT_FOUND = {"Type": "fixed-response", "FixedResponseConfig": {
    "StatusCode": "404", "ContentType": "text/plain", "MessageBody": "Nothing is here"}}  # fmt: skip
TO_HTTPS = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}


def _callers(node: Node, world: Architecture) -> list[str]:
    """Return the nodes from which an edge leads to a load balancer."""
    return [edge.source for edge in world.edges_of(node.id) if edge.target == node.id and not edge.badge]
