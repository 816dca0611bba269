"""A table outlives its stack, can be restored, and is encrypted with the key that is given."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from patterns.building_blocks.retained_table import RetainedTable


def table(scope: cdk.Stack) -> dict[str, Any]:
    [found] = Template.from_stack(scope).find_resources("AWS::DynamoDB::Table").values()
    return dict(found)


def test_it_outlives_its_stack_and_can_be_restored(scope: cdk.Stack) -> None:
    RetainedTable(scope, "Table", partition_key="id")
    made = table(scope)
    assert (made["DeletionPolicy"], made["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert made["Properties"] == {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "DeletionProtectionEnabled": True,
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    }


def test_it_takes_a_key_a_sort_key_an_expiry_and_a_stream(scope: cdk.Stack) -> None:
    key = kms.Key(scope, "Key")
    made = RetainedTable(
        scope,
        "Table",
        partition_key="room",
        sort_key="at",
        encryption_key=key,
        time_to_live_attribute="forgotten",
        stream=True,
    )
    properties = table(scope)["Properties"]
    assert [one["AttributeName"] for one in properties["KeySchema"]] == ["room", "at"]
    assert properties["SSESpecification"] == {
        "KMSMasterKeyId": scope.resolve(key.key_arn),
        "SSEEnabled": True,
        "SSEType": "KMS",
    }
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "forgotten", "Enabled": True}
    assert properties["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert made.table_stream_arn is not None
