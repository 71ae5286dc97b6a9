"""Elastic Load Balancing: what spreads requests over servers, containers and functions."""

from archkit.kinds.elb.application import Application
from archkit.kinds.elb.classic import Classic
from archkit.kinds.elb.gateway import Gateway
from archkit.kinds.elb.network import Network

__all__ = ["Application", "Classic", "Gateway", "Network"]
