"""An editor for tests: a client of yaml-language-server, which is what VS Code's YAML extension runs.

It speaks the language server protocol over the server's standard input and output, as an editor does.
"""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

__all__ = ["NO_NODE", "Editor"]

NO_NODE = "" if shutil.which("node") else "Node.js is not on the PATH, which runs yaml-language-server"

ABLE = {
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown", "plaintext"]}},
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {},
    },
    "workspace": {"configuration": True},
}
SETTINGS = {"yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}}


class Editor:
    """A running server, and the documents that are open in it; `|` in a text marks where the cursor is."""

    def __init__(self, package: Path, folder: Path) -> None:
        program = [shutil.which("node") or "node", str(package / "bin" / "yaml-language-server"), "--stdio"]
        self._server = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
        self._folder, self._numbers = folder, itertools.count(1)
        self._findings: dict[str, list[dict[str, Any]]] = {}
        self._ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": ABLE})
        self._send("initialized", {})
        self._send("workspace/didChangeConfiguration", {"settings": SETTINGS})

    def close(self) -> None:
        """End the server as an editor does."""
        self._ask("shutdown", None)
        self._send("exit", None)
        self._server.communicate(timeout=20)

    def findings(self, text: str) -> list[dict[str, Any]]:
        """Open a document and return what the server marks in it."""
        uri = self._open(text)
        while uri not in self._findings:
            self._receive()
        return self._findings[uri]

    def completions(self, marked: str) -> dict[str, dict[str, Any]]:
        """Return what the server offers at the cursor, by its label."""
        answer = self._ask("textDocument/completion", self._at(marked))
        items = answer["items"] if isinstance(answer, dict) else answer or []
        return {item["label"]: item for item in reversed(items)}

    def hover(self, marked: str) -> str:
        """Return what the server tells about what stands at the cursor, as Markdown."""
        answer = self._ask("textDocument/hover", self._at(marked))
        return str(answer["contents"]["value"]) if answer else ""

    def _at(self, marked: str) -> dict[str, Any]:
        before, mark, after = marked.partition("|")
        assert mark, "no cursor in the text"
        line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
        return {
            "textDocument": {"uri": self._open(before + after)},
            "position": {"line": line, "character": column},
        }

    def _open(self, text: str) -> str:
        uri = (self._folder / f"document-{next(self._numbers)}.yaml").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._send("textDocument/didOpen", {"textDocument": document})
        return uri

    def _ask(self, method: str, params: Any) -> Any:
        number = next(self._numbers)
        self._write({"id": number, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message["error"]
                return message["result"]

    def _send(self, method: str, params: Any) -> None:
        self._write({"method": method, "params": params})

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._server.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        """Take one message; answer it if it asks for something, and keep what it finds."""
        assert self._server.stdout
        length = 0
        while line := self._server.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the server ended"
        message: dict[str, Any] = json.loads(self._server.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self._findings[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            self._write({"id": message["id"], "result": _answer(message)})
        return message


def _answer(message: dict[str, Any]) -> Any:
    if message["method"] == "workspace/configuration":
        return [SETTINGS.get(item.get("section")) for item in message["params"]["items"]]
    return None
