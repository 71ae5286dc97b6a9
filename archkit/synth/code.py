"""Where a function's code is found: in the template, in a bucket, or in a local path.

A single small file stands in the template itself. Everything else becomes an archive whose name holds the hash of its
content, so that a new content is a new key and CloudFormation sees the change; its bucket is a parameter.
"""

from __future__ import annotations

import hashlib
from typing import Any

from archkit.architecture import Node
from archkit.shared.code import INLINE_LIMIT, code_path
from archkit.synth.assembly import Assembly, Unpackable
from archkit.synth.package import PackageError, digest, zip_file, zip_folder
from archkit.values import Ref, Sub

__all__ = ["place_code", "place_file"]

BUCKET = {"Type": "String", "Description": "Bucket that holds the code archives ('archkit package' makes them)."}
PREFIX = {"Type": "String", "Default": "", "Description": "Prefix of the archives' keys, such as releases/42/."}


def place_code(assembly: Assembly, node: Node, path: str, inline: bool) -> Any:
    """Return a `Code` (or layer `Content`) property for a file or folder; remembers the archive it expects.

    Raises Unpackable where the code cannot be read or zipped.
    """
    file = code_path(assembly.world.path, path)
    if assembly.local_code:
        return Sub(path)  # without a reference in it, a Sub is rendered as plain text
    if inline and file.is_file() and (text := file.read_text("utf-8")) and len(text) <= INLINE_LIMIT:
        return {"ZipFile": text}
    try:
        data = zip_file(file) if file.is_file() else zip_folder(file)
    except (PackageError, OSError) as error:
        raise Unpackable(str(error)) from error
    return {"S3Bucket": Ref("CodeBucket"), "S3Key": _asset(assembly, node, data, digest(data), ".zip")}


def place_file(assembly: Assembly, node: Node, path: str) -> tuple[Any, Any]:
    """Return the S3 address of a file that is used as it is, such as a script, and the ARN of what may be read for it.

    Raises Unpackable where it cannot be read.
    """
    file = code_path(assembly.world.path, path)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Unpackable(str(error)) from error
    bucket = {"CodeBucket": Ref("CodeBucket")}
    if assembly.local_code:  # the tool that uploads it chooses its key
        assembly.parameters |= {"CodeBucket": BUCKET}
        return Sub(path), Sub("arn:${AWS::Partition}:s3:::${CodeBucket}/*", bucket)
    key = _asset(assembly, node, data, hashlib.sha256(data).hexdigest(), file.suffix)
    parts = {**bucket, **key.parts}
    return (Sub("s3://${CodeBucket}/" + key.text, parts),
            Sub("arn:${AWS::Partition}:s3:::${CodeBucket}/" + key.text, parts))  # fmt: skip


def _asset(assembly: Assembly, node: Node, data: bytes, hashed: str, suffix: str) -> Sub:
    """Remember a file that the template expects, under the hash of its content; returns its key."""
    name = f"{node.id.replace('.', '-')}-{hashed[:16]}{suffix}"
    assembly.assets[name] = data
    assembly.parameters |= {"CodeBucket": BUCKET, "CodePrefix": PREFIX}
    return Sub("${CodePrefix}" + name, {"CodePrefix": Ref("CodePrefix")})
