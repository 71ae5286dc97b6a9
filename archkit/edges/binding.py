"""From what an edge says to what it does: words, short forms and options against the meanings of its two ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from archkit import cfn
from archkit.architecture import Edge, Effect, Node
from archkit.diagnostics import Report, Span, did_you_mean, listing
from archkit.edges.meaning import Meaning, meanings, usual
from archkit.kind import Grant, Kind, Record
from archkit.reading import read_record, read_value
from archkit.schema import fields_of
from archkit.source import Mapping, Scalar, Sequence, Tree

__all__ = ["COMMON", "bind"]

COMMON = {"does": str, "label": str, "note": str, "step": int, "id": str, "env": str, "actions": list[str],
          "hidden": bool}  # fmt: skip


@dataclass
class _Said:
    """An edge's body, told apart: words, a short form, options."""

    words: list[Scalar] = field(default_factory=list)
    short: Scalar | None = None
    options: Mapping | None = None
    common: dict[str, Any] = field(default_factory=dict)
    broken: bool = False


def bind(source: Node, target: Node, body: Tree | None, span: Span, both: bool, report: Report) -> Edge | None:
    """Return the edge that `source -> target: body` means, or None with the reasons in `report`."""
    said = _said(body, report)
    available = meanings(type(source.kind), type(target.kind))
    chosen = _choose(said, available, source, target, span, report)
    if chosen is None:
        return None
    bound = _effects(chosen, said, source, target, span, report)
    if bound is None or said.broken:
        return None
    effects, slug = bound
    if actions := said.common.get("actions"):
        effects = _with_actions(effects, tuple(actions), source, target, said, span, report)
    name = said.common.get("id")
    text = f"{source.id}->{target.id}"
    label = said.common.get("label") or next((t for e in effects if e.join and (t := e.join.text())), None)
    return Edge(
        id=name or (f"{text}:{slug}" if slug else text), source=source.id, target=target.id, span=span, effects=effects,
        label=label, note=said.common.get("note"), step=said.common.get("step"), both=both, env=said.common.get("env"),
        style=effects[0].style if effects else "request", slug=name or slug,
        tree=body if isinstance(body, Mapping) else None, hidden=bool(said.common.get("hidden")),
    )  # fmt: skip


def _said(body: Tree | None, report: Report) -> _Said:
    said, before = _Said(), len(report)
    if isinstance(body, Scalar):
        said.short = body
    elif isinstance(body, Sequence):
        said.words = _words(body, report)
    elif isinstance(body, Mapping):
        said.options = body
        does = body.get("does")
        if isinstance(does, Scalar):
            said.short = does
        elif does is not None:
            said.words = _words(does, report)
        for key in COMMON.keys() & set(body.names) - {"does"}:
            tree = body.get(key)
            assert tree is not None
            meta = {"ge": 1, "shape": True} if key == "step" else {"shape": True}
            said.common[key] = read_value(COMMON[key], tree, f"'{key}' of an edge", report, meta)
    said.broken = len(report) > before
    return said


def _words(tree: Tree, report: Report) -> list[Scalar]:
    """Return the words of a list; what is no word is an error."""
    items = tree.items if isinstance(tree, Sequence) else (tree,)
    for item in items:
        if not isinstance(item, Scalar):
            report.error("wrong-type", "what an edge does is a word, or a list of words", item.span,
                         "options stand beside 'does': {does: [read, write], label: ...}")  # fmt: skip
    return [item for item in items if isinstance(item, Scalar)]


def _choose(said: _Said, available: tuple[Meaning, ...], source: Node, target: Node, span: Span,
            report: Report) -> list[Meaning] | None:  # fmt: skip
    words = said.words
    known = {meaning.word: meaning for meaning in available}
    if said.short is not None:
        parts = [part.strip() for part in said.short.text.split(",")]
        if all(part in known or part == "flow" for part in parts):
            words = [Scalar(part, said.short.span) for part in parts]
        else:
            meaning = _by_short_form(said, available)
            if meaning is not None:
                return [meaning]
            _unknown_word(said.short, known, source, target, report)
            return None
    if words:
        chosen = []
        for word in words:
            if word.text != "flow" and word.text not in known:
                _unknown_word(word, known, source, target, report)
                return None
            if word.text != "flow":
                chosen.append(known[word.text])
        return chosen
    if "actions" in said.common:
        return []
    written = said.options.names if said.options else []
    default = next((m for m in available if m.join and m.join.marker in written), None) or usual(available)
    if default is not None:
        return [default]
    if source.kind.actor or target.kind.actor or source.frame or target.frame:
        return []
    _no_meaning(available, source, target, span, report)
    return None


