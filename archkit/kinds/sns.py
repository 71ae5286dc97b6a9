"""Amazon Simple Notification Service."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import (
    Admits,
    Door,
    External,
    Grant,
    Json,
    Kind,
    Metric,
    NodeId,
    Operation,
    Push,
    Refusal,
    prop,
)  # fmt: skip
from archkit.scope import Link, Scope, Statement
from archkit.values import Sub

KEY = ("kms:Decrypt", "kms:GenerateDataKey")


class Subscribe(Push):
    """A subscription: what is published is delivered to the other end."""

    service: ClassVar[str] = "sns.amazonaws.com"
    doors: ClassVar[frozenset[str]] = frozenset({"sqs", "lambda"})
    roles: ClassVar[frozenset[str]] = frozenset({"firehose"})

    filter: Json | None = prop(None, "Filter policy that a message must match.")
    scope: Literal["attributes", "body"] = prop("attributes", "What the filter looks at.")
    raw: bool | None = prop(None, "Deliver the message without its envelope (queues and streams).")
    dead_letter: NodeId | None = prop(None, "Queue for what cannot be delivered.", slot="dead_letter", to="sqs.queue")

    def refuse(self, ends: Ends) -> Refusal | None:
        twins = [edge for edge, effect in ends.architecture.effects(self.word) if isinstance(effect.join, Subscribe)
                 and (edge.source, edge.target) == (ends.edge.source, ends.edge.target)]  # fmt: skip
        if len(twins) > 1 and twins[0].id != ends.edge.id:
            told = f"'{ends.other.id}' is subscribed to '{ends.owner.id}' already: a topic has one subscription for it"
            return Refusal(told, "write one edge, whose filter lists all values", "subscribed-twice")
        if getattr(ends.other.kind, "fifo", False) and not getattr(ends.owner.kind, "fifo", False):
            return Refusal(
                "a standard topic cannot deliver to a FIFO queue", "make the topic FIFO too, or the queue standard"
            )
        fifo = getattr(ends.owner.kind, "fifo", False)
        if fifo and ends.other.kind.admits is not None and ends.other.kind.admits.protocol != "sqs":
            # https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html
            return Refusal(f"a FIFO topic delivers to queues only, not to '{ends.other.id}'", "put a queue between")
        letters = ends.architecture.nodes.get(str(self.dead_letter))
        if letters is not None and letters.existing is None and getattr(letters.kind, "fifo", False) != fifo:
            sort = "FIFO" if fifo else "a standard one"
            return Refusal(f"the dead-letter queue of {'a FIFO' if fifo else 'a standard'} topic is {sort}", None,
                           "bad-value", "dead_letter")  # fmt: skip
        if self.raw and ends.other.kind.admits is not None and ends.other.kind.admits.protocol == "lambda":
            return Refusal("a function always gets the envelope", "leave 'raw' out", "bad-value", "raw")
        return None

    def apply(self, link: Link) -> None:
        from troposphere import sns

        topic, target = link.owner, link.other
        protocol = target.kind.admits.protocol
        role = link.deliver(topic.attribute("arn"))
        if role is not None and "describe" in target.kind.grants:
            # https://docs.aws.amazon.com/sns/latest/dg/prereqs-kinesis-data-firehose.html
            topic.grant(target, "describe", link.because)
        letters = link.option(self.dead_letter)
        if letters is not None:
            letters.admit(self.service, topic.attribute("arn"), link.because)
        link.make(
            sns.SubscriptionResource, "Subscription", TopicArn=topic.attribute("arn"), Protocol=protocol,
            Endpoint=target.attribute("arn"), FilterPolicy=self.filter, RawMessageDelivery=self.raw,
            FilterPolicyScope="MessageBody" if self.filter and self.scope == "body" else None, SubscriptionRoleArn=role,
            RedrivePolicy={"deadLetterTargetArn": letters.attribute("arn")} if letters is not None else None,
            after=topic.after_rights() if role is not None else (),
        )  # fmt: skip


class Topic(Kind, icon="aws/integration/simple-notification-service-sns", service="Amazon SNS",
            types=("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::SNS::Subscription")):  # fmt: skip
    """Topic: what is published to it reaches every subscriber."""

    fifo: bool = prop(False, "First in, first out, to FIFO queues.", shape=True)
    deduplicate: bool = prop(False, "Deduplicate by content (FIFO only).")
    display: str | None = prop(None, "Name shown in mails and text messages.")
    email: list[str] = prop([], "Mail addresses to subscribe; each must confirm.")
    email_json: list[str] = prop([], "Mail addresses that get the whole envelope as JSON.")
    sms: list[str] = prop([], "Phone numbers to subscribe.", pattern=r"\+[0-9]{6,15}")
    https: list[str] = prop([], "HTTPS endpoints to subscribe.", pattern="https://.+")
    push: list[str] = prop([], "ARNs of mobile push endpoints to subscribe.", pattern="arn:.+")
    tracing: bool = prop(False, "X-Ray tracing.")
    key: NodeId | None = prop(
        None,
        "Encryption key (default: the AWS-managed one where every publisher has a role).",
        slot="key",
        to="kms.key",
    )

    attributes = {"arn": "${}", "name": "${.TopicName}"}
    address = "${arn}"
    external = External(("arn",))
    grants = {"publish": Grant("sns:Publish", key=KEY, usual=True), "subscribe": Grant("sns:Subscribe")}
    admits = Admits("sns", "sns:Publish", "publish", Door("AWS::SNS::TopicPolicy", "Topics", "${arn}"))
    joins = (Subscribe,)
    operations = {"Publish": Operation("sns", "Publish", {"TopicArn": "${arn}"}, key=KEY, usual=True)}
    metrics = {
        "failed": Metric("AWS/SNS", "NumberOfNotificationsFailed", {"TopicName": "${name}"}),
        "published": Metric("AWS/SNS", "NumberOfMessagesPublished", {"TopicName": "${name}"}),
    }
    example = "{email: ops@example.com}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.deduplicate and not self.fifo:
            return [Refusal("only a FIFO topic deduplicates by content", "fifo: true", "bad-value", "deduplicate")]
        endpoints = [name for name in ("email", "email_json", "sms", "https", "push") if getattr(self, name)]
        if self.fifo and endpoints:
            return [
                Refusal(
                    f"a FIFO topic delivers to queues only, not to '{endpoints[0]}'", None, "bad-value", endpoints[0]
                )
            ]
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import sns

        topic = scope.make(
            # CloudFormation makes up names, but none that ends as that of a FIFO topic has to
            # (https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/681)
            sns.Topic, TopicName=Sub("${Name}.fifo", {"Name": scope.physical(251)}) if self.fifo else None,
            DisplayName=self.display, FifoTopic=self.fifo or None, KmsMasterKeyId=scope.arn(self.key),
            ContentBasedDeduplication=self.deduplicate or None, TracingConfig="Active" if self.tracing else None,
        )  # fmt: skip
        if self.tracing:  # an account has five such policies, so that no stack can bring its own
            scope.note(
                "xray-policy",
                f"'{scope.node.id}' is traced once X-Ray's policy of the account lets SNS send",
                "once for each account: https://docs.aws.amazon.com/sns/latest/dg/sns-active-tracing.html",
            )
        for protocol, endpoints in (("email", self.email), ("email-json", self.email_json), ("sms", self.sms),
                                    ("https", self.https), ("application", self.push)):  # fmt: skip
            for number, endpoint in enumerate(endpoints, 1):
                name = "".join(word.capitalize() for word in protocol.split("-")) + (
                    str(number) if len(endpoints) > 1 else ""
                )
                scope.make(sns.SubscriptionResource, name, TopicArn=topic.ref, Protocol=protocol, Endpoint=endpoint)
        scope.policy(Statement(("sns:Publish",), (topic.ref,), scope.node.id, "TlsOnly", "*",
                               {"Bool": {"aws:SecureTransport": "false"}}, "Deny"))  # fmt: skip

    def finish(self, scope: Scope) -> None:
        """The AWS-managed key serves roles only: services that publish as themselves cannot use it
        (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html)."""
        statements: list[dict[str, Any]] = scope.policy_document()["Statement"]
        if not self.key and not any(s["Effect"] == "Allow" for s in statements):
            scope.main.set("KmsMasterKeyId", "alias/aws/sns")
