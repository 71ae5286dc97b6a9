"""Literate cases: every `tests/cases/*.md` holds prose and blueprints whose lines say what is found there.

A fenced block marked `yaml` is a blueprint. `# error: [code] "text"` at the end of a line (or `# warning:`, `# note:`)
says that a finding begins there, whose message or help holds the text; a number before the code is its column. Every
finding must be asserted, and every assertion met. The comments are taken out before the blueprint is read.

Further words after `yaml`: `synth` synthesizes too (without cfn-lint), `stdin` reads it as standard input. A first line
`# files: one.py, two.py` puts files of tests/cases/files beside the blueprint.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

import archkit
from archkit.diagnostics import Diagnostic

CASES = Path(__file__).parent / "cases"
MARK = re.compile(r'\s*# (error|warning|note):(?: (\d+))? \[([a-z0-9-]+)\] "((?:[^"\\]|\\.)*)"')
FILES = re.compile(r"# files: (.+)")


@dataclass(frozen=True)
class Assertion:
    """One comment: where a finding begins, and what it says."""

    line: int
    severity: str
    column: int | None
    code: str
    text: str

    def meets(self, found: Diagnostic) -> bool:
        """Whether a finding is the one that is meant."""
        span = found.span
        if span is None or (span.line, str(found.severity), found.code) != (self.line, self.severity, self.code):
            return False
        said = f"{found.message}\n{found.help or ''}"
        return self.column in (None, span.column) and self.text in said


@dataclass(frozen=True)
class Case:
    """One blueprint of a file, less its comments."""

    name: str
    words: frozenset[str]
    text: str
    assertions: tuple[Assertion, ...]


def cases_of(path: Path) -> list[Case]:
    """Return the blueprints of a file, named by the heading above each."""
    found: list[Case] = []
    title, block, words = path.stem, None, frozenset[str]()
    for line in path.read_text("utf-8").splitlines():
        if block is None and line.startswith("#"):
            title = line.lstrip("# ")
        elif block is None and line.startswith("```yaml"):
            block, words = [], frozenset(line.split()[1:])
        elif block is not None and line == "```":
            twins = sum(case.name.split(":")[1].startswith(title) for case in found)
            found.append(case(f"{path.stem}:{title}" + (f" {twins + 1}" if twins else ""), words, block))
            block = None
        elif block is not None:
            block.append(line)
    assert block is None, f"{path.name}: a block is not closed"
    return found


def case(name: str, words: frozenset[str], lines: list[str]) -> Case:
    """Read the assertions out of a blueprint's lines."""
    assertions, plain = [], []
    for number, line in enumerate(lines, 1):
        for severity, column, code, text in MARK.findall(line):
            said = text.replace('\\"', '"').replace("\\\\", "\\")
            assertions.append(Assertion(number, severity, int(column) if column else None, code, said))
        plain.append(MARK.sub("", line))
        assert "# error" not in plain[-1], f"{name}, line {number}: not an assertion: {line}"
    return Case(name, words, "\n".join(plain) + "\n", tuple(assertions))


def findings(case: Case, folder: Path) -> list[Diagnostic]:
    """Compile a case as its words say; what is found stands on the lines of the block."""
    files = FILES.match(case.text)
    for name in re.split(r",\s*", files[1]) if files else []:
        shutil.copy(CASES / "files" / name, folder / name)
    path = "-" if "stdin" in case.words else folder / "case.yaml"
    compilation = archkit.load(path, text=case.text)
    report = compilation.check()
    if "synth" in case.words and compilation.architecture is not None and not report.failed:
        from archkit.synth import synthesize

        with contextlib.suppress(archkit.ArchkitError):
            synthesize(compilation.architecture, report, lint=False)
    return list(report)


ALL = [case for path in sorted(CASES.glob("*.md")) for case in cases_of(path)]


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_case(case: Case, tmp_path: Path) -> None:
    found = findings(case, tmp_path)
    missing = [want for want in case.assertions if not any(want.meets(one) for one in found)]
    surplus = [one for one in found if not any(want.meets(one) for want in case.assertions)]
    shown = [f"not found: {want}" for want in missing]
    shown += [f"not asserted: line {one.span and one.span.line}: {one}" for one in surplus]
    assert not shown, "\n" + "\n".join(shown)


def test_there_are_many_cases() -> None:
    """120 diagnostics at least, of 70 codes at least, and none of them asserted twice in one place."""
    asserted = [want for case in ALL for want in case.assertions]
    assert len(asserted) >= 120
    assert len({want.code for want in asserted}) >= 70
    assert all(len(set(case.assertions)) == len(case.assertions) for case in ALL)
