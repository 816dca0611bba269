"""Short names from construct paths: the role that a resource plays, not its logical id."""

import re

# What only repeats the kind of resource, or how the construct is put together.
_SILENT = {
    "ASG",
    "Bucket",
    "Connection",
    "Default",
    "Device",
    "Front",
    "Function",
    "LoadBalancer",
    "Network",
    "Queue",
    "Resource",
    "Service",
    "Subnet",
}
_ACRONYMS = {
    "Acl": "ACL",
    "Api": "API",
    "Dns": "DNS",
    "Ec2": "EC2",
    "Http": "HTTP",
    "Ipv4": "IPv4",
    "Ipv6": "IPv6",
    "Nat": "NAT",
    "Ssm": "SSM",
    "Url": "URL",
    "Vpc": "VPC",
}
# Services whose names are written together: ec2messages, ssmmessages.
_WORDS = re.compile(r"Ec2|Ssm(?=messages)|Ipv[46]|[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+")


def title(path: tuple[str, ...]) -> str:
    """Name a resource.

    Args:
        path: Its construct path within its stack.

    Returns:
        Words for what it does there.
    """
    # The first part is the pattern, which every name would repeat.
    parts = [unnumbered(part) for part in path]
    telling = [part for part in parts[1:] if part and part not in _SILENT]
    said = telling or [part for part in parts if part not in {"Resource", "Default"}][-1:]
    return " ".join(dict.fromkeys(_spaced(part) for part in said))


def unnumbered(part: str) -> str:
    """Take the number off what is made several times: Nat2 is a Nat."""
    return part.rstrip("0123456789") or part


def _spaced(part: str) -> str:
    return " ".join(_ACRONYMS.get(word, word) for word in _WORDS.findall(part)) or part
