"""What a FunctionApi can be asked for."""

import re
from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Stack
from constructs import Construct, IConstruct

from patterns.building_blocks.arguments import check_duration, check_one_of
from patterns.building_blocks.cross_stack import in_one_stack

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


def check_release(
    scope: Construct,
    *,
    gradual: bool,
    deployment_config: object | None,
    before_traffic: IConstruct | None,
    after_traffic: IConstruct | None,
) -> None:
    """Refuse a gradual release's settings where there is none, and hooks that it could not be made with.

    Raises:
        ValueError: If one is given.
    """
    hooks = {"before_traffic": before_traffic, "after_traffic": after_traffic}
    for argument, value in {"deployment_config": deployment_config, **hooks}.items():
        if value is not None and not gradual:
            raise ValueError(f"{argument} needs gradual_release: without it all traffic is shifted at once")
    for argument, hook in hooks.items():
        if hook is not None and not in_one_stack(scope, hook):
            # The function's role names the deployment group, whose own role names the function.
            raise ValueError(
                f"{argument} must stand in the API's stack, {Stack.of(scope).node.path}, "
                f"got a function of {Stack.of(hook).node.path}: their stacks would wait for each other"
            )
