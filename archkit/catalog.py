"""Kind name -> class, imported on first use.

`sqs.queue` is `class Queue` in `kinds/sqs.py`; a name without a dot is a group or somebody outside (`region`, `users`),
found in the modules that hold such kinds, or a service without a resource (`textract`, in `kinds/textract.py`). There
is no list: a new file is a new service. Other packages add services by an entry point of the group `archkit.kinds`,
whose name is the service and whose value is a module.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from types import ModuleType
from typing import Any, ClassVar

from archkit import cfn
from archkit.kind import External, Frame, Grant, Json, Kind, prop
from archkit.service_icons import service_icon

__all__ = ["all_kinds", "find", "names", "raw"]

PLAIN = ("groups", "outside")


@cache
def _module(service: str) -> ModuleType | None:
    for name in (service, f"{service}_"):
        if name.isidentifier() and find_spec(f"archkit.kinds.{name}"):
            return import_module(f"archkit.kinds.{name}")
    for point in entry_points(group="archkit.kinds", name=service):
        module: ModuleType = point.load()
        return module
    return None


def _kinds_in(module: ModuleType) -> dict[str, type[Kind]]:
    found = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Kind)]
    return {kind.name: kind for kind in found if not kind.abstract and kind.__module__.startswith(module.__name__)}


@cache
def find(name: str) -> type[Kind] | None:
    """Return the class of a kind, or None where there is no kind of this name."""
    services = (name.split(".")[0],) if "." in name else (*PLAIN, name)
    for service in services:
        module = _module(service)
        if module and name in (kinds := _kinds_in(module)):
            return kinds[name]
    return None


@cache
def all_kinds() -> tuple[type[Kind], ...]:
    """Import every service and return its kinds, by name."""
    package = import_module("archkit.kinds")
    services = {info.name.rstrip("_") for info in pkgutil.iter_modules(package.__path__)}
    services |= {point.name for point in entry_points(group="archkit.kinds")}
    modules = [module for service in sorted(services) if (module := _module(service))]
    kinds = {name: kind for module in modules for name, kind in _kinds_in(module).items()}
    return tuple(kinds[name] for name in sorted(kinds))


def names() -> list[str]:
    """Return the names of all kinds."""
    return [kind.name for kind in all_kinds()]


class _Raw(Kind, abstract=True):
    """A CloudFormation type used as it is, with `properties:` as AWS documents them."""

    properties: Json = prop({}, "The resource's properties, as AWS documents them.")
    role_into: ClassVar[str | None] = None

    def build(self, scope: Any) -> None:
        role = {self.role_into: scope.role().att("Arn")} if self.role_into else {}
        scope.make(type(self).types[0], **{**self.properties, **role})  # type: ignore[dict-item]


def raw(type_name: str, grants: list[str], role: str | None, service: str | None) -> type[Kind] | None:
    """Return a kind for a CloudFormation type, or None where no such type exists.

    `grants` are the actions that an edge to it gives (word `use`), `role` the property that takes a role's ARN,
    `service` the principal that assumes it.
    """
    if not cfn.has_type(type_name):
        return None
    readable = cfn.attributes(type_name)
    arn = next((name for name in readable if name == "Arn" or name.endswith("Arn")), None)
    body: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": f"The CloudFormation type {type_name}, as it is.",
        "attributes": {"arn": f"${{.{arn}}}" if arn else "${}", "id": "${}"},
        "address": "${}",
        "grants": {"use": Grant(*grants, usual=True)} if grants else {},
        "principal": service if role else None,
        "grantee": role is not None,
        "role_into": role,
        "external": External(("arn",)),
    }
    vendor = type_name.split("::")[1]
    return type("Raw", (_Raw,), body, icon=service_icon(vendor), service=vendor, types=(type_name,), name=type_name)


def groups() -> dict[str, Frame]:
    """Return the frames of the kinds that are groups."""
    return {kind.name: kind.frame for kind in all_kinds() if kind.frame}
