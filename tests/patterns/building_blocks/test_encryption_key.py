"""A key rotates, outlives its stack, and is used for exact actions."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from patterns.building_blocks.encryption_key import EncryptionKey, key_statement, table_key_statement


def test_a_key_rotates_and_outlives_its_stack(scope: cdk.Stack) -> None:
    EncryptionKey(scope, "Key", description="Encrypts a test")
    template = Template.from_stack(scope)
    template.has_resource(
        "AWS::KMS::Key",
        {
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {"Description": "Encrypts a test", "EnableKeyRotation": True},
        },
    )


def test_only_this_accounts_log_groups_in_this_region_may_use_it(scope: cdk.Stack) -> None:
    EncryptionKey(scope, "Key", description="Encrypts a test")
    [key] = Template.from_stack(scope).find_resources("AWS::KMS::Key").values()
    [logs] = [one for one in key["Properties"]["KeyPolicy"]["Statement"] if one.get("Sid") == "CloudWatchLogs"]
    assert logs["Action"] == ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
    assert logs["Principal"] == {"Service": {"Fn::Join": ["", ["logs.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}}
    groups = ["arn:", {"Ref": "AWS::Partition"}, ":logs:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}]
    assert logs["Condition"] == {
        "ArnLike": {"kms:EncryptionContext:aws:logs:arn": {"Fn::Join": ["", [*groups, ":log-group:*"]]}}
    }


def test_a_statement_names_one_key_and_exact_actions(scope: cdk.Stack) -> None:
    key = kms.Key.from_key_arn(scope, "Key", "arn:aws:kms:eu-west-1:111122223333:key/mine")
    assert scope.resolve(key_statement(key, "kms:Decrypt").to_statement_json()) == {
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": key.key_arn,
    }


def test_a_tables_key_is_used_only_through_dynamodb(scope: cdk.Stack) -> None:
    key = kms.Key.from_key_arn(scope, "Key", "arn:aws:kms:eu-west-1:111122223333:key/mine")
    statement = scope.resolve(table_key_statement(key).to_statement_json())
    assert not [action for action in statement["Action"] if "*" in action]
    assert statement["Resource"] == key.key_arn
    service = {"Fn::Join": ["", ["dynamodb.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}
    assert statement["Condition"] == {"StringEquals": {"kms:ViaService": service}}
