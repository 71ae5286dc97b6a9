"""The JSON Schema in an editor: yaml-language-server completes, explains and marks blueprints by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from archkit import catalog
from archkit.diagnostics import Report
from archkit.jsonschema import as_text
from archkit.schema import fields_of
from archkit.source import Mapping, read
from tests.editor import NO_NODE, Editor
from tests.environments import YAML_SERVER, needed
from tests.shell import here, run

__all__ = ["here"]

pytestmark = [pytest.mark.xdist_group("editor"), pytest.mark.skipif(bool(NO_NODE), reason=NO_NODE)]

BLUEPRINTS = sorted((Path(__file__).parents[1] / "blueprints").glob("*.yaml"))
HEADER = "# yaml-language-server: $schema=archkit.schema.json\n"


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    folder = tmp_path_factory.mktemp("editor")
    (folder / "archkit.schema.json").write_text(as_text(), "utf-8")
    opened = Editor(needed(YAML_SERVER), folder)
    yield opened
    opened.close()


def blueprint(nodes: str, rest: str = "") -> str:
    return f"{HEADER}name: try\nnodes:\n{nodes}\n{rest}"


def plain(markdown: str) -> str:
    """Return a text without the backslashes and the line breaks that make Markdown of it."""
    return " ".join(re.sub(r"\\([^\w\s])", r"\1", markdown).split())


@pytest.mark.parametrize("marked", ["  a: |", "  a: sqs|", "  a: {kind: |}", "  a:\n    kind: sqs.|"])
def test_kinds_are_completed_with_what_they_are_for(editor: Editor, marked: str) -> None:
    offered = editor.completions(blueprint(marked))
    assert {*catalog.names()} <= {*offered}
    assert str(offered["sqs.queue"]["documentation"]).startswith(
        "Message queue between producers and a slower consumer"
    )


@pytest.mark.parametrize(
    "marked",
    [
        "  a:\n    kind: sqs.queue\n    |",
        "  a:\n    kind: sqs.queue\n    max|",
        "  a: {kind: sqs.queue, max|}",
        "  net:\n    kind: ec2.vpc\n    nodes:\n      a:\n        kind: sqs.queue\n        |",
    ],
)
def test_the_properties_of_a_kind_are_completed_and_no_others(editor: Editor, marked: str) -> None:
    offered = editor.completions(blueprint(marked))
    kind = catalog.find("sqs.queue")
    assert kind
    assert {*fields_of(kind), "label", "tags", "existing", "alarms"} <= {*offered}
    assert "runtime" not in offered
    about = fields_of(kind)["max_receives"].metadata["doc"]
    assert offered["max_receives"]["documentation"] == about


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("  a:\n    kind: sqs.queue\n    fifo: |", {"true", "false"}),
        ("  a:\n    kind: ec2.subnets\n    tier: |", {"public", "private", "isolated"}),
        ("  a:\n    kind: sqs.queue\n    deletion: |", {"retain", "delete", "snapshot"}),
        ("  a:\n    kind: sqs.queue\n    existing:\n      |", {"arn", "url", "name"}),
        ("  a:\n    kind: sqs.queue\n    alarms:\n      |", {"messages", "age-of-oldest-message"}),
    ],
)
def test_the_words_of_a_property_are_completed(editor: Editor, marked: str, words: set[str]) -> None:
    assert words <= {*editor.completions(blueprint(marked))}


def test_texts_are_not_completed_with_what_yaml_could_make_of_them(editor: Editor) -> None:
    assert not {*editor.completions(blueprint("  a:\n    kind: lambda.function\n    runtime: |"))}


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("edges:\n  - a -> a: |", {"flow", "read", "write", "route"}),
        ("edges:\n  - a -> a: {does: |}", {"flow", "read", "write", "route"}),
        ("edges:\n  - a -> a:\n      |", {"does", "label", "step", "batch", "env"}),
        ("defaults:\n  |", {"sqs.queue", "*"}),
        ('defaults:\n  "*":\n    |', {"key", "logs", "tags", "alarms"}),
        ("defaults:\n  sqs.queue:\n    |", {"max_receives", "wait"}),
        ("security: |", {"standard", "strict"}),
        ("region: |", {"eu-west-1", "us-east-1"}),
        ("|", {"edges", "outputs", "parameters", "security"}),
    ],
)
def test_the_rest_of_a_blueprint_is_completed(editor: Editor, rest: str, words: set[str]) -> None:
    assert words <= {*editor.completions(blueprint("  a: sqs.queue", rest))}


def test_what_a_completion_writes_is_yaml_and_no_default_of_its_own(editor: Editor) -> None:
    shared = editor.completions(blueprint("  a: sqs.queue", "defaults:\n  |"))
    assert shared["apigateway.rest"]["insertText"].strip() == "apigateway.rest:"
    for marked in ("  a:\n    kind: dynamodb.table\n    |", "  a:\n    kind: ec2.vpc\n    |"):
        own = editor.completions(blueprint(marked))
        assert [label for label, item in own.items() if not item["insertText"].startswith(f"{label}:")] == []


def test_a_property_in_the_library_is_explained_by_its_own_sentence(editor: Editor) -> None:
    """Each property that ready blueprints give, once: a choice of types must not double its sentence."""
    told = {name: found for path in BLUEPRINTS for name, found in sentences(path)}
    assert len(told) > 130
    wrong = {name: said for name, (marked, about) in told.items() if not explains(said := editor.hover(marked), about)}
    assert wrong == {}


def explains(markdown: str, about: str) -> bool:
    """Whether a hover text is a title, the sentence, and after it at most the words to choose from."""
    title, _, rest = plain(markdown.partition("Source:")[0]).partition(" " + plain(about))
    return title.startswith("#### ") and "||" not in title and (not rest or rest.startswith(" Allowed Values:"))


def sentences(path: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield for each property of each node: its name, and the text with the cursor on it beside its sentence."""
    text = HEADER + path.read_text("utf-8")
    lines = text.splitlines(keepends=True)
    tree = read(text, str(path), Report())
    assert isinstance(tree, Mapping)
    for node in nodes(tree):
        kind = catalog.find(getattr(node.get("kind"), "text", ""))
        for key, _ in node:
            if kind and key.text in fields_of(kind):
                place = sum(map(len, lines[: key.span.line - 1])) + key.span.column
                marked = f"{text[:place]}|{text[place:]}"
                yield f"{kind.name}.{key.text}", (marked, fields_of(kind)[key.text].metadata["doc"])


