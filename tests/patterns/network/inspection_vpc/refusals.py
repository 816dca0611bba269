from typing import Any

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_networkfirewall as networkfirewall
from constructs import Construct

from tests.refusals import Refusal


def own_policy(scope: Construct) -> networkfirewall.CfnFirewallPolicy:
    policy = networkfirewall.CfnFirewallPolicy
    return policy(
        scope,
        "Policy",
        firewall_policy_name="own",
        firewall_policy=policy.FirewallPolicyProperty(
            stateless_default_actions=["aws:forward_to_sfe"],
            stateless_fragment_default_actions=["aws:forward_to_sfe"],
        ),
    )


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


REFUSALS = [
    refused("inspect must be one of all, east-west, north-south, got 'some'", inspect="some"),
    refused("firewall_attachment must be one of transit-gateway, vpc, got 'nat'", firewall_attachment="nat"),
    refused("egress must be one of egress-vpc, inspection-vpc, none, got 'nat'", egress="nat"),
    refused("stream_exception must be one of CONTINUE, DROP, REJECT, got 'IGNORE'", stream_exception="IGNORE"),
    refused("dropped_packets must be between 1 and 1000000000 packets, got 0", dropped_packets=0),
    refused("max_azs must be 2 or 3, got 1", max_azs=1),
    refused("max_azs must be 2 or 3, got 4", max_azs=4),
    refused("availability_zones must hold 2 or 3 zones, got 1", availability_zones=["eu-west-1a"]),
    refused("availability_zones must differ, got eu-west-1a twice", availability_zones=["eu-west-1a", "eu-west-1a"]),
    refused(
        "egress must be egress-vpc or none with a firewall on the gateway, got inspection-vpc",
        firewall_attachment="transit-gateway",
        egress="inspection-vpc",
    ),
    refused(
        'ipv6 must be off with firewall_attachment="transit-gateway": AWS does not say that a firewall on the gateway '
        "takes IPv6",
        firewall_attachment="transit-gateway",
        ipv6=True,
    ),
    refused(
        "inspect must be all or north-south with egress in the inspection VPC, got east-west",
        inspect="east-west",
        egress="inspection-vpc",
    ),
    refused(
        "inspect must be all or north-south with share_with, got east-west",
        inspect="east-west",
        share_with=["444455556666"],
    ),
    refused(
        "share_with must be account ids or ARNs of an organization or its units, got 'everyone'",
        share_with=["everyone"],
    ),
    Refusal(
        "share_with must be empty with an existing gateway: share it where it is made",
        lambda scope: {
            "share_with": ["444455556666"],
            "transit_gateway": ec2.CfnTransitGateway.from_transit_gateway_id(
                scope, "Existing", "tgw-0123456789abcdef0"
            ),
        },
    ),
    Refusal(
        "policy must hold all rules itself, got allowed_domains or suricata_rules beside it",
        lambda scope: {
            "policy": own_policy(scope),
            "allowed_domains": [".example.com"],
        },
    ),
    refused("asn must be in 64512-65534 or 4200000000-4294967294, got 7224", asn=7224),
    refused("asn must be in 64512-65534 or 4200000000-4294967294, got 65535", asn=65535),
    refused("networks must hold at least 1, got none", networks=[]),
    refused("networks must be private (RFC 1918 or RFC 6598), got 8.0.0.0/8", networks=["8.0.0.0/8"]),
    refused(
        "networks must not overlap, got 10.0.0.0/8 and 10.1.0.0/16",
        networks=["10.0.0.0/8", "10.1.0.0/16"],
    ),
    refused(
        "inspection_cidr must be an IPv4 CIDR block such as 10.0.0.0/16, got everything",
        inspection_cidr="everything",
    ),
    refused(
        "inspection_cidr must be an IPv4 CIDR block such as 10.0.0.0/16, got fd00::/64", inspection_cidr="fd00::/64"
    ),
    refused(
        "inspection_cidr must be private (RFC 1918 or RFC 6598), got 8.8.8.0/24",
        inspection_cidr="8.8.8.0/24",
    ),
    refused("inspection_cidr must be between /16 and /28, got 10.0.0.0/8", inspection_cidr="10.0.0.0/8"),
    refused(
        "inspection_cidr must be at least a /25 to hold its subnets, got 100.64.0.0/26",
        inspection_cidr="100.64.0.0/26",
    ),
    refused(
        "egress_cidr must not overlap the inspection VPC (100.64.0.0/24), got 100.64.0.128/25",
        egress_cidr="100.64.0.128/25",
    ),
    refused(
        "allowed_domains must hold at most 2499 domains, got 2500",
        allowed_domains=[f"a{number}.example.com" for number in range(2500)],
    ),
    refused(
        "suricata_rules must be at most 5000 rules, the capacity of their group, got 5001: more of them need a policy",
        suricata_rules="".join(f"pass tcp any any -> any {one} (sid:{one};)\n" for one in range(1, 5002)),
    ),
    refused(
        "suricata_rules must be rules of different sid, got 7 twice",
        suricata_rules="# sid 7\npass tcp any any -> any 1 (sid:7;)\n\npass tcp any any -> any 2 (rev:2; sid: 7;)",
    ),
]
