"""What a peering proxy promises beside its paths and its proxy: instances, names, who is let in, what is replaced."""

import copy
import dataclasses
import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from patternkit.routes import Contracts, Network, Verdict, isolated, reaches
from patternkit.routes.templates import read
from patternkit.testing.synthesis import Synthesis
from patterns.network.peering_proxy import PeeringProxy, ProxyDestination
from patterns.network.peering_proxy.instance import LARGEST_CONFIGURATION, start_script
from tests.conftest import example
from tests.patterns.network.mutants import Templates
from tests.patterns.network.peering_proxy.variants import beside
from tests.patterns.network.synthesized import memoized, network, properties
from tests.patterns.web.shell import lint

HARMLESS = {"harmless": ["*/Names/Resource/Default"]}


def user_data(synthesis: Synthesis) -> str:
    """The script of an instance, with what is known at deployment left out."""
    [template] = properties(synthesis, "AWS::EC2::LaunchTemplate")
    _, parts = template["LaunchTemplateData"]["UserData"]["Fn::Base64"]["Fn::Join"]
    return "".join(one if isinstance(one, str) else "TOKEN" for one in parts)


def vpc(scope: cdk.Stack, name: str, cidr: str) -> ec2.Vpc:
    return ec2.Vpc(
        scope,
        name,
        ip_addresses=ec2.IpAddresses.cidr(cidr),
        nat_gateways=0,
        max_azs=2,
        restrict_default_security_group=False,
        subnet_configuration=[
            ec2.SubnetConfiguration(name="Workload", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=27)
        ],
    )


@memoized
def overlapping() -> Synthesis:
    """Clients by group, and targets whose range is the clients' own, each in a stack of its own."""

    def build(app: cdk.App) -> None:
        orders = vpc(cdk.Stack(app, "Shop"), "Orders", "10.1.0.0/24")
        ledger = vpc(cdk.Stack(app, "Finance"), "Ledger", "10.1.0.0/24")
        group = ec2.SecurityGroup(orders.stack, "Callers", vpc=orders)
        PeeringProxy(
            cdk.Stack(app, "Net"),
            "Proxy",
            client_vpcs=[orders],
            target_vpcs=[ledger],
            client_groups=[group],
            destinations=[ProxyDestination(host="10.1.0.10", ports=[8443])],
        )

    return network(build)


def test_an_instance_starts_what_was_tested_with_the_configuration_that_was_made() -> None:
    script = user_data(example("peering-proxy", "agnostic"))
    assert lint(script) == ""
    written = script.split("<<'CONFIGURATION'\n")[1].split("\nCONFIGURATION\n")[0]
    [allowed, refused] = json.loads(written)["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0][
        "typed_config"
    ]["route_config"]["virtual_hosts"]
    assert allowed["domains"] == ["ledger.billing.internal:443"]
    assert refused["domains"] == ["*"]
    assert "/envoy/_bin/envoy --config-path /etc/envoy/envoy.json" in script


def test_the_longest_list_leaves_room_for_the_script() -> None:
    longest = {"bucket": "b" * 63, "key": f"{'k' * 64}.zip", "log_group": "l" * 128, "region": "ap-southeast-99"}
    assert len(start_script(configuration="c" * LARGEST_CONFIGURATION, **longest).encode()) <= 16384


def test_a_list_that_no_instance_can_hold_is_refused(scope: cdk.Stack) -> None:
    given: dict[str, Any] = {
        "client_vpcs": [vpc(scope, "A", "10.1.0.0/24")],
        "target_vpcs": [vpc(scope, "B", "10.2.0.0/24")],
    }
    names = [f"{'a' * 60}.{'b' * 60}.host-{number}.example.com" for number in range(100)]
    with pytest.raises(ValueError, match=r"^destinations must fit into an instance's user data: 12288 bytes of "):
        PeeringProxy(scope, "Proxy", destinations=[ProxyDestination(host=name) for name in names], **given)


def test_vpcs_that_cannot_be_joined(scope: cdk.Stack) -> None:
    one, two, inside, same = (
        vpc(scope, name, cidr)
        for name, cidr in (("A", "10.1.0.0/24"), ("B", "10.2.0.0/24"), ("C", "10.255.0.0/24"), ("D", "10.1.0.0/25"))
    )
    imported = ec2.Vpc.from_vpc_attributes(scope, "E", vpc_id="vpc-1", availability_zones=["eu-west-1a"])
    for clients, targets, message in (
        ([one], [inside], r"target_vpcs: \S+/C must not overlap the proxy \(10.255.0.0/24\), got 10.255.0.0/24"),
        ([one, same], [two], r"client_vpcs: \S+/D must not overlap \S+/A \(10.1.0.0/24\), got 10.1.0.0/25"),
        ([one], [one], r"target_vpcs must differ from each other and from the others, got \S+/A twice"),
        ([imported], [two], r"client_vpcs must have ranges that are known at synthesis, got \S+/E without one"),
    ):
        listed = [ProxyDestination(host="ledger.billing.internal")]
        with pytest.raises(ValueError, match=f"^{message}$"):
            PeeringProxy(scope, "Proxy", client_vpcs=clients, target_vpcs=targets, destinations=listed)


