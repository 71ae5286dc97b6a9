"""Which of AWS's icons stands for which of ours, by rule.

AWS's package names files `Arch_Amazon-Simple-Queue-Service_48.svg` and `Res_Amazon-EC2_Instance_48.svg`; npm's
`aws-icons` names them `AmazonSimpleQueueService.svg` and `AmazonEC2Instance.svg`; diagrams' paths, which kinds name,
are `aws/integration/simple-queue-service-sqs` and `aws/compute/ec2-instance`. So all are compared without signs, case,
"Amazon", "AWS", "and" and "for", and without an abbreviation behind the words that it stands for. The few names that
no rule joins stand in a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

__all__ = ["Index", "Name", "chosen", "identify"]

_SORTS = {"arch": "service", "res": "resource", "arch-category": "category"}
_FILE = re.compile(r"(?:(Arch-Category|Arch|Res)_)?(.+?)((?:_(?:\d+|Light|Dark))*)", re.ASCII)
_SIZES = {48: 0, 64: 1, 32: 2, 16: 3}
_SMALL = {"amazon", "and", "aws"}
_SAYS_NOTHING = re.compile("and|for")


@dataclass(frozen=True)
class Name:
    """What the path of an icon says: its sort (service, resource, group or category), its name, and how good it is."""

    sort: str
    text: str
    rank: tuple[int, int]

    @property
    def id(self) -> str:
        """What it is kept under."""
        return f"{self.sort}:{_key(self.text)}"


def identify(path: str) -> Name | None:
    """Return what an SVG file of AWS's package or of npm's `aws-icons` is, None for any other file."""
    place = PurePosixPath(path)
    if place.suffix.lower() != ".svg" or any(part.startswith((".", "__MACOSX")) for part in place.parts):
        return None
    found = _FILE.fullmatch(place.stem)
    folders = [part.lower() for part in place.parts[:-1]]
    sort = _SORTS.get((found[1] or "").lower()) if found else None
    sort = sort or _sort_of(folders)
    if found is None or sort is None:
        return None
    marks = found[3].split("_")
    dark = "Dark" in marks or (not found[3] and found[2].endswith("Dark"))
    size = next((int(mark) for mark in marks if mark.isdigit()), 48)
    return Name(sort, found[2].removesuffix("Dark") if dark else found[2], (int(dark), _SIZES.get(size, 4)))


def _sort_of(folders: list[str]) -> str | None:
    """Return the sort that the folders tell, for files whose names do not."""
    for folder in reversed(folders):
        if folder == "architecture-group" or folder.startswith("architecture-group-icons"):
            return "group"
        if folder in ("architecture-service", "resource", "category"):
            return folder.removeprefix("architecture-")
    return None


def chosen(paths: Iterable[str]) -> dict[str, tuple[Name, str]]:
    """Return the best file for each icon: 48 px before other sizes, made for light paper before dark."""
    best: dict[str, tuple[Name, str]] = {}
    for path in sorted(paths):
        name = identify(path)
        if name is not None and (name.id not in best or name.rank < best[name.id][0].rank):
            best[name.id] = name, path
    return dict(sorted(best.items()))


_EXCEPTIONS = {
    "aws/analytics/kinesis-data-analytics": "service:managedserviceapacheflink",
    "aws/analytics/kinesis-data-firehose": "service:datafirehose",
    "aws/analytics/managed-streaming-for-kafka": "service:managedstreamingapachekafka",
    "aws/analytics/elasticsearch-service": "service:opensearchservice",
    "aws/analytics/quicksight": "service:quicksuite",
    "aws/compute/ec2-container-registry": "service:elasticcontainerregistry",
    "aws/compute/outposts": "service:outpostsfamily",
    "aws/database/dynamodb-dax": "resource:dynamodbdynamodbaccelerator",
    "aws/game/gamelift": "service:gameliftservers",
    "aws/general/generic-office-building": "resource:officebuilding",
    "aws/general/traditional-server": "resource:server",
    "aws/management/amazon-managed-prometheus": "service:managedserviceprometheus",
    "aws/migration/transfer-for-sftp": "service:transferfamily",
    "aws/network/endpoint": "resource:vpcendpoints",
    "aws/security/single-sign-on": "service:iamidentitycenter",
    "aws/storage/fsx-for-windows-file-server": "service:fsxwfs",
    "aws/storage/s3-access-points": "resource:simplestorageservicegeneralaccesspoints",
    "glyph/account": "group:account",
    "glyph/auto-scaling": "group:autoscalinggroup",
    "aws/compute/ec2-auto-scaling": "group:autoscalinggroup",
    "glyph/cloud": "group:cloud",
    "glyph/data-center": "group:corporatedatacenter",
    "glyph/gateway-load-balancer": "resource:elasticloadbalancinggatewayloadbalancer",
    "service/DRS": "service:elasticdisasterrecovery",
    "service/EVS": "service:elasticvmwareservice",
    "service/MGN": "service:applicationmigrationservice",
    "glyph/region": "group:region",
    "aws/general/cloud": "group:cloud",
    "aws/management/organizations-account": "group:account",
    "aws/network/private-subnet": "group:privatesubnet",
    "aws/network/public-subnet": "group:publicsubnet",
    "aws/network/vpc": "group:virtualprivatecloudvpc",
}
"""Icons whose names share too little with AWS's, and those of groups, which stand in corners."""


