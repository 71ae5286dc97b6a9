"""Random architectures from a seed: nested groups, cycles, loops, parallel edges, labels of all lengths."""

from __future__ import annotations

from random import Random

from archkit.architecture import Architecture
from tests.diagram.building import FRAMES, ICONS, ZONED, build

__all__ = ["random_architecture", "random_network"]

_GROUPS = [word for word in FRAMES if word not in (*ZONED, "datacenter")]
_NODES = [word for word in ICONS if word not in (*ZONED, "users", "user")]
_RUN = ["ec2", "ec2", "alb", "asg", "redis", "standby", "service", "rds", "nat", "lambda"]
_WORDS = (
    "send", "write", "GET /items", "read", "store", "the thumbnail", "on failure", "8080", "OrderPlaced", "every night",
)  # fmt: skip


def random_architecture(seed: int, nodes: int | None = None) -> Architecture:
    """Return an architecture of 3 to 24 nodes (or as many as asked for) that is the same for the same seed."""
    random = Random(seed)
    count = nodes or random.randint(3, 24)
    lines: list[str] = []
    ids: list[str] = []
    depth, groups = 0, 0
    for number in range(count):
        roll = random.random()
        if roll < 0.16 and depth < 3:
            lines.append(f"{'  ' * depth}g{groups} {random.choice(_GROUPS)}")
            if random.random() < 0.3:
                ids.append(f"g{groups}")
            groups, depth = groups + 1, depth + 1
        elif roll < 0.32 and depth:
            depth -= random.randint(1, depth)
        word = random.choice(["users", "user"]) if number < 2 and not depth else random.choice(_NODES)
        caption = random.choice(["", "", "python3.13", "t4g.small, 2 to 6", "age of oldest message > 300 seconds"])
        lines.append(f"{'  ' * depth}n{number} {word} {caption}")
        ids.append(f"n{number}")
    edges = []
    for _ in range(int(count * random.uniform(0.6, 1.7))):
        one, two = random.choice(ids), random.choice(ids)
        arrow = "<->" if random.random() < 0.08 else "->"
        label = " ".join(random.sample(_WORDS, random.randint(1, 3))) if random.random() < 0.45 else ""
        step = f"step={random.randint(1, 9)} " if random.random() < 0.1 else ""
        style = f"style={random.choice(['event', 'data', 'request', 'guard'])} "
        edges.append(f"{one} {arrow} {two}: {step}{style}{'badge ' if random.random() < 0.05 else ''}{label}")
    direction = random.choice([None, None, None, "down"])
    return build("\n".join(lines + edges), f"random-{seed}", direction=direction)


def random_network(seed: int) -> Architecture:
    """Return an architecture with a VPC of two or three zones, its tiers, and things around it."""
    random = Random(seed)
    lines, ids = ["people users"], ["people"]
    count = 0

    def add(depth: int, words: list[str]) -> None:
        nonlocal count
        lines.append(f"{'  ' * depth}n{count} {random.choice(words)} {random.choice(['', '', 't4g.small, 2 to 6'])}")
        ids.append(f"n{count}")
        count += 1

    for _ in range(random.randint(0, 5)):
        add(0, _NODES)
    lines.append(f"net {random.choice(['zoned', 'zoned', 'zoned3'])} 10.0.0.0/16")
    for tier in range(random.randint(1, 4)):
        lines.append(f"  tier{tier} {random.choice(['public_tier', 'private_tier'])}")
        if random.random() < 0.3:
            lines.append(f"    group{tier} {random.choice(['cluster', 'group'])}")
            for _ in range(random.randint(1, 3)):
                add(3, [*_RUN, "lambda"])
        for _ in range(random.randint(0, 4)):
            add(2, _RUN)
    for _ in range(random.choice([0, 0, 1, 2])):
        add(1, ["igw", "igw", "ec2"])
    for _ in range(random.randint(0, 3)):
        add(0, _NODES)
    edges = []
    for _ in range(int(count * random.uniform(0.6, 1.4))):
        one, two = random.sample([*ids, "net"] if random.random() < 0.1 else ids, 2)
        label = " ".join(random.sample(_WORDS, random.randint(1, 2))) if random.random() < 0.4 else ""
        edges.append(f"{one} -> {two}: style={random.choice(['event', 'data', 'request', 'request'])} {label}")
    return build("\n".join(lines + edges), f"network-{seed}", direction=random.choice([None, None, "right"]))
