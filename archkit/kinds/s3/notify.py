"""Notifications: what happens to objects is told to a function, a queue or a topic.

See https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, ClassVar

from archkit.architecture import Architecture, Edge, Ends
from archkit.diagnostics import listing
from archkit.kind import Expr, Push, Refusal, prop
from archkit.scope import Link

__all__ = ["Notify"]

EVENTS: dict[str, tuple[str, ...]] = {
    "created": ("s3:ObjectCreated", "Put", "Post", "Copy", "CompleteMultipartUpload"),
    "removed": ("s3:ObjectRemoved", "Delete", "DeleteMarkerCreated"),
    "restored": ("s3:ObjectRestore", "Post", "Completed", "Delete"),
    "expired": ("s3:LifecycleExpiration", "Delete", "DeleteMarkerCreated"),
    "transitioned": ("s3:LifecycleTransition",),
    "tiered": ("s3:IntelligentTiering",),
    "tagged": ("s3:ObjectTagging", "Put", "Delete"),
    "acl": ("s3:ObjectAcl", "Put"),
    "replicated": ("s3:Replication", "OperationFailedReplication", "OperationMissedThreshold",
                   "OperationReplicatedAfterThreshold", "OperationNotTracked"),
    "lost": ("s3:ReducedRedundancyLostObject",),
}  # fmt: skip
"""Our words, the family of event types that each stands for, and the types in it."""

CREATED = "s3:ObjectCreated:"

CONFIGURATIONS = {
    "lambda": ("LambdaConfigurations", "Function"),
    "sqs": ("QueueConfigurations", "Queue"),
    "sns": ("TopicConfigurations", "Topic"),
}


def event_type(word: str) -> str:
    """Return the event type of a word, which may be one itself.

    >>> event_type("created"), event_type("acl"), event_type("tiered"), event_type("s3:ObjectCreated:Put")
    ('s3:ObjectCreated:*', 's3:ObjectAcl:Put', 's3:IntelligentTiering', 's3:ObjectCreated:Put')
    """
    if word not in EVENTS:
        return word
    family, *types = EVENTS[word]
    return f"{family}:*" if len(types) > 1 else ":".join((family, *types))


@cache
def known_types() -> frozenset[str]:
    """Return every event type that S3 has, with and without a star."""
    single = (f"{family}:{type}" for family, *types in EVENTS.values() for type in types)
    return frozenset({*map(event_type, EVENTS), *single})


class Notify(Push):
    """An event notification: what happens to objects, whose keys may be narrowed, is delivered to the other end."""

    service: ClassVar[str] = "s3.amazonaws.com"
    doors: ClassVar[frozenset[str]] = frozenset(CONFIGURATIONS)
    identity: ClassVar[tuple[str, ...]] = ("events", "prefix", "suffix")

    events: list[str] = prop(["created"], f"What is told: {', '.join(EVENTS)}, or types such as s3:ObjectCreated:Put.",
                             shape=True)  # fmt: skip
    prefix: str | None = prop(None, "Only objects whose key begins so.")
    suffix: str | None = prop(None, "Only objects whose key ends so.")

    @classmethod
    def short_form(cls, text: str) -> Mapping[str, str] | None:
        words = [word.strip() for word in text.split(",")]
        return {"events": text} if all(word in EVENTS or word in known_types() for word in words) else None

    @property
    def types(self) -> list[str]:
        """The event types, each once."""
        words = [word.strip() for text in self.events for word in text.split(",")]
        return list(dict.fromkeys(event_type(word) for word in words))

    def text(self) -> str | None:
        """`photos/*.jpg` where the keys are narrowed."""
        ends = (self.prefix or "", self.suffix or "")
        return "*".join(ends) if any(ends) and not any(isinstance(end, Expr) for end in ends) else None

    def refuse(self, ends: Ends) -> Refusal | None:
        wrong = next((name for name in self.types if name not in known_types()), None)
        if wrong is not None:
            return Refusal(f"S3 has no event '{wrong}'", f"events: {listing(EVENTS)}, or a type such as {CREATED}Put",
                           "bad-value", "events")  # fmt: skip
        if getattr(ends.other.kind, "fifo", False):
            return Refusal(
                f"S3 cannot notify '{ends.other.id}': it is FIFO", "a standard queue or topic between the two"
            )
        if ends.owner.place != ends.other.place:
            return Refusal("S3 notifies only within its own account and Region",
                           "a rule on 'Object Created' can forward events elsewhere")  # fmt: skip
        return self._overlap(ends) or self._loop(ends)

    def _overlap(self, ends: Ends) -> Refusal | None:
        """S3 refuses two notifications that one event could match both."""
        for edge, other in _notifications(ends.owner.id, ends.architecture):
            if edge.id == ends.edge.id:
                break
            if self.meets(other):
                return Refusal(f"'{ends.edge.source} -> {ends.edge.target}' would be told of the same objects as "
                               f"'{edge.source} -> {edge.target}' on line {edge.span.line}, which S3 does not allow",
                               "narrow both with 'prefix' or 'suffix', or put a topic or a rule in front of the two",
                               "overlapping-filters")  # fmt: skip
        twice = next((t for t in self.types for u in self.types if t != u and _same(t, u)), None)
        return Refusal(f"'{twice}' is told twice", None, "overlapping-filters", "events") if twice else None

    def meets(self, other: Notify) -> bool:
        """Whether an event can match both. A text that is only known at deployment is taken to differ."""
        pairs = ((self.prefix or "", other.prefix or ""), (self.suffix or "", other.suffix or ""))
        if any(isinstance(text, Expr) for pair in pairs for text in pair):
            return False
        (mine, his), (end, other_end) = pairs
        keys = (mine.startswith(his) or his.startswith(mine)) and (end.endswith(other_end) or other_end.endswith(end))
        return keys and any(_same(t, u) for t in self.types for u in other.types)

    def _loop(self, ends: Ends) -> Refusal | None:
        """What is created by code that runs because something was created runs it again, for ever and at a price.

        A prefix or suffix is the author's word that what the code writes is told apart; then nothing is refused.
        """
        if self.prefix or self.suffix or not any(name.startswith(CREATED) for name in self.types):
            return None
        reached = _reached(ends.other.id, ends.architecture)
        for edge in ends.architecture.edges:
            writes = any(e.grant and {"s3:PutObject", "s3:CopyObject"} & set(e.grant.actions) for e in edge.effects)
            if edge.target == ends.owner.id and edge.source in reached and writes:
                return Refusal(f"'{edge.source}' writes to '{ends.owner.id}', which triggers it: it would run for ever",
                               "narrow the trigger with 'prefix' or 'suffix', or write to another bucket",
                               "endless-loop")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        bucket, target = link.owner, link.other
        listed, named = CONFIGURATIONS[target.kind.admits.protocol]
        slug = "".join(part.capitalize() for part in "".join(c if c.isalnum() else " " for c in link.edge.slug).split())
        waits = target.admit(self.service, bucket.attribute("arn"), link.because, account=True, via=bucket.id + slug)
        rules = [
            {"Name": name, "Value": value}
            for name, value in (("prefix", self.prefix), ("suffix", self.suffix))
            if value
        ]
        for name in self.types:
            entry: dict[str, Any] = {"Event": name, named: target.fill(target.kind.admits.endpoint)}
            if rules:
                entry["Filter"] = {"S3Key": {"Rules": rules}}
            bucket.main.append(f"NotificationConfiguration.{listed}", entry)
        bucket.main.depends.add(str(getattr(waits, "id", waits)))


def _same(one: str, other: str) -> bool:
    """Whether one event type holds the other: s3:ObjectCreated:* holds s3:ObjectCreated:Put."""
    stem, rest = one.removesuffix("*"), other.removesuffix("*")
    return (
        one == other or (one.endswith("*") and rest.startswith(stem)) or (other.endswith("*") and stem.startswith(rest))
    )


def _notifications(bucket: str, world: Architecture) -> Iterator[tuple[Edge, Notify]]:
    for edge, effect in world.effects("trigger"):
        if edge.source == bucket and isinstance(effect.join, Notify):
            yield edge, effect.join


def _reached(start: str, world: Architecture) -> set[str]:
    """Return the nodes that a delivery sets going, one through the other: topic, queue, function."""
    found, left = {start}, [start]
    while left:
        here = left.pop()
        for edge, _ in world.effects("trigger"):
            if edge.source == here and edge.target not in found:
                found.add(edge.target)
                left.append(edge.target)
    return found
