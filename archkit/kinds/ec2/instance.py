"""One server."""

from __future__ import annotations

import re
from typing import Any, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Metric, Refusal, prop
from archkit.scope import Resource, Scope
from archkit.servers import Server, held

__all__ = ["Instance"]

NAMED = {"InstanceId": "${id}"}
SMALL = re.compile(r"(t[0-9]|mac)[a-z0-9-]*\.")
"""Families that have no Elastic Fabric Adapter and stand in no cluster placement group
(https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html and placement-strategies.html there)."""


class Instance(Server, icon="aws/compute/ec2-instance", service="Amazon EC2",
               types=("AWS::EC2::Instance", "AWS::IAM::Role", "AWS::IAM::InstanceProfile", "AWS::EC2::EIP",
                      "AWS::EC2::PlacementGroup", "AWS::EC2::NetworkInterface", "AWS::EC2::LaunchTemplate",
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
    efa: bool = prop(False, "Elastic Fabric Adapter, for tightly coupled work.", shape=True)
    hibernate: bool = prop(False, "Can be put to sleep with its memory on the root volume.", shape=True)
    host: str | None = prop(None, "Id of the dedicated host, where 'tenancy' is host.")
    protect: bool = prop(False, "Refuse to be terminated.")
    forward: bool = prop(False, "Takes and sends packets of others, as appliances and NAT do.")

    variables = "Variables"
    classic_list = "Instances"
    attributes = {"id": "${}", "arn": "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/${}",
                  "private_ip": "${.PrivateIp}", "public_ip": "${.PublicIp}", "private_dns": "${.PrivateDnsName}",
                  "placement": "${+Placement}"}  # fmt: skip
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
        found = super().check(node, world)
        vpc, tier = network.vpc_of(node, world), network.tier_of(node, world)
        if vpc is not None and vpc.existing is None and self.zone > vpc.kind.columns():
            found.append(Refusal(f"'{vpc.id}' has {vpc.kind.columns()} zones, and this is the zone {self.zone}",
                                 f"zones: {self.zone} on '{vpc.id}'", "out-of-bounds", "zone"))  # fmt: skip
        if self.elastic_ip and tier is not None and tier.kind.exposure() != "public" and tier.existing is None:
            where = f"the {tier.kind.exposure()} subnets '{tier.id}'"
            found.append(Refusal(f"an address on the Internet leads nowhere in {where}", "put it into public subnets",
                                 "cannot-reach", "elastic_ip"))  # fmt: skip
        if self.efa and SMALL.match(self.instance):
            found.append(Refusal(f"{self.instance} has no Elastic Fabric Adapter", "instance: c6in.32xlarge",
                                 "bad-value", "efa"))  # fmt: skip
        if self.placement == "cluster" and SMALL.match(self.instance):
            found.append(Refusal(f"{self.instance} cannot stand in a cluster placement group", "instance: c7g.large",
                                 "bad-value", "placement"))  # fmt: skip
        if self.tenancy == "host" and self.host is None:
            found.append(
                Refusal("a dedicated host is named", "host: h-0123456789abcdef0", "missing-property", "tenancy")
            )
        if self.hibernate and self.tenancy == "host":
            found.append(Refusal("what runs on a dedicated host cannot hibernate", None, "bad-value", "hibernate"))
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        made = self.launched(scope)
        subnets = network.subnets(scope)
        subnet = subnets[min(self.zone, len(subnets)) - 1]
        groups = [network.security_group(scope)]
        name = scope.node.label or f"{scope.architecture.name}-{scope.node.id}"
        held_apart = {what: made.pop(what) for what in ("Variables", "Mounts")}
        instance = scope.make(
            "AWS::EC2::Instance", **{**made, "IamInstanceProfile": made["IamInstanceProfile"].ref},
            Monitoring=self.monitoring, Tenancy={"shared": None}.get(self.tenancy, self.tenancy), HostId=self.host,
            EbsOptimized=True, DisableApiTermination=self.protect, SourceDestCheck=False if self.forward else None,
            HibernationOptions={"Configured": True} if self.hibernate else None,
            PlacementGroupName=self._placed(scope), Tags=[{"Key": "Name", "Value": name}],
            **self._attached(scope, subnet, groups),
        )  # fmt: skip
        instance.properties |= held_apart
        held(instance, self, scope)
        if self.elastic_ip:
            address = scope.make(ec2.EIP, "Address", Domain="vpc")
            if self.interface:
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

    def _attached(self, scope: Scope, subnet: Any, groups: list[Any]) -> dict[str, Any]:
        """Return how it is attached to its subnet: by itself, or by an interface that is made for it."""
        from troposphere import ec2

        if self.interface:
            card = scope.make(ec2.NetworkInterface, "Interface", SubnetId=subnet, GroupSet=groups,
                              Description=f"{scope.architecture.name}: {scope.node.id}",
                              SourceDestCheck=False if self.forward else None)  # fmt: skip
            return {
                "NetworkInterfaces": [{"DeviceIndex": "0", "NetworkInterfaceId": card.ref}],
                "SourceDestCheck": None,
            }
        if self.efa:
            adapter = {"DeviceIndex": 0, "InterfaceType": "efa", "SubnetId": subnet, "Groups": groups,
                    "DeleteOnTermination": True}  # fmt: skip
            template = scope.make(ec2.LaunchTemplate, "Template", LaunchTemplateData={"NetworkInterfaces": [adapter]})
            version = template.att("LatestVersionNumber")
            return {"LaunchTemplate": {"LaunchTemplateId": template.ref, "Version": version}}
        return {"SubnetId": subnet, "SecurityGroupIds": groups}

    def enlist(self, scope: Scope, group: Resource, port: int, because: str) -> None:
        group.append("Targets", {"Id": scope.attribute("id"), "Port": port})
