"""CloudFront Functions."""

from __future__ import annotations

from typing import Literal

from archkit.architecture import Architecture, Node
from archkit.kind import External, Kind, Refusal, prop
from archkit.scope import Scope
from archkit.shared.code import code_path

__all__ = ["Function"]

LIMIT = 10_240
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions"""


class Function(Kind, icon="aws/network/cloudfront-edge-location", service="Amazon CloudFront",
               types="AWS::CloudFront::Function", name="cloudfront.function"):  # fmt: skip
    """CloudFront Function: JavaScript of under a millisecond on each request or answer, in every edge location."""

    code: str = prop(doc="JavaScript file beside the blueprint, with a function handler(event).", shape=True)
    runtime: Literal["cloudfront-js-2.0", "cloudfront-js-1.0"] = prop("cloudfront-js-2.0", "Runtime.")
    comment: str | None = prop(None, "What the function does.", le=128)
    store: str | None = prop(None, "ARN of a key value store that the code reads.", pattern="arn:.+:key-value-store/.+")

    attributes = {"arn": "${.FunctionARN}"}
    external = External(("arn",))
    example = "{code: rewrite.js}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        path = code_path(world.path, self.code)
        if not path.is_file():
            return [Refusal(f"there is no file '{self.code}' beside the blueprint", None, "no-code", "code")]
        text = path.read_text("utf-8")
        if "handler" not in text:
            help = "function handler(event) { return event.request; }"
            return [Refusal(f"'{self.code}' has no function 'handler'", help, "no-handler", "code")]
        if len(text.encode()) > LIMIT:
            help = f"CloudFront takes {LIMIT}; use a lambda.function at the edge"
            return [Refusal(f"'{self.code}' has {len(text.encode())} bytes", help, "code-too-large", "code")]
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import cloudfront

        stores = [{"KeyValueStoreARN": self.store}] if self.store else None
        config = {"Comment": self.comment or scope.node.note or scope.node.title, "Runtime": self.runtime,
                  "KeyValueStoreAssociations": stores}  # fmt: skip
        code = code_path(scope.architecture.path, self.code).read_text("utf-8")
        scope.make(
            cloudfront.Function, Name=scope.physical(64), AutoPublish=True, FunctionCode=code, FunctionConfig=config
        )
