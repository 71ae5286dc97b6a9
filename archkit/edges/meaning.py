"""How two ends find their meaning: every word that an edge between two kinds can carry.

A word comes from a grant of the target (where the source acts with rights of its own) or from a join that one end
declares and the other fits. Nothing here names a kind.
"""

from __future__ import annotations

from dataclasses import dataclass

from archkit.edges.alert import Alert
from archkit.edges.between import Between, Outward
from archkit.edges.connect import Connect
from archkit.kind import Grant, Join, Kind, Record
from archkit.schema import per_class

__all__ = ["Meaning", "meanings", "usual"]

GENERAL: tuple[type[Join], ...] = (Between, Outward, Connect, Alert)


@dataclass(frozen=True)
class Meaning:
    """One word that a pair of kinds understands; `owner` is the end whose kind declares it."""

    word: str
    usual: bool
    owner: str
    grant: Grant | None = None
    join: type[Join] | None = None
    partner: type[Record] | None = None

    @property
    def records(self) -> tuple[type[Record], ...]:
        """The classes whose fields are the options of an edge with this meaning."""
        return tuple(record for record in (self.join, self.partner) if record is not None)


@per_class
def meanings(source: type[Kind], target: type[Kind]) -> tuple[Meaning, ...]:
    """Return what `source -> target` can mean, the grants first, then the joins in the order declared."""
    found: list[Meaning] = []
    if source.grantee:
        found += [Meaning(word, grant.usual, "source", grant=grant) for word, grant in target.grants.items()]
    for owner, other, side, drawn in ((source, target, "source", "out"), (target, source, "target", "in")):
        for join in (*owner.joins, *(GENERAL if side == "source" else ())):
            if join.arrow in (drawn, "either") and join.fits(owner, other):
                usually = join.usually(owner, other)
                found.append(Meaning(join.word, usually, side, join=join, partner=join.partner(owner, other)))
    return tuple(found)


def usual(found: tuple[Meaning, ...]) -> Meaning | None:
    """Return the one meaning that may be left unsaid. A join's goes before a grant's: it brings the rights it needs."""
    joins = [meaning for meaning in found if meaning.usual and meaning.join]
    grants = [meaning for meaning in found if meaning.usual and meaning.grant]
    return next(iter(joins or grants), None)
