"""A Firehose stream's destination, put together from its own properties and all of its edges."""

from __future__ import annotations

from typing import Any

from archkit.kinds.firehose.destinations import Bucket, Deliver, Destination, OnFailure, Spare, Warehouse
from archkit.kinds.firehose.sources import Transform
from archkit.scope import Scope

__all__ = ["destination"]

Way = tuple[Any, Scope]
"""A join of the stream with the scope of its other end."""

COMPRESSION = {
    "none": "UNCOMPRESSED",
    "gzip": "GZIP",
    "zip": "ZIP",
    "snappy": "Snappy",
    "hadoop_snappy": "HADOOP_SNAPPY",
}


def destination(scope: Scope) -> tuple[str, dict[str, Any]]:
    """Return the property that holds the destination, and the destination."""
    ways = _ways(scope)
    ends = [way for way in ways if isinstance(way[0], Destination)]
    final, target = next((way for way in ends if not isinstance(way[0], Deliver)), ends[0])
    files = next((way for way in ends if isinstance(way[0], Deliver)), None)
    spare = next((way for way in ways if isinstance(way[0], Spare)), None)
    made = {
        **final.properties(scope, target),
        "RoleARN": scope.role().att("Arn"),
        "CloudWatchLoggingOptions": _logging(scope),
        "ProcessingConfiguration": _processing(scope, ways),
    }
    if isinstance(final, Deliver):
        made |= _files(scope, large=scope.kind.convert is not None or bool(final.partition))
        if scope.kind.convert is not None:
            made["DataFormatConversionConfiguration"] = scope.kind.convert.configuration(scope)
    elif files is not None:
        made["S3Configuration"] = _bucket(scope, *files)
    elif spare is not None:
        made |= {"BufferingHints": _buffer(scope), "S3BackupMode": final.modes[spare[0].word],
                 "S3Configuration": _bucket(scope, *spare)}  # fmt: skip
    if files is not None and spare is not None:
        made |= {"S3BackupMode": "Enabled", "S3BackupConfiguration": _bucket(scope, *spare)}
    return final.place, made


def _ways(scope: Scope) -> list[Way]:
    """Return what the stream's edges say; its own bucket takes the place that none of them fills."""
    found: list[Way] = []
    for edge, effect in scope.architecture.effects():
        other = scope.of(edge.target)
        if effect.owner == scope.node.id and effect.join is not None and other is not None:
            found.append((scope.filled(effect.join), other))
    own = scope.of(f"{scope.node.id}.files")
    if own is not None:
        elsewhere = any(isinstance(join, Destination) and not isinstance(join, Warehouse) for join, _ in found)
        found.append((OnFailure() if elsewhere else Deliver(), own))  # type: ignore[call-arg]
    return found


def _logging(scope: Scope) -> dict[str, Any]:
    group = scope.of(f"{scope.node.id}.logs")
    assert group is not None
    return {"Enabled": True, "LogGroupName": group.attribute("name"), "LogStreamName": "delivery"}


def _processing(scope: Scope, ways: list[Way]) -> dict[str, Any] | None:
    """Return what is done to records on their way, in the order in which Firehose does it."""
    found: list[dict[str, Any]] = []
    if scope.kind.unpack:
        for type, name, value in (("Decompression", "CompressionFormat", "GZIP"),
                                  ("CloudWatchLogProcessing", "DataMessageExtraction", "true")):  # fmt: skip
            found.append({"Type": type, "Parameters": [{"ParameterName": name, "ParameterValue": value}]})
    found += [join.processor(function) for join, function in ways if isinstance(join, Transform)]
    found += [made for join, _ in ways if isinstance(join, Deliver) for made in join.processors()]
    return {"Enabled": True, "Processors": found} if found else None


def _buffer(scope: Scope, large: bool = False) -> dict[str, Any] | None:
    size = 128 if large and scope.kind.size is None else scope.kind.size
    hints = {"IntervalInSeconds": scope.kind.seconds, "SizeInMBs": size}
    return {name: value for name, value in hints.items() if value is not None} or None


def _files(scope: Scope, large: bool = False) -> dict[str, Any]:
    compression = COMPRESSION.get(scope.kind.compression, scope.kind.compression)
    return {"BufferingHints": _buffer(scope, large), "CompressionFormat": compression}


def _bucket(scope: Scope, join: Bucket, bucket: Scope) -> dict[str, Any]:
    """Return the plain form of a bucket, as it stands inside another destination."""
    made = {**join.place_in(bucket), **_files(scope), "RoleARN": scope.role().att("Arn"),
            "CloudWatchLoggingOptions": _logging(scope)}  # fmt: skip
    return {name: value for name, value in made.items() if value is not None}
