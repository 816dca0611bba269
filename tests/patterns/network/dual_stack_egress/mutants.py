from typing import Any

from tests.patterns.network.mutants import Mutant, Templates

BY_IPV6 = ("dual-stack hosts go out by IPv6", "IPv6-only hosts go out by IPv6")
BY_NAT64 = "IPv6-only hosts reach by NAT64 what has only IPv4"
NOBODY_IN = "nobody on the internet reaches a host in the security group by IPv6"


def _acl_for_ipv4_only(made: Templates) -> None:
    made.add("Acl", "EC2::NetworkAcl", VpcId={"Ref": made.id_of("EC2::VPC")})
    rule: dict[str, Any] = {"NetworkAclId": {"Ref": "Acl"}, "RuleNumber": 100, "RuleAction": "allow", "Protocol": -1}
    made.add("AclIn", "EC2::NetworkAclEntry", CidrBlock="0.0.0.0/0", **rule)
    made.add("AclOut", "EC2::NetworkAclEntry", CidrBlock="0.0.0.0/0", Egress=True, **rule)
    for tier in ("DualStack1", "Ipv6Only1"):
        subnet = {"Ref": made.id_of("EC2::Subnet", tier)}
        made.add(f"Acl{tier}", "EC2::SubnetNetworkAclAssociation", NetworkAclId={"Ref": "Acl"}, SubnetId=subnet)


def _let_in(made: Templates) -> None:
    [group] = made.of("EC2::SecurityGroup", "Hosts")
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIpv6": "::/0"}
    group["Properties"]["SecurityGroupIngress"] = [rule]


def _all_by_one_nat_gateway(made: Templates) -> None:
    first = {"Fn::GetAtt": [made.id_of("EC2::NatGateway", "Nat1"), "NatGatewayId"]}
    made.change("EC2::Route", "OutByNat64", NatGatewayId=first)


MUTANTS = [
    Mutant("a security group that lets the internet in", _let_in, (NOBODY_IN,)),
    Mutant("no route of NAT64's range", lambda made: made.remove("EC2::Route", "OutByNat64"), (BY_NAT64,)),
    Mutant("a network ACL written for IPv4 only", _acl_for_ipv4_only, (*BY_IPV6, BY_NAT64)),
    Mutant("no default route of IPv6", lambda made: made.remove("EC2::Route", "OutByIpv6"), BY_IPV6),
    Mutant("NAT64 by another zone's gateway", _all_by_one_nat_gateway, ("NAT64 stays in its zone",)),
]