class Index:
    """Finds icons by our paths, among those that are there."""

    def __init__(self, names: dict[str, str]) -> None:
        """Take the names of what is there, by id."""
        self.names = names

    def find(self, icon: str) -> str | None:
        """Return the id of the icon for a path such as `aws/compute/lambda`, or for `service/` and a service's name."""
        if (known := _EXCEPTIONS.get(icon)) in self.names:
            return known
        place, _, stem = icon.rpartition("/")
        if not stem or not (place.startswith("aws/") or place == "service"):
            return None
        words = _words(stem) if place == "service" else stem.removesuffix("-resource").split("-")
        words = [word.lower() for word in words if word.lower() not in _SMALL]
        found = next((id for id in self._candidates(words) if id in self.names), None)
        return found or (self._ending_in(_squash("".join(words))) if place == "service" else None)

    def _ending_in(self, key: str) -> str | None:
        """Return the one service whose name ends like this: `DataBrew` is AWS Glue DataBrew."""
        ending = [id for id in self.names if id.startswith("service:") and id.endswith(key)]
        return ending[0] if len(ending) == 1 and len(key) > 4 else None

    def _candidates(self, words: list[str]) -> Iterator[str]:
        """Yield ids, the likeliest first: the whole name, then the service that its first words name."""
        for key in map(_squash, self._spellings(words)):
            for spelled in (key, f"{key}s", key.removesuffix("s")):
                yield f"service:{spelled}"
                yield f"resource:{spelled}"
                yield self._tails.get(spelled, "")
        for end in range(len(words) - 1, 0, -1):
            for key in map(_squash, self._spellings(words[:end])):
                yield f"service:{key}"

    def _spellings(self, words: list[str]) -> Iterator[str]:
        """Yield a name as it is, and with words for abbreviations and abbreviations for words."""
        yield "".join(words)
        plain = _without_abbreviations(words)
        yield "".join(plain)
        yield "".join(self._abbreviated.get(word, word) for word in words)
        yield "".join(self._abbreviated.get(word, word) for word in plain)
        yield from _abbreviations(plain)

    @cached_property
    def _abbreviated(self) -> dict[str, str]:
        """Abbreviations of services: `sqs` is simplequeueservice, `s3` simplestorageservice."""
        found: dict[str, str] = {}
        for id, name in self.names.items():
            if id.startswith("service:"):
                for short in _abbreviations([word.lower() for word in _words(name) if word.lower() not in _SMALL]):
                    found.setdefault(short, id.removeprefix("service:"))
        return found

    @cached_property
    def _tails(self) -> dict[str, str]:
        """Resources by their own name alone, without their service's, where only one has it."""
        services = {id.removeprefix("service:") for id in self.names if id.startswith("service:")}
        services = sorted({*services, *self._abbreviated}, key=len, reverse=True)  # type: ignore[assignment]
        tails: dict[str, str] = {}
        twice = set()
        for id in self.names:
            key = id.removeprefix("resource:")
            service = next((one for one in services if key.startswith(one)), key)
            tail = key.removeprefix(service)
            if id.startswith("resource:") and tail:
                twice |= {tail} & tails.keys()
                tails[tail] = id
        return {tail: id for tail, id in tails.items() if tail not in twice}


def _key(text: str) -> str:
    """Return a name without signs, case and the words that say nothing."""
    return _squash(re.sub(r"AWS|Amazon", "", text))


def _squash(text: str) -> str:
    """Return letters and digits alone, and no "and" or "for" even inside of words, since npm joins all."""
    return _SAYS_NOTHING.sub("", re.sub(r"[^a-z0-9]", "", text.lower()))


def _words(text: str) -> list[str]:
    """Return the words of a name: `SimpleQueueService`, `Simple-Queue-Service` and `API Gateway` alike."""
    return re.findall(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+|\d+", re.sub(r"\bAWS\b|AWS(?=[A-Z])|Amazon", " ", text))


def _abbreviations(words: list[str]) -> Iterator[str]:
    """Yield the abbreviations of three words or more: `sqs`, and for simple storage service `sss` and `s3`."""
    if len(words) > 2:
        letters = "".join(word[0] for word in words)
        yield letters
        yield re.sub(r"(.)\1\1+", lambda run: f"{run[1]}{len(run[0])}", letters)


def _without_abbreviations(words: list[str]) -> list[str]:
    """Leave out a word that abbreviates those before it: `simple queue service sqs`."""
    kept: list[str] = []
    for word in words:
        if not any(word in _abbreviations(kept[start:]) for start in range(len(kept))):
            kept.append(word)
    return kept
