"""What the policies of a set of templates allow and deny, and to whom, across its templates."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

from patternkit.templates import TemplateError
from patternkit.templates.documents import parse_json
from patternkit.testing.permissions.intrinsics import described
from patternkit.testing.permissions.wildcards import matches
from patternkit.upgrade.changes import Template, properties_of, resources
from patternkit.upgrade.settings import ABSENT, is_function, items, mappings, possible

Templates = Mapping[str, Template]
"""Templates by name; "" is the name of the only one."""


class Holder(NamedTuple):
    """Whose policy it is: a resource of a template, or without a template's name what none of the set makes."""

    template: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Grant:
    """One action on one resource that a policy allows or denies to one principal.

    Attributes:
        holder: Whose policy it is: a role, or the resource that a policy is attached to.
        allow: Whether it allows.
        action: The action, maybe with wildcards; "not ..." for all but one.
        resource: The resource as the template has it, maybe with wildcards.
        principal: Who may; "" in a policy of a role.
        condition: The condition element, as JSON pairs of operator, key and value.
        made: What the resource is made by, where the set makes it.
        maybe: Whether it is there only if a condition of the template holds.
    """

    holder: Holder
    allow: bool
    action: str
    resource: str
    principal: str
    condition: frozenset[str]
    made: Holder | None = None
    maybe: bool = field(default=False, compare=False)

    def covers(self, other: "Grant") -> bool:
        """Say whether this allows, or denies, at least what another of the same holder does."""
        return (
            self.allow == other.allow
            and matches(self.action.lower(), other.action.lower())
            and matches(self.resource, other.resource)
            and self.principal in ("*", other.principal)
            and self.condition <= other.condition
            # A denial that may be missing replaces none that is there.
            and (self.allow or other.maybe or not self.maybe)
        )


