import string
from typing import Any

import pytest

from patternkit.localcloud.emulation.generated_secret import password


def test_a_password_has_one_of_each_kind_and_the_length_of_the_api() -> None:
    for _ in range(20):
        made = password({})
        assert len(made) == 32
        for kind in (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation):
            assert set(made) & set(kind)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ExcludeLowercase", string.ascii_lowercase),
        ("ExcludeUppercase", string.ascii_uppercase),
        ("ExcludeNumbers", string.digits),
        ("ExcludePunctuation", string.punctuation),
    ],
)
@pytest.mark.parametrize("flag", [True, "true"])
def test_a_kind_that_is_excluded_is_not_in_it(name: str, kind: str, flag: object) -> None:
    assert not set(password({name: flag, "PasswordLength": "400"})) & set(kind)


def test_characters_and_lengths() -> None:
    assert not set(password({"ExcludeCharacters": "abc/@", "PasswordLength": 400})) & set("abc/@")
    assert " " in password({"IncludeSpace": True, "PasswordLength": 8})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"PasswordLength": 3}, "too short"),
        ({"ExcludeCharacters": string.digits}, "of a required type"),
        (
            dict.fromkeys(("ExcludeLowercase", "ExcludeUppercase", "ExcludeNumbers", "ExcludePunctuation"), True),
            "all characters",
        ),
    ],
)
def test_what_cannot_be_generated_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        password(given)
