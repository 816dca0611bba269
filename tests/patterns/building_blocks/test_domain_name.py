"""Domain names: how they are written, in which zone they are, and which records they get."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk.assertions import Template

from patterns.building_blocks.domain_name import (
    DomainName,
    HostName,
    alias_records,
    check_in_zone,
    check_public_name,
)
from patterns.building_blocks.signature import check
from tests.constructs import app_for_its_template

LABEL = "a" * 63
LONGEST = ".".join([LABEL, LABEL, LABEL, "a" * 61])


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


def zone(scope: cdk.Stack, name: str = "example.com") -> route53.IHostedZone:
    return route53.HostedZone.from_hosted_zone_attributes(scope, "Zone", hosted_zone_id="Z1", zone_name=name)


@pytest.mark.parametrize("name", ["a.co", "a-b.example.com", "1.a1", "xn--a.example.com", f"{LABEL}.com", LONGEST])
def test_what_dns_and_certificates_take_is_a_name(name: str) -> None:
    check("domain_name", name, HostName)
    check("domain_name", name, DomainName)


@pytest.mark.parametrize(
    "name",
    [
        "a.b", "com", "a..com", ".a.com", "a.com.", "-a.com", "a-.com", "a.-com", "a.com-", "a_b.com", "1.2.3.4",
        "*.a.com", f"a{LABEL}.com", f"a{LONGEST}", "a.com\n", "\u00e4.com",
    ],
)  # fmt: skip
def test_what_they_do_not_take_is_refused(name: str) -> None:
    for hint, kind in ((HostName, "a domain name"), (DomainName, "a lower-case domain name")):
        said = f"^domain_name must be {kind} of up to 253 letters, digits, hyphens and dots, got '"
        with pytest.raises(ValueError, match=said):
            check("domain_name", name, hint)


def test_capitals_are_for_hosts_alone() -> None:
    check("domain_name", "API.example.com", HostName)
    with refused(
        "domain_name must be a lower-case domain name of up to 253 letters, digits, hyphens and dots, got "
        "'API.example.com'"
    ):
        check("domain_name", "API.example.com", DomainName)


@pytest.mark.parametrize("written", ["example.com", "example.com.", "Example.COM"])
@pytest.mark.parametrize("name", ["example.com", "api.example.com", "a.b.example.com", "API.EXAMPLE.com"])
def test_a_name_is_in_its_zone_however_both_are_written(scope: cdk.Stack, name: str, written: str) -> None:
    check_in_zone(name, zone(scope, written))


@pytest.mark.parametrize("name", ["badexample.com", "example.org", "com", "example.com.org"])
def test_a_name_outside_the_zone_is_refused(scope: cdk.Stack, name: str) -> None:
    with refused(f"domain_name must be example.com or end in .example.com, got '{name}'"):
        check_in_zone(name, zone(scope, "example.com."))


def test_a_name_that_only_a_deployment_knows_passes(scope: cdk.Stack) -> None:
    token = cdk.Token.as_string({"Ref": "Name"})
    check_in_zone(token, zone(scope))
    check_in_zone("example.org", zone(cdk.Stack(app_for_its_template(), "Other"), token))


def test_the_parts_of_a_name_go_together(scope: cdk.Stack) -> None:
    arn = "arn:aws:acm:eu-west-1:111122223333:certificate/1"
    certificate = acm.Certificate.from_certificate_arn(scope, "Certificate", arn)
    own = zone(scope)
    check_public_name(None, None, None)
    check_public_name("api.example.org", certificate, None)
    check_public_name("api.example.com", certificate, own)
    for name, given, in_zone, said in (
        (None, certificate, None, "domain_name and certificate go together, got only certificate"),
        ("api.example.com", None, own, "domain_name and certificate go together, got only domain_name"),
        (None, None, own, "hosted_zone needs domain_name"),
        ("a.org", certificate, own, "domain_name must be example.com or end in .example.com, got 'a.org'"),
    ):  # fmt: skip
        with refused(said):
            check_public_name(name, given, in_zone)


def test_a_name_has_a_record_of_each_family(scope: cdk.Stack) -> None:
    distribution = cloudfront.Distribution.from_distribution_attributes(
        scope, "Distribution", domain_name="d1.cloudfront.net", distribution_id="E1"
    )
    alias_records(scope, zone(scope), "api.example.com", targets.CloudFrontTarget(distribution))
    records = Template.from_stack(scope).find_resources("AWS::Route53::RecordSet")
    assert [one.node.path for one in scope.node.find_all() if isinstance(one, route53.CfnRecordSet)] == [
        "Test/Ipv4/Resource",
        "Test/Ipv6/Resource",
    ]
    zone_of_alias = {"Fn::FindInMap": ["AWSCloudFrontPartitionHostedZoneIdMap", {"Ref": "AWS::Partition"}, "zoneId"]}
    assert sorted((one["Properties"] for one in records.values()), key=str) == [
        {
            "AliasTarget": {"DNSName": "d1.cloudfront.net", "HostedZoneId": zone_of_alias},
            "HostedZoneId": "Z1",
            "Name": "api.example.com.",
            "Type": kind,
        }
        for kind in ("A", "AAAA")
    ]
