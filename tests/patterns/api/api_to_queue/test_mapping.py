"""The mapping templates of the synthesized template, run as the programs that they are."""

import json
import re
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.patterns.api.api_to_queue.conftest import Templates, mapping_templates, synthesize
from tests.patterns.api.api_to_queue.velocity import render

ORDINARY = ['{"order": 1}', "[]", "plain text", '{"a": {"b": [1.5, true, null]}}', "x" * 1024 * 1024, " ", "0"]
HOSTILE = [
    "&Action=DeleteQueue",
    "x&MessageBody=other&QueueUrl=https://sqs.eu-west-1.amazonaws.com/1/other",
    "a=b&c=d%26e%3Df+g",
    "%",
    "%zz%u0041",
    "+ +",
    "\n\r\n\tline\u2028line\u2029\x85",
    "\"'\\`",
    "\\'\\\"\\u0000",
    '{"lone": "\\ud800", "pair": "\\ud83d\\ude00"}',
    "😀👩‍👩‍👧‍👦é漢字\u202e\ufeff",
    "\x00\x01\x08\x0b\x1f\x7f\ufffe\uffff",
    "$input.body $!{input.params('X')} ${util.urlEncode('x')} $context.requestId",
    "#set($value = 'x')#if(true)yes#end #foreach($i in [1..9])$i#end #stop ## comment #* block *#",
    "#[[ raw ]]# #evaluate('x') #parse('x') #include('x') \\$input \\#end",
    "$number ${number} $value $headers $key",
    "../../etc/passwd\0.json",
    "Action=SendMessage&Version=2012-11-05",
    "~*-._!()'",
]

# What JSON over HTTP can carry: any text that has a UTF-8 form.
texts = st.text(st.characters(exclude_categories=["Cs"]))
# Text that means something to Velocity, to forms or to JSON, in any order.
programs = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "&",
                "=",
                "%",
                "+",
                "$",
                "#",
                "!",
                "{",
                "}",
                "(",
                ")",
                "'",
                '"',
                "\\",
                "\n",
                "\0",
                "😀",
                ".",
                "$input.body",
            ]
        ),
        st.sampled_from(["#set", "#end", "#if(true)", "#else", "$value", "$number", "&MessageAttribute.1.Name=", "##"]),
        texts,
    )
).map("".join)
values = st.one_of(st.none(), st.just(""), programs)


def fields(form: str) -> list[tuple[str, bytes]]:
    """Take a form apart, one field after the other, without mending anything."""
    pairs = [field.split("=") for field in form.split("&")]
    assert all(len(pair) == 2 for pair in pairs), form
    assert re.fullmatch(r"[A-Za-z0-9.*_+%&=-]*", form), "a form has nothing else"
    return [(name, unquote_to_bytes(value.replace("+", " "))) for name, value in pairs]


def expected(
    body: str, group: str | None, once: str | None, attributes: dict[str, str | None]
) -> list[tuple[str, bytes]]:
    call = [("Action", b"SendMessage"), ("Version", b"2012-11-05"), ("MessageBody", body.encode())]
    call += [
        (name, value.encode()) for name, value in (("MessageGroupId", group), ("MessageDeduplicationId", once)) if value
    ]
    present = [(name, value) for name, value in attributes.items() if value]
    for number, (name, value) in enumerate(present, start=1):
        field = f"MessageAttribute.{number}"
        call += [
            (f"{field}.Name", name.encode()),
            (f"{field}.Value.DataType", b"String"),
            (f"{field}.Value.StringValue", value.encode()),
        ]
    return call


@pytest.mark.parametrize("body", [*ORDINARY, *HOSTILE], ids=lambda body: ascii(body[:30]))
def test_the_body_arrives_byte_for_byte_and_no_field_is_added(plain: Templates, body: str) -> None:
    rendered = render(plain.requests["application/json"], body)
    assert fields(rendered.text) == expected(body, None, None, {})


@given(body=st.one_of(texts, programs))
@settings(max_examples=300, deadline=None)
def test_no_body_at_all_adds_or_changes_a_field(plain: Templates, body: str) -> None:
    assert fields(render(plain.requests["application/json"], body).text) == expected(body, None, None, {})


@given(body=programs, group=values, once=values, tenant=values, trace=values, note=values)
@settings(max_examples=300, deadline=None)
def test_no_header_or_parameter_adds_or_changes_a_field(
    full: Templates,
    body: str,
    group: str | None,
    once: str | None,
    tenant: str | None,
    trace: str | None,
    note: str | None,
) -> None:
    header = {"X-Message-Group-Id": group, "X-Trace": trace, "Host": "$value"}
    querystring = {
        "once": once,
        "tenant": tenant,
        "note": note,
        "X-Message-Group-Id": "shadow",
        "Action": "DeleteQueue",
    }
    rendered = render(
        full.requests["application/json"],
        body,
        header={name: value for name, value in header.items() if value is not None},
        querystring={name: value for name, value in querystring.items() if value is not None},
    )
    assert fields(rendered.text) == expected(body, group, once, {"tenant": tenant, "trace.id": trace, "note": note})


