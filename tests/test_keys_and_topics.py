"""A customer's keys let in each service that uses them: the data's key, and that of the topic that alarms tell."""

import json
from typing import cast

import aws_cdk as cdk
import pytest

from patternkit.catalog.discovery import Pattern, patterns
from tests.topics import with_topic

PATTERNS = [pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name)) for one in patterns().values()]
SENDERS = ("events.amazonaws.com", "s3.amazonaws.com", "sns.amazonaws.com")


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
