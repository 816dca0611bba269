"""What autodoc cannot read of this code: Markdown in docstrings, and the signatures that jsii's metaclass hides."""

import inspect
import re
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from sphinx.application import Sphinx
from sphinx.util.inspect import signature, stringify_signature
from sphinx.util.typing import ExtensionMetadata, stringify_annotation

_PARTS = re.compile(r"``.*?``|`[^`]+`|[^`]+|`")
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_TRAILING = re.compile(r"(?<=[^\W_])_(?!\w)")
_MODULES = re.compile(r"\b(?:[a-z_]\w*\.)+(?=\w)")
_ARGUMENT = re.compile(r" {4}(?P<name>\w+):(?P<meaning> .+)$")
_SCHEME = re.compile(r"(?=https?://(?:[\s\"'`]|$))")
_FENCE = re.compile(r"(?P<indent>\s*)```(?P<language>\w*)$")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Take part in the build."""
    # Before Napoleon, which makes fields of the sections.
    app.connect("autodoc-process-docstring", _docstring, priority=400)
    app.connect("autodoc-process-signature", _signature)
    return {"version": "1", "parallel_read_safe": True}


def _docstring(app: Sphinx, what: str, name: str, documented: Any, options: Any, lines: list[str]) -> None:
    del app, what, name, options
    types = _types(documented)
    made, indent = [], None
    for line in lines:
        # The types stand in the code: told with their meaning, they leave the signature short enough to be read.
        if (argument := _ARGUMENT.match(line)) and argument["name"] in types:
            line = f"    {argument['name']} ({types[argument['name']]}):{argument['meaning']}"
        fence = _FENCE.match(line)
        if fence and indent is None:
            indent = fence["indent"]
            made += ["", f"{indent}.. code-block:: {fence['language'] or 'text'}", ""]
        elif fence:
            indent = None
            made.append("")
        elif indent is not None:
            made.append(f"   {line}")
        else:
            # A word that ends in an underscore would be a link, and so would a scheme alone: `lambda_`, "http://".
            made.append(
                "".join(
                    _CODE.sub(r"``\1``", part) if part[0] == "`" else _SCHEME.sub(r"\\", _TRAILING.sub(r"\_", part))
                    for part in _PARTS.findall(line)
                )
            )
    lines[:] = made


def _types(documented: Any) -> dict[str, str]:
    own = _constructor(documented) if isinstance(documented, type) else documented
    try:
        parameters = signature(own).parameters
    except (TypeError, ValueError):
        return {}
    return {
        name: _MODULES.sub("", stringify_annotation(_without_bounds(one.annotation)))
        for name, one in parameters.items()
        if one.annotation is not one.empty
    }


def _without_bounds(annotation: Any) -> Any:
    # What a value may be stands in the table of parameters, in words; as it stands in the code it is no prose.
    if get_origin(annotation) is Annotated:
        return _without_bounds(get_args(annotation)[0])
    parts = get_args(annotation)
    if not parts or get_origin(annotation) is Literal:
        return annotation
    plain = tuple(_without_bounds(part) if not isinstance(part, list) else part for part in parts)
    if isinstance(annotation, UnionType) or get_origin(annotation) is Union:
        return Union[plain]  # noqa: UP007
    return get_origin(annotation)[plain]


def _constructor(documented: type) -> Any:
    return inspect.getattr_static(documented, "__init__", None)


def _signature(
    app: Sphinx, what: str, name: str, documented: Any, options: Any, given: str | None, returns: str | None
) -> tuple[str, str | None] | None:
    del app, name, options, given
    if what != "class" or type(documented) is type:
        return None
    own = _constructor(documented)
    if not inspect.isfunction(own):
        return None
    return stringify_signature(signature(own, bound_method=True), show_annotation=False), returns
