"""Whether AWS AppSync lets a caller at a field.

https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from dataclasses import dataclass
from enum import Enum

from patternkit.testing.graphql_access.caller import IAM, USER_POOLS, Caller
from patternkit.testing.graphql_access.schema import Directive, Schema


class May(Enum):
    """Whether a caller is let at a field."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a caller is let at a field, and by what.

    Attributes:
        may: Whether.
        why: The directive or the mode that says so.
    """

    may: May
    why: str

    def __str__(self) -> str:
        return f"{self.may.value}: {self.why}"


@dataclass(frozen=True, slots=True)
class Modes:
    """The modes of authorization of an API.

    Attributes:
        default: The mode of what no directive is on.
        further: The additional modes.
        default_action: What the default mode's user pool does where no directive is: "ALLOW" or "DENY".
    """

    default: str
    further: tuple[str, ...] = ()
    default_action: str = "ALLOW"

    @property
    def all(self) -> tuple[str, ...]:
        """All modes, the default one first."""
        return (self.default, *self.further)


def decide(schema: Schema, modes: Modes, caller: Caller, type_name: str, field: str) -> Decision:
    """Say whether a caller is let at a field, wherever the query comes from.

    A field's directives stand in place of its type's; one of several is enough; without any, the default mode alone is
    let in. `@aws_auth` is asked only where a user pool is the one mode, and then only at the fields of operations.

    Args:
        schema: The schema.
        modes: The API's modes.
        caller: The caller.
        type_name: The type.
        field: Its field.
    """
    if caller.mode not in modes.all:
        return Decision(May.DENIED, f"the API does not take {caller.mode}")
    root = schema.is_root(type_name)
    asked = _asked(schema.of_field(type_name, field), modes, root=root)
    if not asked:
        asked = _asked(schema.of_type(type_name), modes, root=root)
    if not asked:
        return _by_default(modes, caller, root=root)
    own = [one for one in asked if one.mode == caller.mode]
    if not own:
        return Decision(May.DENIED, f"only {' and '.join(str(one) for one in asked)}")
    if caller.mode != USER_POOLS:
        more = ", as far as the caller's policy allows appsync:GraphQL" if caller.mode == IAM else ""
        return Decision(May.ALLOWED, f"{own[0]}{more}")
    if not modes.further and any(one.name == "aws_cognito_user_pools" and one.groups is not None for one in own):
        return Decision(
            May.UNKNOWN,
            "@aws_cognito_user_pools with groups where a user pool is the only mode: documented to be as @aws_auth, "
            "reported to refuse everybody",
        )
    for one in own:
        if one.groups is None or set(one.groups) & set(caller.groups):
            return Decision(May.ALLOWED, str(one))
    return Decision(May.DENIED, f"only {' and '.join(str(one) for one in own)}")


def _asked(directives: tuple[Directive, ...], modes: Modes, *, root: bool) -> tuple[Directive, ...]:
    """The directives that AppSync asks."""
    return tuple(one for one in directives if one.name != "aws_auth" or aws_auth_asked(modes, root=root))


def aws_auth_asked(modes: Modes, *, root: bool) -> bool:
    """Whether `@aws_auth` says anything."""
    return modes.default == USER_POOLS and not modes.further and root


def _by_default(modes: Modes, caller: Caller, *, root: bool) -> Decision:
    if caller.mode != modes.default:
        return Decision(May.DENIED, f"no directive: only the default mode {modes.default}")
    if modes.default == USER_POOLS and modes.default_action == "DENY":
        if modes.further:
            return Decision(May.UNKNOWN, "DefaultAction DENY beside additional modes: not documented")
        if root:
            return Decision(May.DENIED, "no directive, and DefaultAction is DENY")
    return Decision(May.ALLOWED, f"no directive: everybody of the default mode {modes.default}")
