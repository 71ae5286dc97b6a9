"""People and the outside world: drawn, never deployed."""

from __future__ import annotations

from archkit.kind import Admits, Kind


class _Actor(Kind, abstract=True):
    """Who or what stands outside AWS; from within a data centre it connects to what a VPN or a line leads to."""

    actor = True
    reaches = True


class Users(_Actor, name="users", icon="aws/general/users", service="users"):
    """People who use the system."""


class User(_Actor, name="user", icon="aws/general/user", service="users"):
    """One person, such as an administrator."""


class Client(_Actor, name="client", icon="aws/general/client", service="client"):
    """A computer that calls the system."""


class Mobile(_Actor, name="mobile", icon="aws/general/mobile-client", service="mobile client"):
    """A mobile client."""


class Internet(_Actor, name="internet", icon="aws/general/internet-alt1", service="Internet"):
    """The Internet: an HTTPS endpoint, or whoever calls from it."""

    admits = Admits("http", "events:InvokeApiDestination", "call")


class Saas(_Actor, name="saas", icon="saas/saas", service="SaaS application"):
    """An application that somebody else runs."""

    admits = Admits("http", "events:InvokeApiDestination", "call")


class Github(_Actor, name="github", icon="onprem/vcs/github", service="GitHub"):
    """GitHub."""


class Gitlab(_Actor, name="gitlab", icon="onprem/vcs/gitlab", service="GitLab"):
    """GitLab."""


class Bitbucket(_Actor, name="bitbucket", icon="glyph/bitbucket", service="Bitbucket"):
    """Bitbucket."""
