"""What references in the templates give in an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patternkit.testing.permissions.errors import ProofError
from patternkit.testing.permissions.intrinsics import ABSENT, Resolver, Unresolved

if TYPE_CHECKING:
    from patternkit.testing.permissions.account.account import Account


def resolver_of(account: Account, index: int) -> Resolver:
    """Get what resolves the expressions of a template."""
    return Resolver(
        template=account.templates[index],
        reference=lambda name: _reference(account, index, name),
        attribute=lambda name, attribute: _attribute(account, index, name, attribute),
        exported=lambda name: _exported(account, name),
        output=lambda stack, name: _output(account, stack, name),
    )


def _reference(account: Account, index: int, name: str) -> Any:
    pseudo = {
        "AWS::AccountId": account.id,
        "AWS::Region": account.region,
        "AWS::Partition": account.partition,
        "AWS::URLSuffix": "amazonaws.com.cn" if account.partition == "aws-cn" else "amazonaws.com",
        "AWS::StackName": _stack_name(account, index),
        "AWS::StackId": account.arn("cloudformation", f"stack/{_stack_name(account, index)}/id"),
        "AWS::NoValue": ABSENT,
    }
    if name in pseudo:
        return pseudo[name]
    template = account.templates[index]
    if name in template.get("Parameters", {}):
        given = account.parameters.get(name, template["Parameters"][name].get("Default"))
        # The default of such a parameter is the name of another that holds the value.
        of_parameter = str(template["Parameters"][name].get("Type", "")).startswith("AWS::SSM::")
        return Unresolved(name) if given is None or (of_parameter and name not in account.parameters) else given
    if name not in template.get("Resources", {}):
        raise ProofError(f"the template refers to {name}, which it does not have")
    return account.make((index, name)).ref


def _attribute(account: Account, index: int, name: str, attribute: str) -> Any:
    if name not in account.templates[index].get("Resources", {}):
        raise ProofError(f"the template refers to {name}.{attribute}, which it does not have")
    return account.make((index, name)).attributes.get(attribute, Unresolved(f"{name}.{attribute}"))


def _exported(account: Account, name: str) -> Any:
    for index, template in enumerate(account.templates):
        for output in template.get("Outputs", {}).values():
            export = output.get("Export", {}).get("Name")
            if export is not None and account.resolve(index, export) == name:
                return account.resolve(index, output["Value"])
    return Unresolved(name)


def _stack_name(account: Account, index: int) -> str:
    return account.stacks[index] if account.stacks else f"stack-{index}"


def _output(account: Account, stack: str, name: str) -> Any:
    # Where the stacks' names are not known the output's own must do: it is named with a hash.
    having = [
        index
        for index, template in enumerate(account.templates)
        if name in template.get("Outputs", {}) and (not account.stacks or account.stacks[index] == stack)
    ]
    if len(having) != 1:
        return Unresolved(f"{stack}.{name}")
    return account.resolve(having[0], account.templates[having[0]]["Outputs"][name]["Value"])
