"""Checks of constructor arguments: one line that says what was given and what is allowed."""

import json
import math
import re
from collections.abc import Collection, Mapping

from aws_cdk import Duration, Size, Token, Tokenization


def check_range(argument: str, value: float | None, low: float, high: float, unit: str = "") -> None:
    """Refuse a number outside `low` to `high`, both included.

    Args:
        argument: The argument's own name, as the user wrote it.
        value: What was given; None and unresolved tokens pass.
        low: The smallest value allowed.
        high: The largest value allowed.
        unit: What the number counts, for the message.

    Raises:
        ValueError: If the value is outside the range.
    """
    if value is None or low <= value <= high:
        return
    if is_number_token(value):
        return
    allowed = f"{low} and {high} {unit}".rstrip()
    raise ValueError(f"{argument} must be between {allowed}, got {value}")


def is_number_token(value: object) -> bool:
    """Whether a value is the token of a number.

    Args:
        value: What was given.

    Returns:
        Whether it stands for a number that only a deployment knows. A number of a token's form that stands for none,
        as a token that was rounded, is what it is: a very large negative number.
    """
    # A token is a finite float; jsii's Node ends on any other, which JSON cannot say.
    if not (isinstance(value, float) and math.isfinite(value) and Token.is_unresolved(value)):
        return False
    try:
        return Tokenization.reverse_number(value) is not None
    except RuntimeError:
        return False


def check_known(argument: str, value: object, needed_for: str) -> None:
    """Refuse an unresolved token where the template's shape depends on the value.

    Args:
        argument: The argument's own name.
        value: A number, text, `Duration` or `Size`; None passes.
        needed_for: What depends on it.

    Raises:
        ValueError: If it is a token.
    """
    unresolved = value.is_unresolved() if isinstance(value, Duration | Size) else Token.is_unresolved(value)
    if value is not None and unresolved:
        raise ValueError(f"{argument} must be known when the template is made, got a token: {needed_for} depends on it")


def check_json(argument: str, value: object) -> None:
    """Refuse what JSON cannot say.

    Args:
        argument: The argument's own name.
        value: What was given.

    Raises:
        ValueError: If it holds something else than JSON's own types, a number that is none, or the token of one.
    """
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{argument} must be JSON in UTF-8: {error.reason}") from None
    except RecursionError:
        raise ValueError(f"{argument} must be JSON that is not nested so deeply") from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"{argument} must be JSON: {error}") from None
    if _holds_a_number_token(value):
        # Python writes such a token as a number of 290 digits, which no deployment replaces.
        raise ValueError(f"{argument} must be JSON whose numbers are known when the template is made, got a token")


def _holds_a_number_token(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_a_number_token, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_holds_a_number_token, value))
    return is_number_token(value)


def check_keys(argument: str, value: object) -> None:
    """Refuse keys that only a deployment knows: a template holds values that it does, and no such keys.

    Args:
        argument: The argument's own name.
        value: What was given: JSON.

    Raises:
        ValueError: If a key in it, at any depth, is a token.
    """
    if isinstance(value, Mapping):
        for key, one in value.items():
            if isinstance(key, str) and "${" in key and Token.is_unresolved(key):
                raise ValueError(f"{argument} must have keys that are known when the template is made, got a token")
            check_keys(argument, one)
    elif isinstance(value, list | tuple):
        for one in value:
            check_keys(argument, one)


# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_ENVIRONMENT_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")
_RESERVED_BY_LAMBDA = {
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
}


def check_not_taken(argument: str, environment: Mapping[str, str] | None, reserved: Collection[str]) -> None:
    """Refuse environment variables that the pattern sets itself, of functions and containers alike.

    Args:
        argument: The argument's own name.
        environment: What was given; None passes.
        reserved: The names that the pattern sets.

    Raises:
        ValueError: If one is set.
    """
    taken = sorted(set(environment or ()) & set(reserved))
    if taken:
        raise ValueError(f"{argument} must not set {', '.join(taken)}: the pattern sets it")


def check_environment(
    argument: str, environment: Mapping[str, str] | None, reserved: Collection[str] = frozenset()
) -> None:
    """Refuse environment variables that AWS Lambda does not take, or that the pattern sets itself.

    Args:
        argument: The argument's own name.
        environment: What was given; None passes.
        reserved: The names that the pattern sets. Default: none.

    Raises:
        ValueError: If a name is malformed, or taken.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    check_not_taken(argument, environment, reserved)
    for name in environment or ():
        if not _ENVIRONMENT_NAME.fullmatch(name):
            raise ValueError(
                f"{argument} must name variables with a letter and one or more letters, digits and underscores, "
                f"got {name!r}"
            )
        if name in _RESERVED_BY_LAMBDA:
            raise ValueError(f"{argument} must not set {name}: AWS Lambda sets it")


_LARGEST_ENVIRONMENT = 4096


def check_environment_size(argument: str, environment: Mapping[str, str]) -> None:
    """Refuse more than AWS Lambda takes of environment variables, the pattern's own among them.

    Args:
        argument: The argument's own name.
        environment: The variables. Of values that only a deployment knows, nothing is counted.

    Raises:
        ValueError: If names and values are more than 4 KiB.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """
    known = [text for pair in environment.items() for text in pair if not Token.is_unresolved(text)]
    size = sum(len(text.encode()) for text in known)
    if size > _LARGEST_ENVIRONMENT:
        raise ValueError(
            f"{argument} must have at most {_LARGEST_ENVIRONMENT} bytes of names and values in all, with what the "
            f"pattern sets, got {size}"
        )


def shown(value: str) -> str:
    """Write what was given into a message, on one line whatever it holds.

    Args:
        value: What was given.

    Returns:
        The text as it is, or escaped if a terminal could not show it.
    """
    return value if value.isprintable() else ascii(value)
