"""Which objects a subscription hears of."""

import re
from collections.abc import Sequence
from typing import Annotated

from aws_cdk import aws_sns as sns

from patterns.building_blocks.bounds import Matches

# S3 writes keys into events URL-encoded; these characters come out as they went in.
KeyParts = Sequence[Annotated[str, Matches(r"[A-Za-z0-9/._-]{1,512}", "up to 512 letters, digits and /._-")]]
"""Beginnings or ends of object keys."""
# SNS counts each value as often as its key is nested deep: Records, s3, object, key.
# https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
MOST_VALUES = 150 // 4
_NAME = re.compile(r"[A-Z][A-Za-z0-9]{0,63}")


def check_name(argument: str, names: Sequence[str]) -> None:
    """Refuse names that cannot stand in construct ids, or that come twice.

    Raises:
        ValueError: If a name is malformed or not the only one.
    """
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{argument} must be named with a capital and up to 63 letters and digits, got {name!r}")
    if len(set(names)) < len(names):
        raise ValueError(f"{argument} must have different names, got {', '.join(names)}")


def check_filter(argument: str, prefixes: Sequence[str], suffixes: Sequence[str]) -> None:
    """Refuse a filter that Amazon SNS cannot keep.

    Raises:
        ValueError: If it is malformed, or asks for a prefix and a suffix at once.
    """
    if prefixes and suffixes:
        raise ValueError(f"{argument} must have prefixes or suffixes: SNS takes an object that has either for a match")
    for name, parts in (("prefixes", prefixes), ("suffixes", suffixes)):
        if len(parts) > MOST_VALUES:
            raise ValueError(f"{argument}: {name} must be at most {MOST_VALUES}, got {len(parts)}")


def object_filter(prefixes: Sequence[str], suffixes: Sequence[str]) -> dict[str, sns.FilterOrPolicy] | None:
    """Let announcements of objects through whose keys match.

    Args:
        prefixes: What a key starts with, one of them. None: anything.
        suffixes: What a key ends in, likewise.

    Returns:
        The filter policy, for the message body; None if everything may pass, which is then also the notification
        without an object that S3 sends to try a new destination.

    Source: https://aws.amazon.com/blogs/compute/introducing-payload-based-message-filtering-for-amazon-sns/
    """
    if not prefixes and not suffixes:
        return None
    key = sns.FilterOrPolicy.filter(
        sns.SubscriptionFilter.string_filter(
            match_prefixes=list(prefixes) or None, match_suffixes=list(suffixes) or None
        )
    )
    policy = sns.FilterOrPolicy.policy
    return {"Records": policy({"s3": policy({"object": policy({"key": key})})})}
