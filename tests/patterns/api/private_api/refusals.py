from typing import Any

from aws_cdk import Environment, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from tests.patterns.web.certificates import certificate, zone
from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


def endpoint(scope: Construct) -> ec2.IInterfaceVpcEndpoint:
    return ec2.InterfaceVpcEndpoint.from_interface_vpc_endpoint_attributes(
        scope, "Endpoint", vpc_endpoint_id="vpce-0123456789abcdef0", port=443
    )


def with_private_names(scope: Construct, stack: Stack | None = None) -> dict[str, Any]:
    vpc = ec2.Vpc(stack or scope, "Vpc", max_azs=2)
    vpc.add_interface_endpoint("Own", service=ec2.InterfaceVpcEndpointAwsService.APIGATEWAY)
    return {"vpc": vpc, "private_dns": True}


def with_private_names_in_a_region(scope: Construct) -> dict[str, Any]:
    env = Environment(account="111122223333", region="eu-west-1")
    return with_private_names(scope, Stack(scope, "Network", env=env))


TAKEN = "private_dns must be False where vpc has an endpoint of execute-api with private DNS, which "
REFUSALS = [
    Refusal(f"{TAKEN}Test/Given0/Vpc/Own/Resource is", with_private_names),
    Refusal(f"{TAKEN}Test/Given1/Network/Vpc/Own/Resource is", with_private_names_in_a_region),
    Refusal(
        "vpc must not be given with endpoints: none is made",
        lambda scope: {"endpoints": [endpoint(scope)], "vpc": ec2.Vpc(scope, "Vpc")},
    ),
    Refusal(
        "private_dns must not be given with endpoints: none is made",
        lambda scope: {"endpoints": [endpoint(scope)], "private_dns": True},
    ),
    Refusal(
        "vpc must have private subnets in two zones at least, got 1: the API is down with its zone",
        lambda scope: {"vpc": ec2.Vpc(scope, "Vpc", max_azs=1)},
    ),
    Refusal(
        "subnets must be in two zones at least, got 1: the API is down with its zone",
        lambda scope: {
            "vpc": ec2.Vpc(scope, "Vpc", max_azs=1),
            "subnets": ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
        },
    ),
    refused("subnets needs vpc: those of a VPC that is made are its own", subnets=ec2.SubnetSelection(one_per_az=True)),
    Refusal(
        "private_dns needs a vpc with DNS support and DNS host names",
        lambda scope: {"vpc": ec2.Vpc(scope, "Vpc", max_azs=2, enable_dns_hostnames=False), "private_dns": True},
    ),
    refused(
        "other_accounts needs authorization='iam' or domain_name, got 'api_key': others are let in by other_endpoints "
        "alone",
        other_accounts=["111122223333"],
        authorization="api_key",
    ),
    refused("domain_name and certificate go together, got only domain_name", domain_name="api.example.com"),
    refused("code and handler go together, got only handler", handler="index.handler"),
    refused("rate_limit must be between 1 and 100000 requests a second, got 0", rate_limit=0),
    refused("authorization must be one of api_key, cognito, function, iam, got 'none'", authorization="none"),
    Refusal(
        "hosted_zone must not be given with endpoints: records lead to the endpoint that is made",
        lambda scope: {
            "endpoints": [endpoint(scope)],
            "domain_name": "api.example.com",
            "certificate": certificate(scope),
            "hosted_zone": zone(scope),
        },
    ),
]
