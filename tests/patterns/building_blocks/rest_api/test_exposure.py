"""Where a REST API answers, and which requests reach it."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_wafv2 as wafv2

from patterns.building_blocks.rest_api.exposure import BurstLimit, Exposure, RateLimit
from patterns.building_blocks.signature import check
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import properties


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


def exposure(**more: Any) -> Exposure:
    given: dict[str, Any] = dict.fromkeys(("web_acl", "domain_name", "certificate", "hosted_zone"))
    return Exposure(**({"rate_limit": 10.5, "burst_limit": 20} | given | more))


def certificate(scope: cdk.Stack, region: str = "eu-west-1") -> acm.ICertificate:
    arn = f"arn:aws:acm:{region}:111122223333:certificate/1"
    return acm.Certificate.from_certificate_arn(scope, "Certificate", arn)


@pytest.mark.parametrize(
    ("hint", "said"),
    [(RateLimit, "between 1 and 100000 requests a second"), (BurstLimit, "between 1 and 100000 requests")],
)
def test_limits_are_from_one_to_a_hundred_thousand(hint: Any, said: str) -> None:
    for right in (1, 100_000):
        check("limit", right, hint)
    for wrong in (0, 100_001):
        with refused(f"limit must be {said}, got {wrong}"):
            check("limit", wrong, hint)


def test_a_domain_name_has_all_of_its_parts(scope: cdk.Stack) -> None:
    with refused("domain_name and certificate go together, got only domain_name"):
        exposure(domain_name="api.example.com")
    with refused("domain_name and certificate go together, got only certificate"):
        exposure(certificate=certificate(scope))


def test_what_is_of_another_region_is_refused() -> None:
    scope = cdk.Stack(app_for_its_template(), "Test", env=cdk.Environment(region="eu-west-1"))
    exposure().check(scope)
    exposure(domain_name="api.example.com", certificate=certificate(scope)).check(scope)
    there = certificate(cdk.Stack(app_for_its_template(), "Other"), "us-east-1")
    with refused("certificate must be in eu-west-1, the Region of the stack, got one in us-east-1"):
        exposure(domain_name="api.example.com", certificate=there).check(scope)
    visibility: Any = {"cloudWatchMetricsEnabled": True, "metricName": "web", "sampledRequestsEnabled": True}
    acl = wafv2.CfnWebACL(scope, "Acl", scope="CLOUDFRONT", default_action={"allow": {}}, visibility_config=visibility)
    with refused("web_acl must have the scope REGIONAL, got CLOUDFRONT"):
        exposure(web_acl=acl).check(scope)


def api(scope: cdk.Stack) -> apigateway.RestApi:
    made = apigateway.RestApi(scope, "Api", deploy_options=apigateway.StageOptions(stage_name="live"))
    made.root.add_method("GET")
    return made


@pytest.mark.parametrize("quota", [None, 5])
def test_a_key_may_call_the_stage_within_the_limits(scope: cdk.Stack, quota: int | None) -> None:
    of = api(scope)
    exposure().usage_plan(scope, of.deployment_stage, apigateway.ApiKey(scope, "Key"), quota)
    assert properties(scope, "AWS::ApiGateway::UsagePlan") == {
        "UsagePlan": {
            "ApiStages": [{"ApiId": {"Ref": "Api"}, "Stage": {"Ref": "Api/DeploymentStage.live"}, "Throttle": {}}],
            "Throttle": {"BurstLimit": 20, "RateLimit": 10.5},
            **({"Quota": {"Limit": 5, "Period": "DAY"}} if quota else {}),
        }
    }
    [key] = properties(scope, "AWS::ApiGateway::UsagePlanKey").values()
    assert key == {"KeyId": {"Ref": "Key"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": "UsagePlan"}}


@pytest.mark.parametrize("zoned", [False, True])
def test_a_domain_name_takes_new_tls_alone_and_has_records_in_its_zone(scope: cdk.Stack, zoned: bool) -> None:
    zone = route53.HostedZone.from_hosted_zone_attributes(scope, "Zone", hosted_zone_id="Z1", zone_name="example.com")
    given = exposure(domain_name="api.example.com", certificate=certificate(scope), hosted_zone=zone if zoned else None)
    domain = given.domain(scope, api(scope))
    assert domain is not None
    assert properties(scope, "AWS::ApiGateway::DomainName") == {
        "Domain": {
            "DomainName": "api.example.com",
            "EndpointConfiguration": {"Types": ["REGIONAL"]},
            "RegionalCertificateArn": "arn:aws:acm:eu-west-1:111122223333:certificate/1",
            "SecurityPolicy": "TLS_1_2",
        }
    }
    [mapping] = properties(scope, "AWS::ApiGateway::BasePathMapping").values()
    assert mapping == {
        "DomainName": {"Ref": "Domain"},
        "RestApiId": {"Ref": "Api"},
        "Stage": {"Ref": "Api/DeploymentStage.live"},
    }
    records = properties(scope, "AWS::Route53::RecordSet")
    alias = {
        "DNSName": {"Fn::GetAtt": ["Domain", "RegionalDomainName"]},
        "HostedZoneId": {"Fn::GetAtt": ["Domain", "RegionalHostedZoneId"]},
    }
    assert records == {
        path: {"AliasTarget": alias, "HostedZoneId": "Z1", "Name": "api.example.com.", "Type": kind}
        for path, kind in (("Ipv4", "A"), ("Ipv6", "AAAA"))
        if zoned
    }


def test_without_a_domain_name_nothing_is_made(scope: cdk.Stack) -> None:
    assert exposure().domain(scope, api(scope)) is None
    assert properties(scope, "AWS::ApiGateway::DomainName") == {}