def _by_short_form(said: _Said, available: tuple[Meaning, ...]) -> Meaning | None:
    assert said.short is not None
    default = usual(available)
    for meaning in sorted(available, key=lambda meaning: meaning is not default):
        options = meaning.join.short_form(said.short.text) if meaning.join else None
        if options is not None:
            entries = tuple((Scalar(key, said.short.span), Scalar(value, said.short.span, True))
                            for key, value in options.items())  # fmt: skip
            written = said.options.without("does").entries if said.options else ()
            said.options = Mapping((*written, *entries), said.short.span)
            return meaning
    return None


def _unknown_word(word: Scalar, known: dict[str, Meaning], source: Node, target: Node, report: Report) -> None:
    pair = f"{source.kind.name} -> {target.kind.name}"
    words = [*known, "flow"]
    if any(meaning.word == word.text for meaning in meanings(type(target.kind), type(source.kind))):
        help = f"write it the other way round: {target.id} -> {source.id}: {word.text}"
    else:
        help = did_you_mean(word.text, words) or f"it can do {listing(words)}"
    report.error("unknown-word", f"'{word.text}' means nothing for {pair}", word.span, help)


def _no_meaning(available: tuple[Meaning, ...], source: Node, target: Node, span: Span, report: Report) -> None:
    pair = f"{source.kind.name} -> {target.kind.name}"
    if available:
        words = [meaning.word for meaning in available]
        report.error("say-what", f"'{source.id} -> {target.id}' can mean {listing(words)}; say which", span,
                     f"- {source.id} -> {target.id}: {words[0]}")  # fmt: skip
        return
    back = meanings(type(target.kind), type(source.kind))
    turn = f"; '{target.id} -> {source.id}' would mean {listing(m.word for m in back)}" if back else ""
    report.error("no-meaning", f"nothing is known that {pair} could mean", span,
                 f"'does: flow' draws an arrow and nothing else{turn}")  # fmt: skip


def _effects(chosen: list[Meaning], said: _Said, source: Node, target: Node, span: Span,
             report: Report) -> tuple[tuple[Effect, ...], str] | None:  # fmt: skip
    options = (said.options or Mapping((), span)).without(*COMMON)
    records = [record for meaning in chosen for record in meaning.records]
    if not _all_taken(options, records, chosen, source, target, report):
        return None
    effects, slugs = [], []
    for meaning in chosen:
        made: dict[type[Record], Any] = {}
        for record in meaning.records:
            mine = Mapping(tuple(entry for entry in options if entry[0].text in fields_of(record)), options.span)
            values = read_record(record, mine, f"'{source.id} -> {target.id}'", report)
            if values is None:
                return None
            made[record] = record(**values)
            slugs += _identity(record, values)
        join = made[meaning.join] if meaning.join else None
        partner = made[meaning.partner] if meaning.partner else None
        owner = source.id if meaning.owner == "source" else target.id
        effects.append(Effect(meaning.word, owner, meaning.grant, join, partner))
    return tuple(effects), " ".join(slugs)


def _all_taken(options: Mapping, records: list[type[Record]], chosen: list[Meaning], source: Node, target: Node,
               report: Report) -> bool:  # fmt: skip
    known = [name for record in records for name in fields_of(record)]
    good = True
    for key, _value in options:
        if key.text not in known:
            pair = f"{source.kind.name} -> {target.kind.name}"
            words = ", ".join(meaning.word for meaning in chosen) or "flow"
            every = [*dict.fromkeys(known), *COMMON]
            report.error("unknown-option", f"unknown option '{key.text}' for {pair} ({words})", key.span,
                         did_you_mean(key.text, every) or f"options: {', '.join(every)}")  # fmt: skip
            good = False
    return good


def _identity(record: type[Record], values: dict[str, Any]) -> list[str]:
    names: tuple[str, ...] = getattr(record, "identity", ())
    return [_flat(values[name]) for name in names if values.get(name)]


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key} {_flat(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return " ".join(_flat(item) for item in value)
    return str(value)


def _with_actions(effects: tuple[Effect, ...], actions: tuple[str, ...], source: Node, target: Node, said: _Said,
                  span: Span, report: Report) -> tuple[Effect, ...]:  # fmt: skip
    """Add a grant of the actions that the author lists, on the resources that the target's own grants name."""
    place = said.options.get("actions") if said.options else None
    where = place.span if place is not None else span
    kind: type[Kind] = type(target.kind)
    if not source.kind.grantee or not kind.grants:
        report.error("cannot-grant", f"{source.kind.name} cannot be given rights on {kind.name}", where,
                     "'actions' goes with an edge from what has a role to what grants something")  # fmt: skip
        return effects
    for action in actions:
        if not cfn.is_action(action):
            report.error("bad-action", f"'{action}' is not the name of one IAM action", where,
                         "write the service and the action, such as dynamodb:ConditionCheckItem")  # fmt: skip
            return effects
    first = next((effect.grant for effect in effects if effect.grant), next(iter(kind.grants.values())))
    key = tuple(sorted({action for grant in kind.grants.values() for action in grant.key}))
    grant = Grant(*actions, on=first.on, key=key, wildcard=first.wildcard)
    return (*effects, Effect("actions", source.id, grant))
