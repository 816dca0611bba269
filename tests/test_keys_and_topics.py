"""A customer's keys let in each service that uses them: the data's key, and that of the topic that alarms tell."""

import json
from typing import cast

import aws_cdk as cdk
import pytest

from patternkit.catalog.arguments import arguments
from patternkit.catalog.discovery import Pattern, patterns
from tests.topics import with_topic

PATTERNS = [pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name)) for one in patterns().values()]
SENDERS = ("events.amazonaws.com", "s3.amazonaws.com", "sns.amazonaws.com")

KEYED: dict[type[cdk.CfnResource], str] = {
    cdk.aws_dynamodb.CfnTable: "sse_specification",
    cdk.aws_logs.CfnLogGroup: "kms_key_id",
    cdk.aws_s3.CfnBucket: "bucket_encryption",
    cdk.aws_sns.CfnTopic: "kms_master_key_id",
    cdk.aws_sqs.CfnQueue: "kms_master_key_id",
}
# What has no customer's key, by the names that its path ends with.
WITHOUT_THE_KEY = {
    # Amazon S3, CloudFront and load balancers write access logs to buckets with keys of S3 alone.
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    "AccessLogs/Resource",
    "Site/Logs/Resource",
    # Events of AWS itself, with no data of the customer's, of patterns whose key is that of logs.
    "Deployments/Failed/Queue/Resource",
    "Runs/Failed/Queue/Resource",
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_keeps_data_has_the_customers_key(pattern: Pattern) -> None:
    stack, made, _ = with_topic(pattern.name)
    if "encryption_key" not in {one.name for one in arguments(pattern)}:
        return
    key = cast(cdk.aws_kms.Key, stack.node.root.node.find_child("Elsewhere").node.find_child("Key"))
    arn = json.dumps(stack.resolve(key.key_arn))
    without = {
        one.node.path
        for one in made.node.find_all()
        for kind, name in KEYED.items()
        if isinstance(one, kind) and arn not in json.dumps(stack.resolve(getattr(one, name)))
    }
    assert [path for path in without if not path.endswith(tuple(WITHOUT_THE_KEY))] == []


@pytest.mark.parametrize("pattern", PATTERNS)
def test_keys_of_the_same_app_let_in_each_service_that_uses_them(pattern: Pattern) -> None:
    """Log groups, the alarms and groups of instances that tell the topic, and what sends to queues."""
    stack, _, alarms = with_topic(pattern.name)
    elsewhere = cast(cdk.Stack, stack.node.root.node.find_child("Elsewhere"))
    policies = {
        one.node.scope.node.id: json.dumps(elsewhere.resolve(one.key_policy))
        for one in elsewhere.node.find_all()
        if isinstance(one, cdk.aws_kms.CfnKey) and one.node.scope
    }
    made = list(stack.node.find_all())
    if any(one.alarm_actions for one in alarms):
        assert "cloudwatch.amazonaws.com" in policies["TopicKey"]
    if any(
        isinstance(one, cdk.aws_autoscaling.CfnAutoScalingGroup) and one.notification_configurations for one in made
    ):
        assert "AWSServiceRoleForAutoScaling" in policies["TopicKey"]
    if any(isinstance(one, cdk.aws_logs.CfnLogGroup) and one.kms_key_id for one in made):
        assert '"logs.' in policies["Key"]
    for one in made:
        if isinstance(one, cdk.aws_sqs.CfnQueuePolicy):
            queues = [each for each in made if isinstance(each, cdk.aws_sqs.CfnQueue) and each.ref in one.queues]
            if any(each.kms_master_key_id for each in queues):
                document = json.dumps(stack.resolve(one.policy_document))
                wanted = {each for each in SENDERS if f'"{each}"' in document}
                assert [each for each in wanted if f'"{each}"' not in policies["Key"]] == [], one.node.path
