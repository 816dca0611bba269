"""What TopicFanOut promises of its template."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Match, Template

from patternkit.testing.synthesis import synthesize
from patterns.events.topic_fan_out import Subscriber, TopicFanOut
from tests.conftest import context

TWO = [Subscriber(name="One"), Subscriber(name="Two", suffixes=[".jpg"], retry_attempts=0, reserved_concurrency=3)]


def test_each_subscriber_has_retries_and_dead_letters_of_its_own(scope: cdk.Stack) -> None:
    made = TopicFanOut(scope, "FanOut", subscribers=TWO)
    template = Template.from_stack(scope)
    for name, attempts in (("One", 2), ("Two", 0)):
        dead = scope.resolve(made.dead_letters[name].queue_arn)
        function = scope.resolve(made.functions[name].function_name)
        template.has_resource_properties(
            "AWS::Lambda::EventInvokeConfig",
            {
                "FunctionName": function,
                "MaximumRetryAttempts": attempts,
                "DestinationConfig": {"OnFailure": {"Destination": dead}},
            },
        )
        template.has_resource_properties(
            "AWS::SNS::Subscription", {"Protocol": "lambda", "RedrivePolicy": {"deadLetterTargetArn": dead}}
        )
    assert len({queue.node.path for queue in made.dead_letters.values()}) == 2


def test_only_this_accounts_buckets_may_announce_and_only_over_tls(scope: cdk.Stack) -> None:
    TopicFanOut(scope, "FanOut", subscribers=TWO)
    Template.from_stack(scope).has_resource_properties(
        "AWS::SNS::TopicPolicy",
        {
            "PolicyDocument": {
                "Statement": [
                    Match.object_like(
                        {
                            "Effect": "Deny",
                            "Action": "sns:Publish",
                            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        }
                    ),
                    Match.object_like(
                        {
                            "Effect": "Allow",
                            "Action": "sns:Publish",
                            "Principal": {"Service": "s3.amazonaws.com"},
                            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
                        }
                    ),
                ]
            }
        },
    )


def test_the_bucket_waits_until_it_may_announce(scope: cdk.Stack) -> None:
    TopicFanOut(scope, "FanOut", subscribers=TWO)
    template = Template.from_stack(scope).to_json()["Resources"]
    (bucket,) = [
        one
        for one in template.values()
        if one["Type"] == "AWS::S3::Bucket" and "NotificationConfiguration" in one["Properties"]
    ]
    assert [template[name]["Type"] for name in bucket["DependsOn"]] == ["AWS::SNS::TopicPolicy"]


def test_s3_and_sns_may_use_the_key_for_what_they_deliver_and_for_nothing_else(scope: cdk.Stack) -> None:
    made = TopicFanOut(scope, "FanOut", subscribers=TWO)
    (key,) = Template.from_stack(scope).find_resources("AWS::KMS::Key").values()
    allowed = {
        one["Sid"]: (one["Principal"]["Service"], one["Action"], one["Condition"])
        for one in key["Properties"]["KeyPolicy"]["Statement"]
        if one.get("Sid") in {"BucketAnnounces", "TopicDelivers"}
    }
    actions = ["kms:Decrypt", "kms:GenerateDataKey"]
    account = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert allowed["BucketAnnounces"] == ("s3.amazonaws.com", actions, account)
    service, granted, condition = allowed["TopicDelivers"]
    assert (service, granted) == ("sns.amazonaws.com", actions)
    assert list(condition) == ["ArnLike"]
    assert made.encryption_key.node.path == "Test/FanOut/Announcements/Key"


def existing(scope: cdk.Stack) -> dict[str, Any]:
    key = kms.Key(scope, "Key")
    function = lambda_.Function(
        scope,
        "Ready",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )
    return {
        "bucket": s3.Bucket(scope, "Bucket"),
        "topic": sns.Topic(scope, "Topic"),
        "encryption_key": key,
        "subscribers": [Subscriber(name="Mine", function=function)],
    }


def test_what_exists_is_used_and_nothing_is_made_in_its_place(scope: cdk.Stack) -> None:
    given = existing(scope)
    made = TopicFanOut(scope, "FanOut", **given)
    template = Template.from_stack(scope)
    template.resource_count_is("AWS::S3::Bucket", 1)
    template.resource_count_is("AWS::SNS::Topic", 1)
    template.resource_count_is("AWS::KMS::Key", 1)
    template.resource_count_is("AWS::Lambda::EventInvokeConfig", 0)
    assert made.functions["Mine"] is given["subscribers"][0].function
    template.has_resource_properties(
        "AWS::SNS::TopicPolicy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        Match.object_like(
                            {"Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}}
                        )
                    ]
                )
            }
        },
    )


def test_whoever_uploads_may_use_the_key_and_read_nothing(scope: cdk.Stack) -> None:
    made = TopicFanOut(scope, "FanOut", subscribers=TWO)
    role = cdk.aws_iam.Role(scope, "Uploader", assumed_by=cdk.aws_iam.AccountRootPrincipal())
    assert made.grant_upload(role).success
    policies = Template.from_stack(scope).find_resources(
        "AWS::IAM::Policy", {"Properties": {"Roles": [scope.resolve(role.role_name)]}}
    )
    (policy,) = policies.values()
    actions = [one["Action"] for one in policy["Properties"]["PolicyDocument"]["Statement"]]
    assert actions == [["kms:Decrypt", "kms:GenerateDataKey"], "s3:PutObject"]


def test_a_function_of_ones_own_code_leaves_no_finding() -> None:
    class Own(cdk.Stack):
        def __init__(self, app: cdk.App) -> None:
            super().__init__(app, "Own")
            code = lambda_.Code.from_inline("def handler(event, context): pass")
            TopicFanOut(self, "FanOut", subscribers=[Subscriber(name="Own", code=code, handler="index.handler")])

    assert synthesize(Own, context=context(), packs=["AwsSolutions", "Serverless"]).findings == ()
