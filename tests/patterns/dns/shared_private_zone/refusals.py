from typing import Any

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct

from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda scope: {"zone_name": "example.com", "vpcs": [ec2.Vpc(scope, "Vpc")], **arguments})


def public(scope: Construct, name: str = "example.com") -> route53.PublicHostedZone:
    return route53.PublicHostedZone(scope, "Public", zone_name=name)


def without(**settings: Any) -> Any:
    return lambda scope: {"zone_name": "example.com", "vpcs": [ec2.Vpc(scope, "Vpc", **settings)]}


def twice(first: str, second: str) -> Any:
    def made(scope: Construct) -> dict[str, Any]:
        vpc, other = ec2.Vpc(scope, "Vpc"), ec2.Vpc(scope, "Other")
        given: dict[str, Any] = {"zone_name": "example.com", "vpcs": [other]}
        given[first] = [vpc]
        given[second] = [*given[second], vpc] if first == second else [vpc]
        return given

    return made


def zone_of_one(scope: Construct) -> dict[str, Any]:
    vpcs = [ec2.Vpc(scope, "Vpc"), ec2.Vpc(scope, "Other")]
    route53.PrivateHostedZone(scope, "Zone", zone_name="Example.com", vpc=vpcs[1])
    return {"zone_name": "example.com", "vpcs": vpcs}


def namespace_of_one(scope: Construct) -> dict[str, Any]:
    vpc = ec2.Vpc(scope, "Vpc")
    servicediscovery.PrivateDnsNamespace(scope, "Namespace", name="example.com", vpc=vpc)
    return {"zone_name": "example.com", "vpcs": [vpc]}


WWW = {"www": ["203.0.113.1"]}
HIDDEN = (
    "public_names must be given with public_zone, and only with it: in the VPCs the private zone hides the public one"
)

REFUSALS = [
    refused("vpcs must hold 1 to 300 VPCs, got none", vpcs=[]),
    Refusal("vpcs[0] must have enable_dns_support, got Test/Given1/Vpc, which has it off",
            without(enable_dns_support=False, enable_dns_hostnames=False)),
    Refusal("vpcs[0] must have enable_dns_hostnames, got Test/Given2/Vpc, which has it off",
            without(enable_dns_hostnames=False)),
    Refusal("vpcs must differ, got Test/Given3/Vpc twice", twice("vpcs", "vpcs")),
    Refusal("profile_vpcs must name other VPCs than vpcs, got Test/Given4/Vpc, which is in both",
            twice("vpcs", "profile_vpcs")),
    refused("shared_with must differ, got 222233334444 twice",
            shared_with=["222233334444", "222233334444"]),
    refused("records[db] must be IPv4 addresses, got 'db1'", records={"db": ["db1"]}),
    refused("records[db] must differ, got 10.0.0.1 twice", records={"db": ["10.0.0.1", "10.0.0.1"]}),
    refused(HIDDEN, public_names=WWW),
    Refusal(HIDDEN, lambda scope: {"zone_name": "example.com", "vpcs": [ec2.Vpc(scope, "Vpc")],
                                   "public_zone": public(scope)}),
    Refusal("public_zone must be of example.com, got one of example.org",
            lambda scope: {"zone_name": "example.com", "vpcs": [ec2.Vpc(scope, "Vpc")],
                           "public_zone": public(scope, "example.org"), "public_names": WWW}),
    Refusal("records must be private alone, got www, which public_names has too",
            lambda scope: {"zone_name": "example.com", "vpcs": [ec2.Vpc(scope, "Vpc")], "records": WWW,
                           "public_zone": public(scope), "public_names": WWW}),
    Refusal("zone_name must be no zone that its VPC has, got example.com, which Test/Given12/Other has by "
            "Test/Given12/Zone", zone_of_one),
    Refusal("zone_name must be no zone that its VPC has, got example.com, which Test/Given13/Vpc has by "
            "Test/Given13/Namespace/Resource", namespace_of_one),
]  # fmt: skip
