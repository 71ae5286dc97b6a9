"""Receipt rules: what happens to mail that arrives."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.architecture import Architecture, Node
from archkit.kind import Kind, Push, Refusal, prop
from archkit.scope import Link, Scope

__all__ = ["ReceiptRule"]


class Act(Push):
    """Hands mail on, in the order of the edges: stores it, tells of it, calls a function."""

    service: ClassVar[str] = "ses.amazonaws.com"
    doors: ClassVar[frozenset[str]] = frozenset({"s3", "sns", "lambda"})

    prefix: str | None = prop(None, "Beginning of the objects' names in a bucket.")
    wait: bool = prop(False, "Wait for the function's answer, which may stop the rules that follow.")

    def apply(self, link: Link) -> None:
        target, rule = link.other, link.owner
        protocol = target.kind.admits.protocol
        opened = target.admit(self.service, rule.attribute("arn"), link.because, account=True, via=rule.id)
        rule.main.depends.add(str(getattr(opened, "id", opened)))  # SES tries each action before it takes the rule
        action: dict[str, Any]
        if protocol == "s3":
            action = {"S3Action": {"BucketName": target.attribute("name"), "ObjectKeyPrefix": self.prefix}}
        elif protocol == "sns":
            action = {"SNSAction": {"TopicArn": target.attribute("arn"), "Encoding": "UTF-8"}}
        else:
            invocation = "RequestResponse" if self.wait else "Event"
            action = {"LambdaAction": {"FunctionArn": target.attribute("arn"), "InvocationType": invocation}}
        name, values = next(iter(action.items()))
        rule.main.append("Rule.Actions", {name: {key: value for key, value in values.items() if value is not None}})


class ReceiptRule(Kind, name="ses.receipt_rule", service="Amazon SES",
                  icon="aws/engagement/simple-email-service-ses-email",
                  types=("AWS::SES::ReceiptRule", "AWS::SES::ReceiptRuleSet")):  # fmt: skip
    """Receipt rule: mail for its recipients is handed on to the targets of its edges.

    Rules work only in the account's active rule set, which CloudFormation cannot choose: `rule_set` names one that is
    active, else a set is made that has to be activated once.
    """

    recipients: list[str] = prop([], "Addresses or domains (default: all verified ones).")
    rule_set: str | None = prop(None, "An existing rule set.", shape=True)
    tls: bool = prop(True, "Take mail over TLS only.", shape=True)
    scan: bool = prop(True, "Scan for spam and viruses.")
    enabled: bool = prop(True, "Whether the rule works.")

    named = ("Name", 64)
    attributes = {"name": "${@}"}
    joins = (Act,)
    taggable = False
    example = "{recipients: [help@example.com], rule_set: default}"

    def attribute(self, name: str) -> str | None:
        """The ARN is what SES says when it calls."""
        if name != "arn":
            return super().attribute(name)
        stem = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:receipt-rule-set/"
        return f"{stem}{self.rule_set or '${+Set}'}:receipt-rule/${{@}}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if len([effect for _, effect in world.effects("trigger") if effect.owner == node.id]) > 10:
            return [Refusal("a receipt rule has at most 10 actions", "make a second rule", "too-many-targets")]
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import ses

        made = None if self.rule_set else scope.make(ses.ReceiptRuleSet, "Set")
        if made is not None:
            scope.note("activate-rule-set", f"the rule set of '{scope.node.id}' works once it is activated",
                       "aws ses set-active-receipt-rule-set --rule-set-name NAME")  # fmt: skip
        rule = {
            "Name": scope.physical(64), "Enabled": self.enabled, "ScanEnabled": self.scan, "Actions": [],
            "TlsPolicy": "Require" if self.tls else "Optional", "Recipients": list(self.recipients) or None,
        }  # fmt: skip
        scope.make("AWS::SES::ReceiptRule", RuleSetName=self.rule_set or (made.ref if made else None), Rule=rule)
