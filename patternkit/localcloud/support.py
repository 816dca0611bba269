"""Find what the local cloud cannot run, before anything is deployed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from patternkit.localcloud.assembly import AssemblyStack
from patternkit.localcloud.errors import Unsupported


def check_supported(stacks: Iterable[AssemblyStack], cloudformation: Any) -> None:
    """Refuse stacks that hold resource types which the local cloud does not have.

    Which it has is asked of the server, whose own registry answers ValidateTemplate. It is asked with a
    template of the types alone, because it passes over types in a template that declares a transform.

    Args:
        stacks: What is to be deployed.
        cloudformation: A client.

    Raises:
        Unsupported: It names each resource, or what cannot be published.
    """
    stacks = tuple(stacks)
    for stack in stacks:
        if stack.unsupported:
            raise Unsupported(stack.unsupported)
    resources = {
        (logical_id, resource["Type"])
        for stack in stacks
        for template in (stack.template, *stack.nested_templates)
        for logical_id, resource in template.get("Resources", {}).items()
        # What a loop or a macro makes is not there yet.
        if not logical_id.startswith("Fn::")
    }
    missing = _missing({type_ for _, type_ in resources if type_.startswith("AWS::")}, cloudformation)
    refused = sorted(
        ((logical_id, type_) for logical_id, type_ in resources if type_ in missing),
        key=lambda resource: (resource[1], resource[0]),
    )
    if refused:
        raise Unsupported(
            "the local cloud cannot run " + ", ".join(f"{logical_id} ({type_})" for logical_id, type_ in refused),
            resources=refused,
        )


def _missing(types: set[str], cloudformation: Any) -> set[str]:
    if not types:
        return set()
    template = {"Resources": {f"R{number}": {"Type": type_} for number, type_ in enumerate(sorted(types))}}
    try:
        cloudformation.validate_template(TemplateBody=json.dumps(template))
    except ClientError as error:
        _, found, listed = error.response["Error"]["Message"].partition("Unrecognized resource types: [")
        if found:
            return types & {type_.strip() for type_ in listed.rstrip("]").split(",")}
    return set()
