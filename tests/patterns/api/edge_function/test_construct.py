"""What an EdgeFunction promises, by name: the function run as at the edge, and what its answers share."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.assertions import Template

from patternkit.testing.cache_keys import Caches, Request, Sharing
from patternkit.testing.edge_functions import EdgeFunctions, Response
from patterns.api.edge_function import EdgeFunction, Variant
from patterns.api.edge_function.example import EdgeFunctionStack
from tests.patterns.api.promises import resources
from tests.synthesis_warnings import warnings

B_ONLY = {"weights": '{"b": 1}'}


def template_of(stack: cdk.Stack) -> dict[str, Any]:
    return dict(Template.from_stack(stack).to_json())


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    """The example's template."""
    return template_of(EdgeFunctionStack(cdk.App(), "Test"))


@pytest.fixture(scope="module")
def edge(template: dict[str, Any]) -> EdgeFunctions:
    """Its function."""
    return EdgeFunctions.of(template)


def config(found: dict[str, Any]) -> dict[str, Any]:
    (distribution,) = resources(found, "AWS::CloudFront::Distribution")
    return dict(distribution["DistributionConfig"])


def with_cookie(value: str) -> Request:
    return Request.of("/", cookies={"variant": value})


def test_the_edge_takes_the_function_as_it_is(edge: EdgeFunctions, template: dict[str, Any]) -> None:
    assert edge.problems == [], "its size, its stage, its syntax, and one function for each event"
    (function,) = resources(template, "AWS::CloudFront::Function")
    assert len(function["FunctionCode"].encode()) < 5 * 1024, "leaves room for ten variants"
    assert function["AutoPublish"] is True
    assert function["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
    assert function["AutoPublish"] is True


def test_ten_variants_of_long_names_fit_into_the_function(scope: cdk.Stack) -> None:
    variants = [Variant(name=f"{number}-{'x' * 30}", weight=1000) for number in range(10)]
    EdgeFunction(scope, "Test", variants=variants, experiment="e" * 32, cookie_name="c" * 64)
    assert EdgeFunctions.of(template_of(scope)).problems == []


def test_ten_thousand_visitors_are_divided_by_the_weights(edge: EdgeFunctions) -> None:
    found = edge.origins("/", visitors=10_000)
    assert set(found) == {"a", "b"}
    # Four standard deviations of a fair draw of one in ten.
    assert abs(found["b"] - 1000) < 4 * 30


def test_a_visitor_stays_at_the_variant_of_the_cookie(edge: EdgeFunctions) -> None:
    for number in range(50):
        found = edge.viewer_request("/", request_id=f"first {number}")
        back = edge.viewer_response("/", request_id=f"first {number}").response
        assert back is not None
        assert found.request is not None
        cookie = back.cookies["variant"]
        value, _, attributes = cookie.partition("; ")
        assert value == f"1.{found.origin}", "what is remembered is what was shown"
        assert attributes == "Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Lax"
        again = edge.viewer_request(with_cookie(value), request_id=f"second {number}")
        assert again.origin == found.origin
        answered = edge.viewer_response(with_cookie(value), request_id=f"second {number}").response
        assert answered is not None
        assert not answered.cookies, "a cookie that is good is not set again"
        assert answered.headers["x-variant"] == found.origin


@pytest.mark.parametrize("value", ["", "1.c", "2.b", "b", "1.__proto__", "1.toString", "1.b.b", "1." + "b" * 4000])
def test_a_cookie_that_says_nothing_true_is_drawn_anew(edge: EdgeFunctions, value: str) -> None:
    found = edge.viewer_request(with_cookie(value), request_id="same")
    assert found.origin == edge.viewer_request("/", request_id="same").origin


def test_another_experiment_gives_everybody_a_variant_anew(scope: cdk.Stack) -> None:
    EdgeFunction(scope, "Test", experiment="next", variants=[Variant(name="a"), Variant(name="b")])
    following = EdgeFunctions.of(template_of(scope))
    found = {following.viewer_request(with_cookie("1.b"), request_id=str(number)).origin for number in range(40)}
    assert found == {"a", "b"}


def test_the_store_changes_the_shares_and_takes_a_variant_back(edge: EdgeFunctions) -> None:
    assert edge.with_store(B_ONLY).origins("/", visitors=200) == {"b": 200}
    back = edge.with_store({"weights": '{"a": 1, "b": 0}'})
    assert back.viewer_request(with_cookie("1.b")).origin == "a", "also who had it"
    answer = back.viewer_response(with_cookie("1.b")).response
    assert answer is not None
    assert answer.cookies["variant"].startswith("1.a;"), "and is remembered at the other"


@pytest.mark.parametrize(
    "weights",
    ["", "b", "[]", "[1]", "null", "7", '{"b": -1}', '{"b": 0}', '{"b": "1"}', '{"c": 1}', '{"b": 0.5}', "{}"],
)
def test_weights_that_cannot_be_used_are_logged_and_the_deployed_ones_hold(edge: EdgeFunctions, weights: str) -> None:
    found = edge.with_store({"weights": weights}).viewer_request(with_cookie("1.b"))
    assert (found.origin, found.log) == ("b", (f"weights of the store are not used: {weights}",))


def test_the_variant_is_in_the_cache_key_whatever_a_visitor_sends(
    edge: EdgeFunctions, template: dict[str, Any]
) -> None:
    caches = Caches.of(template, functions=edge.for_cache_keys())
    a, b = with_cookie("1.a"), with_cookie("1.b")
    assert caches.share(a, b).sharing is Sharing.NEVER
    assert caches.share(a, Request.of("/", cookies={"variant": "1.a", "session": "x"})).sharing is Sharing.MAY_SHARE
    forged = Request.of("/", cookies={"variant": "1.a"}, headers={"X-Variant": "b"})
    assert caches.share(a, forged).sharing is Sharing.MAY_SHARE, "the header is the function's, not the viewer's"
    assert caches.share(b, forged).sharing is Sharing.NEVER
    assert caches.share(a, Request.of("/?x=1", cookies={"variant": "1.a"})).sharing is Sharing.MAY_SHARE
    assert not caches.share(a, Request.of("/?x=1", cookies={"variant": "1.a"})).unseen


def test_without_the_header_in_the_key_the_proof_turns_red(edge: EdgeFunctions, template: dict[str, Any]) -> None:
    mutant = json.loads(json.dumps(template))
    (policy,) = resources(mutant, "AWS::CloudFront::CachePolicy")
    parameters = policy["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
    parameters["HeadersConfig"] = {"HeaderBehavior": "none"}
    shared = Caches.of(mutant, functions=edge.for_cache_keys()).share(with_cookie("1.a"), with_cookie("1.b"))
    assert shared.sharing is Sharing.MAY_SHARE


def test_named_parameters_of_the_query_are_in_the_key(scope: cdk.Stack) -> None:
    EdgeFunction(scope, "Test", query_strings=["page"])
    found = template_of(scope)
    caches = Caches.of(found, functions=EdgeFunctions.of(found).for_cache_keys(request_id="same"))
    assert caches.share("/?page=1", "/?page=2").sharing is Sharing.NEVER
    assert caches.share("/?page=1&x=1", "/?page=1&x=2").sharing is Sharing.MAY_SHARE


def test_an_error_of_the_origin_sets_no_cookie(edge: EdgeFunctions) -> None:
    answer = edge.viewer_response("/", Response(status=503)).response
    assert answer == Response(status=503), "CloudFront runs no function then, which the page says"


def test_only_this_distribution_reads_a_bucket_and_only_by_tls(template: dict[str, Any]) -> None:
    policies = resources(template, "AWS::S3::BucketPolicy")
    statements = [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]
    reads = [one for one in statements if one.get("Sid") == "EdgeReads"]
    assert len(reads) == 2
    for one in reads:
        (condition,) = one["Condition"]["StringEquals"].items()
        assert condition[0] == "aws:SourceArn"
        assert "SiteDistribution" in json.dumps(condition[1])
        assert (one["Action"], one["Principal"]) == ("s3:GetObject", {"Service": "cloudfront.amazonaws.com"})
    for origin in config(template)["Origins"]:
        assert "OriginAccessControlId" in origin
        assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}
    (control,) = resources(template, "AWS::CloudFront::OriginAccessControl")
    assert control["OriginAccessControlConfig"]["SigningBehavior"] == "always"
    blocked = [one["PublicAccessBlockConfiguration"] for one in resources(template, "AWS::S3::Bucket")]
    assert all(set(one.values()) == {True} for one in blocked)


def test_a_bucket_of_another_stack_does_not_wait_for_this_one() -> None:
    app = cdk.App()
    there, here = cdk.Stack(app, "There"), cdk.Stack(app, "Here")
    key = kms.Key(there, "Key")
    bucket = s3.Bucket(there, "Own", encryption_key=key)
    EdgeFunction(here, "Site", variants=[Variant(name="a", bucket=bucket, path="/a"), Variant(name="b", bucket=bucket)])
    app.synth()
    policy = template_of(there)
    statements = resources(policy, "AWS::S3::BucketPolicy")[0]["PolicyDocument"]["Statement"]
    assert "distribution/*" in json.dumps(statements[0]["Condition"]["ArnLike"])
    assert json.dumps(statements[0]["Resource"]).endswith('"/a/*"]]}')
    (made,) = resources(policy, "AWS::KMS::Key")
    (decrypts,) = [one for one in made["KeyPolicy"]["Statement"] if one.get("Sid") == "EdgeReads"]
    assert decrypts["Action"] == "kms:Decrypt"


def test_an_imported_bucket_and_key_are_said_to_need_their_owner(scope: cdk.Stack) -> None:
    bucket = s3.Bucket.from_bucket_name(scope, "Own", "existing")
    EdgeFunction(
        scope, "Test", variants=[Variant(name="a", bucket=bucket), Variant(name="b")], access_logs_bucket=bucket
    )
    found = [one for one in warnings(scope) if "imported: its policy must let" in one]
    assert len(found) == 2, "the variant's reads, and the delivery of logs"


def test_a_variant_may_be_any_origin(scope: cdk.Stack) -> None:
    host = origins.HttpOrigin("rendered.example.com", origin_path="/v2")
    EdgeFunction(scope, "Test", variants=[Variant(name="a", origin=host), Variant(name="b", weight=0)])
    found = template_of(scope)
    first, second = config(found)["Origins"]
    assert (first["Id"], first["DomainName"], first["OriginPath"]) == ("a", "rendered.example.com", "/v2")
    assert second["Id"] == "b"
    assert EdgeFunctions.of(found).origins("/", visitors=100) == {"a": 100}


def test_only_who_is_granted_changes_the_shares_of_this_store(scope: cdk.Stack) -> None:
    made = EdgeFunction(scope, "Test")
    role = iam.Role(scope, "Operators", assumed_by=iam.AccountRootPrincipal())
    assert made.grant_shift(role).success
    (policy,) = resources(template_of(scope), "AWS::IAM::Policy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Resource"] == scope.resolve(made.store.key_value_store_arn)
    assert {one.split(":")[0] for one in statement["Action"]} == {"cloudfront-keyvaluestore"}


def test_a_function_of_lambda_at_edge_gets_bodies_and_the_edge_may_run_it(scope: cdk.Stack) -> None:
    function = lambda_.Function(
        scope,
        "AtEdge",
        code=lambda_.Code.from_inline("def handler(event, context): return event['Records'][0]['cf']['request']"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
    )
    EdgeFunction(scope, "Test", body_function=function.current_version)
    found = template_of(scope)
    behavior = config(found)["DefaultCacheBehavior"]
    (one,) = behavior["LambdaFunctionAssociations"]
    assert (one["EventType"], one["IncludeBody"]) == ("origin-request", True)
    assert "Version" in json.dumps(one["LambdaFunctionARN"]), "a numbered version, never $LATEST"
    assert "POST" in behavior["AllowedMethods"], "what has a body passes"
    assert behavior["CachedMethods"] == ["GET", "HEAD"]
    (role,) = resources(found, "AWS::IAM::Role")
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": ["edgelambda.amazonaws.com", "lambda.amazonaws.com"]}
    assert EdgeFunctions.of(found).problems == []


def test_environment_variables_are_refused_once_all_are_known(scope: cdk.Stack) -> None:
    code = lambda_.Code.from_inline("def handler(event, context): return event")
    function = lambda_.Function(
        scope, "AtEdge", code=code, handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_13
    )
    EdgeFunction(scope, "Test", body_function=function.current_version)
    function.add_environment("TABLE", "own")
    with pytest.raises(RuntimeError, match=r"AtEdge contains environment variables \[TABLE\]"):
        Template.from_stack(scope)


def test_without_it_nothing_of_lambda_runs_and_nothing_is_written(template: dict[str, Any]) -> None:
    behavior = config(template)["DefaultCacheBehavior"]
    assert "LambdaFunctionAssociations" not in behavior
    assert behavior["AllowedMethods"] == ["GET", "HEAD", "OPTIONS"]
    assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
    assert not resources(template, "AWS::Lambda::Function")


def test_a_web_acl_for_the_edge_filters(scope: cdk.Stack) -> None:
    acl = wafv2.CfnWebACL
    visible = acl.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name="web", sampled_requests_enabled=True
    )
    allow = acl.DefaultActionProperty(allow=acl.AllowActionProperty())
    made = acl(scope, "WebAcl", scope="CLOUDFRONT", default_action=allow, visibility_config=visible)
    EdgeFunction(scope, "Test", web_acl=made)
    assert config(template_of(scope))["WebACLId"] == scope.resolve(made.attr_arn)


def test_a_name_of_ones_own_has_its_certificate_and_records(scope: cdk.Stack) -> None:
    zone = route53.PublicHostedZone(scope, "Zone", zone_name="example.com")
    certificate = acm.Certificate(scope, "Certificate", domain_name="www.example.com")
    named = {"domain_name": "www.example.com", "certificate": certificate, "hosted_zone": zone}
    assert EdgeFunction(scope, "Test", **named).url == "https://www.example.com/"  # type: ignore[arg-type]
    found = template_of(scope)
    assert config(found)["Aliases"] == ["www.example.com"]
    assert config(found)["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert {one["Type"] for one in resources(found, "AWS::Route53::RecordSet")} == {"A", "AAAA"}


def test_a_stack_elsewhere_is_refused() -> None:
    stack = cdk.Stack(cdk.App(), "There", env=cdk.Environment(region="eu-west-1"))
    with pytest.raises(ValueError, match=r"^scope must be in a stack in us-east-1, .*, got one in eu-west-1$"):
        EdgeFunction(stack, "Site")


def test_a_bucket_of_a_stack_elsewhere_is_refused_and_its_import_taken() -> None:
    app = cdk.App()
    there = cdk.Stack(app, "There", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    here = cdk.Stack(app, "Here", env=cdk.Environment(account="111122223333", region="us-east-1"))
    with pytest.raises(
        ValueError, match=r"^variants must have buckets of .* us-east-1, or imported ones, got one in eu"
    ):
        EdgeFunction(here, "Site", variants=[Variant(name="a", bucket=s3.Bucket(there, "Own")), Variant(name="b")])
    bucket = s3.Bucket.from_bucket_attributes(here, "Own", bucket_name="own", region="eu-west-1")
    EdgeFunction(here, "Taken", variants=[Variant(name="a", bucket=bucket), Variant(name="b")])
    first, _ = config(template_of(here))["Origins"]
    assert first["DomainName"].startswith("own.s3.eu-west-1.")


def test_what_is_logged_is_kept_for_a_time(template: dict[str, Any]) -> None:
    (log,) = resources(template, "AWS::Logs::LogGroup")
    assert log["RetentionInDays"] == 30
    (function,) = resources(template, "AWS::CloudFront::Function")
    first, *rest = function["Name"]["Fn::Join"][1]
    assert log["LogGroupName"]["Fn::Join"][1] == [f"/aws/cloudfront/function/{first}", *rest]
    (source,) = resources(template, "AWS::Logs::DeliverySource")
    assert source["LogType"] == "ACCESS_LOGS"
