"""Event buses, and the rule that an edge from a bus to a target makes."""

from __future__ import annotations

from typing import Any

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import Admits, External, Grant, Json, Kind, Metric, NodeId, Operation, Refusal, prop
from archkit.kinds.events.targets import HttpTarget, Target, aim, aim_outward
from archkit.scope import Link, Scope, Statement
from archkit.values import Sub, account

KEY = ("kms:GenerateDataKey", "kms:Decrypt")


def _rule(link: Link, pattern: Any) -> Any:
    """Make the rule that a bus and its target are joined by."""
    from troposphere import events

    return link.make(events.Rule, "Rule", EventBusName=link.owner.attribute("name"), EventPattern=pattern,
                     State="ENABLED")  # fmt: skip


class Route(Target):
    """A rule between a bus and its target, made for the edge."""

    pattern: Json | None = prop(None, "Event pattern of what is routed.")

    def refuse(self, ends: Ends) -> Refusal | None:
        return _no_pattern(self.pattern, ends) or super().refuse(ends)

    def apply(self, link: Link) -> None:
        aim(link, _rule(link, self.pattern), link.principal(self.service, "Rule"), self)


class RouteOut(HttpTarget):
    """A rule between a bus and an HTTPS endpoint, made for the edge."""

    pattern: Json | None = prop(None, "Event pattern of what is routed.")

    def refuse(self, ends: Ends) -> Refusal | None:
        return _no_pattern(self.pattern, ends) or super().refuse(ends)

    def apply(self, link: Link) -> None:
        aim_outward(link, _rule(link, self.pattern), link.principal(self.service, "Rule"), self)


def _no_pattern(pattern: Any, ends: Ends) -> Refusal | None:
    if pattern:
        return None
    return Refusal(f"'{ends.owner.id} -> {ends.other.id}' does not say which events",
                   "write 'pattern: {source: [...]}' on the edge, or put a node of kind events.rule between the two",
                   "missing-property")  # fmt: skip


class Bus(Kind, name="events.bus", icon="aws/integration/eventbridge-custom-event-bus-resource",
          service="Amazon EventBridge",
          types=("AWS::Events::EventBus", "AWS::Events::EventBusPolicy", "AWS::Events::Archive", "AWS::Events::Rule",
                 "AWS::IAM::Role")):  # fmt: skip
    """Event bus: what is put on it reaches the targets of every rule that matches.

    `existing: default` stands for the account's default bus, where AWS services put their own events.
    """

    archive: int | None = prop(None, "Days that events are kept for replay; 0 keeps them for ever.", ge=0)
    archive_pattern: Json | None = prop(None, "Event pattern of what is archived (default: everything).")
    partner: str | None = prop(None, "Partner event source whose events arrive here, as aws.partner/example.com/1.",
                               pattern=r"aws\.partner(/[.\-_A-Za-z0-9]+){2,}")  # fmt: skip
    senders: list[str] = prop([], "Ids of other accounts that may put events.", pattern="[0-9]{12}")
    dead_letter: NodeId | None = prop(
        None, "Queue for events that cannot be decrypted.", slot="dead_letter", to="sqs.queue"
    )
    key: NodeId | None = prop(None, "Encryption key.", slot="key", to="kms.key")

    named = ("Name", 256)
    attributes = {"arn": "${.Arn}", "name": "${}"}
    address = "${}"
    external = External(
        ("name",), {"arn": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/${name}"}
    )
    grants = {"publish": Grant("events:PutEvents", usual=True)}
    admits = Admits("events", "events:PutEvents", "publish")
    joins = (Route, RouteOut)
    operations = {"PutEvents": Operation("events", "PutEvents", {"Entries": [{"EventBusName": "${name}"}]}, usual=True)}
    metrics = {"matched": Metric("AWS/Events", "MatchedEvents", {"EventBusName": "${name}"})}
    example = "{archive: 30}"

    def caption(self) -> str | None:
        return self.partner

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.archive_pattern and self.archive is None:
            return [Refusal("nothing is archived", "archive: 30 (days)", "bad-value", "archive_pattern")]
        letters = world.nodes.get(str(self.dead_letter))
        if letters is not None and getattr(letters.kind, "fifo", False):
            return [Refusal("a bus's dead-letter queue is a standard queue", None, "bad-value", "dead_letter")]
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import events

        name = self.partner or scope.physical(256)
        letters = scope.of(self.dead_letter)
        bus = scope.make(
            events.EventBus, Name=name, EventSourceName=self.partner, Description=scope.node.note,
            KmsKeyIdentifier=scope.arn(self.key),
            DeadLetterConfig={"Arn": letters.attribute("arn")} if letters else None,
        )  # fmt: skip
        if letters:
            letters.admit("events.amazonaws.com", self._arn(name), scope.node.id)
        if self.archive is not None:
            scope.make(events.Archive, "Archive", SourceArn=bus.att("Arn"), EventPattern=self.archive_pattern,
                       RetentionDays=self.archive, KmsKeyIdentifier=scope.arn(self.key))  # fmt: skip
        for sender in self.senders:
            root = Sub(f"arn:${{AWS::Partition}}:iam::{sender}:root")
            statement = {"Sid": f"Account{sender}", "Effect": "Allow", "Principal": {"AWS": root},
                         "Action": "events:PutEvents", "Resource": bus.att("Arn")}  # fmt: skip
            scope.make(events.EventBusPolicy, f"From{sender}", EventBusName=bus.ref, StatementId=f"Account{sender}",
                       Statement=statement)  # fmt: skip
        self._let_in(scope, name)

    def _let_in(self, scope: Scope, name: Any) -> None:
        """The key's policy names the service, the account and the bus by its built ARN
        (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-key-policy.html)."""
        key = scope.of(self.key)
        if key is None:
            return
        mine = {"aws:SourceAccount": account, "kms:EncryptionContext:aws:events:event-bus:arn": self._arn(name)}
        service = {"Service": "events.amazonaws.com"}
        key.policy(Statement(("kms:DescribeKey",), ("*",), scope.node.id, principal=service,
                             condition={"StringEquals": {"aws:SourceAccount": account}}))  # fmt: skip
        key.policy(Statement(KEY, ("*",), scope.node.id, principal=service, condition={"StringEquals": mine}))

    def _arn(self, name: Any) -> Sub:
        return Sub("arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/${Bus}", {"Bus": name})
