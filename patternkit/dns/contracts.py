"""Contracts: what a template cannot say about names, declared, and named by every verdict that leans on it.

A contract file is YAML, JSON or TOML. Beside `parameters`, `ids`, `imports`, `ssm`, `returns` and `nested`, which say
the values of expressions as everywhere in `patternkit`, it may have:

```yaml
zones:                 # hosted zones: those that are none of the set, by their id, and what is not said of others
  Z0123456789ABC: {name: example.com, private: false, whole: false}   # whole: the set has all of its records
  Names/Corp: {delegated: true, ds: false}    # whether the zone above leads to it, and has a DS record for it
vpcs:                  # VPCs that are none of the set, by their id
  vpc-0123456789abcdef0: {name: Partner, region: eu-west-1, dns-support: true, dns-hostnames: true}
associations:          # what is associated with VPCs by hand, or from another account
  - {zone: Names/Corp, vpc: Partner}          # or rule: ...
sites:                 # networks that are none of AWS
  HeadOffice:
    servers: [10.200.0.2, 10.200.0.3]         # the addresses of their name servers
    zones: {corp.example.com: {db: {A: [10.200.1.1]}, www: {CNAME: [db.corp.example.com]}}}
    forwards: {aws.example.com: [Names/Inbound]}    # addresses, or inbound endpoints of the set
    internet: true                            # whether they ask the internet for the rest
elsewhere:             # names that are answered outside the set: their values, or that they do not exist
  api.partner.com: [203.0.113.9]
  old.example.com: none
latency:               # milliseconds from where clients are to Regions; replaces what is estimated from distance
  sa-east-1: {us-east-1: 115, eu-west-1: 180}
ttls: {Web/Distribution: 60}                  # seconds for which the addresses of a resource are kept
alarms:                                       # seconds that alarms take to see a failure, and of what
  checkout-errors: {seconds: 120, watches: [Web/Primary]}
firewalls: {Names/Firewall: passes}           # DNS firewalls that block none of the names that are asked for
```
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from patternkit.dns.domain_names import is_name, normal
from patternkit.dns.errors import ContractError
from patternkit.resolving.given import Given
from patternkit.templates.data_files import read_data
from patternkit.templates.errors import nearest

VALUES = ("parameters", "ids", "imports", "ssm", "returns", "nested")
"""The sections that say the values of expressions."""
SECTIONS = (*VALUES, "zones", "vpcs", "associations", "sites", "elsewhere", "latency", "ttls", "alarms", "firewalls")
_ZONE_KEYS = ("name", "private", "whole", "delegated", "ds")
_VPC_KEYS = ("name", "region", "dns-support", "dns-hostnames")
_SITE_KEYS = ("servers", "zones", "forwards", "internet", "ttl")


@dataclass(frozen=True, slots=True)
class DeclaredSite:
    """A network that is none of AWS."""

    servers: tuple[str, ...] = ()
    zones: dict[str, dict[tuple[str, str], tuple[str, ...]]] = field(default_factory=dict)
    forwards: dict[str, tuple[str, ...]] = field(default_factory=dict)
    internet: bool = True
    ttl: int = 300


@dataclass(slots=True)
class Contracts:
    """What is declared beside the templates.

    Attributes:
        given: The values of expressions.
        zones: By id or path, what is declared of a hosted zone.
        vpcs: By id, what is declared of a VPC that is none of the set.
        associations: Zones and rules that are associated with VPCs elsewhere: kind, resource, VPC.
        sites: By name, networks that are none of AWS.
        elsewhere: By name, what is answered outside the set; nothing where the name does not exist.
        latency: Milliseconds by client's Region and record's Region.
        ttls: Seconds for which the addresses of resources are kept.
        alarms: By name or path, the seconds that an alarm takes, and what it watches.
        firewalls: DNS firewalls that pass every name that is asked for.
    """

    given: Given = field(default_factory=Given)
    zones: dict[str, dict[str, Any]] = field(default_factory=dict)
    vpcs: dict[str, dict[str, Any]] = field(default_factory=dict)
    associations: tuple[tuple[str, str, str], ...] = ()
    sites: dict[str, DeclaredSite] = field(default_factory=dict)
    elsewhere: dict[str, tuple[str, ...]] = field(default_factory=dict)
    latency: dict[tuple[str, str], float] = field(default_factory=dict)
    ttls: dict[str, int] = field(default_factory=dict)
    alarms: dict[str, dict[str, Any]] = field(default_factory=dict)
    firewalls: tuple[str, ...] = ()

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
        data = _mapping(data, what)
        _known(data, SECTIONS, what, "section")
        part = {name: _mapping(data.get(name) or {}, f"{what}: {name}") for name in SECTIONS if name != "associations"}
        return cls(
            given=_given(data, what),
            zones={name: _zone(one, f"{what}: zones of {name}") for name, one in part["zones"].items()},
            vpcs={name: _vpc(one, f"{what}: vpcs of {name}") for name, one in part["vpcs"].items()},
            associations=tuple(
                _association(one, f"{what}: associations")
                for one in _list(data.get("associations") or [], f"{what}: associations")
            ),
            sites={name: _site(one, f"{what}: sites of {name}") for name, one in part["sites"].items()},
            elsewhere={
                _name(name, f"{what}: elsewhere"): ()
                if one in (None, "none")
                else _texts(one, f"{what}: elsewhere of {name}")
                for name, one in part["elsewhere"].items()
            },
            latency={
                (str(one), str(other)): _number(milliseconds, f"{what}: latency from {one} to {other}")
                for one, row in part["latency"].items()
                for other, milliseconds in _mapping(row, f"{what}: latency from {one}").items()
            },
            ttls={name: int(_number(one, f"{what}: ttls of {name}")) for name, one in part["ttls"].items()},
            alarms={name: _alarm(one, f"{what}: alarms of {name}") for name, one in part["alarms"].items()},
            firewalls=tuple(
                _passing(name, one, f"{what}: firewalls of {name}") for name, one in part["firewalls"].items()
            ),
        )


def _given(data: dict[str, Any], what: str) -> Given:
    part = {name: _mapping(data.get(name) or {}, f"{what}: {name}") for name in VALUES}
    return Given(
        parameters={name: _mapping(one, f"{what}: parameters of {name}") for name, one in part["parameters"].items()},
        ids={name: _resource(one, f"{what}: ids of {name}") for name, one in part["ids"].items()},
        imports=part["imports"],
        ssm=part["ssm"],
        returns={name: _mapping(one, f"{what}: returns of {name}") for name, one in part["returns"].items()},
        nested={name: str(one) for name, one in part["nested"].items()},
    )


def _resource(value: Any, what: str) -> dict[str, Any]:
    if isinstance(value, dict) and set(value) == {"resource"} and isinstance(value["resource"], (str, type(None))):
        return value
    raise ContractError(f"{what} must be {{resource: PATH}}, or {{resource: none}} for none of the set; got {value!r}")


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ContractError(f"{what} must be a mapping, got {value!r}")
    return {str(key): one for key, one in value.items()}


def _known(data: Iterable[str], known: tuple[str, ...], what: str, kind: str = "key") -> None:
    for key in data:
        if key not in known:
            raise ContractError(f"{what}: unknown {kind} {key!r}{nearest(key, known)} ({kind}s: {', '.join(known)})")


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise ContractError(f"{what} must be a list, got {value!r}")
    return value


def _texts(value: Any, what: str) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    for one in listed:
        if not isinstance(one, str) or not one:
            raise ContractError(f"{what} must be texts, got {one!r}")
    return tuple(listed)


def _name(value: str, what: str) -> str:
    if not is_name(value):
        raise ContractError(f"{what}: {value!r} is not a domain name")
    return normal(value)


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise ContractError(f"{what} must be a number of 0 or more, got {value!r}")
    return value


def _flags(data: dict[str, Any], names: tuple[str, ...], what: str) -> None:
    for name in names:
        if not isinstance(data.get(name, True), bool):
            raise ContractError(f"{what}: {name} must be true or false, got {data[name]!r}")


def _zone(value: Any, what: str) -> dict[str, Any]:
    data = _mapping(value, what)
    _known(data, _ZONE_KEYS, what)
    _flags(data, ("private", "whole", "delegated", "ds"), what)
    if "name" in data:
        data["name"] = _name(str(data["name"]), what)
    return data


def _vpc(value: Any, what: str) -> dict[str, Any]:
    data = _mapping(value, what)
    _known(data, _VPC_KEYS, what)
    _flags(data, ("dns-support", "dns-hostnames"), what)
    return data


def _association(value: Any, what: str) -> tuple[str, str, str]:
    data = _mapping(value, what)
    kinds = [kind for kind in ("zone", "rule") if kind in data]
    if len(kinds) != 1 or set(data) != {kinds[0], "vpc"} or not all(isinstance(one, str) for one in data.values()):
        raise ContractError(f"{what}: each has a zone or a rule, and a vpc, got {value!r}")
    return kinds[0], data[kinds[0]], data["vpc"]


def _site(value: Any, what: str) -> DeclaredSite:
    data = _mapping(value, what)
    _known(data, _SITE_KEYS, what)
    _flags(data, ("internet",), what)
    servers = _texts(data.get("servers", []), f"{what}: servers")
    for server in servers:
        try:
            ipaddress.ip_address(server)
        except ValueError:
            raise ContractError(f"{what}: servers must be addresses, got {server!r}") from None
    zones: dict[str, dict[tuple[str, str], tuple[str, ...]]] = {}
    for zone, names in _mapping(data.get("zones") or {}, f"{what}: zones").items():
        domain = _name(zone, what)
        records = zones.setdefault(domain, {})
        for name, types in _mapping(names or {}, f"{what}: {zone}").items():
            full = domain if name == "@" else f"{normal(name)}.{domain}"
            for kind, values in _mapping(types, f"{what}: {name} of {zone}").items():
                records[full, kind] = _texts(values, f"{what}: {name} {kind} of {zone}")
    forwards = {
        "" if domain == "." else _name(domain, what): _texts(to, f"{what}: forwards of {domain}")
        for domain, to in _mapping(data.get("forwards") or {}, f"{what}: forwards").items()
    }
    ttl = int(_number(data.get("ttl", 300), f"{what}: ttl"))
    return DeclaredSite(servers, zones, forwards, data.get("internet", True), ttl)


def _alarm(value: Any, what: str) -> dict[str, Any]:
    data = _mapping({"seconds": value} if isinstance(value, (int, float)) else value, what)
    _known(data, ("seconds", "watches"), what)
    if "seconds" in data:
        data["seconds"] = int(_number(data["seconds"], f"{what}: seconds"))
    data["watches"] = _texts(data.get("watches", []), f"{what}: watches")
    return data


def _passing(name: str, value: Any, what: str) -> str:
    if value != "passes":
        raise ContractError(f"{what} must be passes, got {value!r}")
    return name
