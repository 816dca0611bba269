"""Whether a text that people read is written as texts are."""

import re

# Types of resources, actions of IAM, and names that are written in capitals within.
_NAMES = re.compile(r"\w+::[\w:]+|DynamoDB|GraphQL|IPsec|MACsec|\b[a-z0-9-]+:(?=[A-Z][a-z])")


def wrong(text: str) -> str:
    """Say what is wrong with a description or a reason; empty if it reads well."""
    plain = _NAMES.sub("Name", text)
    if not re.match(r"[A-Z0-9]", plain):
        return "begins with no capital"
    if re.search(r"[A-Z]{2}[a-z]{2}|[a-z]{2}[A-Z]{2}", plain):
        return "an abbreviation runs into a word"
    if re.search(r"\s\s|\s$|[,;:!?)][A-Za-z]{2}|[a-z]{2}\.[A-Z]", plain):
        return "a space is missing, or too many"
    return "says None" if re.search(r"\bNone\b", plain) else ""
