"""AWS Copilot: drawn, since no resource of CloudFormation stands for it."""

from __future__ import annotations

from archkit.kind import Kind


class Copilot(Kind, name="copilot", icon="glyph/copilot", service="AWS Copilot"):
    """Command line that builds containers and runs them on ECS and App Runner."""
