"""App Mesh, App2Container and Copilot: parts of a mesh joined by edges, and what is only drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

import archkit
from tests.kinds.rows import findings, resources
from tests.options import ANY, Option, holds

MESH = "AWS App Mesh"
PARTS = (
    "nodes:\n  mesh: {kind: appmesh.mesh, egress: allow_all}\n"
    "  gateway: {kind: appmesh.virtual_gateway, mesh: mesh, port: 9000}\n"
    "  orders: {kind: appmesh.virtual_service, mesh: mesh, host: orders.internal}\n"
    "  router: {kind: appmesh.virtual_router, mesh: mesh}\n"
    "  old: {kind: appmesh.virtual_node, mesh: mesh, host: old.internal, health: /health}\n"
    "  new: {kind: appmesh.virtual_node, mesh: mesh, protocol: http2}\n"
    "  bills: {kind: appmesh.virtual_service, mesh: mesh}\n"
    "  billing: {kind: appmesh.virtual_node, mesh: mesh}\n"
    "  name: {kind: servicediscovery.service, host: new}\n"
    "edges:\n  - gateway -> orders: /orders\n  - orders -> router\n  - router -> old: {weight: 90, retries: 2}\n"
    "  - router -> new: {weight: 10}\n  - new -> name\n  - new -> bills\n  - bills -> billing\n"
)


def row(option: str, path: str, expected: object = ANY, text: str = PARTS) -> Option:
    return Option(MESH, option, text, f"Resources.{path}", expected)


TARGETS = "RouterRoute.Properties.Spec.HttpRoute.Action.WeightedTargets"
OPTIONS = [
    row("virtual services", "Orders.Properties.VirtualServiceName", "orders.internal"),
    row("virtual services", "Orders.Properties.Spec.Provider.VirtualRouter.VirtualRouterName"),
    row("virtual services", "Bills.Properties.Spec.Provider.VirtualNode.VirtualNodeName"),
    row("nodes", "Old.Properties.Spec.ServiceDiscovery.DNS.Hostname", "old.internal"),
    row("nodes", "Old.Properties.Spec.Listeners.0.HealthCheck.Path", "/health"),
    row("nodes", "New.Properties.Spec.Listeners.0.PortMapping.Protocol", "http2"),
    row("nodes", "New.Properties.Spec.Backends.0.VirtualService.VirtualServiceName", "bills"),
    row("nodes", "New.Properties.Spec.ServiceDiscovery.AWSCloudMap.ServiceName", "new"),
    row("routers", f"{TARGETS}.0.Weight", 90),
    row("routers", f"{TARGETS}.1.Weight", 10),
    row("routers", "RouterRoute.Properties.Spec.HttpRoute.RetryPolicy.MaxRetries", 2),
    row("routers", "RouterRouteV2.Properties.Spec.HttpRoute.Match.Prefix", "/v2",
        PARTS.replace("router -> new: {weight: 10}", "router -> new: /v2")),
    row("gateway", "Gateway.Properties.Spec.Listeners.0.PortMapping.Port", 9000),
    row("gateway", "GatewayOrdersOrdersEnters.Properties.Spec.HttpRoute.Match.Prefix", "/orders"),
    row("egress", "Mesh.Properties.Spec.EgressFilter.Type", "ALLOW_ALL"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option} {row.path.rpartition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


@pytest.mark.parametrize("format", ["cloudformation", "sam"])
def test_a_whole_mesh_is_clean_and_its_end_is_told(format: str, tmp_path: Path) -> None:
    compiled = archkit.load(tmp_path / "b.yaml", text=f"name: mesh\n{PARTS}")
    compiled.synth(format)  # type: ignore[arg-type]
    told = [found for found in compiled.report if found.code == "service-retired"]
    assert len(told) == 8 and all("30 September 2026" in found.message for found in told)


def test_shares_of_one_path_are_one_route(tmp_path: Path) -> None:
    found = resources(PARTS, tmp_path)
    assert [id for id, one in found.items() if one["Type"] == "AWS::AppMesh::Route"] == ["RouterRoute"]


def test_parts_of_two_meshes_cannot_be_joined(tmp_path: Path) -> None:
    text = "nodes: {orders: appmesh.virtual_service, node: appmesh.virtual_node}\nedges: [orders -> node]\n"
    assert ("cannot-join", "'orders' and 'node' are parts of two meshes") in findings(text, tmp_path)
    twice = PARTS.replace("  - orders -> router\n", "  - orders -> router\n  - orders -> old\n")
    assert ("too-many", "'orders' has one provider, not 2") in findings(twice, tmp_path)


@pytest.mark.parametrize("kind", ["app2container", "copilot"])
def test_tools_are_drawn_only(kind: str, tmp_path: Path) -> None:
    text = f"name: tools\nnodes:\n  tool: {kind}\n  images: ecr.repository\nedges:\n  - tool -> images: flow\n"
    compiled = archkit.load(tmp_path / "b.yaml", text=text)
    assert 'data-node="tool"' in compiled.render("svg").decode()
    (template,) = (stack.template for stack in compiled.synth().stacks)
    assert list(template["Resources"]) == ["Images"]
