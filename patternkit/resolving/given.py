"""What is given beside templates: the values of expressions that no template says."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Given:
    """The values of expressions that templates do not say.

    Attributes:
        parameters: Parameter values by stack and name.
        ids: Which resource of the set an id that is given as text is, by id.
        imports: Values by export name.
        ssm: Values by parameter name.
        returns: By custom resource, the value of each attribute.
        nested: Which template of the set a nested stack is, by the nested stack's name.
        zones: The availability zones of subnets that name none, by subnet.
        blocks: The blocks that a pool gives to VPCs and subnets, by VPC, subnet, or the resource that adds the block.
    """

    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)
    imports: dict[str, Any] = field(default_factory=dict)
    ssm: dict[str, Any] = field(default_factory=dict)
    returns: dict[str, dict[str, Any]] = field(default_factory=dict)
    nested: dict[str, str] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)
    blocks: dict[str, tuple[str, ...]] = field(default_factory=dict)


def matching(declared: Iterable[str], names: Iterable[str]) -> str | None:
    """The first declared pattern that matches one of a resource's names, or the end of its path."""
    names = tuple(names)
    for pattern in declared:
        for name in names:
            if fnmatch.fnmatchcase(name, pattern) or name.endswith("/" + pattern):
                return pattern
    return None
