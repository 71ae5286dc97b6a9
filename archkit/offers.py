"""What a kind offers to edges, as data: the other end of every join is found here, never by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from archkit.diagnostics import Span

__all__ = [
    "Accelerated",
    "Admits",
    "Alias",
    "Announce",
    "Door",
    "External",
    "Files",
    "Frame",
    "Grant",
    "Helper",
    "Mention",
    "Metric",
    "Operation",
    "Origin",
    "Permit",
    "Port",
    "Refusal",
]


@dataclass(frozen=True)
class Grant:
    """Rights on a node. `on` are attribute templates of the target; `key` the rights on its encryption key.

    `usual` marks the one grant that an edge without words means. `wildcard` gives the reason where IAM supports no
    narrower resource than `*`.
    """

    actions: tuple[str, ...]
    on: tuple[str, ...] = ("${arn}",)
    key: tuple[str, ...] = ()
    usual: bool = False
    condition: Mapping[str, Any] | None = None
    wildcard: str | None = None

    def __init__(
        self,
        *actions: str,
        on: str | tuple[str, ...] = "${arn}",
        key: tuple[str, ...] = (),
        usual: bool = False,
        condition: Mapping[str, Any] | None = None,
        wildcard: str | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "actions", actions)
        put(self, "on", (on,) if isinstance(on, str) else on)
        put(self, "key", key)
        put(self, "usual", usual)
        put(self, "condition", condition)
        put(self, "wildcard", wildcard)


@dataclass(frozen=True)
class Door:
    """A resource policy that lets a service in: its type, and the property that names whom it is for.

    `named` is the property (a list where `many`); `to` the attribute template that it holds; `text` whether AWS wants
    the document as a text.
    """

    policy: str
    named: str
    to: str
    many: bool = True
    document: str = "PolicyDocument"
    on: str = "${arn}"
    text: bool = False


@dataclass(frozen=True)
class Permit:
    """A Lambda permission: one resource for each caller. `function` names whom it is for (attribute template)."""

    function: str = "${}"


@dataclass(frozen=True)
class Admits:
    """What may be delivered here: the protocol's name, the action, and how a service is let in.

    `grant` names the grant that a caller with a role of its own receives; `by` is None where only roles may call.
    """

    protocol: str
    action: str
    grant: str
    by: Door | Permit | None = None
    endpoint: str = "${arn}"


@dataclass(frozen=True)
class Operation:
    """One API call on a node: what a workflow state, an API integration, a schedule or a resolver can do with it.

    `api` is the call as AWS spells it, `parameters` what names the node in it (attribute templates), `actions` the
    rights (default: the call itself). `usual` marks the one that is meant where none is named.
    """

    service: str
    api: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    on: tuple[str, ...] = ("${arn}",)
    key: tuple[str, ...] = ()
    usual: bool = False

    @property
    def grant(self) -> Grant:
        """The rights that the call needs."""
        return Grant(*(self.actions or (f"{self.service}:{self.api}",)), on=self.on, key=self.key)


@dataclass(frozen=True)
class Metric:
    """A CloudWatch metric of a node; `home` is the one Region that has it, if any.

    The namespace and the dimensions are attribute templates.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str = "Sum"
    period: int = 300
    home: str | None = None


@dataclass(frozen=True)
class Announce:
    """Events that a service puts on the account's default bus.

    `types` are their detail types, `detail` what in their detail names the node (a mapping as in a pattern, its texts
    attribute templates), `resources` the ARN (attribute template) that they carry. `switch` is the dotted path of the
    property that is set true to make the source announce; None where it always does.
    """

    source: str
    types: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    switch: str | None = None
    resources: str | None = None


@dataclass(frozen=True)
class Origin:
    """What a content network can fetch from: a domain (attribute template) and how access is controlled.

    `private` is the ARN (attribute template) at which it is reached inside a VPC, where it has private addresses only.
    """

    domain: str
    access: Literal["s3", "lambda", "custom", "mediastore", "mediapackagev2"] = "custom"
    path: str = ""
    private: str | None = None


@dataclass(frozen=True)
class Accelerated:
    """What an accelerator can lead to: its sort, what names it, and its Elastic IP address (attribute templates)."""

    sort: Literal["alb", "nlb", "instance"]
    id: str
    address: str = ""


@dataclass(frozen=True)
class Alias:
    """What a DNS alias can point at: the name and the hosted zone of the target (attribute templates).

    `regions` gives both by Region, where they are AWS's own and no attribute holds them.
    """

    name: str
    zone: str
    type: Literal["A", "AAAA"] = "A"
    ipv6: bool = False
    regions: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Port:
    """A port, or a range of them, that something in a VPC listens on; protocol `-1` is every protocol."""

    low: int
    high: int | None = None
    protocol: str = "tcp"

    @property
    def top(self) -> int:
        """The last port of the range."""
        return self.low if self.high is None else self.high

    @property
    def suffix(self) -> str:
        """What tells its rules apart in logical ids: letters and digits only."""
        if self.protocol == "-1":
            return "All"
        name = "" if self.protocol == "tcp" else self.protocol.capitalize()
        return f"{name}{self.low}" + (f"to{self.high}" if self.high is not None else "")

    def __str__(self) -> str:
        if self.protocol == "-1":
            return "everything"
        return f"{self.protocol} {self.low}" + (f"-{self.high}" if self.high is not None else "")


@dataclass(frozen=True)
class Files:
    """A shared file system as a node mounts it: how (nfs, lustre, smb), what, at which path, and after which resources.

    `point` is the id of its access point and `point_arn` its ARN, where it has one; `name` is the name that a Lustre
    client mounts.
    """

    protocol: str
    id: Any
    dns: Any
    path: str
    write: bool = True
    point: Any = None
    point_arn: Any = None
    name: Any = None
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class External:
    """How a node that exists already is named: the facts an author gives, and attributes that follow from them."""

    needs: tuple[str, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Helper:
    """A node that another makes for itself: a kind by name, its properties, the Region AWS demands for it, if any, and
    the group in which it stands (default: the one around its maker).
    """

    kind: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    label: str | None = None
    home: str | None = None
    parent: str | None = None


@dataclass(frozen=True)
class Frame:
    """How a group is drawn: official colour, dashes, fill, where its title stands, and which icon is in the corner.

    `label` is what AWS's pictures call a frame that is drawn over the copies of a node.
    """

    color: str
    dashed: bool = False
    title: Literal["left", "center"] = "left"
    icon: str | None = None
    fill: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class Refusal:
    """Why two nodes cannot be joined as asked, and the way out.

    `option` names the property or edge option at fault; `span` says the place where it is deeper inside one.
    """

    message: str
    help: str | None = None
    code: str = "cannot-join"
    option: str | None = None
    span: Span | None = None


@dataclass(frozen=True)
class Mention:
    """An edge that a property of a node draws: the other node, the word, its options, and where it is written.

    `optional` says that the name may be something else than a node, such as a parameter.
    """

    target: str
    word: str
    span: Span
    options: Mapping[str, Any] = field(default_factory=dict)
    optional: bool = False
