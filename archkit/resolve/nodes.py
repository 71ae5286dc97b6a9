"""Declarations of nodes -> nodes with their kinds bound, defaults applied and helpers made."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping as AbstractMapping
from typing import Any, Literal

from archkit import catalog, cfn
from archkit.architecture import Node, Place
from archkit.blueprint import Blueprint, NodeDecl
from archkit.diagnostics import Report, did_you_mean, listing
from archkit.kind import Helper, Kind
from archkit.reading import read_json, read_record, read_value
from archkit.resolve import pictured
from archkit.resolve.defaults import Defaults, takes_backup, unlike
from archkit.resolve.header import ACCOUNT, Header, read_region
from archkit.resolve.names import camel
from archkit.resolve.raw import check_raw
from archkit.resolve.regions import home_region, localized, own, stamp
from archkit.resolve.strict import with_keys
from archkit.schema import Record, fields_of, hints_of
from archkit.source import Mapping, Scalar, Sequence, Tree

__all__ = ["COMMON", "read_nodes"]

COMMON: dict[str, Any] = {
    "label": str, "note": str, "link": str, "tags": dict[str, str], "deletion": Literal["retain", "delete", "snapshot"],
    "logical_id": str, "lint_ignore": dict[str, str], **pictured.WORDS,
}  # fmt: skip
ELSEWHERE = ("kind", "nodes", "overrides", "existing", "alarms", "notify")
RAW = ("grants", "role", "service")


def read_nodes(blueprint: Blueprint, header: Header, report: Report) -> dict[str, Node]:
    """Return the nodes by id, in the order written, each followed by its helpers."""
    reader = _Reader(header, report)
    for declared in stamp(blueprint, report):
        reader.declared(declared)
    reader.around()
    pictured.check(reader.nodes, {declared.id for declared in blueprint.nodes}, report)
    reader.defaults.unused(report)
    return with_keys(reader.nodes, reader.place) if header.strict else reader.nodes


class _Reader:
    def __init__(self, header: Header, report: Report) -> None:
        self.header = header
        self.report = report
        self.nodes: dict[str, Node] = {}
        self.defaults = Defaults(header.defaults)
        self.beside: dict[str, dict[str, str]] = {}
        self.place: Place = (header.account, header.region)

    def declared(self, declared: NodeDecl) -> None:
        """Read one node, set it aside with its error, or add it with its helpers."""
        cls = self.kind_of(declared)
        if cls is None:
            return
        beside = declared.beside
        tree = own(declared.tree or Mapping((), declared.kind.span), beside)
        place = self.place_of(declared, cls, tree)
        if "nodes" in tree.names and cls.frame is None:
            key = tree.key("nodes")
            self.report.error("not-a-group", f"{cls.name} holds no nodes", key.span if key else None,
                              "put them beside it, or into a group such as 'region' or 'group'")  # fmt: skip
        given = tree if "existing" in tree.names else own(self.defaults.over(cls, tree), beside)
        common = self.common(cls, given)
        existing = self.existing(cls, tree)
        overrides = self.overrides(cls, tree)
        values = self.values(cls, given, partial=existing is not None)
        if values is None or common is None or overrides is None or (existing is None and "existing" in tree.names):
            return
        self.in_region(cls, declared, existing, place[1])
        kind = localized(self.instance(cls, values, existing is not None), beside)
        node = Node(
            declared.id, kind, declared.span, declared.parent, place, existing=existing, tree=tree, inherited=given,
            overrides=overrides, copy_of=next((id for id, copy in beside.items() if copy == declared.id), None),
            hints=pictured.hints(common, beside), **common,
        )  # fmt: skip
        self.nodes[node.id] = node
        self.beside[node.id] = beside
        if existing is None:
            self.helpers(node)
            self.alarms(node, tree)

    def kind_of(self, declared: NodeDecl) -> type[Kind] | None:
        """Find the class of a kind; a CloudFormation type stands for itself."""
        name = declared.kind.text
        if "::" in name:
            tree = declared.tree or Mapping((), declared.span)
            plain = {"shape": True}
            grants = self.read(list[str], tree.get("grants"), "'grants'", plain) or []
            role, service = (self.read(str, tree.get(key), f"'{key}'", plain) for key in ("role", "service"))
            check_raw(name, tree, grants, role, self.report)
            found = catalog.raw(name, grants, role, service)
            if found is None:
                self.report.error("unknown-type", f"there is no CloudFormation type '{name}'", declared.kind.span,
                                  did_you_mean(name, cfn.types()))  # fmt: skip
            return found
        found = catalog.find(name)
        if found is None:
            self.report.error("unknown-kind", f"unknown kind '{name}'", declared.kind.span, unlike(name))
        return found

    def in_region(self, cls: type[Kind], declared: NodeDecl, existing: Any, region: str) -> None:
        """Report a kind whose primary type the Region lacks; of the others it may need none."""
        if cls.types and existing is None and not cfn.has_type(cls.types[0], region):
            of = "" if cls.name == cls.types[0] else f", which {cls.name} is"
            self.report.error("not-in-region", f"{region} has no {cls.types[0]}{of}", declared.kind.span,
                              "choose another Region, or another kind")  # fmt: skip

    def read(self, kind: Any, tree: Tree | None, what: str, meta: AbstractMapping[str, Any] | None = None) -> Any:
        return None if tree is None else read_value(kind, tree, what, self.report, meta)

    def overrides(self, cls: type[Kind], tree: Mapping) -> dict[str, Any] | None:
        """Read the raw properties that an author merges over the node's own; None where they are wrong."""
        value = tree.get("overrides")
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.report.error("wrong-type", f"'overrides' of {cls.name} takes a mapping of properties", value.span)
            return None
        if not cls.types:
            self.report.error(
                "nothing-to-override", f"{cls.name} makes no resource whose properties could be overridden", value.span
            )
            return None
        found: dict[str, Any] = cfn.read_properties(cls.types[0], value)
        return found

    def place_of(self, declared: NodeDecl, cls: type[Kind], tree: Mapping) -> Place:
        parent = self.nodes.get(declared.parent or "")
        account, region = parent.place if parent else self.place
        code = tree.get("code") if cls.name == "region" else None
        if isinstance(code, Scalar):
            region = read_region(code, self.report) or region
        number = tree.get("id") if cls.name == "account" else None
        if isinstance(number, Scalar):
            account = number.text
            if not ACCOUNT.fullmatch(account):
                self.report.error("bad-account", f"'{account}' is not an account id", number.span, "it has 12 digits")
        return account, home_region(declared, cls, region, self.header.region, self.report)

    def common(self, cls: type[Kind], tree: Mapping) -> dict[str, Any] | None:
        before, found = len(self.report), {}
        for name, kind in COMMON.items():
            if (value := tree.get(name)) is not None:
                plain = {"shape": name != "tags"}
                found[name] = read_value(kind, value, f"'{name}' of {cls.name}", self.report, plain)
        if not re.fullmatch("[A-Za-z0-9]+", str(found.get("logical_id", "A"))):
            self.report.error("bad-id", f"'{found['logical_id']}' is not a logical id", tree.get("logical_id").span,  # type: ignore[union-attr]
                              "letters and digits only")  # fmt: skip
        return found if len(self.report) == before else None

    def existing(self, cls: type[Kind], tree: Mapping) -> dict[str, Any] | None:
        value = tree.get("existing")
        if value is None:
            return None
        external = cls.external
        if external is None:
            self.report.error("cannot-exist", f"{cls.name} cannot stand for something that exists", value.span)
            return None
        if isinstance(value, Scalar):
            return {external.needs[0]: read_json(value)}
        if isinstance(value, Sequence):
            self.report.error("wrong-type", f"'existing' takes a mapping with {listing(external.needs, 'and')}",
                              value.span)  # fmt: skip
            return None
        known = {*external.needs, *external.attributes, *cls.attributes}
        found = {key.text: read_value(str, item, f"'{key.text}'", self.report) for key, item in value}
        for key, _item in value:
            if key.text not in known:
                self.report.error("unknown-property", f"unknown fact '{key.text}' of an existing {cls.name}", key.span,
                                  did_you_mean(key.text, known) or f"facts: {', '.join(sorted(known))}")  # fmt: skip
        for name in external.needs:
            if name not in found:
                self.report.error("missing-property", f"an existing {cls.name} needs '{name}'", value.span,
                                  f"existing: {{{name}: ...}}")  # fmt: skip
        return found

    def values(self, cls: type[Kind], given: Mapping, partial: bool) -> dict[str, Any] | None:
        raw = given.get("properties")
        backup = ("backup",) if "backup" in given.names and takes_backup(cls) else ()
        extra = (*COMMON, *ELSEWHERE, *(RAW if "::" in cls.name else ()), *backup)
        if "::" in cls.name:
            given = given.without("properties")
        values = read_record(cls, given, cls.name, self.report, extra, partial)
        if "::" in cls.name and raw is not None and not isinstance(raw, Mapping):
            self.report.error("wrong-type", f"'properties' of {cls.name} takes a mapping", raw.span)
        elif values is not None and "::" in cls.name and raw is not None:
            values["properties"] = cfn.read_properties(cls.name, raw)
        if values is not None and self.header.strict:
            for name, value in cls.strict.items():
                values.setdefault(name, value)
        return values

    def instance(self, cls: type[Kind], values: dict[str, Any], exists: bool) -> Kind:
        if exists:
            for name, item in fields_of(cls).items():
                if item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING:
                    values.setdefault(name, None)
        return cls(**values)

    def helpers(self, node: Node) -> None:
        """Add the nodes that a node makes for itself."""
        for name, helper in node.kind.helpers().items():
            self.helper(node, name, helper)

    def around(self) -> None:
        """Add the nodes that groups make for themselves now that everything in them is read."""
        for node in list(self.nodes.values()):
            if node.frame is not None and node.existing is None:
                for name, helper in node.kind.helpers_around(node, self.nodes).items():
                    self.helper(node, name, helper)

    def helper(self, owner: Node, name: str, helper: Helper) -> None:
        """Add one helper with what `defaults:` and the security level say of its kind."""
        cls = catalog.find(helper.kind)
        assert cls is not None, helper.kind
        values: dict[str, Any] = {
            name: _record(hints_of(cls)[name], value) for name, value in helper.properties.items()
        }
        for key, tree in self.defaults.of(cls, set(values)):
            if key.text in fields_of(cls):
                what = f"'{key.text}' of {cls.name}"
                values[key.text] = read_value(
                    hints_of(cls)[key.text], tree, what, self.report, fields_of(cls)[key.text].metadata
                )
        if self.header.strict:
            for key_name, value in cls.strict.items():
                values.setdefault(key_name, value)
        root = owner.helper_of or owner.id
        place = (owner.place[0], helper.home or owner.place[1])
        kind = localized(cls(**values), self.beside.get(root, {}))
        kept = owner.logical_id and f"{owner.logical_id}{camel(name)}"
        copied = f"{owner.copy_of}.{name}" if owner.copy_of else None
        made = Node(f"{owner.id}.{name}", kind, owner.span, helper.parent or owner.parent, place, label=helper.label,
                    tags=owner.tags, logical_id=kept, helper_of=root, copy_of=copied)  # fmt: skip
        self.nodes[made.id] = made
        self.helpers(made)

    def alarms(self, node: Node, tree: Mapping) -> None:
        """Make an alarm for each metric that `alarms:` names, with the threshold given."""
        found = tree.get("alarms") or next((v for k, v in self.defaults.of(type(node.kind), set(tree.names))
                                            if k.text == "alarms"), None)  # fmt: skip
        if found is None:
            return
        limits: AbstractMapping[str, Any] = self.read(dict[str, float], found, f"'alarms' of {node.kind.name}") or {}
        for metric, above in limits.items():
            if above is None:
                continue  # with an error of its own
            if metric in node.kind.metrics:
                self.helper(node, f"{metric}-alarm", Helper("cloudwatch.alarm", {"metric": metric, "above": above}))
            elif tree.get("alarms") is found:
                words = listing(node.kind.metrics) or "none"
                self.report.error("unknown-metric", f"{node.kind.name} has no metric '{metric}'", found.span,
                                  did_you_mean(metric, node.kind.metrics) or f"metrics: {words}")  # fmt: skip


def _record(hint: Any, value: Any) -> Any:
    """Return a helper's property as its type: a mapping stands for the record that it says part of."""
    return hint(**value) if isinstance(value, dict) and isinstance(hint, type) and issubclass(hint, Record) else value
