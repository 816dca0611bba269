"""What a LoadBalancedFunction can be asked for."""

import re
from collections.abc import Mapping

from aws_cdk import Size, Token

from patterns.building_blocks.arguments import check_size, shown

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
LARGEST = Size.mebibytes(1)
_PATH = re.compile(r"/[A-Za-z0-9_\-.$/~\"'@:+&()!*]{0,1023}")
# An alias of a number alone would be taken for a version.
_ALIAS = re.compile(r"(?!\d+$)[A-Za-z0-9_-]{1,128}")


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


def check_payloads(**sizes: Size | None) -> None:
    """Refuse payloads that do not fit between a load balancer and a function.

    Raises:
        ValueError: If one is larger.
    """
    for argument, size in sizes.items():
        if size is None:
            continue
        if not size.is_unresolved() and size.to_bytes() > LARGEST.to_bytes():
            raise ValueError(
                f"{argument} must be at most 1 MiB, got {int(size.to_bytes())} bytes: a load balancer hands no more to "
                "a function; sign URLs of Amazon S3, or put containers behind it"
            )
        check_size(argument, size, Size.bytes(1), LARGEST)


def check_names(alias_name: str, health_check_path: str) -> None:
    """Refuse an alias that Lambda, or a path that a load balancer, does not take.

    Raises:
        ValueError: If one is malformed.
    """
    if not Token.is_unresolved(alias_name) and not _ALIAS.fullmatch(alias_name):
        raise ValueError(
            f"alias_name must be up to 128 letters, digits, - and _, and no number alone, got {shown(alias_name)!r}"
        )
    if not Token.is_unresolved(health_check_path) and not _PATH.fullmatch(health_check_path):
        raise ValueError(
            f"health_check_path must begin with / and hold a path of up to 1024 characters, "
            f"got {shown(health_check_path[:40])!r}"
        )
