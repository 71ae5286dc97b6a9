"""Certificates: every option, where they are made, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.options import Option, holds, synthesized

SERVICE = "AWS Certificate Manager"
C = "Resources.Cert.Properties."
ZONE = "  dns: {kind: route53.zone, existing: {id: Z0123456789ABCDEFGHIJ, domain: example.com}}\n"


def row(option: str, properties: str, path: str, expected: Any, more: str = "") -> Option:
    text = f"  cert: {{kind: acm.certificate, domain: www.example.com{properties}}}\n{ZONE}{more}"
    return Option(SERVICE, option, f"region: us-east-1\nnodes:\n{text}", C + path, expected)


DNS = "DNS validation against a zone in the blueprint"
PROOF = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}
OPTIONS = [
    row(DNS, ", zone: dns", "DomainValidationOptions", [PROOF]),
    row(DNS, "", "DomainValidationOptions", [PROOF], "edges:\n  - dns -> cert\n"),
    row(DNS, ", names: [www.example.org], zone: dns", "DomainValidationOptions", [PROOF]),
    row("alternative names", ", names: ['*.example.com']", "SubjectAlternativeNames", ["*.example.com"]),
    row("email validation", ", validation: email, mail_domain: example.com", "DomainValidationOptions",
        [{"DomainName": "www.example.com", "ValidationDomain": "example.com"}]),
    Option(
        SERVICE,
        "us-east-1 rule for CloudFront",
        "region: eu-west-1\nnodes:\n  cert: {kind: acm.certificate, domain: www.example.com, validation: email}\n"
        "  cdn: {kind: cloudfront.distribution, domain: www.example.com, origin_domain: a.example.org}\n"
        "edges:\n  - cert -> cdn\n",
        "Outputs.CertId.Value",
        {"Ref": "Cert"},
    ),
    row("algorithm", ", algorithm: EC_prime256v1", "KeyAlgorithm", "EC_prime256v1"),
    row("transparency", ", transparency: false", "CertificateTransparencyLoggingPreference", "DISABLED"),
    row("export", ", export: true", "CertificateExport", "ENABLED"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


@pytest.mark.parametrize("edge", ["cert -> cdn", "cdn -> cert"])
def test_certificate_of_a_distribution_moves_to_us_east_1(edge: str, tmp_path: Path) -> None:
    text = ("region: eu-west-1\nnodes:\n  cert: {kind: acm.certificate, domain: www.example.com, zone: dns}\n"
            "  dns: {kind: route53.zone, domain: example.com}\n"
            "  cdn: {kind: cloudfront.distribution, domain: www.example.com, origin_domain: a.example.org}\n"
            f"edges:\n  - {edge}\n")  # fmt: skip
    stacks = synthesized(text, tmp_path)
    assert {"Cert", "Dns"} <= stacks["test-us-east-1"]["Resources"].keys()
    assert "CdnCertificate" not in stacks["test-us-east-1"]["Resources"]
    config = stacks["test"]["Resources"]["Cdn"]["Properties"]["DistributionConfig"]
    assert config["ViewerCertificate"]["AcmCertificateArn"] == {"Ref": "CertId"}


@pytest.mark.parametrize(("zone", "note"), [("domain: example.com", "waits-for-delegation"), (None, "waits-for-proof")])
def test_what_the_deployment_waits_for_is_said(zone: str | None, note: str, tmp_path: Path) -> None:
    text = "name: test\nregion: us-east-1\nnodes:\n  cert: {kind: acm.certificate, domain: www.example.com}\n"
    if zone:
        text += f"  dns: {{kind: route53.zone, {zone}}}\nedges:\n  - dns -> cert\n"
    compiled = archkit.load(tmp_path / "blueprint.yaml", text=text)
    compiled.synth()
    assert [d.code for d in compiled.report] == [note]


@pytest.mark.parametrize(("properties", "message"), [
    (", mail_domain: example.com", "goes with validation by mail"),
    (", validation: email, zone: dns", "validated by mail, not by a zone"),
])  # fmt: skip
def test_refusal(properties: str, message: str, tmp_path: Path) -> None:
    text = f"name: test\nnodes:\n  cert: {{kind: acm.certificate, domain: www.example.com{properties}}}\n{ZONE}"
    report = archkit.load(tmp_path / "blueprint.yaml", text=text).check()
    assert [message in d.message for d in report if d.severity == "error"] == [True]
