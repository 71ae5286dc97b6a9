"""The mesh, what its services are called, and how requests to them are shared out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import External, Join, Kind, Refusal, prop
from archkit.kinds.appmesh.meshed import ENDED, Meshed, MeshJoin, Protocol, mapping
from archkit.scope import Link, Scope

__all__ = ["Mesh", "VirtualRouter", "VirtualService"]

HTTP = {"http": "HttpRoute", "http2": "Http2Route"}


class Mesh(Kind, icon="aws/network/app-mesh", service="AWS App Mesh", types="AWS::AppMesh::Mesh"):
    """Mesh: services that reach one another through proxies, which AWS configures."""

    egress: Literal["drop_all", "allow_all"] = prop("drop_all", "Requests to what is not in the mesh.")
    prefer: Literal["IPv4_ONLY", "IPv4_PREFERRED", "IPv6_ONLY", "IPv6_PREFERRED"] | None = prop(
        None, "Family of addresses.")  # fmt: skip

    retired = ENDED
    guard = True
    named = ("MeshName", 255)
    attributes = {"arn": "${.Arn}", "name": "${@}"}
    address = "${name}"
    external = External(
        ("name",), {"arn": "arn:${AWS::Partition}:appmesh:${AWS::Region}:${AWS::AccountId}:mesh/${name}"}
    )

    def build(self, scope: Scope) -> None:
        discovery = {"ServiceDiscovery": {"IpPreference": self.prefer}} if self.prefer else {}
        scope.make("AWS::AppMesh::Mesh", MeshName=scope.physical(255),
                   Spec={"EgressFilter": {"Type": self.egress.upper()}, **discovery})  # fmt: skip


class Share(MeshJoin):
    """Requests, or a share of those to a path, go there."""

    word: ClassVar[str] = "route"
    identity: ClassVar[tuple[str, ...]] = ("path",)
    types: ClassVar[tuple[str, ...]] = ("AWS::AppMesh::VirtualNode",)

    path: str | None = prop(None, "Beginning of the path (HTTP).", pattern="/.*", shape=True)
    weight: int = prop(1, "Share of the requests among those of one path.", ge=0, le=100)
    retries: int | None = prop(None, "Further attempts after an error of the server (HTTP).", ge=1, le=10)

    @classmethod
    def short_form(cls, text: str) -> Mapping[str, str] | None:
        return {"path": text} if text.startswith("/") else None

    def text(self) -> str | None:
        return self.path

    def apply(self, link: Link) -> None:
        router = link.owner
        suffix = "Route" + "".join(part.capitalize() for part in (self.path or "").replace("-", "/").split("/"))
        target = {"VirtualNode": link.other.attribute("name"), "Weight": self.weight}
        made = router.get(suffix)
        protocol = router.kind.protocol
        if made is not None:
            made.append(f"Spec.{_route(protocol)}.Action.WeightedTargets", target)
            return
        spec: dict[str, Any] = {"Action": {"WeightedTargets": [target]}}
        if protocol in HTTP:
            spec["Match"] = {"Prefix": self.path or "/"}
            if self.retries is not None:
                spec["RetryPolicy"] = {"MaxRetries": self.retries, "HttpRetryEvents": ["server-error", "gateway-error"],
                                       "PerRetryTimeout": {"Unit": "s", "Value": 2}}  # fmt: skip
        elif protocol == "grpc":
            spec["Match"] = {}
        router.make(
            "AWS::AppMesh::Route", suffix, because=link.because, MeshName=router.kind.mesh_name(router),
            VirtualRouterName=router.attribute("name"), after=[router.main, link.other.main],
            Spec={_route(protocol): spec},
        )  # fmt: skip


def _route(protocol: str) -> str:
    return HTTP.get(protocol) or {"grpc": "GrpcRoute", "tcp": "TcpRoute"}[protocol]


class VirtualRouter(Meshed, icon="aws/network/app-mesh", service="AWS App Mesh",
                    types=("AWS::AppMesh::VirtualRouter", "AWS::AppMesh::Route")):  # fmt: skip
    """Virtual router: shares the requests to a service out among its versions."""

    port: int = prop(8_080, "Port.", ge=1, le=65_535)
    protocol: Protocol = prop("http", "Protocol.", shape=True)

    named = ("VirtualRouterName", 255)
    joins: ClassVar[tuple[type[Join], ...]] = (Share,)

    def build(self, scope: Scope) -> None:
        scope.make("AWS::AppMesh::VirtualRouter", VirtualRouterName=scope.physical(255),
                   MeshName=self.mesh_name(scope), Spec={"Listeners": [mapping(self.port, self.protocol)]},
                   after=self.after_mesh(scope))  # fmt: skip


class Provide(MeshJoin):
    """Whatever is there answers for the service."""

    word: ClassVar[str] = "provide"
    types: ClassVar[tuple[str, ...]] = ("AWS::AppMesh::VirtualRouter", "AWS::AppMesh::VirtualNode")

    def apply(self, link: Link) -> None:
        word = link.other.node.kind.types[0].rpartition("::")[2]
        link.owner.main.set("Spec.Provider", {word: {f"{word}Name": link.other.attribute("name")}})
        link.owner.main.depends.add(link.other.main.id)


class VirtualService(Meshed, icon="aws/network/app-mesh", service="AWS App Mesh",
                     types="AWS::AppMesh::VirtualService"):  # fmt: skip
    """Virtual service: the name by which others call, whatever answers."""

    host: str | None = prop(None, "Name, such as orders.internal (default: the node's).", pattern=r"[A-Za-z0-9._-]+",
                            shape=True)  # fmt: skip

    joins: ClassVar[tuple[type[Join], ...]] = (Provide,)

    def attribute(self, name: str) -> str | None:
        return (self.host or "${~}") if name == "name" else super().attribute(name)

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        provided = [edge for edge, effect in world.effects(Provide.word) if effect.owner == node.id]
        if len(provided) > 1:
            return [Refusal(f"'{node.id}' has one provider, not {len(provided)}",
                            "a virtual router shares requests among several", "too-many")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        scope.make("AWS::AppMesh::VirtualService", VirtualServiceName=scope.attribute("name"),
                   MeshName=self.mesh_name(scope), Spec={}, after=self.after_mesh(scope))  # fmt: skip
