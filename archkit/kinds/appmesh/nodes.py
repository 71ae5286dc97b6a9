"""Where requests arrive: what runs behind a proxy, and the way in from outside of the mesh."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit.kind import Join, Kind, prop
from archkit.kinds.appmesh.meshed import Meshed, MeshJoin, Protocol, mapping
from archkit.scope import Link, Scope

__all__ = ["VirtualGateway", "VirtualNode"]

STDOUT = {"AccessLog": {"File": {"Path": "/dev/stdout"}}}


def listener(port: int, protocol: str, path: str | None) -> dict[str, Any]:
    """Return a listener, with its health check."""
    check = {"Port": port, "Protocol": protocol, "Path": path, "IntervalMillis": 5_000, "TimeoutMillis": 2_000,
             "HealthyThreshold": 2, "UnhealthyThreshold": 3}  # fmt: skip
    if path is None:
        check.pop("Path")
    return {**mapping(port, protocol), "HealthCheck": check}


class Call(MeshJoin):
    """The node calls that service, through its proxy."""

    word: ClassVar[str] = "call"
    types: ClassVar[tuple[str, ...]] = ("AWS::AppMesh::VirtualService",)

    def apply(self, link: Link) -> None:
        called = {"VirtualService": {"VirtualServiceName": link.other.attribute("name")}}
        link.owner.main.append("Spec.Backends", called)


class Discover(Join):
    """The node is found by a name of Cloud Map."""

    word: ClassVar[str] = "discover"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "data"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.types[:1] == ("AWS::ServiceDiscovery::Service",)

    def apply(self, link: Link) -> None:
        service = link.other
        space = service.kind.space(service)
        link.owner.main.set("Spec.ServiceDiscovery", {"AWSCloudMap": {
            "NamespaceName": space.attribute("domain"), "ServiceName": service.main.get("Name")}})  # fmt: skip


class VirtualNode(Meshed, icon="aws/network/app-mesh", service="AWS App Mesh", types="AWS::AppMesh::VirtualNode"):
    """Virtual node: one version of a service, behind its proxy."""

    port: int = prop(8_080, "Port that it listens on.", ge=1, le=65_535)
    protocol: Protocol = prop("http", "Protocol.")
    health: str | None = prop(None, "Path that is asked whether it is well (HTTP).", pattern="/.*")
    host: str | None = prop(None, "DNS name at which it is found; or an edge to a name of Cloud Map.",
                            pattern="[A-Za-z0-9._-]+")  # fmt: skip

    named = ("VirtualNodeName", 255)
    joins: ClassVar[tuple[type[Join], ...]] = (Call, Discover)

    def build(self, scope: Scope) -> None:
        found = {"ServiceDiscovery": {"DNS": {"Hostname": self.host}}} if self.host else {}
        scope.make("AWS::AppMesh::VirtualNode", VirtualNodeName=scope.physical(255), MeshName=self.mesh_name(scope),
                   Spec={"Listeners": [listener(self.port, self.protocol, self.health)], "Logging": STDOUT, **found},
                   after=self.after_mesh(scope))  # fmt: skip


class Enter(MeshJoin):
    """Requests from outside, or those to a path, go to that service."""

    word: ClassVar[str] = "route"
    identity: ClassVar[tuple[str, ...]] = ("path",)
    types: ClassVar[tuple[str, ...]] = ("AWS::AppMesh::VirtualService",)

    path: str = prop("/", "Beginning of the path.", pattern="/.*", shape=True)

    @classmethod
    def short_form(cls, text: str) -> Mapping[str, str] | None:
        return {"path": text} if text.startswith("/") else None

    def text(self) -> str | None:
        return self.path if self.path != "/" else None

    def apply(self, link: Link) -> None:
        gateway, service = link.owner, link.other
        target = {"Target": {"VirtualService": {"VirtualServiceName": service.attribute("name")}}}
        word = "Http2Route" if gateway.kind.protocol == "http2" else "HttpRoute"
        link.make("AWS::AppMesh::GatewayRoute", "Enters", MeshName=gateway.kind.mesh_name(gateway),
                  VirtualGatewayName=gateway.attribute("name"), after=[gateway.main, service.main],
                  Spec={word: {"Match": {"Prefix": self.path}, "Action": target}})  # fmt: skip


class VirtualGateway(Meshed, icon="aws/network/app-mesh", service="AWS App Mesh",
                     types=("AWS::AppMesh::VirtualGateway", "AWS::AppMesh::GatewayRoute")):  # fmt: skip
    """Virtual gateway: the way into a mesh for what has no proxy."""

    port: int = prop(8_080, "Port.", ge=1, le=65_535)
    protocol: Literal["http", "http2"] = prop("http", "Protocol.", shape=True)
    health: str | None = prop(None, "Path that is asked whether it is well.", pattern="/.*")

    named = ("VirtualGatewayName", 255)
    joins: ClassVar[tuple[type[Join], ...]] = (Enter,)

    def build(self, scope: Scope) -> None:
        listeners = [listener(self.port, self.protocol, self.health)]
        scope.make("AWS::AppMesh::VirtualGateway", VirtualGatewayName=scope.physical(255),
                   MeshName=self.mesh_name(scope), after=self.after_mesh(scope),
                   Spec={"Listeners": listeners, "Logging": STDOUT})  # fmt: skip
