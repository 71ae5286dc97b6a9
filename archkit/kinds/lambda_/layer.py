"""Libraries that several functions share."""

from __future__ import annotations

from typing import Literal

from archkit.architecture import Architecture, Node
from archkit.kind import External, Kind, Refusal, prop
from archkit.scope import Scope
from archkit.shared.code import code_path


class Layer(Kind, icon="aws/compute/lambda", service="Lambda layers", types="AWS::Lambda::LayerVersion"):
    """Libraries shared by several functions."""

    code: str = prop(doc="Folder with the layer's content, beside the blueprint.", shape=True)
    runtimes: list[str] = prop([], "Compatible runtimes.", le=15)
    architectures: list[Literal["x86_64", "arm64"]] = prop([], "Compatible instruction sets.", le=2)
    licence: str | None = prop(None, "Licence of the content.")

    guard = True
    attributes = {"arn": "${}"}
    external = External(("arn",))
    taggable = False
    example = "{code: layer, runtimes: [python3.13]}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if not code_path(world.path, self.code).exists():
            return [Refusal(f"there is no folder '{self.code}' beside the blueprint", None, "no-code", "code")]
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import awslambda

        scope.make(awslambda.LayerVersion, Content=scope.code(self.code, inline=False), Description=scope.node.note,
                   CompatibleRuntimes=self.runtimes or None, CompatibleArchitectures=self.architectures or None,
                   LicenseInfo=self.licence)  # fmt: skip
