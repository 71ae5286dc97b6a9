"""Storage that no template makes: appliances at a site, and archives of old."""

from __future__ import annotations

from typing import Literal

from archkit.kind import Kind, prop


class Gateway(Kind, name="storage.gateway", icon="aws/storage/storage-gateway", service="AWS Storage Gateway"):
    """Storage Gateway: an appliance at a site whose files, volumes or tapes lie in AWS; it is activated by hand."""

    type: Literal["file", "volume", "tape"] = prop("file", "What it offers at the site.", shape=True)

    def caption(self) -> str | None:
        return f"{self.type} gateway"


class Vault(Kind, name="storage.glacier_vault", icon="aws/storage/s3-glacier-vault", service="Amazon S3 Glacier vault"):
    """Vault of the first Glacier: new archives go to a bucket's Glacier classes."""
