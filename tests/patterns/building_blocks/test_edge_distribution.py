"""CloudFront before one origin: what tells cached answers apart is all that the origin sees of a cached request."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_wafv2 as wafv2

from patterns.building_blocks import edge_distribution
from patterns.building_blocks.edge_distribution import EdgeCache, EdgeDistribution, EdgeName, cache_policy_name
from patterns.building_blocks.signature import check
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import acknowledged, properties

NOT_TAKEN = [
    "cache-control", "connection", "content-length", "max-forwards", "pragma", "proxy-authenticate",
    "proxy-authorization", "proxy-connection", "request-range", "te", "trailer", "transfer-encoding", "upgrade",
    "x-amz-cf-id", "x-forwarded-proto", "x-real-ip",
]  # fmt: skip
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
ALL_VIEWER, NOT_HOST = "216adef6-5c7f-47e4-b989-5492eafa07d3", "b689b0a8-53d0-40ab-baf2-68738e2966ac"
NAME = EdgeName(domain_name=None, certificate=None, hosted_zone=None, web_acl=None)


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


@pytest.mark.parametrize("name", ["Authorization", "cookie", "Accept-Encoding"])
def test_what_is_in_the_key_by_itself_is_not_named(name: str) -> None:
    with refused(
        f"key_headers must not name {name}: Authorization is always in the key, cookies are named by "
        "key_cookies, and encodings are told apart as they are"
    ):
        EdgeCache(headers=["Accept", name])


@pytest.mark.parametrize("name", [*NOT_TAKEN, "X-Edge-Own", "Cache-Control"])
def test_what_cloudfront_takes_into_no_key_is_refused(name: str) -> None:
    with refused(f"key_headers must not name {name}: CloudFront takes it into no key"):
        EdgeCache(headers=["Accept", name])


def test_what_tells_answers_apart_is_named_once() -> None:
    EdgeCache(headers=["Accept", "Origin"], cookies=["a", "A"], queries=["a", "A"])
    for given, said in (
        ({"headers": ["Accept", "accept"]}, "key_headers must differ, got accept twice"),
        ({"cookies": ["b", "a", "b", "a"]}, "key_cookies must differ, got a twice"),
        ({"queries": ["a", "a"]}, "key_queries must differ, got a twice"),
    ):
        with refused(said):
            EdgeCache(**given)  # type: ignore[arg-type]


def test_the_usual_time_is_up_to_the_longest() -> None:
    EdgeCache(usual_time=Duration.days(1))
    EdgeCache(usual_time=Duration.seconds(5), longest_time=Duration.seconds(5))
    with refused("usual_time must be up to longest_time, 86400 seconds, got 86401 seconds"):
        EdgeCache(usual_time=Duration.seconds(86_401))


def policy(scope: cdk.Stack, cache: EdgeCache) -> Any:
    cache.policy(scope)
    return properties(scope, "AWS::CloudFront::CachePolicy")["CachePolicy"]["CachePolicyConfig"]


def test_by_default_all_of_a_query_tells_answers_apart_and_nothing_is_kept(scope: cdk.Stack) -> None:
    assert policy(scope, EdgeCache()) == {
        "Comment": "What tells answers apart: Test",
        "DefaultTTL": 0,
        "MaxTTL": 86400,
        "MinTTL": 0,
        "Name": {"Fn::Join": ["", ["TestCachePolicy8ACD84A3-", {"Ref": "AWS::Region"}]]},
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "CookiesConfig": {"CookieBehavior": "none"},
            "EnableAcceptEncodingBrotli": True,
            "EnableAcceptEncodingGzip": True,
            "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": ["Authorization"]},
            "QueryStringsConfig": {"QueryStringBehavior": "all"},
        },
    }


def test_what_is_named_tells_them_apart(scope: cdk.Stack) -> None:
    cache = EdgeCache(
        headers=["Accept"],
        cookies=["session"],
        queries=["page"],
        usual_time=Duration.minutes(1),
        longest_time=Duration.minutes(2),
    )
    found = policy(scope, cache)
    assert (found["DefaultTTL"], found["MaxTTL"], found["MinTTL"]) == (60, 120, 0)
    assert found["ParametersInCacheKeyAndForwardedToOrigin"] == {
        "CookiesConfig": {"CookieBehavior": "whitelist", "Cookies": ["session"]},
        "EnableAcceptEncodingBrotli": True,
        "EnableAcceptEncodingGzip": True,
        "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": ["Authorization", "Accept"]},
        "QueryStringsConfig": {"QueryStringBehavior": "whitelist", "QueryStrings": ["page"]},
    }


def test_without_any_query_none_does(scope: cdk.Stack) -> None:
    found = policy(scope, EdgeCache(queries=[]))["ParametersInCacheKeyAndForwardedToOrigin"]
    assert found["QueryStringsConfig"] == {"QueryStringBehavior": "none"}


def test_the_comment_has_128_characters() -> None:
    scope = cdk.Stack(cdk.Stage(app_for_its_template(), "s" * 120), "Test")
    distribution(scope, EdgeCache(), NAME)
    [found] = properties(scope, "AWS::CloudFront::Distribution").values()
    assert found["DistributionConfig"]["Comment"] == f"Before {'s' * 120}/"


@pytest.mark.parametrize(
    ("name", "region", "said"),
    [("Test", None, None), ("n" * 128, "eu-west-1", r"n+[A-Z0-9]{8}CachePolicy-eu-west-1")],
)
def test_a_policy_has_a_name_of_at_most_128_characters(name: str, region: str | None, said: str | None) -> None:
    scope = cdk.Stack(app_for_its_template(), "Test", stack_name=name, env=cdk.Environment(region=region))
    made = cache_policy_name(scope, "CachePolicy")
    assert (made is None) == (said is None)
    if made is not None and said is not None:
        assert re.fullmatch(said, made)
        assert len(made) <= 110 + len("-eu-west-1")


def test_comments_hold_the_beginning_of_a_long_path(scope: cdk.Stack) -> None:
    made = EdgeDistribution(
        scope, "n" * 150, origin=origins.HttpOrigin("own.example.com"), cache=EdgeCache(), name=NAME
    )
    [found] = properties(scope, "AWS::CloudFront::Distribution").values()
    assert found["DistributionConfig"]["Comment"] == "Before Test"
    [found] = properties(scope, "AWS::CloudFront::CachePolicy").values()
    assert found["CachePolicyConfig"]["Comment"] == f"What tells answers apart: {made.node.path}"[:128]


def distribution(scope: cdk.Stack, cache: EdgeCache, name: EdgeName = NAME, **more: Any) -> Any:
    EdgeDistribution(scope, "Edge", origin=origins.HttpOrigin("own.example.com"), cache=cache, name=name, **more)
    return properties(scope, "AWS::CloudFront::Distribution")["Edge/Distribution"]["DistributionConfig"]


def behavior(cached: bool, host: str = NOT_HOST, **more: Any) -> dict[str, Any]:
    every = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
    made: dict[str, Any] = {"AllowedMethods": every, "Compress": True, "TargetOriginId": "own", **more}
    if cached:
        return {
            **made,
            "CachePolicyId": {"Ref": "Edge/CachePolicy"},
            "CachedMethods": ["GET", "HEAD"],
            "ViewerProtocolPolicy": "redirect-to-https",
        }
    return {
        **made,
        "CachePolicyId": DISABLED,
        "OriginRequestPolicyId": host,
        "ViewerProtocolPolicy": "redirect-to-https",
    }


def test_all_is_cached_but_what_must_not_be(scope: cdk.Stack) -> None:
    found = distribution(scope, EdgeCache(uncached_paths=["/orders/*"], error_time=Duration.seconds(3)))
    assert acknowledged(scope) == {
        "Edge/AccessLogs": {
            "AwsSolutions::AwsSolutions-S1": (
                "This bucket holds a distribution's access logs; logging its own delivery needs another."
            )
        },
        "Edge/Distribution": {
            "AwsSolutions::AwsSolutions-CFR1": (
                "Which countries are served is known to who owns the application; none is shut out by default."
            ),
            "AwsSolutions::AwsSolutions-CFR2": (
                "Which requests to filter is known to who owns the application: a web ACL is passed in."
            ),
            "AwsSolutions::AwsSolutions-CFR4": (
                "CloudFront's own name has CloudFront's own certificate, whose protocols cannot be chosen; with a "
                "domain name of one's own it is TLS 1.2 and newer."
            ),
        },
    }
    [origin] = found.pop("Origins")
    for one in (found["DefaultCacheBehavior"], *found["CacheBehaviors"]):
        assert one["TargetOriginId"] == origin["Id"]
        one["TargetOriginId"] = "own"
    assert found.pop("CustomErrorResponses") == [
        {"ErrorCachingMinTTL": 3, "ErrorCode": code} for code in (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
    ]
    assert found.pop("DefaultCacheBehavior") == behavior(True)
    assert found.pop("CacheBehaviors") == [behavior(False, PathPattern="/orders/*")]
    assert found == {
        "Comment": "Before Test",
        "Enabled": True,
        "HttpVersion": "http2and3",
        "IPV6Enabled": True,
        "Logging": {"Bucket": {"Fn::GetAtt": ["Edge/AccessLogs", "RegionalDomainName"]}, "IncludeCookies": False},
    }


@pytest.mark.parametrize(("own_host", "host"), [(None, NOT_HOST), (False, NOT_HOST), (True, ALL_VIEWER)])
def test_nothing_is_cached_but_what_may_be(scope: cdk.Stack, own_host: bool | None, host: str) -> None:
    given: dict[str, Any] = {} if own_host is None else {"own_host": own_host}
    found = distribution(scope, EdgeCache(cached_paths=["/images/*"], uncached_paths=["/images/own"]), **given)
    for one in (found["DefaultCacheBehavior"], *found["CacheBehaviors"]):
        one["TargetOriginId"] = "own"
    assert found["DefaultCacheBehavior"] == behavior(False, host)
    assert found["CacheBehaviors"] == [
        behavior(False, host, PathPattern="/images/own"),
        behavior(True, PathPattern="/images/*"),
    ]


def edge_name(scope: cdk.Stack, region: str = "us-east-1", kind: str = "CLOUDFRONT") -> EdgeName:
    arn = f"arn:aws:acm:{region}:111122223333:certificate/1"
    visibility: Any = {"cloudWatchMetricsEnabled": True, "metricName": "web", "sampledRequestsEnabled": True}
    return EdgeName(
        domain_name="www.example.com",
        certificate=acm.Certificate.from_certificate_arn(scope, "Certificate", arn),
        hosted_zone=route53.HostedZone.from_hosted_zone_attributes(
            scope, "Zone", hosted_zone_id="Z1", zone_name="example.com"
        ),
        web_acl=wafv2.CfnWebACL(scope, "Acl", scope=kind, default_action={"allow": {}}, visibility_config=visibility),
    )


def test_it_answers_at_a_name_of_ones_own() -> None:
    # Without feature flags, by which the CDK would choose the protocol itself.
    scope = cdk.Stack(app_for_its_template(flags=False), "Test")
    found = distribution(scope, EdgeCache(), edge_name(scope))
    assert found["Aliases"] == ["www.example.com"]
    assert found["ViewerCertificate"] == {
        "AcmCertificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/1",
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }
    assert acknowledged(scope) == {
        "Edge/AccessLogs": {
            "AwsSolutions::AwsSolutions-S1": (
                "This bucket holds a distribution's access logs; logging its own delivery needs another."
            )
        },
        "Edge/Distribution": {
            "AwsSolutions::AwsSolutions-CFR1": (
                "Which countries are served is known to who owns the application; none is shut out by default."
            )
        },
    }
    assert found["WebACLId"] == {"Fn::GetAtt": ["Acl", "Arn"]}
    records = properties(scope, "AWS::Route53::RecordSet")
    assert {path: (one["Name"], one["Type"]) for path, one in records.items()} == {
        "Edge/Ipv4": ("www.example.com.", "A"),
        "Edge/Ipv6": ("www.example.com.", "AAAA"),
    }


def test_its_url_is_where_it_answers(scope: cdk.Stack) -> None:
    origin = origins.HttpOrigin("own.example.com")
    own = EdgeDistribution(scope, "Own", origin=origin, cache=EdgeCache(), name=edge_name(scope))
    plain = EdgeDistribution(scope, "Plain", origin=origin, cache=EdgeCache(), name=NAME)
    assert own.url == "https://www.example.com/"
    host = scope.resolve(plain.distribution.distribution_domain_name)
    assert scope.resolve(plain.url) == {"Fn::Join": ["", ["https://", host, "/"]]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"region": "eu-west-1"},
            "certificate must be in us-east-1, where CloudFront looks for it, got one in eu-west-1",
        ),
        ({"kind": "REGIONAL"}, "web_acl must have the scope CLOUDFRONT, got REGIONAL"),
    ],
)
def test_what_cloudfront_does_not_take_is_refused_before_anything_is_made(
    scope: cdk.Stack, given: dict[str, str], said: str
) -> None:
    name = edge_name(scope, **given)
    with refused(said):
        distribution(scope, EdgeCache(), name)
    assert scope.node.try_find_child("Edge") is None


@pytest.mark.parametrize("filtered", [False, True])
def test_who_changes_it_may_read_and_write_its_configuration(scope: cdk.Stack, filtered: bool) -> None:
    name = edge_name(scope) if filtered else NAME
    made = EdgeDistribution(scope, "Edge", origin=origins.HttpOrigin("own.example.com"), cache=EdgeCache(), name=name)
    found = [scope.resolve(one.to_statement_json()) for one in made.update_statements()]
    web_acl = [(["wafv2:GetWebACL"], name.web_acl.web_acl_ref.web_acl_arn)] if name.web_acl is not None else []
    assert found == [
        {"Action": actions if len(actions) > 1 else actions[0], "Effect": "Allow", "Resource": scope.resolve(arn)}
        for actions, arn in (
            (["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"], made.distribution.distribution_arn),
            (["s3:GetBucketAcl", "s3:PutBucketAcl"], made.access_logs.bucket_arn),
            *web_acl,
        )
    ]


@pytest.mark.parametrize(
    ("hint", "right", "wrong"),
    [
        ("HeaderNames", [[], ["X-Own", "a" * 128], [f"a{one}" for one in range(9)]], [["a b"], ["a" * 129], [""]]),
        ("CookieNames", [[], ["a_b.c-D"], [f"a{one}" for one in range(10)]], [["a b"], ["a" * 129], ["a="]]),
        ("QueryNames", [[], ["a_b.c-D"], [f"a{one}" for one in range(10)]], [["a b"], ["a" * 129], ["a="]]),
        (
            "PathPatterns",
            [[], ["/"], ["/a_B.$~\"'@:+*?-/9"], [f"/{'a' * 254}"], [f"/{one}" for one in range(24)]],
            [["a"], [f"/{'a' * 255}"], ["/a b"], ["/\u00e4"]],
        ),
        ("TimeInCache", [Duration.seconds(0), Duration.days(365)], [Duration.days(366)]),
    ],
)  # fmt: skip
def test_arguments_are_what_cloudfront_takes(hint: str, right: list[Any], wrong: list[Any]) -> None:
    kind = getattr(edge_distribution, hint)
    for one in right:
        check("argument", one, kind)
    for one in wrong:
        with pytest.raises(ValueError, match=r"^argument must be "):
            check("argument", one, kind)


@pytest.mark.parametrize(
    ("hint", "count", "said"),
    [
        ("HeaderNames", 10, "at most 9 headers, got 10"),
        ("CookieNames", 11, "at most 10 cookies, got 11"),
        ("QueryNames", 11, "at most 10 query parameters, got 11"),
        ("PathPatterns", 25, "at most 24 paths, got 25"),
    ],
)
def test_there_are_no_more_of_them_than_it_takes(hint: str, count: int, said: str) -> None:
    with refused(f"argument must hold {said}"):
        check("argument", [f"/{one}" for one in range(count)], getattr(edge_distribution, hint))


@pytest.mark.parametrize(
    ("hint", "needed_for"),
    [
        ("HeaderNames", "the cache's key"),
        ("CookieNames", "the cache's key"),
        ("QueryNames", "the cache's key"),
        ("PathPatterns", "what is cached"),
        ("TimeInCache", "which time is the longest"),
    ],
)
def test_they_are_known_at_synthesis(hint: str, needed_for: str) -> None:
    token = Duration.seconds(cdk.Token.as_number({"Ref": "Time"})) if hint == "TimeInCache" else None
    given = token or cdk.Token.as_list({"Ref": "Names"})
    with refused(f"argument must be known when the template is made, got a token: {needed_for} depends on it"):
        check("argument", given, getattr(edge_distribution, hint))
