"""What shared services promise beside their paths: names in every spoke, group references, other accounts."""

import copy
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template

from patternkit.dns import Contracts as DnsContracts
from patternkit.dns import Names, answers, same_everywhere
from patternkit.routes import Network, Verdict, isolated, reaches
from patternkit.routes.templates import StackSource, read
from patternkit.testing.synthesis import Synthesis
from patterns.building_blocks.availability_zones import zones
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.shared_services_vpc import JoiningVpc, SharedServicesVpc
from tests.conftest import ENVIRONMENTS, example
from tests.patterns.network.mutants import Templates
from tests.patterns.network.shared_services_vpc.mutants import APART, wide
from tests.patterns.network.synthesized import memoized, network, properties

SSM = "ssm.eu-west-1.amazonaws.com"
EVERY_VPC = "every VPC"
ORGANIZATION = "arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5"
UNIT = "arn:aws:organizations::111122223333:ou/o-a1b2c3d4e5/ou-ab12-34567890"
# What AWS answers where no zone of the set does.
ON_THE_INTERNET = DnsContracts.from_data({"elsewhere": {SSM: ["203.0.113.7"]}})
# What the shared gateway's function does is checked where it is; it makes no route.
CONTRACTS = {"harmless": ["*Placement/Resource/Default", "*Defaults/Resource/Default"]}


def stacks(environment: str = "agnostic") -> list[StackSource]:
    read_here = read(example("shared-services-vpc", environment).directory)
    return [dataclasses.replace(one, region="eu-west-1", template=copy.deepcopy(one.template)) for one in read_here]


def changed(*changes: Callable[[Templates], None]) -> list[StackSource]:
    made = stacks()
    for change in changes:
        change(Templates({one.name: one.template for one in made}))
    return made


def in_every_vpc(stack: str = "SharedServicesVpcStack") -> tuple[Any, ...]:
    endpoint = f"{stack}/Hub/Endpoints/Ssm"
    return answers(SSM, endpoint, source=EVERY_VPC), same_everywhere(SSM, source=EVERY_VPC)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_services_names_lead_to_the_endpoints_in_every_spoke(environment: str) -> None:
    found = Names(stacks(environment), ON_THE_INTERNET)
    assert len(found.model.vpcs) == 3
    found.assert_holds(*in_every_vpc())


def _zone_without_a_spoke(made: Templates) -> None:
    made.of("Route53::HostedZone", "HubNamesSsm")[0]["Properties"]["VPCs"].pop()


def _private_dns_instead(made: Templates) -> None:
    """It works in the shared VPC alone."""
    made.change("EC2::VPCEndpoint", "HubEndpointsSsm", PrivateDnsEnabled=True)
    for kind in ("HostedZone", "RecordSet"):
        made.remove(f"Route53::{kind}", "HubNamesSsm")


def _no_dns_in_a_spoke(made: Templates) -> None:
    made.change("EC2::VPC", "Billing", EnableDnsSupport=False)


def _name_of_another_endpoint(made: Templates) -> None:
    other = made.of("Route53::RecordSet", "HubNamesSsmmessagesName")[0]["Properties"]["AliasTarget"]
    made.change("Route53::RecordSet", "HubNamesSsmName", AliasTarget=other)


@pytest.mark.parametrize("change", [_zone_without_a_spoke, _no_dns_in_a_spoke, _name_of_another_endpoint])
def test_a_spoke_that_is_not_told_is_noticed(change: Callable[[Templates], None]) -> None:
    assert Names(changed(change), ON_THE_INTERNET).prove(in_every_vpc()[0]).verdict is Verdict.FAILS


def test_private_dns_of_an_endpoint_tells_no_spoke() -> None:
    found = Names(changed(_private_dns_instead), ON_THE_INTERNET)
    assert [found.prove(one).verdict for one in in_every_vpc()] == [Verdict.FAILS, Verdict.FAILS]
    found.assert_holds(answers(SSM, "SharedServicesVpcStack/Hub/Endpoints/Ssm", source="Hub/Network"))


def test_private_dns_beside_the_zones_is_refused() -> None:
    beside = changed(lambda made: made.change("EC2::VPCEndpoint", PrivateDnsEnabled=True))
    assert any("ConflictingDomainExists" in one for one in Names(beside, ON_THE_INTERNET).model.refused)


