"""Two sites of documents that show the same blueprint: one of MkDocs with Material, one of Sphinx with furo."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser import visit_page
from tests.shell import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

SHOP = """\
name: shop
title: A shop
nodes:
  orders: {kind: sqs.queue, link: runbooks/orders.md#restart}
  news: {kind: sns.topic, link: "https://aws.amazon.com/sns/"}
  later: {kind: group, nodes: {bills: sqs.queue, returns: sqs.queue}}
edges: [news -> orders]
"""
OTHER = SHOP.replace("A shop", "The same shop").replace("orders:", "parcels:").replace("-> orders", "-> parcels")
RUNBOOK = "# Orders\n\n## Restart\n\nSwitch it off and on again.\n"

MKDOCS = """\
site_name: Shop
theme:
  name: material
  font: false
  palette:
    - {media: "(prefers-color-scheme: light)", scheme: default, toggle: {icon: material/weather-night, name: Dark}}
    - {media: "(prefers-color-scheme: dark)", scheme: slate, toggle: {icon: material/weather-sunny, name: Light}}
plugins: [search, archkit]
markdown_extensions: [admonition, pymdownx.superfences, {pymdownx.tabbed: {alternate_style: true}}]
"""
MKDOCS_INDEX = """\
---
title: Home
---

# Shop

<!-- archkit: ../shop.yaml caption="All of it" details -->
<!-- /archkit -->

=== "Another"

    ```archkit
{other}
    ```

The end.
"""
CONF = """\
project = "Shop"
extensions = ["archkit.docs.sphinx", "myst_parser"]
html_theme = "furo"
numfig = True
version = release = copyright = epub_copyright = "1"
"""
SPHINX_INDEX = """\
Shop
====

.. toctree::

   runbooks/orders
   guide

.. archkit:: ../shop.yaml
   :caption: All of *it*
   :name: whole
   :align: center
   :class: wide

See :numref:`whole` and :ref:`the other one <second>`.

.. archkit::
   :name: second
   :alt: The same again
   :details:

{other}

The end.
"""
GUIDE = "# Guide\n\n```{archkit} ../shop.yaml\n:depth: 0\n```\n"


def mkdocs_site(folder: Path) -> Path:
    """Write the sources of a MkDocs site."""
    pages = {"docs/index.md": MKDOCS_INDEX.format(other=_indented(OTHER, 4)), "docs/runbooks/orders.md": RUNBOOK}
    return _written(folder, {"mkdocs.yml": MKDOCS, "shop.yaml": SHOP, **pages})


def sphinx_site(folder: Path) -> Path:
    """Write the sources of a Sphinx site."""
    pages = {"index.rst": SPHINX_INDEX.format(other=_indented(OTHER, 3)), "guide.md": GUIDE,
             "runbooks/orders.md": RUNBOOK, "conf.py": CONF}  # fmt: skip
    return _written(folder, {"shop.yaml": SHOP, **{f"source/{name}": text for name, text in pages.items()}})


def _indented(text: str, columns: int) -> str:
    return "\n".join(" " * columns + line for line in text.splitlines())


def _written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a build: this archkit, and a cache of its own."""
    own = {"PYTHONPATH": str(ROOT), "ARCHKIT_CACHE_DIR": str(folder / ".cache"), "NO_MKDOCS_2_WARNING": "1"}
    return {**os.environ, **own}


def mkdocs(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Build a site of MkDocs."""
    return _run(folder, "mkdocs", "build", *args)


def sphinx(folder: Path, *args: str, builder: str = "html") -> subprocess.CompletedProcess[str]:
    """Build a site of Sphinx; what it makes lies in a folder of the builder's name."""
    return _run(folder, "sphinx", "-b", builder, "-d", "trees", *args, "source", builder)


def _run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *args], cwd=folder, env=environment(folder), text=True,
                          capture_output=True, check=False)  # fmt: skip


class _Quiet(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer with a file; a browser asks for a favicon of its own accord."""
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine and yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def open_site(folder: Path, path: str = "", **options: object) -> Iterator[Page]:
    """Open a page of a built site; fail where it reports an error or asks for anything that the site does not hold."""
    with served(folder) as address, visit_page(address + path, **options) as page:
        page.wait_for_load_state("networkidle")
        yield page
