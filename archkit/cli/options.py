"""Arguments and options that several commands take, declared once."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

__all__ = ["Blueprint", "Engine", "Icons", "Output", "Picture", "Template", "Theme", "View", "examples"]

Template = Literal["cloudformation", "sam"]
Theme = Literal["media", "light", "dark", "page"]
Engine = Literal["archkit", "graphviz"]
View = Literal["architecture", "overview", "network", "security", "data", "workflow"]
Picture = Literal["svg", "png", "pdf", "html", "drawio", "mermaid", "dot"]
Icons = Literal["flat", "classic", "installed"]

Blueprint = Annotated[str, typer.Argument(metavar="FILE", help="The blueprint; [b]-[/b] reads standard input.")]
Output = Annotated[
    str, typer.Option("--output", "-o", metavar="PATH", help="Where to write; [b]-[/b] is standard output.")
]


def examples(*pairs: tuple[str, str]) -> str:
    """Return the epilog of a command's help: command lines that work, and what each does."""
    return "[b]Examples[/b]\n\n" + "\n\n".join(f"  {line}  [dim]# {what}[/dim]" for line, what in pairs)
