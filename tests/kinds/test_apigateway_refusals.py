"""API Gateway: what cannot be is refused, each with its way out."""

from __future__ import annotations

from pathlib import Path

import pytest

import archkit
from tests.kinds.apigateway_blueprints import HTTP, JWT, REST, blueprint

REFUSED = [
    (HTTP, "", ["api -> work: FETCH /links"], "bad-value", "'GET', 'POST'"),
    (HTTP, "", ["api -> work: GET links"], "bad-route", "GET /links"),
    (HTTP, "", ["api -> work: {path: links}"], "bad-route", "ANY /links"),
    (HTTP, "", ["api -> work: GET /links/"], "bad-route", "GET /links"),
    (HTTP, "", ["api -> work: GET /links//new"], "bad-route", "one '/'"),
    (HTTP, "", ["api -> work: GET /links/{slug"], "bad-route", "{slug}"),
    (HTTP, "", ["api -> work: GET /links/x{slug}"], "bad-route", "a whole part of the path"),
    (REST, "", ["api -> work: GET /links/:slug"], "bad-route", "{slug}"),
    (REST, "", ["api -> work: GET /{proxy+}/more"], "bad-route", "write it last"),
    (REST, "", ["api -> work: GET /{a}/{a}"], "bad-route", "its own name"),
    (HTTP, "", ["api -> work: {method: GET}"], "bad-route", "GET /"),
    (HTTP, "", ["api -> work: GET /links", "api -> check: GET /links"], "duplicate-route", "line 7 already"),
    (HTTP, "", ["api -> work: 'GET /{a}'", "api -> check: 'GET /{b}'"], "duplicate-route", "line 7 already"),
    (HTTP, "", ["api -> work", "api -> check"], "duplicate-route", "$default"),
    (REST, "", ["api -> work: 'GET /{a}'", "api -> work: 'POST /{b}/c'"], "route-conflict", "write {a} in both"),
    (REST, "", ["api -> work: {does: GET /, timeout: 29500}"], "out-of-bounds", "29000"),
    (HTTP, ", auth: jwt", ["api -> work: GET /"], "bad-value", "issuer"),
    (HTTP, ", auth: checkk", ["api -> check: authorize"], "bad-value", "did you mean 'check'"),
    (HTTP, JWT, ["api -> check: authorize", "api -> work: GET /"], "say-what", "auth: jwt | check"),
    (HTTP, "", ["api -> work: {does: GET /, scopes: [a]}"], "bad-value", "user pool"),
    (HTTP, ", issuer: 'https://i.example.com'", [], "missing-property", "audience"),
    (HTTP, ", cors: {credentials: true}", [], "bad-value", "origins"),
    (HTTP, "", ["pool -> api"], "missing-property", "audience"),
    (HTTP, "", ["dns -> api"], "no-domain", "domain"),
    (HTTP, "", ["guard -> api"], None, "web ACL"),
    (HTTP, "", ["api -> partner: GET /"], "missing-property", "url"),
    (HTTP, "", ["api -> partner: {does: GET /, url: 'https://example.com/{id}'}"], "bad-route", "{id}"),
    (HTTP, "", ["api -> listener: GET /"], "missing-property", "vpc_link"),
    (HTTP, "", ["api -> orders: POST /"], "missing-property", "group"),
    (HTTP, "", ["api -> jobs: {does: POST /, operation: SendMesage}"], "bad-value", "did you mean 'SendMessage'"),
    (REST, "", ["api -> flow: {does: POST /, operation: StartSyncExecution}"], "bad-value", "express"),
    (REST, "", ["api -> links: GET /links"], "cannot-map", "/links/{id}"),
    (REST, "", ["api -> links: 'GET /links/{id}'"], "cannot-map", "{slug}"),
    (REST, "", ["api -> links: ANY /links"], "say-what", "operation"),
    (REST, "", ["api -> links: {does: POST /links, operation: UpdateItem}"], "cannot-map", "template"),
    (REST, "", ["api -> files: GET /files"], "cannot-map", "/files/{id}"),
    (REST, ", endpoint: private", [], "missing-property", "vpc_endpoints"),
    (REST, ", vpc_endpoints: [vpce-1]", [], "bad-value", "endpoint: private"),
    (REST, ", endpoint: private, vpc_endpoints: [vpce-1], domain: a.example.com", [], "bad-value", "regional"),
    (REST, ", plans: {a: {keys: [k]}, b: {keys: [k]}}", [], "bad-value", "one plan"),
]  # fmt: skip


@pytest.mark.parametrize(("service", "properties", "edges", "code", "says"), REFUSED, ids=str)
def test_what_cannot_be_is_refused(
    service: str, properties: str, edges: list[str], code: str | None, says: str, tmp_path: Path
) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = "name: test\n" + blueprint(service, properties, *edges)
    report = archkit.load(tmp_path / "blueprint.yaml", text=text).check()
    errors = [finding for finding in report if finding.severity == "error"]
    assert errors, "nothing is refused"
    assert any((code is None or one.code == code) and says in f"{one.message} {one.help}" for one in errors), errors
