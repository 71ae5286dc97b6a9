"""A report as text, JSON, GitHub annotations and SARIF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from archkit.diagnostics import Report, Span
from archkit.printing import WIDEST, render_report

SHOP = """nodes:
  web:
    kind: lambda.function
    code:\tsrc
    memry: 512   # too little
    name: "日本\u200b"
"""


def at(line: int, column: int, end: int, end_line: int | None = None, path: str = "shop.yaml") -> Span:
    return Span(path, line, column, end_line or line, end)


def report(*found: tuple[Any, ...]) -> Report:
    made = Report()
    for level, *rest in found:
        getattr(made, level)(*rest)
    return made


def text(*found: tuple[Any, ...], source: str = SHOP, color: bool = False) -> str:
    return render_report(report(*found), {"shop.yaml": source}, "text", color)


def test_an_error_shows_its_line_its_carets_and_the_way_out() -> None:
    message = "unknown property 'memry' for lambda.function"
    assert text(("error", "unknown-property", message, at(5, 5, 10), "did you mean 'memory'?")) == (
        "shop.yaml:5:5: unknown property 'memry' for lambda.function [unknown-property]\n"
        "      memry: 512   # too little\n"
        "      ^^^^^\n"
        "  help: did you mean 'memory'?\n"
        "1 error in shop.yaml\n"
    )


def test_findings_stand_in_order_and_say_how_bad_they_are() -> None:
    assert text(
        ("note", "made", "a log group was made", at(3, 11, 26)),
        ("warn", "no-icon", "no icon", at(2, 3, 6)),
        ("error", "lost", "nothing here"),
    ) == (
        "nothing here [lost]\n"
        "shop.yaml:2:3: warning: no icon [no-icon]\n"
        "      web:\n"
        "      ^^^\n"
        "shop.yaml:3:11: note: a log group was made [made]\n"
        "      kind: lambda.function\n"
        "            ^^^^^^^^^^^^^^^\n"
        "1 error, 1 warning, 1 note in shop.yaml\n"
    )


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (at(1, 1, 7, 6), ["nodes:", "^^^^^^"]),  # over several lines: to the end of the first
        (at(5, 5, 5), ["memry: 512   # too little", "^"]),  # empty: one caret
        (at(5, 40, 44), ["memry: 512   # too little", " " * 25 + "^"]),  # past the end of the line
        (at(4, 11, 14), ["code: src", "      ^^^"]),  # a tab is one column
        (at(5, 1, 10), ["    memry: 512   # too little", "^^^^^^^^^"]),  # the indentation is at fault
        (at(6, 11, 16), ['name: "日本\ufffd"', "      ^^^^^^^"]),  # wide characters take two columns
    ],
)
def test_carets_stand_under_what_is_meant(span: Span, expected: list[str]) -> None:
    shown = text(("error", "x", "message", span)).splitlines()[1:-1]
    assert shown == ["      " + line for line in expected]


@pytest.mark.parametrize("span", [at(7, 1, 2), at(99, 1, 2), at(0, 0, 0), at(1, 1, 2, path="gone.yaml")])
def test_a_place_without_text_is_shown_without_a_snippet(span: Span) -> None:
    assert text(("error", "x", "message", span)).splitlines()[1].startswith("1 error")


def test_a_long_line_is_cut_around_the_fault() -> None:
    source = "{" + "a: 1, " * 500 + "fault: 2, " + "b: 1, " * 500 + "}"
    column = source.index("fault") + 1
    _, line, carets, _ = text(("error", "x", "message", at(1, column, column + 5)), source=source).splitlines()
    assert len(line) <= WIDEST + 6
    assert line[carets.index("^") : carets.index("^") + 5] == "fault"
    assert carets.strip() == "^^^^^"


def test_line_ends_of_any_system_count_once() -> None:
    source = "\ufeffa: 1\r\nb: 2\rc: 3\n"
    assert "      c: 3\n      ^\n" in text(("error", "x", "message", at(3, 1, 2)), source=source)


def test_nothing_in_a_blueprint_steers_the_terminal() -> None:
    shown = text(
        ("error", "x", "is '\x1b[2J\x07\u202e'\nand more", at(1, 1, 9), "see \x9b1m"), source="\x1b[2Jnodes:\u202e"
    )
    assert "\\x1b[2J\\x07\\u202e'\n    and more" in shown
    assert "see \\x9b1m" in shown
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(shown)


def test_colours_are_only_there_when_asked_for() -> None:
    found = ("error", "x", "message", at(1, 1, 6), "do this")
    assert "\x1b" not in text(found)
    shown = text(found, color=True)
    assert "\x1b[1mshop.yaml:1:1: \x1b[0mmessage \x1b[31m[x]\x1b[0m\n" in shown
    assert "\x1b[31m      ^^^^^\x1b[0m" in shown
    assert "\x1b[1;33mwarning: \x1b[0m" in text(("warn", "x", "message", at(1, 1, 6)), color=True)


def test_the_last_line_counts() -> None:
    assert text() == "no findings\n"
    many = report(("error", "x", "m", at(1, 1, 2)), ("error", "x", "m", at(1, 1, 2, path="b.yaml")))
    assert render_report(many).endswith("\n2 errors in 2 files\n")
    assert text(("warn", "x", "m")).endswith("\n1 warning\n")


def test_json_says_everything_under_stable_names() -> None:
    found = report(("warn", "x", "message", at(1, 2, 3), "do this"), ("error", "y", "ü"))
    nowhere = dict.fromkeys(("help", "path", "line", "column", "end_line", "end_column"))
    place = {"path": "shop.yaml", "line": 1, "column": 2, "end_line": 1, "end_column": 3}
    assert json.loads(render_report(found, format="json")) == {
        "version": 1,
        "summary": {"errors": 1, "warnings": 1, "notes": 0},
        "findings": [
            {"code": "y", "severity": "error", "message": "ü", **nowhere},
            {"code": "x", "severity": "warning", "message": "message", "help": "do this", **place},
        ],
    }
    empty = {"version": 1, "summary": {"errors": 0, "warnings": 0, "notes": 0}, "findings": []}
    assert json.loads(render_report(Report(), format="json")) == empty


def test_github_commands_are_escaped() -> None:
    found = report(
        ("error", "x", "50% of\nit: a, b", at(1, 2, 3, path="a,b:c%.yaml"), "do: this"),
        ("note", "y", "message", at(1, 1, 4, 3)),
        ("warn", "z", "message"),
    )
    assert render_report(found, format="github").splitlines() == [
        "::warning title=archkit%3A z::message",
        "::error title=archkit%3A x,file=a%2Cb%3Ac%25.yaml,line=1,endLine=1,col=2,endColumn=3"
        "::50%25 of%0Ait: a, b%0Ahelp: do: this",
        "::notice title=archkit%3A y,file=shop.yaml,line=1,endLine=3::message",
    ]
    assert render_report(Report(), format="github") == ""


def test_github_paths_begin_at_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repo" / "infra").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo" / "infra")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "repo"))
    for path in ("shop.yaml", str(tmp_path / "repo" / "infra" / "shop.yaml")):
        shown = render_report(report(("error", "x", "message", at(1, 1, 2, path=path))), format="github")
        assert "file=infra/shop.yaml," in shown


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


COUNT = {"type": "integer", "minimum": 1}
WORDS = closed(["text"], text={"type": "string", "minLength": 1})
LEVEL = {"enum": ["none", "note", "warning", "error"]}
RULE = closed(["id"], id={"type": "string"}, shortDescription=WORDS, defaultConfiguration=closed([], level=LEVEL))
PLACE = closed(
    ["physicalLocation"],
    physicalLocation=closed(
        ["artifactLocation"],
        artifactLocation=closed(["uri"], uri={"type": "string", "pattern": r"^[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+$"}),
        region=closed([], startLine=COUNT, startColumn=COUNT, endLine=COUNT, endColumn=COUNT),
    ),
)
RESULT = closed(
    ["message"],
    ruleId={"type": "string"}, ruleIndex={"type": "integer"}, level=LEVEL, message=WORDS, locations={"items": PLACE},
)  # fmt: skip
DRIVER = closed(["name"], name={"type": "string"}, rules={"type": "array", "items": RULE, "uniqueItems": True})
RUN = closed(
    ["tool"],
    tool=closed(["driver"], driver=DRIVER), results={"items": RESULT},
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
)  # fmt: skip
SARIF = closed(["version", "runs"], **{"$schema": {"type": "string"}}, version={"const": "2.1.0"}, runs={"items": RUN})
"""The part of the standard's schema that archkit uses, with its names, types and required keys."""


def test_sarif_follows_the_standard() -> None:
    found = report(
        ("error", "unknown-property", "message", at(1, 2, 3, path="my files/shöp.yaml"), "do this"),
        ("note", "made", "message", at(1, 1, 4, 3, path="/abs/shop.yaml")),
        ("warn", "made", "again"),
    )
    log = json.loads(render_report(found, format="sarif"))
    jsonschema.validate(log, SARIF)
    run = log["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["made", "unknown-property"]
    assert [result["level"] for result in run["results"]] == ["warning", "note", "error"]
    assert [result["ruleIndex"] for result in run["results"]] == [0, 0, 1]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"] if "locations" in result]
    assert [place["artifactLocation"]["uri"] for place in places] == [
        "file:///abs/shop.yaml",
        "my%20files/sh%C3%B6p.yaml",
    ]
    assert places[1]["region"] == {"startLine": 1, "startColumn": 2, "endLine": 1, "endColumn": 3}
    jsonschema.validate(json.loads(render_report(Report(), format="sarif")), SARIF)


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="there are text, json, github, sarif"):
        render_report(Report(), format="html")  # type: ignore[arg-type]
