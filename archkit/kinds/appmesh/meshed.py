"""What all parts of a mesh have in common: the mesh, a name that is known beforehand, and the end of the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit.architecture import Ends, Node
from archkit.kind import Helper, Join, Kind, NodeId, Refusal, prop
from archkit.scope import Scope

__all__ = ["ENDED", "MeshJoin", "Meshed", "Protocol", "mapping"]

ENDED = ("W3696", "AWS supports App Mesh until 30 September 2026 and takes its resources away then: let ECS services "
         "find one another by Service Connect")  # fmt: skip
"""https://docs.aws.amazon.com/app-mesh/latest/userguide/what-is-app-mesh.html"""
Protocol = Literal["http", "http2", "grpc", "tcp"]


class Meshed(Kind, abstract=True):
    """A part of a mesh."""

    mesh: NodeId | None = prop(None, "Mesh (default: one of its own).", slot="mesh", to="appmesh.mesh")

    retired = ENDED
    attributes = {"arn": "${.Arn}", "name": "${@}"}
    address = "${name}"

    def helpers(self) -> Mapping[str, Helper]:
        return {} if self.mesh else {"mesh": Helper("appmesh.mesh", {})}

    def mesh_of(self, scope: Scope) -> Scope:
        """Return the mesh."""
        found = scope.of(self.mesh or f"{scope.node.id}.mesh")
        assert found is not None
        return found

    def mesh_name(self, scope: Scope) -> Any:
        """Return the name of the mesh, which is known before the mesh is there."""
        return self.mesh_of(scope).attribute("name")

    def after_mesh(self, scope: Scope) -> list[Any]:
        """Return what a part of the mesh waits for."""
        mesh = self.mesh_of(scope)
        return [] if mesh.exists else [mesh.main]


class MeshJoin(Join):
    """Joins two parts of one mesh."""

    usual: ClassVar[bool] = True
    types: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.types[:1] != () and other.types[0] in cls.types

    def refuse(self, ends: Ends) -> Refusal | None:
        one, two = (_mesh_of(node) for node in (ends.owner, ends.other))
        if one != two:
            return Refusal(f"'{ends.owner.id}' and '{ends.other.id}' are parts of two meshes",
                           f"mesh: {one} on both, a node of kind appmesh.mesh", "cannot-join")  # fmt: skip
        return None


def _mesh_of(node: Node) -> str:
    return str(getattr(node.kind, "mesh", None) or f"{node.id}.mesh")


def mapping(port: int, protocol: str) -> dict[str, Any]:
    """Return the port of a listener."""
    return {"PortMapping": {"Port": port, "Protocol": protocol}}
