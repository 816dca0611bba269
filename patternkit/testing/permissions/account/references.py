"""What references in the templates give in an account."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patternkit.testing.permissions.account.identity import Identity
from patternkit.testing.permissions.account.made import Key, Made
from patternkit.testing.permissions.errors import ProofError
from patternkit.testing.permissions.intrinsics import ABSENT, Resolver, Unresolved


@dataclass(frozen=True, slots=True)
class References:
    """What references in an account's templates give.

    Attributes:
        identity: The account and Region.
        templates: The templates.
        make: What makes a resource, unless it is there already.
        resolve: What resolves a part of a template, by the template's place.
        parameters: Values of the templates' parameters.
        stacks: The names of the templates' stacks, in their order; none where they are not known.
    """

    identity: Identity
    templates: Sequence[Mapping[str, Any]]
    make: Callable[[Key], Made]
    resolve: Callable[[int, Any], Any]
    parameters: Mapping[str, str]
    stacks: Sequence[str]

    def resolver(self, index: int) -> Resolver:
        """Get what resolves the expressions of a template, by its place."""
        return Resolver(
            template=self.templates[index],
            reference=lambda name: self._reference(index, name),
            attribute=lambda name, attribute: self._attribute(index, name, attribute),
            exported=self._exported,
            output=self._output,
        )

    def _reference(self, index: int, name: str) -> Any:
        pseudo = {
            "AWS::AccountId": self.identity.id,
            "AWS::Region": self.identity.region,
            "AWS::Partition": self.identity.partition,
            "AWS::URLSuffix": "amazonaws.com.cn" if self.identity.partition == "aws-cn" else "amazonaws.com",
            "AWS::StackName": self._stack_name(index),
            "AWS::StackId": self.identity.arn("cloudformation", f"stack/{self._stack_name(index)}/id"),
            "AWS::NoValue": ABSENT,
        }
        if name in pseudo:
            return pseudo[name]
        template = self.templates[index]
        if name in template.get("Parameters", {}):
            given = self.parameters.get(name, template["Parameters"][name].get("Default"))
            # The default of such a parameter is the name of another that holds the value.
            of_parameter = str(template["Parameters"][name].get("Type", "")).startswith("AWS::SSM::")
            return Unresolved(name) if given is None or (of_parameter and name not in self.parameters) else given
        if name not in template.get("Resources", {}):
            raise ProofError(f"the template refers to {name}, which it does not have")
        return self.make((index, name)).ref

    def _attribute(self, index: int, name: str, attribute: str) -> Any:
        if name not in self.templates[index].get("Resources", {}):
            raise ProofError(f"the template refers to {name}.{attribute}, which it does not have")
        return self.make((index, name)).attributes.get(attribute, Unresolved(f"{name}.{attribute}"))

    def _exported(self, name: str) -> Any:
        for index, template in enumerate(self.templates):
            for output in template.get("Outputs", {}).values():
                export = output.get("Export", {}).get("Name")
                if export is not None and self.resolve(index, export) == name:
                    return self.resolve(index, output["Value"])
        return Unresolved(name)

    def _stack_name(self, index: int) -> str:
        return self.stacks[index] if self.stacks else f"stack-{index}"

    def _output(self, stack: str, name: str) -> Any:
        # Where the stacks' names are not known the output's own must do: it is named with a hash.
        having = [
            index
            for index, template in enumerate(self.templates)
            if name in template.get("Outputs", {}) and (not self.stacks or self.stacks[index] == stack)
        ]
        if len(having) != 1:
            return Unresolved(f"{stack}.{name}")
        return self.resolve(having[0], self.templates[having[0]]["Outputs"][name]["Value"])
