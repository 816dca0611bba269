"""The permissions of a template's roles, in a table."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from patternkit.catalog.diagrams.names import title
from patternkit.catalog.diagrams.resources import Resource, Resources
from patternkit.catalog.markdown import Table

_PSEUDO = {"AWS::AccountId": "account", "AWS::Partition": "aws", "AWS::Region": "region"}


def permissions(resources: Resources) -> Table:
    """Make the table of what roles may do.

    Args:
        resources: The example's resources.

    Returns:
        The table: each role with who takes it on, and each of its statements.
    """
    rows: list[tuple[str, str, str]] = []
    policies = resources.of("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
    roles = resources.of("AWS::IAM::Role")
    titles = Counter(title(role.path) for role in roles)
    for role in roles:
        # Two that are called alike are told apart by their whole paths.
        called = title(role.path) if titles[title(role.path)] == 1 else role.path
        who = f"{called} ({', '.join(_taken_on_by(role)) or 'another principal'})"
        for policy in [role, *(one for one in policies if role.id in one.to("Roles"))]:
            for statement in _statements(policy):
                actions = ", ".join(f"`{action}`" for action in _list(statement.get("Action", [])))
                ends = dict.fromkeys(_named(end, policy, resources) for end in _list(statement.get("Resource", [])))
                condition = _conditions(statement)
                verb = "" if statement["Effect"] == "Allow" else "never "
                row = (who, f"{verb}{actions}{condition}", ", ".join(f"`{end}`" for end in ends))
                if row not in rows:
                    rows.append(row)
        managed = [_named(one, role, resources) for one in role.properties.get("ManagedPolicyArns", [])]
        rows.extend((who, "what the managed policy allows", f"`{one}`") for one in managed)
        if all(row[0] != who for row in rows):
            rows.append((who, "nothing", ""))
    shown = [("" if index and rows[index - 1][0] == row[0] else row[0], *row[1:]) for index, row in enumerate(rows)]
    return Table(("Role", "May", "On"), shown)


def _taken_on_by(role: Resource) -> Iterator[str]:
    for statement in role.properties["AssumeRolePolicyDocument"]["Statement"]:
        for kind, who in statement.get("Principal", {}).items() if isinstance(statement.get("Principal"), dict) else []:
            yield from (str(one).removesuffix(".amazonaws.com") for one in _list(who) if kind == "Service")


def _statements(policy: Resource) -> list[dict[str, Any]]:
    documents = [policy.properties.get("PolicyDocument", {})]
    documents += [one["PolicyDocument"] for one in policy.properties.get("Policies", [])]
    return [statement for document in documents for statement in document.get("Statement", [])]


def _conditions(statement: dict[str, Any]) -> str:
    keys = [f"`{key}`" for tests in statement.get("Condition", {}).values() for key in tests]
    return f", by {', '.join(dict.fromkeys(keys))}" if keys else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _named(value: Any, of: Resource, resources: Resources) -> str:
    """Write a resource of a statement as people would: what the template makes, by its role."""
    text = _written(value, of, resources)
    # What is said before a resource's own name, its ARN's beginning, is always the same.
    return re.sub(r"^arn:aws:[a-z0-9-]+:region:account:|^arn:aws:[a-z0-9-]+:::?", "", text)


def _written(value: Any, of: Resource, resources: Resources) -> str:
    match value:
        case str():
            return value
        case {"Ref": str(name)} if name in _PSEUDO:
            return _PSEUDO[name]
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(_written(part, of, resources) for part in parts)
        case {"Fn::Sub": str(words)}:
            return re.sub(r"\$\{(?:AWS::)?(\w+)\}", r"\1", words)
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            referred = resources.referred(value, of.id.partition(".")[0])
            return f"<{title(resources[referred[0]].path)}>" if referred else f"<{name}>"
        case {"Fn::ImportValue": _}:
            referred = resources.referred(value, of.id.partition(".")[0])
            return f"<{title(resources[referred[0]].path)}>" if referred else "<another stack's>"
    return "<a value of the deployment>"
