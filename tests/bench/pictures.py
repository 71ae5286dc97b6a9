"""Pictures of any size to be timed: a blueprint, and the script that one would write by hand for `diagrams`."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

__all__ = ["blueprint", "script"]

_KINDS = ("sqs.queue", "sns.topic", "s3.bucket", "{kind: dynamodb.table, key: id}", "events.bus")
_CLASSES = ("SQS", "SNS", "S3", "Dynamodb", "Eventbridge")
_TEAM = 5
_HEAD = """from diagrams import Cluster, Diagram, Edge
from diagrams.aws.database import Dynamodb
from diagrams.aws.integration import SNS, SQS, Eventbridge
from diagrams.aws.storage import S3

with Diagram("Scale", filename="scale", show=False, outformat="svg"):
"""


def blueprint(nodes: int, chaotic: bool = False) -> str:
    """Return a blueprint of teams of five nodes; where `chaotic`, edges join any two of all nodes."""
    lines = ["name: scale", "title: Scale", "nodes:"]
    for number in range(nodes):
        if number % _TEAM == 0:
            lines.append(f"  team{number // _TEAM}:\n    kind: group\n    nodes:")
        lines.append(f"      n{number}: {_KINDS[number % 5]}")
    lines.append("edges:")
    lines += [f"  - n{one} -> n{two}: {{does: flow, label: to {two}}}" for one, two in _edges(nodes, chaotic)]
    return "\n".join(lines) + "\n"


def script(nodes: int) -> str:
    """Return a script for the package diagrams that draws the same nodes, clusters and edges."""
    lines = []
    for number in range(nodes):
        if number % _TEAM == 0:
            lines.append(f'    with Cluster("team{number // _TEAM}"):')
        lines.append(f'        n{number} = {_CLASSES[number % 5]}("n{number}")')
    lines += [f'    n{one} >> Edge(label="to {two}") >> n{two}' for one, two in _edges(nodes, False)]
    return _HEAD + "\n".join(lines) + "\n"


def _edges(nodes: int, chaotic: bool) -> Iterator[tuple[int, int]]:
    """Yield edges: a tree in each team and one between teams, or 11 for each 10 nodes, from anywhere to anywhere."""
    random = Random(nodes)
    if chaotic:
        pairs = (tuple(random.sample(range(nodes), 2)) for _ in range(nodes * 11 // 10))
        yield from dict.fromkeys((one, two) for one, two in pairs)
        return
    for number in range(1, nodes):
        team = number - number % _TEAM
        yield (random.randrange(team, number) if number > team else random.randrange(team)), number
