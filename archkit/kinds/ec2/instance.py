"""One server."""

from __future__ import annotations

from typing import Any, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import Accelerated, External, Metric, Refusal, prop
from archkit.kinds.ec2.placing import old, refusals
from archkit.offers import Port
from archkit.scope import Resource, Scope
from archkit.shared.servers import Server, held

__all__ = ["Instance"]

NAMED = {"InstanceId": "${id}"}
EVERYTHING = Port(0, protocol="-1")


class Instance(Server, icon="aws/compute/ec2-instance", service="Amazon EC2",
               types=("AWS::EC2::Instance", "AWS::IAM::Role", "AWS::IAM::InstanceProfile", "AWS::EC2::EIP",
                      "AWS::EC2::EIPAssociation", "AWS::EC2::PlacementGroup", "AWS::EC2::NetworkInterface",
                      "AWS::EC2::LaunchTemplate",
                      "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress",
                      "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Server of your own, in one zone, logged into by Session Manager and never by a key."""

    zone: int = prop(1, "Which of the zones of its subnets it stands in, 1 first.", ge=1, le=6, shape=True)
    elastic_ip: bool = prop(False, "An address on the Internet that stays.", shape=True)
    interface: bool = prop(False, "A network interface of its own, which outlives the server.", shape=True)
    placement: Literal["cluster", "partition", "spread"] | None = prop(
        None, "Placement group: close together, in partitions, or apart.", shape=True
    )
    placement_group: str | None = prop(None, "Name of a placement group that exists, or ${node.placement}.")
    partitions: int = prop(3, "Partitions of a placement group of partitions.", ge=1, le=7)
    efa: bool = prop(False, "Elastic Fabric Adapter as its network interface, for tightly coupled work.", shape=True)
    hibernate: bool = prop(False, "Can be put to sleep with its memory on the root volume.", shape=True)
    host: str | None = prop(
        None, "Id of the dedicated host (default: any of the account that takes servers by itself)."
    )
    protect: bool = prop(False, "Refuse to be terminated.")
    forward: bool = prop(False, "Takes and sends packets of others, as appliances and NAT do.")

    variables = "Variables"
    classic_list = "Instances"
    attributes = {"id": "${}", "arn": "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/${}",
                  "private_ip": "${.PrivateIp}", "public_ip": "${.PublicIp}", "private_dns": "${.PrivateDnsName}",
                  "placement": "${+Placement}"}  # fmt: skip
    accelerated = Accelerated("instance", "${id}", "${+Address.AllocationId}")
    address = "${private_ip}"
    external = External(("id", "private_ip", "security_group"))
    metrics = {
        "cpu": Metric("AWS/EC2", "CPUUtilization", NAMED, "Average"),
        "status-failed": Metric("AWS/EC2", "StatusCheckFailed", NAMED, "Maximum", 60),
        "system-failed": Metric("AWS/EC2", "StatusCheckFailed_System", NAMED, "Maximum", 60),
        "network-in": Metric("AWS/EC2", "NetworkIn", NAMED, "Average"),
        "credits": Metric("AWS/EC2", "CPUCreditBalance", NAMED, "Minimum"),
    }

    def public_address(self, node: Node, world: Architecture) -> bool:
        return self.elastic_ip

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        return [*super().check(node, world), *refusals(self, node, world)]

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        made = self.launched(scope)
        subnets = network.subnets(scope)
        subnet = subnets[min(self.zone, len(subnets)) - 1]
        groups = [network.security_group(scope)]
        name = scope.node.label or f"{scope.architecture.name}-{scope.node.id}"
        held_apart = {what: made.pop(what) for what in ("Variables", "Mounts")}
        if any(disk.throughput for disk in (self.root, *self.volumes)):
            made |= self._by_template(scope, made.pop("BlockDeviceMappings"))
        instance = scope.make(
            "AWS::EC2::Instance", **{**made, "IamInstanceProfile": made["IamInstanceProfile"].ref},
            Monitoring=self.monitoring, Tenancy={"shared": None}.get(self.tenancy, self.tenancy), HostId=self.host,
            EbsOptimized=None if old(self.instance) else True, DisableApiTermination=self.protect,
            HibernationOptions={"Configured": True} if self.hibernate else None,
            CreditSpecification={"CPUCredits": self.credits} if self.credits else None,
            PlacementGroupName=self._placed(scope), Tags=[{"Key": "Name", "Value": name}],
            **self._attached(scope, subnet, groups),
        )  # fmt: skip
        instance.properties |= held_apart
        held(instance, self, scope)
        if self.elastic_ip:
            address = scope.make(ec2.EIP, "Address", Domain="vpc")
            if self.interface or self.efa:
                scope.make(ec2.EIPAssociation, "AddressAssociation", AllocationId=address.att("AllocationId"),
                           NetworkInterfaceId=scope.get("Interface").ref)  # type: ignore[union-attr]  # fmt: skip
            else:
                address.set("InstanceId", instance.ref)

    def _placed(self, scope: Scope) -> Any:
        from troposphere import ec2

        if self.placement is None:
            return self.placement_group
        return scope.make(ec2.PlacementGroup, "Placement", Strategy=self.placement,
                          PartitionCount=self.partitions if self.placement == "partition" else None).ref  # fmt: skip

    def _by_template(self, scope: Scope, disks: list[Any]) -> dict[str, Any]:
        """Return the launch template that says what an instance cannot say of its disks: their throughput.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-instance-ebs.html
        """
        from troposphere import ec2

        template = scope.make(ec2.LaunchTemplate, "Template", LaunchTemplateData={"BlockDeviceMappings": disks})
        version = template.att("LatestVersionNumber")
        return {"LaunchTemplate": {"LaunchTemplateId": template.ref, "Version": version}}

    def _attached(self, scope: Scope, subnet: Any, groups: list[Any]) -> dict[str, Any]:
        """Return how it is attached to its subnet: by itself, or by an interface that is made for it.

        What has an adapter says anything to what shares its group, or the adapter does not work
        (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html).
        """
        from troposphere import ec2

        if not self.interface and not self.efa:
            return {"SubnetId": subnet, "SecurityGroupIds": groups, "SourceDestCheck": False if self.forward else None}
        card = scope.make(ec2.NetworkInterface, "Interface", SubnetId=subnet, GroupSet=groups,
                          Description=f"{scope.architecture.name}: {scope.node.id}",
                          InterfaceType="efa" if self.efa else None,
                          SourceDestCheck=False if self.forward else None)  # fmt: skip
        if self.efa:
            network.open_itself(scope, [EVERYTHING], scope.node.id)
        return {"NetworkInterfaces": [{"DeviceIndex": "0", "NetworkInterfaceId": card.ref}]}

    def enlist(self, scope: Scope, group: Resource, port: int, because: str) -> None:
        group.append("Targets", {"Id": scope.attribute("id"), "Port": port})
