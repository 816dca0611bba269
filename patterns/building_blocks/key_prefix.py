"""The beginning of object keys, as a permission and its acknowledgment can name it."""

from typing import Annotated

from patterns.building_blocks.bounds import Passes

# S3 keys are at most 1,024 bytes; half of that leaves room for the rest of the key.
_LONGEST = 512
_PAIRS = {")": "(", "]": "["}


def check_key_prefix(argument: str, prefix: str) -> None:
    """Refuse a prefix that IAM would take for more than itself, or that cannot be acknowledged.

    Args:
        argument: The argument's own name.
        prefix: What was given.

    Raises:
        ValueError: If it is too long, or has a wildcard, a brace of a policy variable, a control character or a bracket
            that is not closed.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    size = len(prefix.encode())
    if size > _LONGEST:
        raise ValueError(f"{argument} must be at most {_LONGEST} bytes, got {size}")
    if "*" in prefix or "?" in prefix:
        raise ValueError(f"{argument} must hold no wildcard, got {prefix!r}")
    if "{" in prefix or "}" in prefix:
        raise ValueError(f"{argument} must hold no braces, which name variables of policies, got {prefix!r}")
    if any(ord(one) < 32 or ord(one) == 127 for one in prefix):
        raise ValueError(f"{argument} must hold no control characters, got {prefix!r}")
    if not _are_in_pairs(prefix):
        raise ValueError(f"{argument} must close each bracket that it opens, got {prefix!r}")


def _are_in_pairs(prefix: str) -> bool:
    # What the CDK takes as the id of a finding, which names the resource.
    open_ones = []
    for one in prefix:
        if one in _PAIRS.values():
            open_ones.append(one)
        elif one in _PAIRS and (not open_ones or open_ones.pop() != _PAIRS[one]):
            return False
    return not open_ones


KeyPrefix = Annotated[
    str, Passes(check_key_prefix, "at most 512 bytes, without wildcards, braces and brackets that are not closed")
]
"""The beginning of object keys."""
