"""Tokens: who may connect, to which rooms, and until when, signed by a key that never leaves AWS KMS."""

import base64
import binascii
import json
import os
import re
from dataclasses import dataclass
from typing import Any

PERSON = re.compile(r"[A-Za-z0-9_.@-]{1,64}")
ROOM = re.compile(r"[a-z0-9-]{1,40}")
MOST_ROOMS = 19
"""A connection may be in twenty groups, of which one is the person's own."""
_ALGORITHM = "HMAC_SHA_256"
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,1400})\.([A-Za-z0-9_-]{43})")
_PURPOSE = b"chat-token/1|"


@dataclass(frozen=True, slots=True)
class Pass:
    """What a token says.

    Attributes:
        person: Who connects.
        rooms: The rooms that they may join.
        expires: Until when they may connect, in seconds since 1970.
    """

    person: str
    rooms: tuple[str, ...]
    expires: int


def sign(kms: Any, key: str, admitted: Pass) -> str:
    """Make a token, for whoever knows who a person is: the login of the application.

    Args:
        kms: A client of AWS KMS that may `kms:GenerateMac` with the key.
        key: The key.
        admitted: Who may connect.

    Returns:
        The token, which a browser can name as a subprotocol.
    """
    said = json.dumps([admitted.person, list(admitted.rooms), admitted.expires], separators=(",", ":"))
    body = _text(said.encode())
    mac = kms.generate_mac(KeyId=key, MacAlgorithm=_ALGORITHM, Message=_PURPOSE + body.encode())["Mac"]
    return f"{body}.{_text(mac)}"


def read(kms: Any, token: str, now: float) -> Pass | None:
    """Read a token, if it was signed here and has not expired.

    Args:
        kms: A client of AWS KMS.
        token: The token.
        now: The time, in seconds since 1970.

    Returns:
        Who may connect; None if there is anything wrong with it.
    """
    # What cannot be a token costs no request to KMS.
    found = _TOKEN.fullmatch(token)
    if found is None or (admitted := _parsed(found[1])) is None or admitted.expires <= now:
        return None
    try:
        kms.verify_mac(
            KeyId=os.environ["TOKEN_KEY"],
            MacAlgorithm=_ALGORITHM,
            Message=_PURPOSE + found[1].encode(),
            Mac=_bytes(found[2]),
        )
    except (binascii.Error, kms.exceptions.KMSInvalidMacException):
        return None
    return admitted


def _parsed(body: str) -> Pass | None:
    try:
        person, rooms, expires = json.loads(_bytes(body))
    except (ValueError, TypeError):
        return None
    named = isinstance(person, str) and PERSON.fullmatch(person)
    listed = isinstance(rooms, list) and len(rooms) <= MOST_ROOMS
    if not named or not listed or type(expires) is not int:
        return None
    if not all(isinstance(room, str) and ROOM.fullmatch(room) for room in rooms):
        return None
    return Pass(person, tuple(rooms), expires)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
