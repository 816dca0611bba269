"""Signed links: whoever holds one may decide about one order until it expires.

A link holds no task token: it names a record, until when it is good, and the MAC of both by a key that never leaves
AWS KMS.
"""

import base64
import binascii
import os
import re
from dataclasses import dataclass
from typing import Any

_ALGORITHM = "HMAC_SHA_256"
_TOKEN = re.compile(r"([0-9a-f]{32})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says.

    Attributes:
        approval: The record that it decides about.
        expires: Until when it is good, in seconds since 1970.
    """

    approval: str
    expires: int

    def message(self) -> bytes:
        """What is signed: a purpose first, so that no other use of the key makes a link."""
        return f"approval-link/1|{self.approval}|{self.expires}".encode()


def sign(kms: Any, link: Link) -> str:
    """Make the token of a link.

    Args:
        kms: A client of AWS KMS.
        link: The link.

    Returns:
        The token, which needs no quoting in a URL.
    """
    answer = kms.generate_mac(KeyId=os.environ["LINK_KEY"], MacAlgorithm=_ALGORITHM, Message=link.message())
    mac = base64.urlsafe_b64encode(answer["Mac"]).decode().rstrip("=")
    return f"{link.approval}.{link.expires}.{mac}"


def read(kms: Any, token: str, now: float) -> Link | None:
    """Read a token, if it was signed here and has not expired.

    Args:
        kms: A client of AWS KMS.
        token: The token.
        now: The time, in seconds since 1970.

    Returns:
        The link; None if there is anything wrong with it.
    """
    # What cannot be a link costs no request to KMS.
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    link = Link(approval=found[1], expires=int(found[2]))
    if link.expires <= now:
        return None
    try:
        mac = base64.urlsafe_b64decode(found[3] + "=")
        kms.verify_mac(KeyId=os.environ["LINK_KEY"], MacAlgorithm=_ALGORITHM, Message=link.message(), Mac=mac)
    except (binascii.Error, kms.exceptions.KMSInvalidMacException):
        return None
    return link
