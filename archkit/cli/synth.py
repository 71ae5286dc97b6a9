"""`archkit synth`: a blueprint becomes templates."""

from __future__ import annotations

import json as json_module
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archkit.cli import recall
from archkit.cli.inputs import Opened, open_blueprint
from archkit.cli.options import Blueprint, Output, Template, examples
from archkit.cli.output import emit, fail_usage, say, show, stop, write_all
from archkit.diagnostics import ArchkitError, Report
from archkit.files import named_paths, read_text

if TYPE_CHECKING:
    from archkit.synth import Synthesis

__all__ = ["EXAMPLES", "output_errors", "refuse_output", "synth", "synthesized", "texts_of"]

EXAMPLES = examples(
    ("archkit synth shop.yaml", "the CloudFormation template, to standard output"),
    ("archkit synth shop.yaml -o shop.cfn.yaml", "to a file, and how to deploy it"),
    ("archkit synth shop.yaml --format sam -o template.yaml", "for sam deploy"),
    ("archkit synth shop.yaml --json | jq .Resources", "as JSON"),
    ("archkit synth global.yaml -o out/", "one template for each account and Region"),
    ("cat shop.yaml | archkit synth -", "from standard input"),
)


def synth(
    file: Blueprint,
    format: Annotated[Template, typer.Option("--format", "-f", help="What to write.")] = "cloudformation",
    json: Annotated[bool, typer.Option("--json", help="Write JSON instead of YAML.")] = False,
    local_code: Annotated[
        bool,
        typer.Option(
            "--local-code",
            help="Name code by its path, for [b]sam deploy[/b] and [b]aws cloudformation package[/b], "
            "instead of by parameters for its place in S3.",
        ),
    ] = False,
    output: Output = "-",
) -> None:
    """Write the CloudFormation or SAM template of a blueprint.

    Every template is linted before it is written; where anything is wrong, nothing is written.

    A blueprint of several accounts or Regions makes several templates: give a folder.
    """
    words = ("synth", file, format, str(json), str(local_code), output, str(os.path.isdir(output)))
    text = read_text(file, Report()) if file != "-" else None
    key = recall.key_of(text, words) if text is not None else None
    outcome = recall.recall(key) if key else None
    if outcome is None:
        outcome = _made(file, format, json, local_code, output, key)
    elif outcome.found:
        show(outcome.report(), {file: text or ""})
    if outcome.out is not None:
        emit(outcome.out)
    write_all({Path(path): content.encode() for path, content in outcome.files.items()})
    if outcome.told:
        say(outcome.told)


def _made(file: str, format: Template, json: bool, local_code: bool, output: str, key: str | None) -> recall.Outcome:
    """Compile the blueprint, and keep what it gave for the next time."""
    opened = open_blueprint(file)
    result = synthesized(opened, format, json=json, local_code=local_code)
    found = [asdict(one) for one in result.report]
    if output == "-":
        outcome = recall.Outcome(out=_only(result), found=found)
    else:
        files = _files(result, output, format, json)
        refuse_output(opened, list(files))
        if local_code:
            _beside(opened, files)
        from archkit.cli.deploy import next_commands

        told = next_commands(file, result, files, format=format, local_code=local_code)
        outcome = recall.Outcome(files={str(path): text for path, text in files.items()}, told=told, found=found)
    tree = opened.architecture.tree
    if key and tree is not None:
        recall.remember(key, outcome, named_paths(tree, Path(file).parent))
    return outcome


def _beside(opened: Opened, files: Iterable[Path]) -> None:
    """End where a template would stand in another folder than the blueprint: code is named relative to both."""
    folder = Path(opened.path).parent
    if opened.path != "-" and any(path.parent.resolve() != folder.resolve() for path in files):
        fail_usage(
            f"a template with --local-code stands beside the blueprint, as the paths in it do: write it into '{folder}'"
        )


def synthesized(opened: Opened, format: Template, *, json: bool = False, local_code: bool = False) -> Synthesis:
    """Return what a blueprint becomes and print its notes; print its errors and end where it has some."""
    try:
        result = opened.loaded.synth(format, json=json, local_code=local_code)
    except ArchkitError as error:
        stop(error.report, opened.sources)
    show(result.report, opened.sources)
    return result


def _only(result: Synthesis) -> str:
    if len(result.templates) > 1:
        fail_usage(_several(result))
    return next(iter(result.templates.values()))


def _several(result: Synthesis) -> str:
    stacks = ", ".join(result.templates)
    return f"this blueprint makes {len(result.templates)} templates ({stacks}); name a folder for them: -o out/"


def _files(result: Synthesis, output: str, format: Template, json: bool) -> dict[Path, str]:
    folder = Path(output)
    if not (output.endswith(("/", os.sep)) or folder.is_dir()):
        return {folder: _only(result)}
    ending = f"{'sam' if format == 'sam' else 'cfn'}.{'json' if json else 'yaml'}"
    files = {folder / f"{stack}.{ending}": text for stack, text in result.templates.items()}
    return files | {folder / name: text for name, text in _deploy_file(result).items()}


def texts_of(result: Synthesis, blueprint: str, ending: str) -> dict[str, str]:
    """Return what `archkit build` writes of a synthesis, by what follows the blueprint's name in the file's name.

    The stack of the blueprint's own name (or the only one) adds nothing to it, that of another place adds the place.
    """
    texts = {}
    for stack, text in result.templates.items():
        place = "" if len(result.templates) == 1 else stack.removeprefix(blueprint).lstrip("-")
        texts[f".{place}.{ending}" if place else f".{ending}"] = text
    return texts | {f".{name}": text for name, text in _deploy_file(result).items()}


def _deploy_file(result: Synthesis) -> dict[str, str]:
    return {} if result.deploy is None else {"deploy.json": json_module.dumps(result.deploy, indent=2) + "\n"}


def refuse_output(opened: Opened, paths: list[Path]) -> None:
    """End where an output would replace the blueprint, or become part of the code that is deployed."""
    for path in paths:
        if opened.path != "-" and path.exists() and path.samefile(opened.path):
            fail_usage(f"'{path}' is the blueprint itself; write to another file")
    report = output_errors(opened, paths)
    if report.failed:
        stop(report, opened.sources)


def output_errors(opened: Opened, paths: list[Path]) -> Report:
    """Return an error for each output that stands in the code of a node, and so would become part of its zip."""
    report = Report()
    for id, code in _code(opened).items():
        for path in paths:
            real = Path(os.path.realpath(path))
            if real == code or code in real.parents:
                message = f"'{path}' would be written into the code of '{id}', and deployed with it"
                place = opened.architecture[id].at("code")
                report.error("output-in-code", message, place, "write to a folder beside the code")
    return report


def _code(opened: Opened) -> dict[str, Path]:
    """Return the real path of each node's code, by the node's id."""
    base = Path(opened.path).parent
    written = {id: getattr(node.kind, "code", None) for id, node in opened.architecture.nodes.items()}
    return {id: Path(os.path.realpath(base / code)) for id, code in written.items() if isinstance(code, str)}
