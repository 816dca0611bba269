from typing import Any

from aws_cdk import Duration, Token
from aws_cdk import aws_certificatemanager as acm

from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


REFUSALS = [
    refused(
        "key_headers must not name Cookie: Authorization is always in the key, cookies are named by key_cookies, and "
        "encodings are told apart as they are",
        key_headers=["Cookie"],
    ),
    refused("key_headers must not name X-Real-IP: CloudFront takes it into no key", key_headers=["X-Real-IP"]),
    refused("key_queries must differ, got page twice", key_queries=["page", "Page", "page"]),
    refused("usual_time must be up to longest_time, 86400 seconds, got 172800 seconds", usual_time=Duration.days(2)),
    refused(
        "stage_cache_size needs key_queries: the stage's cache tells answers apart by named ones alone",
        stage_cache_size="0.5",
    ),
    refused(
        "stage_cache_ttl needs stage_cache_size: without one nothing is cached", stage_cache_ttl=Duration.minutes(1)
    ),
    refused(
        "uncached_paths must not be given with stage_cache_size: the stage's cache knows no paths",
        stage_cache_size="0.5",
        key_queries=["page"],
        uncached_paths=["/mine/*"],
    ),
    refused("domain_name and certificate go together, got only domain_name", domain_name="api.example.com"),
    Refusal(
        "certificate must be in us-east-1, where CloudFront looks for it, got one in eu-west-1",
        lambda scope: {
            "domain_name": "api.example.com",
            "certificate": acm.Certificate.from_certificate_arn(
                scope, "Certificate", "arn:aws:acm:eu-west-1:111122223333:certificate/a"
            ),
        },
    ),
    refused("user_pools must be given with authorization='cognito'", authorization="cognito"),
    refused("rate_limit must be between 1 and 100000 requests a second, got 0", rate_limit=0),
    refused(
        "longest_time must be between 1 second and 365 days, got 0 seconds",
        longest_time=Duration.seconds(0),
    ),
    *(
        refused(
            f"{argument} must be known when the template is made, got a token: the parameters of methods depends on it",
            **{"stage_cache_size": "0.5", "key_queries": ["page"], argument: [Token.as_string({"Ref": "Name"})]},
        )
        for argument in ("key_headers", "key_queries")
    ),
]
