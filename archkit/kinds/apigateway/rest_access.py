"""Who may call a REST API: functions and user pools that decide."""

from __future__ import annotations

from typing import ClassVar

from archkit.kinds.apigateway.access import FunctionAuthorizer, PoolAuthorizer, function_uri, helper
from archkit.scope import Link

__all__ = ["RestFunctionAuthorizer", "RestPoolAuthorizer"]


class RestFunctionAuthorizer(FunctionAuthorizer):
    """A function that answers with the policy of what the caller may do."""

    def apply(self, link: Link) -> None:
        from troposphere import apigateway

        made = link.owner.make(
            apigateway.Authorizer, helper(link.other.node.id), because=link.because, RestApiId=link.owner.main.ref,
            Name=link.other.node.id, Type="REQUEST", AuthorizerUri=function_uri(link.other),
            AuthorizerResultTtlInSeconds=self.ttl,
            IdentitySource=",".join(f"method.request.header.{name}" for name in self.headers),
        )  # fmt: skip
        self.let_in(link, made)


class RestPoolAuthorizer(PoolAuthorizer):
    """A user pool whose tokens the API takes."""

    check: ClassVar[str] = "COGNITO_USER_POOLS"

    def apply(self, link: Link) -> None:
        from troposphere import apigateway

        pool = link.other
        link.owner.make(
            apigateway.Authorizer, helper(pool.node.id), because=link.because, RestApiId=link.owner.main.ref,
            Name=pool.node.id, Type="COGNITO_USER_POOLS", ProviderARNs=[pool.attribute("arn")],
            IdentitySource="method.request.header.Authorization",
        )  # fmt: skip
