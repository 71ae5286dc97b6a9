"""An assembly becomes stacks, one for each account and Region, in the order in which they deploy."""

from __future__ import annotations

from functools import partial
from typing import Any

from archkit.architecture import Architecture, Place
from archkit.diagnostics import Report
from archkit.synth.assembly import Assembly
from archkit.synth.crossing import Crossing, Stack
from archkit.synth.dress import dress
from archkit.synth.metadata import context
from archkit.synth.order import break_cycles, prune_depends

__all__ = ["Stack", "stacks_of"]


def stacks_of(assembly: Assembly, report: Report) -> list[Stack]:
    """Return the stacks in the order in which they deploy. A cycle between stacks is an error in `report`."""
    world = assembly.world
    home: Place = (world.account, world.region)
    order = {id: number for number, id in enumerate(world.nodes)}
    stacks: dict[Place, Stack] = {}
    for resource in sorted(assembly.resources.values(), key=lambda r: order.get(r.owner, len(order))):
        if resource.place not in stacks:
            stacks[resource.place] = Stack(_name(world, resource.place, home), resource.place)
        stacks[resource.place].resources[resource.id] = resource
    if not stacks:
        return []
    names = Crossing(assembly, stacks)
    for stack in stacks.values():
        for resource in stack.resources.values():
            resource.properties = names.render(resource.properties, stack)
            dress(resource, assembly, partial(names.render, stack=stack))
        stack.statements = [(role.id, s) for role in assembly.roles.values() if role.place == stack.place
                            for s in role.statements]  # fmt: skip
        for _, statement in stack.statements:
            statement.resources = tuple(names.render(item, stack) for item in statement.resources)
            statement.condition = names.render(dict(statement.condition), stack) if statement.condition else None
    main = stacks.get(home) or next(iter(stacks.values()))
    for output in world.outputs.values():
        names.output(output, stacks, main)
    for stack in stacks.values():
        break_cycles(stack.resources, world, report)
        prune_depends(stack.resources)
        for resource in stack.resources.values():
            if resource.written is not None:
                resource.written(resource.properties)
        stack.template = _template(stack, world, assembly.transforms.get(stack.place, []))
    return _ordered(list(stacks.values()), world, report)


def _name(world: Architecture, place: Place, home: Place) -> str:
    if place == home:
        return world.name
    account, region = place
    parts = [account if account != home[0] else "", region if region != home[1] else ""]
    return "-".join([world.name, *(part for part in parts if part)])


def _template(stack: Stack, world: Architecture, transforms: list[str]) -> dict[str, Any]:
    metadata = context(world, stack.place, stack.resources)
    resources = {}
    for resource in stack.resources.values():
        form: dict[str, Any] = {"Type": resource.type}
        if resource.depends:
            form["DependsOn"] = sorted(resource.depends)
        form |= {name: resource.attributes[name] for name in sorted(resource.attributes)}
        if resource.properties:
            form["Properties"] = resource.properties
        resources[resource.id] = form
    parts = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": sorted(set(transforms)),
        "Description": (world.description or world.title)[:1024],
        "Metadata": metadata,
        "Parameters": dict(sorted(stack.parameters.items())),
        "Resources": resources,
        "Outputs": stack.outputs,
    }
    return {key: value for key, value in parts.items() if value}


def _ordered(stacks: list[Stack], world: Architecture, report: Report) -> list[Stack]:
    """Return the stacks so that each comes after those whose outputs it takes."""
    left, out = {stack.name: stack for stack in stacks}, []
    while left:
        ready = [stack for stack in left.values() if not any(name in left for name, _ in stack.wires)]
        if not ready:
            names = ", ".join(sorted(left))
            wires = "; ".join(f"{s.name} needs {wire} of {name}" for s in left.values() for name, wire in s.wires)
            first = next(iter(world.nodes.values()))
            report.error("stack-cycle", f"the stacks {names} need one another: {wires}", first.span,
                         "move one node to the other's Region, or leave an address out with 'env: none'")  # fmt: skip
            return stacks
        for stack in ready:
            out.append(left.pop(stack.name))
    return out
