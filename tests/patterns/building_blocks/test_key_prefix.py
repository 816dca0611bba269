"""The beginning of object keys is what a permission can name, and its acknowledgment too."""

import re

import pytest

from patterns.building_blocks.key_prefix import KeyPrefix
from patterns.building_blocks.signature import check

BRACKETS = ("(", "[", "a)", "]a", "(]", "[)", "([)]", "(()", "())", "[]]", "a(b)(", ")(")


@pytest.mark.parametrize(
    "prefix", ["", "a" * 512, "\u00e4" * 256, "a b/", "~", " ", "(a)[b]", "([a])", "()()", "a(b)c[d]e", "a|"]
)
def test_what_permissions_can_name_passes(prefix: str) -> None:
    check("prefix", prefix, KeyPrefix)


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("a" * 513, "be at most 512 bytes, got 513"),
        # Two bytes each.
        ("\u00e4" * 257, "be at most 512 bytes, got 514"),
        ("a*", "hold no wildcard, got 'a*'"),
        ("?a", "hold no wildcard, got '?a'"),
        ("{", "hold no braces, which name variables of policies, got '{'"),
        ("a}", "hold no braces, which name variables of policies, got 'a}'"),
        ("a\nb", "hold no control characters, got 'a\\nb'"),
        ("a\x1f", "hold no control characters, got 'a\\x1f'"),
        ("\x7fa", "hold no control characters, got '\\x7fa'"),
        *((one, f"close each bracket that it opens, got '{one}'") for one in BRACKETS),
    ],
)  # fmt: skip
def test_what_they_cannot_name_is_refused(prefix: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^prefix must {re.escape(said)}$"):
        check("prefix", prefix, KeyPrefix)
