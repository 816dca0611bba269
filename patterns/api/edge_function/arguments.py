"""What visitors are divided among, and what is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval, Len, MultipleOf, Unit
from aws_cdk import Duration, Stack, Token
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.edge_distribution import SOMETHING_IS_CACHED

REGION = "us-east-1"
"""Where Amazon CloudFront has its certificates, web ACLs, logs and metrics."""

VariantName = Annotated[
    str,
    Matches(r"[a-z0-9][a-z0-9-]{0,31}", "up to 32 lower-case letters, digits and hyphens"),
    Known("the code of the function"),
]
Weight = Annotated[int, Interval(ge=0, le=1000), Known("the share in the function's code")]
OriginPath = Annotated[
    str, Matches(r"(/[A-Za-z0-9!_.*'()-]{1,100}){0,8}", "empty, or segments with a / before each and none at the end")
]
Experiment = Annotated[str, Matches(r"[A-Za-z0-9-]{1,32}", "1 to 32 letters, digits and hyphens")]
CookieName = Annotated[str, Matches(r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, hyphens and underscores")]
StickyTime = Annotated[
    Duration,
    Interval(ge=timedelta(minutes=1), le=timedelta(days=400)),
    MultipleOf(timedelta(seconds=1)),
    Known("the function's code"),
]
"""How long a cookie lasts: browsers keep none for longer than 400 days."""
CacheTime = Annotated[Duration, SOMETHING_IS_CACHED, MultipleOf(timedelta(seconds=1))]
QueryStrings = Annotated[
    Sequence[Annotated[str, Matches(r"[A-Za-z0-9_.~-]{1,128}", "1 to 128 letters, digits and _.~-")]],
    Len(0, 10),
    Unit("names"),
]
RootObject = Annotated[
    str, Matches(r"[A-Za-z0-9_.~-]{1,128}(/[A-Za-z0-9_.~-]{1,128}){0,8}", "a path without / at its beginning")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A version of the site, which a share of the visitors gets.

    Attributes:
        name: Its name: in the cookie, in the cache key, and told to the origin.
        weight: How many new visitors it gets, as a share of all weights. With 0 nobody gets it.
        bucket: The bucket with its files. Default: a new one.
        path: The folder of the bucket that its files are in, or what stands before each path at another origin.
        origin: An origin that is no bucket: a load balancer, an API, a function URL. Default: the bucket.
    """

    name: VariantName
    weight: Weight = 1
    bucket: s3.IBucket | None = None
    path: OriginPath = ""
    origin: cloudfront.IOrigin | None = None


Variants = Annotated[Sequence[Variant], Len(2, 10), Unit("variants")]
TWO_VARIANTS = (Variant(name="a", weight=90), Variant(name="b", weight=10))


def check_scope(scope: Construct) -> None:
    """Refuse a stack that is known to be in another Region.

    Args:
        scope: The scope of the construct.

    Raises:
        ValueError: If it is.
    """
    region = Stack.of(scope).region
    if not Token.is_unresolved(region) and region != REGION:
        raise ValueError(
            f"scope must be in a stack in {REGION}, where Amazon CloudFront has its logs, got one in {region}"
        )


def check_variants(scope: Construct, variants: Sequence[Variant], body_function: lambda_.IVersion | None) -> None:
    """Refuse variants that contradict each other or themselves.

    Args:
        scope: The scope of the construct.
        variants: The variants.
        body_function: The function of AWS Lambda@Edge, if there is one.

    Raises:
        ValueError: If they do.
    """
    names = [one.name for one in variants]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"variants must have names of their own, got {', '.join(twice)} twice")
    if not any(one.weight for one in variants):
        raise ValueError("variants must have a weight above 0 for at least one of them, got 0 for all")
    for one in variants:
        if one.bucket is not None and one.origin is not None:
            raise ValueError(f"variants must have a bucket or an origin, got both for {one.name}")
        if one.bucket is not None:
            _check_bucket(scope, one.name, one.bucket)
        if one.origin is not None and one.path:
            raise ValueError(f"variants must say the path of an origin in the origin itself, got a path for {one.name}")
        if isinstance(one.origin, origins.VpcOrigin) and body_function is not None:
            raise ValueError(f"body_function must not be set where a variant has a VPC origin, got one for {one.name}")


def _check_bucket(scope: Construct, name: str, bucket: s3.IBucket) -> None:
    # What is imported has a name and a Region that this stack may write down.
    here, there = Stack.of(scope), Stack.of(bucket)
    known = not (Token.is_unresolved(here.region) or Token.is_unresolved(there.region))
    if isinstance(bucket, s3.Bucket) and known and here.region != there.region:
        raise ValueError(
            f"variants must have buckets of stacks in {here.region}, or imported ones, got one in {there.region} for "
            f"{name}"
        )
