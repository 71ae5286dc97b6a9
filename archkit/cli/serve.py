"""`archkit serve`: a live preview in the browser."""

from __future__ import annotations

import errno
import gc
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from archkit.cli.interrupts import until_interrupted
from archkit.cli.options import examples
from archkit.cli.output import fail_usage, say

if TYPE_CHECKING:
    from archkit.preview.server import Server
    from archkit.preview.studio import Studio

__all__ = ["EXAMPLES", "serve"]

EXAMPLES = examples(
    ("archkit serve shop.yaml --open", "one blueprint, in the browser"),
    ("archkit serve blueprints", "choose among those of a folder"),
    ("archkit serve . --port 0", "on any port that is free"),
)


def serve(
    source: Annotated[
        Path, typer.Argument(metavar="FILE|DIR", exists=True, help="A blueprint, or a folder of blueprints.")
    ],
    port: Annotated[int, typer.Option("--port", "-p", min=0, max=65535, help="0 takes one that is free.")] = 8765,
    host: Annotated[
        Literal["127.0.0.1", "::1"], typer.Option(help="The address of this machine; no other can be listened on.")
    ] = "127.0.0.1",
    open: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = False,
) -> None:
    """Show a live preview in the browser: the picture, the templates, and what is wrong.

    The page changes as soon as the blueprint is saved, or a file that it names; zoom and selection stay. While there
    is an error, it is shown with its line, and the last good picture stays.

    Only this machine is answered, and only what is in the folder is shown. Ctrl-C ends it.
    """
    from archkit.preview.studio import Studio

    gc.enable()  # it lives long, unlike any other command
    studio = Studio(source, say)
    server = _bound(studio, host, port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(f"{server.url} shows {source}; Ctrl-C ends")
    if open:
        import webbrowser

        webbrowser.open(server.url)
    with until_interrupted():
        studio.run()


def _bound(studio: Studio, host: str, port: int) -> Server:
    from archkit.preview.server import Server

    try:
        return Server(studio, host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            fail_usage(f"another program listens on port {port}; name another one, or --port 0 for any")
        if error.errno == errno.EACCES:
            fail_usage(f"port {port} needs the rights of an administrator; name one above 1023")
        fail_usage(f"{host} cannot be listened on: {(error.strerror or str(error)).lower()}")
