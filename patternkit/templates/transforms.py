"""What CloudFormation has to process a template by before its resources are known."""

from collections.abc import Mapping
from typing import Any

TRANSFORM = "Fn::Transform"


def transforms(template: Mapping[str, Any]) -> list[str]:
    """Name the macros that process a template as a whole.

    Args:
        template: The template.

    Returns:
        Their names: of its `Transform`, and of an `Fn::Transform` beside its sections, which may bring more of them.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/create-reusable-transform-function-snippets-and-add-to-your-template-with-aws-include-transform.html
    """
    given = template.get("Transform") or []
    listed = [
        *(given if isinstance(given, list) else [given]),
        *([template[TRANSFORM]] if TRANSFORM in template else []),
    ]
    return [str(one.get("Name")) if isinstance(one, Mapping) else str(one) for one in listed]


def has_transformed_resources(template: Mapping[str, Any]) -> bool:
    """Whether macros may add resources to a template or change one: they stand among its resources, or in one."""
    resources = template["Resources"]
    return any(
        name.startswith(TRANSFORM)
        or any(isinstance(each, Mapping) and TRANSFORM in each for each in (one, _properties(one)))
        for name, one in resources.items()
    )


def _properties(resource: Any) -> Any:
    return resource.get("Properties") if isinstance(resource, Mapping) else None
