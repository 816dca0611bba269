"""Events as an Application Load Balancer sends them to a function, in both of its forms."""

from typing import Any

_CONTEXT = {
    "elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/lambda/0123456789abcdef"}
}
_HEADERS = {
    "accept": "*/*",
    "host": "shop.example.com",
    "user-agent": "curl/8.5.0",
    "x-amzn-trace-id": "Root=1-69200000-0123456789abcdef01234567",
    "x-forwarded-for": "203.0.113.9",
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
}


def single(**changes: Any) -> dict[str, Any]:
    """Without multi-value headers: the last of values that repeat."""
    headers = {**_HEADERS, **changes.pop("headers", {})}
    return {
        "requestContext": _CONTEXT,
        "httpMethod": "GET",
        "path": "/orders",
        "queryStringParameters": {"page": "2", "of": "a%20b"},
        "headers": headers,
        "body": "",
        "isBase64Encoded": False,
        **changes,
    }


def multiple(**changes: Any) -> dict[str, Any]:
    """With them: all values, and no single ones."""
    headers = {**{name: [value] for name, value in _HEADERS.items()}, **changes.pop("headers", {})}
    return {
        "requestContext": _CONTEXT,
        "httpMethod": "GET",
        "path": "/orders",
        "multiValueQueryStringParameters": {"page": ["1", "2"], "of": ["a%20b"]},
        "multiValueHeaders": headers,
        "body": "",
        "isBase64Encoded": False,
        **changes,
    }


CHECK = multiple(
    path="/",
    multiValueQueryStringParameters={},
    headers={"user-agent": ["ELB-HealthChecker/2.0"], "host": ["localhost"]},
)
