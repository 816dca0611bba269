"""What VPCs answer privately: attributes that they need, zones and names that they have already."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_servicediscovery as servicediscovery

from patterns.building_blocks.vpc_dns import check_private_names_are_free, check_vpcs, check_zone_is_new


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


def vpc(scope: cdk.Stack, name: str = "Vpc", **more: Any) -> ec2.Vpc:
    return ec2.Vpc(scope, name, nat_gateways=0, **more)


def without(scope: cdk.Stack, name: str, **more: Any) -> ec2.IVpc:
    """A VPC whose attributes nobody has said, as the resource alone leaves them."""
    made = vpc(scope, name)
    resource = made.node.default_child
    assert isinstance(resource, ec2.CfnVPC)
    for attribute, value in more.items():
        setattr(resource, attribute, value)
    return made


def test_private_names_need_both_attributes(scope: cdk.Stack) -> None:
    imported = ec2.Vpc.from_vpc_attributes(scope, "Imported", vpc_id="vpc-1", availability_zones=["a"])
    right = [imported, vpc(scope), without(scope, "Unsaid", enable_dns_support=None)]
    check_vpcs("vpcs", right)
    for number, (attribute, value) in enumerate(
        [("enable_dns_support", False), ("enable_dns_hostnames", False), ("enable_dns_hostnames", None)]
    ):
        wrong = without(scope, f"Wrong{number}", **{attribute: value})
        with refused(f"vpcs[3] must have {attribute}, got Test/Wrong{number}, which has it off"):
            check_vpcs("vpcs", [*right, wrong])


def zones(scope: cdk.Stack, kind: str, vpcs: list[ec2.IVpc], name: str = "own.internal") -> None:
    match kind:
        case "namespace":
            servicediscovery.PrivateDnsNamespace(scope, "Made", name=name, vpc=vpcs[0])
        case "zone":
            zone = route53.PrivateHostedZone(scope, "Made", zone_name=name, vpc=vpcs[0])
            for one in vpcs[1:]:
                zone.add_vpc(one)
        case "resource":
            of = route53.CfnHostedZone.VPCProperty
            given = [of(vpc_id=one.vpc_id, vpc_region="eu-west-1") for one in vpcs]
            route53.CfnHostedZone(scope, "Made", name=name, vpcs=given)


@pytest.mark.parametrize("kind", ["namespace", "zone", "resource"])
@pytest.mark.parametrize("written", ["own.internal", "OWN.internal."])
def test_a_zone_that_a_vpc_has_is_refused_whatever_made_it(scope: cdk.Stack, kind: str, written: str) -> None:
    first, other = vpc(scope), vpc(scope, "Other")
    zones(scope, kind, [first], written)
    path = {"namespace": "Test/Made/Resource", "zone": "Test/Made", "resource": "Test/Made"}[kind]
    for name in ("own.internal", "Own.Internal."):
        with refused(f"zone_name must be no zone that its VPC has, got {name}, which Test/Vpc has by {path}"):
            check_zone_is_new("zone_name", scope, name, [other, first])
    check_zone_is_new("zone_name", scope, "own.internal", [other])
    check_zone_is_new("zone_name", scope, "wn.internal", [first])


@pytest.mark.parametrize("kind", ["zone", "resource"])
def test_a_zone_of_several_vpcs_is_refused_of_each(scope: cdk.Stack, kind: str) -> None:
    first, other = vpc(scope), vpc(scope, "Other")
    zones(scope, kind, [first, other])
    for one in (first, other):
        with refused(
            f"zone_name must be no zone that its VPC has, got own.internal, which {one.node.path} has by Test/Made"
        ):
            check_zone_is_new("zone_name", cdk.Stack(cdk.App.of(scope), f"Of{one.node.id}"), "own.internal", [one])


def test_a_zone_of_which_nothing_is_known_passes(scope: cdk.Stack) -> None:
    own = vpc(scope)
    given = [route53.CfnHostedZone.VPCProperty(vpc_id=own.vpc_id, vpc_region="eu-west-1")]
    route53.CfnHostedZone(scope, "Nameless", vpcs=given)
    route53.PublicHostedZone(scope, "Public", zone_name="own.internal")
    check_zone_is_new("zone_name", scope, "own.internal", [own])


def endpoint(scope: cdk.Stack, of: ec2.IVpc, service: Any = "com.amazonaws.eu-west-1.execute-api", **more: Any) -> None:
    ec2.CfnVPCEndpoint(
        scope, "Made", **{"vpc_id": of.vpc_id, "service_name": service, "private_dns_enabled": True} | more
    )


SAID = "private_dns must be False where vpc has an endpoint of execute-api with private DNS, which Test/Made is"


@pytest.mark.parametrize("region", ["eu-west-1", cdk.Aws.REGION], ids=["named", "its own"])
def test_a_second_endpoint_of_a_services_own_names_is_refused(scope: cdk.Stack, region: str) -> None:
    own, other = vpc(scope), vpc(scope, "Other")
    endpoint(scope, own, f"com.amazonaws.{region}.execute-api")
    with refused(SAID):
        check_private_names_are_free("private_dns", scope, own, "execute-api")
    check_private_names_are_free("private_dns", scope, other, "execute-api")
    check_private_names_are_free("private_dns", scope, own, "api")
    check_private_names_are_free("private_dns", scope, own, "ssm")


@pytest.mark.parametrize(
    "more",
    [{"private_dns_enabled": False}, {"private_dns_enabled": None}, {"service_name": cdk.Fn.import_value("Service")}],
    ids=["off", "unsaid", "of a service that is not known"],
)
def test_an_endpoint_without_such_names_is_in_nobodys_way(scope: cdk.Stack, more: dict[str, Any]) -> None:
    own = vpc(scope)
    endpoint(scope, own, **more)
    check_private_names_are_free("private_dns", scope, own, "execute-api")
