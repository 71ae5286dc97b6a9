"""Rules of security groups, as CloudFormation spells them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from archkit.offers import Port

__all__ = ["PrefixList", "Way", "rule", "spelled"]

Way = Literal["Ingress", "Egress"]

SOURCE = {"list": "SourcePrefixListId", "group": "SourceSecurityGroupId"}
DESTINATION = {"list": "DestinationPrefixListId", "group": "DestinationSecurityGroupId"}


@dataclass(frozen=True)
class PrefixList:
    """Address ranges under one id, which may be known at deployment only."""

    id: Any


def rule(way: Way, peer: Any, port: Port, because: str) -> dict[str, Any]:
    """Return the properties of a rule but for its group; the peer is an address range, a prefix list or a group."""
    ports = {} if port.protocol == "-1" else {"FromPort": port.low, "ToPort": port.top}
    whom = _peer(peer, SOURCE if way == "Ingress" else DESTINATION)
    return {"IpProtocol": port.protocol, **ports, "Description": _described(because, port), **whom}


def _peer(peer: Any, names: dict[str, str]) -> dict[str, Any]:
    if isinstance(peer, str) and "/" in peer:
        return {"CidrIpv6": peer} if ":" in peer else {"CidrIp": peer}
    if isinstance(peer, PrefixList) or (isinstance(peer, str) and peer.startswith("pl-")):
        return {names["list"]: peer.id if isinstance(peer, PrefixList) else peer}
    return {names["group"]: peer}


def _described(because: str, port: Port) -> str:
    """Return a description in the characters that EC2 takes: no arrows."""
    plain = "".join(letter if letter.isalnum() or letter in " ._-:/()#,@[]+=&;{}!$*" else "" for letter in
                    because.replace("->", " to "))  # fmt: skip
    return f"{plain[:200]}, {port}"


def spelled(whole: Any, number: int) -> str:
    """Return an address range as a part of a logical id, so that the id follows the range and not its place in a list.

    >>> spelled("192.168.0.0/16", 0)
    '192x168x0x0x16'
    """
    return re.sub(r"[^0-9a-f]+", "x", whole) if isinstance(whole, str) else f"Range{number + 1}"
