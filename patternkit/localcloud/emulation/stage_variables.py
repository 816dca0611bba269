"""Stage variables in the address of a REST API's integration with a function or a queue; ministack leaves them as text.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from types import ModuleType
from typing import Any

INVOKERS = ("_invoke_lambda_proxy_v1", "_invoke_lambda_custom_v1", "_invoke_sqs_v1")
"""What is handed an integration, the ids of an API and its stage, and the stage."""


def read_in_addresses(gateway: ModuleType) -> None:
    """Put the values of the stage's variables into an integration's address, as it is called.

    A variable that the stage has not stays as it is written: no function has such a name, and the call is answered 500.
    """

    def invoker(invoke: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def with_values(
            integration: Mapping[str, Any], api: str, name: str, stage: Mapping[str, Any], *rest: Any, **named: Any
        ) -> Any:
            values = stage.get("variables") or {}
            uri = re.sub(
                r"\$\{stageVariables\.(\w+)\}",
                lambda found: str(values.get(found[1], found[0])),
                integration.get("uri") or "",
            )
            return await invoke({**integration, "uri": uri}, api, name, stage, *rest, **named)

        return with_values

    for each in INVOKERS:
        vars(gateway)[each] = invoker(vars(gateway)[each])
