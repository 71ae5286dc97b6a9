"""AWS App2Container: drawn, since no resource of CloudFormation stands for it."""

from __future__ import annotations

from archkit.kind import Kind


class App2Container(Kind, name="app2container", icon="glyph/app2container", service="AWS App2Container"):
    """Tool that makes a container of a Java or .NET application and the template that runs it on ECS or EKS."""
