"""What the stream of a preview tells while files are edited: saved, broken, mended, renamed, removed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.preview.serving import BROKEN, GOOD, Preview, serving

CODE = "def handler(event, context):\n    return 1\n"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "jobs.yaml").write_text(GOOD)
    (tmp_path / "in" / "src.py").write_text(CODE)
    return tmp_path / "in"


@pytest.fixture
def preview(here: Path) -> Iterator[Preview]:
    with serving(here.parent, "in") as running:
        yield running


def resources(parts: dict[str, Any], format: str = "cloudformation") -> dict[str, Any]:
    """Return the resources of the shown template; tags such as !Ref are read as lists of their words."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda loader, suffix, node: [suffix])
    (text,) = parts["templates"][format].values()
    return yaml.load(text, Loader)["Resources"]


def test_all_of_it_comes_first_and_then_what_changed(preview: Preview, here: Path) -> None:
    stream = preview.stream("jobs.yaml")
    parts = stream.settled()
    assert parts["picture"]["svg"].startswith("<svg") and 'data-node="inbox"' in parts["picture"]["svg"]
    assert resources(parts)["Inbox"]["Type"] == "AWS::SQS::Queue"
    assert resources(parts, "sam")["Work"]["Type"] == "AWS::Serverless::Function"
    assert parts["findings"]["errors"] == 0 and not parts["status"]["stale"]
    stream.parts.clear()
    (here / "jobs.yaml").write_text(GOOD.replace("inbox: sqs.queue", "inbox: {kind: sqs.queue, delay: 7}"))
    parts = stream.until(lambda parts: "templates" in parts)
    assert resources(parts)["Inbox"]["Properties"]["DelaySeconds"] == 7
    assert "picture" not in parts, "a picture that is the same is not sent again"


def test_an_error_is_told_with_its_place_and_goes_when_it_is_mended(preview: Preview, here: Path) -> None:
    stream = preview.stream("jobs.yaml")
    before = dict(stream.settled())
    (here / "jobs.yaml").write_text(BROKEN)
    parts = stream.until(lambda parts: parts["status"]["stale"])
    (found,) = [one for one in parts["findings"]["list"] if one["severity"] == "error"]
    line = BROKEN.splitlines().index("  inbox: {kind: sqs.queue, dely: 5}") + 1
    assert found["place"] == f"in/jobs.yaml:{line}:28" and found["code"] == "unknown-property"
    shown, carets = found["snippet"].splitlines()
    assert shown[carets.index("^") : carets.rindex("^") + 1] == "dely" and "'delay'" in found["help"]
    assert (parts["picture"], parts["templates"]) == (before["picture"], before["templates"])
    (here / "jobs.yaml").write_text(GOOD)
    parts = stream.until(lambda parts: not parts["status"]["stale"])
    assert parts["findings"]["errors"] == 0


def test_who_comes_later_sees_the_same(preview: Preview, here: Path) -> None:
    first = preview.stream("jobs.yaml").settled()
    (here / "jobs.yaml").write_text(BROKEN)
    again = preview.stream("jobs.yaml").until(lambda parts: "status" in parts and parts["status"]["stale"])
    assert again["picture"] == first["picture"] and again["findings"]["errors"] == 1


def test_editors_that_save_by_renaming(preview: Preview, here: Path) -> None:
    stream = preview.stream("jobs.yaml")
    stream.settled()
    for name in ("first", "second", "third"):
        (here / "jobs.yaml~").unlink(missing_ok=True)
        os.rename(here / "jobs.yaml", here / "jobs.yaml~")  # for a moment there is none, as with vim's backupcopy=no
        (here / ".new").write_text(GOOD.replace("inbox", name))
        os.rename(here / ".new", here / "jobs.yaml")
        stream.until(lambda parts, name=name: f'data-node="{name}"' in parts["picture"]["svg"])  # type: ignore[misc]
        assert stream.parts["index"]["blueprints"] == ["jobs.yaml"] and not stream.parts["status"]["stale"]


def test_files_that_it_names_count(preview: Preview, here: Path) -> None:
    stream = preview.stream("jobs.yaml")
    stream.settled()
    (here / "src.py").write_text(CODE.replace("handler", "other"))
    stream.until(lambda parts: parts["findings"]["final"] and ".other" in str(parts.get("templates")))
    (here / "src.py").unlink()
    parts = stream.until(lambda parts: parts["status"]["stale"])
    assert "src.py" in str(parts["findings"]["list"])
    (here / "src.py").write_text(CODE)
    stream.until(lambda parts: not parts["status"]["stale"])


def test_blueprints_come_and_go(preview: Preview, here: Path) -> None:
    stream = preview.stream()
    stream.until(lambda parts: parts["index"]["blueprints"] == ["jobs.yaml"] if parts else False)
    (here / "sub").mkdir()
    (here / "sub" / "more.yaml").write_text("name: more\nnodes: {topic: sns.topic}\n")
    (here / "values.yaml").write_text("a: 1\n")
    stream.until(lambda parts: parts["index"]["blueprints"] == ["jobs.yaml", "sub/more.yaml"])
    more = preview.stream("sub/more.yaml")
    more.settled()
    (here / "sub" / "more.yaml").unlink()
    stream.until(lambda parts: parts["index"]["blueprints"] == ["jobs.yaml"])
    parts = more.until(lambda parts: parts["status"]["stale"])
    assert "no such file" in parts["findings"]["list"][0]["message"] and "topic" in parts["picture"]["svg"]
    (here / "sub" / "more.yaml").write_text("name: more\nnodes: {topic: sns.topic, jobs: sqs.queue}\n")
    more.until(lambda parts: "jobs" in parts["picture"]["svg"])


def test_what_was_a_blueprint_stays_one_while_it_is_edited(preview: Preview, here: Path) -> None:
    stream = preview.stream("jobs.yaml")
    stream.settled()
    for text in ("name: jobs\nnode", "", "\t", "nodes: [", "\0"):
        (here / "jobs.yaml").write_text(text)
        stream.until(lambda parts: parts["status"]["stale"])
        (here / "jobs.yaml").write_text(GOOD)
        stream.until(lambda parts: not parts["status"]["stale"])
    assert stream.parts["index"]["blueprints"] == ["jobs.yaml"]


def test_cfn_lint_is_heard(preview: Preview, here: Path) -> None:
    raw = "name: raw\nnodes:\n  bot: {kind: 'AWS::SQS::Queue', properties: {DelaySeconds: 5000}}\n"
    (here / "jobs.yaml").write_text(raw)
    parts = preview.stream("jobs.yaml").settled()
    (found,) = [one for one in parts["findings"]["list"] if one["severity"] == "error"]
    assert found["code"].startswith("cfn-lint-E") and found["place"].startswith("in/jobs.yaml:3:")
    assert not parts["status"]["stale"] and "DelaySeconds: 5000" in str(parts["templates"])


def test_one_blueprint_by_itself(here: Path) -> None:
    with serving(here, "jobs.yaml") as preview:
        parts = preview.stream().settled()
        assert parts["index"] == {"single": True, "blueprints": ["jobs.yaml"]}
        assert preview.ask("/picture").read().count(b"<svg") >= 1
        assert preview.ask("/picture?file=src.py").status == 404


def test_an_interrupt_is_the_usual_end(here: Path) -> None:
    with serving(here, "jobs.yaml") as preview:
        preview.stream().until(lambda parts: "picture" in parts)
    assert "jobs.yaml: drawn in" in preview.log.read_text()
