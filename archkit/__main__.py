"""`python -m archkit` is the command line, where the folder of scripts is not on the path."""

from __future__ import annotations

from archkit.cli import app

if __name__ == "__main__":
    app(prog_name="archkit")
