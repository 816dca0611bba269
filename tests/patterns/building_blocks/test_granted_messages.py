"""Who may send messages may use the queue's key for that, and nothing else."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs

from patterns.building_blocks.granted_messages import grant_send
from tests.patterns.building_blocks.made import properties


@pytest.mark.parametrize("encrypted", [False, True])
def test_exactly_this_is_granted(scope: cdk.Stack, encrypted: bool) -> None:
    role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    queue = sqs.Queue(scope, "Queue", encryption_master_key=kms.Key(scope, "Key") if encrypted else None)
    granted = grant_send(role, queue)
    granted.assert_success()
    key = {
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Effect": "Allow",
        "Resource": {"Fn::GetAtt": ["Key", "Arn"]},
    }
    send = {"Action": "sqs:SendMessage", "Effect": "Allow", "Resource": {"Fn::GetAtt": ["Queue", "Arn"]}}
    [policy] = properties(scope, "AWS::IAM::Policy").values()
    assert policy["PolicyDocument"]["Statement"] == [*([key] if encrypted else []), send]
