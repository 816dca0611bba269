"""What must be there first is made first, and goes last: in every example.

Read from the snapshots, which are held to the templates elsewhere.
"""

from pathlib import Path

from tests.every_template import TEMPLATES, Resources, every_template, needs, referred, resources


def waits(found: Resources, name: str, kind: str) -> bool:
    return any(found[one]["Type"] == kind for one in needs(found, name))


@every_template
def test_routes_to_a_gateway_wait_for_what_attaches_it(path: Path) -> None:
    """Amazon VPC refuses a route to a gateway that is not attached. That of another stack is attached there.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html
    """
    found = resources(path)
    through = {"GatewayId": "AWS::EC2::VPCGatewayAttachment", "TransitGatewayId": "AWS::EC2::TransitGatewayAttachment"}
    for name, one in found.items():
        for by, kind in through.items():
            if one["Type"] == "AWS::EC2::Route" and {*referred(one["Properties"].get(by))} & found.keys():
                assert waits(found, name, kind), f"{name} does not wait for its {kind}"


@every_template
def test_nat_gateways_wait_for_the_internet_gateway(path: Path) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-natgateway.html"""
    found = resources(path)
    for name, one in found.items():
        if one["Type"] == "AWS::EC2::NatGateway" and one["Properties"].get("ConnectivityType") != "private":
            assert waits(found, name, "AWS::EC2::VPCGatewayAttachment"), name


def test_gateways_are_awaited_somewhere() -> None:
    kinds = [one["Type"] for path in TEMPLATES for one in resources(path).values()]
    assert kinds.count("AWS::EC2::NatGateway") > 10
    assert kinds.count("AWS::EC2::TransitGatewayAttachment") > 10
