"""The words in which a kind is declared.

A kind is one class: annotated names are its properties, plain names say what it offers to edges and how it is drawn,
`build` says what it becomes. What joins two kinds is declared by one of them as a `Join` (active, with the edge's
options as typed properties) and met by data of the other (`grants`, `admits`, `emits`, `operations`, ...): N + M
declarations, never a table of pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, dataclass_transform

from archkit.aspects import Look, Spread, Standing
from archkit.joins import Join, Listen, Poll, Push
from archkit.offers import (
    Accelerated,
    Admits,
    Alias,
    Announce,
    Door,
    External,
    Files,
    Frame,
    Grant,
    Helper,
    Mention,
    Metric,
    Operation,
    Origin,
    Permit,
    Port,
    Refusal,
)
from archkit.schema import Expr, Json, NodeId, Record, fields_of, prop

if TYPE_CHECKING:
    from archkit.architecture import Architecture, Node
    from archkit.scope import Resource, Scope
    from archkit.workflow import Flow

__all__ = [
    "Accelerated",
    "Admits",
    "Alias",
    "Announce",
    "Door",
    "Expr",
    "External",
    "Files",
    "Frame",
    "Grant",
    "Helper",
    "Join",
    "Json",
    "Kind",
    "Listen",
    "Mention",
    "Metric",
    "NodeId",
    "Operation",
    "Origin",
    "Permit",
    "Poll",
    "Port",
    "Push",
    "Record",
    "Refusal",
    "Spread",
    "prop",
]


def _service(cls: type) -> str:
    """Return the first part of a kind's name: its file among the kinds, or the folder that holds the file."""
    steps = cls.__module__.split(".")
    return (steps[steps.index("kinds") + 1] if "kinds" in steps[:-1] else steps[-1]).rstrip("_")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(prop,))
