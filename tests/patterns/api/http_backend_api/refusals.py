from collections.abc import Callable
from typing import Any

from aws_cdk import CfnParameter, Duration, Token
from constructs import Construct

from tests.patterns.api.http_backend_api.balancers import existing
from tests.refusals import Refusal

URL = "https://orders.example.com"


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: {"url": URL, **arguments})


def made(message: str, **arguments: Callable[[Construct], Any]) -> Refusal:
    return Refusal(message, lambda scope: {"url": URL, **{name: make(scope) for name, make in arguments.items()}})


def malformed(url: str) -> Refusal:
    return refused(f"url must be https://HOST, with a port and a path if need be and no query, got {url!r}", url=url)


REFUSALS = [
    malformed("orders.example.com"),
    malformed("ftp://orders.example.com"),
    malformed("https://orders.example.com/?a=b"),
    malformed("https://user@orders.example.com"),
    malformed("https://orders.example.com/{proxy}"),
    malformed("https://${stageVariables.host}"),
    refused(
        "url must not have . or .. in its path, got 'https://a.example.com/v1/../b'",
        url="https://a.example.com/v1/../b",
    ),
    refused("url must have a port up to 65535, got 'https://a.example.com:65536'", url="https://a.example.com:65536"),
    refused(
        "url must begin with https:// where no load_balancer is given, got 'http://orders.example.com'",
        url="http://orders.example.com",
    ),
    made(
        "url must be known when the template is made, got a token: the port that is opened to the load balancer "
        "depends on it",
        url=lambda scope: CfnParameter(scope, "Url").value_as_string,
        load_balancer=existing,
    ),
    made(
        "load_balancer must be given with its VPC: from_application_load_balancer_attributes takes it",
        load_balancer=lambda scope: existing(scope, known=False),
    ),
    made(
        "load_balancer must be in a VPC with private or isolated subnets, got public ones alone",
        load_balancer=lambda scope: existing(scope, private=0),
    ),
    refused("timeout must be between 1 second and 29 seconds, got 30 seconds", timeout=Duration.seconds(30)),
    refused(
        "latency_threshold must be between 1 second and 29 seconds, got 1 minute", latency_threshold=Duration.minutes(1)
    ),
    refused("headers must name a header with letters, digits and -, got 'a b'", headers={"a b": "c"}),
    refused("headers must not set Host: API Gateway or HTTP itself sets it", headers={"Host": "a"}),
    refused(
        "headers must not set X-Forwarded-For: API Gateway or HTTP itself sets it", headers={"X-Forwarded-For": "a"}
    ),
    refused("headers must not set X-Caller: it says who called", headers={"x-caller": "a"}),
    refused("headers must have different names whatever their case, got 'x-a' twice", headers={"X-A": "1", "x-a": "2"}),
    refused("headers must have printable ASCII without ' as values, X-A has \"it's\"", headers={"X-A": "it's"}),
    refused(f"headers must have printable ASCII without ' as values, X-A has {'ü' * 40!r}", headers={"X-A": "ü" * 41}),
    refused("caller_header must name a header with letters, digits and -, got ''", caller_header=""),
    refused("caller_header must not set Host: API Gateway or HTTP itself sets it", caller_header="Host"),
    refused("forward_authorization needs authorization='cognito' or 'function', got 'iam'", forward_authorization=True),
    refused("stage_name must be up to 128 letters, digits and _, and no number alone, got 'a-b'", stage_name="a-b"),
    refused("cache_size must be one of 0.5, 1.6, 118, 13.5, 237, 28.4, 58.2, 6.1, got '2'", cache_size="2"),
    refused("cache_key_parameters needs cache_size: without one nothing is cached", cache_key_parameters=["header.A"]),
    refused("rate_limit must be between 1 and 100000 requests a second, got 0", rate_limit=0),
    refused("burst_limit must be between 1 and 100000 requests, got 0", burst_limit=0),
    refused("authorization must be one of api_key, cognito, function, iam, got 'none'", authorization="none"),
    refused("user_pools must be given with authorization='cognito'", authorization="cognito"),
    refused("daily_quota needs authorization='api_key', got 'iam'", daily_quota=5),
    refused("domain_name and certificate go together, got only domain_name", domain_name="api.example.com"),
    refused(
        "cache_key_parameters must be known when the template is made, got a token: the parameters of methods depends "
        "on it",
        cache_size="0.5",
        cache_key_parameters=[Token.as_string({"Ref": "Name"})],
    ),
]
