"""Which two requests share a cached answer, on templates of anybody's."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patternkit.templates import TemplateError
from patternkit.testing.cache_keys import CacheKeyError, Caches, Request, Sharing
from patternkit.testing.errors import FixtureError

DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"


def policy(
    headers: list[str] | None = None, query: Any = "none", cookies: list[str] | None = None, **config: Any
) -> dict[str, Any]:
    query_strings = {"QueryStringBehavior": query} if isinstance(query, str) else query
    parameters = {
        "EnableAcceptEncodingGzip": False,
        "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": headers} if headers else {"HeaderBehavior": "none"},
        "CookiesConfig": {"CookieBehavior": "whitelist", "Cookies": cookies} if cookies else {"CookieBehavior": "none"},
        "QueryStringsConfig": query_strings,
    }
    whole = {"Name": "p", "MinTTL": 0, "ParametersInCacheKeyAndForwardedToOrigin": parameters, **config}
    return {"Type": "AWS::CloudFront::CachePolicy", "Properties": {"CachePolicyConfig": whole}}


def distribution(default: dict[str, Any], *behaviors: dict[str, Any], **policies: dict[str, Any]) -> dict[str, Any]:
    config = {"DefaultCacheBehavior": default, "CacheBehaviors": list(behaviors)}
    site = {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": config}}
    return {"Resources": {"Site": site, **policies}}


def api(*, cached: bool = True, keys: list[str] | None = None) -> dict[str, Any]:
    settings = [{"HttpMethod": "*", "ResourcePath": "/*", "CachingEnabled": cached}]
    stage = {"RestApiId": {"Ref": "Api"}, "CacheClusterEnabled": True, "MethodSettings": settings}
    root = {"Fn::GetAtt": ["Api", "RootResourceId"]}
    integration = {"CacheKeyParameters": keys or []}
    method = {
        "RestApiId": {"Ref": "Api"},
        "ResourceId": {"Ref": "Order"},
        "HttpMethod": "GET",
        "Integration": integration,
    }
    return {
        "Resources": {
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {}},
            "Orders": {"Type": "AWS::ApiGateway::Resource", "Properties": {"PathPart": "orders", "ParentId": root}},
            "Order": {
                "Type": "AWS::ApiGateway::Resource",
                "Properties": {"PathPart": "{order}", "ParentId": {"Ref": "Orders"}},
            },
            "Get": {"Type": "AWS::ApiGateway::Method", "Properties": method},
            "Live": {"Type": "AWS::ApiGateway::Stage", "Properties": stage},
        }
    }


def share(template: dict[str, Any], one: Request | str, other: Request | str) -> Sharing:
    return Caches.of(template).share(one, other).sharing


def test_what_is_in_the_key_tells_answers_apart_and_nothing_else_does() -> None:
    template = distribution(
        {"CachePolicyId": {"Ref": "Policy"}}, Policy=policy(["Authorization"], cookies=["variant"], query="all")
    )
    one = Request.of("/a?x=1", headers={"Authorization": "one", "X-Trace": "1"}, cookies={"variant": "a", "id": "1"})
    assert share(template, one, replace(one, headers={"authorization": "one", "x-trace": "2"})) is Sharing.MAY_SHARE
    assert share(template, one, replace(one, cookies={"variant": "a", "id": "2"})) is Sharing.MAY_SHARE
    for other in (
        replace(one, headers={"authorization": "two"}),
        replace(one, headers={}),
        replace(one, cookies={"variant": "b"}),
        replace(one, query={"x": ("2",)}),
        replace(one, path="/b"),
    ):
        assert share(template, one, other) is Sharing.NEVER


def test_what_the_origin_sees_beside_the_key_is_told() -> None:
    template = distribution({"CachePolicyId": OPTIMIZED, "OriginRequestPolicyId": ALL_BUT_HOST})
    shared = Caches.of(template).share(
        Request.of("/a", headers={"Authorization": "one"}, cookies={"s": "1"}),
        Request.of("/a", headers={"Authorization": "two"}, cookies={"s": "1"}),
    )
    assert (shared.sharing, shared.unseen) == (Sharing.MAY_SHARE, ("header authorization",))


def test_a_behavior_is_chosen_by_its_path_with_case_and_in_order() -> None:
    behaviors = [
        {"PathPattern": "/images/?.png", "CachePolicyId": OPTIMIZED},
        {"PathPattern": "api/*", "CachePolicyId": DISABLED},
    ]
    caches = Caches.of(distribution({"CachePolicyId": OPTIMIZED}, *behaviors))
    for path, where in {
        "/images/a.png": "behavior /images/?.png",
        "/images/ab.png": "default behavior",
        "/api/orders": "behavior api/*",
        "/API/orders": "default behavior",
    }.items():
        assert caches.key(path).cache == f"Site {where}"
    assert caches.key("/api/orders").not_cached == "its longest time in cache is 0"


@pytest.mark.parametrize(("method", "cached"), [("GET", True), ("HEAD", True), ("POST", False), ("OPTIONS", False)])
def test_only_reads_are_cached(method: str, *, cached: bool) -> None:
    key = Caches.of(distribution({"CachePolicyId": OPTIMIZED})).key(Request.of("/a", method=method))
    assert (not key.not_cached) == cached


def test_options_are_cached_where_they_are_said_to_be_and_apart() -> None:
    template = distribution({"CachePolicyId": OPTIMIZED, "CachedMethods": ["GET", "HEAD", "OPTIONS"]})
    assert share(template, "/a", Request.of("/a", method="OPTIONS")) is Sharing.NEVER
    assert not Caches.of(template).key(Request.of("/a", method="OPTIONS")).not_cached


def test_encodings_are_told_apart_by_what_is_accepted_of_them() -> None:
    template = distribution({"CachePolicyId": OPTIMIZED})
    one, other = (Request.of("/a", headers={"Accept-Encoding": text}) for text in ("gzip, br", "br;q=1.0, gzip, zstd"))
    assert share(template, one, other) is Sharing.MAY_SHARE
    assert share(template, one, Request.of("/a", headers={"Accept-Encoding": "gzip"})) is Sharing.NEVER


def test_older_settings_are_read_and_their_parameters_named() -> None:
    values = {
        "QueryString": "true",
        "QueryStringCacheKeys": ["page"],
        "Cookies": {"Forward": "none"},
        "Headers": ["Host"],
    }
    template = distribution({"ForwardedValues": values})
    assert share(template, "/a?page=1&utm=x", "/a?page=1&utm=y") is Sharing.MAY_SHARE
    assert share(template, "/a?page=1", "/a?page=2") is Sharing.NEVER
    assert share(template, "https://one.example.com/a", "https://two.example.com/a") is Sharing.NEVER


def test_a_policy_that_is_only_named_is_not_known() -> None:
    template = distribution({"CachePolicyId": {"Fn::ImportValue": "theirs"}})
    assert share(template, "/a", "/a") is Sharing.UNKNOWN


def test_a_function_changes_the_request_before_its_key_is_computed() -> None:
    association = {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["Choose", "FunctionARN"]}}
    behavior = {"CachePolicyId": {"Ref": "Policy"}, "FunctionAssociations": [association]}
    template = distribution(behavior, Policy=policy(["X-Variant"]))
    assert share(template, "/a", "/a") is Sharing.UNKNOWN

    def choose(request: Request) -> Request:
        return replace(request, headers={**request.headers, "x-variant": request.cookies.get("id", "")[-1:]})

    caches = Caches.of(template, functions={"Choose": choose})
    one, two, three = (Request.of("/a", cookies={"id": value}) for value in ("1a", "2b", "3a"))
    assert caches.share(one, two).sharing is Sharing.NEVER
    assert caches.share(one, three).sharing is Sharing.MAY_SHARE


def test_a_stages_cache_knows_only_the_resource_and_what_its_method_names() -> None:
    bare = Caches.of(api())
    one = Request.of("/orders/1?page=1", headers={"Authorization": "one"})
    other = Request.of("/orders/2?page=2", headers={"Authorization": "two"})
    shared = bare.share(one, other)
    assert shared.sharing is Sharing.MAY_SHARE, "everyone gets the first answer"
    assert "method.request.header.authorization" in shared.unseen
    names = ["method.request.path.order", "method.request.header.Authorization", "method.request.querystring.page"]
    named = Caches.of(api(keys=names))
    assert named.share(one, other).why == ", ".join(sorted(names))
    assert named.share(one, one).sharing is Sharing.MAY_SHARE
    assert Caches.of(api(cached=False)).key("/orders/1").not_cached == "caching is off for the method"
    assert bare.key(Request.of("/orders/1", method="POST")).not_cached == "no method answers POST /orders/1"


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ({"Resources": {}}, "the template has no AWS::CloudFront::Distribution and no AWS::ApiGateway::Stage"),
        (distribution({"ForwardedValues": 5}), "Site cannot be read: "),
        ({"Resources": {"Site": {"Type": "AWS::CloudFront::Distribution"}}}, "Site has no DefaultCacheBehavior"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(template: dict[str, Any], told: str) -> None:
    with pytest.raises((CacheKeyError, TemplateError)) as refused:
        Caches.of(template).key("/a")
    assert str(refused.value).startswith(told)
    assert "\n" not in str(refused.value)


def test_a_request_has_a_path_and_a_cache_is_named() -> None:
    with pytest.raises(CacheKeyError, match=r"^a request's path must begin with /, got 'a'$"):
        Request.of("a")
    with pytest.raises(CacheKeyError, match=r"^there is no cache Other: there are Site$"):
        Caches.of(distribution({"CachePolicyId": OPTIMIZED})).key("/", "Other")


NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.text("01", max_size=2)
PAIRS = st.dictionaries(NAMES, VALUES, max_size=3)
REQUESTS = st.builds(
    lambda path, query, headers, cookies: Request(
        f"/{path}", query={name: (value,) for name, value in query.items()}, headers=headers, cookies=cookies
    ),
    VALUES, PAIRS, PAIRS, PAIRS,
)  # fmt: skip
BEHAVIORS = st.sampled_from(["none", "all", "whitelist", "allExcept"])


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    def choice(name: str) -> dict[str, Any]:
        return {f"{name}Behavior": draw(BEHAVIORS), f"{name}s": draw(st.lists(NAMES, unique=True))}

    made = policy()
    made["Properties"]["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"] |= {
        "HeadersConfig": choice("Header"),
        "CookiesConfig": choice("Cookie"),
        "QueryStringsConfig": choice("QueryString"),
    }
    return distribution({"CachePolicyId": {"Ref": "Policy"}}, Policy=made)


def seen(template: dict[str, Any], request: Request) -> tuple[Any, ...]:
    """The key by another way: what of the request is left when all that the policy does not take is taken away."""
    config = template["Resources"]["Policy"]["Properties"]["CachePolicyConfig"]
    parameters = config["ParametersInCacheKeyAndForwardedToOrigin"]

    def left(values: Any, section: str, name: str) -> dict[str, Any]:
        found, names = parameters[section][f"{name}Behavior"], parameters[section][f"{name}s"]
        taken = {"none": set(), "all": set(values), "whitelist": set(values) & set(names)}.get(
            found, set(values) - set(names)
        )
        return {one: value for one, value in values.items() if one in taken}

    return (
        request.path,
        left(dict(request.headers), "HeadersConfig", "Header"),
        left(dict(request.cookies), "CookiesConfig", "Cookie"),
        left(dict(request.query), "QueryStringsConfig", "QueryString"),
    )


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(templates(), REQUESTS, REQUESTS)
def test_two_requests_share_exactly_when_nothing_that_the_policy_takes_differs(
    template: dict[str, Any], one: Request, other: Request
) -> None:
    caches = Caches.of(template)
    shared = caches.share(one, other)
    assert (shared.sharing is Sharing.MAY_SHARE) == (seen(template, one) == seen(template, other))
    assert caches.share(other, one).sharing is shared.sharing
    assert caches.share(one, one).sharing is Sharing.MAY_SHARE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["CachePolicyId", "Ref", "Fn::GetAtt", "ForwardedValues", "Cookies", "CacheBehaviors", "PathPattern", "Headers"]
    ), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(JSON, JSON, REQUESTS)
def test_whatever_a_template_holds_is_read_or_refused_in_one_line(
    default: Any, behaviors: Any, request: Request
) -> None:
    template = distribution({})
    template["Resources"]["Site"]["Properties"]["DistributionConfig"] = {
        "DefaultCacheBehavior": default,
        "CacheBehaviors": behaviors,
    }
    told = ""
    try:
        told = str(Caches.of(template).key(request))
    except (CacheKeyError, TemplateError) as error:
        told = str(error)
    assert len(told.splitlines()) == 1


def test_the_fixture_takes_a_template_and_says_what_it_does_not_take(cache_keys: Callable[..., Caches]) -> None:
    template = distribution({"CachePolicyId": OPTIMIZED})
    assert cache_keys(template).share("/a?x=1", "/a?x=2").sharing is Sharing.MAY_SHARE
    with pytest.raises(FixtureError, match=r"^cache_keys has no argument function: did you mean functions\?$"):
        cache_keys(template, function={})
