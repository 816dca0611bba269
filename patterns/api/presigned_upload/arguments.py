"""What may be uploaded, how large, and for how long."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval, Len, MultipleOf, Unit
from aws_cdk import Duration, Size

from patterns.building_blocks.bounds import Bytes, Known, Matches, Passes, gibibytes, mebibytes
from patterns.building_blocks.key_prefix import check_key_prefix

ContentTypes = Annotated[
    Sequence[
        Annotated[
            str,
            Matches(
                r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}", "lower-case media types without parameters"
            ),
        ]
    ],
    Len(1, 50),
    Unit("media types"),
    Known("what a signed form allows"),
]
"""Media types of files that are taken."""

MinSize = Annotated[Size, Interval(ge=Bytes(1), le=gibibytes(50)), Known("what a signed form allows")]
MaxSize = Annotated[Size, Interval(ge=Bytes(1), le=gibibytes(50)), Known("what a signed form allows")]
"""The size of a file: a function copies it on release, which may take 15 minutes."""

MultipartAbove = Annotated[
    Size, Interval(ge=mebibytes(5), le=gibibytes(5)), MultipleOf(mebibytes(1)), Known("what a signed form allows")
]
"""The size above which a file is sent in parts. A form takes at most 5 GiB."""

FormLifetime = Annotated[
    Duration,
    Interval(ge=timedelta(minutes=1), le=timedelta(hours=1)),
    MultipleOf(timedelta(seconds=1)),
    Known("the functions' settings"),
]
"""How long a form is good: never longer than the credentials of the function that signs it."""

QuarantineTime = Annotated[
    Duration,
    Interval(ge=timedelta(days=1), le=timedelta(days=365)),
    MultipleOf(timedelta(days=1)),
    Known("the functions' settings"),
]
"""How long what was not released is kept."""

KeyPrefix = Annotated[
    str,
    Matches(
        r"([A-Za-z0-9!_.'()-]{1,100}/){0,8}", "empty, or segments of letters, digits and !_.'()- each with a / behind"
    ),
    Passes(check_key_prefix, "at most 512 bytes, each bracket closed"),
]
"""What the keys of released files begin with."""


def check_sizes(min_size: Size, max_size: Size) -> None:
    """Refuse a smallest size above the largest.

    Args:
        min_size: The smallest file.
        max_size: The largest file.

    Raises:
        ValueError: If it is.
    """
    low, high = min_size.to_bytes(), max_size.to_bytes()
    if low > high:
        raise ValueError(f"min_size must be at most max_size, {high:g} bytes, got {low:g} bytes")
