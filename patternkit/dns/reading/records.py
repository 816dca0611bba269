"""Record sets, with the policies that choose among them."""

from __future__ import annotations

import re
from typing import Any

from patternkit.dns.domain_names import is_within, normal
from patternkit.dns.geography import REGIONS
from patternkit.dns.model import (
    Alias,
    Endpoint,
    Failover,
    Geolocation,
    Geoproximity,
    HealthCheck,
    HostedZone,
    IpBased,
    Latency,
    MultivalueAnswer,
    RecordSet,
    RoutingPolicy,
    Simple,
    Unknown,
    Weighted,
)
from patternkit.dns.reading.draft import Draft, flag, number
from patternkit.dns.reading.template_resources import Resource, only_mark
from patternkit.dns.reading.zones import zone_outside

_ADDRESSED = ("A", "AAAA", "CNAME", "PTR", "NS")
_POLICIES = (
    "Weight",
    "Region",
    "Failover",
    "GeoLocation",
    "GeoProximityLocation",
    "MultiValueAnswer",
    "CidrRoutingConfig",
)


def read_records(draft: Draft) -> None:
    """Read the records of all zones, in two passes: aliases may lead to records that come later."""
    for one in draft.resources.of("AWS::Route53::RecordSet"):
        given = {name: value for name in _NAMES if (value := one.get(name)) is not None}
        _read(draft, one, given, one.path)
    for one in draft.resources.of("AWS::Route53::RecordSetGroup"):
        records = one.many("RecordSets")
        if isinstance(records, Unknown):
            draft.model.unknown.append(f"the records of {one.path} are not known: {records.reason}")
            continue
        common = {name: value for name in ("HostedZoneId", "HostedZoneName") if (value := one.get(name)) is not None}
        for position, entry in enumerate(records):
            if isinstance(entry, dict):
                _read(draft, one, {**common, **entry}, f"{one.path}[{position}]")


_NAMES = (
    "HostedZoneId",
    "HostedZoneName",
    "Name",
    "Type",
    "TTL",
    "ResourceRecords",
    "AliasTarget",
    "SetIdentifier",
    "HealthCheckId",
    *_POLICIES,
)


def _read(draft: Draft, one: Resource, given: dict[str, Any], path: str) -> None:
    name = given.get("Name", "")
    zone = _zone(draft, given, path)
    if zone is None:
        return
    if isinstance(name, Unknown) or "\u27e8" in str(name):
        why = name.reason if isinstance(name, Unknown) else "it is known only to AWS"
        zone.doubts.append(f"the name of {path} is not known: {why}")
        return
    name = normal(str(name))
    if not is_within(name, zone.name):
        draft.model.refuse(f"{path}: {name} is not in {zone.path}, which is {zone.name} [InvalidChangeBatch]")
        return
    record = RecordSet(
        one.identity,
        path,
        name,
        str(given.get("Type", "")),
        _policy(draft, given, path),
        set_identifier=_text(given.get("SetIdentifier")),
        health_check=_health_check(draft, given.get("HealthCheckId"), path),
        region=one.region,
    )
    if given.get("AliasTarget") is not None:
        record.alias = _alias(draft, zone, one, given["AliasTarget"], path)
    else:
        record.ttl = number(given.get("TTL"), 0) if given.get("TTL") is not None else Unknown(f"{path} has no TTL")
        _values(draft, record, given.get("ResourceRecords"))
    zone.add(record)


def _text(value: Any) -> str:
    return "" if value is None else value.reason if isinstance(value, Unknown) else str(value)


