"""`archkit init`: a project begins as a copy of a ready blueprint."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from archkit.cli.options import examples
from archkit.cli.output import emit, fail_usage, say, write_all
from archkit.diagnostics import Report, did_you_mean
from archkit.files import named_paths

__all__ = ["EXAMPLES", "init", "library"]

USUAL = "url-shortener"
SCHEMA = "archkit.schema.json"
HEADER = f"# yaml-language-server: $schema=./{SCHEMA}\n"

EXAMPLES = examples(
    ("archkit init --list", "the ready blueprints, and when to use each"),
    ("archkit init my-app", "a folder my-app with the usual one"),
    ("archkit init photos --from thumbnails", "a folder photos with another one"),
    ("archkit init --from thumbnails", "into the present folder"),
)


def _ready(incomplete: str) -> list[str]:
    return [name for name in library() if name.startswith(incomplete)]


def init(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="The project and its new folder; else the present folder.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the ready blueprints.")] = False,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="BLUEPRINT", help="The ready blueprint to start from.", autocompletion=_ready),
    ] = None,
) -> None:
    """Start a project from a ready blueprint, with the code it names and a schema for your editor.

    Nothing that is there already is overwritten.
    """
    ready = library()
    if list_:
        emit(_listed(ready))
        return
    if not ready:
        fail_usage("this installation of archkit has no ready blueprints")
    chosen = source or (USUAL if USUAL in ready else next(iter(ready)))
    if chosen not in ready:
        hint = did_you_mean(chosen, ready) or f"there are {', '.join(ready)}"
        fail_usage(f"there is no ready blueprint '{chosen}'; {hint}")
    if name is not None and not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        fail_usage(f"a project's name is lower-case words with hyphens, not '{name}'")
    folder = Path(name or ".")
    planned = _planned(ready[chosen], folder, name or chosen)
    there = [str(path) for path in planned if path.exists()]
    if there:
        fail_usage(f"{', '.join(there)} would be overwritten; give another NAME, or move what is there")
    write_all(planned)
    blueprint = folder / f"{name or chosen}.yaml"
    for path in planned:
        say(f"wrote {path}")
    say(f"Next:\n  archkit render {blueprint} -o {blueprint.with_suffix('.svg')}\n"
        f"  archkit synth {blueprint} -o {blueprint.with_suffix('.cfn.yaml')}")  # fmt: skip


def library() -> dict[str, Path]:
    """Return the ready blueprints by name: those in the installed package, else those of the source tree."""
    for folder in (Path(str(files("archkit"))) / "library", Path(__file__).parents[2] / "blueprints"):
        found = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
        if found:
            return found
    return {}


def _listed(ready: dict[str, Path]) -> str:
    width = max(map(len, ready), default=0)
    return "".join(f"{name:<{width}}  {_description(path)}\n" for name, path in ready.items())


def _description(path: Path) -> str:
    from archkit.source import Mapping, Scalar

    tree = _tree(path)
    said = tree.get("description") or tree.get("title") if isinstance(tree, Mapping) else None
    text = " ".join(said.text.split()) if isinstance(said, Scalar) else ""
    return re.split(r"(?<=[.!?]) ", text)[0]


def _tree(path: Path) -> object:
    from archkit.source import read

    return read(path.read_text("utf-8"), str(path), Report())


def _planned(blueprint: Path, folder: Path, name: str) -> dict[Path, bytes]:
    """Return the files of a new project, by where they will stand."""
    from archkit.jsonschema import as_text

    text = re.sub(r"(?m)^# yaml-language-server:.*\n", "", blueprint.read_text("utf-8"))
    text = re.sub(r"(?m)^name:.*$", f"name: {name}", text, count=1)
    planned = {folder / f"{name}.yaml": (HEADER + text).encode(), folder / SCHEMA: as_text().encode()}
    for path in named_paths(_tree(blueprint), blueprint.parent):  # type: ignore[arg-type]
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                planned[folder / file.relative_to(blueprint.parent)] = file.read_bytes()
    return planned
