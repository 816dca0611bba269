from typing import Any

from aws_cdk import Duration, Size

from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


REFUSALS = [
    refused(
        "min_size must be at most max_size, 1024 bytes, got 2048 bytes",
        min_size=Size.kibibytes(2),
        max_size=Size.kibibytes(1),
    ),
    refused("max_size must be between 1 byte and 50 GiB, got 51 GiB", max_size=Size.gibibytes(51)),
    refused("form_lifetime must be between 1 minute and 1 hour, got 2 hours", form_lifetime=Duration.hours(2)),
    refused("content_types must hold 1 to 50 media types, got none", content_types=[]),
    refused(
        "content_types must be lower-case media types without parameters, got 'text/plain; charset=utf-8'",
        content_types=["text/plain; charset=utf-8"],
    ),
    refused(
        "cors_origins must be * alone or origins without it, got *, https://www.example.com",
        cors_origins=["*", "https://www.example.com"],
    ),
    refused("cors_origins must be * alone or origins without it, got *, *", cors_origins=["*", "*"]),
    refused(
        "destination_prefix must be empty, or segments of letters, digits and !_.'()- each with a / behind, got 'a*/'",
        destination_prefix="a*/",
    ),
    refused("destination_prefix must close each bracket that it opens, got 'a)/'", destination_prefix="a)/"),
    refused("multipart_above must be between 5 and 5120 MiB, got 1", multipart_above=Size.mebibytes(1)),
    refused("daily_quota needs authorization='api_key', got 'iam'", daily_quota=5),
]
