"""A test is named in few characters: its name goes from process to process, into the environment and into caches."""

import pytest

from tests.conftest import LONGEST_ID, pytest_make_parametrize_id


def test_long_values_are_named_by_their_beginning_and_length() -> None:
    assert pytest_make_parametrize_id("a" * 5_000, "text") == f"text: {'a' * 40!r} and 4960 more"
    assert (
        pytest_make_parametrize_id(b"\x89PNG" * 1_000_000, "body") == "body: b'\\x89PNG\\x89PNG\\x89P' and 3999990 more"
    )


@pytest.mark.parametrize("value", ["a" * LONGEST_ID, b"short", 7, None])
def test_others_are_named_as_pytest_names_them(value: object) -> None:
    assert pytest_make_parametrize_id(value, "text") is None
