"""Guards that go or let more through, and what stands in their order."""

from __future__ import annotations

from typing import Any

import pytest

from tests.patternkit.upgrade.lines import changes, lines, lines_of, resource

Properties = dict[str, Any]

WEAKER: dict[str, tuple[str, Properties, Properties]] = {
    "block of public access": (
        "EC2::VPCBlockPublicAccessOptions",
        {"InternetGatewayBlockMode": "block-bidirectional"},
        {"InternetGatewayBlockMode": "block-ingress"},
    ),
    "encryption control": ("EC2::VPCEncryptionControl", {"Mode": "enforce"}, {"Mode": "monitor"}),
    "acceptance": ("EC2::VPCEndpointService", {"AcceptanceRequired": True}, {"AcceptanceRequired": "false"}),
    "attachments": ("EC2::TransitGateway", {}, {"AutoAcceptSharedAttachments": "enable"}),
    "lattice": ("VpcLattice::Service", {"AuthType": "AWS_IAM"}, {"AuthType": "NONE"}),
    "lattice network": ("VpcLattice::ServiceNetwork", {"AuthType": "AWS_IAM"}, {}),
    "clients' certificates": (
        "ElasticLoadBalancingV2::Listener",
        {"MutualAuthentication": {"Mode": "verify"}},
        {"MutualAuthentication": {"Mode": "passthrough"}},
    ),
    "sign-up": (
        "Cognito::UserPool",
        {"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}},
        {"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False}},
    ),
    "second factor": ("Cognito::UserPool", {"MfaConfiguration": "ON"}, {"MfaConfiguration": "OPTIONAL"}),
    "private GraphQL": ("AppSync::GraphQLApi", {"Visibility": "PRIVATE"}, {}),
    "share": ("RAM::ResourceShare", {"AllowExternalPrincipals": False}, {"AllowExternalPrincipals": True}),
    "file server": ("Transfer::Server", {"EndpointType": "VPC"}, {"EndpointType": "PUBLIC"}),
    "stateless default": (
        "NetworkFirewall::FirewallPolicy",
        {"FirewallPolicy": {"StatelessDefaultActions": ["aws:forward_to_sfe"]}},
        {"FirewallPolicy": {"StatelessDefaultActions": ["aws:pass"]}},
    ),
    "stateful default": (
        "NetworkFirewall::FirewallPolicy",
        {"FirewallPolicy": {"StatefulDefaultActions": ["aws:drop_strict"]}},
        {"FirewallPolicy": {"StatefulDefaultActions": ["aws:alert_strict"]}},
    ),
    "streams": (
        "NetworkFirewall::FirewallPolicy",
        {"FirewallPolicy": {"StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER"}}},
        {"FirewallPolicy": {"StatefulEngineOptions": {"StreamExceptionPolicy": "CONTINUE"}}},
    ),
    "signed addresses": (
        "CloudFront::Distribution",
        {"DistributionConfig": {"DefaultCacheBehavior": {"TrustedKeyGroups": ["k"]}}},
        {"DistributionConfig": {"DefaultCacheBehavior": {}}},
    ),
    "distribution's web ACL": (
        "CloudFront::Distribution",
        {"DistributionConfig": {"WebACLId": "arn"}},
        {"DistributionConfig": {"WebACLId": {"Ref": "AWS::NoValue"}}},
    ),
    "web ACL's default": (
        "WAFv2::WebACL",
        {"DefaultAction": {"Block": {}}},
        {"DefaultAction": {"Allow": {}}},
    ),
    "web ACL's rule": (
        "WAFv2::WebACL",
        {"Rules": [{"Name": "Geo", "Action": {"Block": {}}}]},
        {"Rules": [{"Name": "Geo", "Action": {"Count": {}}}]},
    ),
    "web ACL's group": (
        "WAFv2::WebACL",
        {"Rules": [{"Name": "Common", "OverrideAction": {"None": {}}}]},
        {"Rules": []},
    ),
    "prefix list": (
        "EC2::PrefixList",
        {"Entries": [{"Cidr": "10.0.0.0/24"}]},
        {"Entries": [{"Cidr": "10.0.0.0/24"}, {"Cidr": "203.0.113.0/24"}]},
    ),
}


@pytest.mark.parametrize("name", WEAKER)
def test_what_lets_more_through(name: str) -> None:
    kind, strong, weak = WEAKER[name]
    (told,) = [one for one in lines_of(kind, strong, weak) if one.startswith("danger")]
    assert told.startswith("danger: exposure: It: ")
    assert not lines_of(kind, weak, strong)
    assert not lines_of(kind, strong, strong)


GUARDS: dict[str, Properties] = {
    "EC2::SubnetNetworkAclAssociation": {"SubnetId": {"Ref": "Subnet"}, "NetworkAclId": "acl-1"},
    "EC2::VPCBlockPublicAccessOptions": {"InternetGatewayBlockMode": "block-bidirectional"},
    "EC2::VPCEncryptionControl": {"VpcId": {"Ref": "Subnet"}, "Mode": "enforce"},
    "Route53Resolver::FirewallRuleGroupAssociation": {"VpcId": {"Ref": "Subnet"}, "FirewallRuleGroupId": "g"},
    "WAFv2::WebACLAssociation": {"ResourceArn": {"Fn::GetAtt": ["Subnet", "Arn"]}, "WebACLArn": "arn"},
}


@pytest.mark.parametrize("kind", GUARDS)
def test_a_guard_that_goes(kind: str) -> None:
    kept = {"Subnet": resource("EC2::Subnet", VpcId="vpc-1")}
    guard = resource(kind, **GUARDS[kind])
    (told,) = [one for one in lines(kept | {"Guard": guard}, kept) if "exposure" in one]
    assert told.startswith(f"danger: exposure: Guard: the AWS::{kind} goes: ")
    # The same by another name, and one that goes with what it guards.
    assert not [one for one in lines(kept | {"Guard": guard}, kept | {"Other": guard}) if "exposure" in one]
    named = [one for one in lines(kept | {"Guard": guard}, {}) if "exposure" in one]
    assert bool(named) == (kind == "EC2::VPCBlockPublicAccessOptions")


def test_a_network_that_is_excluded_from_the_block() -> None:
    kept = {"Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/16")}
    mode = "allow-bidirectional"
    exclusion = resource("EC2::VPCBlockPublicAccessExclusion", VpcId={"Ref": "Vpc"}, InternetGatewayExclusionMode=mode)
    told = [f"danger: exposure: Out: Vpc is excluded from block public access with {mode}"]
    assert lines(kept, kept | {"Out": exclusion}) == told
    assert not lines({}, kept | {"Out": exclusion})


