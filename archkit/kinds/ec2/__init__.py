"""Amazon EC2 and Amazon VPC: networks and what stands in them."""

from archkit.kinds.ec2.endpoint import Endpoint, EndpointService
from archkit.kinds.ec2.gateways import InternetGateway, NatGateway
from archkit.kinds.ec2.instance import Instance
from archkit.kinds.ec2.subnets import Subnets
from archkit.kinds.ec2.vpc import Vpc

__all__ = ["Endpoint", "EndpointService", "Instance", "InternetGateway", "NatGateway", "Subnets", "Vpc"]
