"""Requests of a REST API that go to a load balancer inside a VPC.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-private-integration.html
"""

from __future__ import annotations

import dataclasses
from typing import Any

from archkit import network
from archkit.architecture import Ends
from archkit.kind import Kind, NodeId, Refusal, prop
from archkit.kinds.apigateway.paths import variables
from archkit.kinds.apigateway.rest_routes import RestRoute
from archkit.scope import Link

__all__ = ["RestPrivateRoute"]


class RestPrivateRoute(RestRoute):
    """Hands the request to an Application or Network Load Balancer inside a VPC, at the path that it came for."""

    vpc_link: NodeId = prop(doc="The link that reaches into the VPC.", slot="vpc_link", to="apigateway.vpc_link")
    tls: str | None = prop(None, "Name that the backend's certificate must have; the request goes by HTTPS then.",
                           pattern=r"[A-Za-z0-9.-]+")  # fmt: skip

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.origin is not None and other.origin.private is not None

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.other.place[0] != ends.owner.place[0]:
            return Refusal("an API and what it reaches inside of a VPC are of one account", None, "other-account")
        return super().refuse(ends)

    def apply(self, link: Link) -> None:
        inside, other = link.option(self.vpc_link), link.other
        assert inside is not None
        if network.stands(inside.node, link.architecture):
            network.open_way(inside, other, link.because)
        name, port = self.tls or getattr(other.kind, "domain", None), other.kind.ports()[0].low
        where = f"https://{name}:{port}" if name else f"http://${{dns}}:{port}"
        for method, path in self.served:
            route = dataclasses.replace(self, method=method, path=path)  # type: ignore[arg-type]
            given = {f"integration.request.path.{one}": f"method.request.path.{one}" for one in variables(path)}
            whole: dict[str, Any] = {
                "Type": "HTTP_PROXY", "IntegrationHttpMethod": method, "ConnectionType": "VPC_LINK",
                "ConnectionId": inside.attribute("id"), "IntegrationTarget": other.fill(other.kind.origin.private),
                "Uri": other.fill(where + path.replace("+}", "}")), "RequestParameters": given or None,
            }  # fmt: skip
            route.write(link, whole, {})
