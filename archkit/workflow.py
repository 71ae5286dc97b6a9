"""A workflow as a picture needs it: steps and the ways between them; a kind that is a workflow describes itself so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["Flow", "Step", "StepKind", "Way"]

StepKind = Literal["task", "choice", "parallel", "map", "wait", "pass", "succeed", "fail"]


@dataclass(frozen=True)
class Way:
    """Where a step goes on: `when` is the condition, or the errors that lead there where `error` is set."""

    target: str
    when: str | None = None
    error: bool = False


@dataclass(frozen=True)
class Step:
    """One step. `ends` says that the whole flow may end with it, `inner` are the flows that run inside of it.

    `icon` is that of the node behind a task, `captions` are lines under the name, `retries` says what is tried again.
    """

    name: str
    kind: StepKind
    ways: tuple[Way, ...] = ()
    ends: bool = False
    icon: str | None = None
    captions: tuple[str, ...] = ()
    retries: str | None = None
    note: str | None = None
    inner: tuple[Flow, ...] = ()


@dataclass(frozen=True)
class Flow:
    """Steps beside one another, the first one first."""

    steps: tuple[Step, ...]

    def walk(self) -> Iterator[Step]:
        """Yield every step, those inside others included."""
        for step in self.steps:
            yield step
            for flow in step.inner:
                yield from flow.walk()
