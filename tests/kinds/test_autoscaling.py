"""Fleets of servers: every option, what scales them, how updates replace them, and what AWS refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import archkit
from tests.judges import moto_stack
from tests.kinds.rows import att, findings, resources, said
from tests.options import ANY, Option, holds

SERVICE = "Amazon EC2 Auto Scaling"


def network(properties: str = "", more: str = "", beside: str = "") -> str:
    """Return a blueprint of a fleet in private subnets, with what stands beside it."""
    return (
        "nodes:\n  network:\n    kind: ec2.vpc\n    nat: one\n    nodes:\n"
        "      edge: {kind: ec2.subnets, tier: public, slot: 3, nodes: {balancer: elb.application}}\n"
        "      app:\n        kind: ec2.subnets\n        nodes:\n"
        f"          fleet: {{kind: autoscaling.group{properties}}}\n{beside}{more}"
    )


def row(option: str, properties: str, path: str, expected: object = ANY, more: str = "") -> Option:
    return Option(SERVICE, option, network(properties, more), f"Resources.{path}", expected)


G, T = "Fleet.Properties.", "FleetTemplate.Properties.LaunchTemplateData."
SIZE, MIXED, REFRESH = "min/max/desired", "mixed instances and spot", "instance refresh"
POLICY = "Fleet.UpdatePolicy."
TYPES = ", mixed: {types: [t4g.medium, m7g.medium], spot: 60, base: 1}"
LAUNCH = "MixedInstancesPolicy.LaunchTemplate.Overrides"
SPREAD = "MixedInstancesPolicy.InstancesDistribution."
BALANCED = "edges:\n  - balancer -> fleet\n"
QUEUED = "  jobs: sqs.queue\nedges:\n  - jobs -> fleet: {per_worker: 10}\n"
BACKLOG = "FleetJobsBacklog.Properties.TargetTrackingConfiguration."
HIGH = "  high: {kind: cloudwatch.alarm, metric: cpu, above: 70}\nedges:\n  - fleet -> high\n  - high -> fleet: "
OPTIONS = [
    row(SIZE, ", min: 2, max: 6", G + "MinSize", "2"),
    row(SIZE, ", min: 2, max: 6", G + "MaxSize", "6"),
    row(SIZE, ", min: 2, max: 6, desired: 4", G + "DesiredCapacity", "4"),
    row("target tracking on CPU", ", cpu: 60", "FleetCpuScaling.Properties.TargetTrackingConfiguration",
        {"TargetValue": 60.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"}}),
    row("target tracking on ALB requests", ", port: 80, requests: 500",
        "FleetRequestScaling.Properties.TargetTrackingConfiguration.PredefinedMetricSpecification.PredefinedMetricType",
        "ALBRequestCountPerTarget", BALANCED),
    row("scaling on SQS queue depth per instance", "", BACKLOG + "TargetValue", 10.0, QUEUED),
    row("scaling on SQS queue depth per instance", "", BACKLOG + "CustomizedMetricSpecification.Metrics.2.Expression",
        "waiting / IF(running > 0, running, 1)", QUEUED),
    row("scaling on SQS queue depth per instance", "",
        BACKLOG + "CustomizedMetricSpecification.Metrics.0.MetricStat.Metric.Dimensions",
        [{"Name": "QueueName", "Value": att("Jobs", "QueueName")}], QUEUED),
    row("scheduled action", ", schedule: [{cron: '0 8 * * MON-FRI', min: 2, time_zone: Europe/Berlin}]",
        "FleetSchedule1.Properties.Recurrence", "0 8 * * MON-FRI"),
    row("scheduled action", ", schedule: [{cron: '0 8 * * MON-FRI', min: 2, time_zone: Europe/Berlin}]",
        "FleetSchedule1.Properties.TimeZone", "Europe/Berlin"),
    row(REFRESH, ", refresh: 80", POLICY + "AutoScalingInstanceRefresh.Preferences.MinHealthyPercentage", 80),
    row(REFRESH, ", refresh: {checkpoints: [20, 100], wait: 600}, warmup: 90",
        POLICY + "AutoScalingInstanceRefresh.Preferences",
        {"MinHealthyPercentage": 90, "InstanceWarmup": 90, "CheckpointPercentages": [20, 100], "CheckpointDelay": 600,
         "SkipMatching": True}),
    row(REFRESH, ", refresh: {root_only: true}", POLICY + "AutoScalingInstanceRefresh.Strategy", "ReplaceRootVolume"),
    row(REFRESH, ", max_days: 30", G + "MaxInstanceLifetime", 2_592_000),
    row("rolling update", ", min: 2, max: 4, batch: 2, pause: 90", POLICY + "AutoScalingRollingUpdate.PauseTime",
        "PT90S"),
    row("health check type", "", G + "HealthCheckType", "EC2"),
    row("health check type", ", port: 80", G + "HealthCheckType", "ELB", BALANCED),
    row("health check type", ", port: 80, health: ec2", G + "HealthCheckType", "EC2", BALANCED),
    row("health check type", ", grace: 300", G + "HealthCheckGracePeriod", 300),
    row(MIXED, TYPES, G + LAUNCH, [{"InstanceType": one} for one in ("t4g.small", "t4g.medium", "m7g.medium")]),
    row(MIXED, TYPES, G + SPREAD + "OnDemandPercentageAboveBaseCapacity", 40),
    row(MIXED, TYPES, G + SPREAD + "OnDemandBaseCapacity", 1),
    row(MIXED, TYPES, G + SPREAD + "SpotAllocationStrategy", "price-capacity-optimized"),
    row(MIXED, TYPES, G + "CapacityRebalance", True),
    row("alarms", "", "HighFleet.Properties.StepAdjustments",
        [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 2}], HIGH + "+2\n"),
    row("alarms", "", "HighFleet.Properties.AdjustmentType", "PercentChangeInCapacity", HIGH + "+20%\n"),
    row("alarms", "", "HighFleet.Properties.AdjustmentType", "ExactCapacity", HIGH + "=4\n"),
    row("alarms", "", "HighFleet.Properties.StepAdjustments",
        [{"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 20.0, "ScalingAdjustment": 1},
         {"MetricIntervalLowerBound": 20.0, "ScalingAdjustment": 3}],
        HIGH + "{steps: [{beyond: 0, add: 1}, {beyond: 20, add: 3}]}\n"),
    row("alarms", "", "HighFleet.Properties.StepAdjustments",
        [{"MetricIntervalUpperBound": 0.0, "ScalingAdjustment": -1}],
        HIGH.replace("above", "below") + "'-1'\n"),
    row("alarms", "", "High.Properties.AlarmActions", [{"Ref": "HighFleet"}], HIGH + "+2\n"),
    row("warm pool", ", warm: stopped", "FleetWarm.Properties.PoolState", "Stopped"),
    row("warm pool", ", warm: {state: running, min: 1, most: 4, reuse: true}",
        "FleetWarm.Properties.InstanceReusePolicy.ReuseOnScaleIn", True),
    row("warm pool", ", warm: hibernated", T + "HibernationOptions.Configured", True),
    row("termination", ", leave: [OldestLaunchTemplate, OldestInstance]", G + "TerminationPolicies",
        ["OldestLaunchTemplate", "OldestInstance"]),
    row("termination", ", protect_new: true", G + "NewInstancesProtectedFromScaleIn", True),
    row("notifications", ", tell: ops", G + "NotificationConfigurations.0.TopicARN", {"Ref": "Ops"},
        "  ops: sns.topic\n"),
    row("launch template", ", instance: t3.small, credits: standard", T + "CreditSpecification.CpuCredits", "standard"),
    row("launch template", "", T + "MetadataOptions.HttpTokens", "required"),
    row("launch template", "", T + "BlockDeviceMappings.0.Ebs.Encrypted", True),
    row("launch template", ", monitoring: true", T + "Monitoring.Enabled", True),
    row("launch template", ", instance: m7i.large, tenancy: dedicated", T + "Placement.Tenancy", "dedicated"),
    row("launch template", "", G + "LaunchTemplate.Version", att("FleetTemplate", "LatestVersionNumber")),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option} {row.path.rpartition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_are_clean(tmp_path: Path) -> None:
    """Every row's fleet beside the others, in one template that cfn-lint judges."""
    fleets, edges = "", ""
    for number, option in enumerate(OPTIONS):
        found = re.search(r"fleet: (\{[^\n]*\})\n", option.blueprint)
        assert found is not None
        fleets += f"          fleet-{number}: {found[1]}\n"
        if "balancer -> fleet" in option.blueprint:
            edges += f"  - balancer -> fleet-{number}: /{number}/*\n"
        if "jobs -> fleet" in option.blueprint:
            edges += f"  - jobs -> fleet-{number}: {{per_worker: 10}}\n"
    text = network(beside=fleets, more=f"  ops: sns.topic\n  jobs: sqs.queue\nedges:\n{edges}")
    archkit.load(tmp_path / "all.yaml", text=f"name: all\n{text}").synth()


