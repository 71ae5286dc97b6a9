"""What a GraphQL API may have besides its fields: key, cache, domain name, fields that ask nobody."""

from __future__ import annotations

from archkit.kinds.appsync import scripts
from archkit.kinds.appsync.access import modes
from archkit.kinds.appsync.resolvers import RUNTIME
from archkit.scope import Resource, Scope

__all__ = ["extras"]

KEPT = {"request": "FULL_REQUEST_CACHING", "resolver": "PER_RESOLVER_CACHING", "operation": "OPERATION_LEVEL_CACHING"}


def extras(scope: Scope, api: Resource) -> None:
    """Make what an API may have besides: key, cache, domain name, fields that ask nobody."""
    kind = scope.kind
    if "api_key" in modes(scope.node, scope.architecture):
        scope.make("AWS::AppSync::ApiKey", "Key", ApiId=api.att("ApiId"), Expires=kind.key_expires)
        if kind.key_expires is None:
            scope.note("key-expires", f"the API key of '{scope.node.id}' ends seven days after it is made",
                       "key_expires: a time within the next 365 days, in seconds since 1970")  # fmt: skip
    if kind.cache is not None:
        scope.make("AWS::AppSync::ApiCache", "Cache", ApiId=api.att("ApiId"), Type=kind.cache.size.upper(),
                   Ttl=kind.cache.ttl, ApiCachingBehavior=KEPT[kind.cache.per], AtRestEncryptionEnabled=True,
                   TransitEncryptionEnabled=True)  # fmt: skip
    if kind.domain:
        certificate = scope.arn(kind.certificate or f"{scope.node.id}.certificate")
        domain = scope.make("AWS::AppSync::DomainName", "Domain", DomainName=kind.domain, CertificateArn=certificate)
        scope.make(
            "AWS::AppSync::DomainNameApiAssociation", "Association", ApiId=api.att("ApiId"), DomainName=domain.ref
        )
    if kind.local:
        source = scope.make(
            "AWS::AppSync::DataSource", "PassesOnSource", ApiId=api.att("ApiId"), Name="PassesOn", Type="NONE"
        )
        for field in kind.local:
            parent, name = field.split(".")
            scope.make("AWS::AppSync::Resolver", f"{parent}{name[:1].upper()}{name[1:]}Resolver",
                       after=[scope.get("Schema"), source], ApiId=api.att("ApiId"), TypeName=parent, FieldName=name,
                       DataSourceName="PassesOn", Code=scripts.local(), Runtime=RUNTIME)  # fmt: skip