class PolicySet:
    """The policies of a set of templates that are deployed together.

    Args:
        templates: The templates.
    """

    def __init__(self, templates: Templates) -> None:
        self.templates = templates
        self._exports: dict[str, Holder] = {}
        for name, template in templates.items():
            for output_name, output in (template.get("Outputs") or {}).items():
                target = self.owner(name, output.get("Value"))
                exported = next(iter(mappings(output.get("Export"))), {}).get("Name")
                for key in (f"{name.rpartition('/')[2]}.{output_name}", described(exported)):
                    if target.template is not None:
                        self._exports.setdefault(key, target)

    def owner(self, template: str, value: Any) -> Holder:
        """What a reference stands for.

        Args:
            template: The template that the reference is in.
            value: The reference.

        Returns:
            The resource, in whichever template it is; else the reference itself.
        """
        text = described(value)
        first = text.split(".")[0]
        if first in resources(self.templates.get(template, {})):
            return Holder(template, first)
        return self._exports.get(text, Holder(None, text))

    def stands(self, holder: Holder) -> bool:
        """Whether a holder is there, as far as the set shows."""
        return holder.template is None or holder.name in resources(self.templates.get(holder.template, {}))

    def resource(self, holder: Holder) -> Mapping[str, Any]:
        """The definition of a holder; empty for what the set does not make."""
        return resources(self.templates.get(holder.template or "", {})).get(holder.name, {})

    @cached_property
    def grants(self) -> dict[Holder, list[Grant]]:
        """What is allowed and denied, by holder."""
        found: dict[Holder, list[Grant]] = {}
        for name, template in self.templates.items():
            for logical_id, resource in resources(template).items():
                for grant in self._of_resource(name, logical_id, resource):
                    found.setdefault(grant.holder, []).append(grant)
        self._add_inherited(found)
        return found

    def _of_resource(self, name: str, logical_id: str, resource: Mapping[str, Any]) -> Iterator[Grant]:
        properties = properties_of(resource)
        if resource["Type"] == "AWS::Lambda::Permission":
            yield _invocation(self.owner(name, properties.get("FunctionName")), properties)
            return
        if resource["Type"] == _BUS_POLICY and "Statement" not in properties:
            properties = {"Statement": _older_statement(properties)}
        for holder, what, _ in self._memberships(name, logical_id, resource):
            yield Grant(holder, True, f"everything of {what}", "*", "", frozenset())  # noqa: FBT003
        for path, document in _documents(properties, ()):
            for holder in self._holders(name, logical_id, resource, path):
                condition = resource.get("Condition")
                maybe = condition is not None and self.resource(holder).get("Condition") != condition
                for grant in self._of_document(name, holder, document):
                    yield replace(grant, maybe=maybe or grant.maybe)

    def _memberships(
        self, name: str, logical_id: str, resource: Mapping[str, Any]
    ) -> Iterator[tuple[Holder, str, Holder]]:
        """Who has all that something else has, what people call that, and what it is."""
        properties = properties_of(resource)
        own = Holder(name, logical_id)
        if resource["Type"] == "AWS::IAM::UserToGroupAddition":
            group = properties.get("GroupName")
            for user in items(properties.get("Users")):
                yield self.owner(name, user), f"group {described(group)}", self.owner(name, group)
        elif resource["Type"].startswith("AWS::IAM::"):
            for arn in items(properties.get("ManagedPolicyArns")):
                yield own, f"policy {described(arn)}", self.owner(name, arn)
            for group in items(properties.get("Groups")) if resource["Type"] == "AWS::IAM::User" else ():
                yield own, f"group {described(group)}", self.owner(name, group)

    def _add_inherited(self, found: dict[Holder, list[Grant]]) -> None:
        """Give the denials of a policy or a group to those who have it; what it allows is told by its name."""
        edges: dict[Holder, list[Holder]] = {}
        for name, template in self.templates.items():
            for logical_id, resource in resources(template).items():
                for holder, _, what in self._memberships(name, logical_id, resource):
                    edges.setdefault(holder, []).append(what)
        for holder in edges:
            pending, seen = list(edges[holder]), {holder}
            while pending:
                one = pending.pop()
                if one in seen:
                    continue
                seen.add(one)
                pending += edges.get(one, [])
                denied = [grant for grant in found.get(one, []) if not grant.allow and not grant.principal]
                found[holder].extend(replace(each, holder=holder, principal="") for each in denied)

    def _holders(self, name: str, logical_id: str, resource: Mapping[str, Any], path: tuple[str, ...]) -> list[Holder]:
        """Whose a policy is, so that a policy that is only moved to another resource changes nothing."""
        properties = properties_of(resource)
        kind = resource["Type"]
        names: list[Any] = []
        if kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            for one in ("Roles", "Users", "Groups"):
                names += items(properties.get(one))
        elif kind.startswith("AWS::IAM::") and kind.endswith("Policy"):
            names = [properties[one] for one in ("RoleName", "UserName", "GroupName") if one in properties]
        elif kind == "AWS::Organizations::Policy":
            names = items(properties.get("TargetIds"))
        elif kind == _BUS_POLICY:
            names = [properties.get("EventBusName", "the default event bus")]
        elif path[-1:] in ((), ("PolicyDocument",), ("ResourcePolicy",), ("Policy",)):
            for one in _ATTACHED_BY:
                names += items(properties.get(one))
        found = [self.owner(name, one) for one in names]
        # Others may attach a managed policy, and have what it denies.
        own = [Holder(name, logical_id)] if kind == "AWS::IAM::ManagedPolicy" or not found else []
        return [*found, *own]

    def _of_document(self, name: str, holder: Holder, document: Mapping[str, Any]) -> Iterator[Grant]:
        surely = [one for one in _as_list(document["Statement"]) if isinstance(one, Mapping)]
        for statement in mappings(document["Statement"]):
            actions = [described(one) for one in items(statement.get("NotAction", statement.get("Action")))]
            written = items(statement.get("NotResource", statement.get("Resource", "*")))
            targets = [(described(one), self._made(name, one)) for one in written]
            conditions = list(dict.fromkeys(_conditions(statement.get("Condition"))))
            # All but some: one grant of its own kind, that only the same one covers.
            if "NotAction" in statement:
                actions = [f"anything but {', '.join(sorted(actions))}"]
            if "NotResource" in statement:
                targets = [(f"anything but {', '.join(sorted(text for text, _ in targets))}", None)]
            for action in actions:
                for target, made in targets:
                    for principal, condition in product(_principals(statement), conditions):
                        allow = statement["Effect"] == "Allow"
                        maybe = len(conditions) > 1 or not any(one is statement for one in surely)
                        yield Grant(holder, allow, action, target, principal, condition, made, maybe)

    def _made(self, name: str, value: Any) -> Holder | None:
        """The resource of the set that the resource of a statement is, or is in."""
        if isinstance(value, Mapping) and "Fn::Join" in value:
            parts = [one for one in items(value["Fn::Join"]) if isinstance(one, list)]
            value = next((one for part in parts for one in part if isinstance(one, Mapping)), None)
        found = self.owner(name, value)
        if found.template is None:
            text = found.name.removeprefix("${")
            for mark in "./:}":
                text = text.split(mark)[0]
            found = self.owner(name, text)
        return found if found.template is not None else None


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _conditions(given: Any) -> Iterator[frozenset[str]]:
    """What the condition of a statement may turn out to be, as pairs of operator, key and value."""
    for operators in possible(given):
        named = operators.items() if isinstance(operators, Mapping) else ()
        each = [list(_keys(operator, keys)) for operator, keys in named]
        yield from (frozenset().union(*one) for one in product(*each))


