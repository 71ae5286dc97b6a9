"""Architectures built by hand from a few lines, for tests of the picture that need no catalogue."""

from __future__ import annotations

from functools import cache
from typing import Any

from archkit.architecture import Architecture, Edge, Node
from archkit.diagnostics import Span
from archkit.kind import Frame, Kind

__all__ = ["FRAMES", "ICONS", "ZONED", "build", "kind_of"]

HERE = Span("test.yaml", 1, 1, 1, 1)

ICONS = {
    "users": "glyph/users",
    "user": "glyph/user",
    "lambda": "aws/compute/lambda",
    "http": "aws/network/api-gateway",
    "table": "aws/database/dynamodb",
    "bucket": "aws/storage/simple-storage-service-s3",
    "queue": "aws/integration/simple-queue-service-sqs",
    "topic": "aws/integration/simple-notification-service-sns",
    "bus": "aws/integration/eventbridge",
    "states": "aws/integration/step-functions",
    "alarm": "aws/management/cloudwatch-alarm",
    "key": "aws/security/key-management-service",
    "waf": "aws/security/waf",
    "zone": "aws/network/route-53",
    "cdn": "aws/network/cloudfront",
    "alb": "aws/network/elb-application-load-balancer",
    "asg": "aws/compute/ec2-auto-scaling",
    "rds": "aws/database/rds",
    "redis": "aws/database/elasticache",
    "bedrock": "aws/ml/bedrock",
    "stream": "aws/analytics/kinesis-data-streams",
    "odd": "aws/no/such-icon",
    "igw": "aws/network/internet-gateway",
    "nat": "aws/network/nat-gateway",
    "ec2": "aws/compute/ec2",
    "standby": "aws/database/rds",
    "service": "aws/compute/fargate",
}
FRAMES = {
    "vpc": Frame("#8C4FFF", icon="aws/network/vpc"),
    "region": Frame("#00A4A6", dashed=True, icon="glyph/region"),
    "account": Frame("#E7157B", icon="glyph/account"),
    "public": Frame("#7AA116", icon="aws/network/public-subnet", fill="#F2F6E8"),
    "private": Frame("#00A4A6", icon="aws/network/private-subnet", fill="#E6F6F7"),
    "az": Frame("#00A4A6", dashed=True, title="center"),
    "fleet": Frame("#ED7100", dashed=True, title="center", icon="glyph/auto-scaling"),
    "group": Frame("#7D8998", dashed=True),
    "datacenter": Frame("#7D8998", icon="glyph/data-center"),
    "zoned": Frame("#8C4FFF", icon="aws/network/vpc"),
    "zoned3": Frame("#8C4FFF", icon="aws/network/vpc"),
    "public_tier": Frame("#7AA116", icon="aws/network/public-subnet"),
    "private_tier": Frame("#00A4A6", icon="aws/network/private-subnet"),
    "cluster": Frame("#7D8998", dashed=True),
}
ZONED = ("zoned", "zoned3", "public_tier", "private_tier", "cluster", "igw", "nat", "ec2", "standby", "service")
COLUMNS = {"zoned": 2, "zoned3": 3}
SPREADS = {"alb": "across", "asg": "each", "redis": "each", "standby": "standby", "service": "each"}
ENVELOPES = {
    "asg": Frame("#ED7100", dashed=True, title="center", icon="glyph/auto-scaling", label="Auto Scaling group")
}
ACTORS, GUARDS = ("users", "user", "datacenter"), ("alarm", "key", "waf")


@cache
def kind_of(word: str, caption: str | None = None) -> Kind:
    """Return an instance of a kind made for the test: its icon, its frame, whether it is an actor or a guard."""
    space: dict[str, Any] = {
        "__module__": "test",
        "__doc__": "A kind of the tests.",
        "frame": FRAMES.get(word),
        "actor": word in ACTORS,
        "guard": word in GUARDS,
        "caption": lambda self: caption,
        "columns": lambda self: COLUMNS.get(word, 0),
        "row": word.endswith("_tier"),
        "spread": lambda self: SPREADS.get(word, "one"),
        "envelope": ENVELOPES.get(word),
        "exposure": lambda self: "public" if word == "public_tier" else None,
        "border": word == "igw",
        "shown": word in ("igw", "nat"),
    }
    made = type(word.title(), (Kind,), space, icon=ICONS.get(word, ""), name=f"test.{word}")
    return made()


def build(text: str, name: str = "test", **about: Any) -> Architecture:
    """Build an architecture from lines: `id kind`, indented under a group; `a -> b` or `a <-> b`, with `: label`.

    After a kind may stand `"a caption"`, after an id `"a title"`; a label may begin with `step=N`, `style=WORD`,
    `badge`.
    """
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    stack: list[tuple[int, str]] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        if "->" in line:
            edges.append(_edge(line.strip(), len(edges)))
            continue
        depth = len(line) - len(line.lstrip())
        while stack and stack[-1][0] >= depth:
            stack.pop()
        id, _, rest = line.strip().partition(" ")
        word, _, caption = rest.partition(" ")
        label = None
        if "|" in caption:
            caption, _, label = caption.partition("|")
        helper = id.split(".")[0] if "." in id else None
        nodes[id] = Node(id, kind_of(word, caption.strip() or None), HERE, stack[-1][1] if stack else None,
                         label=label.strip() if label else None, helper_of=helper)  # fmt: skip
        stack.append((depth, id))
    about = {"title": name.replace("-", " ").capitalize(), "description": "", "path": "test.yaml"} | about
    return Architecture(name=name, nodes=nodes, edges=tuple(edges), **about)


def _edge(line: str, number: int) -> Edge:
    ends, _, label = line.partition(": ")
    both = "<->" in ends
    source, target = (end.strip() for end in ends.split("<->" if both else "->"))
    options: dict[str, Any] = {}
    while label.startswith(("step=", "style=", "badge", "note=")):
        word, _, label = label.partition(" " if not label.startswith("note=") else ";")
        key, _, value = word.partition("=")
        options[key] = int(value) if key == "step" else value.replace("_", " ") if value else True
    return Edge(f"{source}->{target}.{number}", source, target, HERE, label=label or None, both=both, **options)
