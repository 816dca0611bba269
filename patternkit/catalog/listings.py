"""The names of what is listed of a pattern's template, by `patternkit show NAME --permissions` and on the site."""

LISTS = {
    "resources": "the resources of the template by type",
    "permissions": "what each role is allowed to do",
    "alarms": "each alarm with its threshold",
    "routes": "the route tables of each kind of subnet",
    "costs": "the cost item by item",
    "findings": "what AwsSolutions, Serverless, NIST 800-53 R5, HIPAA and PCI find, each with the reason why it stays",
}
"""Listings in the order in which pages have them. `patternkit.catalog.parts.listings` makes them."""


def pointer(name: str, pattern: str) -> str:
    """The sentence with which a pattern's README.md points to a listing.

    Args:
        name: The listing.
        pattern: The pattern's name.

    Returns:
        A sentence.
    """
    return f"`patternkit show {pattern} --{name}` lists {LISTS[name]}."
