"""What domains of a company network may be."""

from collections.abc import Sequence

from aws_cdk import Token

# Forwarded, these would take the names of AWS's own services and of instances with them.
_OF_AWS = ("amazonaws.com", "amazonaws.com.cn", "compute.internal", "ec2.internal", "aws.dev", "api.aws")


def check_domains(argument: str, value: Sequence[str]) -> None:
    """Refuse domains that AWS answers itself, and those that are given twice.

    Args:
        argument: The argument's own name.
        value: The domains.

    Raises:
        ValueError: If there is one.
    """
    for one in value:
        if Token.is_unresolved(one):
            continue
        if any(one == name or one.endswith(f".{name}") for name in _OF_AWS):
            raise ValueError(f"{argument} must be the company's own, got {one}, which AWS answers")
    if len(set(value)) != len(value):
        raise ValueError(f"{argument} must name each once, got {', '.join(value)}")
