r"""The mapping templates that every service's calls share: programs that API Gateway runs on a request or an answer.

What comes from a request is written into forms through `$util.urlEncode`, whose output has neither `&` nor `=`, so no
request can add a field or change one; and into JSON through `escaped`. No directive leaves a blank behind, because a
blank would become part of a field.
"""

import json
from collections.abc import Iterable, Mapping

from patterns.api.service_api.requests import MessageFields

Causes = tuple[tuple[int, str, tuple[tuple[str, str], ...]], ...]
"""Status, the message to the caller, and the error codes (or parts of the error message) that mean it. The first row
that matches holds."""

TOO_MANY = (429, "Too many requests", (("Throttl", ""), ("OverLimit", ""), ("LimitExceeded", "")))


def look_up(source: str) -> str:
    """Write the directives that set `$value` to a part of a request, or to nothing where the request lacks it.

    Args:
        source: "method.request.header.NAME" or "method.request.querystring.NAME".

    Returns:
        The directives, which write nothing.
    """
    location, _, name = source.removeprefix("method.request.").partition(".")
    if location == "querystring":
        return f"#set($value = \"$!input.params().querystring.get('{name}')\")"
    # Clients may write a header's name in any case, and HTTP/2 in lower case only; the map's keys are as they came.
    return (
        '#set($value = "")#set($headers = $input.params().header)#foreach($key in $headers.keySet())'
        f'#if($key.toLowerCase() == "{name.lower()}")#set($value = $headers.get($key))#end#end'
    )


def message_form(fields: MessageFields, *, attribute: str) -> str:
    """Write the form fields of a message's ids and attributes, in the query protocol.

    Args:
        fields: The parts of a request that they come from. A request without the header or parameter gives a message
            without the field.
        attribute: The name of an attribute's fields, without its number: "MessageAttribute".

    Returns:
        The template.
    """
    parts = []
    for field, source in (("MessageGroupId", fields.group_id), ("MessageDeduplicationId", fields.deduplication_id)):
        if source is not None:
            parts.append(look_up(source) + f'#if($value != "")&{field}=$util.urlEncode($value)#end')
    if fields.attributes:
        # Numbers without gaps: the service reads a list of fields only as far as it is unbroken.
        parts.append("#set($number = 0)")
    for name, source in (fields.attributes or {}).items():
        field = f"&{attribute}.${{number}}"
        parts.append(
            look_up(source)
            + '#if($value != "")#set($number = $number + 1)'
            + f"{field}.Name={name}{field}.Value.DataType=String{field}.Value.StringValue=$util.urlEncode($value)#end"
        )
    return "".join(parts)


def accepted(members: Mapping[str, str]) -> str:
    """Write the template of the answer to a call that the service accepted.

    Args:
        members: The answer's members: each a path in the service's answer, or a reference to the context.

    Returns:
        The template.
    """
    return json.dumps({name: f"$input.path('{one}')" if one.startswith("$.") else one for name, one in members.items()})


def explained(causes: Causes, otherwise: str, *, code: str, reason: str) -> str:
    """Write the template of the answer to a call that the service refused.

    Services answer nearly every refusal with status 400, also those that are no fault of the caller (a key that is
    disabled, a queue that is gone). What they say goes no further than this template.

    Args:
        causes: The statuses and messages of the service's error codes.
        otherwise: The message, with status 500, of every other code.
        code: Path of the code in the service's answer.
        reason: Path of its message.

    Returns:
        The template.
    """
    branches = []
    for status, text, codes in causes:
        tests = " || ".join(_tests(codes))
        branches.append(f"if({tests})#set($context.responseOverride.status = {status}){message(text)}")
    return (
        f"#set($code = \"$!input.path('{code}')\")#set($reason = \"$!input.path('{reason}')\")#"
        + "#else".join(branches)
        + "#else#set($context.responseOverride.status = 500)"
        + message(otherwise)
        + "#end"
    )


def message(text: str) -> str:
    """Write an answer that says `text`.

    Args:
        text: The message.

    Returns:
        The template.
    """
    return json.dumps({"message": text})


def escaped(reference: str) -> str:
    r"""Write a reference's value into a JSON string, which it cannot end.

    `$util.escapeJavaScript` writes `\'`, which JSON does not know.

    Args:
        reference: The reference: "$value".

    Returns:
        The template.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
    """
    return f"""$util.escapeJavaScript({reference}).replaceAll("\\\\'", "'")"""


def _tests(codes: Iterable[tuple[str, str]]) -> list[str]:
    return [f'$code.contains("{code}")' if code else f'$reason.contains("{reason}")' for code, reason in codes]
