"""The README's networks: each blueprint in it compiles, and says and becomes what the text claims."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.shell import ROOT, here, run

__all__ = ["here"]

README = (ROOT / "README.md").read_text("utf-8")
NETWORKS = README.partition("\n## Networks\n")[2].partition("\n## ")[0]
BLUEPRINTS = {found[1]: found[0] for found in re.findall(r"^```yaml\n(name: (\S+)\n.*?)^```", README, re.M | re.S)}
WRONG = "reports"
"""The one that is there for its errors."""


@pytest.fixture
def folder(here: Path) -> Path:
    """A folder with every blueprint of the README, and the code that they name."""
    for name, text in BLUEPRINTS.items():
        (here / f"{name}.yaml").write_text(text, "utf-8")
        for code in re.findall(r"code: ([\w/]+\.py)", text):
            (here / code).write_text("def handler(event, context):\n    return {}\n")
    return here


@pytest.mark.parametrize("name", [name for name in BLUEPRINTS if name != WRONG])
def test_a_blueprint_becomes_templates_and_a_picture(folder: Path, name: str) -> None:
    for args in (["check"], ["synth", "-o", "out/"], ["render", "-o", f"{name}.svg"]):
        done = run(args[0], f"{name}.yaml", *args[1:])
        assert done.exit_code == 0, done.output
    assert {"url-shortener", "shop", "photos"} <= {*BLUEPRINTS}


def test_the_network_has_the_rules_that_it_tells_of(folder: Path) -> None:
    said = run("explain", "shop.yaml", "fleet -> db").output
    made = dict(reversed(line.split()[-2:]) for line in said.splitlines() if "AWS::EC2::SecurityGroup" in line)
    assert made == {
        "FleetToDb5432": "AWS::EC2::SecurityGroupEgress",
        "DbFromFleet5432": "AWS::EC2::SecurityGroupIngress",
    }
    assert "secretsmanager:GetSecretValue" in said and "DB=" in said
    assert run("synth", "shop.yaml", "-o", "shop.json", "--json").exit_code == 0
    resources = json.loads((folder / "shop.json").read_text("utf-8"))["Resources"]
    types = [resource["Type"] for resource in resources.values()]
    assert types.count("AWS::EC2::Subnet") == 6 and types.count("AWS::EC2::NatGateway") == 1
    opened = [name for name, resource in resources.items() if "Ingress" in resource["Type"]
              and resource["Properties"].get("CidrIp") == "0.0.0.0/0"]  # fmt: skip
    assert all(name.startswith("Balancer") for name in opened) and opened


def test_what_cannot_work_is_said_as_the_readme_says(folder: Path) -> None:
    [text] = re.findall(r"^```text\n(.*?)^```", NETWORKS, re.M | re.S)
    done = run("check", f"{WRONG}.yaml")
    assert done.exit_code == 1
    assert done.output == text


def test_what_crosses_regions_is_wired_as_the_readme_says(folder: Path) -> None:
    assert run("synth", "photos.yaml", "-o", "out/").exit_code == 0
    assert sorted(path.name for path in (folder / "out").iterdir() if path.name.startswith("photos")) == [
        "photos-us-east-1.cfn.yaml", "photos.cfn.yaml",
    ]  # fmt: skip
    plan = json.loads((folder / "out" / "deploy.json").read_text("utf-8"))["stacks"]
    assert [stack["name"] for stack in plan] == ["photos-us-east-1", "photos"]
    assert plan[1]["parameters"] == {"CopiesArn": {"stack": "photos-us-east-1", "output": "CopiesArn"}}
    rows = re.findall(r"^\| .* \| (`(\w+)`|.*no parameter) \| `([\w-]+)` \|$", NETWORKS, re.M)
    assert len(rows) == 4
    for _, parameter, blueprint in rows:
        stacks = json.loads((ROOT / "templates" / f"{blueprint}.deploy.json").read_text("utf-8"))["stacks"]
        assert [name for stack in stacks for name in stack["parameters"]] == ([parameter] if parameter else [])
