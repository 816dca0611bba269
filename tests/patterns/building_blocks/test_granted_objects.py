"""Who may put or read objects may use the bucket's key for that, and nothing else."""

from typing import Literal

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from patterns.building_blocks.granted_objects import grant_objects
from tests.patterns.building_blocks.made import properties


@pytest.mark.parametrize("prefix", [None, "images/"])
@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize(
    ("what", "action", "of_key"),
    [("put", "s3:PutObject", ["kms:Decrypt", "kms:GenerateDataKey"]), ("read", "s3:GetObject", "kms:Decrypt")],
)
def test_exactly_this_is_granted(
    scope: cdk.Stack,
    what: Literal["put", "read"],
    action: str,
    of_key: list[str] | str,
    encrypted: bool,
    prefix: str | None,
) -> None:
    role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    bucket = s3.Bucket(scope, "Bucket", encryption_key=kms.Key(scope, "Key") if encrypted else None)
    grant_objects(role, bucket, what, **({} if prefix is None else {"prefix": prefix})).assert_success()
    key = {"Action": of_key, "Effect": "Allow", "Resource": {"Fn::GetAtt": ["Key", "Arn"]}}
    arn = {"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, f"/{prefix or ''}*"]]}
    [policy] = properties(scope, "AWS::IAM::Policy").values()
    objects = {"Action": action, "Effect": "Allow", "Resource": arn}
    assert policy["PolicyDocument"]["Statement"] == [*([key] if encrypted else []), objects]
