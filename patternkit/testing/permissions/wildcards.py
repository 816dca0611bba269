"""The wildcards of IAM: `*` is any text, `?` any one character."""

import re
from functools import cache


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (".*" if one == "*" else "." if one == "?" else re.escape(one) for one in pattern)
    return re.compile("".join(parts), re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """Match a text; capitals count.

    Args:
        pattern: With wildcards.
        text: The whole text.

    Returns:
        Whether it matches.
    """
    return _compiled(pattern).fullmatch(text) is not None


def matches_arn(pattern: str, arn: str) -> bool:
    """Match an ARN part by part: a wildcard in one of the first five parts does not reach into the next.

    Args:
        pattern: With wildcards, or just "*".
        arn: The ARN, or "*" for a request that names no resource, which only "*" matches.

    Returns:
        Whether it matches.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    if pattern == "*":
        return True
    wanted, given = pattern.split(":", 5), arn.split(":", 5)
    if len(wanted) != 6 or len(given) != 6:
        return False
    return all(matches(one, other) for one, other in zip(wanted, given, strict=True))


def matches_resource(pattern: str, arn: str) -> bool:
    """Match the resource of a statement: a `*` at the end of a part reaches into the next, no other does.

    Parts that are missing at an ARN's end stand for anything: "arn:aws:sqs" is every queue.

    Args:
        pattern: With wildcards, or just "*".
        arn: The ARN, or "*" for a request that names no resource, which only "*" matches.

    Returns:
        Whether it matches.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html and
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    return pattern == "*" or _compiled_resource(pattern).fullmatch(arn) is not None


@cache
def _compiled_resource(pattern: str) -> re.Pattern[str]:
    parts = pattern.split(":", 5)
    written = [*map(_part, parts[:5]), *(_compiled(one).pattern for one in parts[5:])]
    return re.compile(":".join(written) + ("" if len(parts) == 6 else "(:.*)?"), re.DOTALL)


def _part(pattern: str) -> str:
    reaching = pattern.endswith("*")
    wild = {"*": "[^:]*", "?": "[^:]"}
    return "".join(wild.get(one, re.escape(one)) for one in pattern.removesuffix("*")) + (".*" if reaching else "")
