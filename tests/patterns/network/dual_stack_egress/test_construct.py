"""What the VPC promises beside its example's paths: without NAT64, functions in it, names of both families."""

import copy

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from patternkit.routes import Network, Verdict, isolated, reaches
from patternkit.testing.synthesis import Synthesis
from patterns.network.dual_stack_egress import DualStackEgress
from tests.conftest import example
from tests.patterns.network.synthesized import memoized, network, properties

HOSTS = ["Crawler/Network/DualStack*", "Crawler/Network/Ipv6Only*"]
OUT, IN = reaches(HOSTS, "internet", port=443, family=6), isolated("internet", HOSTS)


@memoized
def without_nat64() -> Synthesis:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Net")
        made = DualStackEgress(stack, "Crawler", nat64=False)
        lambda_.Function(
            stack,
            "Fetch",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): pass"),
            environment=made.environment,
            **made.function_settings(),
        )

    return network(build)


def test_without_nat64_there_is_no_public_address_and_no_way_in_for_whatever_host() -> None:
    synthesis = without_nat64()
    for kind in ("EIP", "NatGateway", "InternetGateway"):
        assert not synthesis.resources(f"AWS::EC2::{kind}")
    found = Network.from_templates(synthesis.templates)
    found.assert_holds(OUT, IN)
    assert found.prove(reaches(HOSTS[0], "internet", port=443, family=4)).verdict is Verdict.FAILS


@pytest.mark.parametrize("blocked", [True, False])
def test_with_nat64_a_host_of_any_security_group_is_out_of_reach_where_the_account_blocks_it(*, blocked: bool) -> None:
    synthesis = network(lambda app: DualStackEgress(cdk.Stack(app, "Net"), "Crawler", block_public_access=blocked))
    found = Network.from_templates(synthesis.templates)
    by_ipv6 = isolated("internet", HOSTS, family=6)
    assert found.prove(by_ipv6).verdict is (Verdict.HOLDS if blocked else Verdict.FAILS)


def test_the_gateways_swapped_let_the_internet_in() -> None:
    template = copy.deepcopy(without_nat64().template)
    resources = template["Resources"]
    [vpc] = [name for name, one in resources.items() if one["Type"] == "AWS::EC2::VPC"]
    resources["Internet"] = {"Type": "AWS::EC2::InternetGateway"}
    resources["Attached"] = {
        "Type": "AWS::EC2::VPCGatewayAttachment",
        "Properties": {"VpcId": {"Ref": vpc}, "InternetGatewayId": {"Ref": "Internet"}},
    }
    for one in resources.values():
        if one["Type"] == "AWS::EC2::Route" and one["Properties"].pop("EgressOnlyInternetGatewayId", None):
            one["Properties"]["GatewayId"] = {"Ref": "Internet"}
    found = Network.from_templates({"Net": template})
    assert [one.verdict for one in found.prove_all([OUT, IN])] == [Verdict.HOLDS, Verdict.FAILS]


def test_a_function_is_told_to_use_ipv6_and_the_services_names_that_have_it() -> None:
    [function] = properties(without_nat64(), "AWS::Lambda::Function")
    assert function["VpcConfig"]["Ipv6AllowedForDualStack"] is True
    assert len(function["VpcConfig"]["SubnetIds"]) == 2
    assert function["Environment"]["Variables"]["AWS_USE_DUALSTACK_ENDPOINT"] == "true"


def test_hosts_are_let_out_by_both_families() -> None:
    groups = properties(example("dual-stack-egress", "agnostic"), "AWS::EC2::SecurityGroup")
    rules = [rule for group in groups for rule in group["SecurityGroupEgress"] if rule["IpProtocol"] == "tcp"]
    assert {(rule.get("CidrIp"), rule.get("CidrIpv6"), rule["ToPort"]) for rule in rules} == {
        ("0.0.0.0/0", None, 443),
        (None, "::/0", 443),
    }


def test_ipv6_only_subnets_have_dns64_and_no_ipv4() -> None:
    subnets = properties(example("dual-stack-egress", "agnostic"), "AWS::EC2::Subnet")
    only = [one for one in subnets if "CidrBlock" not in one]
    assert [(one["Ipv6Native"], one["EnableDns64"]) for one in only] == [(True, True)] * 2
    assert all("Ipv6CidrBlock" in one for one in subnets)


def test_endpoints_have_names_of_both_families() -> None:
    endpoints = properties(example("dual-stack-egress", "agnostic"), "AWS::EC2::VPCEndpoint")
    [ssm] = [one for one in endpoints if one["VpcEndpointType"] == "Interface"]
    assert (ssm["IpAddressType"], ssm["DnsOptions"]) == ("dualstack", {"DnsRecordIpType": "dualstack"})
