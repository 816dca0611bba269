"""The mapping templates: programs that API Gateway runs between a request and Amazon SQS.

They speak the SQS query protocol, one form field after the other. Whatever comes from a request is written through
`$util.urlEncode`, whose output has neither `&` nor `=`, so no request can add a field or change one. The action stands
first and is written here. No directive leaves a blank behind, because a blank would become part of a field.
"""

import json
from collections.abc import Mapping

# Code of an error, part of its message: what it is for the caller. The first row that matches holds.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html#API_SendMessage_Errors
_TOO_LARGE = (("", "must be shorter than"), ("MessageTooLong", ""), ("RequestEntityTooLarge", ""))
_TOO_MANY = (("Throttl", ""), ("OverLimit", ""), ("LimitExceeded", ""))
_REFUSED = (
    ("InvalidMessageContents", ""),
    ("InvalidParameterValue", ""),
    ("InvalidParameterCombination", ""),
    ("MissingParameter", ""),
    ("EmptyValue", ""),
    ("InvalidAttribute", ""),
)
_OUTCOMES = (
    (413, "Message too large", _TOO_LARGE),
    (429, "Too many requests", _TOO_MANY),
    (
        400,
        "Message refused: it is empty, or has characters or ids that the queue does not take",
        _REFUSED,
    ),
)


def request_template(
    *, group_id: str | None = None, deduplication_id: str | None = None, attributes: Mapping[str, str] | None = None
) -> str:
    """Write the template that makes a call of SQS `SendMessage` of a request.

    Args:
        group_id: Where the message group id is: "method.request.header.NAME" or "method.request.querystring.NAME".
            None: the message has none.
        deduplication_id: Where the deduplication id is, likewise.
        attributes: Names of message attributes, and where their values are, likewise. A request without the header
            or parameter gives a message without the attribute.

    Returns:
        The template.
    """
    parts = ["Action=SendMessage&Version=2012-11-05&MessageBody=$util.urlEncode($input.body)"]
    for field, source in (("MessageGroupId", group_id), ("MessageDeduplicationId", deduplication_id)):
        if source is not None:
            parts.append(look_up(source) + f'#if($value != "")&{field}=$util.urlEncode($value)#end')
    if attributes:
        # Numbers without gaps: SQS reads a list of fields only as far as it is unbroken.
        parts.append("#set($number = 0)")
    for name, source in (attributes or {}).items():
        field = "&MessageAttribute.${number}"
        parts.append(
            look_up(source)
            + '#if($value != "")#set($number = $number + 1)'
            + f"{field}.Name={name}{field}.Value.DataType=String{field}.Value.StringValue=$util.urlEncode($value)#end"
        )
    return "".join(parts)


def accepted_template(*, fifo: bool) -> str:
    """Write the template of the answer to a message that the queue has taken.

    Args:
        fifo: Whether the queue numbers its messages.

    Returns:
        The template.
    """
    result = "$.SendMessageResponse.SendMessageResult"
    answer = {
        "messageId": f"$input.path('{result}.MessageId')",
        "requestId": "$input.path('$.SendMessageResponse.ResponseMetadata.RequestId')",
    }
    if fifo:
        answer["sequenceNumber"] = f"$input.path('{result}.SequenceNumber')"
    return json.dumps(answer)


def refused_template() -> str:
    """Write the template of the answer to a call that SQS refused.

    SQS answers nearly every refusal with status 400, also those that are no fault of the caller (a key that is
    disabled, a queue that is gone). What it says goes no further than this template.

    Returns:
        The template.
    """
    branches = []
    for status, message, causes in _OUTCOMES:
        tests = " || ".join(
            f'$code.contains("{code}")' if code else f'$reason.contains("{reason}")' for code, reason in causes
        )
        branches.append(f"if({tests})#set($context.responseOverride.status = {status}){_message(message)}")
    return (
        "#set($code = \"$!input.path('$.Error.Code')\")#set($reason = \"$!input.path('$.Error.Message')\")#"
        + "#else".join(branches)
        + "#else#set($context.responseOverride.status = 500)"
        + _message("The message could not be queued")
        + "#end"
    )


def unavailable_template() -> str:
    """Write the template of the answer when SQS itself fails.

    Returns:
        The template.
    """
    return _message("The queue is not available, try again")


def _message(text: str) -> str:
    return json.dumps({"message": text})


def look_up(source: str) -> str:
    """Write the directives that look up a part of a request, and leave it in `$value`, or nothing where it has none.

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
