"""The mapping templates of the synthesized template, run as the programs that they are."""

import json
import re

import pytest
from hypothesis import given, settings

from tests.patterns.api.api_to_queue.conftest import Templates
from tests.patterns.api.api_to_queue.test_mapping import HOSTILE, ORDINARY, fields, programs, values
from tests.patterns.api.api_to_queue.velocity import render
from tests.patterns.api.api_to_service.conftest import BUS, STATE_MACHINE, TOPIC

HOSTILE_JSON = [
    '","stateMachineArn":"arn:other","x":"',
    '"}],"Entries":[{"Source":"aws.ec2","Detail":"{}',
    "\\'\\\\'\\\\\\'",
    "'''''\\",
    '\\","Source":"other',
    "</script>//\\/",
]


def request(templates: Templates, body: str, **parts: dict[str, str]) -> str:
    return render(templates.requests["application/json"], body, **parts).text


def given_parts(**parts: str | None) -> dict[str, str]:
    return {name: value for name, value in parts.items() if value is not None}


@pytest.mark.parametrize("body", [*ORDINARY, *HOSTILE, *HOSTILE_JSON], ids=lambda body: ascii(body[:30]))
def test_the_body_arrives_as_it_was_and_nothing_is_added(
    executions: Templates, occurrences: Templates, messages: Templates, body: str
) -> None:
    assert json.loads(request(executions, body)) == {"stateMachineArn": STATE_MACHINE, "input": body}
    entry = {"DetailType": "Order", "EventBusName": BUS, "Source": "orders", "Detail": body}
    assert json.loads(request(occurrences, body)) == {"Entries": [entry]}
    assert fields(request(messages, body)) == [
        ("Action", b"Publish"),
        ("Version", b"2010-03-31"),
        ("TopicArn", TOPIC.encode()),
        ("Message", body.encode()),
    ]


@given(body=programs, name=values)
@settings(max_examples=200, deadline=None)
def test_no_body_or_name_adds_a_member_to_an_execution(executions: Templates, body: str, name: str | None) -> None:
    call = json.loads(
        request(executions, body, header=given_parts(**{"x-NAME": name}), querystring={"X-Name": "shadow"}),
        object_pairs_hook=list,
    )
    named = [("name", name)] if name else []
    assert call == [*named, ("stateMachineArn", STATE_MACHINE), ("input", body)]


@given(body=programs, kind=values)
@settings(max_examples=200, deadline=None)
def test_no_body_or_type_adds_an_event_or_changes_its_source(
    occurrences: Templates, body: str, kind: str | None
) -> None:
    call = json.loads(
        request(occurrences, body, header=given_parts(**{"X-Type": kind, "Source": "aws.ec2"})),
        object_pairs_hook=list,
    )
    entry = [("DetailType", kind or "Order"), ("EventBusName", BUS), ("Source", "orders"), ("Detail", body)]
    assert call == [("Entries", [entry])]


@given(body=programs, group=values, once=values, tenant=values, trace=values)
@settings(max_examples=200, deadline=None)
def test_no_part_of_a_request_adds_a_field_to_a_message(
    messages: Templates, body: str, group: str | None, once: str | None, tenant: str | None, trace: str | None
) -> None:
    header = {"X-Message-Group-Id": group, "X-Message-Deduplication-Id": once, "X-Trace": trace}
    text = request(messages, body, header=given_parts(**header), querystring=given_parts(tenant=tenant))
    expected = [("Action", b"Publish"), ("Version", b"2010-03-31"), ("TopicArn", TOPIC.encode())]
    expected.append(("Message", body.encode()))
    expected += [
        (field, value.encode())
        for field, value in (("MessageGroupId", group), ("MessageDeduplicationId", once))
        if value
    ]
    present = [(name, value) for name, value in (("tenant", tenant), ("trace", trace)) if value]
    for number, (name, value) in enumerate(present, start=1):
        field = f"MessageAttributes.entry.{number}"
        expected += [
            (f"{field}.Name", name.encode()),
            (f"{field}.Value.DataType", b"String"),
            (f"{field}.Value.StringValue", value.encode()),
        ]
    assert fields(text) == expected


def test_the_check_itself_sees_a_template_that_escapes_nothing() -> None:
    naive = '{"input":"$input.body","stateMachineArn":"ours"}'
    call = json.loads(render(naive, '","stateMachineArn":"other","x":"').text, object_pairs_hook=list)
    assert ("stateMachineArn", "other") in call


def test_without_turning_quotes_back_what_is_made_is_no_json() -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(render('{"input":"$util.escapeJavaScript($input.body)"}', "it's").text)


LEAK = "arn:aws:sns:eu-west-1:111122223333:orders is denied to the role Caller"


