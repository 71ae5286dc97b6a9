"""What the page of one blueprint shows, and the browsers that look at it.

A sheet is a few named parts (picture, findings, templates, ...). Whoever opens it gets all of them, and then each part
that changes. A browser that is slow gets the newest of each part and none between, so nothing piles up.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Mailbox", "Sheet"]


class Mailbox:
    """The parts that one browser has not been sent yet, each as JSON."""

    def __init__(self) -> None:
        self._parts: dict[str, str] = {}
        self._filled = threading.Condition()

    def put(self, parts: dict[str, str]) -> None:
        """Add parts; an older text of the same part is forgotten."""
        with self._filled:
            for name, text in parts.items():
                self._parts.pop(name, None)
                self._parts[name] = text
            self._filled.notify()

    def take(self, timeout: float) -> dict[str, str]:
        """Return what there is, in the order in which it came; wait for it if there is nothing."""
        with self._filled:
            self._filled.wait_for(lambda: self._parts, timeout)
            parts, self._parts = self._parts, {}
            return parts


class Sheet:
    """The parts of a page, and who looks at it."""

    def __init__(self) -> None:
        self._parts: dict[str, str] = {}
        self._readers: set[Mailbox] = set()
        self._lock = threading.Lock()

    @property
    def watched(self) -> bool:
        """Whether anyone looks at it."""
        return bool(self._readers)

    def show(self, **parts: Any) -> None:
        """Show parts; those that are as they were are sent to no one."""
        texts = {name: json.dumps(value, ensure_ascii=False) for name, value in parts.items()}
        with self._lock:
            new = {name: text for name, text in texts.items() if self._parts.get(name) != text}
            self._parts |= new
            for reader in self._readers if new else ():
                reader.put(new)

    @contextmanager
    def sent_to(self, mailbox: Mailbox) -> Iterator[None]:
        """Let somebody look at the sheet: the mailbox receives all parts now, and what changes while this lasts."""
        with self._lock:
            mailbox.put(self._parts)
            self._readers.add(mailbox)
        try:
            yield
        finally:
            with self._lock:
                self._readers.discard(mailbox)
