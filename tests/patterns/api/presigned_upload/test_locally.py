"""The template, deployed to a local cloud that enforces IAM, and used as callers and attackers do."""

import base64
import json
import os
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import boto3
import pytest

from patterns.api.presigned_upload.handler.uploads.records import Upload
from patterns.api.presigned_upload.handler.uploads.signing import Signing
from tests.patterns.api.presigned_upload.uploading import PNG, Uploader


def test_a_file_that_is_what_it_was_said_to_be_is_released(uploader: Uploader) -> None:
    asked = uploader.form()
    assert uploader.send(asked["form"], PNG).status == 204
    assert uploader.became(asked["upload"]) == ("RELEASED", "")
    client = uploader.cloud.client("s3")
    found = client.get_object(Bucket=uploader.released, Key=asked["upload"])
    assert (found["Body"].read(), found["ContentType"], found["ContentDisposition"]) == (PNG, "image/png", "attachment")
    versions = client.list_object_versions(Bucket=uploader.quarantine, Prefix=f"incoming/{asked['upload']}")
    assert "Versions" not in versions, "it waits no longer"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"name": "a", "type": "image/png", "size": 0}, 400),
        ({"name": "a", "type": "image/png", "size": 40 * 1024 * 1024 + 1}, 413),
        ({"name": "a", "type": "image/png", "size": True}, 400),
        ({"name": "a", "type": "text/html", "size": 5}, 415),
        ({"name": "a" * 256, "type": "image/png", "size": 5}, 400),
        ({"name": "a\nb", "type": "image/png", "size": 5}, 400),
        ([], 400),
    ],
)
def test_what_may_not_be_uploaded_gets_no_form(uploader: Uploader, asked: Any, status: int) -> None:
    assert uploader.ask("uploads", asked).status == status


@pytest.mark.parametrize("size", [len(PNG) - 1, len(PNG) + 1])
def test_a_form_takes_the_size_that_was_said_and_no_other(uploader: Uploader, size: int) -> None:
    answer = uploader.send(uploader.form()["form"], (PNG + b"\0")[:size])
    assert (answer.status, "EntityToo" in answer.body) == (400, True)


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "incoming/of-somebody-else"},
        {"key": "../released"},
        {"Content-Type": "text/html"},
        {"x-amz-meta-added": "not in the policy"},
    ],
    ids=str,
)
def test_a_form_takes_its_key_and_type_and_nothing_else(uploader: Uploader, changed: dict[str, str]) -> None:
    assert uploader.send(uploader.form()["form"], PNG, **changed).status == 403


def test_a_form_whose_policy_was_changed_is_refused(uploader: Uploader) -> None:
    form = uploader.form()["form"]
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    policy["conditions"] = [
        one if "content-length-range" not in one else [*one[:2], 10**9] for one in policy["conditions"]
    ]
    tampered = base64.b64encode(json.dumps(policy).encode()).decode()
    assert uploader.send(form, PNG + b"more", policy=tampered).status == 403


def test_a_form_is_refused_when_its_time_is_over(uploader: Uploader) -> None:
    signs = {
        **uploader.cloud.environment(),
        "QUARANTINE_BUCKET": uploader.quarantine,
        "LIFETIME_SECONDS": "-60",
    }
    # A session that another test has begun in this process keeps that test's credentials.
    with patch.dict(os.environ, signs), patch.object(boto3, "DEFAULT_SESSION", None):
        form = Signing().form(Upload("late", "me", "a", "image/png", len(PNG)))
    answer = uploader.send(form, PNG)
    assert (answer.status, "expired" in answer.body) == (403, True), answer.body


