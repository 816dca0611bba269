"""What contracts declare of sites and of appliances: what lies beyond AWS, or within an instance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from patternkit.routes.addresses import EVERY_PORT, Prefix, Spans, normal, parse_prefix
from patternkit.routes.errors import ContractError, nearest

FORWARDS, TRANSLATES, PROXIES = "forwards", "translates", "proxies"


@dataclass(frozen=True, slots=True)
class DeclaredSite:
    """What a site does that no template says.

    Attributes:
        at: The place where the connection ends: connections to one place reach the same hosts.
        asn: The BGP number of its router, where its customer gateway is not in the set.
        accepts_own_asn: Whether its router takes routes with its own BGP number in their path (`allowas-in`).
        passes_on: Whether it passes on packets for addresses that are not its own; None where that is not declared.
        sends: Where it sends packets to without an announcement from AWS; None where that is not declared.
        preference: The local preference of what its router learns by the connection: the greatest wins. BGP's 100.
    """

    at: str
    asn: int | None
    accepts_own_asn: bool
    passes_on: bool | None
    sends: tuple[Prefix, ...] | None
    preference: int


@dataclass(frozen=True, slots=True)
class DeclaredAppliance:
    """What an instance does with packets that are not its own, or with connections that end at it.

    Attributes:
        does: "forwards", or "translates": puts its own address for their source. Or "proxies": passes no packet on, and
            opens a connection of its own for each that it takes.
        out: By the interface that packets come in by, the one that they go out by; default the same one.
        to: Where a proxy opens connections to.
        ports: On which ports; default every one.
    """

    does: str
    out: Mapping[str, str] = field(default_factory=dict)
    to: tuple[Prefix, ...] = ()
    ports: Spans = EVERY_PORT


def declared_site(value: Any, what: str) -> DeclaredSite:
    """Read one entry of `sites`.

    Raises:
        ContractError: It is malformed.
    """
    data = _mapping(value, what, ("at", "asn", "accepts-own-asn", "passes-on", "sends", "preference"))
    for key in ("accepts-own-asn", "passes-on"):
        if not isinstance(data.get(key, False), bool):
            raise ContractError(f"{what}: {key} must be true or false, got {data[key]!r}")
    asn = data.get("asn")
    if asn is not None and (isinstance(asn, bool) or not isinstance(asn, int) or not 0 < asn < 2**32):
        raise ContractError(f"{what}: asn must be a number between 1 and 4294967295, got {asn!r}")
    if not isinstance(data.get("at", ""), str):
        raise ContractError(f"{what}: at must be a text, got {data['at']!r}")
    sends = data.get("sends")
    if sends is not None:
        sends = _blocks(sends, f"{what}: sends")
    preference = data.get("preference", 100)
    if type(preference) is not int or not 0 <= preference < 2**32:
        raise ContractError(f"{what}: preference must be a number between 0 and 4294967295, got {preference!r}")
    own, passes_on = data.get("accepts-own-asn", False), data.get("passes-on")
    return DeclaredSite(data.get("at", ""), asn, own, passes_on, sends, preference)


def declared_appliance(value: Any, what: str) -> DeclaredAppliance:
    """Read one entry of `appliances`.

    Raises:
        ContractError: It is malformed.
    """
    data = {"does": value} if isinstance(value, str) else _mapping(value, what, ("does", "out", "to", "ports"))
    if data.get("does") not in (FORWARDS, TRANSLATES, PROXIES):
        raise ContractError(f"{what} must be {FORWARDS}, {TRANSLATES} or {PROXIES}, got {data.get('does')!r}")
    if data["does"] == PROXIES:
        return _proxy(data, what)
    for key in ("to", "ports"):
        if key in data:
            raise ContractError(f"{what}: {key} is for {PROXIES}, not for what {data['does']}")
    out: Any = data.get("out", {})
    if not isinstance(out, dict) or not all(isinstance(item, (str, int)) for pair in out.items() for item in pair):
        raise ContractError(f"{what}: out must be a mapping from interface to interface, got {out!r}")
    return DeclaredAppliance(data["does"], {str(come): str(go) for come, go in out.items()})


def _proxy(data: dict[str, Any], what: str) -> DeclaredAppliance:
    if "out" in data:
        raise ContractError(f"{what}: out is for what {FORWARDS} or {TRANSLATES}, not for what {PROXIES}")
    blocks = _blocks(data.get("to", ()), f"{what}: to")
    if not blocks:
        raise ContractError(f"{what}: to must name where it opens connections to, as CIDRs, got none")
    listed = _list(data.get("ports", []), f"{what}: ports")
    if not all(type(port) is int and 0 < port < 65536 for port in listed):
        raise ContractError(f"{what}: ports must be numbers between 1 and 65535, got {listed!r}")
    ports = normal((port, port) for port in listed) if listed else EVERY_PORT
    return DeclaredAppliance(PROXIES, to=blocks, ports=ports)


def _blocks(value: Any, what: str) -> tuple[Prefix, ...]:
    blocks = [parse_prefix(text) if isinstance(text, str) else None for text in _list(value, what)]
    if None in blocks:
        raise ContractError(f"{what} must be CIDRs, got {value!r}")
    return tuple(block for block in blocks if block is not None)


def _mapping(value: Any, what: str, known: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ContractError(f"{what} must be a mapping, got {value!r}")
    for key in value:
        if key not in known:
            raise ContractError(f"{what}: unknown key {key!r}{nearest(str(key), known)} (keys: {', '.join(known)})")
    return value


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise ContractError(f"{what} must be a list, got {value!r}")
    return list(value)
