from typing import Any

from aws_cdk import Size
from aws_cdk import aws_s3 as s3
from constructs import Construct

from tests.refusals import Refusal

LOOP = (
    "destination_bucket must not be the source bucket unless source_prefix and destination_prefix are both given and "
    "neither holds the other, or each thumbnail would set off the function again: got "
)


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


def same_bucket(source_prefix: str, destination_prefix: str) -> Refusal:
    def arguments(scope: Construct) -> dict[str, Any]:
        bucket = s3.Bucket(scope, "Bucket")
        return {
            "source_bucket": bucket,
            "destination_bucket": bucket,
            "source_prefix": source_prefix,
            "destination_prefix": destination_prefix,
        }

    return Refusal(f"{LOOP}{source_prefix!r} and {destination_prefix!r}", arguments)


def same_bucket_by_name(scope: Construct) -> dict[str, Any]:
    return {
        "source_bucket": s3.Bucket.from_bucket_name(scope, "Source", "images"),
        "destination_bucket": s3.Bucket.from_bucket_name(scope, "Destination", "images"),
    }


REFUSALS = [
    refused("widths must hold 1 to 8 widths, got none", widths=[]),
    refused("widths must hold 1 to 8 widths, got 9", widths=list(range(1, 10))),
    refused("widths must be between 1 and 4096 pixels, got 0", widths=[0]),
    refused("widths must be between 1 and 4096 pixels, got 4097", widths=[128, 4097]),
    refused("widths must differ, got 128, 128", widths=[128, 128]),
    refused("image_format must be one of AVIF, JPEG, PNG, WEBP, got 'GIF'", image_format="GIF"),
    refused("quality must be between 1 and 100, got 0", quality=0),
    refused("source_prefix must be at most 512 bytes, got 513", source_prefix="x" * 513),
    refused("destination_prefix must hold no wildcard, got 'a*'", destination_prefix="a*"),
    refused(
        "source_prefix must hold no braces, which name variables of policies, got '${aws:username}/'",
        source_prefix="${aws:username}/",
    ),
    refused("destination_prefix must close each bracket that it opens, got 'a]/'", destination_prefix="a]/"),
    refused("source_suffixes must not overlap, got '.jpg' and '.jpg'", source_suffixes=[".jpg", ".jpg"]),
    refused("source_suffixes must be at most 512 bytes each, got 513", source_suffixes=["x" * 513]),
    refused("source_suffixes must not overlap, got 'a.jpg' and '.jpg'", source_suffixes=["a.jpg", ".jpg"]),
    refused("source_suffixes must be non-empty and hold no comma, got 'a,b'", source_suffixes=["a,b"]),
    refused("max_pixels must be between 1 and 200000000 pixels, got 0", max_pixels=0),
    refused("max_bytes must be between 1 byte and 1 GiB, got 2 GiB", max_bytes=Size.gibibytes(2)),
    refused("memory must be between 128 and 10240 MiB, got 11264", memory=Size.gibibytes(11)),
    refused(
        "memory must be at least 1337 MiB for images of up to 100000000 pixels and 64 MiB, got 512 MiB",
        memory=Size.mebibytes(512),
    ),
    refused(
        "memory must be at least 2481 MiB for images of up to 200000000 pixels and 64 MiB, got 1769 MiB",
        max_pixels=200_000_000,
    ),
    refused("reserved_concurrency must be between 1 and 1000 invocations, got 0", reserved_concurrency=0),
    same_bucket("", ""),
    same_bucket("in/", ""),
    same_bucket("in/", "in/small/"),
    Refusal(f"{LOOP}'' and ''", same_bucket_by_name),
]