def test_a_form_that_is_used_again_replaces_nothing(uploader: Uploader) -> None:
    asked = uploader.form()
    uploader.send(asked["form"], PNG)
    assert uploader.became(asked["upload"])[0] == "RELEASED"
    other = PNG[:-1] + b"x"
    assert uploader.send(asked["form"], other).status == 204
    client = uploader.cloud.client("s3")

    def dropped() -> bool:
        found = client.list_object_versions(Bucket=uploader.quarantine, Prefix=f"incoming/{asked['upload']}")
        return not found.get("Versions")

    uploader.cloud.wait_for(dropped, what="the second file to be dropped")
    assert client.get_object(Bucket=uploader.released, Key=asked["upload"])["Body"].read() == PNG


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"<script>alert(1)</script>", "image/png", "the file does not begin as image/png does"),
        (b"\xff\xfe\0\0 no text", "text/plain", "the file is no text, as text/plain is"),
        (b"thirteen byte", "text/plain", "thirteen bytes are unlucky"),
    ],
)
def test_a_file_that_is_something_else_stays_in_quarantine(
    uploader: Uploader, body: bytes, kind: str, reason: str
) -> None:
    asked = uploader.form(body, kind)
    assert uploader.send(asked["form"], body).status == 204
    assert uploader.became(asked["upload"]) == ("REFUSED", reason)
    client = uploader.cloud.client("s3")
    assert "Contents" not in client.list_objects_v2(Bucket=uploader.released, Prefix=asked["upload"])
    assert client.head_object(Bucket=uploader.quarantine, Key=f"incoming/{asked['upload']}")


def test_a_large_file_goes_in_parts_of_the_sizes_that_were_signed(uploader: Uploader) -> None:
    body = PNG + b"\0" * (17 * 1024 * 1024 - len(PNG))
    asked = uploader.form(body)
    upload, size = asked["upload"], asked["part_size"]
    assert (asked["parts"], size, "form" in asked) == (2, 16 * 1024 * 1024, False)
    links = [one["url"] for one in uploader.ask(f"uploads/{upload}/links", {"numbers": [1, 2]}).json["links"]]
    assert uploader.exchange("PUT", links[1], body[size:] + b"more", {}).status == 403
    tags = [uploader.exchange("PUT", links[0], body[:size], {}).body]
    early = uploader.ask(f"uploads/{upload}/complete", {"tags": [*tags, "x"]})
    assert (early.status, early.json["message"]) == (409, "parts are missing or of another size: 2")
    tags.append(uploader.exchange("PUT", links[1], body[size:], {}).body)
    assert uploader.ask(f"uploads/{upload}/complete", {"tags": tags[::-1]}).status == 409
    assert uploader.ask(f"uploads/{upload}/complete", {"tags": tags}).status == 200
    assert uploader.became(upload) == ("RELEASED", "")
    assert uploader.ask(f"uploads/{upload}/links", {"numbers": [1]}).status == 409
    found = uploader.cloud.client("s3").head_object(Bucket=uploader.released, Key=upload)
    assert (found["ContentLength"], found["ContentType"]) == (len(body), "image/png")


def test_nobody_else_learns_of_an_upload(uploader: Uploader) -> None:
    iam = uploader.cloud.client("iam")
    iam.create_user(UserName="other")
    allowed = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName="other", PolicyName="calls", PolicyDocument=policy)
    key = iam.create_access_key(UserName="other")["AccessKey"]
    other = replace(uploader, access_key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    asked = uploader.form()
    assert other.ask(f"uploads/{asked['upload']}").status == 404
    assert uploader.ask(f"uploads/{asked['upload']}").json["status"] == "WAITING"
    assert other.form()["upload"]


def test_nothing_arrives_unsigned(uploader: Uploader) -> None:
    url = f"{uploader.cloud.endpoint_url}/{uploader.quarantine}/incoming/unsigned"
    assert uploader.exchange("PUT", url, PNG, {}).status == 403


@pytest.mark.parametrize("other", [False, True])
def test_pages_of_the_origin_that_was_named_may_upload_and_no_others(
    uploader: Uploader, site: str, *, other: bool
) -> None:
    asked = {"Origin": "https://other.example.com" if other else site, "Access-Control-Request-Method": "POST"}
    answer = uploader.exchange("OPTIONS", uploader.form()["form"]["url"], None, asked)
    assert answer.status == (403 if other else 200)
