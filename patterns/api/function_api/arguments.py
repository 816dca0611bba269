"""What a FunctionApi can be asked for."""

import re
from collections.abc import Mapping, Sequence

from aws_cdk import Duration

from patterns.building_blocks.arguments import check_duration, check_one_of

CACHE_SIZES = ("0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237")
# A stage's name is the alias's too, which must not be a number alone.
_STAGE = re.compile(r"(?!\d+$)[A-Za-z0-9_]{1,128}")
_KEY = re.compile(r"(header|querystring)\.[A-Za-z0-9._-]{1,128}")


def check_code(
    function: object | None, code: object | None, handler: str | None, settings: Mapping[str, object]
) -> None:
    """Refuse half a function, or settings of one that is ready.

    Raises:
        ValueError: If something is missing, or two contradict each other.
    """
    if function is not None:
        for argument, value in {"code": code, "handler": handler, **settings}.items():
            if value is not None:
                raise ValueError(f"{argument} must not be given with function: a ready function has its own")
    if (code is None) != (handler is None):
        given = "handler" if code is None else "code"
        raise ValueError(f"code and handler go together, got only {given}")


def check_stage(
    stage_name: str, cache_size: str | None, cache_ttl: Duration | None, cache_key_parameters: Sequence[str]
) -> None:
    """Refuse a stage that API Gateway or Lambda does not take.

    Raises:
        ValueError: If an argument is malformed or out of range, or two contradict each other.
    """
    if not _STAGE.fullmatch(stage_name):
        raise ValueError(f"stage_name must be up to 128 letters, digits and _, and no number alone, got {stage_name!r}")
    check_one_of("cache_size", cache_size, CACHE_SIZES)
    for argument, given in {
        "cache_ttl": cache_ttl is not None,
        "cache_key_parameters": bool(cache_key_parameters),
    }.items():
        if given and cache_size is None:
            raise ValueError(f"{argument} needs cache_size: without one nothing is cached")
    check_duration("cache_ttl", cache_ttl, Duration.seconds(1), Duration.hours(1))
    for parameter in cache_key_parameters:
        if not _KEY.fullmatch(parameter):
            raise ValueError(f"cache_key_parameters must be header.NAME or querystring.NAME, got {parameter!r}")


def check_release(*, gradual: bool, **given: object | None) -> None:
    """Refuse a gradual release's settings where there is none.

    Raises:
        ValueError: If one is given.
    """
    for argument, value in given.items():
        if value is not None and not gradual:
            raise ValueError(f"{argument} needs gradual_release: without it all traffic is shifted at once")
