"""Who is answered what, and where port 53 goes, proved from the example; and mutants of it, each by its promise."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from patternkit import routes
from patternkit.dns import Names, answers, no_loop
from patternkit.dns.promises import Promise
from patternkit.routes import Network, reaches
from patternkit.verdict import Verdict
from tests.conftest import ENVIRONMENTS, example

STACK = "HybridDnsStack"
DB, APP = "db.corp.example.com", "app.aws.example.com"
COMPANY = "192.168.0.0/20"


def contracts(**forwards: list[str]) -> dict[str, Any]:
    company = {
        "servers": ["192.168.0.2", "192.168.0.3"],
        "zones": {"corp.example.com": {"db": {"A": ["192.168.1.1"]}}},
        "forwards": {"aws.example.com": [f"{STACK}/Names/Inbound"], **forwards},
    }
    return {"sites": {"Company": company}}


def template(environment: str = "agnostic") -> dict[str, Any]:
    """The example with a private zone of the VPC, which the company asks for."""
    made = copy.deepcopy(dict(example("hybrid-dns", environment).template))
    [vpc] = of(made, "AWS::EC2::VPC")
    zone = {"Name": "aws.example.com", "VPCs": [{"VPCId": {"Ref": vpc}, "VPCRegion": "eu-west-1"}]}
    record = {"HostedZoneId": {"Ref": "Zone"}, "Name": APP, "Type": "A", "TTL": "60", "ResourceRecords": ["10.0.0.5"]}
    made["Resources"] |= {
        "Zone": {"Type": "AWS::Route53::HostedZone", "Properties": zone},
        "App": {"Type": "AWS::Route53::RecordSet", "Properties": record},
    }
    return made


def of(template: dict[str, Any], kind: str) -> list[str]:
    return [name for name, one in template["Resources"].items() if one["Type"] == kind]


def names(template: dict[str, Any], **forwards: list[str]) -> Names:
    inbound = next(name for name in of(template, "AWS::Route53Resolver::ResolverEndpoint") if "Inbound" in name)
    given = contracts(**forwards)
    site = given["sites"]["Company"]
    site["forwards"] = {domain: [f"{STACK}/{inbound}"] for domain in site["forwards"]}
    return Names.from_templates({STACK: template}, contracts=given)


OUT = answers(DB, "192.168.1.1", source="every VPC")
IN = answers(APP, "10.0.0.5", source="Company")
PROMISES = [OUT, IN, no_loop()]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_vpc_and_company_resolve_each_others_names_and_nothing_goes_round(environment: str) -> None:
    names(template(environment)).assert_holds(*PROMISES)


def drop(template: dict[str, Any], kind: str) -> None:
    [gone] = of(template, kind)
    del template["Resources"][gone]


def no_association(template: dict[str, Any]) -> None:
    drop(template, "AWS::Route53Resolver::ResolverRuleAssociation")


def no_rule(template: dict[str, Any]) -> None:
    no_association(template)
    drop(template, "AWS::Route53Resolver::ResolverRule")


def one_address(template: dict[str, Any]) -> None:
    for name in of(template, "AWS::Route53Resolver::ResolverEndpoint"):
        template["Resources"][name]["Properties"]["IpAddresses"].pop()


def through_the_inbound_endpoint(template: dict[str, Any]) -> None:
    [rule] = of(template, "AWS::Route53Resolver::ResolverRule")
    endpoint = next(one for one in of(template, "AWS::Route53Resolver::ResolverEndpoint") if "Inbound" in one)
    template["Resources"][rule]["Properties"]["ResolverEndpointId"] = {"Fn::GetAtt": [endpoint, "ResolverEndpointId"]}


def another_server(template: dict[str, Any]) -> None:
    [rule] = of(template, "AWS::Route53Resolver::ResolverRule")
    template["Resources"][rule]["Properties"]["TargetIps"] = [{"Ip": "192.168.9.9", "Port": "53"}]


def zone_not_of_the_vpc(template: dict[str, Any]) -> None:
    del template["Resources"]["Zone"]["Properties"]["VPCs"]
    template["Resources"]["Zone"]["Properties"]["VPCs"] = [{"VPCId": "vpc-0123456789abcdef0", "VPCRegion": "eu-west-1"}]


def dns_support_off(template: dict[str, Any]) -> None:
    [vpc] = of(template, "AWS::EC2::VPC")
    template["Resources"][vpc]["Properties"]["EnableDnsSupport"] = False


def aws_zone_forwarded(template: dict[str, Any]) -> None:
    """The company forwards the zone to AWS, and AWS to the company."""
    [rule] = of(template, "AWS::Route53Resolver::ResolverRule")
    template["Resources"][rule]["Properties"]["DomainName"] = "aws.example.com"


MUTANTS: list[tuple[Callable[[dict[str, Any]], None], Promise]] = [
    (no_association, OUT),
    (no_rule, OUT),
    (one_address, OUT),
    (through_the_inbound_endpoint, OUT),
    (another_server, OUT),
    (zone_not_of_the_vpc, IN),
    (dns_support_off, OUT),
    (aws_zone_forwarded, IN),
    (aws_zone_forwarded, no_loop()),
]


@pytest.mark.parametrize(("mutate", "promise"), MUTANTS, ids=[f"{one.__name__}-{p.kind}" for one, p in MUTANTS])
def test_each_fault_breaks_its_promise(mutate: Callable[[dict[str, Any]], None], promise: Promise) -> None:
    broken = template()
    mutate(broken)
    proof = names(broken).prove(promise)
    assert proof.verdict is not Verdict.HOLDS, str(proof)


def network(template: dict[str, Any]) -> Network:
    [vpn] = of(template, "AWS::EC2::VPNConnection")
    return Network.from_templates({STACK: template}, contracts={"prefixes": {f"{STACK}/{vpn}": [COMPANY]}})


def port_53(template: dict[str, Any]) -> list[routes.Promise]:
    [vpn] = of(template, "AWS::EC2::VPNConnection")
    subnets = [f"{STACK}/{one}" for one in of(template, "AWS::EC2::Subnet")]
    return [
        reaches(source, destination, port=53, protocol=protocol)
        for protocol in ("tcp", "udp")
        for source, destination in ((subnets, f"{STACK}/{vpn}"), (f"{STACK}/{vpn}", subnets))
    ]


def test_port_53_is_routed_both_ways_between_the_endpoints_and_the_company() -> None:
    made = dict(example("hybrid-dns", "agnostic").template)
    network(made).assert_holds(*port_53(made))
    endpoints = [made["Resources"][one]["Properties"] for one in of(made, "AWS::Route53Resolver::ResolverEndpoint")]
    held = {address["SubnetId"]["Ref"] for one in endpoints for address in one["IpAddresses"]}
    assert held == set(of(made, "AWS::EC2::Subnet"))


def test_without_a_route_to_the_company_port_53_is_not_reached() -> None:
    broken = copy.deepcopy(dict(example("hybrid-dns", "agnostic").template))
    asked = port_53(broken)
    drop(broken, "AWS::EC2::VPNGatewayRoutePropagation")
    assert all(network(broken).prove(one).verdict is Verdict.FAILS for one in asked)


def test_the_doors_are_open_for_port_53_over_tcp_and_udp_and_for_nothing_else() -> None:
    groups = example("hybrid-dns", "agnostic").resources("AWS::EC2::SecurityGroup").values()
    rules = {
        (way, rule["IpProtocol"], rule["FromPort"], rule["ToPort"], rule["CidrIp"])
        for one in groups
        for way in ("SecurityGroupIngress", "SecurityGroupEgress")
        for rule in one["Properties"].get(way, [])
        # Where nothing may go out, the CDK writes a rule that matches nothing.
        if rule["CidrIp"] != "255.255.255.255/32"
    }
    servers = ("192.168.0.2/32", "192.168.0.3/32")
    assert rules == {
        *(("SecurityGroupIngress", protocol, 53, 53, COMPANY) for protocol in ("tcp", "udp")),
        *(("SecurityGroupEgress", protocol, 53, 53, server) for protocol in ("tcp", "udp") for server in servers),
    }


def test_rules_are_shared_within_the_organization_and_every_query_is_logged() -> None:
    made = example("hybrid-dns", "agnostic")
    [share] = made.resources("AWS::RAM::ResourceShare").values()
    assert share["Properties"]["AllowExternalPrincipals"] is False
    assert len(share["Properties"]["ResourceArns"]) == len(made.resources("AWS::Route53Resolver::ResolverRule"))
    logged = made.resources("AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation").values()
    assert [one["Properties"]["ResourceId"]["Ref"] for one in logged] == list(made.resources("AWS::EC2::VPC"))