def nodes(tree: Mapping) -> Iterator[Mapping]:
    inner = tree.get("nodes")
    for _, node in inner if isinstance(inner, Mapping) else ():
        if isinstance(node, Mapping):
            yield node
            yield from nodes(node)


def test_kinds_and_common_properties_are_explained(editor: Editor) -> None:
    queue = "Message queue between producers and a slower consumer"
    assert queue in plain(editor.hover(blueprint("  a: {kind: sqs.que|ue}")))
    assert queue in plain(editor.hover(blueprint("  a: sqs.que|ue")))
    assert "The name under the icon" in editor.hover(blueprint("  a: {kind: sqs.queue, la|bel: x}"))
    assert "The text at the arrow" in editor.hover(blueprint("  a: sqs.queue", "edges: [a -> a: {la|bel: x}]"))


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)
def test_ready_blueprints_are_not_marked(editor: Editor, path: Path) -> None:
    assert editor.findings(HEADER + path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("node", "place", "message"),
    [
        ("{kind: sqs.queue, delay: 5000}", "5000", "Value is above the maximum of 900."),
        ("{kind: sqs.queue, delay: soon}", "soon", "Expected a whole number."),
        ("{kind: sqs.queue, fifo: maybe}", "maybe", "Expected true or false."),
        ("{kind: sqs.queue, dely: 5}", "dely", "Property dely is not allowed."),
        ("{kind: sqs.queue, existing: {url: x}}", "existing", 'Missing property "arn".'),
        ("{kind: sqs.qeue}", "sqs.qeue", "No such kind."),
        ("sqs.qeue", "sqs.qeue", "No such kind."),
        ("acm.certificate", "acm.certificate", "This kind needs properties"),
        ("{kind: acm.certificate}", "a", 'Missing property "domain".'),
        ("{kind: dynamodb.table, key: {x: 1}}", "{x: 1}", 'Incorrect type. Expected "string".'),
    ],
)
def test_what_is_wrong_is_marked_where_it_stands(editor: Editor, node: str, place: str, message: str) -> None:
    text = blueprint(f"  a: {node}")
    [found] = editor.findings(text)
    start, end = found["range"]["start"], found["range"]["end"]
    line = text.splitlines()[start["line"]]
    assert line[start["character"] : end["character"]] == place
    assert found["message"].startswith(message)


def test_a_new_project_names_its_schema(editor: Editor, here: Path) -> None:
    """`archkit init` writes the line that editors look for, and the schema beside it."""
    assert run("init", "my-app").exit_code == 0
    made = Editor(needed(YAML_SERVER), here / "my-app")
    text = (here / "my-app" / "my-app.yaml").read_text("utf-8")
    try:
        assert made.findings(text) == []
        [found] = made.findings(text.replace("name: my-app", "nam: my-app"))[:1]
        assert "nam" in found["message"]
    finally:
        made.close()
