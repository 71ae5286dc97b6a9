"""The application: what several deployment groups are of."""

from __future__ import annotations

from archkit.kind import External, Kind, prop
from archkit.kinds.codedeploy.ways import PLATFORMS, Platform
from archkit.scope import Scope

__all__ = ["Application"]


class Application(Kind, icon="aws/devtools/codedeploy", service="AWS CodeDeploy",
                  types="AWS::CodeDeploy::Application"):  # fmt: skip
    """Application whose revisions are deployed to one group after another, such as test and production."""

    platform: Platform = prop("server", "What it is deployed to.", shape=True)

    attributes = {
        "name": "${}",
        "arn": "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:application:${}",
    }
    address = "${name}"
    external = External(("name",), {
        "arn": "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:application:${name}"})  # fmt: skip

    def build(self, scope: Scope) -> None:
        from troposphere import codedeploy

        scope.make(codedeploy.Application, ComputePlatform=PLATFORMS[self.platform])
