"""What is wrong with how a search domain is said to be: nodes against zones, volumes against instances, who gets in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archkit.kind import Refusal
from archkit.kinds.opensearch.settings import family

__all__ = ["refusals"]

BURST = {"t3.small": 100, "t3.medium": 200}
"""GiB of the largest volume (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/limits.html)."""


def refusals(kind: Any) -> list[Refusal]:
    """Return what is wrong with a domain's properties taken together."""
    return [*_nodes(kind), *_access(kind), *_volume(kind)]


def _nodes(kind: Any) -> Iterator[Refusal]:
    """https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-multiaz.html."""
    count = kind.count if isinstance(kind.count, int) else kind.zones
    burst = isinstance(kind.instance, str) and kind.instance.startswith("t")
    if count < kind.zones or (kind.zones == 2 and count % 2):
        many = "an even number of" if kind.zones == 2 else f"at least {kind.zones}"
        yield Refusal(f"{kind.zones} zones need {many} data nodes, not {count}", f"count: {kind.zones}",
                      "bad-value", "count")  # fmt: skip
    if kind.standby and (kind.zones != 3 or count % 3 or kind.masters is None or burst):
        yield Refusal("a zone that stands by needs three zones, data nodes in threes, dedicated masters, and no t3",
                      "zones: 3, count: 3, masters: m6g.large, instance: r6g.large", "bad-value",
                      "standby")  # fmt: skip
    if kind.warm is not None and (kind.masters is None or burst):
        yield Refusal("warm nodes need dedicated masters, and data nodes that are no t3", "masters: m6g.large",
                      "bad-value", "warm")  # fmt: skip
    if burst and count > 10:
        yield Refusal(f"a domain has at most 10 nodes of {family(kind.instance)}, not {count}",
                      "instance: r6g.large", "bad-value", "instance")  # fmt: skip


def _access(kind: Any) -> Iterator[Refusal]:
    if kind.master and kind.master_secret:
        yield Refusal(
            "the master is a role or an internal user, not both", "leave one out", "bad-value", "master_secret"
        )
    if "audit" in kind.publish and not kind.fine_grained:
        yield Refusal("only fine-grained access is audited", "master: a role", "bad-value", "publish")
    if kind.addresses and not kind.master_secret:
        yield Refusal("'addresses' limits an internal user; roles sign their requests", "master_secret: a secret",
                      "bad-value", "addresses")  # fmt: skip
    if kind.certificate and not kind.domain:
        yield Refusal("a certificate is for a domain name", "domain: search.example.com", "bad-value", "certificate")
    if kind.vpc and isinstance(kind.vpc.subnets, list) and len(kind.vpc.subnets) != kind.zones:
        yield Refusal(f"{kind.zones} zones need {kind.zones} subnets, not {len(kind.vpc.subnets)}", None,
                      "bad-value", "vpc")  # fmt: skip


def _volume(kind: Any) -> Iterator[Refusal]:
    volume, most = kind.volume, BURST.get(family(kind.instance))
    if most is not None and isinstance(volume.size, int) and volume.size > most:
        yield Refusal(f"{family(kind.instance)} takes at most {most} GiB, not {volume.size}", "instance: r6g.large",
                      "out-of-bounds", "volume")  # fmt: skip
    if volume.throughput is not None and volume.type != "gp3":
        yield Refusal("only gp3 has a throughput of its own", "type: gp3", "bad-value", "volume")
    if volume.iops is not None and volume.type == "gp2":
        yield Refusal("gp2's operations follow from its size", "type: gp3", "bad-value", "volume")
