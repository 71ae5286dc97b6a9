"""Whether a function's code is there, and which of its functions is called."""

from __future__ import annotations

from typing import Any

from archkit.architecture import Architecture
from archkit.kind import Refusal
from archkit.shared.code import code_path, entry_points, suffixes

__all__ = ["check_code"]


def check_code(code: str, runtime: Any, handler: Any, world: Architecture) -> list[Refusal]:
    """Return what is wrong with a function's code; a handler that is not given must be the only one there is.

    `runtime` and `handler` may be references, which nothing can be read from.
    """
    if world.path == "<stdin>" and not code.startswith("/"):
        return [Refusal("a relative 'code' has no place to start from on standard input",
                        "give the blueprint as a file, or an absolute path", "no-folder", "code")]  # fmt: skip
    path = code_path(world.path, code)
    if not path.exists():
        return [Refusal(f"there is no file or folder '{code}' beside the blueprint", None, "no-code", "code")]
    if handler:
        return []
    if not isinstance(runtime, str):
        return [Refusal("a handler is not found by itself where the runtime is a reference",
                        "write 'handler: file.function'", "no-handler", "runtime")]  # fmt: skip
    found = entry_points(path, runtime)
    if len(found) == 1:
        return []
    if not suffixes(runtime):
        return [
            Refusal(
                f"a handler is not found by itself for {runtime}",
                "write 'handler: file.function'",
                "no-handler",
            )
        ]
    if not found:
        return [Refusal(f"'{code}' has no function that takes an event and a context", "write 'handler: file.function'",
                        "no-handler", "code")]  # fmt: skip
    return [Refusal(f"'{code}' has several functions that could be the handler", f"handler: {' | '.join(found)}",
                    "many-handlers", "code")]  # fmt: skip
