"""A service: as many copies of a container as are asked for, always."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Join, Metric, NodeId, Refusal, Spread, prop
from archkit.kinds.ecs.containers import Container
from archkit.kinds.ecs.deployment import ROLLING, Deployment, Scale, deployment_refusals, scale_refusals
from archkit.kinds.ecs.finding import Register, ServiceConnect
from archkit.scope import Resource, Scope
from archkit.shared.containers import Inject
from archkit.shared.workers import Work
from archkit.values import Sub

__all__ = ["Service"]

ARN = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:service/${cluster_name}/${name}"
NAMED = {"ClusterName": "${cluster_name}", "ServiceName": "${name}"}
SHIFTED = "Shifted"
"""Where what CodeDeploy shifts is kept until its deployment group asks for it."""
SHIFTING = "service-role/AmazonECSInfrastructureRolePolicyForLoadBalancers"
"""https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html"""


class Service(Container, icon="aws/compute/fargate", service="AWS Fargate",
              types=("AWS::ECS::Service", "AWS::ECS::TaskDefinition", "AWS::IAM::Role", "AWS::EC2::SecurityGroup",
                     "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress", "AWS::ECS::CapacityProvider",
                     "AWS::ApplicationAutoScaling::ScalableTarget",
                     "AWS::ApplicationAutoScaling::ScalingPolicy")):  # fmt: skip
    """Service of containers: runs as many copies as asked, replaces what fails, and rolls back what does not start."""

    count: int = prop(2, "Copies.", ge=0, shape=True)
    launch: Literal["fargate", "fargate_spot", "ec2"] = prop("fargate", "Whose machines it runs on.", shape=True)
    capacity: NodeId | None = prop(None, "Auto Scaling group of instances, for launch: ec2.", slot="capacity",
                                   to="autoscaling.group")  # fmt: skip
    scale: Scale | None = prop(None, "Autoscaling.")
    deployment: Deployment = prop(ROLLING, "How versions change.")
    circuit_breaker: bool = prop(True, "Go back to the last version by itself when a new one does not start.")
    rollback_on: list[NodeId] = prop([], "Alarms that make a deployment go back.", slot="rollback_on",
                                     to="cloudwatch.alarm")  # fmt: skip
    grace: int | None = prop(None, "Seconds before a load balancer's opinion of a new copy counts.", ge=0)
    exec: bool = prop(False, "Let people run commands inside (ECS Exec).", shape=True)

    serves = "ip"
    joins: ClassVar[tuple[type[Join], ...]] = (Inject, Register, ServiceConnect, Work)
    attributes = {"arn": "${}", "name": "${.Name}"}
    external = External(("name", "cluster_name", "security_group"), {"arn": ARN})
    metrics = {
        "cpu": Metric("AWS/ECS", "CPUUtilization", NAMED, "Average"),
        "memory": Metric("AWS/ECS", "MemoryUtilization", NAMED, "Average"),
    }
    example = "{image: 'public.ecr.aws/nginx/nginx:1.29', port: 80}"

    def on_fargate(self) -> bool:
        return self.launch != "ec2"

    def attribute(self, name: str) -> str | None:
        if name == "cluster_name":
            return f"${{{self.cluster}.name}}" if self.cluster else "${+Cluster}"
        return super().attribute(name)

    def spread(self) -> Spread:
        return "each" if max(self.count, self.scale.min if self.scale else 0) > 1 else "one"

    def drawn(self) -> str:
        return type(self).icon if self.on_fargate() else "aws/compute/elastic-container-service-service"

    def caption(self) -> str | None:
        return {"fargate": "Fargate", "fargate_spot": "Fargate Spot", "ec2": "EC2"}[self.launch]

    def public_address(self, node: Node, world: Architecture) -> bool:
        tier = network.tier_of(node, world)
        return self.on_fargate() and tier is not None and tier.kind.exposure() == "public"

    def blue_green(self) -> bool:
        return self.deployment.strategy != "rolling"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = super().check(node, world)
        found += [wrong for wrong in (self._on_machines(node, world),) if wrong is not None]
        found += deployment_refusals(self.deployment, node, world)
        found += scale_refusals(self.scale, node, world)
        return found

    def _on_machines(self, node: Node, world: Architecture) -> Refusal | None:
        """Say what is wrong with the machines that it should run on."""
        cluster = world.nodes.get(str(self.cluster or f"{node.id}.cluster"))
        exists = cluster is not None and cluster.existing is not None
        if exists and self.capacity is not None:
            return Refusal(f"'{self.cluster}' exists already, and its instances are its own", "leave 'capacity' out",
                           "bad-value", "capacity")  # fmt: skip
        if not exists and (self.launch == "ec2") != (self.capacity is not None):
            return Refusal("'capacity' names the instances that 'launch: ec2' runs on",
                           "capacity: an autoscaling.group", "missing-property", "capacity")  # fmt: skip
        if self.launch == "fargate_spot" and not getattr(cluster.kind if cluster else None, "fargate", True):
            return Refusal(f"nothing runs on Fargate Spot in '{self.cluster}'", f"fargate: true on '{self.cluster}'",
                           "bad-value", "launch")  # fmt: skip
        return None

    def build(self, scope: Scope) -> None:
        task = self.define(scope)
        cluster = self.cluster_of(scope)
        if not cluster.exists:
            cluster.build()
        tier = network.tier_of(scope.node, scope.architecture)
        outside = tier is not None and tier.kind.exposure() == "public"
        controller = {"Type": "CODE_DEPLOY"} if self.deployment.strategy == "codedeploy" else None
        alarms = [found.attribute("name") for one in self.rollback_on if (found := scope.of(one)) is not None]
        machines = self._machines(scope)
        service = scope.make(
            "AWS::ECS::Service", after=[*self.execution(scope).after_rights(), cluster.get("Providers")],
            Cluster=cluster.attribute("arn"), TaskDefinition=task.ref, DesiredCount=self.count,
            NetworkConfiguration={"AwsvpcConfiguration": {
                "Subnets": network.subnets(scope), "SecurityGroups": [network.security_group(scope)],
                "AssignPublicIp": ("ENABLED" if outside else "DISABLED") if self.on_fargate() else None}},
            DeploymentConfiguration=self.deployment.form(alarms, self.circuit_breaker), DeploymentController=controller,
            EnableECSManagedTags=True, PropagateTags="SERVICE", EnableExecuteCommand=self.exec or None,
            HealthCheckGracePeriodSeconds=self.grace, **machines,
        )  # fmt: skip
        service.written = _without_shifts
        if self.exec:
            scope.allow("ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
                        "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel", on="*",
                        sid="SessionsTakeNoResource")  # fmt: skip
            network.call_out(scope, "ssmmessages", scope.node.id)
        if self.scale is not None:
            service.properties.pop("DesiredCount")  # what scaling decided is not taken back by an update
            for metric in ("cpu", "memory"):
                target = getattr(self.scale, metric)
                if target is not None:
                    kind = {"cpu": "CPU", "memory": "Memory"}[metric]
                    self.track(scope, f"{kind}Scaling", target, scope.node.id, PredefinedMetricSpecification={
                        "PredefinedMetricType": f"ECSServiceAverage{kind}Utilization"})  # fmt: skip
            self._target(scope)

    def _machines(self, scope: Scope) -> dict[str, Any]:
        if self.launch == "fargate":
            return {"LaunchType": "FARGATE"}
        if self.launch == "fargate_spot":
            return {"CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]}
        capacity, cluster = scope.of(self.capacity), self.cluster_of(scope)
        if capacity is None:
            return {"LaunchType": "EC2"}
        provider = capacity.get("Provider")
        if provider is None:  # a group has one provider, whoever runs on it
            capacity.build()
            provider = capacity.make(
                "AWS::ECS::CapacityProvider", "Provider", because=scope.node.id, AutoScalingGroupProvider={
                    "AutoScalingGroupArn": capacity.attribute("name"), "ManagedScaling": {"Status": "ENABLED"},
                    "ManagedTerminationProtection": "DISABLED"},
            )  # fmt: skip
        cluster.kind.take(cluster, provider)
        capacity.kind.join_cluster(capacity, cluster.attribute("name"))
        return {"CapacityProviderStrategy": [{"CapacityProvider": provider.ref, "Weight": 1}]}

    def _target(self, scope: Scope) -> Resource:
        known = scope.get("Scalable")
        if known is not None:
            return known
        least, most = (self.scale.min, self.scale.max) if self.scale else (max(self.count, 1), max(self.count, 1) * 10)
        named = Sub("service/${Cluster}/${Service}", {"Cluster": self.cluster_of(scope).attribute("name"),
                                                     "Service": scope.main.att("Name")})  # fmt: skip
        return scope.make(
            "AWS::ApplicationAutoScaling::ScalableTarget", "Scalable", MinCapacity=least, MaxCapacity=most,
            ResourceId=named, ScalableDimension="ecs:service:DesiredCount", ServiceNamespace="ecs",
        )  # fmt: skip

    def running(self, scope: Scope) -> dict[str, Any]:
        """Return the metric that counts its copies."""
        return {"Namespace": "ECS/ContainerInsights", "MetricName": "RunningTaskCount", "Dimensions": [
            {"Name": "ClusterName", "Value": self.cluster_of(scope).attribute("name")},
            {"Name": "ServiceName", "Value": scope.main.att("Name")}]}  # fmt: skip

    def track(self, scope: Scope, name: str, target: float, because: str, **metric: Any) -> None:
        """Keep a metric at a target by the number of copies."""
        scope.make(
            "AWS::ApplicationAutoScaling::ScalingPolicy", name, because=because, PolicyType="TargetTrackingScaling",
            PolicyName=f"{scope.id}{name}"[:255], ScalingTargetId=self._target(scope).ref,
            TargetTrackingScalingPolicyConfiguration={"TargetValue": target, **metric},
        )  # fmt: skip

    def enlist(self, scope: Scope, group: Resource, port: int, because: str) -> None:
        scope.main.append(
            "LoadBalancers", {"ContainerName": "main", "ContainerPort": port, "TargetGroupArn": group.ref}
        )
        if self.grace is None:
            scope.main.set("HealthCheckGracePeriodSeconds", 60)
        if self.scale is not None and self.scale.requests is not None and scope.get("RequestScaling") is None:
            steps = {"Fn::Split": ["/", {"Fn::Select": [0, group.att("LoadBalancerArns")]}]}
            names = [{"Fn::Select": [number, steps]} for number in (1, 2, 3)]
            label = {"Fn::Join": ["/", [*names, group.att("TargetGroupFullName")]]}
            self.track(scope, "RequestScaling", self.scale.requests, because, PredefinedMetricSpecification={
                "PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": label})  # fmt: skip

    def shift(self, scope: Scope, group: Resource, other: Resource, rule: Resource, because: str) -> None:
        """https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html."""
        if self.deployment.strategy == "codedeploy":
            scope.main.properties[SHIFTED] = {"group": group, "other": other, "rule": rule}
            return
        role = scope.principal("ecs.amazonaws.com", "Shifting").role()
        role.append("ManagedPolicyArns", Sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{SHIFTING}"))
        (balanced, *_) = scope.main.get("LoadBalancers")
        balanced["AdvancedConfiguration"] = {"AlternateTargetGroupArn": other.ref, "ProductionListenerRule": rule.ref,
                                             "RoleArn": role.att("Arn")}  # fmt: skip

    def shifted(self, scope: Scope) -> tuple[list[Resource], Any]:
        """Return the two target groups between which CodeDeploy shifts requests, and their listener."""
        kept = scope.main.properties[SHIFTED]
        return [kept["group"], kept["other"]], kept["rule"].get("ListenerArn")


def _without_shifts(properties: dict[str, Any]) -> None:
    properties.pop(SHIFTED, None)
