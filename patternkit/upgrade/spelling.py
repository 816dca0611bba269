"""Values that CloudFormation takes for the same, however a template spells them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from patternkit.templates.texts import check_length

_VARIABLE = re.compile(r"\$\{([^!][^}]*)\}")


def canonical(value: Any) -> Any:
    """Spell a value in the one way that all its spellings have.

    Numbers and truth values are their texts. `Fn::Sub` and `Fn::Join` of known parts are the parts, one after another.
    `Fn::GetAtt` is a list. What cannot be taken apart stays.

    Args:
        value: Part of a template.

    Returns:
        Another one, equal to those of all values that surely are the same.
    """
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case float() if value.is_integer():
            return str(int(value))
        case float():
            return repr(value)
        case {"Fn::GetAtt": str(dotted)} if len(value) == 1 and "." in dotted:
            return {"Fn::GetAtt": dotted.split(".", 1)}
        case {"Fn::Sub": str(text)} if len(value) == 1:
            return _one_after_another(_substituted(text, {}))
        case {"Fn::Sub": [str(text), Mapping() as variables]} if len(value) == 1:
            return _one_after_another(_substituted(text, variables))
        case {"Fn::Join": [str(delimiter), list(parts)]} if len(value) == 1 and not any(map(_is_list, parts)):
            check_length("Fn::Join", len(delimiter) * len(parts))
            pieces = [piece for part in parts for piece in (delimiter, canonical(part))]
            return _one_after_another(pieces[1:])
        case Mapping():
            return {key: canonical(one) for key, one in value.items()}
        case list():
            return [canonical(one) for one in value]
    return value


def _is_list(part: Any) -> bool:
    # What gives a list is joined item by item, and not known before deployment.
    return isinstance(part, list) or (isinstance(part, Mapping) and next(iter(part), "") in _LISTS)


_LISTS = ("Fn::Split", "Fn::GetAZs", "Fn::Cidr", "Fn::If", "Fn::FindInMap")


def _substituted(text: str, variables: Mapping[str, Any]) -> Iterator[Any]:
    end = 0
    given: dict[str, Any] = {}
    for found in _VARIABLE.finditer(text):
        yield _literal(text[end : found.start()])
        name = found[1].strip()
        if name in variables:
            if name not in given:
                given[name] = canonical(variables[name])
            yield given[name]
        elif "." in name:
            yield {"Fn::GetAtt": name.split(".", 1)}
        else:
            yield {"Ref": name}
        end = found.end()
    yield _literal(text[end:])


def _literal(text: str) -> str:
    return text.replace("${!", "${")


def _one_after_another(pieces: Iterable[Any]) -> Any:
    merged: list[Any] = []
    texts: list[str] = []
    made = 0
    for piece in pieces:
        inner = piece["Fn::Join"][1] if isinstance(piece, Mapping) and _is_merged(piece) else [piece]
        for one in inner:
            made += len(one) if isinstance(one, str) else 1
            check_length("Fn::Sub or Fn::Join", made)
            if isinstance(one, str):
                texts.append(one)
            else:
                merged += [*_text(texts), one]
                texts.clear()
    merged += _text(texts)
    if not merged:
        return ""
    return merged[0] if len(merged) == 1 else {"Fn::Join": ["", merged]}


def _text(texts: list[str]) -> list[str]:
    text = "".join(texts)
    return [text] if text else []


def _is_merged(piece: Mapping[str, Any]) -> bool:
    match piece:
        case {"Fn::Join": ["", list()]}:
            return True
    return False
