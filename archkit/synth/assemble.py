"""Every node built, every edge applied, every node finished: an architecture becomes an assembly of resources."""

from __future__ import annotations

from typing import Any

from archkit import network
from archkit.architecture import Architecture, Edge
from archkit.diagnostics import Report, Span
from archkit.synth.assembly import Assembly, Unchangeable, Unpackable
from archkit.synth.classes import Unfit
from archkit.synth.linking import EdgeLink
from archkit.synth.scoping import NodeScope

__all__ = ["assemble"]


def assemble(world: Architecture, report: Report, local_code: bool = False) -> Assembly:
    """Build every node, apply every edge, then finish every node, in the order of the blueprint."""
    assembly = Assembly(world, report, local_code)
    for node in world.nodes.values():
        assembly.scopes[node.id] = NodeScope(assembly, node)
    live = [scope for id, scope in assembly.scopes.items() if world[id].existing is None]
    for scope in live:
        try:
            scope.build()
            if scope.node.kind.retired is not None:
                report.warn("service-retired", scope.node.kind.retired[1], scope.node.span)
            for service in scope.node.kind.itself_calls():
                network.call_out(scope, service, scope.node.id)
        except Unfit as error:
            _unfit(error, scope.node.span, report)
        except Unpackable as error:
            report.error(
                "cannot-package", f"the code of '{scope.node.id}' cannot be packaged: {error}", scope.node.at("code")
            )
    if report.failed:
        return assembly
    for edge in world.edges:
        for effect in edge.effects:
            try:
                _apply(EdgeLink(assembly, edge, effect), edge, report)
            except Unfit as error:
                _unfit(error, edge.span, report)
    for scope in live:
        try:
            scope.kind.finish(scope)
        except Unfit as error:
            _unfit(error, scope.node.span, report)
    _check_parameters(assembly)
    return assembly


def _unfit(error: Exception, span: Span, report: Report) -> None:
    type, reason = error.args
    report.error(
        "refused-value",
        f"{type} refuses a value: {reason}",
        span,
        "mend the value if it stands here; if archkit made it up, please report it with the blueprint",
    )


def _apply(link: Any, edge: Edge, report: Report) -> None:
    try:
        link.run()
    except Unchangeable as error:
        id, what = error.args
        way = "make that change where it is owned, and write 'does: flow' here to draw the arrow"
        if what.startswith("its '"):
            way = f"existing: {{{what.split(chr(39))[1]}: ...}}"
        report.error(
            "cannot-change", f"'{id}' exists already and is never changed, but this edge needs {what}", edge.span, way
        )


def _check_parameters(assembly: Assembly) -> None:
    for name, parameter in assembly.world.parameters.items():
        if name in assembly.resources:
            owner = assembly.resources[name].owner
            assembly.report.error(
                "id-collision",
                f"the parameter '{name}' has the logical id of a resource of '{owner}'",
                parameter.span,
                "rename the parameter",
            )
