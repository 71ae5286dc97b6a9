"""Amazon Route 53: zones with their records, and health checks."""

from __future__ import annotations

from archkit.kinds.route53.health import HealthCheck
from archkit.kinds.route53.zone import Zone

__all__ = ["HealthCheck", "Zone"]
