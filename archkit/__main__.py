"""The program `archkit`, and `python -m archkit` where the folder of scripts is not on the path."""

from __future__ import annotations

import atexit
import gc

__all__ = ["main"]


def main() -> None:
    """Run the command line.

    A command is over in a second and makes a million small objects that live until it ends, most of them cfn-lint's:
    looking through them for garbage takes a fifth of the time, and looking again at the exit a tenth.
    """
    gc.disable()
    atexit.register(gc.freeze)
    from archkit.cli import app

    app(prog_name="archkit")


if __name__ == "__main__":
    main()
