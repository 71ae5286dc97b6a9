"""Flow logs: which connections of a network there were, written to a log group or to a bucket.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.architecture import Ends
from archkit.kind import Join, Kind, Refusal, prop
from archkit.scope import Link, Scope
from archkit.shared.deliveries import let_delivery_in
from archkit.values import account

__all__ = ["FlowsTo", "log_flows"]

FLOWS = "vpc-flow-logs.amazonaws.com"
TRAFFIC = {"all": "ALL", "rejected": "REJECT"}
SECONDS = 600


def log_flows(scope: Scope, group: Scope, which: str) -> None:
    """Write a VPC's connections to a log group (https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html)."""
    role = scope.principal(FLOWS, "Flows")
    made = role.role()
    statement = made.properties["AssumeRolePolicyDocument"]["Statement"][0]
    statement["Condition"] = {"StringEquals": {"aws:SourceAccount": account}}
    role.grant(group, "write")
    role.allow("logs:DescribeLogStreams", on=group.attribute("arn"))
    scope.make("AWS::EC2::FlowLog", "FlowLog", after=role.after_rights(), ResourceType="VPC",
               ResourceId=scope.main.ref, TrafficType=TRAFFIC[which], LogDestinationType="cloud-watch-logs",
               LogGroupName=group.attribute("name"), DeliverLogsPermissionArn=made.att("Arn"),
               MaxAggregationInterval=SECONDS)  # fmt: skip


class FlowsTo(Join):
    """Where the VPC's flow logs go instead of a log group of its own: a bucket, which costs less for what is many."""

    word: ClassVar[str] = "log_to"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "data"
    replaces: ClassVar[str | None] = "flows"

    format: Literal["plain-text", "parquet"] = prop("plain-text", "Form of the files; Athena reads Parquet faster.")
    hourly: bool = prop(False, "A folder for each hour instead of each day.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.types[:1] == ("AWS::S3::Bucket",)

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.owner.existing is not None:
            return Refusal(f"the flow logs of '{ends.owner.id}', which exists already, are not the blueprint's", None,
                           "cannot-change")  # fmt: skip
        if ends.owner.kind.flow_logs == "none":  # type: ignore[attr-defined]
            return Refusal(f"'{ends.owner.id}' logs no connections", "flow_logs: rejected, or all", "cannot-join")
        return None

    def apply(self, link: Link) -> None:
        """https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html."""
        vpc, bucket = link.owner, link.other
        after = let_delivery_in(bucket, link.because)
        options = {"FileFormat": self.format, "HiveCompatiblePartitions": self.format == "parquet",
                   "PerHourPartition": self.hourly}  # fmt: skip
        link.make("AWS::EC2::FlowLog", "FlowLog", after=after, ResourceType="VPC", ResourceId=vpc.attribute("id"),
                  TrafficType=TRAFFIC[vpc.kind.flow_logs], LogDestinationType="s3", DestinationOptions=options,
                  LogDestination=bucket.attribute("arn"), MaxAggregationInterval=SECONDS)  # fmt: skip
