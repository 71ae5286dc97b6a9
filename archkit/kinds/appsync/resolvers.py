"""Resolvers: which field of the schema a node answers, and the data source that stands for the node.

An API has one data source for each node, with a role of its own; the rights on it grow with the fields that use it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from archkit.architecture import Ends
from archkit.diagnostics import did_you_mean, listing
from archkit.kind import Join, Refusal, prop
from archkit.kinds.appsync.graphql import fields, text_of
from archkit.scope import Link, Principal, Resource

__all__ = ["RUNTIME", "SERVICE", "Field", "environment", "source_name"]

SERVICE = "appsync.amazonaws.com"
RUNTIME = {"Name": "APPSYNC_JS", "RuntimeVersion": "1.0.0"}
FIELD = r"[_A-Za-z]\w*\.[_A-Za-z]\w*"


class Field(Join):
    """A resolver: a field of the schema is answered by the other end."""

    word: ClassVar[str] = "route"
    usual: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("field",)

    field: str = prop(doc="Field of the schema, such as Query.getPost or Post.author.", pattern=FIELD, shape=True)
    code: str | None = prop(None, "File with the resolver's JavaScript, beside the blueprint.", shape=True)
    request: str | None = prop(None, "Request mapping template: a file beside the blueprint, or its text.", shape=True)
    response: str | None = prop(
        None, "Response mapping template: a file beside the blueprint, or its text.", shape=True
    )
    cache: int | None = prop(None, "Seconds that answers are kept, where the API caches by resolver.", ge=1, le=3_600)
    cache_by: list[str] = prop([], "What answers are told apart by, such as $context.arguments.id.")

    sort: ClassVar[str] = ""
    signs: ClassVar[bool] = True

    @classmethod
    def short_form(cls, text: str) -> Mapping[str, str] | None:
        return {"field": text} if re.fullmatch(FIELD, text) else None

    def text(self) -> str | None:
        return self.field

    @property
    def parent(self) -> str:
        """The type that the field belongs to."""
        return self.field.partition(".")[0]

    @property
    def name(self) -> str:
        """The field's own name."""
        return self.field.partition(".")[2]

    def listed(self, link: Link) -> bool:
        """Whether the field returns a list and not one thing."""
        schema = text_of(link.architecture.path, link.owner.kind.schema) or ""
        return fields(schema).get(self.parent, {}).get(self.name, "").startswith("[")

    def refuse(self, ends: Ends) -> Refusal | None:
        wrong = self._files(ends) or self._known(ends)
        if wrong is not None:
            return wrong
        if self.cache and not getattr(ends.owner.kind, "cache", None):
            return Refusal(
                f"'{ends.owner.id}' has no cache", f"cache: small on '{ends.owner.id}'", "bad-value", "cache"
            )
        twins = [edge for edge, effect in ends.architecture.effects("route") if effect.owner == ends.owner.id
                 and isinstance(effect.join, Field) and effect.join.field == self.field]  # fmt: skip
        if twins[0].id != ends.edge.id:
            return Refusal(f"{self.field} is answered by '{twins[0].target}' already", None, "duplicate-route", "field")
        return self.unfit(ends)

    def unfit(self, ends: Ends) -> Refusal | None:
        """Say what this sort of data source cannot do, or is not told."""
        return None

    def _files(self, ends: Ends) -> Refusal | None:
        if self.code and (self.request or self.response):
            return Refusal("a resolver is JavaScript or mapping templates, not both", None, "bad-value", "code")
        if (self.request is None) != (self.response is None):
            said = "request" if self.request else "response"
            return Refusal("mapping templates come in pairs", "request: in.vtl, response: out.vtl", "bad-value", said)
        for option in ("code", "request", "response"):
            file = getattr(self, option)
            if file and text_of(ends.architecture.path, file) is None:
                return Refusal(f"there is no file '{file}' beside the blueprint", None, "no-code", option)
        return None

    def _known(self, ends: Ends) -> Refusal | None:
        schema = text_of(ends.architecture.path, getattr(ends.owner.kind, "schema", ""))
        known = fields(schema) if schema else {}
        if known and self.parent not in known:
            return Refusal(f"the schema has no type '{self.parent}'", did_you_mean(self.parent, known)
                           or f"types: {listing(known, 'and')}", "unknown-field", "field")  # fmt: skip
        if known and self.name not in known[self.parent]:
            inner = known[self.parent]
            return Refusal(f"the schema has no field '{self.field}'", did_you_mean(self.name, inner)
                           or f"fields: {listing(inner, 'and')}", "unknown-field", "field")  # fmt: skip
        return None

    def script(self, link: Link) -> str | None:
        """Return the code that the field gets where its author gives none; None where it needs none."""
        raise NotImplementedError

    def settings(self, link: Link) -> dict[str, Any]:
        """Return the properties of the data source."""
        return {}

    def rights(self, link: Link, role: Principal) -> None:
        """Give the data source's role what this field needs."""

    def apply(self, link: Link) -> None:
        api, name = link.owner, source_name(link.other.node.id)
        helper = f"{_camel(name)}Source"
        role = api.principal(SERVICE, helper)
        if self.signs:
            self.rights(link, role)
        source = api.get(helper) or api.make(
            "AWS::AppSync::DataSource", helper, because=link.because, ApiId=api.attribute("id"), Name=name,
            Type=self.sort, ServiceRoleArn=role.role().att("Arn") if self.signs else None,
            Description=link.other.node.note, **self.settings(link),
        )  # fmt: skip
        self.resolver(link, name, source)

    def resolver(self, link: Link, name: str, source: Resource) -> None:
        """Make the resolver of the field."""
        api, folder = link.owner, link.architecture.path
        code = None if self.request else _read(folder, self.code) or self.script(link)
        cached = {"Ttl": self.cache, "CachingKeys": list(self.cache_by) or None} if self.cache else None
        link.make(
            "AWS::AppSync::Resolver", "Resolver", after=[api.get("Schema"), source], ApiId=api.attribute("id"),
            TypeName=self.parent, FieldName=self.name, DataSourceName=name,
            Code=code, Runtime=RUNTIME if code else None,
            RequestMappingTemplate=_read(folder, self.request), ResponseMappingTemplate=_read(folder, self.response),
            MaxBatchSize=getattr(self, "batch", None), CachingConfig=cached and _plain(cached),
        )  # fmt: skip


def source_name(id: str) -> str:
    """Return the name of the data source of a node: letters, digits and underscores."""
    name = re.sub(r"[^_0-9A-Za-z]", "_", id)
    return name if name[0].isalpha() else f"_{name}"


def environment(link: Link) -> str:
    """Hand the other end's address to the API's scripts; return the expression that reads it."""
    name = source_name(link.other.node.id).upper()
    link.owner.env(name, link.other.fill(link.other.kind.address or "${arn}"), link.because)
    return f"ctx.env.{name}"


def _read(folder: str, file: str | None) -> str | None:
    return text_of(folder, file) if file else None


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
