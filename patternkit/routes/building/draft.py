"""A network model that is being made: its state, and how properties of resources are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from typing import Literal as OneOf

from patternkit.resolving import (
    Resolver,
    Stack,
)
from patternkit.resolving.values import (
    CLOSE,
    NO_VALUE,
    OPEN,
    Outside,
    Unknown,
    is_opaque,
    is_outside,
    lifted,
    not_lifted,
)
from patternkit.routes.addresses import (
    Prefix,
    Spans,
    parse_prefix,
)
from patternkit.routes.contracts import Contracts
from patternkit.routes.errors import TemplateError
from patternkit.routes.model import (
    AclRule,
    Attachment,
    Interface,
    Local,
    Model,
    NetworkAcl,
)

Properties = dict[str, Any]

# What an id may be the id of, and what may be done to what it means.
Kind: TypeAlias = OneOf[
    "VPC",
    "VPC block",
    "subnet",
    "associated subnet",
    "subnet of a network ACL",
    "route table",
    "network ACL",
    "security group",
    "prefix list",
    "gateway",
    "internet gateway",
    "virtual private gateway",
    "VPN connection",
    "site",
    "transit gateway",
    "transit gateway route table",
    "attachment",
    "interface",
    "instance",
    "firewall policy",
]


@dataclass(frozen=True, slots=True)
class Literal(Unknown):
    """An id that a template gives as text: what it is the id of is not known."""


@dataclass(frozen=True, slots=True)
class Loose:
    """What is done to an element that is not known.

    Attributes:
        kind: What the element is.
        text: What is done to it, and why it is not known.
        reason: Why it is not known.
        may_be: Which elements of the kind it may be.
    """

    kind: Kind | OneOf[""]
    text: str
    reason: Unknown
    may_be: Callable[[Any], bool]


NOTHING: frozenset[str] = frozenset()

LOCAL = Local()

# The types whose ids stand for an element of a kind.
_KINDS: dict[Kind, set[str]] = {
    "VPC": {"AWS::EC2::VPC"},
    "subnet": {"AWS::EC2::Subnet"},
    "route table": {"AWS::EC2::RouteTable"},
    "network ACL": {"AWS::EC2::NetworkAcl"},
    "security group": {"AWS::EC2::SecurityGroup"},
    "prefix list": {"AWS::EC2::PrefixList"},
    "internet gateway": {"AWS::EC2::InternetGateway"},
    "virtual private gateway": {"AWS::EC2::VPNGateway"},
    "VPN connection": {"AWS::EC2::VPNConnection"},
    "transit gateway": {"AWS::EC2::TransitGateway"},
    "transit gateway route table": {"AWS::EC2::TransitGatewayRouteTable"},
    "attachment": {
        "AWS::EC2::TransitGatewayAttachment",
        "AWS::EC2::TransitGatewayVpcAttachment",
        "AWS::EC2::TransitGatewayPeeringAttachment",
        "AWS::EC2::TransitGatewayConnect",
        "AWS::EC2::VPNConcentrator",
    },
}


@dataclass(slots=True)
class DatabaseProxy:
    """A proxy of Amazon RDS.

    Attributes:
        identity: What a reference to it means.
        name: Its name.
        exits: The hosts that open its connections.
        entrances: The hosts that connections to it end at: those, and those of its further endpoints.
    """

    identity: str
    name: str | Unknown
    exits: list[Interface]
    entrances: list[Interface]


class Draft:
    """A model that is being made, and how the properties of its resources are read."""

    def __init__(self, resolver: Resolver, contracts: Contracts) -> None:
        self.resolver = resolver
        self.value = resolver.value
        self.contracts = contracts
        self.model = Model()
        self.targets = self.model.targets
        self.default_acls: dict[str, NetworkAcl] = {}
        self.depends: dict[str, tuple[str, ...]] = {}
        self.unknown_associations: list[str] = []
        self.peering_sides: dict[str, list[Attachment]] = {}
        self.policy_rules: dict[str, list[AclRule] | Unknown] = {}
        self.unknown_groups: list[str] = []
        self.changed_lists: dict[str, str] = {}
        self.accelerator_ports: dict[Any, tuple[Spans, Spans]] = {}
        self.loose: list[Loose] = []
        self.made_by: dict[str, list[str]] = {}  # which resources make just the routes that contracts declare, by table
        self.database_proxies: list[DatabaseProxy] = []
        self.asns: dict[str, int | Unknown] = {}
        self.unknown_interfaces: list[str] = []

    def get(self, stack: Stack, properties: Properties, name: str) -> Any:
        """The value of a property; None where it is not written."""
        node = properties.get(name)
        if node is None or (type(node) is str and not self.resolver.ids and "{{" not in node):
            # Most properties are plain text: asking for its value takes longer than knowing it.
            return node
        value = self.value(stack, node)
        return None if value is NO_VALUE else value

    def leans(self) -> frozenset[str]:
        """The contracts that the values read since the last call lean on."""
        if not self.resolver.leans:
            return NOTHING
        leans = frozenset(self.resolver.leans)
        self.resolver.leans.clear()
        return leans

    def make(self, make: type[Any], stack: Stack, logical: str, **fields: Any) -> Any:
        """Make an element out of a resource; references to the resource find it."""
        element = make(stack.ids[logical], stack.path(logical), stack.resources[logical]["Type"], **fields)
        self.targets[element.identity] = element
        return element

    def listed(self, stack: Stack, properties: Properties, name: str) -> list[Any] | Unknown:
        """The items of a property; a single value counts as a list of one."""
        value = self.get(stack, properties, name)
        if value is None:
            return []
        if isinstance(value, Unknown):
            return value
        return value if isinstance(value, list) else [value]

    @staticmethod
    def block(text: Any, where: str) -> Prefix | Unknown:
        """The prefix that a text means."""
        if isinstance(text, Unknown):
            return text
        if text is None:
            return Unknown(f"no CIDR is given{not_lifted()}")
        if isinstance(text, str):
            block = parse_prefix(text)
            if block is not None:
                return block
            if is_opaque(text):
                return Unknown(f"the CIDR of {where} is known only to AWS{not_lifted()}")
        raise TemplateError(f"{where}: {text!r} is not a CIDR")

    @staticmethod
    def flag(value: Any, *, default: bool) -> bool | Unknown:
        """The truth value of a property."""
        if value is None:
            return default
        if isinstance(value, Unknown):
            return value
        return value is True or str(value).lower() in ("true", "enable")

    def find(self, group: dict[str, Any], identity: Any, what: Kind) -> Any:
        """The element of a group that an id means, or `Unknown`."""
        if isinstance(identity, Unknown):
            return identity
        found = group.get(identity) if isinstance(identity, str) else None
        if found is None and is_outside(identity):
            return Outside(f"{what} {shown(identity)} is not in the set")
        if found is not None:
            return found
        self._check_kind(identity, what)
        by_text = isinstance(identity, str) and not is_opaque(identity)
        ending = lifted("ids") if by_text else not_lifted("a Ref to it says which it is")
        return Unknown(f"{what} {shown(identity)} is not in the set{ending}")

    def ours(self, group: dict[str, Any], identity: Any, what: Kind) -> Any:
        """The element of the set that an identity means.

        Returns:
            The element, None where it surely is none of the set, or `Unknown` where it may be any of them.
        """
        if isinstance(identity, Unknown):
            return identity
        found = group.get(identity) if isinstance(identity, str) else None
        if found is not None:
            return found
        if identity is None:
            return Unknown(f"{what} is not given{not_lifted()}")
        if not isinstance(identity, str) or is_outside(identity):
            return None
        if not is_opaque(identity):
            return Literal(f"{what} {identity} may be any of the set{lifted('ids')}")
        entry = self.resolver.stacks.by_id.get(identity)
        if entry is not None and entry[0].resources[entry[1]]["Type"].startswith("AWS::"):
            self._check_kind(identity, what)
            return None
        return Unknown(f"{what} {shown(identity)} is known only to AWS{not_lifted('a Ref to it says which it is')}")

    def _check_kind(self, identity: Any, what: Kind) -> None:
        """EC2 takes no id of another kind of resource (InvalidVpcID.NotFound and the like)."""
        entry = self.resolver.stacks.by_id.get(identity) if isinstance(identity, str) else None
        if entry is None or what not in _KINDS:
            return
        kind = entry[0].resources[entry[1]]["Type"]
        if kind.startswith("AWS::") and kind not in _KINDS[what]:
            self.refuse(f"{shown(identity)} is given as the id of {what}s, and is an {kind} [NotFound]")

    def refuse(self, reason: str) -> None:
        """AWS does not deploy this world."""
        if reason not in self.model.refused:
            self.model.refused.append(reason)

    def doubt(
        self,
        stack: Stack,
        logical: str,
        does: str,
        reason: Unknown,
        kind: Kind | OneOf[""] = "",
        may_be: Callable[[Any], bool] = lambda _: True,
    ) -> None:
        """What a resource belongs to is not known: a doubt on all that it may be, when everything is made.

        Args:
            stack: The resource's stack.
            logical: The resource.
            does: What it does to what is not known.
            reason: Why that is not known.
            kind: What it is; "" for a doubt on everything.
            may_be: Which elements of the kind it may be.
        """
        self.loose.append(Loose(kind, f"{stack.path(logical)} {does}: {reason.reason}", reason, may_be))


def shown(identity: Any) -> str:
    """An identity as people read it."""
    return str(identity).replace(OPEN, "").replace(CLOSE, "")


def whole_number(value: Any, path: str) -> int:
    """Read a number of a resource.

    Raises:
        TemplateError: It is none.
    """
    try:
        return int(value)
    except (TypeError, ValueError):
        raise TemplateError(f"{path}: {value!r} is not a number") from None
