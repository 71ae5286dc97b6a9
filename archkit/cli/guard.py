"""What stands between a command and its user: no exception leaves as a traceback."""

from __future__ import annotations

import errno
import os
import re
import traceback
from typing import Any

import typer
from typer.core import TyperGroup

from archkit.diagnostics import ArchkitError

__all__ = ["Guarded"]


class Guarded(TyperGroup):
    """The group of all commands: turns what a command raises into a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Usage errors, exits and a closed pipe keep their meaning."""
        from archkit.cli.output import say, show

        try:
            return super().invoke(ctx)
        except ArchkitError as error:
            show(error.report, {})
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            name = f"'{error.filename}'" if error.filename else "a file"
            say(f"archkit: {name} cannot be read or written: {error.strerror or error}")
        except Exception as error:
            if hasattr(error, "exit_code") or isinstance(error, typer.Abort):
                _explain(error)
                raise
            say(_as_bug(error))
        raise typer.Exit(1)


def _explain(error: Any) -> None:
    """Add the word that was probably meant to a refused choice."""
    message = getattr(error, "message", None)
    found = re.fullmatch(r"(?:Value error, )?('(.*)' is not one of (.*?))\.?", message or "", re.DOTALL)
    if found is None:
        return
    from archkit.diagnostics import did_you_mean

    guess = did_you_mean(found[2], re.findall(r"'([^']*)'", found[3]))
    error.message = f"{found[1]}{f'; {guess}' if guess else ''}"


def _as_bug(error: Exception) -> str:
    if os.environ.get("ARCHKIT_DEBUG"):
        return traceback.format_exc()
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"archkit: this is a mistake in archkit, not in your blueprint: {type(error).__name__}: {error} "
        f"({os.path.basename(place.filename)}:{place.lineno})\n"
        "  help: please report it with the blueprint; ARCHKIT_DEBUG=1 prints the details"
    )