def test_domains_keep_spokes_apart_that_route_everything_to_the_gateway() -> None:
    Network(changed(wide)).assert_holds(*(isolated(*one.split(" never reaches ")) for one in APART))


@memoized
def with_hosts(group_references: bool = True) -> Synthesis:
    """A host in a spoke, and one in the shared VPC that lets the group of the first in."""

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Net")
        hub = SharedServicesVpc(stack, "Hub", group_references=group_references, interface_endpoints=())
        spoke = AttachmentVpc(
            stack, "Orders", cidr="10.1.0.0/24", availability_zones=zones(None, 2), tiers={"Hosts": 27}
        )
        hub.add_spoke(spoke.vpc)
        assert hub.network is not None
        client, server = (
            ec2.SecurityGroup(stack, f"{name}Group", vpc=one.vpc)
            for name, one in (("Client", spoke), ("Server", hub.network))
        )
        server.add_ingress_rule(client, ec2.Port.tcp(389))
        for name, group, subnet in (
            ("Client", client, spoke.subnets["Hosts"][0]),
            ("Server", server, hub.network.subnets["Services"][0]),
        ):
            ec2.CfnInstance(
                stack, name, subnet_id=subnet.subnet.attr_subnet_id, security_group_ids=[group.security_group_id]
            )

    return network(build)


def test_a_rule_may_name_a_group_of_a_spoke_where_the_gateway_supports_it() -> None:
    call = reaches("Client", "Server", port=389)
    Network.from_templates(with_hosts().templates).assert_holds(call, isolated("Client", "Server", port=22))
    off = Network.from_templates(with_hosts(group_references=False).templates)
    assert off.prove(call).verdict is Verdict.FAILS
    one_side = copy.deepcopy(dict(with_hosts().templates))
    for one in Templates(one_side).of("EC2::TransitGatewayAttachment", "Orders"):
        one["Properties"]["Options"]["SecurityGroupReferencingSupport"] = "disable"
    assert Network.from_templates(one_side).prove(call).verdict is Verdict.FAILS


@memoized
def by_profile() -> Synthesis:
    """A spoke in another stack, and a VPC of another account, which joins by what is shared with it."""

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Net")
        hub = SharedServicesVpc(stack, "Hub", share_with=["222233334444"], interface_endpoints=["ssm", "ecr.dkr"])
        spoke, joining = (
            AttachmentVpc(place, name, cidr=cidr, availability_zones=zones(None, 2), tiers={"Workload": 27})
            for place, name, cidr in (
                (cdk.Stack(app, "Orders"), "Orders", "10.1.0.0/24"),
                (stack, "Partner", "10.3.0.0/24"),
            )
        )
        hub.add_spoke(spoke.vpc)
        assert isinstance(hub.transit_gateway.resource, ec2.CfnTransitGateway)
        assert hub.names.profile is not None
        JoiningVpc(
            stack,
            "Shared",
            vpc=joining.vpc,
            gateway=hub.transit_gateway.resource,
            destinations=["10.0.0.0/20"],
            profile_id=hub.names.profile.attr_id,
        )

    return network(build)


def test_a_profile_gives_the_names_to_other_stacks_and_accounts() -> None:
    def found(templates: Mapping[str, Any]) -> Names:
        return Names.from_templates(templates, region="eu-west-1")

    images = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    found(by_profile().templates).assert_holds(
        *in_every_vpc("Net"), answers(images, "Net/Hub/Endpoints/EcrDkr", source=EVERY_VPC)
    )
    for name in ("Shared", "OrdersVpc"):
        without = copy.deepcopy(dict(by_profile().templates))
        Templates(without).remove("Route53Profiles::ProfileAssociation", name)
        assert found(without).prove(in_every_vpc("Net")[1]).verdict is not Verdict.HOLDS


