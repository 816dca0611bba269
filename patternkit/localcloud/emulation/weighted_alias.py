"""An alias with weights sends each call to one of its versions.

ministack keeps the weights and sends every call to the first version.

https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextvars import ContextVar
from types import ModuleType
from typing import Any

_reading: ContextVar[bool] = ContextVar("_reading", default=False)


class WeightedAlias(dict[str, Any]):
    """An alias whose version is drawn anew each time that it is asked for in order to call it."""

    def get(self, key: str, default: Any = None) -> Any:
        """Look up a member; the version is drawn, unless the alias is only read."""
        if key != "FunctionVersion" or _reading.get():
            return super().get(key, default)
        return draw(super().get(key, default), (super().get("RoutingConfig") or {}).get("AdditionalVersionWeights"))


def draw(version: Any, weights: Any, chance: Callable[[], float] = random.random) -> Any:
    """Return the version that one call goes to.

    Args:
        version: The alias's own version, which gets what the others leave.
        weights: The others, each with its share between 0 and 1.
        chance: Gives a number from 0 up to 1.
    """
    left = chance()
    for other, weight in (weights or {}).items():
        left -= float(weight)
        if left < 0:
            return other
    return version


def route(functions: ModuleType) -> None:
    """Have weights take effect, however the alias was made.

    Args:
        functions: ministack's module of Lambda functions.
    """
    module = vars(functions)
    invoke, effective = module["_invoke"], module["_effective_func_record_for_qualifier"]

    def weigh(function: dict[str, Any] | None) -> None:
        aliases = (function or {}).get("aliases") or {}
        for name, alias in list(aliases.items()):
            if alias.get("RoutingConfig") and not isinstance(alias, WeightedAlias):
                aliases[name] = WeightedAlias(alias)

    def invoking(name: str, *rest: Any, **named: Any) -> Any:
        weigh(module["_functions"].get(name))
        return invoke(name, *rest, **named)

    def resolving(function: dict[str, Any] | None, qualifier: str | None) -> Any:
        weigh(function)
        return effective(function, qualifier)

    def only_reading(name: str) -> None:
        function = module[name]

        def reading(*arguments: Any, **named: Any) -> Any:
            token = _reading.set(True)
            try:
                return function(*arguments, **named)
            finally:
                _reading.reset(token)

        module[name] = reading

    module["_invoke"] = invoking
    module["_effective_func_record_for_qualifier"] = resolving
    for name in ("_get_function", "_get_function_config", "_delete_function"):
        only_reading(name)
