"""Alias records: an edge from a zone to what its name leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from archkit.architecture import Ends, Node
from archkit.kind import Join, Kind, Refusal, prop
from archkit.kinds.route53.routing import NAME, Routing, camel, within
from archkit.scope import Link

__all__ = ["Route"]


class Route(Routing, Join):
    """An alias record: the name leads to the other end, for IPv4 and, where it has it, IPv6."""

    word: ClassVar[str] = "route"
    usual: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("name", "set")

    name: str | None = prop(None, "Name of the record (default: the domain of the other end, else the zone's).",
                            pattern=NAME, shape=True)  # fmt: skip
    evaluate: bool = prop(False, "Answer only while the target is healthy (load balancers, not CloudFront).")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.alias is not None

    @classmethod
    def short_form(cls, text: str) -> Mapping[str, str] | None:
        return {"name": text} if "." in text and " " not in text and "/" not in text else None

    def homes(self, owner: Node, other: Node, nodes: Mapping[str, Node]) -> Mapping[str, str]:
        """A zone that is made goes where the certificate is that it validates."""
        helper = nodes.get(f"{other.id}.certificate")
        return {owner.id: helper.place[1]} if helper and helper.place != owner.place and helper.place[1] else {}

    def refuse(self, ends: Ends) -> Refusal | None:
        target, zone, chosen = ends.other, ends.owner, self.chosen()
        if hasattr(target.kind, "domain") and target.kind.domain is None and target.existing is None:
            help = f"give '{target.id}' a 'domain'"
            return Refusal(f"'{target.id}' does not answer to a domain name", help, "no-domain")
        regions = target.kind.alias.regions if target.kind.alias else {}
        if regions and target.place[1] not in regions:
            help = "region: eu-west-1 at the top of the blueprint, or a region group around the two"
            return Refusal(
                f"the address of '{target.id}' is AWS's own and another in each Region; say which", help, "no-region"
            )
        if self.multivalue:
            help = "weight: 1 on each of the edges"
            return Refusal(
                "multivalue answers are for plain records, not for an alias", help, "bad-value", "multivalue"
            )
        if len(chosen) > 1:
            return Refusal(
                f"a record is routed in one way, not by {' and '.join(chosen)}", None, "bad-value", chosen[1]
            )
        domain = _domain(zone)
        for name in self.names(target.kind, domain):
            if isinstance(name, str) and isinstance(domain, str) and not within(name, domain):
                option = "name" if self.name else None
                help = f"a name that ends with .{domain}"
                return Refusal(f"'{name}' is no name of the zone {domain}", help, "not-in-zone", option)
        return self._uncovered(target) or self._twins(ends, domain)

    def _uncovered(self, target: Node) -> Refusal | None:
        """Refuse a name for which the other end has no certificate: a browser would refuse it as well."""
        kind: Any = target.kind
        held = [getattr(kind, "domain", None), *getattr(kind, "names", ())]
        if not self.name or target.existing or getattr(kind, "certificate", None) or not isinstance(held[0], str):
            return None
        if any(_covers(name, self.name) for name in held if isinstance(name, str)):
            return None
        help = f"a further one of 'names' of '{target.id}'" if hasattr(kind, "names") else f"domain: {self.name} there"
        return Refusal(f"'{target.id}' has no certificate for '{self.name}'", help, "not-in-certificate", "name")

    def _twins(self, ends: Ends, domain: Any) -> Refusal | None:
        mine = {str(name) for name in self.names(ends.other.kind, domain)}
        for edge, effect in ends.architecture.effects("route"):
            other = effect.join
            if not isinstance(other, Route) or effect.owner != ends.owner.id or edge.id == ends.edge.id:
                continue
            theirs = {str(name) for name in other.names(ends.architecture[edge.target].kind, domain)}
            if mine & theirs and (self.chosen() != other.chosen() or not self.chosen()):
                name = sorted(mine & theirs)[0]
                help = "route all in one way, such as a weight or a latency Region each, or give each its own 'name'"
                return Refusal(f"'{name}' has another record, of '{edge.target}'", help, "duplicate-record")
        return None

    def names(self, kind: Any, domain: Any) -> list[Any]:
        """Return the names of the records: the one given, those of the other end that the zone holds, or the zone's."""
        if self.name:
            return [self.name]
        own = getattr(kind, "domain", None)
        more = [name for name in getattr(kind, "names", ()) if isinstance(name, str) and isinstance(domain, str)
                and within(name, domain)]  # fmt: skip
        return [own, *more] if own else [domain]

    def apply(self, link: Link) -> None:
        zone, target = link.owner, link.other
        alias = target.kind.alias
        address, home = alias.regions.get(target.node.place[1], (alias.name, alias.zone))
        certificate = zone.of(f"{target.node.id}.certificate")
        if certificate is not None and hasattr(certificate.kind, "validate"):
            certificate.kind.validate(certificate, zone)
        types = ("A", "AAAA") if alias.ipv6 and getattr(target.kind, "ipv6", True) else (alias.type,)
        for number, name in enumerate(self.names(target.kind, zone.attribute("domain")), 1):
            for type in types:
                # beside the target, so that the zone can stand in the stack that its target waits for
                suffix = f"{camel(zone.node.id)}{camel(link.edge.slug)}{type}{number if number > 1 else ''}"
                make = link.make if target.exists else target.make
                make(  # by name: troposphere does not know geoproximity
                    "AWS::Route53::RecordSet", type if target.exists else suffix,
                    HostedZoneId=zone.attribute("id"), Name=name, Type=type,
                    AliasTarget={"DNSName": target.fill(address), "HostedZoneId": target.fill(home),
                                 "EvaluateTargetHealth": self.evaluate},
                    **self.properties(zone, target.node.id), **({} if target.exists else {"because": link.because}),
                )  # fmt: skip

    def text(self) -> str | None:
        return self.name


def _domain(zone: Node) -> Any:
    return zone.existing.get("domain") if zone.existing is not None else zone.kind.domain  # type: ignore[attr-defined]


def _covers(held: str, name: str) -> bool:
    """Say whether a certificate for one name holds for another; its asterisk stands for one label."""
    held, name = held.rstrip(".").lower(), name.rstrip(".").lower()
    return held == name or (held.startswith("*.") and name.partition(".")[2] == held[2:])
