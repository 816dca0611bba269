"""Links, and whom the authorizer lets follow them: each call and each policy as a whole."""

from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.answering import Aws, Refusal
from tests.patterns.events.approval_workflow.handler.approvals import APPROVAL, MAC, MAC_TEXT, NOW, mac_of


def token(expires: int | str = int(NOW) + 1, approval: str = APPROVAL, mac: str = MAC_TEXT) -> str:
    return f"{approval}.{expires}.{mac}"


def policy(effect: str, principal: str, context: dict[str, str]) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": "arn:method"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": principal, "policyDocument": document, "context": context}


ALLOWED = policy("Allow", APPROVAL, {"approval": APPROVAL})

DENIED = policy("Deny", "nobody", {})


def asks(modules: dict[str, ModuleType], query: Any) -> Any:
    return modules["authorize"].handler({"methodArn": "arn:method", "queryStringParameters": query}, None)


def test_a_link_that_was_signed_here_and_is_good_is_allowed(modules: dict[str, ModuleType], aws: Aws) -> None:
    assert asks(modules, {"token": token()}) == ALLOWED
    assert aws.calls == [("VerifyMac", {**mac_of(), "Mac": MAC})]


@pytest.mark.parametrize(
    "query",
    [
        None,
        {},
        {"token": None},
        {"token": ""},
        {"token": token(int(NOW))},
        {"token": token(int(NOW) - 1)},
        {"token": token("1" * 13)},
        {"token": token("")},
        {"token": token(approval="0" * 31)},
        {"token": token(approval="A" * 32)},
        {"token": token(mac=MAC_TEXT[1:])},
        {"token": token(mac=MAC_TEXT + "A")},
        {"token": token(mac="+" + MAC_TEXT[1:])},
        {"token": token() + "\n"},
    ],
)
def test_what_cannot_be_a_good_link_costs_no_request(modules: dict[str, ModuleType], aws: Aws, query: Any) -> None:
    assert asks(modules, query) == DENIED
    assert aws.calls == []


def test_an_event_without_a_query_is_denied(modules: dict[str, ModuleType], aws: Aws) -> None:
    assert modules["authorize"].handler({"methodArn": "arn:method"}, None) == DENIED
    assert aws.calls == []


def test_a_link_that_another_key_signed_is_denied(modules: dict[str, ModuleType], aws: Aws) -> None:
    aws.answers["VerifyMac"] = Refusal("KMSInvalidMacException")
    assert asks(modules, {"token": token(10**12 - 1)}) == DENIED
    aws.answers["VerifyMac"] = Refusal("ThrottlingException")
    with pytest.raises(ClientError, match="ThrottlingException"):
        asks(modules, {"token": token()})


def test_a_link_is_signed_so_that_it_can_be_read(modules: dict[str, ModuleType], aws: Aws) -> None:
    aws.answers["GenerateMac"] = {"Mac": MAC}
    links = modules["links"]
    kms = modules["authorize"]._kms
    link = links.Link(approval=APPROVAL, expires=int(NOW) + 1)
    assert links.sign(kms, link) == token()
    assert links.read(kms, token(), NOW) == link
    assert aws.calls == [("GenerateMac", mac_of()), ("VerifyMac", {**mac_of(), "Mac": MAC})]
