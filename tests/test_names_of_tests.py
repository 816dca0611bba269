"""A test is named in few characters: its name goes from process to process, into the environment and into caches."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import LONGEST_ID, pytest_make_parametrize_id, refuse_a_name_without_an_order


def test_long_values_are_named_by_their_beginning_and_length() -> None:
    assert pytest_make_parametrize_id("a" * 5_000, "text") == f"text: {'a' * 40!r} and 4960 more"
    assert (
        pytest_make_parametrize_id(b"\x89PNG" * 1_000_000, "body") == "body: b'\\x89PNG\\x89PNG\\x89P' and 3999990 more"
    )


@pytest.mark.parametrize("value", ["a" * LONGEST_ID, b"short", 7, None])
def test_others_are_named_as_pytest_names_them(value: object) -> None:
    assert pytest_make_parametrize_id(value, "text") is None


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("test_it[${Token[TOKEN.12]}]", "a token, which has another number in each process"),
        ("test_it[" + repr(object()).replace("0x", "0x7f"), "an address, which is another one in each process"),
    ],
    ids=["token", "address"],
)
def test_what_each_process_names_otherwise_is_refused(name: str, by: str) -> None:
    item: Any = SimpleNamespace(name=name, nodeid="tests/test_it.py::test_it")
    with pytest.raises(pytest.UsageError, match=f"^tests/test_it.py::test_it is named by {by}$"):
        refuse_a_name_without_an_order(item)


def test_what_each_process_names_alike_passes() -> None:
    item: Any = SimpleNamespace(name="test_it[0x1f at 0x]", nodeid="tests/test_it.py::test_it")
    refuse_a_name_without_an_order(item)
