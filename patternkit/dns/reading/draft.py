"""A model while it is made, with what its parts need of each other."""

from __future__ import annotations

import fnmatch
from typing import Any

from patternkit.dns.contracts import Contracts
from patternkit.dns.errors import ContractError
from patternkit.dns.model import Endpoint, Model, Unknown, Vpc
from patternkit.dns.reading.template_resources import Resource, Resources
from patternkit.templates.errors import nearest


class Draft:
    """A model that is being made.

    Args:
        resources: The resources of one world.
        contracts: What is declared.
    """

    def __init__(self, resources: Resources, contracts: Contracts) -> None:
        self.resources = resources
        self.contracts = contracts
        self.model = Model(
            elsewhere=contracts.elsewhere,
            latency=contracts.latency,
            labels={one.identity: one.path for one in resources.all.values()},
        )

    def leans(self, contract: str) -> None:
        """Note that the model leans on a contract."""
        self.model.contracts[contract] = None

    def declared(self, section: dict[str, Any], name: str, one: Resource) -> Any:
        """What a section of the contracts says of a resource; None where it says nothing."""
        for key in section:
            if any(fnmatch.fnmatchcase(called, key) or called.endswith(f"/{key}") for called in one.names()):
                self.leans(f"{name} {key}")
                return section[key]
        return None

    def named(self, text: str, what: str, *kinds: str) -> Resource | None:
        """The one resource of some types that a contract names.

        Raises:
            ContractError: Several have the name.
        """
        found = [one for one in self.resources.of(*kinds) if text in one.names() or one.path.endswith(f"/{text}")]
        if len(found) > 1:
            raise ContractError(f"{what}: several resources are named {text!r}: {found[0].path}, {found[1].path}")
        return found[0] if found else None

    def must_name(self, text: str, what: str, *kinds: str) -> Resource:
        """The one resource of some types that a contract names.

        Raises:
            ContractError: None has the name, or several have.
        """
        found = self.named(text, what, *kinds)
        if found is None:
            known = [one.path for one in self.resources.of(*kinds)]
            raise ContractError(f"{what}: no resource is named {text!r}{nearest(text, known)}")
        return found

    def vpc(self, value: Any) -> Vpc | Unknown:
        """The VPC that a property names; one that is none of the set is made as it is declared."""
        if isinstance(value, Unknown):
            return value
        owner = self.resources.owner(value)
        if owner is not None:
            return self.model.vpcs.get(owner.identity) or Unknown(f"{owner.path} is no VPC")
        if not isinstance(value, str) or not value:
            return Unknown("the VPC is not given")
        if value not in self.model.vpcs:
            declared = self.contracts.vpcs.get(value)
            why = Unknown(f"the DNS attributes of {value} are not declared (contract: vpcs)")
            if declared is not None:
                self.leans(f"vpcs {value}")
            given = declared or {}
            support, hostnames = (True, True) if declared is not None else (why, why)
            self.model.vpcs[value] = Vpc(
                value,
                str(given.get("name", value)),
                str(given.get("region", "")),
                dns_support=given.get("dns-support", support),
                dns_hostnames=given.get("dns-hostnames", hostnames),
            )
            self.model.labels[value] = self.model.vpcs[value].path
        return self.model.vpcs[value]

    def endpoint(self, owner: Resource) -> Endpoint:
        """The endpoint that a resource is."""
        found = self.model.endpoints.get(owner.identity)
        if found is None:
            found = self.model.endpoints[owner.identity] = Endpoint(
                owner.identity, owner.path, owner.kind, owner.region
            )
            ttl = self.declared(self.contracts.ttls, "ttls", owner)
            if ttl is not None:
                found.ttl = ttl
            elif owner.kind in _SIXTY_SECONDS:
                found.ttl = 60
        return found


_SIXTY_SECONDS = ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancing::LoadBalancer")
"""https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html"""


def flag(value: Any, *, default: bool) -> bool | Unknown:
    """A property that is true or false."""
    if value is None:
        return default
    return value if isinstance(value, (bool, Unknown)) else str(value).lower() == "true"


def number(value: Any, default: int) -> int | Unknown:
    """A property that is a whole number."""
    if value is None or value == "":
        return default
    if isinstance(value, Unknown):
        return value
    try:
        return int(value)
    except (TypeError, ValueError):
        return Unknown(f"{value!r} is not a number")
