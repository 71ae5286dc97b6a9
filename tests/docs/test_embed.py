"""`archkit embed`: documents keep every byte but those between the markers, and stale ones are told."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from archkit.docs.embed import embed, stale
from archkit.docs.markdown import places, replaced
from tests.shell import process

BLUEPRINT = "name: shop\ntitle: A shop\nnodes: {orders: sqs.queue, news: sns.topic}\nedges: [news -> orders]\n"
PAIR = "<!-- archkit: shop.yaml -->\n<!-- /archkit -->\n"
FENCE = "```archkit\n" + BLUEPRINT + "```\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.yaml").write_text(BLUEPRINT)
    return tmp_path


def written(folder: Path, text: str, *more: str) -> str:
    """Embed into a document and return it."""
    (folder / "doc.md").write_bytes(text.encode())
    done = process("embed", "doc.md", *more, cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    return (folder / "doc.md").read_bytes().decode()


def reasons(folder: Path) -> list[tuple[int, str]]:
    return [(found.span.line if found.span else 0, found.message) for found in stale(folder / "doc.md")]


def test_a_pair_of_markers_holds_the_picture(folder: Path) -> None:
    text = written(folder, f"# Shop\n\n{PAIR}\nThe end.\n")
    html = MarkdownIt("commonmark", {"html": True}).render(text)
    page = ElementTree.fromstring(f"<page>{html.replace('<!--', '<c>').replace('-->', '</c>')}</page>".replace(
        '.svg">', '.svg"/>'))  # fmt: skip
    picture = page.find("picture")
    assert picture is not None
    image, dark = picture.find("img"), picture.find("source")
    assert image is not None and dark is not None
    assert image.get("src") == "shop.svg" and dark.get("srcset") == "shop.dark.svg"
    assert "news to orders" in (image.get("alt") or "")
    for name in ("shop.svg", "shop.dark.svg"):
        assert ElementTree.fromstring((folder / name).read_bytes()).tag.endswith("svg")
    assert (folder / "shop.svg").read_bytes() != (folder / "shop.dark.svg").read_bytes()
    assert reasons(folder) == []


def test_a_fenced_block_keeps_its_source_above_the_picture(folder: Path) -> None:
    once = written(folder, f"1. A shop\n\n   {FENCE.replace(chr(10), chr(10) + '   ').rstrip()}\n")
    assert "   <!-- archkit: above -->\n" in once and '\n     <img alt="' in once
    assert written(folder, once) == once
    assert reasons(folder) == []


NEW_LINE = r"(?:\r\n|\n|\r)"
MADE = r"<!-- archkit: above -->(?:(?!<!-- /archkit).)*<!-- /archkit -->"


def outside(text: str) -> str:
    """Return what stands outside of the markers, without the pairs of markers that follow fenced blocks."""
    text = re.sub(rf"^{NEW_LINE}{MADE}{NEW_LINE}|{NEW_LINE}{{2}}{MADE}\Z", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(rf"(<!-- archkit: \w+.yaml -->{NEW_LINE}).*?(?=<!-- /archkit -->)", r"\1", text, flags=re.DOTALL)


@given(
    st.lists(st.sampled_from(["# Shop\n", "text\r\n", "\n", "é\t \n", PAIR, FENCE, "    <!-- archkit: x -->\n",
                              FENCE[:-1],
                              "```md\n<!-- archkit: no.yaml -->\n<!-- /archkit -->\n```\n", "no newline at the end",
                              "a form\x0cfeed, a line\u2028separator\n", "`<!-- archkit: x -->` is a marker\n"]),
             max_size=8)
)  # fmt: skip
def test_nothing_outside_the_markers_changes(parts: list[str]) -> None:
    """Taking out what was put in gives the document back, to the byte; putting it in twice is putting it in once."""
    text = "".join(parts)
    made = [(place, "<b>made</b>\n\nmore") for place in places(text) if place.error is None]
    once = replaced(text, made)
    assert len(places(once)) == len(places(text))
    assert outside(once) == outside(text)
    assert replaced(once, [(place, made[0][1]) for place in places(once) if place.error is None]) == once
    assert once.count(made[0][1]) == len(made) if made and "\r" not in text else True


@pytest.mark.parametrize("start", ["\ufeff", "\ufeffWords.\n\n", "Words.\x0c\u2028\n\n"])
@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("place", [PAIR.strip(), FENCE.strip()])
def test_byte_order_marks_odd_newlines_and_missing_ones_stay(folder: Path, start: str, end: str, place: str) -> None:
    text = f"{start}{place}{end}"
    (folder / "doc.md").write_bytes(text.encode())
    once = embed(folder / "doc.md")
    assert "<picture>" in once.new and outside(once.new) == text and not once.report.failed
    for path, data in {**once.pictures, once.path: once.new.encode()}.items():
        path.write_bytes(data)
    assert not embed(folder / "doc.md").changed and reasons(folder) == []


def test_windows_newlines_stay(folder: Path) -> None:
    text = written(folder, f"# Shop\n\n{PAIR}\nThe end.\n".replace("\n", "\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    assert reasons(folder) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda folder: (folder / "shop.yaml").write_text(BLUEPRINT + "# more\n"), "has changed since"),
        (lambda folder: (folder / "shop.yaml").unlink(), "cannot be read"),
        (lambda folder: (folder / "shop.svg").unlink(), "is missing"),
        (lambda folder: (folder / "shop.dark.svg").write_text("<svg/>"), "was changed by something else"),
        (lambda folder: _edit(folder, "news to orders", "nothing"), "between the markers was changed"),
        (lambda folder: _edit(folder, "shop.yaml", "shop.yaml view=architecture depth=1"), "has changed since"),
    ],
)
def test_what_is_stale_is_told_with_its_line(folder: Path, change: object, reason: str) -> None:
    written(folder, f"# Shop\n\n{PAIR}")
    before = (folder / "doc.md").read_bytes()
    change(folder)  # type: ignore[operator]
    ((line, message),) = reasons(folder)
    assert line == 3 and reason in message
    after = (folder / "doc.md").read_bytes()
    done = process("embed", "--check", ".", cwd=folder)
    assert done.returncode == 1 and b"doc.md:3" in done.stdout
    assert (folder / "doc.md").read_bytes() == after and (b"made" in before)


def _edit(folder: Path, old: str, new: str) -> None:
    text = (folder / "doc.md").read_text()
    assert old in text
    (folder / "doc.md").write_text(text.replace(old, new))


def test_details_list_resources_and_rights(folder: Path) -> None:
    (folder / "handler.py").write_text("def handler(event, context): ...\n")
    (folder / "shop.yaml").write_text(
        "name: shop\nnodes:\n  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"
        "  orders: {kind: dynamodb.table, key: id}\nedges:\n  - work -> orders: read\n"
    )
    text = written(folder, "<!-- archkit: shop.yaml details -->\n<!-- /archkit -->\n")
    assert "| orders | `Orders` | `AWS::DynamoDB::Table` |" in text
    assert "| `WorkRole` | `dynamodb:GetItem`, `dynamodb:Query` | `Orders.Arn` |" in text


def test_views_and_depths_are_pictures_of_their_own(folder: Path) -> None:
    (folder / "shop.yaml").write_text(
        BLUEPRINT.replace("orders: sqs.queue", "orders: {kind: sqs.queue, key: k}, k: kms.key")
    )
    pair = PAIR.replace(" -->\n<", " view=VIEW -->\n<")
    text = written(folder, pair.replace("VIEW", "overview") + pair.replace("VIEW", "security depth=1"))
    overview, security = (ElementTree.parse(folder / f"shop-{name}.svg") for name in ("overview", "security-depth-1"))
    assert nodes(overview) == {"news", "orders"} and nodes(security) == {"orders", "orders.dead_letters", "k"}
    assert 'src="shop-overview.svg"' in text and 'src="shop-security-depth-1.svg"' in text
    assert reasons(folder) == []


def nodes(picture: ElementTree.ElementTree) -> set[str]:
    return {node.get("data-node", "") for node in picture.iter() if node.get("class") == "node"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<!-- archkit: shop.yaml -->\n", "the marker has no end"),
        ("<!-- archkit: -->\n<!-- /archkit -->\n", "path of a blueprint is missing"),
        ("<!-- archkit: shop.yaml view=networks -->\n<!-- /archkit -->\n", "there is no view 'networks'"),
        ("<!-- archkit: shop.yaml colour=red -->\n<!-- /archkit -->\n", "'colour=red' means nothing here"),
        ("<!-- archkit: shop.yaml depth=deep -->\n<!-- /archkit -->\n", "'depth' takes a number"),
        ("<!-- archkit: shop.yaml file=../x.svg -->\n<!-- /archkit -->\n", "not a path"),
        ("<!-- archkit: none.yaml -->\n<!-- /archkit -->\n", "'none.yaml' cannot be read"),
        (f"see {PAIR}", "on a line of its own"),
        ("```archkit\nname: shop\n", "the block has no end"),
        ("<!-- archkit: ../../shop.yaml -->\n<!-- /archkit -->\n", "leads out of the project"),
        ("<!-- archkit: link.yaml -->\n<!-- /archkit -->\n", "leads out of the project"),
        ("<!-- archkit: /etc/passwd -->\n<!-- /archkit -->\n", "ends neither in .yaml"),
        (
            FENCE.replace("sns.topic", "{kind: stepfunctions.machine, definition: ../../secret.json}"),
            "outside of the project",
        ),
    ],
)
def test_a_marker_that_makes_no_sense_is_told(folder: Path, text: str, reason: str) -> None:
    home = folder / "repository" / "docs"
    home.mkdir(parents=True)
    (home.parent / ".git").mkdir()
    (home / "link.yaml").symlink_to(folder / "shop.yaml")
    (folder / "secret.json").write_text("{}")
    (home / "doc.md").write_text(text)
    document = embed(home / "doc.md")
    assert reason in "".join(found.message for found in document.report.errors)
    assert document.new == text


def test_an_error_in_a_fenced_block_stands_at_the_documents_line(folder: Path) -> None:
    (folder / "doc.md").write_text("# Shop\n\n```archkit\nname: shop\nnodes:\n  a: sqs.que\n```\n")
    done = process("embed", "doc.md", cwd=folder)
    assert done.returncode == 1
    assert b"doc.md:6:6: unknown kind 'sqs.que'" in done.stderr
    assert "archkit: above" not in (folder / "doc.md").read_text()


def test_two_pictures_of_one_name_are_told_apart_by_their_author(folder: Path) -> None:
    other = FENCE.replace("news -> orders", "orders -> news: {does: flow}")
    (folder / "doc.md").write_text(f"{FENCE}\n{other}")
    assert "another picture is called 'shop.svg' already" in str(
        [found.message for found in embed(folder / "doc.md").report]
    )
    assert "other.svg" in written(folder, f"{FENCE}\n{other}".replace("\n\n```archkit", "\n\n```archkit file=other"))


def test_two_hundred_current_documents_are_checked_in_two_seconds(folder: Path) -> None:
    text = written(folder, f"# Shop\n\n{PAIR}\n{'Words. ' * 400}\n")
    for number in range(200):
        (folder / f"copy{number}.md").write_text(text)
    start, before = time.perf_counter(), os.times()
    done = process("embed", "--check", ".", cwd=folder)
    wall, after = time.perf_counter() - start, os.times()
    took = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"{took:.2f} s of a processor, {wall:.2f} s on the clock of a machine that runs other tests too")
    assert done.returncode == 0 and b"201 documents: 0 stale" in done.stderr
    assert took < 2, f"{took:.2f} s"
