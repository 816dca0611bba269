"""Statements of policies, and whether they apply to a request."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from patternkit.testing.permissions.actions import exists, suggestion
from patternkit.testing.permissions.conditions import RequestContext, holds
from patternkit.testing.permissions.errors import ProofError
from patternkit.testing.permissions.intrinsics import Unresolved, described
from patternkit.testing.permissions.wildcards import matches, matches_resource


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that must be allowed.

    Attributes:
        action: The IAM action: "s3:GetObject".
        resource: The ARN; "*" where the action takes no resource.
        context: Values of condition keys.
        because: What asks for it.
    """

    action: str
    resource: str
    context: RequestContext = field(compare=False, hash=False)
    because: str

    def __str__(self) -> str:
        return f"{self.action} on {self.resource} ({self.because})"


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One statement of one policy, resolved.

    Attributes:
        policy: The logical id of the policy, and what of it: "RoleDefaultPolicy".
        number: Its place in the policy, from 1.
        allow: Whether it allows; if not, it denies.
        actions: Patterns of actions.
        resources: Patterns of ARNs; what cannot be resolved is `Unresolved`.
        as_written: The resources as the template has them.
        all_but_actions: Whether it is for all actions but these.
        all_but_resources: Whether it is for all resources but these.
        principals: Whom a resource policy names, by kind; None in the policy of a role.
        all_but_principals: Whether it is for all principals but these.
        condition: The condition element.
        of_aws: Whether AWS wrote the policy.
    """

    policy: str
    number: int
    allow: bool
    actions: tuple[str, ...]
    resources: tuple[Any, ...]
    as_written: tuple[str, ...]
    all_but_actions: bool = False
    all_but_resources: bool = False
    principals: Mapping[str, Sequence[Any]] | None = None
    all_but_principals: bool = False
    condition: Mapping[str, Any] = field(default_factory=dict)
    of_aws: bool = False

    def __str__(self) -> str:
        return f"statement {self.number} of {self.policy}"

    def action_matches(self, action: str) -> bool:
        """Whether the statement covers an action."""
        found = any(matches(pattern.lower(), action.lower()) for pattern in self.actions)
        return found != self.all_but_actions

    def resource_matches(self, resource: str) -> bool | str:
        """Whether the statement covers a resource, or what of it is not known."""
        if any(isinstance(one, str) and "${" not in one and matches_resource(one, resource) for one in self.resources):
            return not self.all_but_resources
        for one in self.resources:
            if isinstance(one, Unresolved):
                return f"resource {one.text}"
            if "${" in one:
                return f"the policy variable in {one}"
        return self.all_but_resources

    def applies(self, request: Request) -> bool | str:
        """Whether the statement applies to a request, principals left out.

        Args:
            request: The request.

        Returns:
            Whether it does, or, in words, what that depends on that is not known.
        """
        if not self.action_matches(request.action):
            return False
        on_resource = self.resource_matches(request.resource)
        if on_resource is False:
            return False
        under_condition = holds(self.condition, request.context)
        if under_condition is False:
            return False
        for found in (on_resource, under_condition):
            if isinstance(found, str):
                return f"{found} in {self}"
        return True


def read_policy(
    policy: str, document: Any, written: Any, *, of_resource: bool = False, of_aws: bool = False
) -> Iterator[Statement]:
    """Read the statements of a policy document.

    Args:
        policy: What the policy is called.
        document: The document, resolved.
        written: The document as the template has it.
        of_resource: Whether it is a resource's policy, which names principals.
        of_aws: Whether AWS wrote it: some still name actions of services that are no more.

    Yields:
        The statements.

    Raises:
        ProofError: If it is no policy, or names an action that does not exist.
    """
    if not isinstance(document, Mapping) or not isinstance(written, Mapping) or "Statement" not in document:
        raise ProofError(f"{policy}: not a policy document with statements")
    statements, texts = listed(document["Statement"]), listed(written.get("Statement"))
    if len(statements) != len(texts):
        # A condition without a value leaves a statement out.
        texts = statements
    for number, (one, as_written) in enumerate(zip(statements, texts, strict=True), 1):
        try:
            statement = _statement(policy, number, one, as_written, of_resource=of_resource)
        except (KeyError, TypeError, AttributeError) as error:
            raise ProofError(f"{policy}: statement {number} is malformed: {type(error).__name__}: {error}") from None
        for action in () if of_aws else statement.actions:
            if not any(wild in action for wild in "*?") and not exists(action):
                raise ProofError(f"{policy}: statement {number} has an unknown action, {action}{suggestion(action)}")
        yield replace(statement, of_aws=of_aws)


def _statement(policy: str, number: int, one: Any, written: Any, *, of_resource: bool) -> Statement:
    actions = listed(one["NotAction"] if "NotAction" in one else one["Action"])
    unresolved = [action for action in actions if not isinstance(action, str)]
    if unresolved:
        raise TypeError(f"action {described(unresolved[0])} is not known before deployment")
    # Policies of resources may leave it out where the service fills it in.
    resource_key = "NotResource" if "NotResource" in one else "Resource"
    principals: Mapping[str, Sequence[Any]] | None = None
    if of_resource:
        named = one.get("NotPrincipal", one.get("Principal"))
        principals = {"AWS": ["*"]} if named == "*" else {kind: listed(who) for kind, who in named.items()}
    # IAM takes no statement of a role without.
    resources = listed(one.get(resource_key, "*") if of_resource else one[resource_key])
    texts = listed(written[resource_key]) if isinstance(written, Mapping) and resource_key in written else resources
    return Statement(
        policy=policy,
        number=number,
        allow={"Allow": True, "Deny": False}[one["Effect"]],
        actions=tuple(actions),
        resources=tuple(_whole(resource, of_resource=of_resource) for resource in resources),
        # A condition without a value leaves a resource out.
        as_written=tuple(described(text) for text in (texts if len(texts) == len(resources) else resources)),
        all_but_actions="NotAction" in one,
        all_but_resources=resource_key == "NotResource",
        principals=principals,
        all_but_principals="NotPrincipal" in one,
        condition=_condition(one.get("Condition", {})),
    )


def _whole(resource: Any, *, of_resource: bool) -> Any:
    """A resource as a whole ARN.

    An API's own policy may write "execute-api:/stage/GET/path", without saying which API. In the
    policy of a resource an ARN has all its parts.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html and
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    short = "execute-api:/"
    if isinstance(resource, str) and resource.startswith(short):
        return f"arn:*:execute-api:*:*:*/{resource.removeprefix(short)}"
    is_incomplete = isinstance(resource, str) and resource.startswith("arn:") and resource.count(":") < 5
    return Unresolved(f"{resource}, which is no whole ARN,") if is_incomplete and of_resource else resource


def _condition(given: Any) -> Mapping[str, Any]:
    if not isinstance(given, Mapping) or not all(isinstance(keys, Mapping) for keys in given.values()):
        raise TypeError(f"a condition is keys by operator, got {described(given)}")
    return given


def listed(value: Any) -> list[Any]:
    """Make a list of what a policy may give as one value or as a list.

    Args:
        value: One value or a list.

    Returns:
        The list.
    """
    return list(value) if isinstance(value, list) else [value]