def test_what_joins_from_another_account_reaches_the_shared_services_and_no_spoke() -> None:
    placed = copy.deepcopy(dict(by_profile().templates))
    made = Templates({"Net": placed["Net"]})
    [attachment] = [one for one in placed["Net"]["Resources"] if one.startswith("SharedSpokeAttachment")]
    # As the gateway's defaults place what joins.
    for kind, domain in (("Association", "JoiningDomain"), ("Propagation", "SharedDomain")):
        table = {"Ref": made.id_of("EC2::TransitGatewayRouteTable", domain)}
        made.add(
            f"Joins{kind}",
            f"EC2::TransitGatewayRouteTable{kind}",
            TransitGatewayAttachmentId={"Ref": attachment},
            TransitGatewayRouteTableId=table,
        )
    found = Network.from_templates(placed, contracts=CONTRACTS)
    services = "Hub/Network/Services*"
    found.assert_holds(
        reaches("Partner/Workload*", services),
        reaches(services, "Partner/Workload*"),
        reaches("Partner/Workload*", "Hub/Endpoints/*", port=443),
        reaches("Orders/Orders/Workload*", services),
        isolated("Partner/Workload*", "Orders/Orders/Workload*"),
        isolated("Orders/Orders/Workload*", "Partner/Workload*"),
    )


def test_what_is_shared_stays_in_the_organization_and_nobody_may_put_names_in() -> None:
    shares = properties(by_profile(), "AWS::RAM::ResourceShare")
    assert len(shares) == 2
    for share in shares:
        assert share["Principals"] == ["222233334444"]
        assert share["AllowExternalPrincipals"] is False
        assert "PermissionArns" not in share


def test_endpoints_serve_this_account_and_those_that_they_are_shared_with(scope: cdk.Stack) -> None:
    SharedServicesVpc(scope, "Hub", interface_endpoints=["ssm"], share_with=["222233334444", ORGANIZATION, UNIT])
    [endpoint] = Template.from_stack(scope).find_resources("AWS::EC2::VPCEndpoint").values()
    conditions = [one["Condition"] for one in endpoint["Properties"]["PolicyDocument"]["Statement"]]
    assert conditions == [
        {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}},
        {"StringEquals": {"aws:PrincipalAccount": "222233334444"}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*/ou-ab12-34567890/*"}},
    ]


def test_endpoints_and_hosts_of_an_existing_vpc_are_shared(scope: cdk.Stack) -> None:
    own = ec2.Vpc(scope, "Own", ip_addresses=ec2.IpAddresses.cidr("10.9.0.0/16"), nat_gateways=0, max_azs=2)
    hub = SharedServicesVpc(scope, "Hub", vpc=own)
    assert hub.network is None
    template = Template.from_stack(scope)
    gateway_routes = [
        one["Properties"]
        for one in template.find_resources("AWS::EC2::Route").values()
        if "TransitGatewayId" in one["Properties"]
    ]
    assert {one["DestinationCidrBlock"] for one in gateway_routes} == {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}
    template.resource_count_is("AWS::EC2::VPCEndpoint", 2)


def test_a_name_that_does_not_follow_from_its_service_is_given(scope: cdk.Stack) -> None:
    name = f"eks-auth.{cdk.Aws.REGION}.api.aws"
    SharedServicesVpc(scope, "Hub", interface_endpoints=["eks-auth"], private_names={"eks-auth": name})
    [zone] = Template.from_stack(scope).find_resources("AWS::Route53::HostedZone").values()
    assert zone["Properties"]["Name"] == {"Fn::Join": ["", ["eks-auth.", {"Ref": "AWS::Region"}, ".api.aws."]]}


def test_a_profile_is_not_given_before_it_has_the_names() -> None:
    resources = by_profile().templates["Net"]["Resources"]
    held = {name for name, one in resources.items() if one["Type"].endswith("ProfileResourceAssociation")}
    [share] = [one for name, one in resources.items() if "NamesShare" in name and one["Type"].startswith("AWS::RAM")]
    assert held <= set(share["DependsOn"])
    records = {name for name, one in resources.items() if one["Type"] == "AWS::Route53::RecordSet"}
    assert all(records <= set(resources[one]["DependsOn"]) for one in held)


def test_a_spoke_of_another_stack_takes_a_profile(scope: cdk.Stack) -> None:
    hub = SharedServicesVpc(scope, "Hub")
    other = cdk.Stack(scope.node.root, "Other")  # type: ignore[arg-type]
    spoke = AttachmentVpc(
        other, "Orders", cidr="10.1.0.0/24", availability_zones=hub.availability_zones, tiers={"Workload": 27}
    )
    with pytest.raises(ValueError, match='names_shared_by="profile" shares names with other stacks'):
        hub.add_spoke(spoke.vpc)
