"""What a Thumbnailer can be asked for."""

import math
from collections.abc import Sequence
from typing import Annotated, Literal

from annotated_types import Interval, Len, Unit
from aws_cdk import Size, SizeRoundingBehavior, Stack, Token
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3

from patterns.building_blocks.bounds import Bytes, Known, Passes, gibibytes
from patterns.events.bucket_notifications.notifications import bucket_identity

Format = Literal["JPEG", "PNG", "WEBP", "AVIF"]


def check_widths(argument: str, widths: Sequence[int]) -> None:
    """Refuse a width that comes twice.

    Raises:
        ValueError: If one does.
    """
    if len(set(widths)) < len(widths):
        raise ValueError(f"{argument} must differ, got {', '.join(map(str, widths))}")


def check_suffixes(argument: str, suffixes: Sequence[str]) -> None:
    """Refuse suffixes of which S3 takes no notifications.

    Raises:
        ValueError: If one is empty or has a comma, or two could match one key.
    """
    for place, one in enumerate(suffixes):
        for another, other in enumerate(suffixes):
            # S3 refuses notifications of one bucket that could both match one key.
            if place != another and one.endswith(other):
                raise ValueError(f"{argument} must not overlap, got {one!r} and {other!r}")
        if len(one.encode()) > 512:
            raise ValueError(f"{argument} must be at most 512 bytes each, got {len(one.encode())}")
        if not one or "," in one:
            raise ValueError(f"{argument} must be non-empty and hold no comma, got {one!r}")


Widths = Annotated[
    Sequence[Annotated[int, Interval(ge=1, le=4096), Unit("pixels")]],
    Len(1, 8),
    Unit("widths"),
    Passes(check_widths, "all different"),
]
"""Widths of thumbnails."""

Quality = Annotated[int, Interval(ge=1, le=100)]
"""How well images are encoded."""

KeySuffixes = Annotated[
    Sequence[str], Passes(check_suffixes, "none of which ends in another"), Known("the rules of notifications")
]
"""Ends of object keys."""

MaxBytes = Annotated[Size, Interval(ge=Bytes(1), le=gibibytes(1))]
"""The largest file that is read."""

MaxPixels = Annotated[int, Interval(ge=1, le=200_000_000), Unit("pixels")]
"""The largest image that is decoded."""

# Measured by bench/thumbnailer_memory.py: the costliest case (a progressive CMYK JPEG, to a width of 4096) takes 11.7
# bytes a pixel beyond its file, the function itself 62 MB before its first event.
BYTES_PER_PIXEL = 12
FUNCTION_ITSELF = Size.mebibytes(128)


def check_memory_suffices(memory: Size, max_pixels: int, max_bytes: Size) -> None:
    """Refuse limits that let an image through which the function's memory cannot hold.

    Raises:
        ValueError: If the largest image that is accepted could end the function.
    """
    if memory.is_unresolved() or max_bytes.is_unresolved() or Token.is_unresolved(max_pixels):
        return
    needed = max_pixels * BYTES_PER_PIXEL + max_bytes.to_bytes() + FUNCTION_ITSELF.to_bytes()
    if memory.to_bytes() < needed:
        raise ValueError(
            f"memory must be at least {math.ceil(needed / 2**20)} MiB for images of up to {max_pixels} pixels and "
            f"{max_bytes.to_mebibytes(rounding=SizeRoundingBehavior.NONE):g} MiB, got {memory.to_mebibytes():g} MiB"
        )


def check_no_loop(source: s3.IBucket, destination: s3.IBucket, source_prefix: str, destination_prefix: str) -> None:
    """Refuse one bucket for both sides, unless its prefixes keep thumbnails from setting off the function.

    Raises:
        ValueError: If a thumbnail could be taken for a new image.
    """
    if bucket_identity(source) != bucket_identity(destination):
        return
    if destination_prefix.startswith(source_prefix) or source_prefix.startswith(destination_prefix):
        raise ValueError(
            "destination_bucket must not be the source bucket unless source_prefix and destination_prefix are "
            "both given and neither holds the other, or each thumbnail would set off the function again: "
            f"got {source_prefix!r} and {destination_prefix!r}"
        )


def check_table(table: dynamodb.ITable | None) -> None:
    """Refuse a table whose keys are not those of records.

    Args:
        table: The table; None passes, and so does an imported one, whose keys are not known.

    Raises:
        ValueError: If it has other keys.
    """
    resource = None if table is None else table.node.default_child
    if not isinstance(resource, dynamodb.CfnTable):
        return
    found = Stack.of(resource).resolve(resource.key_schema)
    keys = {one["keyType"]: one["attributeName"] for one in found}
    if keys != {"HASH": "source_key", "RANGE": "source_bucket"}:
        got = " and ".join(keys[kind] for kind in ("HASH", "RANGE") if kind in keys)
        raise ValueError(f"table must have the partition key source_key and the sort key source_bucket, got {got}")
