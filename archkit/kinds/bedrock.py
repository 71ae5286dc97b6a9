"""Amazon Bedrock: foundation models, which need no resource."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from archkit.architecture import Architecture, Node
from archkit.kind import Grant, Join, Kind, Operation, Permit, Refusal, prop
from archkit.scope import Link, Statement
from archkit.values import Sub, account

SERVICE = "bedrock.amazonaws.com"
HERE = "arn:${AWS::Partition}:bedrock:${AWS::Region}"
GEOGRAPHY = re.compile(r"(?:us|us-gov|eu|apac|jp|au|ca|global)\.(.+)")
GROUP = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
LOGS = "AWSLogs/${AWS::AccountId}/BedrockModelInvocationLogs/*"


class ActionGroup(Join):
    """An agent of the account calls the function: an action group."""

    word: ClassVar[str] = "trigger"
    usual: ClassVar[bool] = True

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and isinstance(other.admits.by, Permit)

    def apply(self, link: Link) -> None:
        agents = Sub("arn:${AWS::Partition}:bedrock:${AWS::Region}:${AWS::AccountId}:agent/*")
        link.target.admit(SERVICE, agents, link.because, account=True, via=link.owner.id)

    def text(self) -> str | None:
        return "action group"


class LogTo(Join):
    """Model invocations of the account are logged there.

    The switch itself is a setting of the account that CloudFormation does not know: `aws bedrock
    put-model-invocation-logging-configuration` names the bucket, or the log group with the role.
    """

    word: ClassVar[str] = "log_to"
    style: ClassVar[Any] = "data"

    prefix: str = prop("", "Beginning of the keys in the bucket.", pattern="[A-Za-z0-9!_.*'()/-]*",
                       shape=True)  # fmt: skip

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return "AWS::S3::Bucket" in other.types[:1] or "AWS::Logs::LogGroup" in other.types[:1]

    def apply(self, link: Link) -> None:
        """https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html."""
        other = link.other
        if other.node.kind.types[0] == "AWS::Logs::LogGroup":
            stream = other.fill(f"{GROUP}${{name}}:log-stream:aws/bedrock/modelinvocations")
            link.owner.allow("logs:CreateLogStream", "logs:PutLogEvents", on=stream, because=link.because)
            return
        prefix = f"{self.prefix.strip('/')}/" if self.prefix else ""
        condition = {"StringEquals": {"aws:SourceAccount": account},
                     "ArnLike": {"aws:SourceArn": Sub(HERE + ":${AWS::AccountId}:*")}}  # fmt: skip
        other.policy(Statement(("s3:PutObject",), (other.fill("${arn}/" + prefix + LOGS),), link.because, "BedrockLogs",
                               {"Service": SERVICE}, condition))  # fmt: skip
        other.use_key(SERVICE, None, link.because)


class Model(Kind, icon="aws/ml/bedrock", service="Amazon Bedrock"):
    """Foundation models of Amazon Bedrock: an edge to it is the right to invoke exactly these models.

    Nothing is deployed for it.

    An edge from it to data makes a service role that Bedrock assumes (for knowledge bases and batch inference), whose
    ARN is `${node.role_arn}`.
    """

    models: list[str] = prop([], "Model ids, such as amazon.nova-lite-v1:0, or ARNs of models of your own.", shape=True,
                             pattern=r"[a-z0-9-]+\.[A-Za-z0-9.:_-]+|arn:.+")  # fmt: skip
    profiles: list[str] = prop([], "Inference profiles, such as eu.amazon.nova-lite-v1:0, or their ARNs.", shape=True,
                               pattern=r"[a-z-]+\.[a-z0-9-]+\.[A-Za-z0-9.:_-]+|arn:.+")  # fmt: skip

    principal = SERVICE
    grantee = True
    attributes = {"id": "", "role_arn": "${+Role.Arn}"}
    address = "${id}"
    grants = {
        "invoke": Grant("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", usual=True),
        "count": Grant("bedrock:CountTokens"),
    }
    operations = {
        "InvokeModel": Operation("bedrock", "InvokeModel", {"ModelId": "${id}"}, usual=True),
        "Converse": Operation("bedrock", "Converse", {"ModelId": "${id}"}, ("bedrock:InvokeModel",)),
    }
    joins = (ActionGroup, LogTo)
    taggable = False
    example = "{models: [amazon.nova-lite-v1:0]}"

    def attribute(self, name: str) -> str | None:
        if name == "id":
            return next(iter((*self.profiles, *self.models)), "")
        return super().attribute(name)

    def caption(self) -> str | None:
        return next(iter((*self.profiles, *self.models)), None)

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        used = [
            edge
            for edge, effect in world.effects()
            if edge.target == node.id and (effect.grant or effect.word == "call")
        ]
        if used and not self.models and not self.profiles:
            return [Refusal(f"'{node.id}' names no models, so '{used[0].source}' could invoke none",
                            "models: [amazon.nova-lite-v1:0]", "missing-property")]  # fmt: skip
        wrong = next((one for one in self.models if GEOGRAPHY.fullmatch(one)), None)
        if wrong:
            return [Refusal(f"'{wrong}' is an inference profile", f"profiles: [{wrong}]", "bad-value", "models")]
        return []

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """A profile needs the right to itself, and to its model wherever it may run, through the profile only
        (https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html)."""
        direct = [one if one.startswith("arn:") else f"{HERE}::foundation-model/{one}" for one in self.models]
        arns = [
            one if one.startswith("arn:") else f"{HERE}:${{AWS::AccountId}}:inference-profile/{one}"
            for one in self.profiles
        ]
        if direct or arns:
            yield Grant(*grant.actions, on=(*direct, *arns))
        for profile, arn in zip(self.profiles, arns, strict=True):
            found = GEOGRAPHY.fullmatch(profile.rpartition("/")[2])
            model = found.group(1) if found else "*"
            anywhere: tuple[str, ...] = (f"arn:${{AWS::Partition}}:bedrock:*::foundation-model/{model}",)
            if profile.startswith("global."):
                anywhere += (f"arn:${{AWS::Partition}}:bedrock:::foundation-model/{model}",)
            yield Grant(*grant.actions, on=anywhere, condition={"StringEquals": {"bedrock:InferenceProfileArn": arn}})
