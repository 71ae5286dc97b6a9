"""AWS Identity and Access Management."""

from archkit.kinds.iam.people import Group, User
from archkit.kinds.iam.policy import Policy
from archkit.kinds.iam.role import OidcProvider, Role, ServiceLinkedRole

__all__ = ["Group", "OidcProvider", "Policy", "Role", "ServiceLinkedRole", "User"]
