"""The icon of a service that has no kind of its own, by the name that CloudFormation gives it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from archkit import service_icons
from archkit.diagram.iconset import store
from archkit.service_icons import service_icon
from tests.environments import AWS_ICONS, needed

TYPES = PROVIDER_SCHEMA_MANAGER.get_resource_types("us-east-1")
SERVICES = sorted({name.split("::")[1] for name in TYPES if name.startswith("AWS::")})


@pytest.mark.parametrize(
    ("service", "icon"),
    [
        ("Lex", "aws/ml/lex"),
        ("IoT", "aws/iot/iot-core"),
        ("ECS", "aws/compute/elastic-container-service"),
        ("Pipes", "aws/integration/eventbridge-pipes"),
        ("Events", "aws/integration/eventbridge"),
        ("Logs", "aws/management/cloudwatch-logs"),
        ("WAFv2", "aws/security/waf"),
        ("ElasticLoadBalancingV2", "aws/network/elastic-load-balancing"),
        ("EC2", "aws/compute/ec2"),
        ("M2", "service/M2"),
        ("ODB", "service/ODB"),
        ("AppFlow", "service/AppFlow"),
    ],
)
def test_names_are_joined_by_rule_or_by_table(service: str, icon: str) -> None:
    assert service_icon(service) == icon


def test_every_icon_of_the_table_exists() -> None:
    spec = find_spec("diagrams")
    assert spec is not None and spec.origin is not None
    root = Path(spec.origin).parents[1] / "resources"
    assert not [icon for icon in service_icons._NAMED.values() if not (root / f"{icon}.png").is_file()]


def test_most_services_have_an_icon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(SERVICES) > 250
    flat = [service for service in SERVICES if not service_icon(service).startswith("service/")]
    assert len(flat) / len(SERVICES) > 0.55
    monkeypatch.setenv("ARCHKIT_ICONS", str(tmp_path))
    found, _ = store.install(needed(AWS_ICONS))
    installed = [service for service in SERVICES if found.index.find(service_icon(service))]
    print(f"of {len(SERVICES)} services {len(flat)} have an icon in diagrams, {len(installed)} an installed one")
    assert len(installed) / len(SERVICES) > 0.8