def _zone(draft: Draft, given: dict[str, Any], path: str) -> HostedZone | None:
    identity = given.get("HostedZoneId")
    if identity is None and isinstance(given.get("HostedZoneName"), str):
        wanted = normal(given["HostedZoneName"])
        found = [zone for zone in draft.model.zones.values() if zone.name == wanted]
        if len(found) > 1:
            draft.model.refuse(f"{path}: several zones are named {wanted}; HostedZoneId is needed")
        return found[0] if found else zone_outside(draft, wanted, wanted)
    owner = draft.resources.owner(identity)
    if owner is not None:
        zone = draft.model.zones.get(owner.identity)
        if zone is None:
            draft.model.unknown.append(f"the zone of {path}, {owner.path}, has no known name")
        return zone
    if isinstance(identity, str) and "\u27e8" not in identity:
        identity = identity.removeprefix("/hostedzone/")
        # Without a contract all that is known of a zone outside of the set is its records.
        return draft.model.zones.get(identity) or zone_outside(draft, identity)
    why = identity.reason if isinstance(identity, Unknown) else "it is known only to AWS"
    draft.model.unknown.append(f"the zone of {path} is not known: {why}")
    return None


def _values(draft: Draft, record: RecordSet, given: Any) -> None:
    if isinstance(given, Unknown):
        record.unknown_values = given
        return
    values = []
    for value in given if isinstance(given, list) else [] if given is None else [given]:
        if isinstance(value, Unknown):
            record.unknown_values = value
            continue
        text = str(value)
        owner = draft.resources.owner(text) if only_mark(text) and record.type in _ADDRESSED else None
        if owner is not None and record.type != "NS":
            text = draft.endpoint(owner).identity
        values.append(text)
    record.values = tuple(values)


def _health_check(draft: Draft, given: Any, path: str) -> HealthCheck | Unknown | None:
    if given is None:
        return None
    if isinstance(given, Unknown):
        return Unknown(f"the health check of {path}: {given.reason}")
    owner = draft.resources.owner(given)
    found = draft.model.checks.get(owner.identity) if owner is not None else None
    return found or Unknown(f"the health check {given} of {path} is not in the set")


def _alias(draft: Draft, zone: HostedZone, one: Resource, given: Any, path: str) -> Alias:
    if not isinstance(given, dict):
        return Alias(Unknown(f"the target of {path} is not known"))
    evaluated = flag(given.get("EvaluateTargetHealth"), default=False)
    target = given.get("DNSName")
    if isinstance(target, Unknown):
        # As of an interface endpoint, whose names are picked out of a list that only AWS knows.
        mentioned = draft.resources.only_mentioned(one.stack, one.written("AliasTarget", "DNSName"))
        return Alias(draft.endpoint(mentioned) if mentioned is not None else target, evaluated)
    text = str(target)
    owner = draft.resources.owner(text)
    if owner is not None:
        if owner.kind == "AWS::CloudFront::Distribution" and evaluated is True:
            draft.model.refuse(f"{path}: EvaluateTargetHealth must be false for a CloudFront distribution")
        if owner.kind == "AWS::Route53::RecordSet":
            # A Ref to a record is its name.
            return Alias(normal(str(owner.get("Name"))), evaluated)
        return Alias(draft.endpoint(owner), evaluated)
    target_zone = draft.resources.owner(given.get("HostedZoneId"))
    same = target_zone.identity if target_zone else str(given.get("HostedZoneId", "")).removeprefix("/hostedzone/")
    if same == zone.identity:
        return Alias(normal(text), evaluated)
    if "\u27e8" in text:
        return Alias(Unknown(f"{text} is known only to AWS"), evaluated)
    # A resource that is none of the set.
    name = normal(text.removeprefix("dualstack."))
    region = re.search(r"[.-]((?:us|eu|ap|ca|sa|af|me|il|mx|cn)-[a-z-]+-\d)[.-]", name)
    ttl: dict[str, Any] = {"ttl": 60} if name.endswith(".elb.amazonaws.com") or ".elb." in name else {}
    if name in draft.contracts.ttls:
        ttl = {"ttl": draft.contracts.ttls[name]}
        draft.leans(f"ttls {name}")
    endpoint = draft.model.endpoints.setdefault(name, Endpoint(name, name, "", region[1] if region else "", **ttl))
    return Alias(endpoint, evaluated)


