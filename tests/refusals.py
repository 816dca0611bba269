"""What a construct refuses, and with which words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from constructs import Construct


@dataclass(frozen=True)
class Refusal:
    """A call of a construct that raises ValueError.

    Attributes:
        message: The whole message.
        arguments: Makes the arguments, in a scope of their own, with which the pattern's construct is then called.
    """

    message: str
    arguments: Callable[[Construct], dict[str, Any]]
