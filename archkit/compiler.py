"""The whole flow on one screen: text -> tree -> blueprint -> architecture -> checks -> picture or templates."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from archkit.blueprint import parse
from archkit.diagnostics import ArchkitError, Report, Span
from archkit.source import read

if TYPE_CHECKING:
    from archkit.architecture import Architecture
    from archkit.synth import Format, Synthesis

__all__ = ["Compilation", "load"]


@dataclass
class Compilation:
    """One blueprint on its way. `architecture` is None where the text could not be read at all."""

    path: str
    text: str
    report: Report = field(default_factory=Report)
    architecture: Architecture | None = None

    def check(self) -> Report:
        """Run every check and return all findings: errors, warnings and notes."""
        from archkit.checks import check

        if self.architecture is not None and not self._checked:
            check(self.architecture, self.report)
            self._checked = True
        return self.report

    _checked: bool = False

    def sound(self) -> Architecture:
        """Return the architecture; raise ArchkitError if anything is wrong with it."""
        self.check()
        if self.report.failed or self.architecture is None:
            raise ArchkitError(self.report)
        return self.architecture

    def synth(self, format: Format = "cloudformation", *, json: bool = False, local_code: bool = False) -> Synthesis:
        """Return the templates, each passed by cfn-lint; raise ArchkitError with every finding if any is an error."""
        from archkit.synth import synthesize

        return synthesize(self.sound(), self.report, format, json=json, local_code=local_code)

    def render(
        self,
        format: str = "svg",
        *,
        theme: Literal["media", "light", "dark", "page"] = "media",
        engine: Literal["archkit", "graphviz"] = "archkit",
        scale: float = 2.0,
        view: str = "architecture",
        node: str | None = None,
        depth: int | None = None,
        icons: Literal["flat", "classic", "installed"] = "flat",
        instance: str = "",
    ) -> bytes:
        """Return the picture; raise ArchkitError if the blueprint has an error.

        `format` is one of `archkit.diagram.FORMATS`, `view` one of `archkit.diagram.VIEWS`: the view `workflow` draws
        the states of `node`, which may be left out where only one node has states. `depth` closes deeper groups. The
        icons are the same on every machine unless `installed` ones are asked for, which are those of this user.
        `instance` tells two equal pictures on one page apart.
        """
        from archkit.diagram import render

        return render(self.sound(), format=format, theme=theme, engine=engine, scale=scale, view=view, node=node,
                      depth=depth, report=self.report, icons=icons, instance=instance, facts=self.facts)  # fmt: skip

    def facts(self) -> dict[str, Any]:
        """Return what each node and edge became, as plain data; raise ArchkitError if the blueprint has an error."""
        from archkit.facts import facts

        return facts(self.sound(), self.text, self.report)

    def describe(self, view: str = "architecture", node: str | None = None, depth: int | None = None) -> str:
        """Return the picture in plain sentences, for use as alternative text; raise ArchkitError as `render` does."""
        from archkit.diagram import describe

        return describe(self.sound(), view=view, node=node, depth=depth)


def load(path: str | Path, *, text: str | None = None) -> Compilation:
    """Read a blueprint file (`-` is standard input; `text` overrides the file's content).

    Never raises on a bad blueprint: the findings are in the compilation's report. Raises OSError where the file
    cannot be read.
    """
    name = "<stdin>" if str(path) == "-" else str(path)
    compilation = Compilation(name, "")
    if text is None:
        try:
            data = sys.stdin.buffer.read() if name == "<stdin>" else Path(path).read_bytes()
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            compilation.report.error("not-utf-8", "the file is not UTF-8 text", Span(name, line, 1, line, 2),
                                     "save it as UTF-8")  # fmt: skip
            return compilation
    compilation.text = text
    tree = read(text, name, compilation.report)
    if tree is None:
        if not compilation.report.failed:
            compilation.report.error("empty-file", "the file is empty", Span(name, 1, 1, 1, 1),
                                     "a blueprint has 'name', 'nodes' and 'edges'")  # fmt: skip
        return compilation
    blueprint = parse(tree, name, compilation.report)
    if blueprint is not None:
        from archkit.resolve import resolve

        compilation.architecture = resolve(blueprint, compilation.report)
    return compilation
