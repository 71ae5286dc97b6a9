"""Views of a blueprint: what each holds and leaves out, that it is drawn without a fault, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archkit.architecture import Architecture
from archkit.compiler import load
from archkit.diagram import VIEWS, describe, views
from archkit.diagram.compose import compose
from archkit.diagram.plan import Plan, plan
from tests.diagram.judge import faults

LIBRARY = sorted((Path(__file__).parents[2] / "blueprints").glob("*.yaml"))
PARTS = [view for view in VIEWS if view not in ("architecture", "workflow")]


def blueprint(name: str) -> Architecture:
    found = load(next(path for path in LIBRARY if path.stem == name)).architecture
    assert found is not None
    return found


def view(name: str, part: str, depth: int | None = None) -> Plan:
    return plan(views.seen(blueprint(name), part), depth)


def wires(seen: Plan) -> set[str]:
    return {f"{wire.source} -> {wire.target}{f': {wire.label}' if wire.label else ''}" for wire in seen.wires}


@pytest.mark.parametrize(
    ("name", "nodes", "not_there"),
    [
        ("three-tier", "shoppers cdn assets balancer fleet db cache", "network.nat network.internet db.secret"),
        ("thumbnails", "people photos jobs resize made alerts", "slow jobs.dead_letters"),
        ("static-site", "readers cdn tidy pages spare", "firewall"),
        ("disaster-recovery", "staff operators orders documents balancer desk db files", "nightly safe distant there"),
        ("fargate-blue-green", "visitors images orders balancer shop", "settings errors"),
    ],
)
def test_an_overview_has_all_but_helpers_and_guards(name: str, nodes: str, not_there: str) -> None:
    seen = view(name, "overview")
    assert set(seen.boxes) == set(nodes.split())
    assert not {*seen.boxes, *seen.groups} & set(not_there.split())
    assert set(not_there.split()) <= blueprint(name).nodes.keys()


def test_in_an_overview_an_edge_of_a_helper_leads_to_what_made_it() -> None:
    assert "jobs -> alerts: when not empty" in wires(view("thumbnails", "overview"))
    assert "jobs.dead_letters -> alerts: when not empty" in wires(view("thumbnails", "security"))


@pytest.mark.parametrize(
    ("name", "edges", "not_there"),
    [
        (
            "three-tier",
            ["cdn -> balancer: tcp 80", "balancer -> fleet: tcp 8080", "fleet -> db: tcp 5432",
             "fleet -> cache: tcp 6379"],
            "shoppers assets",
        ),
        (
            "hybrid-network",
            ["office -> line", "line -> gateway", "gateway -> hub", "office -> tunnel", "tunnel -> hub", "hub -> shop",
             "hub -> records", "staff -> balancer: tcp 80", "balancer -> orders: tcp 8080", "orders -> db: tcp 5432",
             "erp -> db: tcp 5432", "orders -> office: tcp 443"],
            "",
        ),
        (
            "disaster-recovery",
            ["staff -> balancer: tcp 80", "balancer -> desk: tcp 8080", "desk -> db: tcp 5432",
             "desk -> files: tcp 2049", "desk -> orders: tcp 443", "desk -> documents: tcp 443"],
            "nightly safe operators distant there",
        ),
    ],
)  # fmt: skip
def test_a_network_has_groups_gateways_and_ports(name: str, edges: list[str], not_there: str) -> None:
    seen = view(name, "network")
    assert wires(seen) == set(edges)
    assert not {*seen.boxes, *seen.groups} & set(not_there.split())
    inner = {node.id for node in blueprint(name).nodes.values() if node.kind.network or node.kind.border}
    assert inner <= {*seen.boxes, *seen.groups}


@pytest.mark.parametrize(
    ("name", "edges", "not_there"),
    [
        ("three-tier", ["fleet -> db: read secret", "fleet -> cache: read secret"], "shoppers cdn assets balancer"),
        ("static-site", ["firewall -> cdn"], "readers pages tidy"),
        (
            "thumbnails",
            ["jobs -> resize: read", "resize -> photos: read", "resize -> made: write", "jobs -> slow",
             "slow -> alerts", "jobs.dead_letters -> alerts: when not empty"],
            "people",
        ),
        (
            "document-summaries",
            ["summarise -> documents: read", "summarise -> model: invoke", "summarise -> summaries: write"],
            "",
        ),
    ],
)  # fmt: skip
def test_security_has_guards_and_rights(name: str, edges: list[str], not_there: str) -> None:
    seen = view(name, "security")
    assert set(edges) <= wires(seen)
    assert not {*seen.boxes, *seen.groups} & set(not_there.split())
    guards = {node.id for node in blueprint(name).nodes.values() if node.kind.guard and node.helper_of is None}
    assert guards <= {*seen.boxes, *seen.groups}


def test_in_security_a_key_is_a_node_and_its_use_a_wire() -> None:
    text = "name: t\nnodes: {store: {kind: s3.bucket, key: cmk}, cmk: kms.key, other: sns.topic}\n"
    architecture = load("t.yaml", text=text).architecture
    assert architecture is not None
    seen = plan(views.seen(architecture, "security"))
    assert set(seen.boxes) == {"store", "cmk"}
    assert wires(seen) == {"store -> cmk: key"} and {wire.style for wire in seen.wires} == {"guard"}
    assert [badge.title for badge in plan(architecture).boxes["store"].badges] == ["cmk"]


@pytest.mark.parametrize(
    ("name", "nodes", "edges"),
    [
        ("three-tier", "cdn assets fleet db cache", ["cdn -> assets: /static/*", "fleet -> db", "fleet -> cache"]),
        ("thumbnails", "people photos jobs resize made",
         ["people -> photos", "photos -> jobs: *.jpg", "resize -> photos: read", "resize -> made: write"]),
        ("static-site", "cdn pages spare", ["cdn -> pages", "cdn -> spare: failover"]),
        ("disaster-recovery", "orders documents desk db files",
         ["desk -> db", "desk -> files", "desk -> orders: read, write", "desk -> documents: read, write"]),
    ],
)  # fmt: skip
def test_data_has_stores_and_who_uses_them(name: str, nodes: str, edges: list[str]) -> None:
    seen = view(name, "data")
    assert set(seen.boxes) == set(nodes.split())
    assert wires(seen) == set(edges)


def test_a_depth_closes_groups() -> None:
    closed = view("three-tier", "architecture", 0)
    assert {"network", "shoppers", "cdn", "assets"} == set(closed.boxes) and set(closed.groups) == {"aws.cloud"}
    assert "cdn -> network" in wires(closed) and not any("fleet" in wire for wire in wires(closed))
    tiers = view("three-tier", "overview", 1)
    assert {"web", "app", "data"} <= set(tiers.boxes) and set(tiers.groups) == {"aws.cloud", "network"}
    assert {"cdn -> web", "web -> app", "app -> data"} <= wires(tiers)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_every_view_is_drawn_without_a_fault(path: Path) -> None:
    architecture = blueprint(path.stem)
    for part in ("architecture", *PARTS):
        try:
            seen = views.seen(architecture, part)
        except views.NothingToDraw:
            continue
        for depth in (None, 0, 1):
            scene = compose(plan(seen, depth))
            assert list(faults(scene)) == [], (part, depth)


@pytest.mark.parametrize("part", PARTS)
def test_each_view_is_told_in_words(part: str) -> None:
    seen, text = view("three-tier", part), describe(blueprint("three-tier"), view=part)
    assert all(box.title in text for box in seen.boxes.values())
    assert all(wire.label in text for wire in seen.wires if wire.label)
    assert seen.title.endswith(f": {part}") and seen.name == f"three-tier-{part}"


def test_nothing_to_draw_is_said() -> None:
    text = "name: t\nnodes: {a: sns.topic}\n"
    architecture = load("t.yaml", text=text).architecture
    assert architecture is not None
    for part, words in [("network", "VPCs"), ("security", "guards, keys and rights"), ("data", "keeps data")]:
        with pytest.raises(views.NothingToDraw, match=f"'t' has nothing for the view '{part}', which shows .*{words}"):
            views.seen(architecture, part)
