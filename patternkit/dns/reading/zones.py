"""Hosted zones with their VPCs, their signing, and what Profiles share."""

from __future__ import annotations

from typing import Any

from patternkit.dns.domain_names import is_name, normal, shown
from patternkit.dns.model import HostedZone, ResolverRule, Unknown, Vpc
from patternkit.dns.reading.draft import Draft

ZONES = (
    "AWS::Route53::HostedZone",
    "AWS::ServiceDiscovery::PrivateDnsNamespace",
    "AWS::ServiceDiscovery::PublicDnsNamespace",
)


def read_zones(draft: Draft) -> None:
    """Read the hosted zones, those that Cloud Map makes for namespaces too."""
    for one in draft.resources.of(*ZONES):
        name = one.text("Name")
        if isinstance(name, Unknown) or not is_name(name):
            if isinstance(name, str) and "\u27e8" not in name:
                draft.model.refuse(f"{one.path}: {name!r} is not a domain name [InvalidDomainName]")
            why = name.reason if isinstance(name, Unknown) else "its name is known only to AWS"
            draft.model.unknown.append(f"which names {one.path} answers is not known: {why}")
            continue
        zone = HostedZone(one.identity, one.path, normal(name), region=one.region)
        if "ServiceDiscovery" in one.kind:
            zone.made_by = "Cloud Map"
        given = [one.get("Vpc")] if one.kind.endswith("PrivateDnsNamespace") else one.many("VPCs")
        if isinstance(given, Unknown):
            zone.private = Unknown(f"whether {one.path} is private: {given.reason}")
        else:
            zone.private = bool(given)
            for entry in given:
                _associate(draft, zone, entry.get("VPCId") if isinstance(entry, dict) else entry, one.path)
        draft.model.zones[zone.identity] = zone
        _declare(zone, draft.declared(draft.contracts.zones, "zones", one))
    for identity, declared in draft.contracts.zones.items():
        if "name" in declared and identity not in draft.model.labels.values():
            zone_outside(draft, identity)


def zone_outside(draft: Draft, identity: str, name: str = "") -> HostedZone:
    """A hosted zone that is none of the set, as it is declared."""
    found = draft.model.zones.get(identity)
    if found is None:
        declared = draft.contracts.zones.get(identity, {})
        why = Unknown(f"whether zone {identity} is public is not declared (contract: zones)")
        found = HostedZone(identity, f"zone {identity}", declared.get("name", name), why, whole=False)
        draft.model.zones[identity] = found
        if "name" in declared:
            found.private = False
            draft.leans(f"zones {identity}")
        _declare(found, declared)
    return found


def _declare(zone: HostedZone, declared: dict[str, Any] | None) -> None:
    if not declared:
        return
    zone.private = declared.get("private", zone.private)
    zone.whole = declared.get("whole", zone.whole)
    zone.delegated = declared.get("delegated", zone.delegated)
    zone.signing.parent_has_ds = declared.get("ds", zone.signing.parent_has_ds)


def _associate(draft: Draft, zone: HostedZone, value: Any, by: str) -> None:
    vpc = draft.vpc(value)
    if isinstance(vpc, Unknown):
        draft.model.unknown.append(f"a VPC of {zone.path} is not known: {vpc.reason}")
    else:
        zone.vpcs.setdefault(vpc.identity, by)


def read_signing(draft: Draft) -> None:
    """Read which zones are signed, by which keys, and whether the zones above them say so."""
    for one in draft.resources.of("AWS::Route53::DNSSEC", "AWS::Route53::KeySigningKey"):
        zone = _zone_of(draft, one.get("HostedZoneId"))
        if zone is None:
            continue
        if zone.private is True:
            draft.model.refuse(f"{one.path}: {zone.path} is private, and private zones cannot be signed")
        if one.kind.endswith("DNSSEC"):
            zone.signing.enabled = True
        elif one.get("Status") == "ACTIVE":
            zone.signing.active_keys.append(one.path)
        else:
            zone.signing.other_keys.append(one.path)
    public = {zone.name: zone for zone in draft.model.zones.values() if zone.private is False}
    for zone in public.values():
        for parent in public.values():
            types = parent.records.get(zone.name, {})
            if parent is not zone and ("NS" in types or "DS" in types):
                zone.signing.parent_has_ds = "DS" in types


def _zone_of(draft: Draft, value: Any) -> HostedZone | None:
    owner = draft.resources.owner(value)
    if owner is not None:
        return draft.model.zones.get(owner.identity)
    return draft.model.zones.get(value) if isinstance(value, str) else None


def read_profiles(draft: Draft) -> None:
    """Read the zones and rules that Route 53 Profiles bring to VPCs, and what contracts associate.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/profiles.html
    """
    vpcs: dict[str, list[Vpc]] = {}
    profiled: dict[str, str] = {}
    for one in draft.resources.of("AWS::Route53Profiles::ProfileAssociation"):
        vpc, profile = draft.vpc(one.get("ResourceId")), draft.resources.owner(one.get("ProfileId"))
        if isinstance(vpc, Unknown) or profile is None:
            draft.model.unknown.append(f"what {one.path} associates is not known")
            continue
        if vpc.identity in profiled:
            draft.model.refuse(f"{vpc.path} has two Profiles: {profiled[vpc.identity]}, {one.path}")
        profiled[vpc.identity] = one.path
        vpcs.setdefault(profile.identity, []).append(vpc)
    for one in draft.resources.of("AWS::Route53Profiles::ProfileResourceAssociation"):
        profile, shared = draft.resources.owner(one.get("ProfileId")), draft.resources.owner(one.get("ResourceArn"))
        if profile is None or shared is None:
            draft.model.unknown.append(f"what {one.path} shares is not known")
            continue
        found: HostedZone | ResolverRule | None = draft.model.zones.get(shared.identity) or draft.model.rules.get(
            shared.identity
        )
        for vpc in vpcs.get(profile.identity, ()):
            if found is not None:
                found.vpcs.setdefault(vpc.identity, f"Profile {profile.path}")
            elif "Firewall" in shared.kind:
                vpc.doubts.append(
                    f"{shared.path} is a DNS firewall, whose rules are not modelled (contract: firewalls)"
                )
    for kind, text, vpc_text in draft.contracts.associations:
        what = f"contracts: associations: {kind} {text}"
        owner = draft.named(vpc_text, what, "AWS::EC2::VPC")
        if owner is None:
            vpc_text = next((id_ for id_, one in draft.contracts.vpcs.items() if one.get("name") == vpc_text), vpc_text)
        vpc_or_not = draft.vpc(owner.identity if owner else vpc_text)
        if kind == "rule":
            target: HostedZone | ResolverRule = draft.model.rules[
                draft.must_name(text, what, "AWS::Route53Resolver::ResolverRule").identity
            ]
        elif text in draft.contracts.zones:
            target = zone_outside(draft, text)
        else:
            target = draft.model.zones[draft.must_name(text, what, *ZONES).identity]
        if isinstance(vpc_or_not, Vpc):
            target.vpcs.setdefault(vpc_or_not.identity, f"contract associations {text}")
            draft.leans(f"associations {text} {shown(vpc_text)}")
