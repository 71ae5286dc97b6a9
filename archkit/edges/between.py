"""A pipe between what is polled and what cannot poll: `table -> bus`, `queue -> workflow`.

AWS joins such a pair by an EventBridge pipe with a role of its own
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes.html).
"""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.architecture import Ends
from archkit.kind import Join, Kind, Record, Refusal
from archkit.scope import Link, Principal
from archkit.shared.piping import (
    PROTOCOLS,
    SERVICE,
    Called,
    Delivered,
    Piped,
    ask,
    desired,
    express,
    read,
    standard,
    use_key,
)

__all__ = ["Between", "Outward"]


class _Pipe(Piped, Join):
    """Reads a stream or queue and hands each batch on, filtered, enriched and reshaped, without code."""

    word: ClassVar[str] = "pipe"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "event"
    protocols: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        polls = any(join.word == "trigger" and join.fits(other, owner) for join in other.joins if join.arrow == "in")
        goes = other.admits is not None and other.admits.protocol in cls.protocols
        return owner.emits is not None and goes and not polls

    @classmethod
    def partner(cls, owner: type[Kind], other: type[Kind]) -> type[Record] | None:
        return owner.emits

    def refuse(self, ends: Ends) -> Refusal | None:
        return self.unfit(ends) or standard(ends) or express(ends.architecture.nodes.get(str(self.enrich)), "enrich")

    def unfit(self, ends: Ends) -> Refusal | None:
        """Say what the target needs and is not told."""
        raise NotImplementedError

    def deliver(self, link: Link, role: Principal) -> tuple[Any, dict[str, Any]]:
        """Give the role what delivery needs; return the target's ARN and parameters."""
        raise NotImplementedError

    def apply(self, link: Link) -> None:
        role = link.principal(SERVICE, "Pipe")
        target, parameters = self.deliver(link, role)
        enricher, key = link.option(self.enrich), link.option(self.pipe_key)
        link.make("AWS::Pipes::Pipe", "Pipe", **read(link, role), DesiredState=desired(self.enabled),
                  Enrichment=ask(role, enricher, link.because) if enricher else None,
                  KmsKeyIdentifier=use_key(role, key, link.because) if key else None,
                  Target=target, TargetParameters=parameters or None,
                  RoleArn=role.role().att("Arn"), after=role.after_rights())  # fmt: skip


class Between(Delivered, _Pipe):
    """A pipe to another service."""

    protocols: ClassVar[frozenset[str]] = PROTOCOLS


class Outward(Called, _Pipe):
    """A pipe to an HTTPS endpoint: an API destination."""

    protocols: ClassVar[frozenset[str]] = frozenset({"http"})
