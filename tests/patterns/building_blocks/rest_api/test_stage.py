"""The stage of a REST API: its name, and its cache."""

import re
from typing import Any

import pytest
from aws_cdk import Duration, Token

from patterns.building_blocks.rest_api.stage import CacheKeyParameters, CacheSize, CacheTtl, Stage, StageName
from patterns.building_blocks.signature import check


def test_a_stage_is_live_and_caches_nothing_unless_it_is_told_to() -> None:
    made = Stage()
    found = (made.stage_name, made.cache_size, made.cache_ttl, made.cache_key_parameters, made.variables)
    assert found == ("live", None, None, (), None)


@pytest.mark.parametrize(
    ("argument", "value"), [("cache_ttl", Duration.seconds(0)), ("cache_key_parameters", ["header.Accept"])]
)
def test_settings_of_a_cache_need_one(argument: str, value: Any) -> None:
    given: dict[str, Any] = {argument: value}
    Stage(**given, cache_size="0.5")
    with pytest.raises(ValueError, match=f"^{argument} needs cache_size: without one nothing is cached$"):
        Stage(**given)


@pytest.mark.parametrize("size", ["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"])
def test_the_sizes_are_those_of_api_gateway(size: str) -> None:
    check("cache_size", size, CacheSize)


@pytest.mark.parametrize(
    ("hint", "values"),
    [
        (CacheTtl, [Duration.seconds(1), Duration.hours(1)]),
        (CacheKeyParameters, [["header.Accept", "querystring.a-b_c.d", f"header.{'a' * 128}"]]),
        (StageName, ["live", "a", "1a", "a" * 128, "v_2"]),
    ],
)
def test_what_api_gateway_takes_passes(hint: Any, values: list[Any]) -> None:
    for value in values:
        check("argument", value, hint)


@pytest.mark.parametrize(
    ("hint", "value", "said"),
    [
        (CacheSize, "1", "must be one of 0.5, 1.6, 118, 13.5, 237, 28.4, 58.2, 6.1, got '1'"),
        (CacheTtl, Duration.seconds(0), "must be between 1 second and 1 hour, got 0 seconds"),
        (CacheTtl, Duration.seconds(3601), "must be between 1 second and 1 hour, got 1 hour 1 second"),
        (CacheKeyParameters, ["path.id"], "must be header.NAME or querystring.NAME, got 'path.id'"),
        (CacheKeyParameters, ["header."], "must be header.NAME or querystring.NAME, got 'header.'"),
        *(
            (StageName, name, f"must be up to 128 letters, digits and _, and no number alone, got '{name}'")
            for name in ("", "12", "a-b", "a.b")
        ),
    ],
)
def test_what_it_does_not_take_is_refused(hint: Any, value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=f"^argument {re.escape(said)}$"):
        check("argument", value, hint)


def test_the_name_is_known_at_synthesis() -> None:
    said = "stage must be known when the template is made, got a token: the id of the stage depends on it"
    with pytest.raises(ValueError, match=f"^{said}$"):
        check("stage", Token.as_string({"Ref": "Name"}), StageName)
