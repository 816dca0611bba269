"""What records point to: load balancers, distributions, addresses and other things that may be ill."""

from __future__ import annotations

from dataclasses import dataclass, field

from patternkit.dns.model.unknown import Unknown


@dataclass(slots=True, eq=False)
class TargetGroup:
    """The targets behind a load balancer.

    Attributes:
        identity: The resource's identity.
        path: What people call it.
        targets: The identities and addresses that the template registers; empty where something else does.
        seconds: How long its health checks take to see a failure.
    """

    identity: str
    path: str
    targets: tuple[str, ...] = ()
    seconds: int | Unknown = 0


@dataclass(slots=True, eq=False)
class Endpoint:
    """A resource whose address a record gives.

    Attributes:
        identity: The resource's identity, or its name where it is none of the set.
        path: What people call it.
        kind: Its CloudFormation type, "" where it is none of the set.
        region: Its Region, "" where that is not known.
        groups: The target groups of a load balancer.
        ttl: For how long its addresses are kept, `Unknown` where AWS does not say.
        private: Whether it has private addresses only.
    """

    identity: str
    path: str
    kind: str = ""
    region: str = ""
    groups: list[TargetGroup] = field(default_factory=list)
    ttl: int | Unknown = field(default_factory=lambda: Unknown("AWS does not say for how long its addresses are kept"))
    private: bool = False
