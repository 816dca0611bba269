"""What belongs to one kind of authorization is refused with each other, and none lacks what it needs."""

from typing import Any, get_args

import pytest

from patterns.building_blocks.rest_api.access import Authorization, Callers

OWNERS = {
    "api_key": "api_key",
    "authorization_scopes": "cognito",
    "authorizer_function": "function",
    "daily_quota": "api_key",
    "user_pools": "cognito",
}
NEEDED = {"cognito": "user_pools", "function": "authorizer_function"}
NOTHING: dict[str, Any] = {
    "api_key": None,
    "authorization_scopes": (),
    "authorizer_function": None,
    "daily_quota": None,
    "user_pools": (),
}
# Whatever it is: only whether it is given is asked here.
GIVEN: dict[str, Any] = {
    "api_key": object(),
    "authorization_scopes": ("documents/read",),
    "authorizer_function": object(),
    "daily_quota": 5,
    "user_pools": (object(),),
}
AUTHORIZATIONS = get_args(Authorization)


def callers(authorization: Any, *given: str, **others: Any) -> Callers:
    return Callers(authorization=authorization, **NOTHING | {one: GIVEN[one] for one in given}, **others)


def needed(authorization: str) -> list[str]:
    return [NEEDED[authorization]] if authorization in NEEDED else []


@pytest.mark.parametrize("authorization", AUTHORIZATIONS)
@pytest.mark.parametrize(("argument", "owner"), OWNERS.items())
def test_an_argument_belongs_to_one_authorization(argument: str, owner: str, authorization: str) -> None:
    given = {argument, *needed(authorization)}
    if authorization == owner:
        callers(authorization, *given)
        return
    with pytest.raises(ValueError, match=f"^{argument} needs authorization='{owner}', got '{authorization}'$"):
        callers(authorization, *given)


@pytest.mark.parametrize(("authorization", "argument"), NEEDED.items())
def test_an_authorization_lacks_nothing_that_it_needs(authorization: str, argument: str) -> None:
    with pytest.raises(ValueError, match=f"^{argument} must be given with authorization='{authorization}'$"):
        callers(authorization)


@pytest.mark.parametrize("authorization", AUTHORIZATIONS)
def test_a_front_sends_a_key_whatever_else_proves_who_calls(authorization: str) -> None:
    given = needed(authorization)
    assert callers(authorization, "api_key", *given, fronted=True).need_api_key
    assert callers(authorization, *given).need_api_key == (authorization == "api_key")
