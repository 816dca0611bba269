"""An integration's address is read with the variables of the stage that is called."""

import asyncio
from types import ModuleType
from typing import Any

import pytest

from patternkit.localcloud.emulation.stage_variables import INVOKERS, read_in_addresses


@pytest.mark.parametrize("invoker", INVOKERS)
@pytest.mark.parametrize(
    ("uri", "called"),
    [
        ("function:Orders:${stageVariables.alias}/invocations", "function:Orders:live/invocations"),
        ("function:${stageVariables.name}:${stageVariables.alias}", "function:Orders:live"),
        ("${stageVariables.unknown}", "${stageVariables.unknown}"),
        ("function:Orders", "function:Orders"),
    ],
)
def test_an_address_is_read_with_the_values_of_the_stage(invoker: str, uri: str, called: str) -> None:
    gateway = ModuleType("gateway")

    async def invoke(integration: dict[str, Any], *rest: Any, **named: Any) -> tuple[Any, ...]:
        return integration, rest, named

    vars(gateway).update(dict.fromkeys(INVOKERS, invoke))
    read_in_addresses(gateway)
    kept, stage = {"type": "AWS", "uri": uri}, {"variables": {"alias": "live", "name": "Orders"}}
    found = asyncio.run(getattr(gateway, invoker)(kept, "api", "live", stage, "resource", owner="1"))
    assert found == ({"type": "AWS", "uri": called}, ("api", "live", stage, "resource"), {"owner": "1"})
    assert kept["uri"] == uri, "what the API says of itself stays"


def test_ministack_has_what_is_amended() -> None:
    from ministack.services import apigateway_v1

    assert {name for name in INVOKERS if callable(vars(apigateway_v1).get(name))} == set(INVOKERS)
