"""Every ready blueprint of the library becomes a stack."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import archkit
from archkit.diagnostics import Report
from archkit.synth import synthesize
from tests.e2e.cloud import Cloud, Stack

LIBRARY = sorted((Path(__file__).parents[2] / "blueprints").glob("*.yaml"))
UNKNOWN = (
    "AWS::ApiGatewayV2::", "AWS::AppSync::", "AWS::ApplicationAutoScaling::", "AWS::Athena::", "AWS::AutoScaling::",
    "AWS::Batch::", "AWS::CloudFront::", "AWS::CloudWatch::Dashboard", "AWS::CodeDeploy::", "AWS::Cognito::",
    "AWS::DAX::", "AWS::DirectConnect::", "AWS::EC2::CustomerGateway", "AWS::EC2::EIP", "AWS::EC2::FlowLog",
    "AWS::EC2::LaunchTemplate", "AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::TransitGatewayRoute", "AWS::EC2::VPCEndpointService", "AWS::EC2::VPNConnection", "AWS::EKS::",
    "AWS::ElastiCache::", "AWS::ElasticBeanstalk::", "AWS::ECS::", "AWS::ElasticLoadBalancingV2::", "AWS::Glue::",
    "AWS::Logs::ResourcePolicy", "AWS::Pipes::", "AWS::RDS::", "AWS::SES::ConfigurationSet",
    "AWS::SecretsManager::RotationSchedule", "AWS::WAFv2::",
)  # fmt: skip
"""Types that LocalStack does not know: it calls them complete and makes nothing."""

UNABLE = {
    "AWS::EC2::NatGateway": "stands on an Elastic IP, which it does not know",
    "AWS::DynamoDB::GlobalTable": "asks for an id of the table, which moto's have none of",
    "AWS::KinesisFirehose::DeliveryStream": "makes no name up, and downloads a program in Java to read a data stream",
    "AWS::SES::EmailIdentity": "fails without a word",
}
"""Types that LocalStack knows and cannot make, and why: they are handed over as unknown ones."""

REFUSED = {
    "signed-in-api": "LocalStack has no AWS::ApiGateway::Authorizer, and refuses a method that names one",
    "batch-jobs": "LocalStack has no Batch, and refuses rights on jobs that it did not make",
    "beanstalk-web": "its code lies in a bucket that a parameter names, and this test makes none",
    "cached-reads": "LocalStack has no DAX, and refuses rights on a cluster that it did not make",
    "database-rotation": "LocalStack does not know the transform that makes the rotating function",
    "disaster-recovery": "LocalStack has no EFS, and refuses rights on a file system that it did not make",
    "eks-cluster": "LocalStack has no EKS, and refuses rights on a cluster that it did not make",
    "fargate-blue-green": "LocalStack does not know the managed policy under which ECS shifts requests",
    "private-link": "LocalStack takes the DNS entries of an endpoint for no list",
    "shared-files": "LocalStack has no EFS, and refuses rights on a file system that it did not make",
}
"""Blueprints that LocalStack cannot make, and why."""

LEFT_OUT = "AWS::LeftOut::"


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_a_blueprint_of_the_library_is_deployed(path: Path, cloud: Cloud) -> None:
    if path.stem in REFUSED:
        pytest.skip(REFUSED[path.stem])
    world = archkit.load(path).architecture
    assert world
    made = synthesize(world, Report(), lint=False)  # that the templates are lint-clean is another test's matter
    plan = made.deploy or {"stacks": [{"name": name, "parameters": {}} for name in made.templates]}
    stacks: dict[str, Stack] = {}
    for step in plan["stacks"]:
        given = {name: stacks[source["stack"]].outputs[source["output"]] for name, source in step["parameters"].items()}
        given |= {name: value for name, value in outside(cloud).items() if name in world.parameters}
        template = re.sub(
            rf"(?<=Type: )({'|'.join(UNABLE)})$", rf"{LEFT_OUT}Type", made.templates[step["name"]], flags=re.M
        )
        stacks[step["name"]] = cloud.deploy(template, given, step["name"], (*UNKNOWN, LEFT_OUT))
    for stack in reversed(stacks.values()):
        cloud.delete(stack.name)


def outside(cloud: Cloud) -> dict[str, str]:
    """Return values of the parameters that name what a blueprint finds outside of itself."""
    zones = cloud.client("route53")
    found = zones.list_hosted_zones_by_name(DNSName="example.com")["HostedZones"]
    zone = found[0] if found else zones.create_hosted_zone(Name="example.com", CallerReference="x")["HostedZone"]
    return {"ZoneId": zone["Id"].rpartition("/")[2]}
