from typing import Any

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from tests.refusals import Refusal


def given(vpc: ec2.IVpc, **arguments: Any) -> dict[str, Any]:
    plain = {"vpc": vpc, "company_domains": ["corp.example.com"], "company_servers": ["192.168.0.2"]}
    return plain | arguments


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda scope: given(ec2.Vpc(scope, "Vpc"), **arguments))


def itself(scope: Construct) -> dict[str, Any]:
    vpc = ec2.Vpc(scope, "Vpc")
    return given(vpc, vpcs=[vpc])


def in_one_zone(scope: Construct) -> dict[str, Any]:
    vpc = ec2.Vpc(scope, "Vpc")
    return given(vpc, subnets=[vpc.private_subnets[0], vpc.private_subnets[0]])


def beside(scope: Construct) -> dict[str, Any]:
    tiers = [
        ec2.SubnetConfiguration(name=name, subnet_type=ec2.SubnetType.PRIVATE_ISOLATED) for name in ("First", "Again")
    ]
    vpc = ec2.Vpc(scope, "Vpc", subnet_configuration=tiers)
    chosen = [vpc.select_subnets(subnet_group_name=name).subnets[0] for name in ("First", "Again")]
    return given(vpc, subnets=chosen)


REFUSALS = [
    refused("company_domains must hold 1 to 50 domains, got none", company_domains=[]),
    refused("company_domains must be the company's own, got eu-west-1.compute.internal, which AWS answers",
            company_domains=["eu-west-1.compute.internal"]),
    refused("company_domains must name each once, got a.example.com, a.example.com",
            company_domains=["a.example.com", "a.example.com"]),
    refused("company_servers must be a private IPv4 address (RFC 1918 or RFC 6598), got 8.8.8.8",
            company_servers=["8.8.8.8"]),
    refused("company_servers must be a private IPv4 address (RFC 1918 or RFC 6598), got dns", company_servers=["dns"]),
    refused("company_servers must differ, got 192.168.0.2 twice",
            company_servers=["192.168.0.2", "192.168.0.2"]),
    refused("company_servers must be outside the VPC, got 10.0.0.2 of 10.0.0.0/16: names forwarded there come back",
            company_servers=["10.0.0.2"]),
    refused("company_ranges must be private (RFC 1918 or RFC 6598), got 0.0.0.0/0", company_ranges=["0.0.0.0/0"]),
    refused("company_ranges must be an IPv4 CIDR block such as 10.0.0.0/16, got 192.168.0.1/20",
            company_ranges=["192.168.0.1/20"]),
    refused("shared_with must differ, got 222233334444 twice",
            shared_with=["222233334444", "222233334444"]),
    Refusal("vpcs must name other VPCs than vpc, got Test/Given10/Vpc", itself),
    Refusal("subnets must differ, got Test/Given11/Vpc/PrivateSubnet1 twice",
            in_one_zone),
    Refusal("vpc must have isolated or private subnets in two zones, got 1",
            lambda scope: given(ec2.Vpc(scope, "Vpc", max_azs=1))),
    Refusal("vpc[0] must have enable_dns_support, got Test/Given13/Vpc, which has it off",
            lambda scope: given(ec2.Vpc(scope, "Vpc", enable_dns_support=False, enable_dns_hostnames=False))),
    Refusal("subnets must be in different zones, got Test/Given14/Vpc/AgainSubnet1 in the zone of another", beside),
    *(
        refused(f"company_servers must be a private IPv4 address (RFC 1918 or RFC 6598), got {one}",
                company_servers=[one])
        for one in ("0.1.2.3", "127.0.0.1", "169.254.1.1", "192.0.2.1", "240.0.0.1", "255.255.255.255")
    ),
    *(
        refused(f"company_ranges must be private (RFC 1918 or RFC 6598), got {one}", company_ranges=[one])
        for one in ("192.0.2.0/24", "240.0.0.0/8")
    ),
]  # fmt: skip
