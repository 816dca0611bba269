r"""The mapping templates: programs that API Gateway runs between a request and the service that it calls.

What comes from a request is written into JSON through `$util.escapeJavaScript`, whose output ends no string once its
`\'`, which JSON does not know, is `'` again; and into forms through `$util.urlEncode`, whose output has neither `&`
nor `=`. So no request can add a member or a field, or change one. Everything else is written here.
"""

import json
from collections.abc import Iterable, Mapping

from patterns.api.api_to_queue.mapping import look_up

Causes = tuple[tuple[int, str, tuple[tuple[str, str], ...]], ...]
"""Status, what the caller is told, and the codes (or parts of an error's message) for it. The first that fits."""

_TOO_MANY = (429, "Too many requests", (("Throttl", ""), ("OverLimit", ""), ("LimitExceeded", "")))
_UNAVAILABLE = (
    503,
    "Not available, try again",
    (("InternalFailure", ""), ("InternalException", ""), ("ServiceUnavailable", "")),
)

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html#API_StartExecution_Errors
STATE_MACHINE_CAUSES: Causes = (
    (409, "An execution of this name exists already", (("ExecutionAlreadyExists", ""),)),
    (413, "Too large", (("", "at 'input' failed to satisfy constraint"),)),
    _TOO_MANY,
    (
        400,
        "Refused: it is no JSON, or its name is malformed",
        (("InvalidExecutionInput", ""), ("InvalidName", ""), ("ValidationException", ""), ("SerializationExc", "")),
    ),
    _UNAVAILABLE,
)
# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors
TOPIC_CAUSES: Causes = (
    (413, "Too large", (("", "too long"),)),
    _TOO_MANY,
    (
        400,
        "Refused: it is empty, or has characters, attributes or ids that the topic does not take",
        (("InvalidParameter", ""), ("ParameterValueInvalid", ""), ("ValidationE", ""), ("MissingParameter", "")),
    ),
    _UNAVAILABLE,
)
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
EVENT_CAUSES: Causes = (
    (413, "Too large", (("", "Total size of the entries"),)),
    _TOO_MANY,
    (
        400,
        "Refused: an event must be a JSON object",
        (("MalformedDetail", ""), ("InvalidArgument", ""), ("ValidationException", ""), ("SerializationExc", "")),
    ),
    _UNAVAILABLE,
)


def start_execution(state_machine_arn: str, name: str | None) -> str:
    """Write the template that makes a call of `StartExecution` of a request.

    Args:
        state_machine_arn: The state machine.
        name: Where the execution's name is: "method.request.header.NAME" or "method.request.querystring.NAME".

    Returns:
        The template.
    """
    named = ""
    if name is not None:
        named = f'{look_up(name)}#if($value != "")"name":"{_escaped("$value")}",#end'
    return f'{{{named}"stateMachineArn":"{state_machine_arn}","input":"{_escaped("$input.body")}"}}'


def put_events(event_bus_arn: str, source: str, detail_type: str, detail_type_from: str | None) -> str:
    """Write the template that makes a call of `PutEvents`, with one event, of a request.

    Args:
        event_bus_arn: The bus.
        source: Every event's source.
        detail_type: Every event's detail type, or that of those that bring none.
        detail_type_from: Where a request has its detail type, as in `start_execution`.

    Returns:
        The template.
    """
    kind = f'"DetailType":"{detail_type}",'
    if detail_type_from is not None:
        brought = f'"DetailType":"{_escaped("$value")}",'
        kind = f'{look_up(detail_type_from)}#if($value != ""){brought}#else{kind}#end'
    entry = f'{kind}"EventBusName":"{event_bus_arn}","Source":"{source}","Detail":"{_escaped("$input.body")}"'
    return f'{{"Entries":[{{{entry}}}]}}'


def publish(
    topic_arn: str, *, group_id: str | None, deduplication_id: str | None, attributes: Mapping[str, str] | None
) -> str:
    """Write the template that makes a call of `Publish` of a request.

    Args:
        topic_arn: The topic.
        group_id: Where a message group id is, as in `start_execution`.
        deduplication_id: Where a deduplication id is, likewise.
        attributes: Names of message attributes, and where their values are, likewise. A request without the header or
            parameter gives a message without the attribute.

    Returns:
        The template.
    """
    parts = [
        f"Action=Publish&Version=2010-03-31&TopicArn=$util.urlEncode('{topic_arn}')&Message=$util.urlEncode($input.body)"
    ]
    for field, source in (("MessageGroupId", group_id), ("MessageDeduplicationId", deduplication_id)):
        if source is not None:
            parts.append(look_up(source) + f'#if($value != "")&{field}=$util.urlEncode($value)#end')
    if attributes:
        # Numbers without gaps: SNS reads a list of fields only as far as it is unbroken.
        parts.append("#set($number = 0)")
    for name, source in (attributes or {}).items():
        field = "&MessageAttributes.entry.${number}"
        parts.append(
            look_up(source)
            + '#if($value != "")#set($number = $number + 1)'
            + f"{field}.Name={name}{field}.Value.DataType=String{field}.Value.StringValue=$util.urlEncode($value)#end"
        )
    return "".join(parts)


def accepted(members: Mapping[str, str]) -> str:
    """Write the template of the answer to a call that the service has taken.

    Args:
        members: The answer's members, and where in the service's answer each is.

    Returns:
        The template.
    """
    answer = {name: f"$input.path('{path}')" for name, path in members.items()}
    return json.dumps({**answer, "requestId": "$context.requestId"})


def accepted_event() -> str:
    """Write the template of the answer to `PutEvents`, which says 200 also where it took no event.

    Returns:
        The template.
    """
    failed = _explained(EVENT_CAUSES, "$.Entries[0].ErrorCode", "$.Entries[0].ErrorMessage")
    taken = accepted({"eventId": "$.Entries[0].EventId"})
    return f"""#if("$!input.path('$.FailedEntryCount')" == "0"){taken}#else{failed}#end"""


def refused(causes: Causes, *, query_protocol: bool) -> str:
    """Write the template of the answer to a call that the service refused.

    Services answer nearly every refusal with status 400, also those that are no fault of the caller (a key that is
    disabled, a topic that is gone). What they say goes no further than this template.

    Args:
        causes: What the service's codes mean.
        query_protocol: Whether it speaks the query protocol, where errors have another shape.

    Returns:
        The template.
    """
    return (
        _explained(causes, "$.Error.Code", "$.Error.Message")
        if query_protocol
        else _explained(causes, "$.__type", "$.message")
    )


def unavailable() -> str:
    """Write the template of the answer when the service itself fails.

    Returns:
        The template.
    """
    return _message("Not available, try again")


def _explained(causes: Causes, code: str, reason: str) -> str:
    branches = []
    for status, message, codes in causes:
        tests = " || ".join(_tests(codes))
        branches.append(f"if({tests})#set($context.responseOverride.status = {status}){_message(message)}")
    return (
        f"#set($code = \"$!input.path('{code}')\")#set($reason = \"$!input.path('{reason}')\")#"
        + "#else".join(branches)
        + "#else#set($context.responseOverride.status = 500)"
        + _message("The request could not be handed on")
        + "#end"
    )


def _tests(codes: Iterable[tuple[str, str]]) -> list[str]:
    return [f'$code.contains("{code}")' if code else f'$reason.contains("{reason}")' for code, reason in codes]


def _message(text: str) -> str:
    return json.dumps({"message": text})


def _escaped(reference: str) -> str:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
    return f"""$util.escapeJavaScript({reference}).replaceAll("\\\\'", "'")"""
