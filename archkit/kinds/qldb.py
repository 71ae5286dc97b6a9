"""Amazon QLDB: a ledger that forgets nothing."""

from __future__ import annotations

from typing import Literal

from archkit.kind import External, Grant, Kind, Metric, NodeId, prop
from archkit.scope import Scope

__all__ = ["Ledger"]


class Ledger(Kind, icon="aws/database/quantum-ledger-database-qldb", service="Amazon QLDB", types="AWS::QLDB::Ledger"):
    """Ledger: documents whose every change is kept and can be proved; AWS ended the service in July 2025."""

    permissions: Literal["standard", "allow_all"] = prop("standard", "By statement and table, or by ledger alone.")
    protect: bool = prop(True, "Refuse to be deleted.")
    key: NodeId | None = prop(None, "Encryption key (default: AWS's own).", slot="key", to="kms.key")

    retired = ("E3710", "AWS ended QLDB on 31 July 2025: its ledgers can be drawn, and not deployed any more")
    durable = True
    attributes = {"name": "${}", "arn": "arn:${AWS::Partition}:qldb:${AWS::Region}:${AWS::AccountId}:ledger/${}"}
    address = "${name}"
    external = External(("name",), {
        "arn": "arn:${AWS::Partition}:qldb:${AWS::Region}:${AWS::AccountId}:ledger/${name}"})  # fmt: skip
    grants = {
        "read": Grant("qldb:SendCommand", usual=True),
        "select": Grant("qldb:PartiQLSelect", on="${arn}/table/*"),
        "insert": Grant("qldb:PartiQLInsert", on="${arn}/table/*"),
        "update": Grant("qldb:PartiQLUpdate", on="${arn}/table/*"),
    }
    private_link = "qldb.session"
    metrics = {"latency": Metric("AWS/QLDB", "CommandLatency", {"LedgerName": "${name}"}, "Average")}

    def build(self, scope: Scope) -> None:
        from troposphere import qldb

        scope.make(qldb.Ledger, PermissionsMode=self.permissions.upper(), DeletionProtection=self.protect,
                   KmsKey=scope.arn(self.key))  # fmt: skip
