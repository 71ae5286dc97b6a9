"""Where a function's code is found: in the template, in a bucket, or in a local path.

A single small file stands in the template itself. Everything else becomes an archive whose name holds the hash of its
content, so that a new content is a new key and CloudFormation sees the change; its bucket is a parameter.
"""

from __future__ import annotations

from typing import Any

from archkit.architecture import Node
from archkit.code import INLINE_LIMIT, code_path
from archkit.synth.assembly import Assembly, Unpackable
from archkit.synth.package import PackageError, digest, zip_file, zip_folder
from archkit.values import Ref, Sub

__all__ = ["place_code"]

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
    name = f"{node.id.replace('.', '-')}-{digest(data)[:16]}.zip"
    assembly.assets[name] = data
    assembly.parameters |= {"CodeBucket": BUCKET, "CodePrefix": PREFIX}
    return {"S3Bucket": Ref("CodeBucket"), "S3Key": Sub("${CodePrefix}" + name, {"CodePrefix": Ref("CodePrefix")})}
