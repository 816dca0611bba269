"""Domain names as text: lower case, without the dot at the end; the root is "".

Name matching follows RFC 1034, section 4.3, and RFC 4592 for wildcards.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

_ESCAPED = re.compile(r"\\(\d{3})")
_LABEL = re.compile(r"[A-Za-z0-9_*-]{1,63}")


def normal(name: str) -> str:
    r"""A name as it is compared: `WWW.Example.com.` is `www.example.com`, and `\052.a` is `*.a`.

    Args:
        name: The name, as a template or a user writes it.

    Returns:
        The name.
    """
    if "\\" in name:
        # Route 53 escapes characters by their octal code.
        name = _ESCAPED.sub(lambda match: chr(int(match[1], 8)) if int(match[1][0]) < 4 else match[0], name)
    return name.strip().rstrip(".").lower() if name[-1:] in (".", " ") or not name.islower() else name.strip()


def is_name(text: str) -> bool:
    """Whether a text is a domain name: labels of letters, digits, hyphens, underscores and asterisks."""
    name = text.rstrip(".")
    return len(name) <= 253 and all(_LABEL.fullmatch(label) for label in name.split(".")) if name else text == "."


def is_within(name: str, domain: str) -> bool:
    """Whether a name is a domain's own or below it."""
    return not domain or name == domain or name.endswith("." + domain)


def upwards(name: str) -> Iterator[str]:
    """A name, and the domains around it up to the root, which is the last."""
    while name:
        yield name
        name = name.partition(".")[2]
    yield ""


def depth(name: str) -> int:
    """How many labels a name has."""
    return name.count(".") + 1 if name else 0


def shown(name: str) -> str:
    """A name as people read it."""
    return name or "."


def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
