"""An API whose requests a function answers, released version by version."""

from patterns.api.function_api.construct import FunctionApi

__all__ = ["FunctionApi"]
