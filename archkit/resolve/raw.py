"""What a node of a raw CloudFormation type says of itself beside its properties: rights on it, and its role."""

from __future__ import annotations

from archkit import cfn
from archkit.diagnostics import Report, did_you_mean
from archkit.source import Mapping

__all__ = ["check_raw"]


def check_raw(name: str, tree: Mapping, grants: list[str], role: str | None, report: Report) -> None:
    """Report rights that are no single actions, and a role's property that the type does not have."""
    for action in grants:
        if isinstance(action, str) and not cfn.is_action(action):
            report.error("bad-action", f"'{action}' is not the name of one IAM action",
                         (tree.get("grants") or tree).span,
                         "write the service and the action, such as lex:RecognizeText")  # fmt: skip
    properties = cfn.schema(name).get("properties", {})
    if role is not None and properties and role.split(".")[0] not in properties:
        report.error("unknown-property", f"{name} has no property '{role}' for its role",
                     (tree.get("role") or tree).span, did_you_mean(role, properties))  # fmt: skip
