"""The words by which `diff` knows encryption and retention, held to the names that CloudFormation's schemas have.

A newer schema may bring a name with such a word that says something else, or one that no rule reads: the test is red
until it is decided here, or read.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import cfnlint
import pytest

from patternkit.upgrade.encryption import encryption_level
from patternkit.upgrade.retention import _FOREVER, _LOCKS, _STATUS_OF, _time, protection_level
from patternkit.upgrade.settings import words

SCHEMAS = Path(str(cfnlint.__file__)).parent / "data" / "schemas" / "resources"
NOT_LOOKED_AT = Path(__file__).parent / "not_looked_at.txt"

ENCRYPTION = frozenset(
    {"cipher", "ciphers", "cleartext", "cmk", "dnssec", "encrypt", "encrypted", "encryption", "https", "kms", "mtls"}
    | {"plaintext", "sse", "ssl", "tls"}
)
RETENTION = frozenset(
    {"deletion", "expiration", "expire", "expires", "expiry", "lock", "recovery", "retain", "retained", "retention"}
    | {"termination", "ttl", "undelete", "versioning"}
)


@cache
def names() -> frozenset[str]:
    """Every name that a schema gives to a property, or to a part of one."""
    found: set[str] = set()
    for path in SCHEMAS.glob("*.json"):
        found.update(re.findall(r'"([A-Za-z0-9]+)"\s*:\s*\{', path.read_text(encoding="utf-8")))
    return frozenset(found)


def is_read(name: str) -> bool:
    """Whether a rule of the diff says something of a property with a name, or of what is within it."""
    return (
        encryption_level((name,), True) is not None
        or encryption_level((name, "Enabled"), True) is not None
        or protection_level((name,), True) is not None
        or _time((name,), 7) is not None
        or name in _FOREVER | _LOCKS | _STATUS_OF
        or name == "TimeToLiveSpecification"
    )


def not_read(about: frozenset[str]) -> set[str]:
    return {name for name in names() if about & set(words(name)) and not is_read(name)}


def listed() -> set[str]:
    return set(NOT_LOOKED_AT.read_text(encoding="utf-8").split())


def test_each_name_is_read_or_decided() -> None:
    assert sorted(not_read(ENCRYPTION | RETENTION)) == sorted(listed())


@pytest.mark.parametrize("name", ["QuantumKmsPlan", "SessionTtlPlan", "TelegramExpiryPlan"])
def test_a_new_name_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = names() | {name}
    monkeypatch.setattr(f"{__name__}.names", lambda: whole)
    assert not_read(ENCRYPTION | RETENTION) - listed() == {name}


def test_there_are_names_of_both_kinds() -> None:
    for about, fewest in ((ENCRYPTION, 100), (RETENTION, 100)):
        read = {name for name in names() if about & set(words(name))} - not_read(about)
        assert len(read) > fewest / 2, sorted(read)
