"""AWS App Mesh: requests between services, by proxies beside each."""

from archkit.kinds.appmesh.nodes import VirtualGateway, VirtualNode
from archkit.kinds.appmesh.services import Mesh, VirtualRouter, VirtualService

__all__ = ["Mesh", "VirtualGateway", "VirtualNode", "VirtualRouter", "VirtualService"]
