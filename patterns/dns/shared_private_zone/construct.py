"""A private zone, and the VPCs that have it: by association, and by a Profile for other accounts."""

import ipaddress
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated

from annotated_types import Len, Unit
from aws_cdk import Duration, RemovalPolicy, Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ram as ram
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53profiles as profiles
from constructs import Construct

from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.construct_tree import id_for
from patterns.building_blocks.domain_name import HostName
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc_dns import check_vpcs, check_zone_is_new
from patterns.dns.resolution.sharing import Principal

RecordName = Annotated[
    str,
    Matches(
        r"@|(\*|(?!-)[a-z0-9_-]{1,63})(\.(?!-)[a-z0-9_-]{1,63})*",
        "@ for the zone itself, or lower-case labels with dots between, the first of which may be *",
    ),
]
Addresses = Annotated[Sequence[str], Len(1, 100), Unit("addresses")]
_NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})
_TTL = Duration.minutes(1)


class SharedPrivateZone(Construct):
    """Answer private names alike in many VPCs and accounts, by association or by a Route 53 Profile.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        zone_name: The domain name of the zone.
        vpcs: The VPCs of this account that are associated with the zone itself, each with DNS support and DNS host
            names.
        records: The private names within the zone, each with its addresses. Default: none.
        profile_vpcs: VPCs of this account that get the zone by the Profile; a VPC has one Profile at most.
            Default: none.
        shared_with: Accounts of the organization, or ARNs of its units, that may associate VPCs of theirs with the
            Profile. Default: none.
        public_zone: The public zone of the same name, whose names the private zone would hide. Default: none.
        public_names: The names that are public too, each with its addresses, which get records in both zones. Required
            with `public_zone`. Default: none.

    Attributes:
        zone (route53.PrivateHostedZone): The private zone.
        records (dict[str, route53.ARecord]): The records of the private zone, by name within it.
        profile (profiles.CfnProfile | None): The Profile, if VPCs or accounts get the zone by one.
        share (ram.CfnResourceShare | None): The resource share of the Profile, if it is shared.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/profiles.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        zone_name: Annotated[HostName, Known("the names of records")],
        vpcs: Annotated[Sequence[ec2.IVpc], Len(1, 300), Unit("VPCs")],
        records: Mapping[RecordName, Addresses] = _NOTHING,
        profile_vpcs: Annotated[Sequence[ec2.IVpc], Len(0, 1000), Unit("VPCs")] = (),
        shared_with: Annotated[Sequence[Principal], Len(0, 100), Unit("principals")] = (),
        public_zone: route53.IHostedZone | None = None,
        public_names: Mapping[RecordName, Addresses] = _NOTHING,
    ) -> None:
        check_vpcs("vpcs", vpcs)
        check_vpcs("profile_vpcs", profile_vpcs)
        associated = {one.node.addr for one in vpcs}
        if both := [one.node.path for one in profile_vpcs if one.node.addr in associated]:
            raise ValueError(f"profile_vpcs must name other VPCs than vpcs, got {both[0]}, which is in both")
        _check_records("records", records)
        _check_records("public_names", public_names)
        _check_split(zone_name, records, public_zone, public_names)
        check_zone_is_new("zone_name", scope, zone_name, [*vpcs, *profile_vpcs])
        super().__init__(scope, construct_id)

        self.zone = route53.PrivateHostedZone(self, "Zone", zone_name=zone_name, vpc=vpcs[0])
        self.zone.apply_removal_policy(RemovalPolicy.RETAIN)
        for vpc in vpcs[1:]:
            self.zone.add_vpc(vpc)
        self.records = {
            name: self._record("Private", self.zone, name, addresses)
            for name, addresses in {**records, **public_names}.items()
        }
        if public_zone is not None:
            for name, addresses in public_names.items():
                self._record("Public", public_zone, name, addresses)
        self.profile: profiles.CfnProfile | None = None
        self.share: ram.CfnResourceShare | None = None
        if profile_vpcs or shared_with:
            self.profile = self._share_by_profile(profile_vpcs, shared_with)

    def _share_by_profile(self, vpcs: Sequence[ec2.IVpc], principals: Sequence[str]) -> profiles.CfnProfile:
        name = self.zone.zone_name.replace(".", "-")[:64]
        profile = profiles.CfnProfile(self, "Profile", name=name)
        holds = profiles.CfnProfileResourceAssociation(
            self, "Zones", name=name, profile_id=profile.attr_id, resource_arn=self.zone.hosted_zone_arn
        )
        # No VPC has the Profile before it has the zone; deleted in the other order, names go before their zone does.
        holds.node.add_dependency(self.zone, *self.records.values())
        for vpc in vpcs:
            place = id_for("Vpc", vpc)
            has = profiles.CfnProfileAssociation(
                self, place, name=f"{name[:52]}-{place}", profile_id=profile.attr_id, resource_id=vpc.vpc_id
            )
            has.node.add_dependency(holds)
        if principals:
            # Without a permission of its own: the default one lets accounts associate VPCs, and put nothing in.
            self.share = ram.CfnResourceShare(
                self,
                "Share",
                name=name,
                resource_arns=[profile.attr_arn],
                principals=list(principals),
                allow_external_principals=False,
            )
            self.share.node.add_dependency(holds)
        return profile

    def _record(self, kind: str, zone: route53.IHostedZone, name: str, addresses: Sequence[str]) -> route53.ARecord:
        full = self.zone.zone_name if name == "@" else f"{name}.{self.zone.zone_name}"
        place = {"@": "Apex", "*": "Any"}.get(name, name.replace("*", "Any"))
        return route53.ARecord(
            self,
            f"{kind}-{place}",
            zone=zone,
            record_name=f"{full}.",
            target=route53.RecordTarget.from_ip_addresses(*addresses),
            ttl=_TTL,
        )


def _check_records(argument: str, records: Mapping[str, Sequence[str]]) -> None:
    for name, addresses in records.items():
        for one in addresses:
            try:
                ipaddress.IPv4Address(one)
            except ValueError:
                if not Token.is_unresolved(one):
                    raise ValueError(f"{argument}[{name}] must be IPv4 addresses, got {one!r}") from None


def _check_split(
    zone_name: str,
    records: Mapping[str, Sequence[str]],
    public_zone: route53.IHostedZone | None,
    public_names: Mapping[str, Sequence[str]],
) -> None:
    if (public_zone is None) != (not public_names):
        raise ValueError(
            "public_names must be given with public_zone, and only with it: in the VPCs the private zone "
            "hides the public one"
        )
    if public_zone is None:
        return
    given = public_zone.zone_name
    if not Token.is_unresolved(given) and given.rstrip(".").lower() != zone_name.lower():
        raise ValueError(f"public_zone must be of {zone_name}, got one of {given}")
    if both := sorted(set(records) & set(public_names)):
        raise ValueError(f"records must be private alone, got {', '.join(both)}, which public_names has too")
