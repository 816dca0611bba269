"""What the chat takes from clients, and that what it answers fits into a frame."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from examples.chat.rooms_handler.chat.tokens import Pass, read, sign

LARGEST = 128 * 1024


class Kms:
    """A key of AWS KMS that signs, as far as tokens need it."""

    class exceptions:  # noqa: N801 - as a client of boto3 has it
        class KMSInvalidMacException(Exception):  # noqa: N818 - AWS's name
            pass

    def __init__(self) -> None:
        self.asked = 0

    def generate_mac(self, *, Message: bytes, **_: Any) -> dict[str, bytes]:  # noqa: N803
        return {"Mac": hmac.digest(b"key", Message, hashlib.sha256)}

    def verify_mac(self, *, Message: bytes, Mac: bytes, **_: Any) -> None:  # noqa: N803
        self.asked += 1
        if not hmac.compare_digest(Mac, hmac.digest(b"key", Message, hashlib.sha256)):
            raise self.exceptions.KMSInvalidMacException


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "TOKEN_KEY", "MESSAGES", "CONNECTIONS", "PUSH_QUEUE"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


def test_a_token_says_who_connects_until_it_expires() -> None:
    kms, admitted = Kms(), Pass("ada@example.com", ("tea", "room-2"), 2000)
    token = sign(kms, "key", admitted)
    assert read(kms, token, 1999.9) == admitted
    assert read(kms, token, 2000) is None


@pytest.mark.parametrize(
    "said",
    [
        ["", ["tea"], 9],
        ["ada#", ["tea"], 9],
        ["ada", ["Tea"], 9],
        ["ada", "tea", 9],
        ["ada", ["tea"] * 20, 9],
        ["ada", [7], 9],
        ["ada", ["tea"], True],
        ["ada", ["tea"], "9"],
        ["ada", ["tea"]],
        {"person": "ada"},
        "ada",
        7,
    ],
)
def test_what_is_no_pass_is_not_let_in_though_it_is_signed(said: Any) -> None:
    kms = Kms()
    body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    mac = kms.generate_mac(Message=b"chat-token/1|" + body.encode())["Mac"]
    token = f"{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
    assert read(kms, token, 0) is None
    assert kms.asked == 0


@pytest.mark.parametrize("token", ["", ".", "a.b", "\u00e9" * 50, "a" * 5000, "WyJh." + "A" * 43])
def test_nonsense_costs_no_request_to_kms(token: str) -> None:
    kms = Kms()
    assert read(kms, token, 0) is None
    assert kms.asked == 0


def test_another_purpose_of_the_key_is_no_token() -> None:
    kms = Kms()
    body, _ = sign(kms, "key", Pass("ada", (), int(time.time()) + 60)).split(".")
    mac = kms.generate_mac(Message=body.encode())["Mac"]
    assert read(kms, f"{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}", 0) is None


@pytest.mark.parametrize("letter", ["\U0001f375", '"', "\\", "\n", "x"])
def test_a_page_of_the_longest_messages_fits_into_a_frame(letter: str) -> None:
    from examples.chat.rooms_handler.chat.history import PAGE
    from examples.chat.rooms_handler.chat.say import TEXT

    text = letter * 1000
    assert TEXT.fullmatch(text)
    assert not TEXT.fullmatch(text + letter)
    one = {"at": "1764160000000000.0000000a", "person": "p" * 64, "id": "i" * 64, "text": text}
    page = {"type": "history", "room": "r" * 40, "messages": [one] * PAGE, "before": one["at"], "id": "i" * 64}
    assert len(json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode()) <= LARGEST


@pytest.mark.parametrize("text", ["\x00", "a\x1fb", "\x7f", "\ud83c"])
def test_what_would_grow_in_a_frame_is_no_text(text: str) -> None:
    from examples.chat.rooms_handler.chat.say import TEXT

    assert not TEXT.fullmatch(text)


@pytest.mark.parametrize("body", ["[" * 100_000, "{", "", "1" * 5000], ids=["nested", "cut", "empty", "long"])
def test_a_body_that_is_no_json_is_refused_and_ends_no_function(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from examples.chat.rooms_handler.chat import other, requests

    told: list[dict[str, Any]] = []
    monkeypatch.setattr(requests, "push", lambda _group, message: told.append(message))
    event = {"body": body, "requestContext": {"connectionId": "a", "authorizer": {"principalId": "ada"}}}
    assert requests.answer(event, lambda _person, _asked: None) == {"statusCode": 400}
    assert told == [{"type": "refused", "reason": "a message must be JSON", "id": None}]
    assert other.handler(event, None) == {"statusCode": 400}


class Writes:
    """Amazon DynamoDB, which cancels transactions for the reasons given, one after the other."""

    class exceptions:  # noqa: N801 - as a client of boto3 has it
        TransactionCanceledException = ClientError

    def __init__(self, *reasons: str) -> None:
        self.reasons, self.tries = list(reasons), 0

    def transact_write_items(self, **_: Any) -> None:
        self.tries += 1
        if self.reasons:
            found: Any = {"Error": {"Code": "x"}, "CancellationReasons": [{"Code": self.reasons.pop(0)}]}
            raise ClientError(found, "TransactWriteItems")


@pytest.mark.parametrize(
    ("reasons", "told", "tries"),
    [
        ((), None, 1),
        (("TransactionConflict",), None, 2),
        (("TransactionConflict", "ConditionalCheckFailed"), {"type": "said"}, 2),
    ],
)
def test_a_message_that_comes_twice_at_one_moment_is_said_once(
    reasons: tuple[str, ...], told: Any, tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from examples.chat.rooms_handler.chat import say

    writes = Writes(*reasons)
    monkeypatch.setattr(say, "_DYNAMODB", writes)
    assert say.say("ada", {"room": "tea", "id": "1", "text": "hello"}) == told
    assert writes.tries == tries


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError"])
def test_a_message_that_cannot_be_written_ends_in_an_error(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from examples.chat.rooms_handler.chat import say

    monkeypatch.setattr(say, "_DYNAMODB", Writes(*[reason] * 4))
    with pytest.raises(ClientError):
        say.say("ada", {"room": "tea", "id": "1", "text": "hello"})
