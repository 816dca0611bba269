"""The public entry points of a template, and the connections that they keep."""

from collections.abc import Iterator
from typing import Any

from patternkit.catalog.costs.bill import Template, of_type, properties, referenced, whole_number
from patternkit.upgrade.exposure import exposures


def public(template: Template) -> Iterator[tuple[str, str]]:
    """Find what anybody on the internet can reach or try.

    Args:
        template: The template.

    Yields:
        Logical ids, and what is public about them.
    """
    yield from exposures(template)
    for name, api in of_type(template, "AWS::ApiGateway::RestApi").items():
        kinds = properties(api).get("EndpointConfiguration", {}).get("Types", ["EDGE"])
        if "PRIVATE" not in kinds:
            yield name, f"the API answers on the internet, to {_callers(template)}"
    for kind, what in _FACING_THE_INTERNET.items():
        for name, resource in of_type(template, kind).items():
            if properties(resource).get("Visibility") != "PRIVATE":
                yield name, what
    for name in fixed_addresses(template):
        yield name, "an Elastic IP, which stays the same"


_FACING_THE_INTERNET = {
    "AWS::ApiGatewayV2::Api": "the API answers on the internet",
    "AWS::AppSync::GraphQLApi": "the API answers on the internet",
    "AWS::CloudFront::Distribution": "the distribution answers on the internet",
    "AWS::Lambda::Url": "the function's URL answers on the internet",
}
"""What is reached from the internet, whoever may call it; an API of AWS AppSync unless it says otherwise."""


def fixed_addresses(template: Template) -> list[str]:
    """Find the public addresses that callers may rely on.

    Args:
        template: The template.

    Returns:
        Logical ids of Elastic IPs and accelerators, but for the addresses of NAT gateways, which only go out.
    """
    going_out = {
        name
        for gateway in of_type(template, "AWS::EC2::NatGateway").values()
        for name in referenced(properties(gateway).get("AllocationId"))
    }
    addresses = of_type(template, "AWS::EC2::EIP", "AWS::GlobalAccelerator::Accelerator")
    return [name for name in addresses if name not in going_out]


def idle_seconds(template: Template) -> Iterator[int]:
    """Find how long a connection may be silent at each Application Load Balancer: 60 seconds unless it says so."""
    for balancer in of_type(template, "AWS::ElasticLoadBalancingV2::LoadBalancer").values():
        given = properties(balancer)
        if given.get("Type", "application") == "application":
            attributes = {one["Key"]: one["Value"] for one in given.get("LoadBalancerAttributes", ())}
            yield whole_number(attributes.get("idle_timeout.timeout_seconds", 60)) or 60


def _callers(template: Template) -> str:
    said: dict[str, Any] = {
        "AWS_IAM": "signed requests",
        "COGNITO_USER_POOLS": "tokens of a user pool",
        "CUSTOM": "whom a function lets in",
    }
    found = set()
    for method in of_type(template, "AWS::ApiGateway::Method").values():
        given = properties(method)
        by_key = "callers with a key" if given.get("ApiKeyRequired") else "anybody"
        if given.get("HttpMethod") != "OPTIONS":
            found.add(said.get(given.get("AuthorizationType", "NONE"), by_key))
    return " and ".join(sorted(found)) or "nobody"
