"""Which requests share a cached answer, and which never do, computed from the template."""

import copy
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from patternkit.testing.cache_keys import Caches, Request, Sharing
from patterns.api.edge_cached_api import EdgeCachedApi
from tests.conftest import context, example

CODE = lambda_.Code.from_inline("def handler(event, context): return {'statusCode': 200}")
OPTIONS: dict[str, Any] = {
    "key_headers": ["Accept-Language"],
    "key_cookies": ["theme"],
    "key_queries": ["page"],
    "stage_cache_size": "0.5",
}


def made(**options: Any) -> dict[str, Any]:
    stack = cdk.Stack(cdk.App(context=context()), "Test")
    EdgeCachedApi(stack, "Api", code=CODE, handler="index.handler", **options)
    return dict(Template.from_stack(stack).to_json())


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return dict(example("edge-cached-api", "agnostic").template)


@pytest.fixture(scope="module")
def narrow() -> dict[str, Any]:
    """With a key of named parts, and a cache of the stage."""
    return made(**OPTIONS)


def asked(url: str, **headers: str) -> Request:
    return Request.of(url, headers={name.replace("_", "-"): value for name, value in headers.items()})


ANYBODY = asked("/orders?page=2")


@pytest.mark.parametrize(
    "other",
    [
        asked("/orders?page=2", User_Agent="another"),
        asked("/orders?page=2", Cookie="session=1"),
        asked("/orders?page=2", Cache_Control="max-age=0"),
        Request.of("/orders?page=2", method="HEAD"),
    ],
    ids=["agent", "cookie", "cache control", "method"],
)
def test_what_does_not_reach_the_api_tells_no_answers_apart(template: dict[str, Any], other: Request) -> None:
    found = Caches.of(template).share(ANYBODY, other)
    assert found.sharing is Sharing.MAY_SHARE, found
    assert found.unseen == (), "one would be given what was meant for the other"


@pytest.mark.parametrize("which", ["template", "narrow"])
@pytest.mark.parametrize("other", ["", "Bearer of-another"])
def test_who_sends_a_token_never_shares(which: str, other: str, request: pytest.FixtureRequest) -> None:
    caches = Caches.of(request.getfixturevalue(which))
    somebody = asked("/orders?page=2", Authorization="Bearer of-one")
    else_ = asked("/orders?page=2", Authorization=other) if other else ANYBODY
    for cache in caches.caches:
        found = caches.share(somebody, else_, cache)
        assert found.sharing is Sharing.NEVER, (cache, found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/orders?page=2", "/orders?page=3"),
        ("/orders", "/orders?page=2"),
        ("/orders", "/invoices"),
    ],
)
def test_paths_and_queries_tell_answers_apart(narrow: dict[str, Any], one: str, other: str) -> None:
    caches = Caches.of(narrow)
    for cache in caches.caches:
        assert caches.share(one, other, cache).sharing is Sharing.NEVER, cache


def test_headers_and_cookies_that_are_named_do_so_in_both_caches(narrow: dict[str, Any]) -> None:
    caches = Caches.of(narrow)
    for one, other in (
        (asked("/a", Accept_Language="de"), asked("/a", Accept_Language="en")),
        (asked("/a", Cookie="theme=dark"), asked("/a", Cookie="theme=light")),
    ):
        assert caches.share(one, other).sharing is Sharing.NEVER
    key = {one for method in methods(narrow) for one in method["Integration"]["CacheKeyParameters"]}
    assert {"method.request.header.Accept-Language", "method.request.header.Cookie"} <= key


def methods(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [one["Properties"] for one in found["Resources"].values() if one["Type"] == "AWS::ApiGateway::Method"]


def test_what_changes_something_is_never_cached(template: dict[str, Any]) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        key = Caches.of(template).key(Request.of("/orders", method=method))
        assert key.not_cached, method


def test_paths_that_are_not_cached_are_not() -> None:
    caches = Caches.of(made(uncached_paths=["/mine/*"]))
    assert caches.share("/mine/1", "/mine/1").sharing is Sharing.NEVER
    assert caches.share("/all/1", "/all/1").sharing is Sharing.MAY_SHARE


def test_a_policy_that_hands_on_more_than_the_key_is_noticed(template: dict[str, Any]) -> None:
    mutant = copy.deepcopy(template)
    (one,) = [one for one in mutant["Resources"].values() if one["Type"] == "AWS::CloudFront::Distribution"]
    behavior = one["Properties"]["DistributionConfig"]["DefaultCacheBehavior"]
    behavior["OriginRequestPolicyId"] = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    assert Caches.of(mutant).share(ANYBODY, asked("/orders?page=2", Cookie="session=1")).unseen


def test_a_stage_without_its_key_is_noticed(narrow: dict[str, Any]) -> None:
    mutant = copy.deepcopy(narrow)
    for one in methods(mutant):
        one["Integration"]["CacheKeyParameters"] = ["method.request.path.proxy"]
    caches = Caches.of(mutant)
    (stage,) = [name for name in caches.caches if mutant["Resources"][name]["Type"] == "AWS::ApiGateway::Stage"]
    assert caches.share("/orders?page=2", "/orders?page=3", stage).unseen
