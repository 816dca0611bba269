"""Contracts: what a template cannot say, declared, and named by every verdict that leans on it.

A contract file is YAML, JSON or TOML:

```yaml
parameters:            # values of parameters, by stack; {resource: PATH} is the id of a resource of the set,
  Hub: {OnPremises: 192.168.0.0/16}       # {resource: none} the id of what is none of the set
  Spoke: {GatewayId: {resource: Hub/Tgw}, PeerVpcId: {resource: none}}
ids:                   # which resource an id is that a template gives as text, or that it is none of the set
  tgw-rtb-0123456789abcdef0: {resource: Hub/SpokeTable}
  vpc-0123456789abcdef0: {resource: none}
imports:               # exports of stacks that are not part of the set, and outputs as STACK.OUTPUT; as for parameters
  shared-transit-gateway: tgw-0123456789abcdef0
ssm:                   # values of SSM parameters that are not part of the set; as for parameters
  /network/prefix: 10.0.0.0/8
returns:               # what a custom resource returns, and that it changes nothing that it is given
  "*/EndpointOf*":     # construct path, logical id or resource type; * matches anything
    EndpointId: {endpoint-of: Firewall, zone: {property: AvailabilityZone}}
  Hub/Lookup:
    AttachmentId: {attachment-of: DataCentre}   # of a VPN connection or a Direct Connect association
    Ref: {resource: SpokeTable}                 # what a Ref to it is worth
harmless: ["*/TagRouteTables"]        # what changes nothing that it is given: custom resources, other vendors'
prefixes:              # what is learnt over BGP, by VPN connection, Connect or Direct Connect attachment
  "Hub/Vpn": [192.168.0.0/16]
appliance-mode:        # set at run time, by attachment
  "Inspection/Attachment": true
policies:              # firewall policies that are not part of the set: "inspects", "passes" or "drops"
  "Firewall": inspects
  "Hub/S3Endpoint": passes   # and whether an endpoint's policy that lets some requests through lets the asked ones
attachments:           # transit gateway attachments that no resource of the set makes
  - name: DataCentre
    transit-gateway: Tgw
    kind: direct-connect
    prefixes: [172.20.0.0/16]
    table: HybridTable           # the table it is associated with; default the gateway's default
    propagates-to: [SpokeTable]  # beside the gateway's default propagation
routes:                # routes that no resource of the set makes: of a transit gateway, such as prefix list references,
  - {table: SpokeTable, attachment: DataCentre, origin: prefix list, prefixes: [172.20.0.0/16]}
  # and of a VPC, to a gateway, interface, peering connection or endpoint, or "blackhole"; `by` is the resource that
  # makes them at run time, and is then not suspected of changing more of that table
  - {table: Spoke/AppTable, target: Hub/Tgw, prefixes: [10.0.0.0/8], by: "*/RouteMaker"}
  - {table: Hub/PublicTable, target: {endpoint-of: Firewall, subnet: FirewallSubnetA}, prefixes: [10.0.0.0/8]}
zones:                 # the availability zones of subnets that name none
  "Hub/Private1": eu-west-1a
blocks:                # what a pool of IPAM gives to a VPC or subnet
  "Hub/Vpc": [10.0.0.0/16]
nested:                # which template of the set a nested stack is, where its TemplateURL does not tell
  Root/Spokes: spokes
public-addresses:      # whether the hosts of a subnet have public IPv4 addresses; without it, both cases are tried
  "Hub/Private*": false
accepted:              # whether the owner of an endpoint service lets an endpoint connect that waits for it
  "Shop/Endpoint": true
sites:                 # what lies behind a VPN connection, Connect or Direct Connect attachment
  "Hub/Vpn":
    at: HeadOffice          # connections at one place reach the same hosts
    asn: 65010              # where the customer gateway is not part of the set
    accepts-own-asn: true   # its router takes routes with its own BGP number in their path (allowas-in)
    passes-on: false        # whether packets for addresses that are not its own go on, to the internet or back
    sends: [10.1.0.0/16]    # where it sends packets without an announcement from AWS
    preference: 200         # BGP's local preference: of connections at one place the greatest wins; default 100
appliances:            # what an instance does with packets that are not its own, or with connections that end at it
  "Hub/NatInstance": translates    # or forwards
  "Hub/Firewall": {does: forwards, out: {Trust: Untrust, Untrust: Trust}}   # of several interfaces
  # opens connections of its own for those that it takes; so does each instance of a scaling group, or task of a service
  "Hub/Proxies": {does: proxies, to: [10.2.0.0/24], ports: [443]}
```
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from patternkit.resolving.given import Given
from patternkit.routes.addresses import Prefix, parse_prefix
from patternkit.routes.declarations import DeclaredAppliance, DeclaredSite, declared_appliance, declared_site
from patternkit.routes.errors import ContractError, nearest
from patternkit.templates.data_files import read_data

SECTIONS = (
    "parameters",
    "ids",
    "imports",
    "ssm",
    "returns",
    "harmless",
    "prefixes",
    "appliance-mode",
    "policies",
    "attachments",
    "routes",
    "nested",
    "zones",
    "blocks",
    "public-addresses",
    "accepted",
    "sites",
    "appliances",
)
ATTACHMENT_KINDS = ("vpn", "direct-connect", "connect")
POLICIES = ("inspects", "passes", "drops")


@dataclass(frozen=True, slots=True)
class DeclaredAttachment:
    """A transit gateway attachment that no resource of the set makes."""

    name: str
    transit_gateway: str
    kind: Literal["vpn", "direct-connect", "connect"]
    prefixes: tuple[Prefix, ...]
    table: str = ""
    propagates_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeclaredRoute:
    """Routes that no resource of the set makes: of a transit gateway with an attachment, of a VPC with a target."""

    table: str
    attachment: str
    origin: Literal["static", "prefix list"]
    prefixes: tuple[Prefix, ...]
    target: str | dict[str, str] = ""
    by: str = ""


@dataclass(slots=True)
class Contracts(Given):
    """What is declared beside the templates: the values of expressions, and the following.

    Attributes:
        harmless: Custom resources that change nothing.
        prefixes: What is learnt over BGP, by VPN connection or attachment.
        appliance_mode: Whether appliance mode is set at run time, by attachment.
        policies: What a firewall does whose policy, or what that says, is not in the set, and an endpoint's policy.
        attachments: Attachments that no resource makes.
        routes: Routes that no resource makes.
        public_addresses: Whether the hosts of a subnet have public IPv4 addresses, by subnet.
        accepted: Whether an endpoint's connection to its endpoint service is accepted, by endpoint.
        sites: What lies behind VPN connections and attachments.
        appliances: What instances do with packets that are not their own.
    """

    harmless: tuple[str, ...] = ()
    prefixes: dict[str, tuple[Prefix, ...]] = field(default_factory=dict)
    appliance_mode: dict[str, bool] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)
    attachments: tuple[DeclaredAttachment, ...] = ()
    routes: tuple[DeclaredRoute, ...] = ()
    public_addresses: dict[str, bool] = field(default_factory=dict)
    accepted: dict[str, bool] = field(default_factory=dict)
    sites: dict[str, DeclaredSite] = field(default_factory=dict)
    appliances: dict[str, DeclaredAppliance] = field(default_factory=dict)

    @classmethod
    def load(cls, path: str | Path) -> Contracts:
        """Read a contract file.

        Raises:
            ContractError: The file is malformed.
        """
        return cls.from_data(read_data(Path(path), ContractError), str(path))

    @classmethod
    def from_data(cls, data: Any, what: str = "contracts") -> Contracts:
        """Read contracts as parsed from a file.

        Args:
            data: A mapping with the sections that the module describes.
            what: Where the data come from, for messages.

        Raises:
            ContractError: The data are malformed.
        """
        if data is None:
            return cls()
        if not isinstance(data, dict):
            raise ContractError(f"{what} must be a mapping, got {type(data).__name__}")
        for section in data:
            if section not in SECTIONS:
                raise ContractError(
                    f"{what}: unknown section {section!r}{nearest(str(section), SECTIONS)} "
                    f"(sections: {', '.join(SECTIONS)})"
                )
        contracts = cls(
            parameters={
                str(k): _mapping(v, f"{what}: parameters of {k}") for k, v in _section(data, what, "parameters")
            },
            ids={str(k): _resource(v, f"{what}: ids of {k}") for k, v in _section(data, what, "ids")},
            imports={str(k): v for k, v in _section(data, what, "imports")},
            ssm={str(k): v for k, v in _section(data, what, "ssm")},
            returns={str(k): _mapping(v, f"{what}: returns of {k}") for k, v in _section(data, what, "returns")},
            nested={str(k): str(v) for k, v in _section(data, what, "nested")},
            zones={str(k): _text(v, f"{what}: zones of {k}") for k, v in _section(data, what, "zones")},
            blocks={
                str(k): tuple(map(str, _prefixes(v, f"{what}: blocks of {k}")))
                for k, v in _section(data, what, "blocks")
            },
            harmless=tuple(map(str, _list(data.get("harmless", ()), f"{what}: harmless"))),
            prefixes={str(k): _prefixes(v, f"{what}: prefixes of {k}") for k, v in _section(data, what, "prefixes")},
            sites={str(k): declared_site(v, f"{what}: sites of {k}") for k, v in _section(data, what, "sites")},
            appliances={
                str(k): declared_appliance(v, f"{what}: appliances of {k}")
                for k, v in _section(data, what, "appliances")
            },
        )
        for section, flags in (
            ("appliance-mode", contracts.appliance_mode),
            ("public-addresses", contracts.public_addresses),
            ("accepted", contracts.accepted),
        ):
            for name, value in _section(data, what, section):
                if not isinstance(value, bool):
                    raise ContractError(f"{what}: {section} of {name} must be true or false, got {value!r}")
                flags[str(name)] = value
        for name, value in _section(data, what, "policies"):
            if value not in POLICIES:
                raise ContractError(f"{what}: policies of {name} must be one of {', '.join(POLICIES)}, got {value!r}")
            contracts.policies[str(name)] = value
        contracts.attachments = tuple(
            _attachment(item, f"{what}: attachments")
            for item in _list(data.get("attachments", ()), f"{what}: attachments")
        )
        contracts.routes = tuple(
            _route(item, f"{what}: routes") for item in _list(data.get("routes", ()), f"{what}: routes")
        )
        return contracts


def _section(data: Mapping[str, Any], what: str, name: str) -> Iterable[tuple[Any, Any]]:
    return _mapping(data.get(name) or {}, f"{what}: {name}").items()


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ContractError(f"{what} must be a mapping, got {value!r}")
    return value


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise ContractError(f"{what} must be a text, got {value!r}")
    return value


def _resource(value: Any, what: str) -> dict[str, Any]:
    if isinstance(value, dict) and set(value) == {"resource"} and isinstance(value["resource"], (str, type(None))):
        return value
    raise ContractError(f"{what} must be {{resource: PATH}}, or {{resource: none}} for none of the set; got {value!r}")


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise ContractError(f"{what} must be a list, got {value!r}")
    return list(value)


def _prefixes(value: Any, what: str) -> tuple[Prefix, ...]:
    found = []
    for text in _list(value, what):
        block = parse_prefix(text) if isinstance(text, str) else None
        if block is None:
            raise ContractError(f"{what} must be CIDRs, got {text!r}")
        found.append(block)
    return tuple(found)


def _route(value: Any, what: str) -> DeclaredRoute:
    data = _mapping(value, what)
    known = ("table", "attachment", "origin", "prefixes", "target", "by")
    for key in data:
        if key not in known:
            raise ContractError(f"{what}: unknown key {key!r}{nearest(str(key), known)}")
    target = data.get("target", "")
    if "target" not in data or "attachment" in data:
        if "target" in data:
            raise ContractError(f"{what}: each has an attachment (transit gateway) or a target (VPC), got {value!r}")
        needed: tuple[str, ...] = ("table", "attachment")
    else:
        needed = ("table",)
        if not (isinstance(target, str) and target) and not _is_endpoint(target):
            raise ContractError(
                f"{what}: target must be a name or {{endpoint-of: FIREWALL, subnet: SUBNET}}, got {target!r}"
            )
    for key in needed:
        if not isinstance(data.get(key), str):
            raise ContractError(f"{what}: each needs a text for {key!r}, got {value!r}")
    origin = data.get("origin", "prefix list" if "attachment" in data else "static")
    if origin not in ("static", "prefix list") or (target and origin != "static"):
        raise ContractError(f"{what}: origin must be static or prefix list, of a VPC static; got {origin!r}")
    by = data.get("by", "")
    if not isinstance(by, str):
        raise ContractError(f"{what}: by must be a text, got {by!r}")
    prefixes = _prefixes(data.get("prefixes", ()), f"{what}: prefixes")
    return DeclaredRoute(data["table"], data.get("attachment", ""), origin, prefixes, target, by)


def _is_endpoint(target: Any) -> bool:
    return (
        isinstance(target, dict)
        and "endpoint-of" in target
        and set(target) <= {"endpoint-of", "subnet"}
        and all(isinstance(name, str) for name in target.values())
    )


def _attachment(value: Any, what: str) -> DeclaredAttachment:
    data = _mapping(value, what)
    for key in ("name", "transit-gateway", "kind"):
        if not isinstance(data.get(key), str):
            raise ContractError(f"{what}: each needs a text for {key!r}, got {value!r}")
    if data["kind"] not in ATTACHMENT_KINDS:
        raise ContractError(f"{what}: kind must be one of {', '.join(ATTACHMENT_KINDS)}, got {data['kind']!r}")
    return DeclaredAttachment(
        data["name"],
        data["transit-gateway"],
        data["kind"],
        _prefixes(data.get("prefixes", ()), f"{what}: prefixes"),
        str(data.get("table", "")),
        tuple(map(str, _list(data.get("propagates-to", ()), f"{what}: propagates-to"))),
    )
