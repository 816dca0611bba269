"""Network ACLs, security groups, and the rules of both and of firewalls."""

from __future__ import annotations

from dataclasses import dataclass, field

from patternkit.resolving.values import Unknown
from patternkit.routes.addresses import Spans
from patternkit.routes.model.element import Element


@dataclass(frozen=True, slots=True)
class AclRule:
    """A rule of a network ACL, security group or stateless rule group: what it matches, whether it allows."""

    family: int
    protocols: Spans
    remote: Spans
    ports: Spans
    allows: bool = True
    local: Spans | None = None
    local_ports: Spans | None = None
    number: int = 0
    group: str = ""  # a security group instead of addresses
    drops: bool = False  # of a stateless rule
    doubt: str = ""  # why what it matches may be otherwise
    text: str = ""


@dataclass(slots=True, eq=False, repr=False)
class NetworkAcl(Element):
    """A network ACL: stateless, in the order of its numbers."""

    inbound: list[AclRule] = field(default_factory=list)
    outbound: list[AclRule] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class SecurityGroup(Element):
    """A security group: stateful, allows only."""

    inbound: list[AclRule] = field(default_factory=list)
    outbound: list[AclRule] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    stripped: bool = False  # of its own rule for everything, maybe, by a separate one


@dataclass(slots=True, eq=False, repr=False)
class FirewallPolicy(Element):
    """What a firewall policy does.

    Attributes:
        stateless: The stateless default actions.
        fragments: What it does to fragments of UDP that no stateless rule takes.
        stateless_passes: The stateless rules: those that allow let packets past the stateful engine.
        filters: Whether the stateful engine has rules or drops by default.
        drops_all: Whether it surely drops all that gets there: it has no rules, and drops by default.
    """

    stateless: tuple[str, ...] | Unknown = ()
    fragments: tuple[str, ...] | Unknown = ()
    stateless_passes: list[AclRule] | Unknown = field(default_factory=list)
    filters: bool | Unknown = True
    drops_all: bool = False
