"""Services that are called and have no resource: an edge grants the operations that it names.

A kind of this sort lists its operations; each is a word of an edge and a call of a workflow, and a few words stand for
the operations that are used together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from archkit.kind import Grant, Kind, Operation, prop

__all__ = ["Service"]


class Service(Kind, abstract=True):
    """A service without a resource.

    `prefix` is IAM's, `words` the operations behind each word (the first is meant where an edge says nothing), `calls`
    all operations, `within` the sort of resource that an operation can be limited to, as IAM's ARN has it: everything
    else takes no resource (https://docs.aws.amazon.com/service-authorization/latest/reference/).
    """

    names: dict[str, list[str]] = prop({}, "Names that rights are limited to, by sort of resource.")

    prefix: ClassVar[str]
    words: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    calls: ClassVar[tuple[str, ...]] = ()
    within: ClassVar[Mapping[str, str]] = {}
    taggable = False

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(abstract=abstract, **kwargs)
        if abstract:
            return
        usual = next(iter(cls.words), None)
        cls.grants = {word: cls._grant(names, word == usual) for word, names in cls.words.items()}
        cls.grants |= {name: cls._grant((name,), False) for name in cls.calls}
        first = cls.words.get(usual or "", ())
        cls.operations = {name: Operation(cls.prefix, name, on=("*",), usual=first == (name,)) for name in cls.calls}

    @classmethod
    def _grant(cls, names: Iterable[str], usual: bool) -> Grant:
        return Grant(*(f"{cls.prefix}:{name}" for name in names), on="*", usual=usual, wildcard=cls._reason())

    @classmethod
    def _reason(cls) -> str:
        return f"{cls.service} has no resource that these operations could be limited to"

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """Split a grant by what its operations can be limited to."""
        parts: dict[tuple[str, ...], list[str]] = {}
        for action in grant.actions:
            parts.setdefault(self._on(action.split(":")[1]), []).append(action)
        for on, actions in parts.items():
            yield Grant(*actions, on=on, wildcard=self._reason() if on == ("*",) else None)

    def _on(self, operation: str) -> tuple[str, ...]:
        sort = self.within.get(operation)
        if sort is None:
            return ("*",)
        stem = f"arn:${{AWS::Partition}}:{self.prefix}:${{AWS::Region}}:${{AWS::AccountId}}:{sort}"
        return tuple(f"{stem}/{name}" for name in self.names.get(sort, ["*"]))
