"""`defaults:` of a blueprint: what every node of a kind, or of any kind, has unless it says otherwise."""

from __future__ import annotations

from archkit import catalog
from archkit.diagnostics import Report, did_you_mean
from archkit.kind import Kind
from archkit.schema import fields_of, per_class
from archkit.source import Mapping, Scalar, Tree

__all__ = ["Defaults", "common_of", "takes_backup", "unlike"]


class Defaults:
    """The defaults by kind (`*` is every kind), the narrower first, and which of them were used."""

    def __init__(self, given: list[tuple[Scalar, Mapping]]) -> None:
        self.given = given
        self.used: set[tuple[str, str]] = set()

    def over(self, cls: type[Kind], tree: Mapping) -> Mapping:
        """Return the node's mapping with what the defaults add; the node's own word wins."""
        return Mapping((*tree.entries, *self.of(cls, set(tree.names))), tree.span)

    def of(self, cls: type[Kind], names: set[str]) -> list[tuple[Scalar, Tree]]:
        """Return the properties that the defaults give a kind, less those of these names."""
        if not self.given:
            return []
        found = []
        known = {*fields_of(cls), "tags", *common_of(cls)}
        for pattern, properties in self.given:
            if pattern.text not in ("*", cls.name):
                continue
            for written, value in properties:
                key = _meant(cls, written) if pattern.text == "*" else written
                if key is None or key.text not in known:
                    continue
                self.used.add((pattern.text, written.text))
                if key.text not in names:
                    names = names | {key.text}
                    found.append((key, value))
        return found

    def unused(self, report: Report) -> None:
        """Report a default that no kind of the whole catalogue could take: a slip of the pen."""
        for pattern, properties in self.given:
            cls = catalog.find(pattern.text) if pattern.text != "*" else None
            if pattern.text != "*" and cls is None:
                report.error("unknown-kind", f"defaults for an unknown kind '{pattern.text}'", pattern.span,
                             unlike(pattern.text))  # fmt: skip
                continue
            for key, _value in properties:
                if (pattern.text, key.text) in self.used:
                    continue
                kinds = [cls] if cls else catalog.all_kinds()
                known = {name for kind in kinds for name in fields_of(kind)} | {"tags", "alarms", "notify", "backup"}
                if key.text not in known:
                    who = f"{cls.name} has no" if cls else "no kind has a"
                    report.error("unknown-property", f"{who} property '{key.text}' to default", key.span,
                                 did_you_mean(key.text, known))  # fmt: skip


def common_of(cls: type[Kind]) -> tuple[str, ...]:
    """Return the properties that many kinds have without declaring them: alarms and whom they tell, a backup plan."""
    watched = ("alarms", "notify") if cls.metrics else ()
    return (*watched, "backup") if takes_backup(cls) else watched


@per_class
def takes_backup(cls: type[Kind]) -> bool:
    """Say whether a backup plan can be named by nodes of a kind."""
    plan = catalog.find("backup.plan")
    assert plan is not None
    return any(join.word == "backup" and join.fits(plan, cls) for join in plan.joins)


def _meant(cls: type[Kind], key: Scalar) -> Scalar | None:
    """What a default for every kind means for one: `key` is its encryption key, whatever its property is called."""
    if key.text != "key":
        return key
    return Scalar(cls.key_property, key.span) if cls.takes_key() else None


def unlike(name: str) -> str:
    """Return the help for a name that no kind has."""
    known = catalog.names()
    same = [kind for kind in known if kind.split(".")[0] == name.split(".")[0]]
    return did_you_mean(name, known) or (f"kinds: {', '.join(same)}" if same else "'archkit kinds' lists them all")
