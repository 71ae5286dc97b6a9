"""What a kind builds with: `archkit.scope`'s protocol over one node of an assembly."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cached_property
from typing import Any

from archkit.architecture import Node
from archkit.edges import deliver
from archkit.kind import Door, Expr
from archkit.resolve.names import logical_id, split_reference
from archkit.scope import Resource, Statement
from archkit.synth.assembly import Assembly, Role, Unchangeable
from archkit.synth.classes import properties_of, type_of
from archkit.synth.code import place_code, place_file
from archkit.synth.described import described
from archkit.synth.policies import document
from archkit.synth.principals import Outside, RoleHolder, services, trust
from archkit.values import Att, Named, Ref, Sub, template

__all__ = ["NodeScope"]

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ,.-]{0,200}[A-Za-z0-9.]")
"""Notes that every type takes as its description."""

STACK = {"Fn::Select": [0, {"Fn::Split": ["-", {"Fn::Select": [2, {"Fn::Split": ["/", Ref("AWS::StackId")]}]}]}]}
"""The first group of the stack id's GUID: short, unique, and known before any resource exists."""


class NodeScope(RoleHolder):
    """One node while its stack is put together."""

    def __init__(self, assembly: Assembly, node: Node) -> None:
        self.node = node
        self.architecture = assembly.world
        self.id = logical_id(node)
        self._built = False
        super().__init__(assembly, f"{self.id}Role", node.id, node.place, type(node.kind).principal, node.id)

    @cached_property
    def kind(self) -> Any:
        """The kind with every `${...}` filled."""
        return self.filled(self.node.kind)

    def filled(self, value: Any) -> Any:
        """Return a value with every `Expr` inside it evaluated."""
        if isinstance(value, Expr):
            return self.evaluate(value.text)
        if is_dataclass(value) and not isinstance(value, type):
            changed = {}
            for item in fields(value):
                old = getattr(value, item.name)
                new = self.filled(old)
                if new is not old:
                    changed[item.name] = new
            return replace(value, **changed) if changed else value
        if isinstance(value, dict):
            new_dict = {self.filled(key): self.filled(item) for key, item in value.items()}
            return value if all(new_dict.get(k) is v for k, v in value.items()) else new_dict
        if isinstance(value, list | tuple):
            new_list = [self.filled(item) for item in value]
            same = all(new is old for new, old in zip(new_list, value, strict=True))
            return value if same else type(value)(new_list)
        return value

    def evaluate(self, text: str) -> Any:
        """Fill the `${...}` of a blueprint's text: parameters, attributes, imports."""
        return template(text, self._lookup)

    def _lookup(self, name: str) -> Any:
        name = name.strip()
        if name in self.architecture.parameters:
            return Ref(name)
        if name.startswith("import."):
            return {"Fn::ImportValue": name.removeprefix("import.")}
        found = split_reference(name, self.architecture)
        if found is None:
            return f"${{{name}}}"  # reported already, by the check of names
        node, attribute = found
        scope: NodeScope = self.assembly.scopes[node.id]
        return scope.attribute(attribute)

    @property
    def exists(self) -> bool:
        return self.node.existing is not None

    @property
    def strict(self) -> bool:
        return self.architecture.security == "strict"

    def build(self) -> None:
        """Build the node's resources, once."""
        if not self._built:
            self._built = True
            self.kind.build(self)

    @property
    def main(self) -> Resource:
        if self.exists:
            raise Unchangeable(self.node.id, "a property of it to change")
        self.build()
        return self.assembly.resources[self.id]

    def make(self, cls: Any, helper: str = "", *, after: Iterable[Any] = (), region: str | None = None,
             because: str | None = None, **properties: Any) -> Resource:  # fmt: skip
        if self.exists:
            raise Unchangeable(self.node.id, f"{type_of(cls)} to be made for it")
        place = (self._place[0], region) if region else self._place
        plain = properties_of(cls, self.id + helper, properties)
        if self.node.note and plain.get("Description") == self.node.note and not PLAIN.fullmatch(self.node.note):
            plain["Description"] = described(type_of(cls), self.node.note)
            plain = {name: value for name, value in plain.items() if value is not None}
        resource = Resource(self.id + helper, type_of(cls), plain, self.node.id, because or self.node.id, place)
        resource.depends |= {getattr(item, "id", item) for item in after if item is not None}
        return self.assembly.add(resource)

    def get(self, helper: str) -> Resource | None:
        return self.assembly.resources.get(self.id + helper)

    def principal(self, service: str, suffix: str) -> Any:
        id = f"{self.id}{suffix}Role"
        return RoleHolder(self.assembly, id, self.node.id, self.node.place, service, self.node.id)

    def code(self, path: str, inline: bool = True) -> Any:
        return place_code(self.assembly, self.node, path, inline)

    def file(self, path: str) -> tuple[Any, Any]:
        return place_file(self.assembly, self.node, path)

    def attribute(self, name: str) -> Any:
        external = self.node.kind.external
        if self.node.existing is not None:
            if name in self.node.existing:
                return self.filled(self.node.existing[name])
            assert external is not None
            if name in external.attributes:
                return self.fill(external.attributes[name])
            raise Unchangeable(self.node.id, f"its '{name}', which 'existing' does not give")
        text = self.node.kind.attribute(name)
        if text is None:
            return Att(self.id, name)
        value = self.fill(text)
        return Named(self.id, name, value) if isinstance(value, Sub) else value

    def fill(self, text: str) -> Any:
        return template(text, self._hole)

    def _hole(self, name: str) -> Any:
        if self.exists and (name == "" or name[0] in ".+@"):
            external = self.node.kind.external
            if name == "" and external is not None:
                return self.attribute(external.needs[0])
            raise Unchangeable(self.node.id, f"its '{name.strip('.+@') or 'name'}', which 'existing' does not give")
        if name == "":
            return Ref(self.id)
        if name == "~":
            return re.sub(r"\W+", "_", self.node.id)
        if name == "@":
            return self.physical(self.node.kind.named[1] if self.node.kind.named else 63)
        if name.startswith("."):
            return Att(self.id, name[1:])
        if name.startswith("+"):
            helper, _, attribute = name[1:].partition(".")
            return Att(self.id + helper, attribute) if attribute else Ref(self.id + helper)
        if name.startswith(">"):
            slot, _, attribute = name[1:].partition(".")
            named = self.of(getattr(self.node.kind, slot, None) or f"{self.node.id}.{slot}")
            assert named is not None, f"'{self.node.id}' names no node as its '{slot}'"
            return named.attribute(attribute)
        other, _, attribute = name.rpartition(".")
        if other and other in self.assembly.scopes:
            return self.assembly.scopes[other].attribute(attribute)
        return self.attribute(name)

    def physical(self, most: int = 63, lower: bool = True) -> Any:
        """Return `blueprint-node-1a2b3c4d`, the last part the stack's own, within `most` characters.

        A logical id that the author keeps through a rename keeps the name as well.
        """
        kept = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", self.node.logical_id) if self.node.logical_id else self.node.id
        stem = f"{self.architecture.name}-{kept}".replace(".", "-").replace("_", "-")
        stem = stem.lower() if lower else stem
        room = most - 9
        if len(stem) > room:
            stem = f"{stem[: room - 7]}-{hashlib.sha256(stem.encode()).hexdigest()[:6]}"
        return Sub(f"{stem}-${{Stack}}", {"Stack": STACK})

    def of(self, node: str | None) -> NodeScope | None:
        return None if node is None else self.assembly.scopes.get(str(node))

    def arn(self, node: str | None) -> Any:
        scope = self.of(node)
        return None if scope is None else scope.attribute("arn")

    def _record(self, service: str | None = None) -> Role:
        """The node's role: the one that its `role` names, itself where rights attach to it, else one of its own."""
        other = self.of(getattr(self.node.kind, "role", None))
        if other is not None and other.node.kind.attaches:
            return other._shared(service or self._service)
        if self.node.kind.attaches:
            return self._shared(None)
        if self.exists:
            raise Unchangeable(self.node.id, "rights for it")
        return super()._record(service)

    def after_rights(self) -> Iterable[Any]:
        return [f"{self._record().id}Policy"]

    def _shared(self, service: str | None) -> Role:
        """The record of a node that rights attach to, trusted by a service that runs as it."""
        found = self.assembly.roles.get(self.id)
        if found is None:
            resource, external = (None, Outside(self)) if self.exists else (self.main, None)
            found = Role(self.id, self.node.id, self.node.place, resource, external=external,
                         attaches=self.node.kind.attaches or "")  # fmt: skip
            self.assembly.roles[self.id] = found
        if service and found.resource is not None:
            statements = found.resource.properties["AssumeRolePolicyDocument"]["Statement"]
            if not any(service in services(statement) for statement in statements):
                statements.append(trust(service)["Statement"][0])
        return found

    def admit(
        self, service: str, source: Any, because: str, *, account: bool = False, via: str = ""
    ) -> Resource | str | None:
        if self.exists:
            raise Unchangeable(self.node.id, f"{service} to be let in")
        return deliver.open_door(self, service, source, because, name=f"{via}Permission", limit=account)  # type: ignore[arg-type]

    def policy(self, statement: Statement) -> None:
        if self.exists and self.door is None:  # a key: its own policy may well allow it already
            self._must_allow(statement)
            return
        if self.exists:
            raise Unchangeable(self.node.id, "a statement in its policy")
        known = self.assembly.doors.setdefault(self.node.id, [])
        if not any(_same(statement, other) for other in known):
            known.append(statement)

    def _must_allow(self, statement: Statement) -> None:
        whom = statement.principal if isinstance(statement.principal, dict) else {}
        names = ", ".join(str(getattr(name, "text", name)) for name in whom.values())
        text = f"the policy of the existing '{self.node.id}' must let {names} use {', '.join(statement.actions)}"
        if all(found.message != text for found in self.assembly.report):
            self.note("policy-needs", text)

    def policy_document(self) -> dict[str, Any]:
        return document(self.assembly.doors.get(self.node.id, []))

    def use_key(self, service: str, source: Any, because: str) -> None:
        deliver.use_key(self, service, because)  # type: ignore[arg-type]

    def env(self, name: str, value: Any, because: str) -> None:
        if self.node.kind.variables is None or self.exists:
            return
        self.build()
        helper, _, path = self.node.kind.variables.rpartition(":")
        holder = self.assembly.resources[self.id + helper]
        holder.set(f"{path}.{name}", value)
        holder.soft.add(f"{path}.{name}")

    def parameter(self, helper: str, form: Mapping[str, Any], told_by: str | None = None) -> Any:
        self.assembly.parameters[self.id + helper] = dict(form)
        if told_by:
            self.assembly.told_by[self.id + helper] = told_by
        return Ref(self.id + helper)

    def transform(self, name: str) -> None:
        self.assembly.transforms.setdefault(self._place, []).append(name)

    def note(self, code: str, message: str, help: str | None = None) -> None:
        self.assembly.report.note(code, message, self.node.span, help)

    @property
    def door(self) -> Door | None:
        """The node's resource policy, where it has one."""
        admits = self.node.kind.admits
        return admits.by if admits is not None and isinstance(admits.by, Door) else None


def _same(one: Statement, other: Statement) -> bool:
    return replace(one, because="") == replace(other, because="")
