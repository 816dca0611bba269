"""The names of AWS services, answered with central interface endpoints in every VPC that shares them."""

from collections.abc import Mapping, Sequence
from typing import Literal

from aws_cdk import Aws, Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ram as ram
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53profiles as profiles
from constructs import Construct

from patterns.building_blocks.vpc.endpoints import check_services

SharedBy = Literal["zones", "profile"]
"""How names are shared: each zone with each VPC, or all zones by one Route 53 Profile."""

# Whose name is another than the service's labels in reverse.
# https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
_NAMES = {
    "codeartifact.api": "codeartifact",
    "codeartifact.repositories": "d.codeartifact",
    "ecs-agent": "ecs-a",
    "ecs-telemetry": "ecs-t",
    "kinesis-firehose": "firehose",
    "kinesis-streams": "kinesis",
}


class ServiceNamesShared(Construct):
    """Private zones of the names of AWS services, each answering with the endpoint of its service.

    An endpoint's own private DNS works in its own VPC alone, so it is off, and these zones stand in for it.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        vpc: The VPC of the endpoints.
        endpoints: The endpoints, by service.
        names: The names of services that do not follow from the service's.
        shared_by: How other VPCs get the names.
        share_with: Accounts, organizations and units that may associate VPCs of theirs with the Profile.

    Attributes:
        zones (dict[str, route53.PrivateHostedZone]): The zones, by service.
        profile (profiles.CfnProfile | None): The Profile.
        share (ram.CfnResourceShare | None): What shares the Profile with other accounts.

    Source: https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/centralized-access-to-vpc-private-endpoints.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        endpoints: Mapping[str, ec2.CfnVPCEndpoint],
        names: Mapping[str, str],
        shared_by: SharedBy,
        share_with: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        self.zones: dict[str, route53.PrivateHostedZone] = {}
        self._records: list[route53.CfnRecordSet] = []
        for service, endpoint in endpoints.items():
            self._answer(service, names.get(service) or name_of(service), endpoint, vpc)
        self.profile: profiles.CfnProfile | None = None
        self.share: ram.CfnResourceShare | None = None
        if shared_by == "profile" and endpoints:
            self.profile = self._in_profile(share_with)

    def add_vpc(self, vpc: ec2.IVpc, scope: Construct) -> None:
        """Answer the names in one more VPC of this account.

        Args:
            vpc: The VPC.
            scope: Parent construct of an association with the Profile, in the VPC's own stack.
        """
        if self.profile is not None:
            associate(scope, self.profile.attr_id, vpc)
            return
        for zone in self.zones.values():
            zone.add_vpc(vpc)

    def _answer(self, service: str, name: str, endpoint: ec2.CfnVPCEndpoint, vpc: ec2.IVpc) -> None:
        place = Construct(self, endpoint.node.id)
        zone = route53.PrivateHostedZone(place, "Zone", zone_name=name, vpc=vpc)
        self.zones[service] = zone
        # The first of an endpoint's names is that of all its zones: "Z1:vpce-1.ssm.eu-west-1.vpce.amazonaws.com".
        entry = Fn.split(":", Fn.select(0, endpoint.attr_dns_entries))
        # Some services are called by names below their own, as registries by account.
        for construct_id, record in (("Name", name), ("Below", f"*.{name}")):
            self._records.append(
                route53.CfnRecordSet(
                    place,
                    construct_id,
                    hosted_zone_id=zone.hosted_zone_id,
                    name=record,
                    type="A",
                    alias_target=route53.CfnRecordSet.AliasTargetProperty(
                        dns_name=Fn.select(1, entry), hosted_zone_id=Fn.select(0, entry)
                    ),
                )
            )

    def _in_profile(self, share_with: Sequence[str]) -> profiles.CfnProfile:
        name = f"shared-services-{self.node.addr[-8:]}"
        profile = profiles.CfnProfile(self, "Profile", name=name)
        held = [
            profiles.CfnProfileResourceAssociation(
                self,
                f"Holds{zone.node.scope.node.id if zone.node.scope else ''}",
                name=f"{name}-{number}",
                profile_id=profile.attr_id,
                resource_arn=zone.hosted_zone_arn,
            )
            for number, zone in enumerate(self.zones.values(), start=1)
        ]
        for one in held:
            one.node.add_dependency(*self._records)
        # No VPC has the Profile before it has the names.
        profile_is_whole = [*held]
        if share_with:
            # With the default permission: to associate VPCs, and put nothing in.
            self.share = ram.CfnResourceShare(
                self,
                "Share",
                name=name,
                resource_arns=[profile.attr_arn],
                principals=list(share_with),
                allow_external_principals=False,
            )
            self.share.node.add_dependency(*profile_is_whole)
        return profile


def associate(scope: Construct, profile_id: str, vpc: ec2.IVpc) -> profiles.CfnProfileAssociation:
    """Give a VPC a Profile, of which it has one at most.

    Args:
        scope: Parent construct, in the VPC's own stack.
        profile_id: The Profile.
        vpc: The VPC.

    Returns:
        The association.
    """
    return profiles.CfnProfileAssociation(
        scope, "Names", name=f"names-{scope.node.addr[-8:]}", profile_id=profile_id, resource_id=vpc.vpc_id
    )


def name_of(service: str) -> str:
    """The name by which clients call a service of this Region.

    Args:
        service: The service, as `com.amazonaws.REGION.` is followed by it.

    Returns:
        The name; of ecr.api it is api.ecr.REGION.amazonaws.com.
    """
    label = _NAMES.get(service) or ".".join(reversed(service.split(".")))
    return f"{label}.{Aws.REGION}.{Aws.URL_SUFFIX}"


def check_names(
    services: Sequence[str],
    names: Mapping[str, str],
    shared_by: SharedBy | None,
    share_with: Sequence[str],
) -> SharedBy:
    """Refuse names that cannot be shared, and say how those that can be are.

    Args:
        services: The services with an endpoint.
        names: Names that do not follow from the service's.
        shared_by: How they are asked to be shared.
        share_with: Whom they are shared with.

    Returns:
        How they are shared.

    Raises:
        ValueError: If a service comes twice, a name is of none, or zones are to be shared with other accounts.
    """
    check_services("interface_endpoints", services)
    for service in names:
        if service not in services:
            raise ValueError(f"private_names must be of services in interface_endpoints, got {service}")
    if shared_by == "zones" and share_with:
        raise ValueError(
            "names_shared_by must be profile with share_with, got zones: CloudFormation cannot let other accounts "
            "associate VPCs with a zone"
        )
    return shared_by or ("profile" if share_with else "zones")


def check_zones(owner: Construct, names: ServiceNamesShared, vpc: ec2.IVpc) -> None:
    """Refuse a VPC that a private zone cannot name: one of a stack that comes later.

    Args:
        owner: The construct that shares the names.
        names: The names.
        vpc: The VPC.

    Raises:
        ValueError: If names are shared by zones, and the VPC is in another stack.
    """
    if names.zones and names.profile is None and Stack.of(vpc) not in _stacks_around(owner):
        # A zone names its VPCs: its stack would need theirs, which needs this one's.
        raise ValueError(
            f'vpc must be in the stack {Stack.of(owner).node.path}, got {vpc.node.path}: names_shared_by="profile" '
            "shares names with other stacks"
        )


def _stacks_around(scope: Construct) -> list[Stack]:
    """The stack of a construct, and those that it is nested in."""
    found: list[Stack] = []
    stack: Stack | None = Stack.of(scope)
    while stack is not None:
        found.append(stack)
        stack = stack.nested_stack_parent
    return found
