"""What is wrong with the properties of a user pool taken together."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from archkit.architecture import Architecture, Node
from archkit.diagnostics import did_you_mean
from archkit.kind import Refusal

__all__ = ["problems"]

RESERVED = ("aws", "amazon", "cognito")
STANDARD = frozenset(
    {
        "address",
        "birthdate",
        "email",
        "family_name",
        "gender",
        "given_name",
        "locale",
        "middle_name",
        "name",
        "nickname",
        "phone_number",
        "picture",
        "preferred_username",
        "profile",
        "updated_at",
        "website",
        "zoneinfo",
    }
)


def problems(pool: Any, node: Node, world: Architecture) -> list[Refusal]:
    """Return what is wrong with a pool's properties."""
    rules: tuple[Callable[[Any, Node, Architecture], Refusal | None], ...] = (
        _domain,
        _certificate,
        _clients,
        _providers,
        _tier,
        _factors,
        _messages,
        _fields,
    )
    return [found for rule in rules if (found := rule(pool, node, world)) is not None]


def _domain(pool: Any, node: Node, world: Architecture) -> Refusal | None:
    domain = pool.domain
    prefix = isinstance(domain, str) and "." not in domain
    if prefix and not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", domain):
        return Refusal(
            f"'{domain}' is no prefix of a domain", "lower-case letters, digits and hyphens", "bad-value", "domain"
        )
    text = f"{world.name}-{node.id}" if domain == "auto" else domain
    taken = next((word for word in RESERVED if isinstance(text, str) and "." not in text and word in text), None)
    if taken is not None:
        help = "domain: a prefix of your own" if domain == "auto" else None
        return Refusal(
            f"AWS takes no prefix with '{taken}' in it, and it would be '{text}'", help, "bad-value", "domain"
        )
    used = any(client.callbacks or client.machine for client in pool.clients.values())
    # a load balancer that names it has a client of its own
    used = used or any(edge.badge and world[edge.source].kind.serves == "alb" for edge in world.edges_of(node.id))
    if domain is not None and not used:
        return Refusal("nobody would come back from the sign-in pages: no client has a callback",
                       "clients: {web: 'https://...'}", "missing-property", "domain")  # fmt: skip
    return None


def _certificate(pool: Any, node: Node, world: Architecture) -> Refusal | None:
    if pool.certificate is None:
        return None
    if not pool.own_domain():
        return Refusal(
            "a certificate is for a domain of your own", "domain: auth.example.com", "bad-value", "certificate"
        )
    other = world.nodes.get(pool.certificate)
    if other is not None and other.existing is None and other.place[1] != "us-east-1":
        return Refusal("Cognito takes a certificate of us-east-1 only",
                       "leave it out: one is made there; or put it into a region group with code: us-east-1",
                       "wrong-region", "certificate")  # fmt: skip
    return None


def _clients(pool: Any, node: Node, world: Architecture) -> Refusal | None:
    if not pool.clients:
        return Refusal("without an app client nobody can sign in", "clients: {app: {}}", "bad-value", "clients")
    for name, client in pool.clients.items():
        wrong: Refusal | None = client.lacks(name, pool.domain is not None)
        if wrong is not None:
            return wrong
        unknown = next((one for one in client.providers if one not in ("cognito", *pool.providers)), None)
        if unknown is not None:
            return Refusal(f"the client '{name}' names a provider '{unknown}', which the pool has not",
                           did_you_mean(unknown, ["cognito", *pool.providers]), "bad-value", "clients")  # fmt: skip
        scope = next((one for one in client.scopes if isinstance(one, str) and "/" in one
                      and one.rpartition("/")[2] not in pool.scopes.get(one.rpartition("/")[0], {})), None)  # fmt: skip
        if scope is not None:
            return Refusal(f"the client '{name}' asks for '{scope}', which no API of the pool has",
                           f"scopes: {{{scope.rpartition('/')[0]}: {{{scope.rpartition('/')[2]}: what it allows}}}}",
                           "bad-value", "clients")  # fmt: skip
    return None


def _providers(pool: Any, node: Node, world: Architecture) -> Refusal | None:
    for name, provider in pool.providers.items():
        wrong: Refusal | None = provider.lacks(name)
        if wrong is not None:
            return wrong
    if pool.providers and pool.domain is None:
        return Refusal("other providers send people back to the sign-in pages, and the pool has none", "domain: auto",
                       "missing-property", "providers")  # fmt: skip
    return None


def _tier(pool: Any, node: Node, world: Architecture) -> Refusal | None:
    if pool.advanced_security != "off" and pool.tier in ("lite", "essentials"):
        return Refusal("threat protection needs the tier plus", "tier: plus", "bad-value", "tier")
    if pool.tier == "lite":
        asked = next((name for name, on in (("factors", pool.factors), ("mfa_by", "email" in pool.mfa_by)) if on), None)
        if asked is not None:
            return Refusal(f"the tier lite has no '{asked}' of this sort", "tier: essentials", "bad-value", asked)
    return None


def _factors(pool: Any, node: Node, world: Architecture) -> Refusal | None:
    if pool.mfa != "off" and not pool.mfa_by:
        return Refusal("a second factor is asked for, and none is named", "mfa_by: [totp]", "bad-value", "mfa_by")
    if pool.factors and "password" not in pool.factors:
        return Refusal(
            "a password is always among the first factors", "factors: [password, ...]", "bad-value", "factors"
        )
    mails = any(effect.owner == node.id for _, effect in world.effects("send"))
    if pool.mfa != "off" and "email" in pool.mfa_by and not mails:
        return Refusal("a second factor by mail is sent from an identity of your own",
                       f"{node.id} -> a node of kind ses.identity", "missing-property", "mfa_by")  # fmt: skip
    if "admin" in pool.recovery and len(pool.recovery) > 1:
        return Refusal("where an administrator recovers passwords, nothing else does", "recovery: [admin]", "bad-value",
                       "recovery")  # fmt: skip
    return None


def _messages(pool: Any, node: Node, world: Architecture) -> Refusal | None:
    if pool.verification.by == "link" and pool.domain is None:
        return Refusal("a link needs a page to lead to", "domain: auto", "missing-property", "verification")
    wrong: Refusal | None = pool.verification.lacks()
    return wrong


def _fields(pool: Any, node: Node, world: Architecture) -> Refusal | None:
    for name, field in pool.fields.items():
        if field.required and name not in STANDARD:
            return Refusal(f"'{name}' is an attribute of your own, and only standard ones can be required",
                           did_you_mean(name, STANDARD) or "leave 'required' out", "bad-value", "fields")  # fmt: skip
    return None
