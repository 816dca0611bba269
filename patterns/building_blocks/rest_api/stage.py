"""The stage of a REST API, and its cache."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from annotated_types import Interval
from aws_cdk import Duration

from patterns.building_blocks.bounds import Known, Matches

CacheSize = Literal["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"]
"""Sizes of a cache, in GB."""

CacheTtl = Annotated[Duration, Interval(ge=timedelta(seconds=1), le=timedelta(hours=1))]
"""How long an answer is cached."""

CacheKeyParameters = Sequence[
    Annotated[
        str,
        Matches(r"(header|querystring)\.[A-Za-z0-9._-]{1,128}", "header.NAME or querystring.NAME"),
        Known("the parameters of methods"),
    ]
]
"""Parts of a request that tell cached answers apart."""

# A stage's name may be a Lambda alias's too, which must not be a number alone.
StageName = Annotated[
    str,
    Matches(r"(?!\d+$)[A-Za-z0-9_]{1,128}", "up to 128 letters, digits and _, and no number alone"),
    Known("the id of the stage"),
]
"""The name of a stage."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The stage of a REST API.

    Attributes:
        stage_name: Its name.
        cache_size: The size of its encrypted cache, in GB; None: no cache.
        cache_ttl: How long an answer to a GET is cached; None: five minutes.
        cache_key_parameters: The parts of a request, beside its path, that tell cached answers apart.
        variables: Its variables.

    Raises:
        ValueError: If the cache's settings come without a cache.
    """

    stage_name: str = "live"
    cache_size: str | None = None
    cache_ttl: Duration | None = None
    cache_key_parameters: Sequence[str] = ()
    variables: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        given = {"cache_ttl": self.cache_ttl is not None, "cache_key_parameters": bool(self.cache_key_parameters)}
        for argument, one in given.items():
            if one and self.cache_size is None:
                raise ValueError(f"{argument} needs cache_size: without one nothing is cached")
