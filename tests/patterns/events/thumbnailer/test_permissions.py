"""The function's role allows what the handler does with every kind of event, and no more."""

import copy
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from patternkit.testing.permissions import Account, PermissionProof, prove
from patternkit.testing.synthesis import synthesize
from patterns.events.thumbnailer import Thumbnailer
from patterns.events.thumbnailer import construct as thumbnailer
from tests.conftest import context, example
from tests.patterns.events.thumbnailer import pictures

CODE = Path(thumbnailer.__file__).parent / "handler"
FUNCTION = "Thumbnailer/Thumbnails/Function"
TABLE_KEY = (
    "Amazon DynamoDB asks for it of whoever uses a table with a customer key; calls on items are seen to use Decrypt: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html"
)
TABLE_KEY_ACTIONS = ("DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo")


def events(account: Account, *, source: str, versions: bool = True) -> Iterator[dict[str, Any]]:
    """An image, the same again, its replacement, an older event, what is refused, what is gone, S3's test."""
    client = account.client("s3")
    sequence = 0x100

    def put(key: str, body: bytes) -> dict[str, Any]:
        nonlocal sequence
        sequence += 1
        answer = client.put_object(Bucket=source, Key=key, Body=body)
        entry = {
            "key": quote_plus(key, safe="/"),
            "size": len(body),
            "eTag": answer["ETag"].strip('"'),
            "sequencer": f"{sequence:016X}",
        }
        if versions:
            entry["versionId"] = answer["VersionId"]
        record = {
            "eventSource": "aws:s3",
            "eventTime": "2026-11-21T08:00:00.000Z",
            "eventName": "ObjectCreated:Put",
            "s3": {"bucket": {"name": source}, "object": entry},
        }
        return {"Records": [record]}

    def delete(event: Mapping[str, Any]) -> None:
        entry = event["Records"][0]["s3"]["object"]
        client.delete_object(Bucket=source, Key="gone.png", **({"VersionId": entry["versionId"]} if versions else {}))

    older = put("photographs/a b.png", pictures.plain("PNG", pictures.RED))
    image = put("photographs/a b.png", pictures.plain("PNG", pictures.GREEN))
    yield image
    yield image
    yield older
    yield put("photographs/a b.png", pictures.plain("PNG", pictures.BLUE))
    yield put("refused.png", b"no image")
    gone = put("gone.png", pictures.plain("PNG"))
    delete(gone)
    yield gone
    yield {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": source}


def own_source(account: Account) -> Iterator[dict[str, Any]]:
    bucket = next(
        logical_id
        for _, logical_id, resource in account.resources()
        if resource["Type"] == "AWS::S3::Bucket" and "NotificationConfiguration" in resource["Properties"]
    )
    return events(account, source=account.name(bucket))


def run(template: Mapping[str, Any]) -> PermissionProof:
    return prove(template, function=FUNCTION, code=CODE, events=own_source)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return example("thumbnailer", "agnostic").template


def key_id(template: Mapping[str, Any]) -> str:
    return next(str(name) for name, one in template["Resources"].items() if one["Type"] == "AWS::KMS::Key")


def reasons(template: Mapping[str, Any]) -> dict[str, str]:
    return {f"kms:{one} on {key_id(template)}.Arn if kms:ViaService": TABLE_KEY for one in TABLE_KEY_ACTIONS}


@pytest.mark.parametrize("environment", ["agnostic", "concrete"])
def test_the_role_allows_what_is_done_and_no_more(
    environment: str, permissions: Callable[..., PermissionProof]
) -> None:
    template = example("thumbnailer", environment).template
    where = {"account": "111122223333", "region": "eu-west-1"} if environment == "concrete" else {}
    proof = permissions(template, function=FUNCTION, code=CODE, events=own_source, unused=reasons(template), **where)
    assert proof.used == {
        "dynamodb:UpdateItem",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:GetObjectVersion",
        "s3:ListBucket",
        "s3:PutObject",
        "sqs:SendMessage",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }


def granted(template: Mapping[str, Any]) -> list[tuple[str, int, str]]:
    """Each action of each statement of the role's policies."""
    return [
        (policy, index, action)
        for policy, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Policy"
        for index, statement in enumerate(resource["Properties"]["PolicyDocument"]["Statement"])
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    ]


def without(template: Mapping[str, Any], unwanted: Callable[[str, int, str], bool]) -> dict[str, Any]:
    """The template without some of the actions that its policies allow."""
    mutant = copy.deepcopy(dict(template))
    for policy, index, action in granted(template):
        if unwanted(policy, index, action):
            statement = mutant["Resources"][policy]["Properties"]["PolicyDocument"]["Statement"][index]
            actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            # Something has to be left in a statement: an action that is of no use here.
            statement["Action"] = [one for one in actions if one != action] or ["s3:GetBucketLocation"]
    return mutant


def test_each_action_that_is_taken_away_is_missed(template: dict[str, Any]) -> None:
    proof = run(template)
    shared = set()
    for policy, index, action in granted(template):
        gone = (policy, index, action)
        missed = {one.request.action for one in run(without(template, lambda *one, gone=gone: one == gone)).denied}
        if missed:
            assert missed == {action}
            continue
        text = f"{action} on {key_id(template)}.Arn"
        by = f"by statement {index + 1} of {policy}"
        by_others = bool({f"{text}, {by}", f"{text} if kms:ViaService, {by}"} & set(proof.redundant))
        assert by_others or f"{text} if kms:ViaService" in proof.unused, f"nothing misses {gone}"
        shared |= {action} if by_others else set()
    assert shared == {"kms:Decrypt"}


@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:GenerateDataKey"])
def test_what_several_statements_allow_is_missed_once_none_does(template: dict[str, Any], action: str) -> None:
    denied = run(without(template, lambda _policy, _index, one: one == action)).denied
    assert {one.request.action for one in denied} == {action}


def test_a_bucket_policy_that_denies_is_seen(template: dict[str, Any]) -> None:
    mutant = copy.deepcopy(template)
    policies = [one for one in mutant["Resources"].values() if one["Type"] == "AWS::S3::BucketPolicy"]
    for policy in policies:
        policy["Properties"]["PolicyDocument"]["Statement"].append(
            {"Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": "*"}
        )
    denied = run(mutant).denied
    assert {one.request.action for one in denied} == {"s3:PutObject"}
    assert "denies it" in denied[0].why


def test_a_key_policy_that_forgets_the_account_is_seen(template: dict[str, Any]) -> None:
    mutant = copy.deepcopy(template)
    key = mutant["Resources"][key_id(template)]["Properties"]["KeyPolicy"]["Statement"]
    key[:] = [one for one in key if "Service" in one["Principal"]]
    assert {one.request.action for one in run(mutant).denied} == {"kms:Decrypt", "kms:GenerateDataKey"}


def test_existing_buckets_and_their_keys(permissions: Callable[..., PermissionProof]) -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Existing")
        theirs = kms.Key.from_key_arn(stack, "Theirs", f"arn:aws:kms:us-east-1:{'1' * 12}:key/theirs")
        source = s3.Bucket.from_bucket_attributes(stack, "Source", bucket_name="their-images", encryption_key=theirs)
        Thumbnailer(stack, "Thumbnailer", source_bucket=source)

    def of_theirs(account: Account) -> Iterator[dict[str, Any]]:
        account.client("s3").create_bucket(Bucket="their-images")
        return events(account, source="their-images", versions=False)

    template = synthesize(build, context=context()).template
    proof = permissions(
        template,
        function=FUNCTION,
        code=CODE,
        events=of_theirs,
        existing={"arn:aws:s3:::their-images*": {}},
        unused=reasons(template)
        | {
            "s3:GetObjectVersion on arn:AWS::Partition:s3:::their-images/*": "The events here have no versions.",
            f"kms:Decrypt on arn:aws:kms:us-east-1:{'1' * 12}:key/theirs": "Which key encrypts it is not known here.",
        },
    )
    assert "s3:GetObject" in proof.used