def _policy(draft: Draft, given: dict[str, Any], path: str) -> RoutingPolicy:
    named = [name for name in _POLICIES if given.get(name) is not None and given[name] is not False]
    if len(named) > 1:
        draft.model.refuse(f"{path} has {' and '.join(named)}: a record has one routing policy [InvalidChangeBatch]")
    if not named:
        return Simple()
    value = given[named[0]]
    if named[0] != "MultiValueAnswer" and not given.get("SetIdentifier"):
        draft.model.refuse(f"{path} has {named[0]} and no SetIdentifier [InvalidChangeBatch]")
    match named[0]:
        case "Weight":
            weight = number(value, 0)
            if isinstance(weight, int) and not 0 <= weight <= 255:
                draft.model.refuse(f"{path}: Weight must be between 0 and 255, got {weight}")
            return Weighted(weight)
        case "Region":
            return Latency(value if isinstance(value, Unknown) else _known_region(str(value)))
        case "Failover":
            return Failover(value if isinstance(value, Unknown) else value == "PRIMARY")
        case "GeoLocation":
            return _geolocation(value)
        case "GeoProximityLocation":
            return _geoproximity(draft, value, path)
        case "CidrRoutingConfig":
            return _ip_based(draft, value)
    return MultivalueAnswer()


def _known_region(text: str) -> str | Unknown:
    return Unknown("the Region of the stack is not known") if "\u27e8" in text else text


def _geolocation(value: Any) -> Geolocation:
    if isinstance(value, Unknown):
        return Geolocation(unknown=value)
    parts = [value.get(name) for name in ("ContinentCode", "CountryCode", "SubdivisionCode")]
    unknown = next((part for part in parts if isinstance(part, Unknown)), None)
    if unknown is not None:
        return Geolocation(unknown=unknown)
    continent, country, subdivision = (str(part or "") for part in parts)
    return Geolocation(continent, country, subdivision)


def _geoproximity(draft: Draft, value: Any, path: str) -> Geoproximity:
    if isinstance(value, Unknown):
        return Geoproximity("somewhere", value, value)
    bias = number(value.get("Bias"), 0)
    if isinstance(bias, int) and not -99 <= bias <= 99:
        draft.model.refuse(f"{path}: Bias must be between -99 and 99, got {bias}")
    region = value.get("AWSRegion")
    if isinstance(region, str):
        place = REGIONS.get(region)
        nowhere = Unknown(f"where {region.strip(chr(0x27E8) + chr(0x27E9))} is")
        return Geoproximity(region, place.latitude if place else nowhere, place.longitude if place else nowhere, bias)
    where = value.get("Coordinates")
    if isinstance(where, dict):
        try:
            latitude, longitude = float(where["Latitude"]), float(where["Longitude"])
        except (KeyError, TypeError, ValueError):
            pass
        else:
            return Geoproximity(f"{latitude}, {longitude}", latitude, longitude, bias)
    nowhere = Unknown(f"where {value.get('LocalZoneGroup') or 'it'} is")
    return Geoproximity(str(value.get("LocalZoneGroup") or "somewhere"), nowhere, nowhere, bias)


def _ip_based(draft: Draft, value: Any) -> IpBased:
    if isinstance(value, Unknown):
        return IpBased("?", value)
    location = _text(value.get("LocationName"))
    owner = draft.resources.owner(value.get("CollectionId"))
    if owner is None:
        return IpBased(location, Unknown("the CIDR collection is not in the set"))
    blocks: list[str] = []
    locations = owner.many("Locations")
    if isinstance(locations, Unknown):
        return IpBased(location, locations)
    for entry in locations:
        if isinstance(entry, dict) and entry.get("LocationName") == location:
            listed = entry.get("CidrList")
            if isinstance(listed, Unknown):
                return IpBased(location, listed)
            blocks += map(str, listed or ())
    return IpBased(location, tuple(blocks))
