"""Amazon API Gateway: HTTP APIs, REST APIs and WebSocket APIs."""

from archkit.kinds.apigateway.http import Http
from archkit.kinds.apigateway.links import VpcLink
from archkit.kinds.apigateway.rest import Rest
from archkit.kinds.apigateway.websocket import Websocket

__all__ = ["Http", "Rest", "VpcLink", "Websocket"]