def test_names_resolve_to_private_addresses_over_both_peerings() -> None:
    made = properties(example("peering-proxy", "agnostic"), "Custom::AWS")
    assert len(made) == 2
    for one in made:
        call = str(one["Create"])
        assert "modifyVpcPeeringConnectionOptions" in call
        for side in ("RequesterPeeringConnectionOptions", "AccepterPeeringConnectionOptions"):
            assert f'"{side}":{{"AllowDnsResolutionFromRemoteVpc":true}}' in call


def test_clients_and_targets_may_have_one_range_as_no_table_leads_to_both() -> None:
    found = Network.from_templates(overlapping().templates, contracts=HARMLESS)
    found.assert_holds(
        reaches("Proxy/Network/Fleet*", "Ledger/Workload*", port=8443),
        isolated("Orders/Workload*", "Ledger/Workload*"),
        isolated("Ledger/Workload*", "Orders/Workload*"),
        isolated("Proxy/Network/Fleet*", "Orders/Workload*"),
    )


def test_where_groups_are_named_no_range_is_let_in() -> None:
    [front] = [
        one
        for one in properties(overlapping(), "AWS::EC2::SecurityGroup")
        if "Load balancer" in one["GroupDescription"]
    ]
    assert "SecurityGroupIngress" not in front
    named = [
        one for one in properties(overlapping(), "AWS::EC2::SecurityGroupIngress") if "a client" in one["Description"]
    ]
    assert [one["FromPort"] for one in named] == [3128]
    assert "Callers" in str(named[0]["SourceSecurityGroupId"])


def test_the_load_balancer_tells_the_proxy_who_calls_and_asks_for_its_health() -> None:
    [group] = properties(example("peering-proxy", "agnostic"), "AWS::ElasticLoadBalancingV2::TargetGroup")
    attributes = {one["Key"]: one["Value"] for one in group["TargetGroupAttributes"]}
    assert attributes["proxy_protocol_v2.enabled"] == "true"
    assert attributes["preserve_client_ip.enabled"] == "false"
    assert (group["HealthCheckProtocol"], group["HealthCheckPort"]) == ("HTTP", "8081")


def test_what_a_proxy_may_call_is_said_by_range_and_port() -> None:
    [group] = [
        one for one in properties(overlapping(), "AWS::EC2::SecurityGroup") if one["GroupDescription"] == "Proxies"
    ]
    out = {(str(one["CidrIp"]), one["FromPort"]) for one in group["SecurityGroupEgress"]}
    assert ("0.0.0.0/0", 443) in out  # Amazon S3 and CloudWatch Logs: nothing else has a route, but for targets
    [target] = out - {("0.0.0.0/0", 443)}
    assert target[1] == 8443


def test_clients_cannot_route_through_the_peering() -> None:
    """Peering leads to the proxy's VPC and no further, whatever a table says."""
    [stack] = read(example("peering-proxy", "agnostic").directory)
    template = copy.deepcopy(stack.template)
    made = Templates({stack.name: template})
    for number, way in enumerate(made.of("EC2::Route", "OrdersVpcPeeredWithFrontWorkload")):
        detour = {**way["Properties"], "DestinationCidrBlock": "10.2.0.0/24"}
        made.add(f"Detour{number}", "EC2::Route", **detour)
    found = Network([dataclasses.replace(stack, template=template)], Contracts.from_data(HARMLESS))
    found.assert_holds(isolated("Orders/Workload*", "Billing/Workload*"))


@pytest.mark.parametrize(("port", "wanted"), [(443, Verdict.FAILS), (8443, Verdict.HOLDS)])
def test_a_contract_lets_the_prover_follow_a_connection_through_the_proxy(port: int, wanted: Verdict) -> None:
    declared = {"appliances": {"Proxy/Group/ASG": {"does": "proxies", "to": ["10.2.0.0/24"]}}}
    found = Network.load(
        example("peering-proxy", "agnostic").directory, contracts=Contracts.from_data(HARMLESS | declared)
    )
    proof = found.prove(isolated("Orders/Workload*", "Billing/Workload*", port=port))
    assert proof.verdict is wanted, str(proof)
    assert found.prove(isolated("Billing/Workload*", "Orders/Workload*", port=port)).verdict is Verdict.HOLDS


