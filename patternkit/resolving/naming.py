"""Which resource a contract means: `{resource: PATH}`, or `{resource: none}` for what is none of the set."""

from __future__ import annotations

from typing import Any

from patternkit.resolving.given import matching
from patternkit.resolving.identities import custom_names
from patternkit.resolving.stacks import StackSet
from patternkit.resolving.values import outside
from patternkit.templates.errors import TemplateError, nearest


def names_resource(value: Any) -> bool:
    """Whether a value says which resource is meant."""
    return isinstance(value, dict) and set(value) == {"resource"}


def named(stacks: StackSet, what: str, value: Any) -> Any:
    """The identity of what `{resource: PATH}` means, or the value as it is.

    Args:
        stacks: The set.
        what: Whose value it is.
        value: The value, as the contract or the command line gives it.

    Raises:
        TemplateError: No resource has the name, or several have.
    """
    if not names_resource(value):
        return value
    meant = value["resource"]
    if isinstance(meant, list):
        return [named(stacks, f"{what} {number}", {"resource": one}) for number, one in enumerate(meant, 1)]
    if meant is None or meant == "none":
        return outside(what)
    try:
        return resource_named(stacks, str(meant))
    except TemplateError as error:
        raise TemplateError(f"{what}: {error}") from None


def resource_named(stacks: StackSet, name: str, *kinds: str) -> str:
    """The identity of the one resource that has a name.

    Raises:
        TemplateError: None has it, or several have.
    """
    found, known = [], []
    for stack in stacks.stacks:
        for logical, resource in stack.resources.items():
            if not kinds or resource["Type"] in kinds:
                path = stack.path(logical)
                known.append(path)
                if matching([name], custom_names(stack, logical, "")):
                    found.append(stack.ids[logical])
    if len(found) != 1:
        many = "several resources are" if found else "no resource is"
        raise TemplateError(f"{many} named {name!r}{'' if found else nearest(name, known)}")
    return found[0]
