"""VPCs of other accounts: what accepts their peerings, who answers them, and what is refused."""

import re

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from patterns.building_blocks.availability_zones import zones
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.peered_hub import JoiningPeer, PeeredHub

OWNER, JOINER = "111122223333", "444455556666"


def test_the_role_accepts_peerings_with_the_hub_and_no_other(scope: cdk.Stack) -> None:
    PeeredHub(scope, "Hub", accounts=[JOINER])
    template = Template.from_stack(scope)
    [role] = [
        one["Properties"]
        for name, one in template.find_resources("AWS::IAM::Role").items()
        if name.startswith("HubAcceptance")
    ]
    [trusted] = role["AssumeRolePolicyDocument"]["Statement"]
    assert JOINER in str(trusted["Principal"])
    assert "*" not in str(trusted["Principal"])
    [policy] = [
        one["Properties"]
        for name, one in template.find_resources("AWS::IAM::Policy").items()
        if name.startswith("HubAcceptance")
    ]
    own, asked = policy["PolicyDocument"]["Statement"]
    assert own["Action"] == asked["Action"] == "ec2:AcceptVpcPeeringConnection"
    assert asked["Condition"] == {"ArnEquals": {"ec2:AccepterVpc": own["Resource"]}}
    network = own["Resource"]["Fn::Join"][1][-1]
    assert "HubNetwork" in network["Fn::GetAtt"][0]
    arn = ["arn:", {"Ref": "AWS::Partition"}, ":ec2:", {"Ref": "AWS::Region"}, ":"]
    assert own["Resource"] == {"Fn::Join": ["", [*arn, {"Ref": "AWS::AccountId"}, ":vpc/", network]]}
    # Whose account stands in a peering's ARN is the one that asked for it.
    assert asked["Resource"] == {"Fn::Join": ["", [*arn[:-1], ":*:vpc-peering-connection/*"]]}


def test_nobody_accepts_where_no_account_is_named(scope: cdk.Stack) -> None:
    assert PeeredHub(scope, "Hub").acceptance_role is None


def test_the_hub_answers_whom_its_owner_is_told_of(scope: cdk.Stack) -> None:
    hub = PeeredHub(scope, "Hub", accounts=[JOINER])
    hub.add_joined("pcx-0123456789abcdef0", network="10.7.0.0/16")
    template = Template.from_stack(scope)
    back = {"DestinationCidrBlock": "10.7.0.0/16", "VpcPeeringConnectionId": "pcx-0123456789abcdef0"}
    tables = len(template.find_resources("AWS::EC2::RouteTable"))
    template.resource_properties_count_is("AWS::EC2::Route", back, tables)
    for message, peering, network in (
        ("network must not overlap the hub (10.0.0.0/20), got 10.0.8.0/24", "pcx-1", "10.0.8.0/24"),
        (
            "network must not overlap peering pcx-0123456789abcdef0 (10.7.0.0/16), got 10.7.1.0/24",
            "pcx-2",
            "10.7.1.0/24",
        ),
        ("peering_id must be ids such as pcx-0123456789abcdef0, got 'vpc-1'", "vpc-1", "10.8.0.0/16"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            hub.add_joined(peering, network=network)


def hub_of(scope: cdk.Stack, **attributes: str) -> ec2.IVpc:
    return ec2.Vpc.from_vpc_attributes(
        scope, "TheirHub", vpc_id="vpc-0123456789abcdef0", availability_zones=["eu-west-1a"], **attributes
    )


def test_a_vpc_asks_for_the_peering_and_routes_to_the_hub(scope: cdk.Stack) -> None:
    vpc = AttachmentVpc(scope, "Orders", cidr="10.7.0.0/24", availability_zones=zones(None, 2), tiers={"Workload": 27})
    role = iam.Role.from_role_arn(scope, "Accepts", f"arn:aws:iam::{OWNER}:role/Acceptance")
    JoiningPeer(scope, "Joined", vpc=vpc.vpc, hub=hub_of(scope, vpc_cidr_block="10.0.0.0/20"), account=OWNER, role=role)
    template = Template.from_stack(scope)
    asked = {"PeerOwnerId": OWNER, "PeerVpcId": "vpc-0123456789abcdef0", "PeerRoleArn": role.role_arn}
    template.has_resource_properties("AWS::EC2::VPCPeeringConnection", asked)
    template.resource_properties_count_is("AWS::EC2::Route", {"DestinationCidrBlock": "10.0.0.0/20"}, 4)


def test_a_hub_without_a_range_and_one_that_overlaps_are_refused(scope: cdk.Stack) -> None:
    vpc = AttachmentVpc(scope, "Orders", cidr="10.0.1.0/24", availability_zones=zones(None, 2), tiers={"Workload": 27})
    role = iam.Role.from_role_arn(scope, "Accepts", f"arn:aws:iam::{OWNER}:role/Acceptance")
    with pytest.raises(ValueError, match="hub must have a range that is known at synthesis: routes name it"):
        JoiningPeer(scope, "Joined", vpc=vpc.vpc, hub=hub_of(scope), account=OWNER, role=role)
    other = hub_of(cdk.Stack(cdk.App(), "Other"), vpc_cidr_block="10.0.0.0/20")
    with pytest.raises(ValueError, match=r"must not overlap the hub \(10.0.0.0/20\), got 10.0.1.0/24"):
        JoiningPeer(scope, "Other", vpc=vpc.vpc, hub=other, account=OWNER, role=role)
