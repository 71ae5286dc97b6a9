"""CodeDeploy: platforms, strategies and the way back; who may deploy; what a platform does not know."""

from __future__ import annotations

from pathlib import Path

import pytest

import archkit
from tests.kinds.rows import att, findings, resources, said
from tests.options import ANY, Option, holds

DEPLOY = "AWS CodeDeploy"
FN = "  fn: {kind: lambda.function, runtime: python3.13, code: handler.py, live: true}\n"
UNNAMED = "nodes:\n  group: {kind: codedeploy.deployment_group, platform: lambda}\n" + FN.replace(", live: true", "")
API = "api: {kind: ecs.service, image: 'public.ecr.aws/nginx/nginx:1.29', port: 80, deployment: codedeploy}"


def network(group: str, more: str = "", edges: str = "balancer -> api, {balancer -> fleet: /fleet*}") -> str:
    """Return a deployment group beside a service, a fleet and an instance behind a load balancer."""
    return (
        f"nodes:\n  group: {{kind: codedeploy.deployment_group{group}}}\n  network:\n    kind: ec2.vpc\n    nat: one\n"
        "    nodes:\n      front: {kind: ec2.subnets, tier: public, nodes: {balancer: elb.application}}\n"
        f"      app: {{kind: ec2.subnets, nodes: {{{API}, fleet: {{kind: autoscaling.group, port: 8080}}, "
        f"alone: ec2.instance}}}}\n{more}edges: [{edges}]\n"
    )


BOTH = "balancer -> api, {balancer -> fleet: /fleet*}"


def row(option: str, group: str, path: str, expected: object = ANY, more: str = "", edge: str = "") -> Option:
    text = network(group, more, f"{BOTH}{', ' if edge else ''}{edge}")
    return Option(DEPLOY, option, text, f"Resources.{path}", expected)


def on_lambda(option: str, group: str, path: str, expected: object = ANY, more: str = "", edges: str = "") -> Option:
    text = (
        f"nodes:\n  group: {{kind: codedeploy.deployment_group, platform: lambda{group}}}\n{FN}{more}"
        f"edges: [group -> fn{edges}]\n"
    )
    return Option(DEPLOY, option, text, f"Resources.{path}", expected)


