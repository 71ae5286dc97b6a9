"""The three architectures by which archkit measures itself: lines written, rights granted, checks failed.

The limits are those of templates written by hand and hardened; see the table in each test.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

import archkit
from tests.judges import checkov_all, rights

CODE = "def handler(event, context):\n    return {}\n"


@dataclass(frozen=True)
class Measured:
    """An architecture with the most lines, rights beyond logs, and failed checks (standard, strict) it may have."""

    text: str
    lines: int
    rights: int
    standard: int
    strict: int


ARCHITECTURES = {
    "api": Measured(
        """
name: api
nodes:
  api: apigateway.http
  handle: {kind: lambda.function, runtime: python3.13, code: handler.py}
  links: {kind: dynamodb.table, key: slug}
edges:
  - api -> handle
  - handle -> links: read, write
""",
        8, 5, 7, 1,
    ),
    "uploads": Measured(
        """
name: uploads
nodes:
  photos: s3.bucket
  jobs: sqs.queue
  handle: {kind: lambda.function, runtime: python3.13, code: handler.py}
  made: {kind: dynamodb.table, key: photo}
edges:
  - photos -> jobs -> handle
  - handle -> made: write
""",
        9, 6, 9, 2,
    ),
    "clock": Measured(
        """
name: clock
nodes:
  clock: {kind: events.schedule, every: 5 minutes}
  handle: {kind: lambda.function, runtime: python3.13, code: handler.py}
  news: sns.topic
edges:
  - clock -> handle -> news
""",
        7, 2, 5, 1,
    ),
}  # fmt: skip


def template(name: str, security: str, folder: Path) -> str:
    """Return the one template of an architecture."""
    (folder / "handler.py").write_text(CODE)
    text = ARCHITECTURES[name].text + f"security: {security}\n"
    templates = archkit.load(folder / "blueprint.yaml", text=text).synth().templates
    return templates[name]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_lines_and_rights(name: str, tmp_path: Path) -> None:
    measured = ARCHITECTURES[name]
    assert len([line for line in measured.text.splitlines() if line.strip()]) <= measured.lines
    granted = rights(template(name, "standard", tmp_path))
    assert 0 < len(granted) <= measured.rights, granted


def test_failed_checks(tmp_path: Path) -> None:
    texts = {
        f"{name}-{security}": template(name, security, tmp_path)
        for name in ARCHITECTURES
        for security in ("standard", "strict")
    }
    for name, found in checkov_all(texts).items():
        which, security = name.rsplit("-", 1)
        most = getattr(ARCHITECTURES[which], security)
        assert len(found.failed) <= most, (name, found.failed)
        assert found.skipped == 0, "no skip is written that nobody asked for"


@pytest.mark.parametrize("security", ["standard", "strict"])
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_clean_with_informational_rules(name: str, security: str, tmp_path: Path) -> None:
    from cfnlint.api import lint
    from cfnlint.core import get_rules

    rules = get_rules([], ["I3013"], ["I", "W", "E"], {}, False)
    found = lint(template(name, security, tmp_path), rules=rules, regions=["us-east-1"])
    assert [f"{match.rule.id} {match.message}" for match in found] == []


SHOP = """
name: shop
region: eu-west-1
defaults:
  "*": {logs: 90, key: cmk}
nodes:
  shoppers: users
  dns: {kind: route53.zone, existing: {id: Z0123456789ABCDEFGHIJ, domain: example.com}}
  cdn: {kind: cloudfront.distribution, domain: shop.example.com}
  assets: s3.bucket
  cmk: kms.key
  network:
    kind: ec2.vpc
    cidr: 10.0.0.0/16
    zones: 2
    nat: one
    nodes:
      web:
        kind: ec2.subnets
        tier: public
        nodes: {balancer: elb.application}
      app:
        kind: ec2.subnets
        tier: private
        nodes:
          fleet: {kind: autoscaling.group, instance: t4g.small, min: 2, max: 6, cpu: 60, port: 8080}
      data:
        kind: ec2.subnets
        tier: isolated
        nodes:
          db:    {kind: rds.instance, engine: postgres, multi_az: true}
          cache: {kind: elasticache.redis, replicas: 1}
edges:
  - shoppers -> dns -> cdn
  - cdn -> assets: /static/*
  - cdn -> balancer -> fleet
  - fleet -> db, cache
"""
BARE = "".join(
    line.replace(", domain: shop.example.com", "").replace("-> dns -> cdn", "-> cdn") + "\n"
    for line in SHOP.splitlines()
    if "route53.zone" not in line
)
"""The same without a domain: CloudFront's own certificate takes old TLS as well, which is one more."""


def test_three_tiers(tmp_path: Path) -> None:
    """Three tiers in 35 lines: lines, stacks, and what checkov says of them; by hand it takes over 120 lines."""
    assert len([line for line in SHOP.splitlines() if line.strip()]) <= 36
    stacks, texts = {}, {}
    for name, text in (("shop", SHOP), ("bare", BARE)):
        for security in ("standard", "strict"):
            loaded = archkit.load(tmp_path / "blueprint.yaml", text=f"{text}security: {security}\n")
            templates = loaded.synth().templates
            stacks[name, security] = len(templates)
            texts |= {f"{name}-{security}-{stack}": template for stack, template in templates.items()}
    assert (stacks["shop", "standard"], stacks["bare", "standard"]) == (2, 1)
    found: dict[str, list[tuple[str, str]]] = {}
    for key, verdict in checkov_all(texts).items():
        assert verdict.skipped == 0
        found.setdefault(key.rsplit("-shop", 1)[0], []).extend(verdict.failed)
    most = {"shop-standard": 7, "shop-strict": 3, "bare-standard": 8, "bare-strict": 4}
    assert {name: len(failed) <= most[name] for name, failed in found.items()} == dict.fromkeys(most, True), found
