"""Containers, ECS, Fargate, ECR and Cloud Map: every option, what edges bring, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import archkit
from tests.judges import moto_stack
from tests.kinds.rows import att, findings, resources, said
from tests.options import ANY, Option, holds

ECS, FARGATE, ECR, MAP = "Amazon ECS", "AWS Fargate", "Amazon ECR", "AWS Cloud Map"
IMAGE = "image: 'public.ecr.aws/nginx/nginx:1.29'"


def network(nodes: str, more: str = "", own: str = "") -> str:
    """Return a blueprint with nodes in a private tier, a load balancer in a public one, and whatever else."""
    return (
        f"nodes:\n  network:\n    kind: ec2.vpc\n    nat: one\n    nodes:\n{own}"
        "      front: {kind: ec2.subnets, tier: public, nodes: {balancer: elb.application}}\n"
        f"      app: {{kind: ec2.subnets, nodes: {{{nodes}}}}}\n{more}"
    )


def row(service: str, option: str, properties: str, path: str, expected: object = ANY, more: str = "",
        beside: str = "") -> Option:  # fmt: skip
    node = f"api: {{kind: ecs.service, {IMAGE}, port: 8080{properties}}}"
    return Option(service, option, network(node + beside, more), f"Resources.{path}", expected)


S, T = "Api.Properties.", "ApiTask.Properties."
C = T + "ContainerDefinitions.0."
ROUTE = "edges: [balancer -> api]\n"
SECRET = "  login: secretsmanager.secret\n  limit: {kind: ssm.parameter, value: '5'}\n"
FLEET = ", fleet: {kind: autoscaling.group, min: 1, max: 2}"
OPTIONS = [
    row(ECS, "launch type Fargate/EC2/Fargate Spot", "", S + "LaunchType", "FARGATE"),
    row(FARGATE, "launch type of ECS and EKS", "", T + "RequiresCompatibilities", ["FARGATE"]),
    row(ECS, "launch type Fargate/EC2/Fargate Spot", ", launch: fargate_spot",
        S + "CapacityProviderStrategy.0.CapacityProvider", "FARGATE_SPOT"),
    row(ECS, "launch type Fargate/EC2/Fargate Spot", ", launch: ec2, capacity: fleet",
        S + "CapacityProviderStrategy.0.CapacityProvider", {"Ref": "FleetProvider"}, beside=FLEET),
    row(ECS, "launch type Fargate/EC2/Fargate Spot", ", launch: ec2, capacity: fleet",
        "ApiClusterProviders.Properties.CapacityProviders.2", {"Ref": "FleetProvider"}, beside=FLEET),
    row(ECS, "launch type Fargate/EC2/Fargate Spot", ", launch: ec2, cluster: old", S + "LaunchType", "EC2",
        "  old: {kind: ecs.cluster, existing: {name: old}}\n"),
    row(ECS, "task role", "", T + "TaskRoleArn", att("ApiRole")),
    row(ECS, "task role", ", role: mine", T + "TaskRoleArn", att("Mine"),
        "  mine: {kind: iam.role, services: [ecs-tasks.amazonaws.com]}\n"),
    row(ECS, "execution role", "", T + "ExecutionRoleArn", att("ApiExecutionRole")),
    row(ECS, "task size", ", cpu: 1024, memory: 4096", T + "Memory", "4096"),
    row(ECS, "task size", ", cpu: 1024, memory: 4096", T + "Cpu", "1024"),
    row(ECS, "desired count", ", count: 3", S + "DesiredCount", 3),
    row(ECS, "autoscaling", ", scale: {min: 2, max: 6, cpu: 60}",
        "ApiCPUScaling.Properties.TargetTrackingScalingPolicyConfiguration.TargetValue", 60),
    row(ECS, "autoscaling", ", scale: {min: 2, max: 6, memory: 70}",
        "ApiMemoryScaling.Properties.TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification."
        "PredefinedMetricType", "ECSServiceAverageMemoryUtilization"),
    row(ECS, "autoscaling", ", scale: {min: 2, max: 6, cpu: 60}", "ApiScalable.Properties.MaxCapacity", 6),
    row(ECS, "autoscaling", ", scale: {max: 6, requests: 500}",
        "ApiRequestScaling.Properties.TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification."
        "PredefinedMetricType", "ALBRequestCountPerTarget", ROUTE),
    row(ECS, "autoscaling", "", "ApiJobsBacklog.Properties.TargetTrackingScalingPolicyConfiguration.TargetValue", 10,
        "  jobs: sqs.queue\nedges: [{jobs -> api: {per_worker: 10}}]\n"),
    row(ECS, "circuit breaker", "", S + "DeploymentConfiguration.DeploymentCircuitBreaker.Rollback", True),
    row(ECS, "circuit breaker", ", circuit_breaker: false",
        S + "DeploymentConfiguration.DeploymentCircuitBreaker.Enable", False),
    row(ECS, "container insights", "", "ApiCluster.Properties.ClusterSettings.0.Value", "enabled"),
    row(ECS, "container insights", ", cluster: main", "Main.Properties.ClusterSettings.0.Value", "enhanced",
        "  main: {kind: ecs.cluster, insights: enhanced}\n"),
    row(ECS, "secrets from Secrets Manager and SSM", "", C + "Secrets.0",
        {"Name": "LOGIN", "ValueFrom": {"Ref": "Login"}}, SECRET + "edges: [{api -> login: inject}]\n"),
    row(ECS, "secrets from Secrets Manager and SSM", "", C + "Secrets.0.ValueFrom", ANY,
        SECRET + "edges: [{api -> login: {does: inject, field: password, variable: PASSWORD}}]\n"),
    row(ECS, "secrets from Secrets Manager and SSM", "", C + "Secrets.0.Name", "LIMIT",
        SECRET + "edges: [{api -> limit: inject}]\n"),
    row(ECS, "image", "", C + "Image", "public.ecr.aws/nginx/nginx:1.29"),
    Option(ECS, "image", network("api: {kind: ecs.service, repository: images, tag: v1}", "  images: ecr.repository\n"),
           f"Resources.{C}Image", {"Fn::Sub": "${Images.RepositoryUri}:v1"}),
    row(ECS, "logs", ", logs: 90", "ApiLogs.Properties.RetentionInDays", 90),
    row(ECS, "logs", "", C + "LogConfiguration.Options.awslogs-group", {"Ref": "ApiLogs"}),
    row(ECS, "health check", ", health: curl -f http://localhost:8080/", C + "HealthCheck.Command",
        ["CMD-SHELL", "curl -f http://localhost:8080/"]),
    row(ECS, "command", ", command: [serve, --all]", C + "Command", ["serve", "--all"]),
    row(ECS, "architecture", ", architecture: arm64", T + "RuntimePlatform.CpuArchitecture", "ARM64"),
    row(ECS, "storage", ", storage: 50", T + "EphemeralStorage.SizeInGiB", 50),
    row(ECS, "user", ", user: '1000:1000'", C + "User", "1000:1000"),
    row(ECS, "read-only root filesystem", ", read_only: true", C + "ReadonlyRootFilesystem", True),
    row(ECS, "ECS Exec", ", exec: true", S + "EnableExecuteCommand", True),
    row(ECS, "environment", ", environment: {MODE: test}", C + "Environment.0", {"Name": "MODE", "Value": "test"}),
    row(ECS, "EFS volumes", "", T + "Volumes.0.EFSVolumeConfiguration.TransitEncryption", "ENABLED",
        "edges: [api -> files]\n", ", files: efs.file_system"),
    row(ECS, "EFS volumes", "", C + "MountPoints.0.ContainerPath", "/mnt/data",
        "edges: [{api -> files: {path: /mnt/data}}]\n", ", files: efs.file_system"),
    row(ECS, "deployment strategy", "", S + "DeploymentConfiguration.Strategy", "ROLLING"),
    row(ECS, "deployment strategy", ", deployment: blue_green", S + "DeploymentConfiguration.Strategy", "BLUE_GREEN",
        ROUTE),
    row(ECS, "deployment strategy", ", deployment: blue_green",
        S + "LoadBalancers.0.AdvancedConfiguration.AlternateTargetGroupArn", {"Ref": "BalancerToApiGreen"}, ROUTE),
    row(ECS, "deployment strategy", ", deployment: {strategy: canary, percent: 5, step: 10}",
        S + "DeploymentConfiguration.CanaryConfiguration", {"CanaryPercent": 5, "CanaryBakeTimeInMinutes": 10}, ROUTE),
    row(ECS, "deployment strategy", ", deployment: {strategy: linear, percent: 20}",
        S + "DeploymentConfiguration.LinearConfiguration.StepPercent", 20, ROUTE),
    row(ECS, "deployment strategy", ", deployment: codedeploy", S + "DeploymentController.Type", "CODE_DEPLOY", ROUTE),
    row(ECS, "deployment alarms", ", rollback_on: [bad]", S + "DeploymentConfiguration.Alarms.Rollback", True,
        "  bad: {kind: cloudwatch.alarm, metric: errors, above: 9}\nedges: [balancer -> api, balancer -> bad]\n"),
    row(ECS, "Service Connect", "", S + "ServiceConnectConfiguration.Services.0.ClientAliases.0",
        {"Port": 8080, "DnsName": "api"}, "  names: servicediscovery.http_namespace\nedges: [api -> names]\n"),
]  # fmt: skip


def repository(option: str, properties: str, path: str, expected: object = ANY, more: str = "") -> Option:
    node = f"nodes:\n  images: {{kind: ecr.repository{properties}}}\n{more}"
    return Option(ECR, option, node, f"Resources.Images.Properties.{path}", expected)


def names(option: str, properties: str, path: str, expected: object = ANY, edges: str = "") -> Option:
    node = f"api: {{kind: ecs.service, {IMAGE}, port: 8080}}"
    own = f"      names: {{kind: servicediscovery.namespace{properties}}}\n"
    return Option(MAP, option, network(node, edges, own), f"Resources.{path}", expected)


def name(option: str, properties: str, path: str, expected: object = ANY) -> Option:
    nodes = (
        "nodes:\n  net: {kind: ec2.vpc, nodes: {names: servicediscovery.namespace}}\n"
        f"  orders: {{kind: servicediscovery.service, namespace: names{properties}}}\n"
    )
    return Option(MAP, option, nodes, f"Resources.Orders.Properties.{path}", expected)


OPTIONS += [
    repository("scan on push", "", "ImageScanningConfiguration.ScanOnPush", True),
    repository("scan on push", ", scan: false", "ImageScanningConfiguration.ScanOnPush", False),
    repository("immutable tags", "", "ImageTagMutability", "IMMUTABLE"),
    repository("immutable tags", ", immutable: false", "ImageTagMutability", "MUTABLE"),
    repository("lifecycle policy", ", keep: 5", "LifecyclePolicy.LifecyclePolicyText"),
    repository("encryption", "", "EncryptionConfiguration.EncryptionType", "AES256"),
    repository("encryption", ", key: cmk", "EncryptionConfiguration.KmsKey", att("Cmk"), "  cmk: kms.key\n"),
    repository("fixed name", ", name_fixed: shop/api", "RepositoryName", "shop/api"),
    names("namespace", ", domain: shop.internal", "Names.Properties.Name", "shop.internal"),
    names("namespace", "", "Names.Properties.Vpc", {"Ref": "Network"}),
    names("registration of ECS services by edges", "", "Api.Properties.ServiceRegistries.0.RegistryArn",
          att("ApiNamesName"), "edges: [api -> names]\n"),
    names("registration of ECS services by edges", "", "ApiNamesName.Properties.DnsConfig.DnsRecords.0",
          {"Type": "A", "TTL": 30}, "edges: [{api -> names: {ttl: 30}}]\n"),
    names("registration of ECS services by edges", "", "ApiNamesName.Properties.Name", "orders",
          "edges: [{api -> names: {host: orders}}]\n"),
    name("records", ", records: [SRV], ttl: 5", "DnsConfig.DnsRecords.0", {"Type": "SRV", "TTL": 5}),
    name("routing", ", routing: weighted", "DnsConfig.RoutingPolicy", "WEIGHTED"),
    name("name", ", host: shop", "Name", "shop"),
    Option(MAP, "public names", "nodes:\n  names: {kind: servicediscovery.public_namespace, domain: a.example.com}\n"
           "  orders: {kind: servicediscovery.service, namespace: names, check_path: /health}\n",
           "Resources.Orders.Properties.HealthCheckConfig.ResourcePath", "/health"),
    Option(MAP, "names without DNS", "nodes: {orders: servicediscovery.service}\n",
           "Resources.Orders.Properties.Type", "HTTP"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.service} {row.option} {row.path.rpartition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


JUDGED = ("strategy", "EFS", "secrets", "launch", "Connect", "registration", "public", "autoscaling")
WHOLE = [row for row in OPTIONS if any(word in row.option for word in JUDGED)]


@pytest.mark.parametrize("option", WHOLE, ids=lambda row: f"{row.service} {row.option} {row.path.rpartition('.')[2]}")
def test_whole_blueprints_are_clean(option: Option, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    archkit.load(tmp_path / "b.yaml", text=f"name: containers\n{option.blueprint}").synth()


def test_linear_and_canary_deployments_have_no_circuit_breaker(tmp_path: Path) -> None:
    for strategy, has in (("linear", False), ("canary", False), ("blue_green", True), ("rolling", True)):
        found = resources(network(f"api: {{kind: ecs.service, {IMAGE}, port: 80, deployment: {strategy}}}", ROUTE),
                          tmp_path)  # fmt: skip
        config = found["Api"]["Properties"]["DeploymentConfiguration"]
        assert ("DeploymentCircuitBreaker" in config) is has, strategy


def test_the_execution_role_pulls_from_one_repository_and_reads_one_secret(tmp_path: Path) -> None:
    text = network(
        "api: {kind: ecs.service, repository: images, port: 8080}",
        "  images: ecr.repository\n  login: secretsmanager.secret\n  other: secretsmanager.secret\n"
        "edges: [{api -> login: inject}]\n",
    )
    found = resources(text, tmp_path)
    assert said(found, "ApiExecutionRolePolicy") == [
        (["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], att("Images")),
        ("ecr:GetAuthorizationToken", "*"),
        ("secretsmanager:GetSecretValue", {"Ref": "Login"}),
    ]
    assert "ApiRolePolicy" not in found, "the code itself has no rights"


def test_edges_from_a_service_give_rights_reach_and_addresses(tmp_path: Path) -> None:
    text = network(
        f"api: {{kind: ecs.service, {IMAGE}, port: 8080}}, db: {{kind: rds.instance, engine: postgres}}",
        "  jobs: sqs.queue\n  table: {kind: dynamodb.table, key: id}\n  files: s3.bucket\n  news: sns.topic\n"
        "edges: [api -> db, {api -> jobs: write}, {api -> table: 'read, write'}, {api -> files: read}, "
        "{api -> news: publish}]\n",
    )
    found = resources(text, tmp_path)
    granted = {action.split(":")[0] for actions, _ in said(found, "ApiRolePolicy")
               for action in ([actions] if isinstance(actions, str) else actions)}  # fmt: skip
    assert granted == {"secretsmanager", "sqs", "dynamodb", "s3", "sns"}
    assert found["DbFromApi5432"]["Properties"]["SourceSecurityGroupId"] == att("ApiSecurityGroup", "GroupId")
    assert found["ApiToDb5432"]["Properties"]["DestinationSecurityGroupId"] == att("DbSecurityGroup", "GroupId")
    variables = found["ApiTask"]["Properties"]["ContainerDefinitions"][0]["Environment"]
    assert {one["Name"] for one in variables} >= {"DB", "DB_SECRET", "JOBS", "TABLE", "FILES", "NEWS"}


def test_a_registered_service_is_found_by_its_name(tmp_path: Path) -> None:
    text = network(
        f"web: {{kind: ecs.service, {IMAGE}, port: 80}}, orders: {{kind: ecs.service, {IMAGE}, port: 8080}}",
        "edges: [web -> orders, orders -> names]\n",
        "      names: {kind: servicediscovery.namespace, domain: shop.internal}\n",
    )
    found = resources(text, tmp_path)
    assert found["WebTask"]["Properties"]["ContainerDefinitions"][0]["Environment"] == [
        {"Name": "ORDERS", "Value": "orders.shop.internal"}
    ]
    assert found["OrdersFromWeb8080"]["Properties"]["SourceSecurityGroupId"] == att("WebSecurityGroup", "GroupId")


def test_services_on_one_fleet_share_its_capacity_provider(tmp_path: Path) -> None:
    more = f"cluster: main, launch: ec2, capacity: fleet, port: 80, {IMAGE}"
    found = resources(
        network(f"api: {{kind: ecs.service, {more}}}, back: {{kind: ecs.service, {more}}}{FLEET}",
                "  main: {kind: ecs.cluster, fargate: false}\n"),
        tmp_path,
    )  # fmt: skip
    assert [id for id, one in found.items() if one["Type"] == "AWS::ECS::CapacityProvider"] == ["FleetProvider"]
    assert found["MainProviders"]["Properties"]["CapacityProviders"] == [{"Ref": "FleetProvider"}]
    assert "MainProviders" in found["Back"]["DependsOn"]
    script = json.dumps(found["FleetTemplate"]["Properties"]["LaunchTemplateData"]["UserData"])
    assert script.count("ECS_CLUSTER=") == 1
    assert "ecs/optimized-ami" in found["FleetTemplate"]["Properties"]["LaunchTemplateData"]["ImageId"]


def test_a_metric_of_a_service_is_of_its_cluster_too(tmp_path: Path) -> None:
    more = "  hot: {kind: cloudwatch.alarm, metric: cpu, above: 90}\nedges: [api -> hot]\n"
    for cluster, name in (("", {"Ref": "ApiCluster"}), (", cluster: main", {"Ref": "Main"})):
        text = network(f"api: {{kind: ecs.service, {IMAGE}{cluster}}}", "  main: ecs.cluster\n" + more)
        assert resources(text, tmp_path)["Hot"]["Properties"]["Dimensions"] == [
            {"Name": "ClusterName", "Value": name}, {"Name": "ServiceName", "Value": att("Api", "Name")}
        ]  # fmt: skip


def test_a_service_is_drawn_by_what_it_runs_on(tmp_path: Path) -> None:
    from archkit.diagram.plan import plan

    text = network(f"api: {{kind: ecs.service, {IMAGE}}}, old: {{kind: ecs.service, {IMAGE}, launch: ec2, "
                   f"capacity: fleet}}{FLEET}")  # fmt: skip
    boxes = plan(archkit.load(tmp_path / "b.yaml", text=f"name: drawn\n{text}").sound()).boxes
    assert boxes["api"].icon == "aws/compute/fargate"
    assert boxes["old"].icon == "aws/compute/elastic-container-service-service"


TASK = network(f"job: {{kind: ecs.task, {IMAGE}}}")
STARTERS = [
    ("  flow: {kind: stepfunctions.state_machine, states: {Run: {do: job, wait: job}}}\n", "FlowRolePolicy",
     "Flow.Properties.Definition.States.Run.Parameters.NetworkConfiguration.AwsvpcConfiguration.Subnets"),
    ("  nightly: {kind: scheduler.schedule, every: 1 day}\nedges: [nightly -> job]\n", "NightlyRolePolicy",
     "Nightly.Properties.Target.EcsParameters.NetworkConfiguration.AwsvpcConfiguration.Subnets"),
    ("  rule: {kind: events.rule, every: 1 day}\nedges: [rule -> job]\n", "RuleRolePolicy",
     "Rule.Properties.Targets.0.EcsParameters.NetworkConfiguration.AwsVpcConfiguration.Subnets"),
    ("  jobs: sqs.queue\nedges: [jobs -> job]\n", "JobsJobPipeRolePolicy",
     "JobsJobPipe.Properties.TargetParameters.EcsTaskParameters.NetworkConfiguration.AwsvpcConfiguration.Subnets"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "policy", "path"), STARTERS, ids=["workflow", "schedule", "rule", "pipe"])
def test_who_starts_a_task_says_where_and_hands_it_its_roles(more: str, policy: str, path: str, tmp_path: Path) -> None:
    assert holds(Option(ECS, "run", TASK + more, f"Resources.{path}", [{"Ref": "AppA"}, {"Ref": "AppB"}]), tmp_path)
    found = resources(TASK + more, tmp_path)
    rights = {str(actions): on for actions, on in said(found, policy)}
    assert rights["ecs:RunTask"] == {"Ref": "JobTask"}
    assert rights["iam:PassRole"] == [att("JobRole"), att("JobExecutionRole")]
    archkit.load(tmp_path / "b.yaml", text=f"name: tasks\n{TASK + more}").synth()


def test_code_that_runs_a_task_is_told_where(tmp_path: Path) -> None:
    more = "  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\nedges: [work -> job]\n"
    text = network(f"job: {{kind: ecs.task, {IMAGE}}}", more)
    assert resources(text, tmp_path)["Work"]["Properties"]["Environment"]["Variables"] == {
        "JOB": {"Ref": "JobTask"}, "JOB_CLUSTER": att("JobCluster"),
        "JOB_SECURITY_GROUP": att("JobSecurityGroup", "GroupId"),
        "JOB_SUBNETS": {"Fn::Join": [",", [{"Ref": "AppA"}, {"Ref": "AppB"}]]},
    }  # fmt: skip


def test_an_api_reaches_services_by_a_link_in_their_network(tmp_path: Path) -> None:
    text = network(
        f"link: apigateway.vpc_link, inner: elb.application, shop: {{kind: ecs.service, {IMAGE}, port: 8080}}",
        "  api: apigateway.http\n  name: {kind: servicediscovery.service, namespace: names, records: [SRV]}\n"
        "edges: [{api -> inner: {does: GET /, vpc_link: link}}, {api -> name: {does: GET /shop, vpc_link: link}}, "
        "inner -> shop, shop -> name]\n",
        "      names: servicediscovery.namespace\n",
    )
    found = resources(text, tmp_path)
    uris = [one["Properties"]["IntegrationUri"] for one in found.values() if "Integration" in one["Type"]]
    assert uris == [{"Ref": "InnerHttp"}, att("Name")]
    assert found["Link"]["Properties"]["SecurityGroupIds"] == [att("LinkSecurityGroup", "GroupId")]
    for rule in ("InnerFromLink80", "ShopFromLink8080"):
        assert found[rule]["Properties"]["SourceSecurityGroupId"] == att("LinkSecurityGroup", "GroupId")
    assert found["Shop"]["Properties"]["ServiceRegistries"][0]["ContainerPort"] == 8080
    archkit.load(tmp_path / "b.yaml", text=f"name: link\n{text}").synth()


PAIRED = [
    ("alb -> fargate", "BalancerHttp.Properties.DefaultActions.0.TargetGroupArn", {"Ref": "BalancerToApi"}, ROUTE),
    ("alb -> ecs", "Api.Properties.LoadBalancers.0.ContainerPort", 8080, ROUTE),
    ("lambda -> ecs", "WorkRolePolicy.Properties.PolicyDocument.Statement.1.Action", "ecs:RunTask",
     "  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\nedges: [work -> job]\n"),
    ("lambda -> ecr", "WorkRolePolicy.Properties.PolicyDocument.Statement.1.Resource", att("Images"),
     "  images: ecr.repository\n  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"
     "edges: [work -> images]\n"),
    ("eventbridge-scheduler -> ecs", "Clock.Properties.Target.Arn", att("JobCluster"),
     "  clock: {kind: scheduler.schedule, every: 1 day}\nedges: [clock -> job]\n"),
    ("eventbridge -> ecs", "Rule.Properties.Targets.0.EcsParameters.LaunchType", "FARGATE",
     "  rule: {kind: events.rule, every: 1 day}\nedges: [rule -> job]\n"),
    ("sqs -> ecs", "ApiTask.Properties.ContainerDefinitions.0.Environment.0.Name", "JOBS",
     "  jobs: sqs.queue\nedges: [jobs -> api]\n"),
    ("ecs -> bedrock", "ApiRolePolicy.Properties.PolicyDocument.Statement.0.Action.0", "bedrock:InvokeModel",
     "  model: {kind: bedrock.model, models: [anthropic.claude-3-haiku-20240307-v1:0]}\nedges: [api -> model]\n"),
    ("fargate -> eventbridge", "ApiRolePolicy.Properties.PolicyDocument.Statement.0.Action", "events:PutEvents",
     "  bus: events.bus\nedges: [api -> bus]\n"),
    ("fargate -> lambda", "ApiRolePolicy.Properties.PolicyDocument.Statement.0.Action", "lambda:InvokeFunction",
     "  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\nedges: [api -> work]\n"),
]  # fmt: skip
PAIRS = {pair for pair, *_ in PAIRED} | {"sfn -> ecs", "eventbridge-pipes -> ecs", "ecs -> efs", "apigw -> alb"}


@pytest.mark.parametrize(("pair", "path", "expected", "more"), PAIRED, ids=[pair for pair, *_ in PAIRED])
def test_a_pair_means_what_is_expected(pair: str, path: str, expected: object, more: str, tmp_path: Path) -> None:
    nodes = f"api: {{kind: ecs.service, {IMAGE}, port: 8080}}, job: {{kind: ecs.task, {IMAGE}}}"
    assert holds(Option(ECS, pair, network(nodes, more), f"Resources.{path}", expected), tmp_path)


def test_old_images_are_forgotten_in_two_ways(tmp_path: Path) -> None:
    found = resources("nodes: {images: {kind: ecr.repository, keep: 5, untagged_days: 3}}\n", tmp_path)
    text = found["Images"]["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"]
    counts = [rule["selection"]["countNumber"] for rule in json.loads(text)["rules"]]
    assert counts == [3, 5]


def service(properties: str) -> str:
    return network(f"api: {{kind: ecs.service, {properties}}}")


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (service("port: 80"), "missing-property", "a container has an image, or a repository"),
        (service(f"{IMAGE}, cpu: 300"), "bad-value", "Fargate has no size of 300 units"),
        (service(f"{IMAGE}, cpu: 256, memory: 4096"), "bad-value", "512 to 2048 MiB in steps, not 4096"),
        (service(f"{IMAGE}, launch: ec2"), "missing-property", "'capacity' names the instances"),
        (
            network(f"api: {{kind: ecs.service, {IMAGE}, launch: fargate_spot, cluster: main}}",
                    "  main: {kind: ecs.cluster, fargate: false}\n"),
            "bad-value", "nothing runs on Fargate Spot in 'main'",
        ),
        (
            network(f"api: {{kind: ecs.service, {IMAGE}}}", "  name: {kind: servicediscovery.service, records: [SRV]}\n"
                    "edges: [api -> name]\n"), "bad-value", "what is registered as SRV has a port",
        ),
        (
            network(f"link: apigateway.vpc_link, api: {{kind: ecs.service, {IMAGE}, port: 80}}",
                    "  name: {kind: servicediscovery.service, namespace: names}\n  http: apigateway.http\n"
                    "edges: [api -> name, {http -> name: {does: GET /, vpc_link: link}}]\n",
                    "      names: servicediscovery.namespace\n"), "no-port", "'name' does not say at which port",
        ),
        ("nodes: {link: apigateway.vpc_link}\n", "missing-property", "'link' stands in subnets of a VPC"),
        (
            network(f"api: {{kind: ecs.service, {IMAGE}, cluster: main}}",
                    "  main: {kind: ecs.cluster, insights: disabled}\n  jobs: sqs.queue\n"
                    "edges: [{jobs -> api: {per_worker: 5}}]\n"), "needs-insights", "copies that follow 'jobs'",
        ),
        (
            network(f"api: {{kind: ecs.service, {IMAGE}, port: 80, "
                    "deployment: {strategy: linear, percent: 2}}", ROUTE),
            "out-of-bounds", "a step has 3 per cent at least, not 2",
        ),
        (
            network(f"api: {{kind: ecs.service, {IMAGE}, port: 80, "
                    "deployment: {strategy: linear, percent: 5, step: 120}}", ROUTE),
            "out-of-bounds", "would take 38 hours, and CloudFormation waits for 33",
        ),
        (
            network(f"api: {{kind: ecs.service, {IMAGE}, port: 80, deployment: blue_green}}, flat: elb.network",
                    "edges: [flat -> api]\n"), "needs-balancer", "blue/green shifts the requests",
        ),
        (service(f"{IMAGE}, port: 80, deployment: blue_green"), "needs-balancer", "blue/green shifts the requests"),
        (service(f"{IMAGE}, scale: {{max: 3, requests: 100}}"), "needs-balancer", "requests are counted by"),
        (service(f"{IMAGE}, scale: {{min: 5, max: 3}}"), "out-of-bounds", "5 copies at least and 3 at most"),
        (
            network(
                f"web: {{kind: ecs.service, {IMAGE}, port: 80}}, api: {{kind: ecs.service, {IMAGE}, port: 80}}",
                "  names: servicediscovery.http_namespace\nedges: [web -> api, api -> names]\n",
            ),
            "no-name",
            "'api' is known by Service Connect in 'names', and 'web' is not there",
        ),
        ("nodes: {a: {kind: servicediscovery.service, check_path: /}}\n", "bad-value", "what has a public name"),
        ("nodes: {a: {kind: servicediscovery.service, records: [A, CNAME]}}\n", "bad-value", "a CNAME stands alone"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(text: str, code: str, words: str, tmp_path: Path) -> None:
    found = findings(text, tmp_path)
    assert any(one == code and words in message for one, message in found), found


DEPLOYED = network(
    f"shop: {{kind: ecs.service, {IMAGE}, port: 8080, count: 3}}, back: {{kind: ecs.service, {IMAGE}, port: 9000}}",
    "  orders: dynamodb.table\nedges: [balancer -> shop, shop -> back, {shop -> orders: read}]\n",
)


def test_what_is_deployed_is_what_was_asked_for(tmp_path: Path) -> None:
    """moto makes the services: as many as said, reached at one port, told where the table is."""
    (template,) = archkit.load(tmp_path / "b.yaml", text=f"name: shop\n{DEPLOYED}").synth().templates.values()
    with moto_stack(template) as stack:
        ids, ecs, ec2 = stack.physical_ids, stack.client("ecs"), stack.client("ec2")
        (service,) = ecs.describe_services(cluster=ids["ShopCluster"], services=[ids["Shop"]])["services"]
        assert (service["desiredCount"], service["taskDefinition"]) == (3, ids["ShopTask"])
        (group,) = stack.client("elbv2").describe_target_groups()["TargetGroups"]
        assert (group["TargetType"], group["Port"], group["VpcId"]) == ("ip", 8080, ids["Network"])
        (task,) = ecs.describe_task_definition(taskDefinition=ids["ShopTask"])["taskDefinition"]["containerDefinitions"]
        assert {"name": "ORDERS", "value": ids["Orders"]} in task["environment"]
        groups = {one["GroupId"]: one for one in ec2.describe_security_groups()["SecurityGroups"]}
        rules = {one["Description"]: [(rule["FromPort"], groups[whom["GroupId"]]["Description"])
                                      for rule in one["IpPermissions"] for whom in rule["UserIdGroupPairs"]]
                 for one in groups.values()}  # fmt: skip
        assert rules["shop: shop"] == [(8080, "shop: balancer")]
        assert rules["shop: back"] == [(9000, "shop: shop")]