def _keys(operator: str, given: Any) -> Iterator[frozenset[str]]:
    for keys in possible(given):
        named = keys.items() if isinstance(keys, Mapping) else ()
        each = [[(operator, key, value) for value in possible(inner)] for key, inner in named]
        for one in product(*each):
            yield frozenset(
                f"{operator} {key} {described(value)}" for operator, key, value in one if value is not ABSENT
            )


def _invocation(holder: Holder, properties: Mapping[str, Any]) -> Grant:
    conditions = {
        f"{name} is {described(properties[name])}"
        for name in ("EventSourceToken", "FunctionUrlAuthType", "PrincipalOrgID", "SourceAccount", "SourceArn")
        if name in properties and properties[name] != "NONE"
    }
    return Grant(
        holder=holder,
        allow=True,
        action=described(properties.get("Action")),
        resource="the function",
        principal=described(properties.get("Principal")),
        condition=frozenset(conditions),
    )


def _older_statement(properties: Mapping[str, Any]) -> dict[str, Any]:
    """A permission of an event bus as it was written before buses took statements: for an account, or everybody."""
    condition = properties.get("Condition")
    return {
        "Effect": "Allow",
        "Action": properties.get("Action"),
        "Principal": properties.get("Principal", "*"),
        "Resource": "the event bus",
        "Condition": {condition.get("Type"): {str(condition.get("Key")): condition.get("Value")}}
        if isinstance(condition, Mapping)
        else None,
    }


def _documents(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        statements = items(value.get("Statement"))
        if statements and all(isinstance(one, Mapping) and "Effect" in one for one in statements):
            yield path, value
            return
        for key, inner in value.items():
            yield from _documents(inner, path if key == "Fn::If" else (*path, str(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from _documents(inner, path)
    elif isinstance(value, str) and value.lstrip().startswith("{"):
        # AWS::Logs::ResourcePolicy and some others take their document as text.
        try:
            read = parse_json(value, "a policy")
        except TemplateError:
            return
        yield from _documents(read, path)


_BUS_POLICY = "AWS::Events::EventBusPolicy"
_ATTACHED_BY = (
    *("Bucket", "Queues", "Topics", "SecretId", "ResourceArn", "EventBusName", "FileSystemId", "VaultName"),
    *("TableBucketARN", "StreamARN", "RepositoryName", "AccessPointArn", "RestApiId", "KeyId"),
)


def _principals(statement: Mapping[str, Any]) -> list[str]:
    if "NotPrincipal" in statement:
        return [f"anybody but {json.dumps(statement['NotPrincipal'], sort_keys=True)}"]
    found = []
    for one in items(statement.get("Principal")):
        # By their kind, or all the same to AWS: everybody, or what is only known at deployment.
        kinds = one.values() if isinstance(one, Mapping) and not is_function(one) else [one]
        found += [described(each) for kind in kinds for each in items(kind)]
    return found or [""]
