"""How clients reach an application: by which name, with which certificate, and what is kept at the edge."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_wafv2 as wafv2

from patterns.building_blocks.signature import check
from patterns.web.load_balancing.edge_front import EdgeFront, KeyHeaders
from patterns.web.load_balancing.https_front import HttpsFront
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import properties

NAME = "www.example.com"


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


@pytest.fixture
def scope() -> cdk.Stack:
    env = cdk.Environment(account="111122223333", region="eu-west-1")
    return cdk.Stack(app_for_its_template(), "Test", env=env)


def certificate(scope: cdk.Stack, region: str) -> acm.ICertificate:
    arn = f"arn:aws:acm:{region}:111122223333:certificate/1"
    return acm.Certificate.from_certificate_arn(scope, f"Of{region}", arn)


def web_acl(scope: cdk.Stack, kind: str) -> wafv2.CfnWebACL:
    visibility: Any = {"cloudWatchMetricsEnabled": True, "metricName": "web", "sampledRequestsEnabled": True}
    return wafv2.CfnWebACL(scope, kind, scope=kind, default_action={"allow": {}}, visibility_config=visibility)


def zone(scope: cdk.Stack) -> route53.IHostedZone:
    return route53.HostedZone.from_hosted_zone_attributes(scope, "Zone", hosted_zone_id="Z1", zone_name="example.com")


def front(**more: Any) -> HttpsFront:
    given: dict[str, Any] = dict.fromkeys(("certificate", "domain_name", "hosted_zone", "web_acl"))
    return HttpsFront(**(given | more))


def test_a_name_needs_a_certificate_or_a_zone_to_make_one_in(scope: cdk.Stack) -> None:
    own, in_zone = certificate(scope, "eu-west-1"), zone(scope)
    regional, edge = web_acl(scope, "REGIONAL"), web_acl(scope, "CLOUDFRONT")
    for right in (
        front(certificate=own),
        front(certificate=own, domain_name=NAME),
        front(domain_name=NAME, hosted_zone=in_zone),
        front(certificate=own, domain_name=NAME, hosted_zone=in_zone, web_acl=regional),
    ):
        right.check(scope)
    theirs = certificate(scope, "us-east-1")
    for wrong, said in (
        (front(hosted_zone=in_zone), "hosted_zone needs domain_name: which name in it should lead here?"),
        (front(), "certificate must be given, or domain_name and hosted_zone to make one for, got none"),
        (front(domain_name=NAME), f"domain_name needs certificate, or hosted_zone to make one in, got '{NAME}' alone"),
        (
            front(domain_name="www.example.org", hosted_zone=in_zone),
            "domain_name must be example.com or end in .example.com, got 'www.example.org'",
        ),
        (
            front(certificate=theirs),
            "certificate must be in eu-west-1, the Region of the stack, got one in us-east-1",
        ),
        (front(certificate=own, web_acl=edge), "web_acl must have the scope REGIONAL, got CLOUDFRONT"),
        (
            front(certificate=own, edge=EdgeFront(certificate=theirs)),
            "edge needs domain_name: the load balancer's certificate must be that of a known name",
        ),
    ):
        with refused(said):
            wrong.check(scope)


def test_a_certificate_is_made_in_the_zone_where_none_is_given(scope: cdk.Stack) -> None:
    own = certificate(scope, "eu-west-1")
    assert front(certificate=own, domain_name=NAME).certificate_in(scope) is own
    front(domain_name=NAME, hosted_zone=zone(scope)).certificate_in(scope)
    assert properties(scope, "AWS::CertificateManager::Certificate") == {
        "Certificate": {
            "DomainName": NAME,
            "DomainValidationOptions": [{"DomainName": NAME, "HostedZoneId": "Z1"}],
            "Tags": [{"Key": "Name", "Value": "Test/Certificate"}],
            "ValidationMethod": "DNS",
        }
    }


def test_what_cloudfront_does_not_take_is_refused(scope: cdk.Stack) -> None:
    own = certificate(scope, "us-east-1")
    cached: dict[str, Any] = {"certificate": own, "cached_paths": ["/static/*"]}
    EdgeFront(certificate=own, error_time=Duration.seconds(5)).check(NAME)
    EdgeFront(
        **cached, key_headers=["Accept"], key_cookies=["a"], key_queries=[], usual_time=Duration.seconds(5)
    ).check(NAME)
    cases: list[tuple[dict[str, Any], str]] = [
        (
            {"certificate": certificate(scope, "eu-west-1")},
            "edge: certificate must be in us-east-1, where CloudFront looks for it, got one in eu-west-1",
        ),
        (
            {"certificate": own, "web_acl": web_acl(scope, "REGIONAL")},
            "edge: web_acl must have the scope CLOUDFRONT, got REGIONAL",
        ),
        *(
            ({"certificate": own, name: value}, f"edge: {name} needs cached_paths: nothing is cached without them")
            for name, value in (
                ("key_headers", ["Accept"]),
                ("key_cookies", ["a"]),
                ("key_queries", []),
                ("usual_time", Duration.seconds(0)),
                ("longest_time", Duration.seconds(0)),
            )
        ),
        (
            {**cached, "key_headers": ["Accept", "HOST"]},
            "edge: key_headers must not name Host: it always tells answers apart",
        ),
        ({**cached, "key_headers": ["TE"]}, "edge: key_headers must not name TE: CloudFront takes it into no key"),
        (
            {**cached, "usual_time": Duration.days(2)},
            "edge: usual_time must be up to longest_time, 86400 seconds, got 172800 seconds",
        ),
    ]
    for given, said in cases:
        with refused(said):
            EdgeFront(**given).check(NAME)


def test_nothing_is_cached_and_all_queries_tell_answers_apart_unless_it_is_said(scope: cdk.Stack) -> None:
    own = certificate(scope, "us-east-1")
    plain = EdgeFront(certificate=own).cache()
    assert (plain.headers, plain.cookies, plain.queries, plain.cached_paths) == (("Host",), (), None, ())
    assert [one.to_seconds() for one in (plain.usual_time, plain.longest_time, plain.error_time)] == [0, 86_400, 0]
    said = EdgeFront(
        certificate=own,
        cached_paths=["/static/*"],
        key_headers=["Accept"],
        key_cookies=["a"],
        key_queries=["b"],
        usual_time=Duration.seconds(1),
        longest_time=Duration.seconds(2),
        error_time=Duration.seconds(3),
    ).cache()
    assert (said.headers, said.cookies, said.queries) == (("Host", "Accept"), ["a"], ["b"])
    assert (said.cached_paths, said.uncached_paths) == (("/static/*",), ())
    assert [one.to_seconds() for one in (said.usual_time, said.longest_time, said.error_time)] == [1, 2, 3]


def test_eight_headers_are_the_most(scope: cdk.Stack) -> None:
    check("key_headers", [f"A{one}" for one in range(8)], KeyHeaders)
    with refused("key_headers must hold at most 8 headers, got 9"):
        check("key_headers", [f"A{one}" for one in range(9)], KeyHeaders)
    with refused("key_headers must be header names, got 'a b'"):
        check("key_headers", ["a b"], KeyHeaders)
    token = cdk.CfnParameter(scope, "Names", type="CommaDelimitedList").value_as_list
    with refused("key_headers must be known when the template is made, got a token: the cache's key depends on it"):
        check("key_headers", token, KeyHeaders)
