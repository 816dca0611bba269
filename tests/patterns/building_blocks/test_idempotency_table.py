"""The table in which functions remember what they have worked on, as Powertools expects it."""

import re

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms

from patterns.building_blocks.idempotency_table import (
    IdempotencyTable,
    RememberedFor,
    check_idempotency_table,
    idempotency_statements,
)
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import check
from tests.patterns.building_blocks.made import properties

ACTIONS = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]


def text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


@pytest.mark.parametrize("encrypted", [False, True])
def test_it_is_what_powertools_expects(scope: cdk.Stack, encrypted: bool) -> None:
    key = kms.Key(scope, "Key") if encrypted else None
    table = IdempotencyTable(scope, "Seen", settings=Settings(encryption_key=key) if encrypted else None)
    arn = {"Fn::GetAtt": ["Key", "Arn"]}
    of_key = {"SSESpecification": {"KMSMasterKeyId": arn, "SSEEnabled": True, "SSEType": "KMS"}} if encrypted else {}
    assert properties(scope, "AWS::DynamoDB::Table") == {
        "Seen": {
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
            "DeletionProtectionEnabled": True,
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            "TimeToLiveSpecification": {"AttributeName": "expiration", "Enabled": True},
            **of_key,
        }
    }
    first, *rest = (scope.resolve(one.to_statement_json()) for one in idempotency_statements(table))
    assert first == {"Action": ACTIONS, "Effect": "Allow", "Resource": scope.resolve(table.table_arn)}
    assert [one["Resource"] for one in rest] == ([scope.resolve(key.key_arn)] if key else [])
    check_idempotency_table("table", table)


def test_another_key_is_refused(scope: cdk.Stack) -> None:
    check_idempotency_table("table", None)
    check_idempotency_table("table", dynamodb.Table.from_table_name(scope, "Imported", "theirs"))
    check_idempotency_table("table", dynamodb.TableV2(scope, "Global", partition_key=text("id")))
    wrong: list[tuple[list[str], dynamodb.ITable]] = [
        (["key"], dynamodb.Table(scope, "Named", partition_key=text("key"))),
        (["id", "at"], dynamodb.Table(scope, "Sorted", partition_key=text("id"), sort_key=text("at"))),
        (["id", "at"], dynamodb.TableV2(scope, "V2", partition_key=text("id"), sort_key=text("at"))),
    ]
    for number, (names, table) in enumerate(wrong):
        said = f"table{number} must have the partition key id and no sort key, got {' and '.join(names)}"
        with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
            check_idempotency_table(f"table{number}", table)


def test_an_event_is_remembered_for_a_minute_to_a_year() -> None:
    for right in (Duration.minutes(1), Duration.days(365)):
        check("remembered_for", right, RememberedFor)
    for wrong, said in ((Duration.seconds(59), "59 seconds"), (Duration.days(366), "366 days")):
        with pytest.raises(ValueError, match=f"^remembered_for must be between 1 minute and 365 days, got {said}$"):
            check("remembered_for", wrong, RememberedFor)
