"""Whom the preview answers, and what it hands out: its own page on this machine, and nothing outside of its folder."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.preview.serving import GOOD, Preview, serving
from tests.shell import process

SECRET = "nodes: {secret: sqs.queue}\n"
OUTSIDE = (
    *("../secret.yaml", "..%2fsecret.yaml", "%2e%2e/secret.yaml", "....//secret.yaml", "in/../../secret.yaml"),
    *("/etc/passwd", "linked.yaml", "away/secret.yaml", "..\\secret.yaml", "jobs.yaml%00", ".hidden/x.yaml"),
)


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A folder with a blueprint, beside a secret, with links that lead there."""
    here = tmp_path_factory.mktemp("guarded")
    (here / "secret.yaml").write_text(SECRET)
    (here / "in" / ".hidden").mkdir(parents=True)
    (here / "in" / ".hidden" / "x.yaml").write_text(SECRET)
    (here / "in" / "src.py").write_text("def handler(event, context):\n    return 1\n")
    (here / "in" / "jobs.yaml").write_text(GOOD)
    (here / "in" / "linked.yaml").symlink_to(here / "secret.yaml")
    (here / "in" / "away").symlink_to(here)
    with serving(here, "in") as running:
        yield running


@pytest.mark.parametrize("path", ["/", "/page.js", "/page.css"])
def test_it_answers_its_own_page(preview: Preview, path: str) -> None:
    answer = preview.ask(path)
    assert answer.status == 200 and len(answer.read()) > 500


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}",
     "0.0.0.0:{port}", "127.0.0.1:{port}.evil.example", "LOCALHOST:{port}@evil.example", "127.1:{port}",
     "[::1]:{port}", " ", None],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/events", "/picture?file=jobs.yaml", "/page.js"])
def test_a_name_that_was_made_to_point_here_is_refused(preview: Preview, path: str, host: str | None) -> None:
    answer = preview.ask(path, host=host and host.format(port=preview.port))
    assert answer.status == 403 and b"jobs" not in answer.read()


def test_two_hosts_are_refused(preview: Preview) -> None:
    own = f"Host: {preview.host}\r\n".encode()
    asked = b"GET / HTTP/1.1\r\n" + own + b"Host: evil.example\r\n\r\n"
    assert preview.raw(asked).startswith(b"HTTP/1.0 403")
    assert preview.raw(b"GET / HTTP/1.1\r\n" + own + b"\r\n").startswith(b"HTTP/1.0 200")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_it_answers_to_both_of_its_names(preview: Preview, name: str) -> None:
    assert preview.ask("/", host=f"{name}:{preview.port}").status == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "https://127.0.0.1"},
     {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"},
     {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "script"},
     {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"}],
)  # fmt: skip
def test_another_page_is_refused(preview: Preview, headers: dict[str, str]) -> None:
    for path in ("/", "/events", "/picture?file=jobs.yaml"):
        assert preview.ask(path, **headers).status == 403


def test_its_own_page_is_answered_and_links_to_it_work(preview: Preview) -> None:
    own = {"Origin": preview.url.rstrip("/"), "Sec_Fetch_Site": "same-origin"}
    assert preview.ask("/page.js", **own).status == 200
    followed = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert preview.ask("/", **followed).status == 200


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "WHATEVER"]
)
def test_it_can_only_be_read(preview: Preview, method: str) -> None:
    answer = preview.ask("/", method)
    assert answer.status == 405 and answer.headers["Allow"] == "GET"
    assert answer.headers["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_outside_of_the_folder_is_shown(preview: Preview, path: str) -> None:
    for asked in (f"/events?file={path}", f"/picture?file={path}", f"/{path}", f"//{path}", f"/in/{path}"):
        answer = preview.ask(asked)
        assert answer.status == 404 and b"secret: sqs" not in answer.read()


def test_links_that_lead_out_are_not_listed(preview: Preview) -> None:
    stream = preview.stream()
    assert stream.until(lambda parts: parts)["index"]["blueprints"] == ["jobs.yaml"]


def test_a_blueprint_that_becomes_a_link_out_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "jobs.yaml").write_text("name: jobs\nnodes: {inbox: sqs.queue}\n")
    (tmp_path / "passwd").write_text("root:x:0\n\tsecret\n")
    with serving(tmp_path, "in") as preview:
        stream = preview.stream("jobs.yaml")
        stream.settled()
        (tmp_path / "in" / "link").symlink_to(tmp_path / "passwd")
        (tmp_path / "in" / "link").rename(tmp_path / "in" / "jobs.yaml")
        findings = stream.until(lambda parts: parts["status"]["stale"])["findings"]
        assert "outside of the folder" in findings["list"][0]["message"] and "secret" not in str(findings)


@pytest.mark.parametrize("path", ["/", "/page.js", "/picture?file=jobs.yaml", "/events", "/nothing"])
def test_every_answer_holds_the_browser_back(preview: Preview, path: str) -> None:
    stream = preview.stream("jobs.yaml")
    stream.until(lambda parts: "picture" in parts)
    headers = preview.ask(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe-eval" not in policy and "http" not in policy
    assert "script-src 'unsafe-inline'" not in policy


def test_it_survives_what_no_browser_sends(preview: Preview) -> None:
    long, many = b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n"
    broken = (b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\r\n\r\n", long, many)
    for data in broken:
        assert b"jobs" not in preview.raw(data)
    assert preview.ask("/").status == 200
    assert "Traceback" not in preview.log.read_text()


def test_only_the_loopback_is_listened_on(preview: Preview) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing; says which address of this machine would be used
        own = probe.getsockname()[0]
    if own.startswith("127."):
        pytest.skip("this machine has no other address than the loopback")
    with pytest.raises(OSError):
        socket.create_connection((own, preview.port), timeout=5)


def test_it_cannot_be_told_to_listen_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "jobs.yaml").write_text(GOOD)
    for host in ("0.0.0.0", "::", "example.com"):
        run = process("serve", "jobs.yaml", "--host", host, cwd=tmp_path)
        assert run.returncode == 2 and b"127.0.0.1" in run.stderr


def test_a_port_that_is_taken_is_said(tmp_path: Path, preview: Preview) -> None:
    (tmp_path / "jobs.yaml").write_text(GOOD)
    run = process("serve", "jobs.yaml", "--port", str(preview.port), cwd=tmp_path)
    assert run.returncode == 2
    said = " ".join(run.stderr.decode().replace("│", " ").split())
    assert f"another program listens on port {preview.port}" in said and "--port 0" in said


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_the_other_loopback(tmp_path: Path) -> None:
    (tmp_path / "jobs.yaml").write_text(GOOD)
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with serving(tmp_path, "jobs.yaml", "--host", "::1") as preview:
        assert preview.url.startswith("http://[::1]:") and preview.ask("/").status == 200
        assert preview.ask("/", host=f"127.0.0.1:{preview.port}").status == 403
