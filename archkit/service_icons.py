"""The icon of a service as its CloudFormation types spell it: `AWS::Lex::Bot` is drawn with that of Lex.

Names differ: `IoT` is iot-core among the icons of diagrams, `Pipes` eventbridge-pipes, `ECS`
elastic-container-service. What no rule joins stands in a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

__all__ = ["icon_folder", "service_icon"]

_NAMED = {
    "ACMPCA": "aws/security/certificate-authority",
    "APS": "aws/management/amazon-managed-prometheus",
    "CE": "aws/cost/cost-explorer",
    "CUR": "aws/cost/cost-and-usage-report",
    "Cassandra": "aws/database/keyspaces-managed-apache-cassandra-service",
    "DLM": "aws/storage/elastic-block-store-ebs",
    "DocDB": "aws/database/documentdb-mongodb-compatibility",
    "DocDBElastic": "aws/database/documentdb-mongodb-compatibility",
    "EventSchemas": "aws/integration/eventbridge-schema",
    "Events": "aws/integration/eventbridge",
    "FMS": "aws/security/firewall-manager",
    "KafkaConnect": "aws/analytics/managed-streaming-for-kafka",
    "KinesisAnalytics": "aws/analytics/kinesis-data-analytics",
    "KinesisFirehose": "aws/analytics/kinesis-data-firehose",
    "Logs": "aws/management/cloudwatch-logs",
    "MSK": "aws/analytics/managed-streaming-for-kafka",
    "OSIS": "aws/analytics/amazon-opensearch-service",
    "OpenSearch": "aws/analytics/amazon-opensearch-service",
    "OpenSearchServerless": "aws/analytics/amazon-opensearch-service",
    "PCAConnectorAD": "aws/security/certificate-authority",
    "PI": "aws/database/rds",
    "RolesAnywhere": "aws/security/identity-and-access-management-iam",
    "S3Express": "aws/storage/simple-storage-service-s3",
    "S3Outposts": "aws/storage/simple-storage-service-s3",
    "S3Tables": "aws/storage/simple-storage-service-s3",
    "SSM": "aws/management/systems-manager",
    "SSMContacts": "aws/management/systems-manager",
    "SSMGuiConnect": "aws/management/systems-manager",
    "SSMIncidents": "aws/management/systems-manager",
    "SSMQuickSetup": "aws/management/systems-manager",
    "ServiceDiscovery": "aws/network/cloud-map",
    "Transfer": "aws/migration/transfer-for-sftp",
}


@cache
def icon_folder() -> Path | None:
    """Return the folder of diagrams' icons, found without importing the package; None where it is not installed."""
    spec = find_spec("diagrams")
    return None if spec is None or spec.origin is None else Path(spec.origin).parents[1] / "resources"


@cache
def service_icon(service: str) -> str:
    """Return the path of a service's icon in diagrams; where that has none, `service/` and the name.

    For such a name an icon may be installed.
    """
    root = icon_folder()
    assert root is not None, "diagrams is installed with archkit"
    plain = re.sub(r"(?<=...)[Vv]?2$", "", service)
    named = _NAMED.get(plain, "")
    if (root / f"{named}.png").is_file():
        return named
    word = plain.lower()
    ways: tuple[Callable[[list[str]], bool], ...] = (
        lambda parts: "".join(parts) in (word, f"{word}core"),
        lambda parts: any("".join(parts[at:]) == word for at in range(1, len(parts))),
        lambda parts: "".join(part[0] for part in parts) == word,
        lambda parts: any("".join(parts[:at]) == word for at in range(1, len(parts))),
    )
    paths = sorted(root.glob("aws/*/*.png"), key=lambda path: (len(path.stem), path.as_posix()))
    for fits in ways:
        for path in paths:
            if fits(path.stem.split("-")):
                return path.relative_to(root).with_suffix("").as_posix()
    return f"service/{plain}"
