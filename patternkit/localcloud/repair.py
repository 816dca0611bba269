"""How one property that the local cloud's CloudFormation dropped is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A resource with a dropped property."""

    physical_id: str
    properties: Mapping[str, Any]
    """As the template has them, every reference resolved."""
    replaced: dict[str, str]
    """Physical ids that a repair made anew, by what CloudFormation says: later repairs use the new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """How one property is set.

    Attributes:
        service: Whose client the functions get, as boto3 names it.
        set: Sets it.
        read: Reads it back.
        expected: What must then be read; a service may add its defaults to it.
        kept: Whether the property is set although CloudFormation looked at it, because it is known to do no more.
        applies: Whether there is anything to set, of a property that is kept.
    """

    service: str
    set: Callable[[Any, Dropped], object]
    read: Callable[[Any, Dropped], object]
    expected: Callable[[Dropped], object]
    kept: bool = False
    applies: Callable[[Any, Dropped], bool] = lambda _client, _resource: True

    def needed(self, client: Any, resource: Dropped) -> bool:
        """Return whether there is anything to set; also when that cannot be told."""
        try:
            return self.applies(client, resource)
        except Exception:
            return True

    def attempt(self, client: Any, resource: Dropped) -> str | None:
        """Set the property. Return None when it then reads back, otherwise why not. Never raises.

        A template may hold anything, and a stack that CloudFormation has deployed stays deployed: whatever goes
        wrong here is a finding.
        """
        try:
            self.set(client, resource)
            found, expected = self.read(client, resource), self.expected(resource)
        except ClientError as error:
            return f"{self.service} refused it too: {error.response['Error']['Message']}"
        except BotoCoreError as error:
            return f"{self.service} cannot be told: {' '.join(str(error).split())}"
        except KeyError as error:
            return f"{self.service} does not have it either: no {error.args[0]}"
        except Exception as error:
            return f"it could not be set: {type(error).__name__}: {' '.join(str(error).split())}"
        return None if holds(found, expected) else f"{self.service} was told, and does not have it: {found!r}"


def holds(found: object, expected: object) -> bool:
    """Return whether what was found has all that was expected, whatever else it has."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(key in found and holds(found[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        return isinstance(found, list) and len(found) == len(expected) and all(map(holds, found, expected))
    return found == expected
