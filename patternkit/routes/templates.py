"""Templates and cloud assemblies as the prover reads them: the ground floor's, with the prover's own errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from patternkit import templates
from patternkit.routes.errors import TemplateError
from patternkit.templates import StackSource

__all__ = [
    "StackSource",
    "as_template",
    "own_errors",
    "read",
    "read_template",
]

Given = ParamSpec("Given")
Returned = TypeVar("Returned")


@contextmanager
def own_errors() -> Iterator[None]:
    """Raise what is wrong with a template as the prover's own error.

    Yields:
        Nothing.

    Raises:
        TemplateError: What was raised.
    """
    try:
        yield
    except TemplateError:
        raise
    except templates.TemplateError as error:
        raise TemplateError(str(error)) from None


def _with_own_errors(read_it: Callable[Given, Returned]) -> Callable[Given, Returned]:
    @wraps(read_it)
    def reading(*given: Given.args, **named: Given.kwargs) -> Returned:
        with own_errors():
            return read_it(*given, **named)

    return reading


as_template = _with_own_errors(templates.as_template)
read = _with_own_errors(templates.read)
read_template = _with_own_errors(templates.read_template)
