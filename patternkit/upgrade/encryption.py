"""What an upgrade stops encrypting: at rest, in transit, and by whose key.

Known by the words of a property's name, in any type: so a type that AWS adds tomorrow is read as one of today.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from patternkit.upgrade.changes import Change, Kind, Template, pairs, properties_of
from patternkit.upgrade.settings import ABSENT, OFF, ON, UNKNOWN, Path, is_function, lowered, named, shown, words

_ENCRYPTS = frozenset({"encrypt", "encrypted", "encryption", "sse", "tls", "ssl", "https", "mtls", "dnssec"})
_NEGATED = frozenset({"disable", "disabled", "insecure", "remove"})
_IN_THE_CLEAR = frozenset({"AllowCleartext"})
"""What lets data through that is not encrypted."""

_NO_PROTECTION = frozenset(
    {
        "EnableTLSSessionHolding",
        "EncryptedLogGroupStrategy",
        "EncryptionConflictResolutionStrategy",
        "RotateEncryptionKey",
        "SslSupportMethod",
    }
)
"""Names with those words that encrypt nothing, or whose values cannot be compared."""

_NONE = frozenset(
    (
        *("none", "disabled", "disable", "off", "suspended", "plaintext", "tls_plaintext", "noencryption", "standard"),
        *("optional", "allowed", "allow", "preferred"),
    )
)
_WEAKER = {
    "verify-ca": 1.5,
    "verify-full": 2,
    "kms": 2,
    "aws:kms": 2,
    "sse-kms": 2,
    "sse_kms": 2,
    "cse-kms": 2,
    "kms_dsse": 3,
    "aws:kms:dsse": 3,
    "fips": 2,
}
_PROTOCOLS = frozenset({"Protocol", "ViewerProtocolPolicy", "OriginProtocolPolicy", "ProtocolPolicy"})
_TRANSPORTS = {"match-viewer": 0.7, "redirect-to-https": 0.9, "https-only": 1, "https": 1, "tls": 1, "ssl": 1, "wss": 1}
"""How well a protocol encrypts; those that are not named do not."""

_POLICIES = frozenset(
    {"MinimumProtocolVersion", "SecurityPolicy", "SecurityPolicyName", "SslPolicy", "TLSSecurityPolicy", "TlsPolicy"}
)


def encryption_changes(old: Template, new: Template) -> Iterator[Change]:
    """Find encryption that is taken off or weakened, and customers' keys that are not used any more.

    Args:
        old: The template that is deployed.
        new: The template that is about to be.

    Yields:
        The changes.
    """
    for logical_id, before, after in pairs(old, new):
        for path, was, now in lowered(properties_of(before), properties_of(after), encryption_level):
            yield Change(Kind.ENCRYPTION, logical_id, f"{named(path)} was {shown(was)} and is {shown(now)}{_hint(now)}")
        for path, was, _ in lowered(properties_of(before), properties_of(after), _secret_level):
            reason = f"{named(path)} was {shown(was)} and is written in the template: whoever reads that has it"
            yield Change(Kind.ENCRYPTION, logical_id, reason)
        if after["Type"] == "AWS::KMS::Key":
            yield from _key(logical_id, properties_of(before), properties_of(after))


def _secret_level(path: Path, value: Any) -> float | None:
    """Whether a secret stands elsewhere than in the template; its text is never shown."""
    name = path[-1]
    if words(name)[-1:] != ("password",) and name not in ("AuthToken", "SecretString"):
        return None
    return 0 if isinstance(value, str) and value and not value.startswith("{{resolve:") else 1


def _hint(now: Any) -> str:
    return ", which is not known before deployment" if is_function(now) else ""


def _key(logical_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    if before.get("Enabled", True) not in OFF and after.get("Enabled", True) in OFF:
        yield Change(Kind.ENCRYPTION, logical_id, "Enabled is false: nothing that the key encrypted can be read")
    if before.get("EnableKeyRotation") in ON and after.get("EnableKeyRotation") not in ON:
        yield Change(Kind.ENCRYPTION, logical_id, "EnableKeyRotation was true and is not: the key stays the same")


def encryption_level(path: Path, value: Any) -> float | None:
    """How well a setting encrypts.

    Args:
        path: The setting.
        value: Its value, `ABSENT` where it is not there.

    Returns:
        0 for not at all, more for better; None where the setting is not about encryption.
    """
    name = path[-1]
    spoken = words(name)
    if name in _NO_PROTECTION:
        return None
    if name in _POLICIES:
        return _version(value)
    if name in _PROTOCOLS:
        return _transport(value)
    if _is_key(spoken):
        return _of_key(value)
    about = bool(_ENCRYPTS & set(spoken))
    if name in _IN_THE_CLEAR:
        return UNKNOWN if is_function(value) else 0 if value in ON else 1
    within = any(_ENCRYPTS & set(words(one)) for one in path[:-1])
    if within and name in ("Enabled", "Status", "State"):
        return _on(value)
    if not about or spoken[-1] in ("arn", "id", "name", "role", "password", "certificate", "context"):
        return None
    if _NEGATED & set(spoken):
        # On unless it is said that it is off.
        return UNKNOWN if is_function(value) else 0 if value in ON else 1
    return _on(value)


def _on(value: Any) -> float:
    if value is ABSENT or value is None or value in OFF:
        return 0
    if is_function(value):
        return UNKNOWN
    if isinstance(value, str):
        return 0 if value.lower() in _NONE else _WEAKER.get(value.lower(), 1)
    return 1 if not isinstance(value, (list, Mapping)) or value else 0


def _is_key(spoken: tuple[str, ...]) -> bool:
    """Whether a name is of a key that encrypts, and not of an alias, a role or a set of them."""
    text = "".join(spoken)
    of_kms = bool({"kms", "cmk"} & set(spoken)) and bool({"key", "arn", "id", "identifier"} & set(spoken))
    return (of_kms or "encryptionkey" in text or "customermanagedkey" in text) and not (
        {"type", "role", "rotate", "provider", "alias", "enabled", "encrypted"} & set(spoken)
    )


def _of_key(value: Any) -> float:
    if value is ABSENT or value in ("", None) or value == [] or value == {}:
        return 0
    # The service's own key: everybody in the account may use it through the service.
    return UNKNOWN if isinstance(value, str) and re.search(r"alias/aws/|^AWS_OWNED", value) else 1


def _transport(value: Any) -> float:
    return UNKNOWN if is_function(value) else _TRANSPORTS.get(str(value).lower(), 0)


def _version(value: Any) -> float:
    """The lowest version of TLS that a policy takes, and how new it is of those."""
    if value is ABSENT:
        return 0
    if not isinstance(value, str):
        return UNKNOWN
    if value.lower() in ("require", "required", "optional"):
        return 0 if value.lower() == "optional" else 1
    versions = re.findall(r"(?<![\d])1[-._](\d)(?!\d)", value.replace("TLS13", ""))
    year = re.search(r"(20\d\d)(?:-(\d\d))?", value)
    newness = (int(year[1]) - 2000) * 12 + int(year[2] or 0) if year else 0
    return 1 + int(versions[-1] if versions else 0) + newness / 10_000
