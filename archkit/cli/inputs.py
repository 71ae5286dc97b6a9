"""What a command reads: a blueprint from a file or from standard input, loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archkit.diagnostics import Report
from archkit.files import read_text

if TYPE_CHECKING:
    from archkit.architecture import Architecture
    from archkit.compiler import Compilation

__all__ = ["Opened", "open_blueprint"]


class Opened:
    """One input: its path, its text, what was found while reading, and the compilation where it was readable."""

    def __init__(self, path: str, text: str | None, report: Report, compilation: Compilation | None) -> None:
        self.path = path
        self.report = report
        self.compilation = compilation
        self.sources = {} if text is None else {compilation.path if compilation else path: text}

    @property
    def loaded(self) -> Compilation:
        """The compilation; prints why there is none and ends with exit code 1 where the input was not readable."""
        from archkit.cli.output import stop

        return self.compilation or stop(self.report, self.sources)

    @property
    def architecture(self) -> Architecture:
        """What the blueprint means; ends as `loaded` does where too much is wrong to say."""
        from archkit.cli.output import stop

        return self.loaded.architecture or stop(self.report, self.sources)


def open_blueprint(path: str) -> Opened:
    """Read and load one blueprint; `-` is standard input. Raises nothing: what is wrong is in the report."""
    report = Report()
    text = read_text(path, report)
    if text is None:
        return Opened(path, None, report, None)
    from archkit.compiler import load

    compilation = load(path, text=text)
    return Opened(path, text, compilation.report, compilation)
