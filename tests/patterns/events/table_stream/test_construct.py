"""What TableStream promises of its template."""

import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from patternkit.testing.permissions import prove
from patternkit.testing.synthesis import synthesize
from patterns.events.table_stream import Consumer, TableStream
from tests.conftest import context, example
from tests.patterns.events.table_stream.refusals import ready

STREAM_KEEPS = 24 * 3600


def mappings(template: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {**one["Properties"], "DependsOn": one["DependsOn"]}
        for one in template["Resources"].values()
        if one["Type"] == "AWS::Lambda::EventSourceMapping"
    ]


def test_what_fails_ends_and_there_is_time_left_to_replay_it() -> None:
    for one in mappings(dict(example("table-stream", "agnostic").template)):
        assert one["BisectBatchOnFunctionError"] is True
        assert 0 <= one["MaximumRetryAttempts"] < 10_000, "not for ever"
        assert 60 <= one["MaximumRecordAgeInSeconds"] <= STREAM_KEEPS / 2
        assert one["DestinationConfig"]["OnFailure"]["Destination"]
        assert one["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert one["StartingPosition"] == "TRIM_HORIZON", "LATEST loses what changes while it is made"


def test_a_change_is_remembered_longer_than_the_stream_keeps_it() -> None:
    resources = example("table-stream", "agnostic").template["Resources"].values()
    for one in resources:
        if one["Type"] == "AWS::Lambda::Function":
            assert int(one["Properties"]["Environment"]["Variables"]["IDEMPOTENCY_SECONDS"]) > STREAM_KEEPS


def test_each_consumer_has_its_filter_and_its_failures(scope: cdk.Stack) -> None:
    paid = {"dynamodb": {"NewImage": {"status": {"S": ["paid"]}}}}
    gone = {"userIdentity": {"type": ["Service"]}}
    consumers = [
        Consumer(name="One", changes=["INSERT", "MODIFY"], filters=[paid, gone]),
        Consumer(name="Two", retry_attempts=1, max_record_age=cdk.Duration.minutes(5), parallelization_factor=3),
    ]
    made = TableStream(scope, "Made", consumers=consumers)
    first, second = mappings(Template.from_stack(scope).to_json())
    kinds = {"eventName": ["INSERT", "MODIFY"]}
    assert [json.loads(one["Pattern"]) for one in first["FilterCriteria"]["Filters"]] == [kinds | paid, kinds | gone]
    assert "FilterCriteria" not in second
    assert (second["MaximumRetryAttempts"], second["MaximumRecordAgeInSeconds"]) == (1, 300)
    assert second["ParallelizationFactor"] == 3
    for name, one in (("One", first), ("Two", second)):
        arn = scope.resolve(made.dead_letters[name].queue_arn)
        assert one["DestinationConfig"] == {"OnFailure": {"Destination": arn}}


def test_lambda_reads_the_stream_after_it_may(scope: cdk.Stack) -> None:
    TableStream(scope, "Made", consumers=[Consumer(name="One")])
    template = Template.from_stack(scope).to_json()
    [one] = mappings(template)
    [policy] = [name for name in template["Resources"] if "ReadsStream" in name]
    assert policy in one["DependsOn"]


def test_who_is_late_and_what_is_lost_set_off_an_alarm(scope: cdk.Stack) -> None:
    TableStream(scope, "Made", consumers=[Consumer(name="One", late_after=cdk.Duration.minutes(2))])
    template = Template.from_stack(scope)
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm", {"MetricName": "IteratorAge", "Statistic": "Maximum", "Threshold": 120_000}
    )
    template.has_resource_properties("AWS::CloudWatch::Alarm", {"MetricName": "DestinationDeliveryFailures"})


@pytest.fixture(scope="module")
def encrypted() -> dict[str, Any]:
    """An encrypted table of one's own, with encrypted destinations."""

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Own")
        key = kms.Key(stack, "Key")
        table = dynamodb.Table(
            stack,
            "Table",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
        )
        consumers = [
            Consumer(name="One", on_failure=s3.Bucket(stack, "Failures", encryption_key=key)),
            Consumer(name="Two", function=ready(stack), on_failure=sns.Topic(stack, "Topic", master_key=key)),
        ]
        TableStream(stack, "Made", table=table, consumers=consumers)

    synthesis = synthesize(build, context=context(), packs=["AwsSolutions", "Serverless"])
    assert not [one for one in synthesis.findings if "/Made/" in one.construct]
    return dict(synthesis.template)


@pytest.mark.parametrize("function", ["Made/One/Work/Function", "Ready"])
def test_a_role_may_read_an_encrypted_stream_and_send_what_failed(function: str, encrypted: dict[str, Any]) -> None:
    proof = prove(encrypted, function=function, handler=lambda _event, _context: None, events=[{}])
    reads = {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"}
    assert reads <= proof.used
    assert {one.request.action for one in proof.denied} <= {"xray:PutTraceSegments", "logs:CreateLogStream"}
    policies = [
        one["Properties"]["PolicyDocument"]["Statement"]
        for name, one in encrypted["Resources"].items()
        if one["Type"] == "AWS::IAM::Policy" and "ReadsStream" in name
    ]
    assert all(any("kms:Decrypt" in one["Action"] for one in statements) for statements in policies)


def test_a_global_table_has_one_consumer() -> None:
    stack = cdk.Stack(cdk.App(), "Here", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    table = dynamodb.TableV2(
        stack,
        "Table",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        dynamo_stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
        replicas=[dynamodb.ReplicaTableProps(region="eu-central-1")],
    )
    with pytest.raises(ValueError, match=r"^consumers must be one for a global table: replication reads its stream"):
        TableStream(stack, "Two", table=table, consumers=[Consumer(name="One"), Consumer(name="Two")])
    assert TableStream(stack, "One", table=table, consumers=[Consumer(name="One")]).table is table


def test_a_metric_is_of_a_consumer_that_there_is(scope: cdk.Stack) -> None:
    made = TableStream(scope, "Stream", consumers=[Consumer(name="One"), Consumer(name="Two")])
    assert made.metric_age("One").metric_name == "IteratorAge"
    with pytest.raises(ValueError, match=r"^consumer must be one of One, Two, got Nope$"):
        made.metric_age("Nope")