def entry(number: int, action: str, cidr: str, protocol: int = -1, port: int | None = None) -> dict[str, Any]:
    return resource(
        "EC2::NetworkAclEntry",
        NetworkAclId={"Ref": "Acl"},
        RuleNumber=number,
        RuleAction=action,
        CidrBlock=cidr,
        Protocol=protocol,
        PortRange=None if port is None else {"From": port, "To": port},
    )


def acl(**entries: dict[str, Any]) -> dict[str, Any]:
    return {"Acl": resource("EC2::NetworkAcl", VpcId="vpc-1"), **entries}


def dangers(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [str(one) for one in changes(old, new) if one.dangerous]


def test_the_first_rule_that_fits_decides() -> None:
    allow = entry(200, "allow", "10.0.0.0/8")
    before = acl(Deny=entry(100, "deny", "10.9.0.0/16"), Allow=allow)
    reason = "Acl denied every port from 10.9.0.0/16, and lets every port from 10.0.0.0/8 through before that"
    told = [f"danger: exposure: Allow: {reason}"]
    assert dangers(before, acl(Deny=entry(300, "deny", "10.9.0.0/16"), Allow=allow)) == told
    assert dangers(before, acl(Deny=before["Deny"], Allow=entry(50, "allow", "10.0.0.0/8"))) == told
    assert not dangers(before, acl(Deny=entry(150, "deny", "10.9.0.0/16"), Allow=allow))


def test_rules_that_do_not_meet_have_no_order() -> None:
    far, web = entry(100, "deny", "192.168.0.0/16"), entry(100, "deny", "10.9.0.0/16", 6, 443)
    for denial, allow in ((far, entry(200, "allow", "10.0.0.0/8")), (web, entry(200, "allow", "10.0.0.0/8", 6, 80))):
        late = {**denial, "Properties": {**denial["Properties"], "RuleNumber": 300}}
        assert not dangers(acl(Deny=denial, Allow=allow), acl(Deny=late, Allow=allow))
    same, late = entry(100, "deny", "10.9.0.0/16", 6, 80), entry(300, "deny", "10.9.0.0/16", 6, 80)
    allow = entry(200, "allow", "10.0.0.0/8", 6, 80)
    assert dangers(acl(Deny=same, Allow=allow), acl(Deny=late, Allow=allow))


def test_a_network_acl_that_lets_anybody_in() -> None:
    told = ["danger: exposure: All: Acl lets every port from 0.0.0.0/0 through, and did not"]
    assert dangers(acl(), acl(All=entry(100, "allow", "0.0.0.0/0"))) == told
