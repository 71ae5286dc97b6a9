"""Mounting: the ports of a file system opened to whoever mounts it."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit import network
from archkit.architecture import Ends
from archkit.kind import Files, Join, Kind, Refusal, prop
from archkit.scope import Link

__all__ = ["mounting"]


def mounting(protocol: str) -> type[Join]:
    """Return the join by which a file system of a protocol is mounted."""

    class Mount(Join):
        """Mounts the file system as a folder."""

        word: ClassVar[str] = "mount"
        usual: ClassVar[bool] = True
        arrow: ClassVar[Any] = "in"
        style: ClassVar[Any] = "data"
        dials: ClassVar[Any] = "other"

        path: str = prop("/mnt/files", "Where its user sees it.", pattern=r"/mnt/[a-zA-Z0-9_.-]+|[D-Z]:")

        @classmethod
        def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
            return protocol in other.mounts

        def refuse(self, ends: Ends) -> Refusal | None:
            if ends.other.existing is None and not network.stands(ends.other, ends.architecture):
                return Refusal(f"'{ends.other.id}' must stand in a network that reaches the file system",
                               "put it into a group of subnets", "needs-vpc")  # fmt: skip
            return None

        def apply(self, link: Link) -> None:
            files, user = link.owner, link.other
            network.open_way(user, files, link.because)
            mounted = Files(protocol, files.attribute("id"), files.attribute("dns"), self.path,
                            name=files.attribute("mount_name") if protocol == "lustre" else None,
                            after=() if files.exists else (files.id,))  # fmt: skip
            user.kind.attach_files(user, mounted, link.because)

    return Mount
