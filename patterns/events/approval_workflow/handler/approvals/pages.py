"""The pages that an approver sees: no script, nothing from elsewhere, and nothing of the order that is not escaped."""

from html import escape
from typing import Any

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    # The address is the permission to decide: no other site learns it.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_STYLE = "body{font:1rem/1.5 sans-serif;margin:2rem auto;max-width:40rem;padding:0 1rem}button{font:inherit}"


def question(facts: dict[str, Any]) -> str:
    """The page with two buttons.

    Args:
        facts: What the approver sees of the order.

    Returns:
        The page.
    """
    rows = "".join(f"<tr><th scope=row>{escape(name)}<td>{escape(_text(value))}" for name, value in facts.items())
    # Without an action the form is sent to the page's own address, which has the token.
    form = (
        '<form method="post"><button name="decision" value="approve">Approve</button>'
        '<button name="decision" value="refuse">Refuse</button></form>'
    )
    return _page("Decide about an order", f"<table>{rows}</table>{form}")


def decided(decision: str) -> str:
    """The page that says what holds.

    Args:
        decision: The decision.

    Returns:
        The page.
    """
    return _page(f"This order is {decision}", "<p>That was recorded, and cannot be changed here.</p>")


def gone() -> str:
    """The page where there is nothing to decide."""
    return _page("There is nothing to decide", "<p>The order is not known any more.</p>")


def unclear() -> str:
    """The page after a request that is neither of the two buttons."""
    return _page("That was neither yes nor no", "<p>Go back, and press one of the two buttons.</p>")


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _page(title: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><h1>{escape(title)}</h1>{content}</html>"
    )
