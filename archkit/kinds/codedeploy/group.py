"""The deployment group: where, how, and when to go back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import Grant, Join, Kind, NodeId, Refusal, prop
from archkit.kinds.codedeploy.ways import PLATFORMS, STRATEGIES, Platform, Strategy, configuration, unfit
from archkit.scope import Link, Resource, Scope
from archkit.values import Att, Sub

__all__ = ["DeploymentGroup"]

FLEET, INSTANCE = "AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::Instance"
TARGETS = {"AWS::ECS::Service": "ecs", "AWS::Lambda::Function": "lambda", FLEET: "server", INSTANCE: "server"}
POLICIES = {"server": "service-role/AWSCodeDeployRole", "lambda": "service-role/AWSCodeDeployRoleForLambdaLimited",
            "ecs": "AWSCodeDeployRoleForECSLimited"}  # fmt: skip
"""https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-service-role.html"""
EVENTS = Literal["DeploymentStart", "DeploymentSuccess", "DeploymentFailure", "DeploymentStop", "DeploymentRollback",
                 "DeploymentReady", "InstanceStart", "InstanceSuccess", "InstanceFailure", "InstanceReady"]  # fmt: skip
TAG = "DeploymentGroup"
STEM = "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:"


class Deploy(Join):
    """New versions are deployed there."""

    word: ClassVar[str] = "deploy"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "guard"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return bool(other.types) and other.types[0] in TARGETS

    def refuse(self, ends: Ends) -> Refusal | None:
        group, other = ends.owner.kind, ends.other
        assert isinstance(group, DeploymentGroup)
        platform = TARGETS[other.kind.types[0]]
        if platform != group.platform:
            return Refusal(f"'{ends.owner.id}' deploys to the platform '{group.platform}', and '{other.id}' is of "
                           f"'{platform}'", f"platform: {platform}", "wrong-platform")  # fmt: skip
        if platform == "ecs":
            return self._of_service(ends)
        if platform == "lambda" and not getattr(other.kind, "has_alias", False):
            return Refusal(f"'{other.id}' has no alias, whose requests could be shifted",
                           f"live: true on '{other.id}'", "needs-alias")  # fmt: skip
        if group.shifts and platform == "server":
            return self._of_fleet(ends)
        return None

    def _of_service(self, ends: Ends) -> Refusal | None:
        """https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html."""
        if getattr(getattr(ends.other.kind, "deployment", None), "strategy", "codedeploy") != "codedeploy":
            return Refusal(f"'{ends.other.id}' is deployed by ECS itself",
                           f"deployment: codedeploy on '{ends.other.id}'")  # fmt: skip
        mine = [edge for edge, effect in ends.architecture.effects(self.word) if effect.owner == ends.owner.id]
        if len(mine) > 1 and mine[0].id != ends.edge.id:
            return Refusal("a deployment group is of one service", "give each a group of its own", "too-many")
        return None

    def _of_fleet(self, ends: Ends) -> Refusal | None:
        """https://docs.aws.amazon.com/codedeploy/latest/userguide/integrations-aws-elastic-load-balancing.html."""
        if ends.other.kind.types[0] == INSTANCE:
            return Refusal("blue/green makes a second fleet, and an instance by itself cannot be copied",
                           "style: in_place, or an autoscaling.group", "cannot-join")  # fmt: skip
        if not any(edge.target == ends.other.id for edge, _ in ends.architecture.effects("route")):
            return Refusal(f"blue/green shifts the requests of a load balancer, and none leads to '{ends.other.id}'",
                           f"balancer -> {ends.other.id}", "needs-balancer")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        group, other = link.owner, link.other
        type = other.node.kind.types[0]
        if type == "AWS::Lambda::Function":
            app = group.kind.application_of(group)
            named = app.attribute("name") if not isinstance(app, Resource) and app.exists else {"Ref": app.id}
            other.kind.shift_alias(other, named, {"Ref": group.id})
        elif type == INSTANCE:
            tag = {"Key": f"{TAG}-{group.node.id}", "Value": "true"}
            other.main.append("Tags", tag)
            group.main.append("Ec2TagFilters", {**tag, "Type": "KEY_AND_VALUE"})
        elif type == FLEET:
            group.main.append("AutoScalingGroups", other.attribute("name"))


