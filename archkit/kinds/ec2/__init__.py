"""Amazon EC2 and Amazon VPC: networks and what stands in them."""

from archkit.kinds.ec2.client_vpn import ClientVpn
from archkit.kinds.ec2.endpoint import Endpoint, EndpointService
from archkit.kinds.ec2.gateways import InternetGateway, NatGateway
from archkit.kinds.ec2.instance import Instance
from archkit.kinds.ec2.subnets import Subnets
from archkit.kinds.ec2.transit import TransitGateway
from archkit.kinds.ec2.volume import InstanceStore, Volume
from archkit.kinds.ec2.vpc import Vpc
from archkit.kinds.ec2.vpn import CustomerGateway, Vpn

__all__ = [
    "ClientVpn",
    "CustomerGateway",
    "Endpoint",
    "EndpointService",
    "Instance",
    "InstanceStore",
    "InternetGateway",
    "NatGateway",
    "Subnets",
    "TransitGateway",
    "Volume",
    "Vpc",
    "Vpn",
]
