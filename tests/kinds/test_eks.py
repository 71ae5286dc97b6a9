"""Kubernetes on EKS: every option, the one security group, rights of pods, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

import archkit
from tests.kinds.rows import att, findings, resources, said
from tests.options import ANY, Option, holds

EKS = "Amazon EKS"


def network(nodes: str, more: str = "", zones: int = 2, tier: str = "private") -> str:
    """Return a blueprint with nodes in one tier, a load balancer in a public one, and whatever else."""
    return (
        f"nodes:\n  network:\n    kind: ec2.vpc\n    nat: one\n    zones: {zones}\n    nodes:\n"
        "      front: {kind: ec2.subnets, tier: public, nodes: {balancer: elb.application}}\n"
        f"      app: {{kind: ec2.subnets, tier: {tier}, nodes: {{{nodes}}}}}\n{more}"
    )


def row(option: str, properties: str, path: str, expected: object = ANY, more: str = "", beside: str = "") -> Option:
    return Option(EKS, option, network(f"shop: {{kind: eks.cluster{properties}}}{beside}", more), f"Resources.{path}",
                  expected)  # fmt: skip


C, W = "Shop.Properties.", "ShopMainWorkers.Properties."
OPTIONS = [
    row("managed node group", "", W + "ScalingConfig", {"MinSize": 2, "MaxSize": 4, "DesiredSize": 2}),
    row("managed node group", ", workers: {main: {min: 3, max: 9, desired: 4}}", W + "ScalingConfig.DesiredSize", 4),
    row("managed node group", ", workers: {main: t3.large}", W + "AmiType", "AL2023_x86_64_STANDARD"),
    row("managed node group", ", workers: {main: t4g.large}", W + "AmiType", "AL2023_ARM_64_STANDARD"),
    row("managed node group", ", workers: {main: {os: bottlerocket}}", W + "AmiType", "BOTTLEROCKET_ARM_64"),
    row("managed node group", ", workers: {main: {spot: true, more: [m6g.large]}}", W + "CapacityType", "SPOT"),
    row("managed node group", ", workers: {main: {more: [m6g.large]}}", W + "InstanceTypes",
        ["m7g.large", "m6g.large"]),
    row("managed node group", ", workers: {main: {labels: {for: jobs}}}", W + "Labels", {"for": "jobs"}),
    row("managed node group", ", workers: {main: {taints: [{key: for, value: jobs}]}}", W + "Taints.0",
        {"Key": "for", "Value": "jobs", "Effect": "NO_SCHEDULE"}),
    row("managed node group", ", workers: {main: {disk: 80}}",
        "ShopMainTemplate.Properties.LaunchTemplateData.BlockDeviceMappings.0.Ebs.VolumeSize", 80),
    row("managed node group", ", workers: {main: {}, jobs: {min: 0}}",
        "ShopJobsWorkers.Properties.ScalingConfig.MinSize", 0),
    row("Fargate profile", ", fargate: {batch: batch}", "ShopBatchProfile.Properties.Selectors.0.Namespace", "batch"),
    row("Fargate profile", ", fargate: {batch: {namespace: batch, labels: {run: once}}}",
        "ShopBatchProfile.Properties.Selectors.0.Labels.0", {"Key": "run", "Value": "once"}),
    row("Fargate profile", ", workers: {}, fargate: {system: kube-system}",
        "ShopCorednsAddon.Properties.ConfigurationValues", '{"computeType":"Fargate"}'),
    row("private endpoint", "", C + "ResourcesVpcConfig.EndpointPublicAccess", False),
    row("private endpoint", ", endpoint: both", C + "ResourcesVpcConfig.EndpointPublicAccess", True),
    row("private endpoint", ", endpoint: both, public_from: [192.0.2.0/24]", C + "ResourcesVpcConfig.PublicAccessCidrs",
        ["192.0.2.0/24"]),
    row("add-ons", "", "ShopVpcCniAddon.Properties.AddonName", "vpc-cni"),
    row("add-ons", ", addons: [{name: coredns, version: v1.11.4-eksbuild.2}]",
        "ShopCorednsAddon.Properties.AddonVersion", "v1.11.4-eksbuild.2"),
    row("add-ons", ", addons: [aws-ebs-csi-driver]",
        "ShopAwsEbsCsiDriverAddon.Properties.PodIdentityAssociations.0.RoleArn", att("ShopAwsEbsCsiDriverRole")),
    row("secrets encryption", ", key: cmk", C + "EncryptionConfig.0.Provider.KeyArn", att("Cmk"), "  cmk: kms.key\n"),
    row("logging", "", C + "Logging.ClusterLogging.EnabledTypes.4.Type", "scheduler"),
    row("logging", ", log_types: [audit], logs: 90", "ShopLogs.Properties.RetentionInDays", 90),
    row("access entries", ", access: {ops: {who: 'arn:aws:iam::123456789012:role/ops', level: edit, "
        "namespaces: [shop]}}", "ShopOpsEntry.Properties.AccessPolicies.0.AccessScope",
        {"Type": "namespace", "Namespaces": ["shop"]}),
    row("access entries", "", "OpsShopAccess.Properties.PrincipalArn", att("OpsRole"),
        "edges: [{ops -> shop: {level: cluster_admin}}]\n", ", ops: ec2.instance"),
    row("version", ", version: 1.34", C + "Version", "1.34"),
    row("support", ", support: extended", C + "UpgradePolicy.SupportType", "EXTENDED"),
    row("deletion protection", ", protect: false", C + "DeletionProtection", False),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option} {row.path.rpartition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


@pytest.mark.parametrize("number", [1, 5, 8, 12, 13, 16, 19, 20, 23, 24])
def test_whole_blueprints_are_clean(number: int, tmp_path: Path) -> None:
    archkit.load(tmp_path / "b.yaml", text=f"name: eks\n{OPTIONS[number].blueprint}").synth()


PODS = network(
    "shop: eks.cluster, orders: {kind: eks.workload, cluster: shop, namespace: web, port: 8080}, "
    "bills: {kind: eks.workload, cluster: shop, account: billing, port: 9000}, "
    "db: {kind: rds.instance, engine: postgres}",
    "  files: s3.bucket\n"
    "edges: [balancer -> orders, 'orders, bills -> db', orders -> bills, {orders -> files: read}]\n",
)


def test_pods_have_rights_of_their_own(tmp_path: Path) -> None:
    found = resources(PODS, tmp_path)
    assert found["Bills"]["Properties"] == {
        "ClusterName": {"Ref": "Shop"}, "Namespace": "default", "ServiceAccount": "billing", "RoleArn": att("BillsRole")
    }  # fmt: skip
    (trust,) = found["OrdersRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert trust["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert [actions for actions, _ in said(found, "OrdersRolePolicy")] == [
        "secretsmanager:GetSecretValue", "s3:GetObject"
    ]  # fmt: skip
    assert [actions for actions, _ in said(found, "BillsRolePolicy")] == ["secretsmanager:GetSecretValue"]


def test_what_runs_in_a_cluster_shares_its_security_group_and_no_rule_is_made_twice(tmp_path: Path) -> None:
    found = resources(PODS, tmp_path)
    group = att("Shop", "ClusterSecurityGroupId")
    rules = {id: one["Properties"] for id, one in found.items() if one["Type"] == "AWS::EC2::SecurityGroupIngress"}
    mine = {id: (rule["SourceSecurityGroupId"], rule["FromPort"]) for id, rule in rules.items()
            if rule["GroupId"] == group}  # fmt: skip
    assert mine == {"ShopFromBalancer8080": (att("BalancerSecurityGroup", "GroupId"), 8080),
                    "ShopFromShop9000": (group, 9000)}  # fmt: skip
    assert [id for id, rule in rules.items() if rule.get("SourceSecurityGroupId") == group] == [
        "ShopFromShop9000", "DbFromShop5432"
    ]  # fmt: skip
    assert not [id for id, one in found.items() if one["Type"] == "AWS::EC2::SecurityGroupEgress"
                and one["Properties"]["GroupId"] == group], "EKS's own group lets everything out"  # fmt: skip
    archkit.load(tmp_path / "b.yaml", text=f"name: eks\n{PODS}").synth("sam")


def test_what_does_not_run_everywhere_waits_for_machines(tmp_path: Path) -> None:
    found = resources(network("shop: {kind: eks.cluster, fargate: {batch: batch}}"), tmp_path)
    assert found["ShopCorednsAddon"]["DependsOn"] == ["ShopBatchProfile", "ShopMainWorkers"]
    assert "DependsOn" not in found["ShopVpcCniAddon"]


def test_an_existing_cluster_runs_new_pods(tmp_path: Path) -> None:
    text = network(
        "shop: {kind: eks.cluster, existing: {name: main, security_group: sg-0123456789abcdef0}}, "
        "orders: {kind: eks.workload, cluster: shop, port: 80}, db: {kind: rds.instance, engine: postgres}",
        "edges: [orders -> db]\n",
    )
    found = resources(text, tmp_path)
    assert found["DbFromShop5432"]["Properties"]["SourceSecurityGroupId"] == "sg-0123456789abcdef0"
    assert found["Orders"]["Properties"]["ClusterName"] == "main"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (network("shop: eks.cluster", zones=1), "needs-zones", "needs subnets in 2 zones"),
        (network("shop: {kind: eks.cluster, workers: {}}"), "missing-property", "its pods have nothing to run on"),
        (network("shop: {kind: eks.cluster, workers: {main: {min: 5}}}"), "out-of-bounds", "5 instances at least"),
        (network("shop: {kind: eks.cluster, public_from: [192.0.2.0/24]}"), "bad-value", "reached from the VPC alone"),
        (network("shop: {kind: eks.cluster, fargate: {a: a}}", tier="public"), "needs-private", "private subnets only"),
        (network("shop: {kind: eks.cluster, workers: {}, fargate: {a: a}}"), "missing-property", "its DNS has nothing"),
        (
            network("shop: {kind: eks.cluster, fargate: {a: web}}, pods: {kind: eks.workload, cluster: shop, "
                    "namespace: web}"), "needs-nodes", "pods on Fargate get no rights by Pod Identity",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(text: str, code: str, words: str, tmp_path: Path) -> None:
    found = findings(text, tmp_path)
    assert any(one == code and words in message for one, message in found), found