def test_workers_may_take_messages_and_know_where(tmp_path: Path) -> None:
    found = resources(network(more=QUEUED), tmp_path)
    assert (["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            att("Jobs")) in said(found, "FleetRolePolicy")  # fmt: skip
    text, parts = found["FleetTemplate"]["Properties"]["LaunchTemplateData"]["UserData"]["Fn::Base64"]["Fn::Sub"]
    assert "JOBS=${V1}\n" in text and parts == {"V1": att("Jobs", "QueueUrl")}


def test_workers_without_a_number_do_not_scale(tmp_path: Path) -> None:
    found = resources(network(more="  jobs: sqs.queue\nedges:\n  - jobs -> fleet\n"), tmp_path)
    assert not any(one["Type"] == "AWS::AutoScaling::ScalingPolicy" for one in found.values())


def test_a_balancer_reaches_the_fleet_at_its_port_only(tmp_path: Path) -> None:
    found = resources(network(", port: 8080", BALANCED), tmp_path)
    assert found["FleetFromBalancer8080"]["Properties"]["SourceSecurityGroupId"] == att("BalancerSecurityGroup",
                                                                                      "GroupId")  # fmt: skip
    (targets,) = found["Fleet"]["Properties"]["TargetGroupARNs"]
    assert found[targets["Ref"]]["Properties"]["Port"] == 8080


GRANTS = """  bucket: s3.bucket
  orders: dynamodb.table
  login: secretsmanager.secret
edges:
  - fleet -> bucket: read
  - fleet -> orders: write
  - fleet -> login
  - fleet -> db
"""


def test_it_reaches_what_edges_say(tmp_path: Path) -> None:
    found = resources(network(more=GRANTS, beside="          db: rds.instance\n"), tmp_path)
    rights = {action for actions, _ in said(found, "FleetRolePolicy")
              for action in ([actions] if isinstance(actions, str) else actions)}  # fmt: skip
    assert {"s3:GetObject", "dynamodb:PutItem", "secretsmanager:GetSecretValue"} <= rights
    assert "s3:PutObject" not in rights and "dynamodb:GetItem" not in rights
    assert found["DbFromFleet5432"]["Properties"]["SourceSecurityGroupId"] == att("FleetSecurityGroup", "GroupId")
    text, _ = found["FleetTemplate"]["Properties"]["LaunchTemplateData"]["UserData"]["Fn::Base64"]["Fn::Sub"]
    assert {"BUCKET", "ORDERS", "LOGIN", "DB"} <= {line.partition("=")[0] for line in text.splitlines()}


def test_it_is_watched(tmp_path: Path) -> None:
    more = "  few: {kind: cloudwatch.alarm, metric: in-service, below: 1}\nedges:\n  - fleet -> few\n"
    found = resources(network(more=more), tmp_path)["Few"]["Properties"]
    assert (found["Namespace"], found["Dimensions"]) == (
        "AWS/AutoScaling", [{"Name": "AutoScalingGroupName", "Value": {"Ref": "Fleet"}}])  # fmt: skip


@pytest.mark.parametrize(
    ("edge", "code", "text"),
    [
        ("{}", "missing-property", "how many servers come or go"),
        ("{steps: [{beyond: 5, add: 1}]}", "bad-value", "steps begin at the threshold"),
        ("{add: -1, unit: exact}", "out-of-bounds", "fewer servers than none"),
    ],
)
def test_what_an_alarm_cannot_do(edge: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(network(more=f"{HIGH}{edge}\n"), tmp_path)
    assert any(one == code and text in message for one, message in found), found


def test_alarms_that_scale_are_clean(tmp_path: Path) -> None:
    text = network(more=f"{HIGH}{{steps: [{{beyond: 0, add: 1}}, {{beyond: 20, add: 3}}]}}\n")
    archkit.load(tmp_path / "b.yaml", text=f"name: steps\n{text}").synth()


def test_it_stands_in_each_zone_of_the_picture(tmp_path: Path) -> None:
    text = f"name: test\n{network(', min: 2, max: 6')}"
    svg = archkit.load(tmp_path / "b.yaml", text=text).render("svg").decode()
    assert svg.count('data-node="fleet"') == 2
    assert "Auto Scaling group" in svg and "t4g.small, 2 to 6" in svg and "#ED7100" in svg


@pytest.mark.parametrize(
    ("properties", "code", "text"),
    [
        (", min: 3, max: 2", "out-of-bounds", "there cannot be 3 servers at least and 2 at most"),
        (", desired: 9", "out-of-bounds", "9 servers are not between 1 and 2"),
        (", requests: 100", "needs-balancer", "requests are counted by a load balancer, and none leads here"),
        (", health: elb", "needs-balancer", "health is asked for by a load balancer, and none leads here"),
        (", mixed: {types: [m7i.large]}", "bad-value", "take images of different architectures"),
        (", mixed: {types: [m7g.large]}, tenancy: host", "bad-value", "dedicated hosts have one instance type"),
        (", mixed: {types: [m7g.large], spot: 50}, warm: stopped", "bad-value", "do not wait in a warm pool"),
        (", root: {size: 20, type: standard}, warm: hibernated", "bad-value", "does not hibernate on standard"),
        (", root: {type: sc1, size: 200}", "bad-value", "nothing boots from sc1"),
    ],
)
def test_what_cannot_be_is_refused(properties: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(network(properties), tmp_path)
    assert any(one == code and text in message for one, message in found), found


DEPLOYED = """name: shop
nodes:
  orders: dynamodb.table
  network:
    kind: ec2.vpc
    nat: one
    nodes:
      edge:
        kind: ec2.subnets
        tier: public
        nodes: {door: {kind: ec2.instance, elastic_ip: true, instance: m5.large, image: ami-12c6146b}}
      app:
        kind: ec2.subnets
        nodes:
          fleet:
            {kind: autoscaling.group, image: ami-12c6146b, instance: m5.large, min: 2, max: 4, port: 8080,
             schedule: [{cron: '0 8 * * *', min: 3}]}
          back: {kind: ec2.instance, image: ami-12c6146b, instance: m5.large, zone: 2, volumes: [30]}
          data: {kind: ec2.volume, size: 20}
edges:
  - door -> fleet
  - fleet -> orders: read
  - back -> data
"""


def test_what_is_deployed_is_what_was_asked_for(tmp_path: Path) -> None:
    """moto makes the servers: as many as said, where said, reached at the one port, and told where the table is."""
    import base64

    (template,) = archkit.load(tmp_path / "shop.yaml", text=DEPLOYED).synth().templates.values()
    with moto_stack(template) as stack:
        ids, ec2 = stack.physical_ids, stack.client("ec2")
        (group,) = stack.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
        assert (group["MinSize"], group["MaxSize"], len(group["Instances"])) == (2, 4, 2)
        assert set(group["VPCZoneIdentifier"].split(",")) == {ids["AppA"], ids["AppB"]}
        (planned,) = stack.client("autoscaling").describe_scheduled_actions()["ScheduledUpdateGroupActions"]
        assert (planned["Recurrence"], planned["MinSize"]) == ("0 8 * * *", 3)
        version = ec2.describe_launch_template_versions(LaunchTemplateId=ids["FleetTemplate"])
        launched = version["LaunchTemplateVersions"][0]["LaunchTemplateData"]
        assert f"ORDERS={ids['Orders']}\n" in base64.b64decode(launched["UserData"]).decode()
        servers = {one["InstanceId"]: one for part in ec2.describe_instances()["Reservations"]
                   for one in part["Instances"]}  # fmt: skip
        assert len(servers) == 4
        assert servers[ids["Back"]]["SubnetId"] == ids["AppB"] and "PublicIpAddress" not in servers[ids["Back"]]
        assert servers[ids["Door"]]["SubnetId"] == ids["EdgeA"] and servers[ids["Door"]]["PublicIpAddress"]
        devices = {one["DeviceName"] for one in servers[ids["Back"]]["BlockDeviceMappings"]}
        assert devices == {"/dev/xvda", "/dev/sdf", "/dev/sdp"}
        groups = {one["GroupId"]: one for one in ec2.describe_security_groups()["SecurityGroups"]}
        (rule,) = groups[launched["SecurityGroupIds"][0]]["IpPermissions"]
        assert (rule["FromPort"], rule["ToPort"], rule["IpRanges"]) == (8080, 8080, [])
        (whom,) = rule["UserIdGroupPairs"]
        assert groups[whom["GroupId"]]["Description"] == "shop: door"
