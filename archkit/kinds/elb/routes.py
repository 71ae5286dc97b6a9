"""Edges from an Application Load Balancer: rules of its listener.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit.architecture import Ends
from archkit.kind import Join, Kind, Refusal, prop
from archkit.kinds.elb.signing_in import SignIn
from archkit.kinds.elb.targets import Targets
from archkit.scope import Link, Resource

__all__ = ["Route"]

LAST = 50_000
BAND = 1_000
MOST_VALUES = 5
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""
Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Route(Targets, SignIn, Join):
    """Requests of a host or path, or all others, are handed on."""

    word: ClassVar[str] = "route"
    usual: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("host", "path", "methods", "headers")
    dials: ClassVar[Any] = "owner"
    shifts: ClassVar[bool] = True
    http: ClassVar[bool] = True

    path: str | None = prop(
        None, "Path, such as /api/*; * and ? stand for any letters.", pattern="/.{0,127}", shape=True
    )
    host: str | None = prop(None, "Host name, such as api.example.com or *.example.com.", pattern=r"[A-Za-z0-9.*?-]+",
                            shape=True)  # fmt: skip
    methods: list[Method] = prop([], "HTTP methods.", shape=True)
    headers: dict[str, str] = prop({}, "Headers by name, each with the value that it must have.", shape=True)
    priority: int | None = prop(None, "Place among the rules, 1 first (default: the more exact before the less).", ge=1,
                                le=LAST - 1, shape=True)  # fmt: skip
    protocol: Literal["http", "https"] = prop("http", "Protocol to the target.")
    version: Literal["http1", "http2", "grpc"] = prop("http1", "Version of HTTP to the target.")
    slow_start: int | None = prop(None, "Seconds in which a new target's share grows.", ge=30, le=900)
    algorithm: Literal["round_robin", "least_outstanding_requests"] = prop("round_robin", "Who is next.")
    multi_value: bool = prop(False, "Give a function several headers of one name as a list.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return cls.reaches(other) and other.serves != "alb"

    @classmethod
    def short_form(cls, text: str) -> Mapping[str, str] | None:
        return {"path": text} if text.startswith("/") and " " not in text else None

    def text(self) -> str | None:
        return " ".join(part for part in (*self.methods, f"{self.host or ''}{self.path or ''}") if part) or None

    @property
    def bounded(self) -> bool:
        """Whether only some requests are meant."""
        return bool(self.path or self.host or self.methods or self.headers)

    def rank(self) -> int:
        """Return the priority that follows from the rule alone: the longer its fixed beginning, the earlier.

        Rules of one length are told apart by a hash, so that a rule which is added later moves no other.
        """
        if self.priority is not None:
            return self.priority
        fixed = len((self.path or "").split("*")[0].split("?")[0]) + 8 * (self.host is not None)
        fixed += 4 * bool(self.methods) + 4 * len(self.headers) + ("*" not in (self.path or "*"))
        said = f"{self.host} {self.path} {sorted(self.methods)} {sorted(self.headers.items())}"
        mixed = int.from_bytes(hashlib.sha256(said.encode()).digest()[:4], "big") % BAND
        return (LAST // BAND - 1 - min(fixed, LAST // BAND - 2)) * BAND + mixed

    def refuse(self, ends: Ends) -> Refusal | None:
        return self._conditions() or self.refuse_sign_in(ends) or self.refuse_target(ends) or self._twins(ends)

    def _conditions(self) -> Refusal | None:
        many = sum(bool(one) for one in (self.path, self.host)) + len(self.methods) + len(self.headers)
        if many > MOST_VALUES:
            return Refusal(f"a rule compares {MOST_VALUES} values at most, not {many}", "split it in two", "too-many")
        if self.priority is not None and not self.bounded:
            return Refusal(
                "what takes all other requests comes last and has no priority", None, "bad-value", "priority"
            )
        return None

    def _twins(self, ends: Ends) -> Refusal | None:
        """Two rules of one load balancer cannot mean the same requests, or stand at the same place."""
        for edge, effect in ends.architecture.effects("route"):
            join = effect.join
            if edge.id == ends.edge.id:
                return None
            if effect.owner != ends.owner.id or not isinstance(join, Route):
                continue
            mine, theirs = ((one.path, one.host, sorted(one.methods), one.headers) for one in (self, join))
            if mine == theirs:
                what = self.text() or "every request"
                return Refusal(f"{what} goes to '{edge.target}' on line {edge.span.line} already",
                               "give each edge a path or a host of its own", "duplicate-route")  # fmt: skip
            if self.bounded and join.bounded and self.rank() == join.rank():
                return Refusal(f"this rule and that of line {edge.span.line} would have one priority, {self.rank()}",
                               f"priority: {self.rank() + 1}", "same-priority")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        function = link.other.kind.serves == "lambda"
        cookie = {"stickiness.enabled": True, "stickiness.type": "lb_cookie",
                  "stickiness.lb_cookie.duration_seconds": self.sticky}  # fmt: skip
        sticky = cookie if self.sticky and not function else {}
        said: dict[str, Any] = {
            **sticky, "slow_start.duration_seconds": self.slow_start,
            "load_balancing.algorithm.type": None if function or self.slow_start else self.algorithm,
            "lambda.multi_value_headers.enabled": (self.multi_value or None) if function else None,
        }  # fmt: skip
        version = {} if function else {"ProtocolVersion": self.version.upper()}
        group = self.group(link, self.protocol.upper(), said, version)
        listener = link.owner.kind.listener(link.owner)
        forward = {"Type": "forward", "TargetGroupArn": group.ref}
        if link.other.kind.blue_green():
            rule = self._shifted(link, listener, group)
        elif self.bounded:
            rule = self._rule(link, listener, forward)
        else:
            rule = listener
            listener.set("DefaultActions", self._actions(link, forward, text=True))
        scaling = link.other.get("RequestScaling")
        if scaling is not None:
            scaling.depends.add(rule.id)
        if link.other.kind.serves == "ip" and not link.other.exists and link.other.kind.types:
            # a service whose target group no listener uses yet cannot be made
            link.other.main.depends.add(rule.id)

    def _actions(self, link: Link, last: dict[str, Any], text: bool = False) -> list[dict[str, Any]]:
        """Return what is done with a request, in order; a listener takes numbers as texts."""
        before = self.first(link)
        for action in before if text else ():
            config = next(value for name, value in action.items() if name.endswith("Config"))
            config["SessionTimeout"] = str(config["SessionTimeout"])
        return [*before, {**last, "Order": 2}] if before else [last]

    def _rule(self, link: Link, listener: Resource, action: dict[str, Any]) -> Resource:
        from troposphere import elasticloadbalancingv2 as elb

        everything = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}]
        return link.make(elb.ListenerRule, "Rule", ListenerArn=listener.ref,
                         Priority=self.rank() if self.bounded else LAST - 1,
                         Conditions=self._compared() if self.bounded else everything,
                         Actions=self._actions(link, action))  # fmt: skip

    def _shifted(self, link: Link, listener: Resource, group: Resource) -> Resource:
        """Return a rule over two target groups, between which the target's deployments shift the requests.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb-resources-for-blue-green.html
        """
        second = link.owner.get(f"{group.id.removeprefix(link.owner.id)}Green")
        if second is None:
            plain = {name: value for name, value in group.properties.items() if name != "Targets"}
            second = link.owner.make(group.type, f"{group.id.removeprefix(link.owner.id)}Green", because=link.because,
                                     **plain)  # fmt: skip
        weights = [{"TargetGroupArn": one.ref, "Weight": weight} for one, weight in ((group, 100), (second, 0))]
        rule = self._rule(link, listener, {"Type": "forward", "ForwardConfig": {"TargetGroups": weights}})
        link.other.kind.shift(link.other, group, second, rule, link.because)
        return rule

    def _compared(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        if self.host:
            found.append({"Field": "host-header", "HostHeaderConfig": {"Values": [self.host]}})
        if self.path:
            found.append({"Field": "path-pattern", "PathPatternConfig": {"Values": [self.path]}})
        if self.methods:
            found.append({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": list(self.methods)}})
        for name, value in self.headers.items():
            found.append({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": [value]}})
        return found
