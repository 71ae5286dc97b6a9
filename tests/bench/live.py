"""How soon the live preview shows a save, and whether its memory stays as it is over many of them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from statistics import median
from typing import Any

__all__ = ["BLUEPRINT", "Live", "measured"]

BLUEPRINT = """
name: orders
nodes:
  shoppers: users
  web: apigateway.http
  place: {kind: lambda.function, runtime: python3.13, code: app.py}
  list: {kind: lambda.function, runtime: python3.13, code: app.py}
  orders: {kind: dynamodb.table, key: id}
  jobs: sqs.queue
  work: {kind: lambda.function, runtime: python3.13, code: app.py}
  receipts: s3.bucket
  index: {kind: lambda.function, runtime: python3.13, code: app.py}
  found: {kind: dynamodb.table, key: word}
  news: sns.topic
  mail: {kind: lambda.function, runtime: python3.13, code: app.py}
  nightly: {kind: events.schedule, every: 1 day}
  tidy: {kind: lambda.function, runtime: python3.13, code: app.py}
  trouble: {kind: sns.topic, label: save 0}
edges:
  - shoppers -> web
  - web -> place: POST /orders
  - web -> list: GET /orders
  - place -> orders: write
  - place -> jobs: write
  - list -> orders: read
  - jobs -> work
  - work -> receipts: write
  - receipts -> index
  - index -> found: write
  - work -> news: publish
  - news -> mail
  - nightly -> tidy
  - tidy -> orders: read, write
  - tidy -> trouble: publish
"""
"""Fifteen nodes; the label of the last says which save it is."""

CODE = "def handler(event, context):\n    return event\n"
EVERY = 25
"""Of so many saves, one waits for cfn-lint as well, as somebody who looks at the findings does."""


@dataclass
class Live:
    """Seconds from each save to its new picture, and the memory in MB after some of them."""

    seconds: list[float] = field(default_factory=list)
    memory: dict[int, float] = field(default_factory=dict)

    def usual(self) -> float:
        """The median of a warm process: the first saves still load what is used for the first time."""
        return median(self.seconds[5:])

    def growth(self) -> float:
        """How many times the first reading of memory the last is."""
        first, last = min(self.memory), max(self.memory)
        return self.memory[last] / self.memory[first]


def measured(folder: Path, saves: int, read_at: tuple[int, ...]) -> Live:
    """Save a blueprint of fifteen nodes so many times, and read the process's memory after some of them."""
    blueprint = folder / "orders.yaml"
    blueprint.write_text(BLUEPRINT)
    (folder / "app.py").write_text(CODE)
    found = Live()
    with _serving(folder) as (process, stream):
        shown: dict[str, Any] = {}
        _until(stream, shown, "save 0", final=True)
        for number in range(1, saves + 1):
            text = BLUEPRINT.replace("save 0", f"save {number}")
            start = time.perf_counter()
            blueprint.write_text(text)
            _until(stream, shown, f"save {number}", final=False)
            found.seconds.append(time.perf_counter() - start)
            if number % EVERY == 0 or number in read_at:
                _until(stream, shown, f"save {number}", final=True)
            if number in read_at:
                found.memory[number] = _memory(process.pid)
    return found


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], HTTPResponse]]:
    log = folder / "log"
    variables = os.environ | {"ARCHKIT_CACHE_DIR": str(folder / "cache")}
    with log.open("wb") as out:
        command = [sys.executable, "-m", "archkit", "serve", str(folder / "orders.yaml"), "--port", "0"]
        process = subprocess.Popen(command, stderr=out, env=variables)
        try:
            while not (url := re.search(r"http://\S+", log.read_text())):
                time.sleep(0.02)
                assert process.poll() is None, log.read_text()
            with urllib.request.urlopen(f"{url[0]}events", timeout=60) as stream:
                yield process, stream
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0, log.read_text()
        finally:
            process.kill()
            process.wait()


def _until(stream: HTTPResponse, shown: dict[str, Any], label: str, *, final: bool) -> None:
    """Read events until the picture has a label, and cfn-lint has spoken of it where it is to be final."""
    name = ""

    def done() -> bool:
        return label in shown.get("picture", {}).get("svg", "") and (
            not final or shown.get("findings", {}).get("final")
        )

    while not done():
        line = stream.readline().decode().rstrip()
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            if name == "picture":
                shown.pop("findings", None)  # what is known is of the picture before
            shown[name] = json.loads(line[6:])
            assert name != "status" or not shown[name]["stale"], shown["findings"]


def _memory(pid: int) -> float:
    """Return the memory of a process in MB, as Linux tells."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
