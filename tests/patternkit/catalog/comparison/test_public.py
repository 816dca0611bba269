"""What is public is found in the template, whichever way it came to be."""

from typing import Any

import pytest

from patternkit.catalog.comparison.facts import gather
from patternkit.catalog.comparison.public import fixed_addresses, idle_seconds, public


def template(**resources: dict[str, Any]) -> dict[str, Any]:
    return {"Resources": {name: {"Properties": {}, **one} for name, one in resources.items()}}


def api(endpoint: str, authorization: str, *, key: bool = False) -> dict[str, Any]:
    return template(
        Api={"Type": "AWS::ApiGateway::RestApi", "Properties": {"EndpointConfiguration": {"Types": [endpoint]}}},
        Post={
            "Type": "AWS::ApiGateway::Method",
            "Properties": {"HttpMethod": "POST", "AuthorizationType": authorization, "ApiKeyRequired": key},
        },
    )


def test_an_api_says_whom_it_answers() -> None:
    assert list(public(api("REGIONAL", "AWS_IAM"))) == [("Api", "the API answers on the internet, to signed requests")]
    assert ("Api", "the API answers on the internet, to anybody") in list(public(api("EDGE", "NONE")))
    assert ("Api", "the API answers on the internet, to callers with a key") in list(
        public(api("EDGE", "NONE", key=True))
    )
    assert list(public(api("PRIVATE", "AWS_IAM"))) == []


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("AWS::ApiGatewayV2::Api", "the API answers on the internet"),
        ("AWS::AppSync::GraphQLApi", "the API answers on the internet"),
        ("AWS::CloudFront::Distribution", "the distribution answers on the internet"),
        ("AWS::Lambda::Url", "the function's URL answers on the internet"),
    ],
)
def test_what_answers_on_the_internet_is_public_whoever_may_call_it(kind: str, what: str) -> None:
    assert list(public(template(Front={"Type": kind}))) == [("Front", what)]
    assert list(public(template(Front={"Type": kind, "Properties": {"Visibility": "PRIVATE"}}))) == []


def test_balancers_and_open_security_groups_are_public() -> None:
    rule = {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    found = dict(
        public(
            template(
                Out={"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Scheme": "internet-facing"}},
                In={"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Scheme": "internal"}},
                Group={"Type": "AWS::EC2::SecurityGroup", "Properties": {"SecurityGroupIngress": [rule]}},
            )
        )
    )
    assert found == {"Out": "the load balancer faces the internet", "Group": "tcp port 443 is open to 0.0.0.0/0"}


def test_the_address_of_a_nat_gateway_is_none_that_callers_use() -> None:
    allocation = {"AllocationId": {"Fn::GetAtt": ["Nat", "AllocationId"]}}
    both = template(
        Nat={"Type": "AWS::EC2::EIP"},
        Own={"Type": "AWS::EC2::EIP"},
        Gateway={"Type": "AWS::EC2::NatGateway", "Properties": allocation},
    )
    assert fixed_addresses(both) == ["Own"]


def test_the_idle_timeout_is_a_minute_unless_it_is_set() -> None:
    attributes = [{"Key": "idle_timeout.timeout_seconds", "Value": "300"}]
    made = template(
        Plain={"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer"},
        Set={
            "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "Properties": {"LoadBalancerAttributes": attributes},
        },
        Network={"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Type": "network"}},
    )
    assert list(idle_seconds(made)) == [60, 300]


def test_a_rule_counts_once_whatever_it_finds() -> None:
    findings = [("A", "A-One[x]"), ("A", "A-One[y]"), ("A", "A-Two"), ("B", "B-One")]
    assert gather([template()], findings, ("A", "B", "C"), requests=True).findings == {"A": 2, "B": 1, "C": 0}