class Tell(Join):
    """The topic is told how deployments go."""

    word: ClassVar[str] = "tell"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "event"

    events: list[EVENTS] = prop(["DeploymentFailure", "DeploymentRollback", "DeploymentStop"], "What is told.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.types[:1] == ("AWS::SNS::Topic",)

    def apply(self, link: Link) -> None:
        link.owner.grant(link.other, "publish", link.because)
        link.owner.main.append("TriggerConfigurations", {
            "TriggerName": link.other.node.id, "TriggerEvents": list(self.events),
            "TriggerTargetArn": link.other.attribute("arn")})  # fmt: skip


class DeploymentGroup(Kind, icon="aws/devtools/codedeploy", service="AWS CodeDeploy",
                      types=("AWS::CodeDeploy::DeploymentGroup", "AWS::CodeDeploy::Application",
                             "AWS::CodeDeploy::DeploymentConfig", "AWS::IAM::Role")):  # fmt: skip
    """Deployment group: servers, a function or a service that get a new version together, and go back together."""

    platform: Platform = prop("server", "What it deploys to.", shape=True)
    application: NodeId | None = prop(None, "Application (default: one of its own).", slot="application",
                                      to="codedeploy.application")  # fmt: skip
    strategy: Strategy | None = prop(None, "How many at a time (default: servers one by one, all else at once).",
                                     shape=True)  # fmt: skip
    percent: int = prop(10, "Percentage of the requests of a canary, or of each step.", ge=1, le=99, shape=True)
    minutes: int | None = prop(None, "Minutes of a canary, or of each step.", ge=1, le=2_880, shape=True)
    healthy: int | None = prop(None, "Percentage of servers that stay up.", ge=0, le=99, shape=True)
    style: Literal["in_place", "blue_green"] | None = prop(
        None, "On the same servers, or on a second fleet (default: in place on servers).", shape=True
    )
    keep: int = prop(5, "Minutes that the old version is kept after blue/green.", ge=0, le=2_880)
    approve: int | None = prop(None, "Minutes that blue/green waits for a person before it shifts, and stops after.",
                               ge=1, le=2_880)  # fmt: skip
    rollback: bool = prop(True, "Go back when a deployment fails.", shape=True)
    rollback_on: list[NodeId] = prop([], "Alarms that make a deployment go back.", slot="rollback_on",
                                     to="cloudwatch.alarm")  # fmt: skip
    tagged: dict[str, str] = prop({}, "Tags of further instances.")
    on_premises: dict[str, str] = prop({}, "Tags of servers outside of AWS that are registered with CodeDeploy.")
    outdated: Literal["update", "ignore"] = prop("update", "Whether instances that come during a deployment get it.")

    principal = "codedeploy.amazonaws.com"
    grantee = True
    joins = (Deploy, Tell)
    attributes = {"name": "${}"}
    address = "${name}"
    grants = {"deploy": Grant("codedeploy:CreateDeployment", "codedeploy:GetDeployment", "codedeploy:StopDeployment",
                              usual=True)}  # fmt: skip

    @property
    def shifts(self) -> bool:
        """Whether a second fleet, version or set of tasks takes over."""
        return self.style == "blue_green" or self.platform != "server"

    def attribute(self, name: str) -> str | None:
        parts = {
            "application": f"${{{self.application}.name}}" if self.application else "${+Application}",
            "arn": f"{STEM}deploymentgroup:${{application}}/${{}}",
            "application_arn": f"{STEM}application:${{application}}",
        }
        return parts.get(name) or super().attribute(name)

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """https://docs.aws.amazon.com/codedeploy/latest/userguide/security-iam.html."""
        yield grant
        if "codedeploy:CreateDeployment" in grant.actions:
            yield Grant("codedeploy:GetApplicationRevision", "codedeploy:RegisterApplicationRevision",
                        on="${application_arn}")  # fmt: skip
            yield Grant("codedeploy:GetDeploymentConfig", on=f"{STEM}deploymentconfig:*")

    def caption(self) -> str | None:
        return self._strategy().replace("_", " ")

    def _strategy(self) -> str:
        return self.strategy or STRATEGIES[self.platform][0]

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        wrong = unfit(self.platform, self._strategy(), self.style, self.healthy)
        app = world.nodes.get(str(self.application))
        if app is not None and app.existing is None and getattr(app.kind, "platform", self.platform) != self.platform:
            wrong = Refusal(f"'{app.id}' is deployed to the platform '{app.kind.platform}'",  # type: ignore[attr-defined]
                            f"platform: {app.kind.platform}", "wrong-platform", "application")  # type: ignore[attr-defined]  # fmt: skip
        if self.approve is not None and not self.shifts:
            wrong = Refusal("only blue/green waits before it shifts", "style: blue_green", "bad-value", "approve")
        return [wrong] if wrong is not None else []

    def application_of(self, scope: Scope) -> Scope | Resource:
        """Return the application: a node, or a resource of the group's own."""
        from troposphere import codedeploy

        named = scope.of(self.application)
        if named is not None:
            return named
        return scope.get("Application") or scope.make(codedeploy.Application, "Application",
                                                      ComputePlatform=PLATFORMS[self.platform])  # fmt: skip

    def build(self, scope: Scope) -> None:
        role = scope.role()
        role.append("ManagedPolicyArns", Sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{POLICIES[self.platform]}"))
        alarms = [{"Name": found.attribute("name")} for one in self.rollback_on if (found := scope.of(one)) is not None]
        events = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"] if self.rollback else []
        events += ["DEPLOYMENT_STOP_ON_ALARM"] if alarms else []
        server = self.platform == "server"
        self.application_of(scope)
        scope.make(
            "AWS::CodeDeploy::DeploymentGroup", ApplicationName=scope.attribute("application"),
            ServiceRoleArn=role.att("Arn"), DeploymentConfigName=configuration(
                scope, self.platform, self._strategy(), self.percent, self.minutes, self.healthy),
            DeploymentStyle={"DeploymentType": "BLUE_GREEN" if self.shifts else "IN_PLACE",
                             "DeploymentOption": "WITH_TRAFFIC_CONTROL" if self.shifts else
                             "WITHOUT_TRAFFIC_CONTROL"},
            AutoRollbackConfiguration={"Enabled": bool(events), **({"Events": events} if events else {})},
            AlarmConfiguration={"Enabled": True, "Alarms": alarms} if alarms else None,
            OutdatedInstancesStrategy=self.outdated.upper() if server else None, Ec2TagFilters=_filters(self.tagged),
            OnPremisesInstanceTagFilters=_filters(self.on_premises),
            BlueGreenDeploymentConfiguration=self._second() if self.shifts and self.platform != "lambda" else None,
        )  # fmt: skip

    def _second(self) -> dict[str, Any]:
        ready: dict[str, Any] = {"ActionOnTimeout": "CONTINUE_DEPLOYMENT"}
        if self.approve is not None:
            ready = {"ActionOnTimeout": "STOP_DEPLOYMENT", "WaitTimeInMinutes": self.approve}
        copied = {"GreenFleetProvisioningOption": {"Action": "COPY_AUTO_SCALING_GROUP"}}
        return {"DeploymentReadyOption": ready, **(copied if self.platform == "server" else {}),
                "TerminateBlueInstancesOnDeploymentSuccess": {
                    "Action": "TERMINATE", "TerminationWaitTimeInMinutes": self.keep}}  # fmt: skip

    def finish(self, scope: Scope) -> None:
        """Say whose requests are shifted, once every load balancer has said whom it leads to."""
        world = scope.architecture
        ends = [(edge.id, scope.of(edge.target)) for edge, effect in world.effects("deploy")
                if effect.owner == scope.node.id]  # fmt: skip
        for because, other in ends:
            if other is None or other.exists:
                continue
            if self.platform == "ecs":
                self._service(scope, other, because)
            elif self.platform == "server":
                text = f"the CodeDeploy agent must run on '{other.node.id}', and reads with the rights it has there"
                other.note("needs-agent", text, f"user_data installs it; - {other.node.id} -> bucket: read")
                if other.node.kind.types[0] == FLEET:
                    self._fleet(scope, other, because)

    def _service(self, scope: Scope, service: Scope, because: str) -> None:
        scope.main.append("ECSServices", {"ClusterName": service.kind.cluster_of(service).attribute("name"),
                                          "ServiceName": service.attribute("name")})  # fmt: skip
        groups, listener = service.kind.shifted(service)
        scope.main.append("LoadBalancerInfo.TargetGroupPairInfoList", {
            "ProdTrafficRoute": {"ListenerArns": [listener]},
            "TargetGroups": [{"Name": group.att("TargetGroupName")} for group in groups]})  # fmt: skip
        _pass(scope, [service.role(), service.kind.execution(service).role()], "ecs-tasks.amazonaws.com", because)

    def _fleet(self, scope: Scope, fleet: Scope, because: str) -> None:
        """A copied fleet is launched by the role (https://docs.aws.amazon.com/codedeploy/latest/userguide/integrations-aws-auto-scaling.html)."""
        behind = fleet.main.get("TargetGroupARNs") or []
        if behind:
            scope.main.set("DeploymentStyle.DeploymentOption", "WITH_TRAFFIC_CONTROL")
        for group in behind:
            scope.main.append("LoadBalancerInfo.TargetGroupInfoList", {"Name": Att(group.name, "TargetGroupName")})
        if self.shifts:
            scope.allow("ec2:RunInstances", "ec2:CreateTags", on="*", because=because, sid="FleetsAreNotThereYet")
            _pass(scope, [fleet.role()], "ec2.amazonaws.com", because)


def _pass(scope: Scope, roles: list[Resource], service: str, because: str) -> None:
    scope.allow("iam:PassRole", on=[role.att("Arn") for role in roles], because=because,
                condition={"StringEquals": {"iam:PassedToService": service}})  # fmt: skip


def _filters(tags: dict[str, str]) -> list[dict[str, str]] | None:
    return [{"Key": key, "Value": value, "Type": "KEY_AND_VALUE"} for key, value in tags.items()] or None
