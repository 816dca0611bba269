"""Who calls, by which mode of authorization."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

USER_POOLS, IAM, API_KEY, OIDC, LAMBDA = (
    "AMAZON_COGNITO_USER_POOLS",
    "AWS_IAM",
    "API_KEY",
    "OPENID_CONNECT",
    "AWS_LAMBDA",
)
_SHORT = {USER_POOLS: "user", IAM: "IAM", API_KEY: "API key", OIDC: "OpenID Connect", LAMBDA: "function"}
_AUTH_TYPES = {
    USER_POOLS: "User Pool Authorization",
    IAM: "IAM Authorization",
    API_KEY: "API Key Authorization",
    OIDC: "Open ID Connect Authorization",
    LAMBDA: "Lambda Authorization",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller.

    Attributes:
        mode: The mode of authorization that the request uses, as templates write it.
        groups: The groups of a user pool that the token names.
        username: The user's name, or the role's.
        sub: The user's id in the pool; empty: one made of the name.
    """

    mode: str = USER_POOLS
    groups: tuple[str, ...] = ()
    username: str = "somebody"
    sub: str = ""

    @classmethod
    def in_groups(cls, *groups: str, username: str = "somebody", sub: str = "") -> Self:
        """A user of the pool.

        Args:
            groups: The user's groups; none: a user in no group.
            username: The user's name.
            sub: The user's id in the pool, as a token names it. Default: one made of the name.
        """
        return cls(USER_POOLS, groups, username, sub)

    @classmethod
    def iam(cls, role: str = "backend") -> Self:
        """Somebody with AWS credentials, whose policy allows the call.

        Args:
            role: The role's name.
        """
        return cls(IAM, (), role)

    @classmethod
    def api_key(cls) -> Self:
        """Whoever has the API key."""
        return cls(API_KEY, (), "")

    @property
    def identity(self) -> Mapping[str, Any] | None:
        """What resolvers see as `ctx.identity`."""
        match self.mode:
            case "AMAZON_COGNITO_USER_POOLS":
                claims = {"sub": self.sub or f"sub-of-{self.username}", "cognito:groups": list(self.groups)}
                return {
                    "sub": claims["sub"],
                    "username": self.username,
                    "claims": {**claims, "cognito:username": self.username},
                    "groups": list(self.groups) or None,
                    "defaultAuthStrategy": "ALLOW",
                    "sourceIp": ["198.51.100.7"],
                }
            case "AWS_IAM":
                arn = f"arn:aws:sts::111122223333:assumed-role/{self.username}/session"
                return {"accountId": "111122223333", "userArn": arn, "username": f"AROA:{self.username}"}
            case "OPENID_CONNECT":
                return {"sub": self.username, "claims": {"sub": self.username}}
            case "AWS_LAMBDA":
                return {"resolverContext": {}}
        return None

    @property
    def auth_type(self) -> str:
        """What resolvers get of `util.authType()`."""
        return _AUTH_TYPES.get(self.mode, self.mode)

    def __str__(self) -> str:
        if self.mode == USER_POOLS:
            return ", ".join(self.groups) or "no group"
        return _SHORT.get(self.mode, self.mode)
