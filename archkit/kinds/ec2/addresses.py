"""The subnet plan: where a group of subnets lies in its VPC's address range.

A plan is a function of the VPC's range, the tier, and the group's own id (or `slot`) and nothing else, so that a group
or a zone that is added later moves no subnet: a moved subnet is replaced, and with it everything that stands in it.

    public     the first eighth        8 slots of 8 zones
    (kept)     the second eighth       for what is not thought of yet
    isolated   the second quarter      8 slots of 8 zones
    private    the second half         8 slots of 8 zones

A /16 has 123 addresses for hosts in each public subnet, 251 in each isolated and 507 in each private one: AWS keeps
five of each (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html). No subnet is smaller than a /28, so
that a /20 has four slots of a tier, a /21 two and a /22 one.
"""

from __future__ import annotations

import hashlib
from ipaddress import IPv4Network

__all__ = ["LETTERS", "SLOTS", "area", "ipv6_index", "slot_of", "slots", "subnet_ranges"]

LETTERS = "ABCDEF"
"""What tells zones apart in logical ids."""
SLOTS = 8
ZONE_BITS = 3
ZONES = 1 << ZONE_BITS
AREAS = {"public": (3, 0), "isolated": (2, 1), "private": (1, 1)}
"""How many bits longer than the VPC's prefix a tier's area is, and which of the areas of that length it is."""


def area(vpc: IPv4Network, tier: str) -> IPv4Network:
    """Return the part of a VPC's range that the subnets of a tier come from."""
    bits, number = AREAS[tier]
    return list(vpc.subnets(prefixlen_diff=bits))[number]


def slot_of(id: str, slot: int | None = None) -> int:
    """Return a group's slot in the area of its tier: the one that it asks for, else one that follows from its id."""
    return slot if slot is not None else hashlib.sha256(id.encode()).digest()[0] % SLOTS


def slots(vpc: IPv4Network) -> int:
    """Return how many slots the area of each tier has. Raises ValueError where it has none."""
    bits = 28 - ZONE_BITS - vpc.prefixlen - AREAS["public"][0]
    if bits < 0:
        raise ValueError(f"{vpc} is too small to be planned")
    return min(SLOTS, 1 << bits)


def subnet_ranges(vpc: IPv4Network, tier: str, slot: int, zones: int) -> list[IPv4Network]:
    """Return the ranges of a group's subnets, one for each zone. Raises ValueError where they would be under /28."""
    count = slots(vpc)
    block = list(area(vpc, tier).subnets(prefixlen_diff=count.bit_length() - 1))[slot % count]
    return list(block.subnets(prefixlen_diff=ZONE_BITS))[:zones]


def ipv6_index(tier: str, slot: int, zone: int) -> int:
    """Return which of the 256 /64 ranges of a VPC's /56 a subnet has."""
    return list(AREAS).index(tier) * SLOTS * ZONES + slot * ZONES + zone
