"""`archkit serve` as a process of its own, asked over HTTP as a browser would."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

from tests.shell import ROOT

__all__ = ["BROKEN", "GOOD", "Preview", "Stream", "program", "serving", "until"]

GOOD = """\
name: jobs
nodes:
  inbox: sqs.queue
  work: {kind: lambda.function, runtime: python3.13, code: src.py}
edges:
  - inbox -> work
"""
BROKEN = GOOD.replace("inbox: sqs.queue", "inbox: {kind: sqs.queue, dely: 5}")
PATIENCE = 30.0
"""Seconds to wait for what must come: the machine of a test may be busy."""


def until(true: Callable[[], Any], what: str = "it") -> Any:
    """Wait for something to be true, and return it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come in {PATIENCE:.0f} s")


@contextmanager
def program(log: Path, *args: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command that lasts, in the folder of its log; interrupt it at the end, which must be a clean one."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ARCHKIT_CACHE_DIR": str(log.parent / ".cache")}
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "archkit", *args], cwd=log.parent, env=environment,
                                   stdout=out, stderr=out)  # fmt: skip
        try:
            yield process
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0, log.read_text()
            assert "Traceback" not in log.read_text()
        finally:
            process.kill()
            process.wait()


@dataclass
class Preview:
    """A preview that runs."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rstrip("/").rpartition(":")[2])

    @property
    def host(self) -> str:
        """What a browser would call it."""
        return self.url.removeprefix("http://").rstrip("/")

    def ask(self, path: str = "/", method: str = "GET", *, host: str | None = "", **headers: str) -> HTTPResponse:
        """Send one request; `host` may be another one, or None for none at all. Underscores stand for hyphens."""
        connection = HTTPConnection(self.host.rpartition(":")[0].strip("[]"), self.port, timeout=PATIENCE)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        if host is not None:
            connection.putheader("Host", host or self.host)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        return connection.getresponse()

    def raw(self, data: bytes) -> bytes:
        """Send bytes and return what comes back."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as connection:
            connection.sendall(data)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def stream(self, name: str = "") -> Stream:
        """Open the stream of events of a blueprint."""
        return Stream(self.ask(f"/events?file={name}" if name else "/events"))


class Stream:
    """Server-sent events, read as they come."""

    def __init__(self, response: HTTPResponse) -> None:
        assert response.status == 200, response.read()
        self.response = response
        self.parts: dict[str, Any] = {}

    def read(self) -> None:
        """Wait for the next event, or for a sign of life."""
        name = ""
        while True:
            line = self.response.readline().decode().rstrip("\n")
            key, _, value = line.partition(": ")
            if key == "event":
                name = value
            elif key == "data":
                self.parts[name] = json.loads(value)
            elif not key:
                return

    def until(self, wanted: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """Read until the parts are as wanted."""
        end = time.monotonic() + PATIENCE
        while not wanted(self.parts):
            assert time.monotonic() < end, f"the parts are {self.parts}"
            self.read()
        return self.parts

    def settled(self) -> dict[str, Any]:
        """Read until cfn-lint has spoken."""
        return self.until(lambda parts: "templates" in parts and parts["findings"]["final"])


@contextmanager
def serving(folder: Path, *args: str) -> Iterator[Preview]:
    """Serve from a folder, on a free port."""
    log = folder / "log"
    with program(log, "serve", *args, "--port", "0") as process:
        found = until(lambda: re.search(r"http://\S+", log.read_text()) or process.poll(), "the preview's address")
        assert isinstance(found, re.Match), log.read_text()
        yield Preview(process, found[0], log)
