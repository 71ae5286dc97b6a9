"""Amazon API Gateway: HTTP APIs and REST APIs."""

from archkit.kinds.apigateway.http import Http
from archkit.kinds.apigateway.links import VpcLink
from archkit.kinds.apigateway.rest import Rest

__all__ = ["Http", "Rest", "VpcLink"]
