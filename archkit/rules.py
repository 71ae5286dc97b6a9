"""Rules of security groups, as CloudFormation spells them."""

from __future__ import annotations

from typing import Any, Literal

from archkit.offers import Port

__all__ = ["Way", "rule"]

Way = Literal["Ingress", "Egress"]

SOURCE = {"list": "SourcePrefixListId", "group": "SourceSecurityGroupId"}
DESTINATION = {"list": "DestinationPrefixListId", "group": "DestinationSecurityGroupId"}


def rule(way: Way, peer: Any, port: Port, because: str) -> dict[str, Any]:
    """Return the properties of a rule but for its group; the peer is an address range, a prefix list or a group."""
    ports = {} if port.protocol == "-1" else {"FromPort": port.low, "ToPort": port.top}
    whom = _peer(peer, SOURCE if way == "Ingress" else DESTINATION)
    return {"IpProtocol": port.protocol, **ports, "Description": _described(because, port), **whom}


def _peer(peer: Any, names: dict[str, str]) -> dict[str, Any]:
    if isinstance(peer, str) and "/" in peer:
        return {"CidrIpv6": peer} if ":" in peer else {"CidrIp": peer}
    if isinstance(peer, str) and peer.startswith("pl-"):
        return {names["list"]: peer}
    return {names["group"]: peer}


def _described(because: str, port: Port) -> str:
    """Return a description in the characters that EC2 takes: no arrows."""
    plain = "".join(letter if letter.isalnum() or letter in " ._-:/()#,@[]+=&;{}!$*" else "" for letter in
                    because.replace("->", " to "))  # fmt: skip
    return f"{plain[:200]}, {port}"
