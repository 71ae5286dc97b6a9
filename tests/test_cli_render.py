"""`archkit render`: every format and view by its options or the file's ending, and what does not go together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from archkit.cli.options import Picture, View
from archkit.diagram import FORMATS, VIEWS
from tests.shell import here, run

__all__ = ["here"]


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.svg", b"<svg"),
        ("a.PNG", b"\x89PNG"),
        ("a.pdf", b"%PDF-"),
        ("a.html", b"<!doctype html>"),
        ("a.drawio", b"<?xml"),
        ("a.mmd", b"---\ntitle"),
        ("a.gv", b"digraph"),
    ],
)
def test_the_ending_of_a_file_says_what_it_becomes(here: Path, name: str, start: bytes) -> None:
    assert run("render", "jobs.yaml", "-o", name).exit_code == 0
    assert (here / name).read_bytes().startswith(start)


def test_the_options_of_render_are_those_of_the_picture() -> None:
    assert get_args(Picture) == tuple(FORMATS)
    assert get_args(View) == VIEWS


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("-o a.mermiad", "cannot draw '.mermiad'; did you mean '.mermaid'?"),
        ("-o a.7z", "cannot draw '.7z'; it draws '.svg'"),
        ("-f mermade", "did you mean 'mermaid'?"),
        ("--view netwrok", "did you mean 'network'?"),
        ("--view network", "'jobs' has nothing for the view 'network'"),
        ("--view workflow --depth 1", "--depth closes groups of nodes"),
        ("--node worker", "add --view workflow"),
        ("--depth -1", "greater than or equal to 0"),
        ("--engine graphviz -f pdf", "--engine graphviz draws svg and png"),
    ],
)
def test_what_cannot_be_drawn_is_a_mistake_of_usage(here: Path, line: str, reason: str) -> None:
    made = run("render", "jobs.yaml", *line.split())
    assert made.exit_code == 2
    assert reason in " ".join(re.sub("[│╭╮╰╯─]", " ", made.stderr).split())
    assert sorted(here.glob("a.*")) == []


def test_a_picture_in_a_folder_is_called_after_what_it_shows(here: Path) -> None:
    assert run("render", "jobs.yaml", "-o", ".", "--view", "overview", "--depth", "1", "-f", "dot").exit_code == 0
    assert (here / "jobs-overview-depth-1.dot").exists()


def test_a_picture_goes_to_standard_output(here: Path) -> None:
    assert run("render", "jobs.yaml").stdout.startswith("<svg")
    assert run("render", "jobs.yaml", "-f", "png", "--scale", "1").stdout_bytes.startswith(b"\x89PNG")
    assert run("render", "jobs.yaml", "-f", "mermaid").stdout.splitlines()[3] == "flowchart LR"


def test_a_missing_graphviz_is_said(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    made = run("render", "jobs.yaml", "--engine", "graphviz")
    assert made.exit_code == 2
    assert "needs the program 'dot'" in made.stderr
