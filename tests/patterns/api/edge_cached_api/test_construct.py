"""What EdgeCachedApi promises of its template."""

import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.assertions import Template

from patternkit.testing.findings import listed
from patternkit.testing.synthesis import synthesize
from patterns.api.edge_cached_api import EdgeCachedApi
from tests.conftest import context, example
from tests.patterns.api.api_to_queue.conftest import resources
from tests.patterns.api.edge_cached_api.test_cache_keys import CODE, OPTIONS, made

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return dict(example("edge-cached-api", "agnostic").template)


def config(template: Mapping[str, Any]) -> dict[str, Any]:
    (found,) = resources(template, "AWS::CloudFront::Distribution")
    return dict(found["DistributionConfig"])


@pytest.mark.parametrize("authorization", ["none", "cognito"])
def test_only_the_distribution_reaches_the_api(scope: cdk.Stack, authorization: str) -> None:
    pools = [cognito.UserPool(scope, "Users")] if authorization == "cognito" else []
    EdgeCachedApi(scope, "Api", code=CODE, handler="index.handler", authorization=authorization, user_pools=pools)  # type: ignore[arg-type]
    template = Template.from_stack(scope).to_json()
    methods = resources(template, "AWS::ApiGateway::Method")
    assert methods
    assert all(one["ApiKeyRequired"] is True for one in methods)
    kinds = {one["AuthorizationType"] for one in methods}
    assert kinds == {"NONE" if authorization == "none" else "COGNITO_USER_POOLS"}
    (key,) = resources(template, "AWS::ApiGateway::ApiKey")
    (origin,) = config(template)["Origins"]
    (header,) = origin["OriginCustomHeaders"]
    assert header["HeaderName"] == "X-API-Key"
    assert header["HeaderValue"] == key["Value"], "what CloudFront sends is what the API takes"
    assert len(resources(template, "AWS::ApiGateway::UsagePlanKey")) == 1


def test_no_template_has_the_key(template: dict[str, Any]) -> None:
    (key,) = resources(template, "AWS::ApiGateway::ApiKey")
    written = key["Value"]["Fn::Join"][1]
    assert written[0] == "{{resolve:secretsmanager:"
    (secret,) = resources(template, "AWS::SecretsManager::Secret")
    assert "SecretString" not in secret
    assert secret["GenerateSecretString"]["PasswordLength"] == 64
    (rotation,) = resources(template, "AWS::SecretsManager::RotationSchedule")
    assert rotation["RotationRules"] == {"ScheduleExpression": "rate(30 days)"}


def test_the_host_is_never_handed_on() -> None:
    found = config(made(uncached_paths=["/mine/*"]))
    assert "OriginRequestPolicyId" not in found["DefaultCacheBehavior"]
    (behavior,) = found["CacheBehaviors"]
    assert behavior["CachePolicyId"] == CACHING_DISABLED
    assert behavior["OriginRequestPolicyId"] == ALL_VIEWER_EXCEPT_HOST


def test_the_origin_has_the_last_word_on_what_is_kept(template: dict[str, Any]) -> None:
    (policy,) = resources(template, "AWS::CloudFront::CachePolicy")
    found = policy["CachePolicyConfig"]
    assert (found["MinTTL"], found["DefaultTTL"], found["MaxTTL"]) == (0, 0, 86_400)


def test_errors_are_not_kept(template: dict[str, Any]) -> None:
    found = config(template)["CustomErrorResponses"]
    assert {one["ErrorCode"] for one in found} >= {403, 404, 500, 502, 503, 504}
    assert {one["ErrorCachingMinTTL"] for one in found} == {0}


def test_the_stage_has_a_cache_only_when_asked_and_then_encrypted(template: dict[str, Any]) -> None:
    (stage,) = resources(template, "AWS::ApiGateway::Stage")
    assert "CacheClusterEnabled" not in stage
    (stage,) = resources(made(**OPTIONS), "AWS::ApiGateway::Stage")
    (settings,) = stage["MethodSettings"]
    assert (stage["CacheClusterEnabled"], stage["CacheClusterSize"]) == (True, "0.5")
    assert (settings["CachingEnabled"], settings["CacheDataEncrypted"], settings["CacheTtlInSeconds"]) == (
        True, True, 300,
    )  # fmt: skip


@pytest.mark.parametrize("options", [{}, OPTIONS], ids=["edge", "stage too"])
def test_who_is_granted_may_empty_the_caches_and_no_others(scope: cdk.Stack, options: dict[str, Any]) -> None:
    api = EdgeCachedApi(scope, "Api", code=CODE, handler="index.handler", **options)
    assert api.grant_invalidate(iam.Role(scope, "Operator", assumed_by=iam.AccountRootPrincipal())).success
    template = Template.from_stack(scope).to_json()
    (policy,) = [one for one in resources(template, "AWS::IAM::Policy") if "Operator" in json.dumps(one["Roles"])]
    statements = policy["PolicyDocument"]["Statement"]
    actions = [one["Action"] for one in statements]
    edge = ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"]
    assert actions == [edge, "apigateway:DELETE"] if options else actions == [edge]
    assert "*" not in [one["Resource"] for one in statements]
    if options:
        assert statements[1]["Resource"]["Fn::Join"][1][-1] == "/cache/data"


def test_what_callers_send_to_bypass_a_cache_is_in_no_key(template: dict[str, Any]) -> None:
    (policy,) = resources(template, "AWS::CloudFront::CachePolicy")
    named = policy["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]["HeadersConfig"]
    assert named == {"HeaderBehavior": "whitelist", "Headers": ["Authorization"]}


def test_a_name_of_its_own_is_answered_with_tls_1_2_and_newer(scope: cdk.Stack) -> None:
    arn = "arn:aws:acm:us-east-1:111122223333:certificate/a"
    EdgeCachedApi(
        scope,
        "Api",
        code=CODE,
        handler="index.handler",
        domain_name="api.example.com",
        certificate=acm.Certificate.from_certificate_arn(scope, "Certificate", arn),
        hosted_zone=route53.PublicHostedZone(scope, "Zone", zone_name="example.com"),
    )
    template = Template.from_stack(scope).to_json()
    found = config(template)
    assert found["Aliases"] == ["api.example.com"]
    assert found["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert {one["Type"] for one in resources(template, "AWS::Route53::RecordSet")} == {"A", "AAAA"}


def test_who_rotates_may_read_the_web_acl_of_the_distribution_that_it_updates(scope: cdk.Stack) -> None:
    made = wafv2.CfnWebACL(
        scope,
        "WebAcl",
        scope="CLOUDFRONT",
        default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
        visibility_config=wafv2.CfnWebACL.VisibilityConfigProperty(
            cloud_watch_metrics_enabled=True, metric_name="Edge", sampled_requests_enabled=False
        ),
    )
    EdgeCachedApi(scope, "Api", code=CODE, handler="index.handler", web_acl=made)
    policies = resources(Template.from_stack(scope).to_json(), "AWS::IAM::Policy")
    statements = [each for one in policies for each in one["PolicyDocument"]["Statement"]]
    (read,) = [one for one in statements if one["Action"] == "wafv2:GetWebACL"]
    assert read["Resource"] == {"Fn::GetAtt": ["WebAcl", "Arn"]}


def test_with_a_key_and_a_stage_cache_nothing_is_found() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "All", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        key = kms.Key(stack, "Key", enable_key_rotation=True)
        EdgeCachedApi(stack, "Api", encryption_key=key, execution_log=True, **OPTIONS)

    done = synthesize(build, context=context(), packs=["AwsSolutions", "Serverless"])
    assert done.findings == (), listed(done.findings)
