"""Amazon Cognito: user pools, identity pools and the roles of those who sign in."""

from archkit.kinds.cognito.identity_pool import IdentityPool
from archkit.kinds.cognito.role import Role
from archkit.kinds.cognito.user_pool import UserPool

__all__ = ["IdentityPool", "Role", "UserPool"]
