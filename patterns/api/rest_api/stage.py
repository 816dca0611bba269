"""The stage of a REST API, and its cache."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration

from patterns.building_blocks.arguments import check_duration, check_one_of

CACHE_SIZES = ("0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237")
# A stage's name may be a Lambda alias's too, which must not be a number alone.
_STAGE = re.compile(r"(?!\d+$)[A-Za-z0-9_]{1,128}")
_KEY = re.compile(r"(header|querystring)\.[A-Za-z0-9._-]{1,128}")


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
        ValueError: If one is malformed or out of range, or two contradict each other.
    """

    stage_name: str = "live"
    cache_size: str | None = None
    cache_ttl: Duration | None = None
    cache_key_parameters: Sequence[str] = ()
    variables: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if not _STAGE.fullmatch(self.stage_name):
            raise ValueError(
                f"stage_name must be up to 128 letters, digits and _, and no number alone, got {self.stage_name!r}"
            )
        check_one_of("cache_size", self.cache_size, CACHE_SIZES)
        given = {"cache_ttl": self.cache_ttl is not None, "cache_key_parameters": bool(self.cache_key_parameters)}
        for argument, one in given.items():
            if one and self.cache_size is None:
                raise ValueError(f"{argument} needs cache_size: without one nothing is cached")
        check_duration("cache_ttl", self.cache_ttl, Duration.seconds(1), Duration.hours(1))
        for parameter in self.cache_key_parameters:
            if not _KEY.fullmatch(parameter):
                raise ValueError(f"cache_key_parameters must be header.NAME or querystring.NAME, got {parameter!r}")
