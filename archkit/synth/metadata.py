"""The template's context for its readers, in the blueprint's own words.

`com.aws.cloudformation.Context` holds, for the template, what the system is (`arch`), and for each resource why it is
there; see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-metadata.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archkit.architecture import Architecture, Node, Place
from archkit.scope import Resource

__all__ = ["KEY", "context", "explain_resources"]

KEY = "com.aws.cloudformation.Context"
MINOR = frozenset(
    {
        "AWS::IAM::Policy",
        "AWS::Logs::LogGroup",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
        "AWS::Lambda::Permission",
    }
)
"""Types of which cfn-lint (I4010) expects no word of their own: what they belong to has it."""


def context(world: Architecture, place: Place, resources: Mapping[str, Resource]) -> dict[str, Any]:
    """Return the template's metadata: the system's shape, and the steps of its flow."""
    mine = {resource.owner for resource in resources.values()}
    steps = sorted((edge for edge in world.edges if edge.step is not None), key=lambda edge: edge.step or 0)
    told = [f"{edge.step}. {edge.source} -> {edge.target}{_said(edge.note or edge.label)}" for edge in steps]
    if not told:
        told = [f"{edge.source} -> {edge.target}{_said(edge.label or ', '.join(e.word for e in edge.effects))}"
                for edge in world.edges if not edge.badge and {edge.source, edge.target} & mine]  # fmt: skip
    arch = f"{world.title}. " + "; ".join(told) if told else world.title
    explain_resources(world, resources)
    ignored = {"cfn-lint": {"config": {"ignore_checks": sorted(world.lint_ignore)}}} if world.lint_ignore else {}
    return {KEY: {"arch": arch[:4000]}} | ignored


def _said(text: str | None) -> str:
    return f" ({text})" if text else ""


def explain_resources(world: Architecture, resources: Mapping[str, Resource]) -> None:
    """Give every resource of weight its `why`: the node's note, or what asked for it."""
    for resource in resources.values():
        if resource.type in MINOR:
            continue
        why = _why(resource, world)
        metadata = resource.attributes.setdefault("Metadata", {})
        metadata[KEY] = {"why": why}


def _why(resource: Resource, world: Architecture) -> str:
    node = world.nodes[resource.owner]
    edge = next((edge for edge in world.edges if edge.id == resource.because), None)
    if edge is not None:
        said = edge.note or edge.label or ", ".join(effect.word for effect in edge.effects)
        return f"For the edge {edge.source} -> {edge.target}{_said(said)}."
    root = world.nodes[node.helper_of] if node.helper_of else node
    if root is node and node.note:
        return node.note
    return (
        f"{_sentence(node)} of '{root.title}'."
        if root is not node or resource.type == "AWS::IAM::Role"
        else _purpose(node, world)
    )


def _sentence(node: Node) -> str:
    return (type(node.kind).__doc__ or node.kind.name).strip().split("\n")[0].rstrip(".")


def _purpose(node: Node, world: Architecture) -> str:
    reads = [edge.source for edge in world.edges if edge.target == node.id and not edge.badge]
    writes = [edge.target for edge in world.edges if edge.source == node.id and not edge.badge]
    parts = [f"serves {', '.join(dict.fromkeys(reads))}"] if reads else []
    parts += [f"uses {', '.join(dict.fromkeys(writes))}"] if writes else []
    tail = f": {'; '.join(parts)}" if parts else ""
    return f"{node.title} ({_sentence(node)}){tail}."
