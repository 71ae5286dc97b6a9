"""Amazon CloudWatch Logs."""

from __future__ import annotations

from typing import Literal

from archkit.kind import Admits, Door, External, Grant, Kind, Metric, NodeId, Operation, prop
from archkit.scope import Scope, Statement
from archkit.values import Sub

Days = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]

KEY = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey",
       "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey")  # fmt: skip


class Group(Kind, icon="aws/management/cloudwatch-logs", service="Amazon CloudWatch Logs",
            types=("AWS::Logs::LogGroup", "AWS::Logs::ResourcePolicy")):  # fmt: skip
    """Log group: the lines that code and services write, kept for a stated time."""

    logs: Days = prop(30, "Days that a line is kept.")
    class_: Literal["standard", "infrequent"] = prop(
        "standard", "Storage class; infrequent access is cheaper and has no filters."
    )
    key: NodeId | None = prop(None, "Encryption key.", slot="key", to="kms.key")
    prefix: str | None = prop(None, "Beginning of the name, where a service demands one, such as aws-waf-logs-.")

    attributes = {"arn": "${.Arn}", "name": "${}"}
    address = "${}"
    external = External(
        ("name",), {"arn": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${name}:*"}
    )
    grants = {
        "write": Grant("logs:CreateLogStream", "logs:PutLogEvents", usual=True),
        "read": Grant("logs:GetLogEvents", "logs:FilterLogEvents"),
        "query": Grant("logs:StartQuery", "logs:GetQueryResults"),
    }
    admits = Admits(
        "logs", "logs:PutLogEvents", "write",
        endpoint="arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${name}",
        by=Door("AWS::Logs::ResourcePolicy", "PolicyName", "${@}", many=False, text=True),
    )  # fmt: skip
    operations = {"PutLogEvents": Operation("logs", "PutLogEvents", {"LogGroupName": "${name}"})}
    metrics = {"lines": Metric("AWS/Logs", "IncomingLogEvents", {"LogGroupName": "${name}"})}
    strict = {"logs": 365}
    example = "{logs: 90}"

    def build(self, scope: Scope) -> None:
        from troposphere import logs

        scope.make(logs.LogGroup, RetentionInDays=self.logs, KmsKeyId=scope.arn(self.key),
                   LogGroupName=_name(self.prefix, scope),
                   LogGroupClass="INFREQUENT_ACCESS" if self.class_ == "infrequent" else None)  # fmt: skip
        key = scope.of(self.key)
        if key is not None and not key.exists:
            arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"
            key.policy(Statement(
                KEY, ("*",), scope.node.id,
                principal={"Service": Sub("logs.${AWS::Region}.amazonaws.com")},
                condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": Sub(arn)}},
            ))  # fmt: skip


def _name(prefix: str | None, scope: Scope) -> Sub | None:
    """A name under the prefix, told apart by stack and node."""
    return Sub(f"{prefix}${{AWS::StackName}}/{scope.node.id}") if prefix else None
