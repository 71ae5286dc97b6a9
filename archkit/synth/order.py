"""The order of resources: `DependsOn` that nothing else says, and cycles through an environment variable broken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from archkit.architecture import Architecture
from archkit.diagnostics import Report, listing
from archkit.scope import Resource

__all__ = ["break_cycles", "prune_depends", "references"]


def references(value: Any) -> set[str]:
    """Return the logical ids and parameters that rendered template data refers to."""
    found: set[str] = set()
    if isinstance(value, dict):
        if isinstance(name := value.get("Ref"), str):
            found.add(name)
        elif (target := value.get("Fn::GetAtt")) is not None:
            found.add(target[0] if isinstance(target, list) else target.split(".")[0])
        elif (text := value.get("Fn::Sub")) is not None:
            whole = text if isinstance(text, str) else text[0]
            own = set() if isinstance(text, str) else set(text[1])
            names = {name.split(".")[0] for name in re.findall(r"\$\{([^!}][^}]*)\}", whole)}
            found |= names - own
            if not isinstance(text, str):
                found |= references(text[1])
        else:
            for item in value.values():
                found |= references(item)
    elif isinstance(value, list):
        for item in value:
            found |= references(item)
    return found


def prune_depends(resources: Mapping[str, Resource]) -> None:
    """Leave out what waits for nothing: an absent resource, or one that a reference orders already (cfn-lint W3005)."""
    for resource in resources.values():
        known = references(resource.properties)
        resource.depends = {id for id in resource.depends if id in resources and id not in known and id != resource.id}


def break_cycles(resources: dict[str, Resource], world: Architecture, report: Report) -> None:
    """Leave out the environment variables without which there is no cycle, each with a note; split what waits.

    An address in an environment variable is a convenience; the arrow and the right stay. Where something waits for the
    rights of a role, those on what in turn needs it go into a policy that nothing waits for. Cycles that remain are
    archkit's own fault and are reported as such.
    """
    while cycle := _cycle(resources):
        soft = [
            (resources[id], path)
            for id in cycle
            for path in sorted(resources[id].soft)
            if references(resources[id].get(path)) & set(cycle)
        ]
        if not soft and _postponed(cycle, resources):
            continue
        if not soft:
            _report_cycle(cycle, resources, world, report)
            return
        resource, path = soft[0]
        resource.soft.discard(path)
        head, _, name = path.rpartition(".")
        del resource.get(head)[name]
        if not resource.get(head):
            resource.properties.pop(head.split(".")[0])
        owner = world.nodes[resource.owner]
        report.note("variable-left-out", f"'{resource.owner}' gets no environment variable {name}: it would be a cycle",
                    owner.span, "look the address up when the code runs, for instance in an SSM parameter")  # fmt: skip


def _postponed(cycle: list[str], resources: dict[str, Resource]) -> bool:
    """Move the statements of a policy that refer to the rest of a cycle into one that comes later; False if none can.

    What waits for the policy cannot need them: what they refer to is made only after it.
    """
    for id in cycle:
        policy = resources[id]
        document = policy.properties.get("PolicyDocument", {}) if policy.type.startswith("AWS::IAM::") else {}
        every = document.get("Statement", [])
        moved = [statement for statement in every if references(statement) & set(cycle)]
        if not moved or len(moved) == len(every):
            continue
        document["Statement"] = [statement for statement in every if statement not in moved]
        later = f"{id}Later"
        if later not in resources:
            kept = {name: value for name, value in policy.properties.items() if name != "PolicyDocument"}
            named = {"PolicyName": later} if "PolicyName" in kept else {}
            properties = {**kept, **named, "PolicyDocument": {**document, "Statement": []}}
            resources[later] = Resource(later, policy.type, properties, policy.owner, policy.because, policy.place)
        resources[later].properties["PolicyDocument"]["Statement"] += moved
        return True
    return False


def _report_cycle(cycle: list[str], resources: Mapping[str, Resource], world: Architecture, report: Report) -> None:
    """Put a cycle on the last of the edges that make it: one of them has to go."""
    owners = {resources[id].owner for id in cycle}
    edges = [edge for edge in world.edges if not edge.badge and {edge.source, edge.target} <= owners]
    span = edges[-1].span if edges else world.nodes[resources[cycle[0]].owner].span
    names = listing((f"{edge.source} -> {edge.target}" for edge in edges), "and")
    way = f"leave out one of {names}; " if len(edges) > 1 else f"leave out {names}; " if edges else ""
    report.error("cycle", f"resources would need one another: {' -> '.join(cycle)}", span,
                 f"{way}where that makes no sense, please report it with the blueprint")  # fmt: skip


def _cycle(resources: Mapping[str, Resource]) -> list[str]:
    """Return the ids of one cycle, or nothing."""
    edges = {id: sorted((references(r.properties) | r.depends) & resources.keys()) for id, r in resources.items()}
    state: dict[str, int] = {}
    for start in edges:
        if start in state:
            continue
        path, stack = [start], [iter(edges[start])]
        state[start] = 1
        while stack:
            following = next(stack[-1], None)
            if following is None:
                state[path.pop()] = 2
                stack.pop()
            elif state.get(following) == 1:
                return path[path.index(following) :]
            elif following not in state:
                state[following] = 1
                path.append(following)
                stack.append(iter(edges[following]))
    return []