class Kind(Look, Standing):
    """A kind of node. Subclasses are frozen dataclasses of their properties.

    Class keywords: `icon` is a path in diagrams' icons without `.png`, `service` the AWS name of the service, `types`
    the CloudFormation types it makes (the primary one first; none where it is drawn only).
    """

    # identity
    name: ClassVar[str]
    service: ClassVar[str] = ""
    types: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[str] = "{}"
    abstract: ClassVar[bool] = True

    # what edges find here
    grants: ClassVar[Mapping[str, Grant]] = {}
    admits: ClassVar[Admits | None] = None
    emits: ClassVar[type[Poll] | None] = None
    operations: ClassVar[Mapping[str, Operation]] = {}
    metrics: ClassVar[Mapping[str, Metric]] = {}
    announces: ClassVar[Announce | None] = None
    origin: ClassVar[Origin | None] = None
    alias: ClassVar[Alias | None] = None
    accelerated: ClassVar[Accelerated | None] = None
    joins: ClassVar[tuple[type[Join], ...]] = ()
    principal: ClassVar[str | None] = None
    grantee: ClassVar[bool] = False
    attaches: ClassVar[str | None] = None
    variables: ClassVar[str | None] = None
    key_property: ClassVar[str] = "key"
    attributes: ClassVar[Mapping[str, str]] = {}
    address: ClassVar[str | None] = None
    external: ClassVar[External | None] = None
    waf: ClassVar[str | None] = None
    waf_not: ClassVar[str | None] = None

    # `variables` is the dotted path of the property that holds the environment of the node's code, after the suffix of
    # a helper resource and a colon where it is one of another; `key_property` is the property that names the encryption
    # key, where it has the slot `key`;
    # `attaches` is the property of an IAM policy that names the node itself (Roles, Users, Groups), where rights are
    # its own;
    # `waf` is the ARN (attribute template) that a regional web ACL is associated with, `waf_not` the reason why none
    # can be; `retired` is the cfn-lint rule that objects to a service that AWS ends, and what to tell the author of it
    home: ClassVar[str | None] = None
    strict: ClassVar[Mapping[str, Any]] = {}
    named: ClassVar[tuple[str, int] | None] = None
    durable: ClassVar[bool] = False
    taggable: ClassVar[bool] = True
    retired: ClassVar[tuple[str, str] | None] = None

    def __init_subclass__(cls, *, icon: str = "", service: str = "", types: tuple[str, ...] | str = (),
                          name: str | None = None, abstract: bool = False, **kwargs: Any) -> None:  # fmt: skip
        super().__init_subclass__(**kwargs)
        cls.icon = icon or cls.icon
        cls.service = service or cls.service
        if types:
            cls.types = (types,) if isinstance(types, str) else types
        cls.abstract = abstract
        cls.name = name or f"{_service(cls)}.{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', cls.__name__).lower()}"

    @classmethod
    def draw_only(cls) -> bool:
        """Whether no CloudFormation resource stands for it."""
        return not cls.types

    def helpers(self) -> Mapping[str, Helper]:
        """Return the nodes that this one makes for itself, by the name that follows its id and a dot."""
        return {}

    def helpers_around(self, node: Node, nodes: Mapping[str, Node]) -> Mapping[str, Helper]:
        """Return the nodes that a group makes for itself once it is known what stands in it."""
        return {}

    def origin_protocol(self) -> str | None:
        """Return the one protocol, https or http, that it speaks to a content network; None where that may be said."""
        return None

    def entered(self, node: Node, world: Architecture) -> Refusal | None:
        """Say why a content network cannot enter its VPC to reach it there; None where it can."""
        return None

    def enlist(self, scope: Scope, group: Resource, port: int, because: str) -> None:
        """Register what the node runs with the target group of a load balancer, which reaches it at a port."""
        raise NotImplementedError

    def attach_files(self, scope: Scope, files: Files, because: str) -> None:
        """Mount a shared file system of one of the protocols in `mounts`."""
        raise NotImplementedError

    def aimed(self, scope: Scope, by: Literal["events", "scheduler", "pipes"]) -> dict[str, Any]:
        """Return what the target of a rule, a schedule or a pipe says of it, where its address alone does not do."""
        return {}

    def called(self, scope: Scope, api: str) -> dict[str, Any]:
        """Return what a call says of it beside what names it, such as the subnets in which it runs."""
        return {}

    def runs_in(self, node: Node) -> NodeId | None:
        """Return the id of the node in whose security group it is, such as its cluster; None for one of its own."""
        return None

    def blue_green(self) -> bool:
        """Say whether its deployments shift requests from one target group to another."""
        return False

    def shift(self, scope: Scope, group: Resource, other: Resource, rule: Resource, because: str) -> None:
        """Learn both target groups, and the rule whose requests deployments shift."""
        raise NotImplementedError

    def itself_calls(self) -> tuple[str, ...]:
        """Return the VPC endpoint services that it calls by itself from its subnets, such as `ecr.api`.

        An empty name is the Internet.
        """
        return ()

    @classmethod
    def takes_key(cls) -> bool:
        """Whether nodes of this kind can be encrypted with a key of the blueprint."""
        item = fields_of(cls).get(cls.key_property)
        return item is not None and item.metadata.get("slot") == "key"

    def encryption_key(self) -> NodeId | None:
        """Return the id of the key that encrypts the node, or None."""
        return getattr(self, self.key_property) if self.takes_key() else None

    def copies(self) -> Iterable[str]:
        """Return the Regions besides its own in which the node holds data, each with a key of its own."""
        return ()

    def key_in(self, region: str, world: Architecture) -> NodeId | None:
        """Return the id of the key that encrypts what the node holds in a Region."""
        return self.encryption_key()

    def keyless(self) -> bool:
        """Whether the node cannot use a customer-managed key, although its kind has the property."""
        return False

    def mentions(self) -> Iterable[Mention]:
        """Return the edges that stand inside a property, such as a workflow's `do: node.action`."""
        return ()

    def workflow(self, world: Architecture) -> Flow | None:
        """Return the workflow that the node is, for a picture of its own; None for what is no workflow."""
        return None

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        """Return what is wrong with the properties taken together, or with where the node stands."""
        return []

    def attribute(self, name: str) -> str | None:
        """Return the template of an attribute: `${}` is Ref, `${.X}` GetAtt X, `${+Helper.X}` of a helper resource,
        `${>slot.x}` the attribute x of the node that the property `slot` names, or else of the helper of that name.

        `${@}` is the physical name, `${~}` the node's id in letters, digits and underscores, `${node.x}` an attribute
        of another node, `${>slot.x}` one of the node that the property `slot` names, or else of the helper so called.
        """
        return self.attributes.get(name)

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """Return what a grant means on this node: itself, or several where one statement cannot say it."""
        return (grant,)

    def beside(self, scope: Scope, grant: Grant) -> Iterable[tuple[Scope, Grant | str]]:
        """Return what a grant needs on other nodes, such as the data behind a workgroup that queries it."""
        return ()

    def placed(self, scope: Scope) -> Mapping[str, Any]:
        """Return what code says to run it, such as its subnets, by the suffix of the variable that holds it."""
        return {}

    def handed(self, word: str) -> Mapping[str, str]:
        """Return what is handed over beside the address to whom an edge gives a word (a grant's, or `connect`):
        attribute templates by the suffix of their variable, such as `_READER`."""
        return {}

    def grant_on(self, grant: Grant) -> tuple[str, ...]:
        """Return the attribute templates of a grant's resources; a kind narrows or widens them by its properties."""
        return grant.on

    def build(self, scope: Scope) -> None:
        """Make the node's resources."""

    def finish(self, scope: Scope) -> None:
        """Make what depends on all edges: deployments, policies, dashboards."""
