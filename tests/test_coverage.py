"""Every option and every pair that the catalogue promises has its row in a test; what is missing is printed.

`data/aws-services.yaml` names the options of each service, `data/edge-frequency.tsv` counts which services people
connect. The rows themselves stand beside their kinds in `tests/kinds/`, as `OPTIONS` (see `options.py`), and in
`test_pairs.py`.
"""

from __future__ import annotations

import csv
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

import archkit.kinds
import tests.kinds
from archkit import catalog
from tests import test_pairs
from tests.options import Option

DATA = Path(__file__).parent / "data"


def modules() -> list[Any]:
    """Return the test modules of all kinds."""
    names = sorted(info.name for info in pkgutil.iter_modules(tests.kinds.__path__) if info.name.startswith("test_"))
    return [import_module(f"tests.kinds.{name}") for name in names]


def rows() -> list[Option]:
    """Return the option rows of all kinds."""
    return [row for module in modules() for row in getattr(module, "OPTIONS", [])]


def promised() -> dict[str, list[str]]:
    """Return the options of each service that has a kind."""
    services = yaml.safe_load((DATA / "aws-services.yaml").read_text("utf-8"))
    served = {kind.service for kind in catalog.all_kinds()}
    return {
        row["service"]: joined([str(option) for option in row.get("options", [])])
        for group in services.values()
        for row in group
        if row["service"] in served
    }


def joined(parts: list[str]) -> list[str]:
    """Put together what YAML cut at the commas inside brackets."""
    whole: list[str] = []
    for part in parts:
        if whole and whole[-1].count("(") > whole[-1].count(")"):
            whole[-1] += f", {part}"
        else:
            whole.append(part)
    return whole


def test_every_option_has_a_row() -> None:
    known = {(row.service, row.option) for row in rows()}
    # what no template can show has a test of its own: it is refused with a reason, or only drawn
    known |= {
        pair for module in modules() for name in ("REFUSED_OPTIONS", "DRAWN") for pair in getattr(module, name, ())
    }
    missing = [f"{s}: {option}" for s, options in promised().items() for option in options if (s, option) not in known]
    assert not missing, "options without a row:\n" + "\n".join(missing)


def frequent() -> list[str]:
    """Return the pairs that people connect: any structured evidence, or three patterns."""
    with (DATA / "edge-frequency.tsv").open(encoding="utf-8") as stream:
        lines = csv.DictReader((line for line in stream if not line.startswith("#")), delimiter="\t")
        return [f"{line['from']} -> {line['to']}" for line in lines
                if int(line["structured"]) > 0 or int(line["patterns"]) >= 3]  # fmt: skip


def test_every_frequent_pair_is_asserted() -> None:
    asserted = {pair for module in modules() for pair in getattr(module, "PAIRS", ())} | set(test_pairs.PAIRS)
    present = {info.name for info in pkgutil.iter_modules(archkit.kinds.__path__)}
    ends = {word for word, module in ENDS.items() if module in present}
    served = {pair for pair in frequent() if set(pair.split(" -> ")) <= ends}
    missing = sorted(served - asserted)
    print(f"{len(served & asserted)} of {len(served)} frequent pairs asserted")
    assert not missing, "pairs without an assertion:\n" + "\n".join(missing)


ENDS = {
    "alb": "elb",
    "apigw": "apigateway",
    "api": "apigateway",
    "appsync": "appsync",
    "athena": "athena",
    "bedrock": "bedrock",
    "cloudfront": "cloudfront",
    "cloudwatch": "cloudwatch",
    "cognito": "cognito",
    "comprehend": "comprehend",
    "dynamodb": "dynamodb",
    "ecr": "ecr",
    "ecs": "ecs",
    "eventbridge": "events",
    "eventbridge-pipes": "pipes",
    "eventbridge-scheduler": "scheduler",
    "fargate": "ecs",
    "firehose": "firehose",
    "glue": "glue",
    "internet": "outside",
    "kinesis": "kinesis",
    "lambda": "lambda_",
    "opensearch": "opensearch",
    "polly": "polly",
    "rekognition": "rekognition",
    "route53": "route53",
    "s3": "s3",
    "secretsmanager": "secretsmanager",
    "ses": "ses",
    "sfn": "stepfunctions",
    "sns": "sns",
    "sqs": "sqs",
    "ssm": "ssm",
    "textract": "textract",
    "transcribe": "transcribe",
    "translate": "translate",
    "waf": "wafv2",
    "partner event source": "events",
    "flink": "kinesisanalytics",
}
"""The table's words for services, and the module of kinds that serves each."""
