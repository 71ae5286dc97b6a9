"""The group: a launch template, and how many servers of it run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Frame, Metric, NodeId, Record, Refusal, Spread, prop
from archkit.kinds.autoscaling.scaling import Refresh, Scheduled, Warm, tracking
from archkit.kinds.autoscaling.stepping import Grow
from archkit.scope import Resource, Scope
from archkit.shared.servers import INSTANCE, Server, graviton, held
from archkit.shared.workers import Work
from archkit.values import Sub

__all__ = ["Group"]

NAMED = {"AutoScalingGroupName": "${name}"}
SUSPENDED = ["HealthCheck", "ReplaceUnhealthy", "AZRebalance", "AlarmNotification", "ScheduledActions"]
"""What would work against an update while it runs
(https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html)."""
GATHERED = ["GroupInServiceInstances", "GroupDesiredCapacity", "GroupMinSize", "GroupMaxSize"]


Leave = Literal["OldestInstance", "NewestInstance", "OldestLaunchTemplate", "ClosestToNextInstanceHour",
                "AllocationStrategy", "Default"]  # fmt: skip
"""https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html"""


class Mixed(Record):
    """Several instance types, some of them spot. A bare list is the types."""

    types: list[str] = prop([], "Further instance types, in order of liking.", pattern=INSTANCE)
    spot: int = prop(0, "Percentage of spot instances above the base.", ge=0, le=100)
    base: int = prop(0, "On-demand instances before that.", ge=0)
    strategy: Literal["price-capacity-optimized", "capacity-optimized", "lowest-price"] = prop(
        "price-capacity-optimized", "Which spot capacity is taken."
    )


class Group(Server, icon="aws/compute/ec2-instances", service="Amazon EC2 Auto Scaling",
            types=("AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::LaunchTemplate", "AWS::IAM::Role",
                   "AWS::IAM::InstanceProfile", "AWS::AutoScaling::ScalingPolicy", "AWS::AutoScaling::ScheduledAction",
                   "AWS::AutoScaling::WarmPool",
                   "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress",
                   "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Fleet of servers over all zones that grows and shrinks, and replaces those that are ill."""

    min: int = prop(1, "Least servers.", ge=0, shape=True)
    max: int = prop(2, "Most servers.", ge=1, shape=True)
    desired: int | None = prop(None, "Servers at the start (default: the least).", ge=0, shape=True)
    cpu: int | None = prop(None, "Percentage of processor time at which it stays.", ge=1, le=100)
    requests: int | None = prop(None, "Requests in a minute for each server at which it stays (load balancer).", ge=1,
                                shape=True)  # fmt: skip
    schedule: list[Scheduled] = prop([], "Sizes by the clock.")
    health: Literal["ec2", "elb"] | None = prop(None, "Who says that a server is ill (default: its load balancer).")
    grace: int = prop(120, "Seconds after its start before a server is asked how it is.", ge=0, le=7_200)
    warmup: int | None = prop(None, "Seconds before a new server counts in metrics.", ge=0, shape=True)
    mixed: Mixed | None = prop(None, "Several instance types, and spot.")
    max_days: int | None = prop(None, "Days after which a server is replaced.", ge=1, le=365, shape=True)
    batch: int = prop(1, "Servers that an update replaces at a time.", ge=1, shape=True)
    pause: int = prop(60, "Seconds that an update waits after each batch.", ge=0, le=3_600, shape=True)
    refresh: Refresh | None = prop(
        None, "Update by an instance refresh, instead of batches; a number is the percentage in service."
    )
    warm: Warm | None = prop(None, "Servers started beforehand; a word is the state in which they wait.")
    leave: list[Leave] = prop([], "Which servers go first when the group shrinks (default: AWS's choice).")
    protect_new: bool = prop(False, "Never stop new servers when the group shrinks.")
    tell: NodeId | None = prop(None, "Topic that is told of launches and failures.", slot="tell", to="sns.topic")

    envelope = Frame("#ED7100", dashed=True, title="center", icon="aws/compute/ec2-auto-scaling",
                     label="Auto Scaling group")  # fmt: skip
    variables = "Template:LaunchTemplateData.Variables"
    holder = "Template:LaunchTemplateData"
    classic_list = "LoadBalancerNames"
    joins = (Work, Grow)
    attributes = {"name": "${}", "arn": "${.AutoScalingGroupARN}"}
    external = External(("name", "security_group"))
    metrics = {
        "cpu": Metric("AWS/EC2", "CPUUtilization", NAMED, "Average"),
        "in-service": Metric("AWS/AutoScaling", "GroupInServiceInstances", NAMED, "Minimum"),
        "network-in": Metric("AWS/EC2", "NetworkIn", NAMED, "Average"),
        "status-failed": Metric("AWS/EC2", "StatusCheckFailed", NAMED, "Maximum"),
    }
    example = "{port: 8080, min: 2, max: 6, cpu: 60}"

    def spread(self) -> Spread:
        return "each"

    def caption(self) -> str | None:
        return f"{self.instance}, {self.min} to {self.max}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = super().check(node, world)
        if self.min > self.max:
            found.append(Refusal(f"there cannot be {self.min} servers at least and {self.max} at most",
                                 f"max: {self.min}", "out-of-bounds", "min"))  # fmt: skip
        if self.desired is not None and not self.min <= self.desired <= self.max:
            found.append(Refusal(f"{self.desired} servers are not between {self.min} and {self.max}", None,
                                 "out-of-bounds", "desired"))  # fmt: skip
        behind = any(edge.target == node.id for edge, _ in world.effects("route"))
        for name, why in (("requests", "requests are counted by"), ("health", "health is asked for by")):
            if not behind and (getattr(self, name) not in (None, "ec2")):
                found.append(Refusal(f"{why} a load balancer, and none leads here", f"balancer -> {node.id}",
                                     "needs-balancer", name))  # fmt: skip
        return [*found, *self._unfit()]

    def _unfit(self) -> Iterator[Refusal]:
        """Yield what of several types, spot and servers that wait does not go together.

        https://docs.aws.amazon.com/autoscaling/ec2/userguide/warm-pool-create.html
        """
        if self.mixed is not None and self.tenancy == "host":
            yield Refusal("dedicated hosts have one instance type", None, "bad-value", "mixed")
        other = next((one for one in (self.mixed.types if self.mixed else ()) if graviton(one) != self.arm), None)
        if other is not None and self.image is None:
            yield Refusal(f"{self.instance} and {other} take images of different architectures", "name types of one",
                          "bad-value", "mixed")  # fmt: skip
        if self.warm is not None and self.mixed is not None and self.mixed.spot:
            yield Refusal("spot instances do not wait in a warm pool", "leave out 'warm', or 'spot'", "bad-value",
                          "warm")  # fmt: skip
        if self.warm is not None and self.warm.state == "hibernated" and self.root.type in ("st1", "sc1", "standard"):
            yield Refusal(f"a server does not hibernate on {self.root.type}", "type: gp3", "bad-value", "root")

    def build(self, scope: Scope) -> None:
        from troposphere import autoscaling, ec2

        data = self.launched(scope)
        data |= {
            "IamInstanceProfile": {"Arn": data["IamInstanceProfile"].att("Arn")},
            "SecurityGroupIds": [network.security_group(scope)],
            "Monitoring": {"Enabled": True} if self.monitoring else None,
            "CreditSpecification": {"CpuCredits": self.credits} if self.credits else None,
            "HibernationOptions": {"Configured": True} if self.warm and self.warm.state == "hibernated" else None,
            "Placement": {"Tenancy": self.tenancy} if self.tenancy != "shared" else None,
        }  # fmt: skip
        held_apart = {name: data.pop(name) for name in ("Variables", "Mounts")}
        template = scope.make(ec2.LaunchTemplate, "Template", LaunchTemplateData=data)
        template.properties["LaunchTemplateData"] |= held_apart
        held(template, self, scope)
        launched = {"LaunchTemplateId": template.ref, "Version": template.att("LatestVersionNumber")}
        topic = scope.of(self.tell)
        group = scope.make(
            autoscaling.AutoScalingGroup, MinSize=str(self.min), MaxSize=str(self.max),
            DesiredCapacity=None if self.desired is None else str(self.desired),
            VPCZoneIdentifier=network.subnets(scope), HealthCheckType=(self.health or "ec2").upper(),
            HealthCheckGracePeriod=self.grace, DefaultInstanceWarmup=self.warmup,
            MaxInstanceLifetime=self.max_days * 86_400 if self.max_days else None,
            MetricsCollection=[{"Granularity": "1Minute", "Metrics": GATHERED}],
            TerminationPolicies=list(self.leave) or None,
            CapacityRebalance=True if self.mixed and self.mixed.spot else None,
            NewInstancesProtectedFromScaleIn=self.protect_new or None,
            **({"MixedInstancesPolicy": self._mixed(launched)} if self.mixed else {"LaunchTemplate": launched}),
        )  # fmt: skip
        name = scope.node.label or f"{scope.architecture.name}-{scope.node.id}"
        group.set("Tags", [{"Key": "Name", "Value": name, "PropagateAtLaunch": True}])
        if topic is not None:
            kinds = [f"autoscaling:EC2_INSTANCE_{what}" for what in ("LAUNCH_ERROR", "TERMINATE_ERROR", "LAUNCH")]
            told = {"TopicARN": topic.attribute("arn"), "NotificationTypes": kinds}
            group.set("NotificationConfigurations", [told])
        group.attributes["UpdatePolicy"] = self.refresh.policy(self.warmup) if self.refresh else {
            "AutoScalingRollingUpdate": {
            "MinInstancesInService": min(self.min, max(self.max - 1, 0)), "MaxBatchSize": self.batch,
            "PauseTime": f"PT{self.pause}S", "SuspendProcesses": SUSPENDED}}  # fmt: skip
        self._scaled(scope)

    def _mixed(self, launched: dict[str, Any]) -> dict[str, Any]:
        assert self.mixed is not None
        types = list(dict.fromkeys([self.instance, *self.mixed.types]))
        return {
            "LaunchTemplate": {"LaunchTemplateSpecification": launched,
                               "Overrides": [{"InstanceType": one} for one in types]},
            "InstancesDistribution": {"OnDemandBaseCapacity": self.mixed.base,
                                      "OnDemandPercentageAboveBaseCapacity": 100 - self.mixed.spot,
                                      "SpotAllocationStrategy": self.mixed.strategy},
        }  # fmt: skip

    def _scaled(self, scope: Scope) -> None:
        from troposphere import autoscaling

        if self.warm is not None:
            scope.make(
                "AWS::AutoScaling::WarmPool", "Warm", AutoScalingGroupName=scope.main.ref, MinSize=self.warm.min,
                PoolState=self.warm.state.capitalize(), MaxGroupPreparedCapacity=self.warm.most,
                InstanceReusePolicy={"ReuseOnScaleIn": True} if self.warm.reuse else None,
            )  # fmt: skip

        if self.cpu is not None:
            measured = {"PredefinedMetricType": "ASGAverageCPUUtilization"}
            tracking(scope, "CpuScaling", self.cpu, scope.node.id, PredefinedMetricSpecification=measured)
        for number, one in enumerate(self.schedule):
            scope.make(
                autoscaling.ScheduledAction, f"Schedule{number + 1}", AutoScalingGroupName=scope.main.ref,
                Recurrence=one.cron, MinSize=one.min, MaxSize=one.max, DesiredCapacity=one.desired,
                TimeZone=one.time_zone,
            )  # fmt: skip

    def enlist(self, scope: Scope, group: Resource, port: int, because: str) -> None:
        scope.main.append("TargetGroupARNs", group.ref)
        if self.health is None:
            scope.main.set("HealthCheckType", "ELB")
        if self.requests is not None and scope.get("RequestScaling") is None:
            # the label is the load balancer's and the group's names, known once a listener joins them
            steps = {"Fn::Split": ["/", {"Fn::Select": [0, group.att("LoadBalancerArns")]}]}
            names = [{"Fn::Select": [number, steps]} for number in (1, 2, 3)]
            label = {"Fn::Join": ["/", [*names, group.att("TargetGroupFullName")]]}
            measured = {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": label}
            tracking(scope, "RequestScaling", self.requests, because, PredefinedMetricSpecification=measured)

    def join_cluster(self, scope: Scope, cluster: Any) -> None:
        """Let its servers be the machines of an ECS cluster.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/launch_container_instance.html
        """
        scope.build()
        template = scope.get("Template")
        assert template is not None
        template.append("LaunchTemplateData.Mounts", {"protocol": "ecs", "cluster": cluster})
        if self.image is None:
            image = (
                f"/aws/service/ecs/optimized-ami/amazon-linux-2023/{'arm64/' if self.arm else ''}recommended/image_id"
            )
            template.set("LaunchTemplateData.ImageId", f"{{{{resolve:ssm:{image}}}}}")
        policy = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
        scope.role().append("ManagedPolicyArns", Sub(policy))

    def running(self, scope: Scope) -> dict[str, Any]:
        """Return the metric that counts its servers."""
        return {"Namespace": "AWS/AutoScaling", "MetricName": "GroupInServiceInstances",
                "Dimensions": [{"Name": "AutoScalingGroupName", "Value": scope.main.ref}]}  # fmt: skip

    def track(self, scope: Scope, name: str, target: float, because: str, **metric: Any) -> None:
        """Keep a metric at a target by the number of servers."""
        tracking(scope, name, target, because, **metric)
