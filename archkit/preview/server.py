"""The preview's web server: a page, its parts as a stream of events, and nothing else.

    /               the page, which shows the blueprint `?file=NAME` or lists what there is
    /picture        the picture of a blueprint as a page of its own, to stand in a frame
    /events         what the page shows, as server-sent events: all of it first, then what changes
    /page.js, .css  the page's own files

No path of a request ever becomes a path on disk: names are looked up among the blueprints that were found.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from socketserver import TCPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from archkit import __version__
from archkit.preview import guard
from archkit.preview.sheet import Mailbox

if TYPE_CHECKING:
    from archkit.preview.studio import Studio

__all__ = ["Server"]

PULSE = 15.0
"""Seconds after which a silent stream says that it lives, which is also when a browser that left is noticed."""

TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}


class Server(ThreadingHTTPServer):
    """Serves a studio on a loopback address. Raises OSError where the port is taken."""

    daemon_threads = True
    allow_reuse_address = hasattr(socket, "AF_UNIX")  # on Windows it would let two programs listen on one port

    def __init__(self, studio: Studio, address: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.studio = studio
        super().__init__((address, port), _Handler)
        self.hosts = guard.hosts(address, self.server_port)

    @property
    def url(self) -> str:
        """Where the page is."""
        address = str(self.server_address[0])
        return f"http://{f'[{address}]' if ':' in address else address}:{self.server_port}/"

    def server_bind(self) -> None:
        """Bind without asking the network for this machine's name, which may take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that hung up; anything else is a fault of archkit."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version, sys_version = f"archkit/{__version__}", ""
    timeout = 30
    error_message_format, error_content_type = "%(message)s\n", "text/plain; charset=utf-8"

    def parse_request(self) -> bool:
        """Read a request, and refuse it unless this server's own page may have sent it."""
        if not super().parse_request():
            return False
        if self.command != "GET":
            self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, "only GET is allowed here")
        elif why := guard.refusal(self.headers, self.server.hosts):
            self._refuse(HTTPStatus.FORBIDDEN, why)
        else:
            return True
        return False

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        name = parse_qs(asked.query).get("file", [""])[0]
        match asked.path:
            case "/" | "/page.js" | "/page.css":
                self._asset(asked.path.removeprefix("/") or "page.html")
            case "/picture":
                self._picture(name)
            case "/events":
                self._events(name)
            case _:
                self._refuse(HTTPStatus.NOT_FOUND, "there is nothing here")

    def _asset(self, name: str) -> None:
        data = files("archkit.preview").joinpath("page", name).read_bytes()
        self._send(data, TYPES[name.rpartition(".")[2]], guard.PAGE_POLICY)

    def _picture(self, name: str) -> None:
        page = self.server.studio.picture(name)
        if page is None:
            self._refuse(HTTPStatus.NOT_FOUND, "there is no picture of this")
        else:
            self._send(page, TYPES["html"], guard.picture_policy(page))

    def _events(self, name: str) -> None:
        mailbox = Mailbox()
        with self.server.studio.sent_to(mailbox, name) as found:
            if not found:
                self._refuse(HTTPStatus.NOT_FOUND, "no blueprint is called so")
                return
            self._start(HTTPStatus.OK, "text/event-stream; charset=utf-8", "default-src 'none'")
            while True:  # until the browser hangs up, which a write notices
                parts = mailbox.take(PULSE)
                events = (f"event: {part}\ndata: {text}\n\n" for part, text in parts.items())
                self.wfile.write("".join(events).encode() or b": still here\n\n")

    def _send(self, data: bytes, kind: str, policy: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._start(status, kind, policy, {"Content-Length": str(len(data))})
        self.wfile.write(data)

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self._send(f"{why}\n".encode(), "text/plain; charset=utf-8", "default-src 'none'", status)

    def _start(self, status: HTTPStatus, kind: str, policy: str, more: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        allow = {"Allow": "GET"} if status is HTTPStatus.METHOD_NOT_ALLOWED else {}
        for name, value in {"Content-Type": kind, **(more or {}), **allow, **guard.headers(policy)}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep requests out of the terminal: what changed is said there."""