G = "Group.Properties."
PLATFORM, PLACE = "platform server/Lambda/ECS", "in-place or blue/green"
WAYS = "all-at-once/one-at-a-time/half-at-a-time/canary/linear with the platform rules checked"
BACK = "automatic rollback on alarm"
CONFIG = G + "DeploymentConfigName"
OPTIONS = [
    row(PLATFORM, "", "GroupApplication.Properties.ComputePlatform", "Server", edge="group -> fleet"),
    row(PLATFORM, "", G + "AutoScalingGroups.0", {"Ref": "Fleet"}, edge="group -> fleet"),
    row(PLATFORM, "", G + "Ec2TagFilters.0.Key", "DeploymentGroup-group", edge="group -> alone"),
    row(PLATFORM, ", platform: ecs", "GroupApplication.Properties.ComputePlatform", "ECS", edge="group -> api"),
    row(PLATFORM, ", platform: ecs", G + "ECSServices.0.ServiceName", att("Api", "Name"), edge="group -> api"),
    row(PLATFORM, ", platform: ecs", G + "LoadBalancerInfo.TargetGroupPairInfoList.0.TargetGroups.1.Name",
        att("BalancerToApiGreen", "TargetGroupName"), edge="group -> api"),
    on_lambda(PLATFORM, "", "FnAlias.UpdatePolicy.CodeDeployLambdaAliasUpdate.DeploymentGroupName", {"Ref": "Group"}),
    row(PLATFORM, ", application: shop", G + "ApplicationName", {"Ref": "Shop"}, "  shop: codedeploy.application\n",
        "group -> fleet"),
    row(PLACE, "", G + "DeploymentStyle.DeploymentType", "IN_PLACE", edge="group -> fleet"),
    row(PLACE, ", style: blue_green", G + "DeploymentStyle",
        {"DeploymentType": "BLUE_GREEN", "DeploymentOption": "WITH_TRAFFIC_CONTROL"}, edge="group -> fleet"),
    row(PLACE, ", style: blue_green", G + "LoadBalancerInfo.TargetGroupInfoList.0.Name",
        att("BalancerToFleet", "TargetGroupName"), edge="group -> fleet"),
    row(PLACE, ", style: blue_green, keep: 30",
        G + "BlueGreenDeploymentConfiguration.TerminateBlueInstancesOnDeploymentSuccess.TerminationWaitTimeInMinutes",
        30, edge="group -> fleet"),
    row(PLACE, ", platform: ecs, approve: 60", G + "BlueGreenDeploymentConfiguration.DeploymentReadyOption",
        {"ActionOnTimeout": "STOP_DEPLOYMENT", "WaitTimeInMinutes": 60}, edge="group -> api"),
    row(WAYS, "", CONFIG, "CodeDeployDefault.OneAtATime", edge="group -> fleet"),
    row(WAYS, ", strategy: all_at_once", CONFIG, "CodeDeployDefault.AllAtOnce", edge="group -> fleet"),
    row(WAYS, ", strategy: half_at_a_time", CONFIG, "CodeDeployDefault.HalfAtATime", edge="group -> fleet"),
    row(WAYS, ", healthy: 75", "GroupConfiguration.Properties.MinimumHealthyHosts",
        {"Type": "FLEET_PERCENT", "Value": 75}, edge="group -> fleet"),
    row(WAYS, ", platform: ecs", CONFIG, "CodeDeployDefault.ECSAllAtOnce", edge="group -> api"),
    row(WAYS, ", platform: ecs, strategy: canary, minutes: 15", CONFIG,
        "CodeDeployDefault.ECSCanary10Percent15Minutes", edge="group -> api"),
    row(WAYS, ", platform: ecs, strategy: linear", CONFIG, "CodeDeployDefault.ECSLinear10PercentEvery1Minutes",
        edge="group -> api"),
    row(WAYS, ", platform: ecs, strategy: canary, percent: 25, minutes: 10",
        "GroupConfiguration.Properties.TrafficRoutingConfig.TimeBasedCanary",
        {"CanaryPercentage": 25, "CanaryInterval": 10}, edge="group -> api"),
    on_lambda(WAYS, ", strategy: canary, minutes: 30", CONFIG, "CodeDeployDefault.LambdaCanary10Percent30Minutes"),
    on_lambda(WAYS, ", strategy: linear", CONFIG, "CodeDeployDefault.LambdaLinear10PercentEvery1Minute"),
    on_lambda(WAYS, ", strategy: linear, minutes: 3", CONFIG, "CodeDeployDefault.LambdaLinear10PercentEvery3Minutes"),
    on_lambda(BACK, "", G + "AutoRollbackConfiguration.Events.0", "DEPLOYMENT_FAILURE"),
    on_lambda(BACK, ", rollback_on: [bad]", G + "AlarmConfiguration.Alarms.0.Name", {"Ref": "Bad"},
              "  bad: {kind: cloudwatch.alarm, metric: errors, above: 0}\n", ", fn -> bad"),
    on_lambda(BACK, ", rollback_on: [bad]", G + "AutoRollbackConfiguration.Events.2", "DEPLOYMENT_STOP_ON_ALARM",
              "  bad: {kind: cloudwatch.alarm, metric: errors, above: 0}\n", ", fn -> bad"),
    on_lambda(BACK, ", rollback: false", G + "AutoRollbackConfiguration.Enabled", False),
    on_lambda("triggers", "", G + "TriggerConfigurations.0.TriggerEvents.0", "DeploymentSuccess",
              "  news: sns.topic\n", ", {group -> news: {events: [DeploymentSuccess]}}"),
    row("tags", ", tagged: {role: web}, on_premises: {site: berlin}", G + "OnPremisesInstanceTagFilters.0.Value",
        "berlin"),
    row("outdated instances", ", outdated: ignore", G + "OutdatedInstancesStrategy", "IGNORE", edge="group -> fleet"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option} {row.path.rpartition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


@pytest.mark.parametrize("number", [2, 5, 6, 7, 10, 16, 20, 25, 28, 29])
@pytest.mark.parametrize("format", ["cloudformation", "sam"])
def test_whole_blueprints_are_clean(number: int, format: str, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    archkit.load(tmp_path / "b.yaml", text=f"name: deploy\n{OPTIONS[number].blueprint}").synth(format)  # type: ignore[arg-type]


def test_a_role_passes_only_what_it_starts(tmp_path: Path) -> None:
    found = resources(network(", platform: ecs", edges=f"{BOTH}, group -> api"), tmp_path)
    assert said(found, "GroupRolePolicy") == [("iam:PassRole", [att("ApiRole"), att("ApiExecutionRole")])]
    assert found["Api"]["Properties"]["DeploymentController"] == {"Type": "CODE_DEPLOY"}
    assert "Strategy" not in found["Api"]["Properties"]["DeploymentConfiguration"]
    assert "Shifted" not in found["Api"]["Properties"]
    found = resources(network(", style: blue_green", edges=f"{BOTH}, group -> fleet"), tmp_path)
    assert said(found, "GroupRolePolicy") == [
        (["ec2:RunInstances", "ec2:CreateTags"], "*"), ("iam:PassRole", att("FleetRole"))
    ]  # fmt: skip


def test_servers_need_the_agent(tmp_path: Path) -> None:
    text = network("", edges=f"{BOTH}, group -> fleet, group -> alone")
    result = archkit.load(tmp_path / "b.yaml", text=f"name: agent\n{text}").synth()
    told = [found.message for found in result.report if found.code == "needs-agent"]
    assert ["'fleet'" in told[0], "'alone'" in told[1]] == [True, True]


def test_who_deploys_has_rights_on_group_application_and_configurations(tmp_path: Path) -> None:
    text = network("", "  build: {kind: lambda.function, runtime: python3.13, code: handler.py}\n",
                   f"{BOTH}, group -> fleet, build -> group")  # fmt: skip
    found = resources(text, tmp_path)
    actions = [actions for actions, _ in said(found, "BuildRolePolicy")]
    assert actions == [
        ["codedeploy:CreateDeployment", "codedeploy:GetDeployment", "codedeploy:StopDeployment"],
        ["codedeploy:GetApplicationRevision", "codedeploy:RegisterApplicationRevision"],
        "codedeploy:GetDeploymentConfig",
    ]


def test_callers_call_the_alias_that_deployments_move(tmp_path: Path) -> None:
    text = f"nodes:\n  group: {{kind: codedeploy.deployment_group, platform: lambda}}\n{FN}  api: apigateway.http\n"
    found = resources(text + "edges: [group -> fn, {api -> fn: GET /}]\n", tmp_path)
    assert found["FnAlias"]["Properties"]["FunctionVersion"]["Fn::GetAtt"][1] == "Version"
    assert "Shift" not in found["Fn"]["Properties"]
    permission = next(one for one in found.values() if one["Type"] == "AWS::Lambda::Permission")
    assert permission["Properties"]["FunctionName"] == {"Ref": "FnAlias"}


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (network(", strategy: canary"), "bad-value", "the platform 'server' knows no deployment 'canary'"),
        (network(", strategy: linear"), "bad-value", "the platform 'server' knows no deployment 'linear'"),
        (network(", platform: ecs, strategy: one_at_a_time"), "bad-value", "'ecs' knows no deployment 'one_at_a_time'"),
        (network(", platform: lambda, strategy: half_at_a_time"), "bad-value", "'lambda' knows no deployment"),
        (network(", platform: lambda, style: in_place"), "bad-value", "'lambda' is deployed to blue/green only"),
        (network(", platform: ecs, style: in_place"), "bad-value", "'ecs' is deployed to blue/green only"),
        (network(", platform: ecs, healthy: 50"), "bad-value", "healthy servers are counted on the platform 'server'"),
        (network(", approve: 5"), "bad-value", "only blue/green waits before it shifts"),
        (network(", platform: ecs", edges=f"{BOTH}, group -> fleet"), "wrong-platform", "'fleet' is of 'server'"),
        (network(", style: blue_green", edges=f"{BOTH}, group -> alone"), "cannot-join", "cannot be copied"),
        (network(", style: blue_green", edges="balancer -> api, group -> fleet"), "needs-balancer", "leads to 'fleet'"),
        (
            network(", application: shop", "  shop: {kind: codedeploy.application, platform: ecs}\n"), "wrong-platform",
            "'shop' is deployed to the platform 'ecs'",
        ),
        (
            UNNAMED + "edges: [group -> fn]\n", "needs-alias", "'fn' has no alias, whose requests could be shifted",
        ),
        (
            network(", platform: ecs", edges=f"{BOTH}, group -> api").replace(", deployment: codedeploy", ""),
            "cannot-join", "'api' is deployed by ECS itself",
        ),
    ],
)  # fmt: skip
def test_what_a_platform_does_not_know_is_refused(text: str, code: str, words: str, tmp_path: Path) -> None:
    found = findings(text, tmp_path)
    assert any(one == code and words in message for one, message in found), found
