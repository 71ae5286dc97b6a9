"""Network ACLs: rules of a whole group of subnets, in order, that know no connections.

https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from __future__ import annotations

from typing import Literal

from archkit import network
from archkit.kind import Record, Refusal, prop
from archkit.scope import Scope

__all__ = ["Rule", "refusals", "write"]

NUMBERS = {"all": -1, "tcp": 6, "udp": 17, "icmp": 1}
STEP = 100


class Rule(Record):
    """One rule. Those of one direction are asked in order, and the first that fits decides."""

    action: Literal["allow", "deny"] = prop("allow", "What becomes of packets that fit.")
    direction: Literal["in", "out"] = prop("in", "Whether they come or go.")
    protocol: Literal["all", "tcp", "udp", "icmp"] = prop("tcp", "Protocol.", shape=True)
    ports: str | None = prop(None, "Port, or a range such as 1024-65535 (default: all).", pattern=r"[0-9]+(-[0-9]+)?",
                             shape=True)  # fmt: skip
    cidr: str = prop("0.0.0.0/0", "Addresses at the other end.", pattern=r"[0-9a-f.:]+/[0-9]+", shape=True)


def refusals(rules: list[Rule]) -> list[Refusal]:
    """Say what is wrong with the rules of an ACL."""
    found = []
    for rule in rules:
        low, _, high = (rule.ports or "0").partition("-")
        if int(low) > int(high or low) or int(high or low) > 65_535:
            found.append(Refusal(f"'{rule.ports}' is no range of ports", "ports: 1024-65535", "bad-value", "acl"))
        if rule.ports and rule.protocol not in ("tcp", "udp"):
            found.append(Refusal(f"{rule.protocol} has no ports", "protocol: tcp, or udp", "bad-value", "acl"))
    missing = {"in", "out"} - {rule.direction for rule in rules}
    if rules and missing:
        text = "comes into" if missing == {"in"} else "leaves"
        found.append(Refusal(f"nothing {text} these subnets: answers need a rule as well, since an ACL knows no "
                             "connections", f"{{direction: {missing.pop()}, protocol: tcp, ports: 1024-65535}}",
                             "bad-value", "acl"))  # fmt: skip
    if any(rules.count(rule) > 1 for rule in rules):
        found.append(Refusal("a rule stands here twice", None, "bad-value", "acl"))
    return found


def write(scope: Scope, rules: list[Rule], letters: str) -> None:
    """Make the ACL of a group of subnets, and put it in force on each of them."""
    from troposphere import ec2

    acl = scope.make(ec2.NetworkAcl, "Acl", VpcId=network.vpc_id(scope))
    count = {"in": 0, "out": 0}
    for rule in rules:
        count[rule.direction] += 1
        number = count[rule.direction]
        low, _, high = (rule.ports or "0-65535").partition("-")
        ported = rule.protocol in ("tcp", "udp")
        scope.make(
            ec2.NetworkAclEntry, f"Acl{rule.direction.capitalize()}{number}", NetworkAclId=acl.ref,
            RuleNumber=number * STEP, Protocol=NUMBERS[rule.protocol], RuleAction=rule.action,
            Egress=rule.direction == "out", PortRange={"From": int(low), "To": int(high or low)} if ported else None,
            Icmp={"Code": -1, "Type": -1} if rule.protocol == "icmp" else None,
            **{"Ipv6CidrBlock" if ":" in rule.cidr else "CidrBlock": rule.cidr},
        )  # fmt: skip
    for letter in letters:
        scope.make(ec2.SubnetNetworkAclAssociation, f"{letter}Acl", SubnetId=scope.get(letter).ref,  # type: ignore[union-attr]
                   NetworkAclId=acl.ref)  # fmt: skip