def test_instances_have_no_address_of_the_internet_and_no_old_metadata() -> None:
    [template] = properties(example("peering-proxy", "agnostic"), "AWS::EC2::LaunchTemplate")
    data = template["LaunchTemplateData"]
    assert data["MetadataOptions"] == {"HttpPutResponseHopLimit": 1, "HttpTokens": "required"}
    assert all(one["Ebs"]["Encrypted"] for one in data["BlockDeviceMappings"])
    assert not properties(example("peering-proxy", "agnostic"), "AWS::EC2::InternetGateway")


def test_programs_are_told_where_the_proxy_is(scope: cdk.Stack) -> None:
    made = PeeringProxy(
        scope,
        "Proxy",
        client_vpcs=[vpc(scope, "A", "10.1.0.0/24")],
        target_vpcs=[vpc(scope, "B", "10.2.0.0/24")],
        destinations=[ProxyDestination(host="ledger.billing.internal")],
        port=8888,
    )
    told = made.environment()
    assert told["HTTP_PROXY"] == told["HTTPS_PROXY"] == made.url
    assert made.url.endswith(":8888")
    assert "169.254.169.254" in told["NO_PROXY"]


@memoized
def in_an_existing_vpc() -> Synthesis:
    return network(beside)


def test_in_an_existing_vpc_the_proxies_let_the_load_balancer_in_alone() -> None:
    synthesis = in_an_existing_vpc()
    groups = synthesis.resources("AWS::EC2::SecurityGroup")
    [proxies] = [name for name in groups if name.startswith("ProxySecurityGroup")]
    [front] = [name for name in groups if name.startswith("ProxyFrontSecurityGroup")]
    assert "SecurityGroupIngress" not in groups[proxies]["Properties"]
    rules = properties(synthesis, "AWS::EC2::SecurityGroupIngress")
    into = [one for one in rules if one["GroupId"]["Fn::GetAtt"][0] == proxies]
    assert sorted(one["FromPort"] for one in into) == [3128, 8081]
    assert all(one["SourceSecurityGroupId"]["Fn::GetAtt"][0] == front for one in into)
    # Its own ways to AWS services may be there, and AWS takes none of them twice.
    assert not synthesis.resources("AWS::EC2::VPCEndpoint")
    [group] = properties(synthesis, "AWS::AutoScaling::AutoScalingGroup")
    [balancer] = properties(synthesis, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert group["VPCZoneIdentifier"] == balancer["Subnets"]
    assert len(balancer["Subnets"]) == 2


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (lambda own: own.public_subnets[:1], r"^subnets must be in two zones or more, got 1 of Test/Own$"),
        (
            lambda own: [own.public_subnets[0], own.isolated_subnets[0]],
            r"^subnets must be one in each zone, got two in one zone of Test/Own$",
        ),
    ],
)
def test_subnets_of_an_existing_vpc_are_one_in_each_of_two_zones(
    scope: cdk.Stack, chosen: Callable[[ec2.Vpc], list[ec2.ISubnet]], message: str
) -> None:
    own = ec2.Vpc(scope, "Own", ip_addresses=ec2.IpAddresses.cidr("10.3.0.0/24"), nat_gateways=0, max_azs=2)
    with pytest.raises(ValueError, match=message):
        PeeringProxy(
            scope,
            "Proxy",
            vpc=own,
            subnets=ec2.SubnetSelection(subnets=chosen(own)),
            client_vpcs=[vpc(scope, "Orders", "10.1.0.0/24")],
            target_vpcs=[vpc(scope, "Billing", "10.2.0.0/24")],
            destinations=[ProxyDestination(host="ledger.billing.internal")],
        )


def test_subnets_that_are_chosen_hold_the_load_balancer_and_the_proxies(scope: cdk.Stack) -> None:
    own = ec2.Vpc(scope, "Own", ip_addresses=ec2.IpAddresses.cidr("10.3.0.0/24"), nat_gateways=0, max_azs=2)
    made = PeeringProxy(
        scope,
        "Proxy",
        vpc=own,
        subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
        client_vpcs=[vpc(scope, "Orders", "10.1.0.0/24")],
        target_vpcs=[vpc(scope, "Billing", "10.2.0.0/24")],
        destinations=[ProxyDestination(host="ledger.billing.internal")],
    )
    chosen = scope.resolve([each.subnet_id for each in own.public_subnets])
    balancer, group = made.load_balancer.node.default_child, made.group.node.default_child
    assert isinstance(balancer, elbv2.CfnLoadBalancer)
    assert isinstance(group, autoscaling.CfnAutoScalingGroup)
    assert scope.resolve(balancer.subnets) == scope.resolve(group.vpc_zone_identifier) == chosen
