"""The command line: options in, exit code out. Everything heavy is imported inside the command that needs it."""

from __future__ import annotations

from typing import Annotated

import typer

from archkit.cli import build, check, embed, explain, icons, kinds, package, render, serve, start, synth, watch
from archkit.cli.guard import Guarded
from archkit.cli.options import examples

__all__ = ["app"]

app = typer.Typer(
    name="archkit",
    cls=Guarded,
    help="One blueprint in; an AWS architecture diagram and a CloudFormation or SAM template that deploys come out.",
    epilog=examples(
        ("archkit init my-app", "start from a ready blueprint"),
        ("archkit check my-app", "what is wrong, and what to do about it"),
        ("archkit render shop.yaml -o shop.svg", "the picture"),
        ("archkit synth shop.yaml -o shop.cfn.yaml", "the template, and how to deploy it"),
        ("archkit explain shop.yaml 'api -> list'", "what an edge became, and why"),
    )
    + "\n\n[dim]Exit codes: 0 clean, 1 findings, 2 a command line that cannot be.[/dim]",
    rich_markup_mode="rich",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from archkit import __version__
        from archkit.cli.output import emit

        emit(f"archkit {__version__}\n")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


for _command, _examples in (
    (start.init, start.EXAMPLES),
    (check.check, check.EXAMPLES),
    (render.render, render.EXAMPLES),
    (synth.synth, synth.EXAMPLES),
    (explain.explain, explain.EXAMPLES),
    (build.build, build.EXAMPLES),
    (package.package, package.EXAMPLES),
    (watch.watch, watch.EXAMPLES),
    (serve.serve, serve.EXAMPLES),
    (embed.embed, embed.EXAMPLES),
    (kinds.kinds, kinds.EXAMPLES),
    (kinds.schema, kinds.SCHEMA_EXAMPLES),
):
    app.command(epilog=_examples)(_command)
app.add_typer(icons.app, name="icons")
