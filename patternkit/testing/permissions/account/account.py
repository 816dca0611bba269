"""An AWS account in this process, made of the resources of templates."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from patternkit.testing.permissions.account.identity import Identity
from patternkit.testing.permissions.account.made import Definition, Key, Made
from patternkit.testing.permissions.account.makers import MAKERS, unknown
from patternkit.testing.permissions.account.policies import attach
from patternkit.testing.permissions.account.references import References
from patternkit.testing.permissions.errors import ProofError


class Account(Identity):
    """What the templates make, in moto where moto can, and by name where only the name matters.

    Made lazily: a resource is there once something refers to it, or once `make_all` was called.

    Args:
        templates: The templates; those after the first are what the first imports values from.
        account: The account's id.
        region: The Region.
        parameters: Values of the templates' parameters. Default: their defaults.
        stacks: The names of the templates' stacks, in their order. Default: not known, and references by
            `Fn::GetStackOutput` not resolved.
    """

    def __init__(
        self,
        templates: Sequence[Mapping[str, Any]],
        *,
        account: str,
        region: str,
        parameters: Mapping[str, str] | None = None,
        stacks: Sequence[str] = (),
    ) -> None:
        super().__init__(account, region)
        self.templates = templates
        self._made: dict[Key, Made] = {}
        self._in_making: list[Key] = []
        references = References(self, templates, self._make, self.resolve, dict(parameters or {}), stacks)
        self._resolvers = [references.resolver(index) for index in range(len(templates))]

    def name(self, logical_id: str) -> str:
        """Get what `Ref` gives for a resource: the name of a bucket, the URL of a queue.

        Args:
            logical_id: Its logical id in the first template that has it.

        Returns:
            The name.

        Raises:
            ProofError: If there is none, or its name is not known.
        """
        for index, template in enumerate(self.templates):
            if logical_id in template.get("Resources", {}):
                ref = self._make((index, logical_id)).ref
                if isinstance(ref, str):
                    return ref
                raise ProofError(f"{logical_id}: what it is called is not known before deployment")
        raise ProofError(f"no resource has the logical id {logical_id}")

    def only(self, resource_type: str) -> str:
        """Get what `Ref` gives for the only resource of a type.

        Args:
            resource_type: As CloudFormation names it.

        Returns:
            The name.

        Raises:
            ProofError: If there is not just one.
        """
        found = [one for _, one, resource in self.resources() if resource["Type"] == resource_type]
        if len(found) != 1:
            raise ProofError(f"there are {len(found)} resources of the type {resource_type}")
        return self.name(found[0])

    def resources(self) -> list[tuple[int, str, Mapping[str, Any]]]:
        """List the resources whose conditions hold.

        Returns:
            The template's place, the logical id and the definition of each.
        """
        return [
            (index, logical_id, resource)
            for index, template in enumerate(self.templates)
            for logical_id, resource in template.get("Resources", {}).items()
            if "Condition" not in resource or self._resolvers[index].condition(resource["Condition"]) is not False
        ]

    def resolve(self, index: int, value: Any) -> Any:
        """Resolve part of a template.

        Args:
            index: The template's place.
            value: The part.

        Returns:
            It without intrinsic functions.
        """
        return self._resolvers[index].resolve(value)

    def make_all(self) -> None:
        """Make every resource, and attach the policies of resources to them."""
        for index, logical_id, _ in self.resources():
            self._make((index, logical_id))
        for index, logical_id, resource in self.resources():
            attach(self.resolve, self._made, index, logical_id, resource)

    def find(self, arn: str) -> Made | None:
        """Find a resource of the templates by its ARN, or by the ARN of something in it.

        Args:
            arn: The ARN.

        Returns:
            The resource; None if the templates have no such thing.
        """
        for made in self._made.values():
            if made.arn is not None and (arn == made.arn or (arn.startswith((made.arn + "/", made.arn + ":")))):
                return made
        return None

    def logical_ids(self) -> dict[str, str]:
        """Describe the ARNs of the simulated account.

        Returns:
            Logical ids by ARN.
        """
        return {made.arn: logical_id for (_, logical_id), made in self._made.items() if made.arn is not None}

    def made(self, resource_type: str) -> list[Made]:
        """List the resources of a type.

        Args:
            resource_type: As CloudFormation names it.

        Returns:
            What was made.
        """
        return [one for one in self._made.values() if one.type == resource_type]

    def _make(self, key: Key) -> Made:
        if key in self._made:
            return self._made[key]
        index, logical_id = key
        if key in self._in_making:
            raise ProofError(f"the template's resource {logical_id} depends on itself")
        self._in_making.append(key)
        resource = self.templates[index]["Resources"][logical_id]
        try:
            maker = MAKERS.get(resource["Type"], unknown)
            made = maker(self, Definition(partial(self.resolve, index), index, logical_id, resource))
        except ProofError:
            raise
        except Exception as error:
            raise ProofError(f"{logical_id} ({resource['Type']}) could not be made in this process: {error}") from error
        finally:
            self._in_making.pop()
        self._made[key] = made
        self._made.update({(index, f"{logical_id}.{name}"): part for name, part in made.parts.items()})
        return made