def test_the_check_itself_sees_a_template_that_encodes_nothing() -> None:
    naive = "Action=SendMessage&MessageBody=$input.body"
    assert fields(render(naive, "&Action=DeleteQueue".replace("&", "x&")).text)[-1] == ("Action", b"DeleteQueue")


def test_everything_that_a_template_writes_of_a_request_is_encoded(full: Templates) -> None:
    template = full.requests["application/json"]
    written = re.sub(r"#(set|if|foreach)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", "", template)
    references = re.findall(r"\$!?\{?[A-Za-z][\w.]*(?:\([^)]*\))?", written)
    assert references
    for reference in references:
        assert reference.startswith("$util.urlEncode(") or reference == "${number", reference


def test_a_header_is_found_in_any_case_and_named_once(full: Templates) -> None:
    for name in ("x-message-group-id", "X-MESSAGE-GROUP-ID", "X-Message-Group-Id"):
        rendered = render(full.requests["application/json"], "{}", header={name: "one"})
        assert ("MessageGroupId", b"one") in fields(rendered.text)
    both = render(
        full.requests["application/json"], "{}", header={"X-Message-Group-Id": "a", "x-message-group-id": "b"}
    )
    assert [name for name, _ in fields(both.text)].count("MessageGroupId") == 1


def test_nothing_stands_before_the_action_and_nothing_is_left_blank(plain: Templates, full: Templates) -> None:
    for templates in (plain, full):
        for template in templates.requests.values():
            assert template.startswith("Action=SendMessage&")
            assert not re.search(r"\s", render(template, "{}").text)


def test_each_media_type_has_the_same_template() -> None:
    kinds = ["application/json", "application/vnd.orders+json", "text/plain"]
    requests = mapping_templates(synthesize(content_types=kinds)).requests
    assert list(requests) == kinds
    assert len(set(requests.values())) == 1


TOO_LARGE = "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes."
LEAK = "arn:aws:sqs:eu-west-1:111122223333:orders is denied to the role Sender"


@pytest.mark.parametrize(
    ("code", "reason", "status"),
    [
        ("InvalidParameterValue", TOO_LARGE, 413),
        ("InvalidMessageContents", LEAK, 400),
        ("InvalidParameterValue", LEAK, 400),
        ("MissingParameter", "The request must contain the parameter MessageGroupId.", 400),
        ("MissingParameter", "The request must contain the parameter MessageBody.", 400),
        ("ThrottlingException", LEAK, 429),
        ("Throttling", LEAK, 429),
        ("RequestThrottled", LEAK, 429),
        ("KMS.ThrottlingException", LEAK, 429),
        ("KmsThrottled", LEAK, 429),
        ("OverLimit", LEAK, 429),
        ("AccessDenied", LEAK, 500),
        ("KMS.AccessDeniedException", LEAK, 500),
        ("KMS.DisabledException", LEAK, 500),
        ("AWS.SimpleQueueService.NonExistentQueue", LEAK, 500),
        ("AWS.SimpleQueueService.UnsupportedOperation", LEAK, 500),
        ("InvalidAction", LEAK, 500),
        ("SignatureDoesNotMatch", LEAK, 500),
        ('"}#set($x = 1)', '"}, {"', 500),
    ],
)
def test_each_refusal_of_the_queue_has_an_honest_status_and_tells_nothing(
    plain: Templates, code: str, reason: str, status: int
) -> None:
    backend = json.dumps({"Error": {"Code": code, "Message": reason, "Type": "Sender"}, "RequestId": "abc"})
    rendered = render(plain.responses["400"], backend)
    assert (rendered.status or 400) == status
    answer = json.loads(rendered.text)
    assert list(answer) == ["message"]
    assert reason not in rendered.text
    assert code not in rendered.text


@pytest.mark.parametrize("backend", ["{}", '{"Error": {}}', '{"Error": "text"}', "[]", '{"__type": "x"}', "null"])
def test_an_answer_that_nobody_knows_is_an_error_of_ours(plain: Templates, backend: str) -> None:
    rendered = render(plain.responses["400"], backend)
    assert rendered.status == 500
    assert json.loads(rendered.text) == {"message": "The message could not be queued"}


def test_an_accepted_message_is_answered_with_its_ids(plain: Templates, full: Templates) -> None:
    backend = json.dumps(
        {
            "SendMessageResponse": {
                "ResponseMetadata": {"RequestId": "request"},
                "SendMessageResult": {"MD5OfMessageBody": "md5", "MessageId": "message", "SequenceNumber": "17"},
            }
        }
    )
    ids = {"messageId": "message", "requestId": "request"}
    assert json.loads(render(plain.responses["202"], backend).text) == ids
    assert json.loads(render(full.responses["202"], backend).text) == {**ids, "sequenceNumber": "17"}


@pytest.mark.parametrize(
    ("status", "answered"), [(200, "202"), (400, "400"), (403, "400"), (429, "400"), (500, "503"), (503, "503")]
)
def test_each_status_of_the_queue_has_one_answer(plain: Templates, status: int, answered: str) -> None:
    matching = [one for one, pattern in plain.patterns.items() if pattern and re.fullmatch(pattern, str(status))]
    assert (matching or [one for one, pattern in plain.patterns.items() if pattern is None]) == [answered]
