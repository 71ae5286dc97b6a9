"""What a state does to a node: the rights of exactly that call, and of waiting for its job."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.kind import Grant, Join, Kind, prop
from archkit.kinds.stepfunctions.integrations import JOBS, Job
from archkit.scope import Link
from archkit.shared.calls import operation, service_of
from archkit.shared.outward import Endpoint, connection
from archkit.values import Sub

__all__ = ["Do", "Request"]

RULE = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/"


class Do(Join):
    """A state calls the node: `do: node`, `do: node.Operation`."""

    word: ClassVar[str] = "call"
    style: ClassVar[Any] = "request"

    operation: str | None = prop(None, "API call, such as UpdateItem (default: the usual one).", shape=True)
    wait: Literal["token", "job"] | None = prop(None, "Go on when a token comes back, or when the job has ended.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return service_of(other) is not None or Request.fits(owner, other)

    def apply(self, link: Link) -> None:
        made = operation(type(link.other.node.kind), self.operation)
        if made is None:
            return  # said already, on the line of the state
        link.owner.grant(link.other, made.grant, link.because)
        job = JOBS.get((made.service, made.api)) if self.wait == "job" else None
        if job is not None:
            self._follow(job, made.grant, link)

    def _follow(self, job: Job, grant: Grant, link: Link) -> None:
        for name, action in job.grants:
            link.owner.grant(link.other, name, link.because, only=(action,))
        if job.here:
            link.owner.grant(link.other, Grant(*job.here, on=grant.on), link.because)
        if job.anywhere:
            link.owner.allow(*job.anywhere, on="*", because=link.because, sid="JobsHaveNoArnYet")
        if job.runs:
            link.owner.allow(job.runs[0], on=Sub(job.runs[1]), because=link.because)
        if job.rule:
            link.owner.allow("events:PutTargets", "events:PutRule", "events:DescribeRule", on=Sub(RULE + job.rule),
                             because=link.because)  # fmt: skip


class Request(Endpoint, Join):
    """A state calls an HTTPS endpoint, with the credentials of a connection."""

    word: ClassVar[str] = "request"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "request"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "http"

    def apply(self, link: Link) -> None:
        """Write the rights that AWS documents for HTTP tasks
        (https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html)."""
        flow = link.owner
        made = flow.get(f"{link.other.id}Connection") or connection(self, link.option(self.secret), link.make)
        only = {"StringEquals": {"states:HTTPMethod": self.method}, "StringLike": {"states:HTTPEndpoint": self.url}}
        flow.allow("states:InvokeHTTPEndpoint", on=flow.attribute("arn"), because=link.because, condition=only)
        flow.allow("events:RetrieveConnectionCredentials", on=made.att("Arn"), because=link.because)
        flow.allow("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", on=made.att("SecretArn"),
                   because=link.because)  # fmt: skip
