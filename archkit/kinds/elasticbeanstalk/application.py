"""The application: what its environments and its versions belong to."""

from __future__ import annotations

from typing import Any

from archkit.architecture import Architecture, Node
from archkit.kind import External, Kind, Refusal, prop
from archkit.scope import Scope
from archkit.values import Sub

__all__ = ["SERVICE", "Application"]

SERVICE = "elasticbeanstalk.amazonaws.com"
UPDATES = "arn:${AWS::Partition}:iam::aws:policy/AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy"


class Application(Kind, icon="aws/compute/elastic-beanstalk-application", service="AWS Elastic Beanstalk",
                  types=("AWS::ElasticBeanstalk::Application", "AWS::IAM::Role")):  # fmt: skip
    """Application: its versions, and how long they are kept."""

    keep: int | None = prop(100, "Versions that are kept; older ones go.", ge=1, le=1_000, shape=True)
    keep_days: int | None = prop(None, "Days that versions are kept, instead of a number of them.", ge=1, shape=True)

    guard = True
    attributes = {
        "name": "${}",
        "arn": "arn:${AWS::Partition}:elasticbeanstalk:${AWS::Region}:${AWS::AccountId}:application/${name}",
    }
    address = "${name}"
    external = External(("name",))

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.keep_days is not None and self.keep not in (None, 100):
            return [Refusal("versions go by their number or by their age", "leave out 'keep'", "bad-value",
                            "keep_days")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        """https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/applications-lifecycle.html."""
        rule: dict[str, Any] = {}
        if self.keep_days is not None:
            rule = {"MaxAgeRule": {"Enabled": True, "MaxAgeInDays": self.keep_days, "DeleteSourceFromS3": False}}
        elif self.keep is not None:
            rule = {"MaxCountRule": {"Enabled": True, "MaxCount": self.keep, "DeleteSourceFromS3": False}}
        lifecycle = None
        if rule:
            role = scope.principal(SERVICE, "Service").role()
            role.append("ManagedPolicyArns", Sub(UPDATES))
            lifecycle = {"ServiceRole": role.att("Arn"), "VersionLifecycleConfig": rule}
        scope.make("AWS::ElasticBeanstalk::Application", Description=scope.node.note, ResourceLifecycleConfig=lifecycle)
