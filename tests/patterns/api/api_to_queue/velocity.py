"""API Gateway's side of a mapping template: a full Velocity engine and the variables that API Gateway gives it.

Where Java and Python differ, this does as Java: `URLEncoder` writes a lone surrogate as `?`, as Java's UTF-8 encoder
does, and leaves `.`, `-`, `*` and `_` as they are.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from airspeed import Template


class JavaString(str):
    """A string with the methods of `java.lang.String` that the templates call."""

    def toLowerCase(self) -> str:  # noqa: N802 - Java's name
        return self.lower()

    def contains(self, part: str) -> bool:
        return part in self


class _Map(dict[str, str]):
    def keySet(self) -> list[str]:  # noqa: N802 - Java's name
        return [JavaString(key) for key in self]


class _Params:
    def __init__(self, header: Mapping[str, str], querystring: Mapping[str, str]) -> None:
        self.path, self.header, self.querystring = _Map(), _Map(header), _Map(querystring)


class _Input:
    def __init__(self, body: str, header: Mapping[str, str], querystring: Mapping[str, str]) -> None:
        self.body = body
        self._params = _Params(header, querystring)

    def params(self) -> _Params:
        return self._params

    def path(self, path: str) -> Any:
        node: Any = json.loads(self.body)
        for name, number in re.findall(r"([A-Za-z_]+)|\[(\d+)\]", path.removeprefix("$.")):
            if number:
                node = node[int(number)] if isinstance(node, list) and int(number) < len(node) else None
            else:
                node = node.get(name) if isinstance(node, dict) else None
        return node


class _Util:
    def urlEncode(self, text: Any) -> str:  # noqa: N802 - API Gateway's name
        if not isinstance(text, str):
            raise TypeError(f"urlEncode takes a string, got {text!r}")
        whole = re.sub("[\ud800-\udfff]", "?", text)
        return quote_plus(whole, safe="*").replace("~", "%7E")

    def escapeJavaScript(self, text: Any) -> str:  # noqa: N802 - API Gateway's name
        """As `StringEscapeUtils.escapeJavaScript` of Apache Commons Lang 2, which API Gateway documents."""
        if not isinstance(text, str):
            raise TypeError(f"escapeJavaScript takes a string, got {text!r}")
        short = {"\b": "\\b", "\n": "\\n", "\t": "\\t", "\f": "\\f", "\r": "\\r"}
        short |= {character: f"\\{character}" for character in "'\"\\/"}
        units = text.encode("utf-16-be", "surrogatepass")
        characters = [chr(int.from_bytes(units[i : i + 2], "big")) for i in range(0, len(units), 2)]
        return "".join(
            short.get(one) or (f"\\u{ord(one):04X}" if ord(one) > 0x7F or ord(one) < 0x20 else one)
            for one in characters
        )


@dataclass(frozen=True)
class Rendered:
    """What a template made.

    Attributes:
        text: The text.
        status: The status that it set in place of the integration response's, if it did.
    """

    text: str
    status: int | None


def render(
    template: str, body: str, *, header: Mapping[str, str] | None = None, querystring: Mapping[str, str] | None = None
) -> Rendered:
    """Render a mapping template as API Gateway would.

    Args:
        template: Its text.
        body: The body of the request, or of the integration's answer.
        header: The request's headers, each name as it came.
        querystring: The request's query parameters, decoded.

    Returns:
        What it made.
    """
    override: dict[str, Any] = {}
    variables = {
        "input": _Input(body, header or {}, querystring or {}),
        "util": _Util(),
        "context": {"responseOverride": override, "requestId": "request-1"},
    }
    # The engine knows string methods by exact class; strings that come out of `#set($x = "...")` are plain ones.
    text = Template(template).merge(variables)
    return Rendered(text=text, status=override.get("status"))
