"""What contracts declare of sites and of appliances: what lies beyond AWS, or within an instance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from patternkit.routes.addresses import Prefix, parse_prefix
from patternkit.routes.errors import ContractError, nearest

FORWARDS, TRANSLATES = "forwards", "translates"


@dataclass(frozen=True, slots=True)
class DeclaredSite:
    """What a site does that no template says.

    Attributes:
        at: The place where the connection ends: connections to one place reach the same hosts.
        asn: The BGP number of its router, where its customer gateway is not in the set.
        accepts_own_asn: Whether its router takes routes with its own BGP number in their path (`allowas-in`).
        passes_on: Whether it passes on packets for addresses that are not its own; None where that is not declared.
        sends: Where it sends packets to without an announcement from AWS; None where that is not declared.
    """

    at: str = ""
    asn: int | None = None
    accepts_own_asn: bool = False
    passes_on: bool | None = None
    sends: tuple[Prefix, ...] | None = None


@dataclass(frozen=True, slots=True)
class DeclaredAppliance:
    """What an instance does with packets that are not its own.

    Attributes:
        does: "forwards", or "translates": puts its own address for their source.
        out: By the interface that packets come in by, the one that they go out by; default the same one.
    """

    does: str
    out: Mapping[str, str] = field(default_factory=dict)


def declared_site(value: Any, what: str) -> DeclaredSite:
    """Read one entry of `sites`.

    Raises:
        ContractError: It is malformed.
    """
    data = _mapping(value, what, ("at", "asn", "accepts-own-asn", "passes-on", "sends"))
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
        blocks = [parse_prefix(text) if isinstance(text, str) else None for text in _list(sends, f"{what}: sends")]
        if None in blocks:
            raise ContractError(f"{what}: sends must be CIDRs, got {sends!r}")
        sends = tuple(block for block in blocks if block is not None)
    return DeclaredSite(data.get("at", ""), asn, data.get("accepts-own-asn", False), data.get("passes-on"), sends)


def declared_appliance(value: Any, what: str) -> DeclaredAppliance:
    """Read one entry of `appliances`.

    Raises:
        ContractError: It is malformed.
    """
    data = {"does": value} if isinstance(value, str) else _mapping(value, what, ("does", "out"))
    if data.get("does") not in (FORWARDS, TRANSLATES):
        raise ContractError(f"{what} must be {FORWARDS} or {TRANSLATES}, got {data.get('does')!r}")
    out: Any = data.get("out", {})
    if not isinstance(out, dict) or not all(isinstance(item, (str, int)) for pair in out.items() for item in pair):
        raise ContractError(f"{what}: out must be a mapping from interface to interface, got {out!r}")
    return DeclaredAppliance(data["does"], {str(come): str(go) for come, go in out.items()})


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