def answered(templates: Templates, status: int, backend: object) -> tuple[int, dict[str, str]]:
    """What the caller gets for an answer of the service."""
    matching = [one for one, pattern in templates.patterns.items() if pattern and re.fullmatch(pattern, str(status))]
    chosen = (matching or [one for one, pattern in templates.patterns.items() if pattern is None])[0]
    rendered = render(templates.responses[chosen], json.dumps(backend))
    return rendered.status or int(chosen), json.loads(rendered.text)


@pytest.mark.parametrize(
    ("code", "reason", "status"),
    [
        ("ExecutionAlreadyExists", LEAK, 409),
        ("com.amazonaws.swf.service.v2.model#ExecutionAlreadyExists", LEAK, 409),
        ("ValidationException", "Value at 'input' failed to satisfy constraint: Member must have length", 413),
        ("ValidationException", "Value at 'name' failed to satisfy constraint: Member must have length", 400),
        ("InvalidExecutionInput", LEAK, 400),
        ("InvalidName", LEAK, 400),
        ("ThrottlingException", LEAK, 429),
        ("ExecutionLimitExceeded", LEAK, 429),
        ("KmsThrottlingException", LEAK, 429),
        ("AccessDeniedException", LEAK, 500),
        ("KmsAccessDeniedException", LEAK, 500),
        ("StateMachineDoesNotExist", LEAK, 500),
        ("StateMachineDeleting", LEAK, 500),
        ('"}#set($x = 1)', '"}, {"', 500),
    ],
)
def test_each_refusal_of_step_functions_is_honest_and_tells_nothing(
    executions: Templates, code: str, reason: str, status: int
) -> None:
    got, answer = answered(executions, 400, {"__type": code, "message": reason})
    assert (got, list(answer)) == (status, ["message"])
    assert reason not in answer["message"]


@pytest.mark.parametrize(
    ("http", "code", "reason", "status"),
    [
        (400, "InvalidParameter", "Invalid parameter: Message too long", 413),
        (400, "InvalidParameter", "Invalid parameter: Empty message", 400),
        (400, "ParameterValueInvalid", LEAK, 400),
        (400, "KMSThrottling", LEAK, 429),
        (429, "Throttled", LEAK, 429),
        (403, "AuthorizationError", LEAK, 500),
        (400, "KMSAccessDenied", LEAK, 500),
        (400, "KMSDisabled", LEAK, 500),
        (404, "NotFound", LEAK, 500),
        (500, "InternalError", LEAK, 503),
    ],
)
def test_each_refusal_of_sns_is_honest_and_tells_nothing(
    messages: Templates, http: int, code: str, reason: str, status: int
) -> None:
    got, answer = answered(messages, http, {"Error": {"Code": code, "Message": reason}, "RequestId": "r"})
    assert (got, list(answer)) == (status, ["message"])
    assert reason not in answer["message"]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("MalformedDetail", 400),
        ("InvalidArgument", 400),
        ("ThrottlingException", 429),
        ("InternalFailure", 503),
        ("InternalException", 503),
        ("NotAuthorizedForSourceException", 500),
        ("AccessDeniedException", 500),
        ("", 500),
    ],
)
def test_an_event_that_was_not_taken_is_no_success_though_eventbridge_says_200(
    occurrences: Templates, code: str, status: int
) -> None:
    backend = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": code, "ErrorMessage": LEAK}]}
    got, answer = answered(occurrences, 200, backend)
    assert (got, list(answer)) == (status, ["message"])
    assert LEAK not in answer["message"]


def test_an_event_too_large_is_told_so(occurrences: Templates) -> None:
    reason = "Total size of the entries in the request is over the limit."
    assert answered(occurrences, 400, {"__type": "ValidationException", "message": reason})[0] == 413


@pytest.mark.parametrize("backend", [{}, [], None, {"__type": 1}, {"Error": "x"}, {"Entries": {}}])
def test_an_answer_that_nobody_knows_is_an_error_of_ours(
    executions: Templates, messages: Templates, occurrences: Templates, backend: object
) -> None:
    for templates in (executions, messages, occurrences):
        assert answered(templates, 400, backend)[0] == 500
    assert answered(occurrences, 200, backend)[0] == 500
    assert answered(executions, 500, backend)[0] == 503


def test_what_was_taken_is_answered_with_its_name(
    executions: Templates, messages: Templates, occurrences: Templates
) -> None:
    request = {"requestId": "request-1"}
    started = {"executionArn": "arn:execution", "startDate": 1.7e9}
    assert answered(executions, 200, started) == (202, {"executionArn": "arn:execution", **request})
    published = {"PublishResponse": {"PublishResult": {"MessageId": "m", "SequenceNumber": "17"}}}
    assert answered(messages, 200, published) == (202, {"messageId": "m", "sequenceNumber": "17", **request})
    put = {"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}
    assert answered(occurrences, 200, put) == (202, {"eventId": "e", **request})
