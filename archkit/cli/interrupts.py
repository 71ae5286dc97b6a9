"""Commands that run until somebody ends them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["until_interrupted"]


@contextmanager
def until_interrupted() -> Iterator[None]:
    """Run until Ctrl-C or a request to end, which is the usual end and no error, also where a shell ignores Ctrl-C."""
    ends = (signal.SIGINT, signal.SIGTERM)
    for end in ends:
        signal.signal(end, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        for end in ends:  # once is enough
            signal.signal(end, signal.SIG_IGN)
