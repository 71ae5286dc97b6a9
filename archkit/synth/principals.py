"""Roles while a stack is put together: made on first use, shared where said so, unchanged where they exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from archkit.architecture import Place
from archkit.edges import grants
from archkit.kind import Grant
from archkit.scope import Resource, Statement
from archkit.synth.assembly import Assembly, Role, Unchangeable
from archkit.values import Ref

__all__ = ["Outside", "RoleHolder", "services", "trust"]


class RoleHolder:
    """A role and its policy, shared by nodes and by edges that need a role of their own."""

    def __init__(
        self, assembly: Assembly, id: str, owner: str, place: Place, service: str | None, because: str
    ) -> None:
        self.assembly = assembly
        self._role_id = id
        self._owner = owner
        self._place = place
        self._service = service
        self._because = because

    @property
    def place(self) -> Place:
        """The account and the Region where it acts."""
        return self._place

    def role(self, service: str | None = None) -> Any:
        found = self._record(service)
        return found.resource if found.resource is not None else found.external

    def _record(self, service: str | None = None) -> Role:
        found = self.assembly.roles.get(self._role_id)
        if found is None:
            resource = Resource(self._role_id, "AWS::IAM::Role", {}, self._owner, self._because, self._place)
            resource.set("AssumeRolePolicyDocument", trust(service or self._service or ""))
            found = Role(self._role_id, self._owner, self._place, self.assembly.add(resource))
            self.assembly.roles[self._role_id] = found
        return found

    def allow(self, *actions: str, on: Any, because: str | None = None, condition: Mapping[str, Any] | None = None,
              sid: str | None = None, effect: str = "Allow") -> None:  # fmt: skip
        resources = tuple(on) if isinstance(on, list | tuple) else (on,)
        statement = Statement(actions, resources, because or self._because, sid, condition=condition, effect=effect)
        record = self._record()
        if record.resource is None:
            self._elsewhere(record, statement)
            return
        known = record.statements
        scope = (resources, condition, effect, sid)
        same = next((s for s in known if (s.resources, s.condition, s.effect, s.sid) == scope), None)
        if same is None:
            known.append(statement)
        else:
            same.actions = (*same.actions, *(action for action in actions if action not in same.actions))
            if statement.because not in same.because.split(", "):
                same.because = f"{same.because}, {statement.because}"

    def grant(self, to: Any, grant: Grant | str, because: str | None = None, only: Iterable[str] = ()) -> None:
        grants.give(self, to, grant, because or self._because, only)

    def after_rights(self) -> Iterable[Any]:
        return [f"{self._role_id}Policy"]

    def _elsewhere(self, record: Role, statement: Statement) -> None:
        """An existing role is never changed: what an edge asks of it is an error, what its user needs anyhow a note."""
        if statement.because != self._owner:
            raise Unchangeable(record.owner, f"the right to {', '.join(statement.actions)}")
        self.assembly.report.note(
            "role-needs",
            f"the existing role '{record.owner}' must allow {', '.join(statement.actions)} for '{self._owner}'",
            self.assembly.world[self._owner].span,
        )


def trust(service: str) -> dict[str, Any]:
    """Return the trust policy that lets one service assume a role."""
    action = ["sts:AssumeRole", "sts:TagSession"] if service in TAGGING else "sts:AssumeRole"
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": service}, "Action": action}
    if service in DEPUTY:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")}}
    return {"Version": "2012-10-17", "Statement": [statement]}


DEPUTY = frozenset({"scheduler.amazonaws.com", "pipes.amazonaws.com", "states.amazonaws.com", "bedrock.amazonaws.com",
                    "events.amazonaws.com"})  # fmt: skip
"""Services that set aws:SourceAccount when they assume a role, so that no other account can make them act for it
(https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html)."""


TAGGING = frozenset({"pods.eks.amazonaws.com"})
"""Services that tag the sessions of a role (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html)."""


class Outside:
    """A role that exists already, where its resource would stand."""

    def __init__(self, scope: Any) -> None:
        self.scope = scope
        self.id = scope.id

    @property
    def ref(self) -> Any:
        """The role's name."""
        return self.scope.attribute("name")

    def att(self, attribute: str) -> Any:
        """The role's ARN."""
        return self.scope.attribute(attribute.lower())


def services(statement: dict[str, Any]) -> list[Any]:
    """Return the services that a statement of a trust policy names."""
    principal = statement.get("Principal")
    found = principal.get("Service", []) if isinstance(principal, dict) else []
    return found if isinstance(found, list) else [found]
