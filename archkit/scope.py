"""What a kind's `build` and an edge's `apply` are handed: the protocol between the catalogue and synth.

The catalogue writes against these types; `synth/` provides them. Values are those of `values.py`, and plain data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from archkit.values import Att, Ref

if TYPE_CHECKING:
    from archkit.architecture import Architecture, Edge, Node
    from archkit.kind import Grant

__all__ = ["Link", "Principal", "Resource", "Scope", "Statement"]


@dataclass(slots=True)
class Resource:
    """A resource of a stack while it is being put together; `owner` and `because` say who asked for it.

    `soft` are properties that may be left out where they would make a cycle; `written` turns the properties, by then
    plain data, into the form that the template has, such as a mapping of variables into a list.
    """

    id: str
    type: str
    properties: dict[str, Any]
    owner: str
    because: str
    place: tuple[str, str]
    depends: set[str] = field(default_factory=set)
    attributes: dict[str, Any] = field(default_factory=dict)
    soft: set[str] = field(default_factory=set)
    written: Callable[[dict[str, Any]], None] | None = None

    @property
    def ref(self) -> Ref:
        """`Ref` to it."""
        return Ref(self.id)

    def att(self, attribute: str) -> Att:
        """`Fn::GetAtt` of it."""
        return Att(self.id, attribute)

    def get(self, path: str) -> Any:
        """Return the property at a dotted path, or None."""
        here: Any = self.properties
        for step in path.split("."):
            if not isinstance(here, dict) or step not in here:
                return None
            here = here[step]
        return here

    def set(self, path: str, value: Any) -> None:
        """Put a value at a dotted path of properties, making the mappings on the way."""
        *steps, last = path.split(".")
        here = self.properties
        for step in steps:
            here = here.setdefault(step, {})
        here[last] = value

    def append(self, path: str, value: Any) -> None:
        """Add to the list at a dotted path of properties; a value that is there already is not added again."""
        items = self.get(path)
        if items is None:
            self.set(path, [value])
        elif value not in items:
            items.append(value)


@dataclass(slots=True)
class Statement:
    """One statement of a policy, with the edge or node that asked for it."""

    actions: tuple[str, ...]
    resources: tuple[Any, ...]
    because: str
    sid: str | None = None
    principal: Mapping[str, Any] | str | None = None
    condition: Mapping[str, Any] | None = None
    effect: str = "Allow"


class Principal(Protocol):
    """Whoever acts with a role: a node, or an edge that needs a role of its own."""

    @property
    def place(self) -> tuple[str, str]:
        """The account and the Region where it acts."""

    def role(self, service: str | None = None) -> Resource:
        """Return the role, made on first use, trusted by `service` (default: the kind's principal)."""

    def allow(self, *actions: str, on: Any, because: str | None = None, condition: Mapping[str, Any] | None = None,
              sid: str | None = None, effect: str = "Allow") -> None:  # fmt: skip
        """Add a statement to the role's policy; one that is the same but for its actions takes them in."""

    def grant(self, to: Scope, grant: Grant | str, because: str | None = None, only: Iterable[str] = ()) -> None:
        """Give the role a grant of `to`, the rights on its key included; `only` narrows the actions."""

    def after_rights(self) -> Iterable[Any]:
        """Return what a resource waits for so that the role's rights are in force."""


class Scope(Principal, Protocol):
    """One node while its stack is put together."""

    node: Node
    kind: Any
    architecture: Architecture

    @property
    def id(self) -> str:
        """The logical id of the node's main resource."""

    @property
    def main(self) -> Resource:
        """The node's main resource, to amend. On an existing node this is an error of the blueprint."""

    @property
    def exists(self) -> bool:
        """Whether the node stands for something the blueprint does not own."""

    @property
    def strict(self) -> bool:
        """Whether the blueprint asks for `security: strict`."""

    def build(self) -> None:
        """Make the node's own resources, if they are not made yet."""

    def make(self, cls: Any, helper: str = "", *, after: Iterable[Any] = (), region: str | None = None,
             because: str | None = None, **properties: Any) -> Resource:  # fmt: skip
        """Add a resource of a troposphere class (or of a type's name); properties that are None are left out.

        `helper` is appended to the logical id (the main resource has none), `after` are resources it must wait for,
        `region` puts it into the stack of another Region, `because` is the edge that asked for it (default: the node).
        """

    def get(self, helper: str) -> Resource | None:
        """Return a helper resource that was made already, or None."""

    def principal(self, service: str, suffix: str) -> Principal:
        """Return a further role of the node, trusted by a service; one of the same suffix is the same role."""

    def code(self, path: str, inline: bool = True) -> Any:
        """Return the `Code` property for a file or folder beside the blueprint: inline, packaged, or a path."""

    def file(self, path: str) -> tuple[Any, Any]:
        """Return the S3 address of a file beside the blueprint, such as a script, and its ARN for whoever reads it."""

    def attribute(self, name: str) -> Any:
        """Return a value such as the node's `arn`, `name` or `url`."""

    def fill(self, text: str) -> Any:
        """Fill `${attribute}` holes of a template with the node's attributes; `${}` is Ref, `${.X}` GetAtt X."""

    def filled(self, value: Any) -> Any:
        """Return a value with every `${...}` that the author wrote in it filled."""

    def of(self, node: str | None) -> Scope | None:
        """Return the scope of another node (None for None)."""

    def arn(self, node: str | None) -> Any:
        """Return the ARN of another node, or None for None."""

    def physical(self, most: int = 63, lower: bool = True) -> Any:
        """Return the physical name that is known before the resource exists."""

    def admit(
        self, service: str, source: Any, because: str, *, account: bool = False, via: str = ""
    ) -> Resource | str | None:
        """Let a service into this node for one source ARN (and account), by resource policy or permission.

        Returns what a resource waits for that needs the door to be open.
        """

    def policy(self, statement: Statement) -> None:
        """Add a statement to the node's resource policy."""

    def policy_document(self) -> dict[str, Any]:
        """Return the document of the statements gathered for the node's resource policy."""

    def use_key(self, service: str, source: Any, because: str) -> None:
        """Let a service use the key that encrypts this node, for one source ARN."""

    def env(self, name: str, value: Any, because: str) -> None:
        """Hand an environment variable to the node's code."""

    def parameter(self, helper: str, form: Mapping[str, Any], told_by: str | None = None) -> Any:
        """Return a parameter of the template that the node brings: a value which is known at deployment only.

        `told_by` is a command of AWS's that prints the value, where there is one.
        """

    def transform(self, name: str) -> None:
        """Say that the node's template needs a transform (a macro of CloudFormation)."""

    def note(self, code: str, message: str, help: str | None = None) -> None:
        """Tell the author what was done by itself."""


class Link(Protocol):
    """One join of an edge: its two ends, from the owner's side and from the arrow's."""

    edge: Edge
    owner: Scope
    other: Scope
    source: Scope
    target: Scope
    partner: Any

    architecture: Architecture

    def principal(self, service: str, suffix: str = "") -> Principal:
        """Return a role of the edge's own, trusted by a service."""

    def make(self, cls: Any, suffix: str = "", *, after: Iterable[Any] = (), **properties: Any) -> Resource:
        """Add a resource that belongs to the edge, in the stack of the join's owner."""

    def option(self, node: str | None) -> Scope | None:
        """Return the scope of a node that an option of the edge names."""

    def deliver(self, source_arn: Any, to: Scope | None = None) -> Any:
        """Let the owner deliver to `to` (default: the other end) and return the role's ARN where one is used."""

    def hand_over(self, other: Scope | None = None, to: Scope | None = None, *, suffix: str = "",
                  value: Any = None) -> None:  # fmt: skip
        """Hand the target's address, or that of another node, to the source's code (or another's) as a variable.

        `suffix` is put behind the variable's name, `value` stands instead of the address.
        """

    @property
    def because(self) -> str:
        """The id of the edge, for provenance."""
