"""Asset packages made for tests, named and laid out as AWS's, and archives that somebody might make to do harm."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

__all__ = ["PACKAGE", "folder", "icon", "tgz", "zipped"]


def icon(color: str = "#ED7100", size: int = 48, inner: str = "", head: str = "", root: str = "") -> bytes:
    """An icon as AWS's are: a tile, and a white glyph."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}\n<svg width="{size}px" height="{size}px" '
        f'viewBox="0 0 {size} {size}" xmlns="http://www.w3.org/2000/svg" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink"{root}><title>Icon</title>'
        f'<g id="Icon" stroke="none" fill="none"><rect fill="{color}" width="{size}" height="{size}"/>'
        f'<path d="M10,10 L30,30" fill="#FFFFFF"/></g>{inner}</svg>'
    ).encode()


_SERVICE, _RESOURCE = "Architecture-Service-Icons_07312026", "Resource-Icons_07312026"
PACKAGE: Mapping[str, bytes] = {
    f"{_SERVICE}/Arch_Compute/16/Arch_AWS-Lambda_16.svg": icon("#000016", 16),
    f"{_SERVICE}/Arch_Compute/48/Arch_AWS-Lambda_48.svg": icon("#000048"),
    f"{_SERVICE}/Arch_Compute/48/Arch_AWS-Lambda_48.png": b"no SVG",
    f"{_SERVICE}/Arch_Compute/64/Arch_AWS-Lambda_64.svg": icon("#000064", 64),
    f"{_SERVICE}/Arch_App-Integration/64/Arch_Amazon-Simple-Queue-Service_64.svg": icon("#E7157B", 64),
    f"{_SERVICE}/Arch_App-Integration/48/Arch_Amazon-AppFlow_48.svg": icon("#A00F10"),
    f"{_SERVICE}/Arch_Storage/48/Arch_Amazon-Simple-Storage-Service_48.svg": icon("#7AA116"),
    f"{_RESOURCE}/Res_Compute/Res_Amazon-EC2_Instance_48.svg": icon("#ED7101"),
    f"{_RESOURCE}/Res_General-Icons/Res_48_Light/Res_Users_48_Light.svg": icon("#232F3D"),
    f"{_RESOURCE}/Res_General-Icons/Res_48_Dark/Res_Users_48_Dark.svg": icon("#FEFEFE"),
    "Architecture-Group-Icons_07312026/AWS-Cloud_32.svg": icon("#242F3E", 32),
    "Architecture-Group-Icons_07312026/AWS-Cloud_32_Dark.svg": icon("#FEFEFE", 32),
    "Architecture-Group-Icons_07312026/Region_32.svg": icon("#00A4A6", 32),
    "Category-Icons_07312026/Arch-Category_48/Arch-Category_Compute_48.svg": icon("#ED7102"),
    "__MACOSX/Architecture-Service-Icons_07312026/._Arch_AWS-Lambda_48.svg": b"\0\0",
}
"""A small asset package: sizes and papers to choose from, and files that are no icons."""


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write a zip with files under any names, also such as no honest one has."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def folder(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write files into a folder."""
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def tgz(path: Path, files: Mapping[str, bytes], *links: tuple[str, str]) -> Path:
    """Write what `npm pack` writes, with links where they are asked for."""
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for name, target in links:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    return path
