"""What a Thumbnailer promises, by name."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match, Template

from patternkit.testing.findings import listed
from patternkit.testing.synthesis import synthesize
from patterns.events.thumbnailer import Thumbnailer
from tests.conftest import context


def statements(template: Template) -> list[dict[str, Any]]:
    """Every statement of every role's policy."""
    return [
        statement
        for policy in template.find_resources("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def actions_on(template: Template, logical_id: str) -> set[str]:
    found: set[str] = set()
    for statement in statements(template):
        if logical_id in json.dumps(statement["Resource"]):
            actions = statement["Action"]
            found |= {actions} if isinstance(actions, str) else set(actions)
    return found


def logical_id(scope: cdk.Stack, construct: Any) -> str:
    resource: cdk.CfnResource = construct.node.default_child
    return str(scope.resolve(resource.logical_id))


def test_every_event_that_fails_for_good_is_kept(scope: cdk.Stack) -> None:
    made = Thumbnailer(scope, "Thumbnailer")
    template = Template.from_stack(scope)
    template.has_resource_properties(
        "AWS::Lambda::EventInvokeConfig",
        {
            "FunctionName": {"Ref": logical_id(scope, made.function)},
            "MaximumRetryAttempts": 2,
            "MaximumEventAgeInSeconds": 21600,
            "DestinationConfig": {
                "OnFailure": {"Destination": {"Fn::GetAtt": [logical_id(scope, made.dead_letters), "Arn"]}}
            },
        },
    )
    template.has_resource_properties(
        "AWS::SQS::Queue", {"MessageRetentionPeriod": 14 * 24 * 3600, "KmsMasterKeyId": Match.any_value()}
    )
    assert "sqs:SendMessage" in actions_on(template, logical_id(scope, made.dead_letters))


def test_the_function_may_do_what_it_does_and_nothing_else(scope: cdk.Stack) -> None:
    made = Thumbnailer(scope, "Thumbnailer", source_prefix="in/", destination_prefix="out/")
    template = Template.from_stack(scope)
    source, destination = logical_id(scope, made.source_bucket), logical_id(scope, made.destination_bucket)
    assert actions_on(template, source) == {"s3:GetObjectVersion", "s3:ListBucket"}
    assert actions_on(template, destination) == {"s3:PutObject"}
    assert actions_on(template, logical_id(scope, made.table)) == {"dynamodb:UpdateItem"}
    written = json.dumps([one["Resource"] for one in statements(template) if one["Action"] == "s3:PutObject"])
    assert "/out/*" in written
    assert not [one for one in statements(template) if "*" in json.dumps(one["Action"])]


@pytest.mark.parametrize("architecture", [lambda_.Architecture.X86_64, lambda_.Architecture.ARM_64])
def test_the_function_runs_where_its_code_was_built_for(scope: cdk.Stack, architecture: lambda_.Architecture) -> None:
    Thumbnailer(scope, "Thumbnailer", architecture=architecture)
    Template.from_stack(scope).has_resource_properties("AWS::Lambda::Function", {"Architectures": [architecture.name]})


def test_a_new_bucket_tells_the_function_without_a_function_of_the_cdks(scope: cdk.Stack) -> None:
    made = Thumbnailer(scope, "Thumbnailer", source_prefix="in/", source_suffixes=[".jpg", ".png"])
    template = Template.from_stack(scope)
    template.resource_count_is("AWS::Lambda::Function", 1)
    function = {"Fn::GetAtt": [logical_id(scope, made.function), "Arn"]}
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "NotificationConfiguration": {
                "LambdaConfigurations": [
                    {
                        "Event": "s3:ObjectCreated:*",
                        "Function": function,
                        "Filter": {
                            "S3Key": {
                                "Rules": [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": suffix}]
                            }
                        },
                    }
                    for suffix in (".jpg", ".png")
                ]
            }
        },
    )
    template.has_resource_properties(
        "AWS::Lambda::Permission", {"Principal": "s3.amazonaws.com", "SourceAccount": {"Ref": "AWS::AccountId"}}
    )


def test_what_the_user_has_is_used_and_permissions_follow_its_key(scope: cdk.Stack) -> None:
    keys = {name: kms.Key(scope, name) for name in ("SourceKey", "DestinationKey", "TableKey")}
    source = s3.Bucket(scope, "Images", encryption_key=keys["SourceKey"], encryption=s3.BucketEncryption.KMS)
    destination = s3.Bucket(scope, "Small", encryption_key=keys["DestinationKey"], encryption=s3.BucketEncryption.KMS)
    table = dynamodb.Table(
        scope,
        "Table",
        partition_key=dynamodb.Attribute(name="source_key", type=dynamodb.AttributeType.STRING),
        sort_key=dynamodb.Attribute(name="source_bucket", type=dynamodb.AttributeType.STRING),
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
        encryption_key=keys["TableKey"],
    )
    own = kms.Key(scope, "OwnKey")
    made = Thumbnailer(
        scope,
        "Thumbnailer",
        source_bucket=source,
        destination_bucket=destination,
        table=table,
        encryption_key=own,
    )
    template = Template.from_stack(scope)
    template.resource_count_is("AWS::S3::Bucket", 2)
    template.resource_count_is("AWS::DynamoDB::Table", 1)
    template.resource_count_is("AWS::KMS::Key", 4)
    assert made.source_bucket is source
    assert actions_on(template, logical_id(scope, keys["SourceKey"])) == {"kms:Decrypt"}
    assert actions_on(template, logical_id(scope, keys["DestinationKey"])) == {"kms:GenerateDataKey"}
    assert "kms:Decrypt" in actions_on(template, logical_id(scope, keys["TableKey"]))


def test_an_existing_bucket_keeps_its_own_notifications(scope: cdk.Stack) -> None:
    Thumbnailer(scope, "Thumbnailer", source_bucket=s3.Bucket.from_bucket_name(scope, "Images", "images"))
    template = Template.from_stack(scope)
    template.has_resource_properties("Custom::S3BucketNotifications", {"Managed": False, "BucketName": "images"})


def test_one_bucket_for_both_sides_is_accepted_where_no_loop_can_be(scope: cdk.Stack) -> None:
    bucket = s3.Bucket(scope, "Images")
    made = Thumbnailer(
        scope,
        "Thumbnailer",
        source_bucket=bucket,
        destination_bucket=bucket,
        source_prefix="incoming/",
        destination_prefix="thumbnails/",
    )
    assert made.source_bucket is made.destination_bucket


def test_grants_include_the_key_and_stop_at_the_prefix(scope: cdk.Stack) -> None:
    made = Thumbnailer(scope, "Thumbnailer", source_prefix="in/", destination_prefix="out/")
    uploader, reader, clerk = (iam.User(scope, name) for name in ("Uploader", "Reader", "Clerk"))
    assert made.grant_upload(uploader).success
    assert made.grant_read_thumbnails(reader).success
    assert made.grant_read_records(clerk).success
    template = Template.from_stack(scope)
    by_user = {
        policy["Properties"]["Users"][0]["Ref"]: policy["Properties"]["PolicyDocument"]["Statement"]
        for policy in template.find_resources("AWS::IAM::Policy").values()
        if "Users" in policy["Properties"]
    }
    actions = [one["Action"] for one in by_user[logical_id(scope, uploader)]]
    assert actions == [["kms:Decrypt", "kms:GenerateDataKey"], "s3:PutObject"]
    assert {one["Action"] for one in by_user[logical_id(scope, reader)]} == {"s3:GetObject", "kms:Decrypt"}
    assert "/in/*" in json.dumps(by_user[logical_id(scope, uploader)])
    assert "/out/*" in json.dumps(by_user[logical_id(scope, reader)])
    records, key = sorted(by_user[logical_id(scope, clerk)], key=lambda one: str(one["Action"]), reverse=True)
    assert (records["Action"], records["Resource"]) == ("dynamodb:GetItem", scope.resolve(made.table.table_arn))
    assert "kms:Decrypt" in key["Action"]
    assert "kms:ViaService" in json.dumps(key["Condition"])


def test_settings_reach_the_function(scope: cdk.Stack) -> None:
    Thumbnailer(
        scope,
        "Thumbnailer",
        widths=[128, 512],
        image_format="WEBP",
        quality=70,
        max_pixels=1_000_000,
        max_bytes=cdk.Size.mebibytes(1),
        memory=cdk.Size.gibibytes(3),
        reserved_concurrency=5,
    )
    Template.from_stack(scope).has_resource_properties(
        "AWS::Lambda::Function",
        {
            "MemorySize": 3072,
            "ReservedConcurrentExecutions": 5,
            "Architectures": ["arm64"],
            "Environment": {
                "Variables": Match.object_like(
                    {
                        "WIDTHS": "128,512",
                        "FORMAT": "WEBP",
                        "QUALITY": "70",
                        "MAX_PIXELS": "1000000",
                        "MAX_BYTES": "1048576",
                    }
                )
            },
        },
    )


def test_refusals_are_counted_where_the_function_counts_them(scope: cdk.Stack) -> None:
    made = Thumbnailer(scope, "Thumbnailer")
    function = Template.from_stack(scope).find_resources("AWS::Lambda::Function")
    variables = next(iter(function.values()))["Properties"]["Environment"]["Variables"]
    metric = made.metric_images_refused()
    assert metric.namespace == variables["POWERTOOLS_METRICS_NAMESPACE"]
    assert metric.dimensions == {"service": variables["POWERTOOLS_SERVICE_NAME"]}


@pytest.mark.parametrize("prefix", ["", "some/where/"])
def test_findings_stay_away_with_what_the_user_has(prefix: str) -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Test")
        Thumbnailer(
            stack,
            "Thumbnailer",
            destination_bucket=s3.Bucket.from_bucket_name(stack, "Small", "small"),
            source_prefix=prefix,
            destination_prefix=prefix,
        )

    found = synthesize(build, context=context(), packs=["AwsSolutions", "Serverless"]).findings
    assert not found, listed(found)


def test_whoever_uploads_in_parts_may_put_them_together_and_grants_leave_no_finding() -> None:
    def build(app: cdk.App) -> None:
        stack, elsewhere = cdk.Stack(app, "Test"), cdk.Stack(app, "Elsewhere")
        made = Thumbnailer(stack, "Thumbnailer", source_prefix="in/")
        for scope in (stack, elsewhere):
            role = iam.Role(scope, "User", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
            made.grant_upload(role)
            reader = iam.Role(scope, "Reader", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
            made.grant_read_thumbnails(reader)

    done = synthesize(build, context=context(), packs=["AwsSolutions"])
    assert not done.findings, listed(done.findings)
    policies = done.resources("AWS::IAM::Policy")
    uploads = [
        statement
        for one in policies.values()
        if "User" in str(one["Properties"]["Roles"])
        for statement in one["Properties"]["PolicyDocument"]["Statement"]
    ]
    assert [set(one["Action"]) for one in uploads if "kms:Decrypt" in one["Action"]] == [
        {"kms:Decrypt", "kms:GenerateDataKey"}
    ] * 2


def test_one_bucket_at_both_ends_is_seen_however_it_is_passed(scope: cdk.Stack) -> None:
    bucket = s3.Bucket(scope, "Bucket")
    elsewhere = cdk.Stack(scope.node.root, "Elsewhere")  # type: ignore[arg-type]
    for number, place in enumerate((scope, elsewhere)):
        same = s3.Bucket.from_bucket_name(place, f"Same{number}", bucket.bucket_name)
        with pytest.raises(ValueError, match=r"^destination_bucket must not be the source bucket"):
            Thumbnailer(scope, f"Loop{number}", source_bucket=bucket, destination_bucket=same)


def test_a_table_with_other_keys_is_refused(scope: cdk.Stack) -> None:
    table = dynamodb.Table(
        scope, "Table", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    )
    with pytest.raises(ValueError, match=r"^table must have the partition key source_key and .*, got id$"):
        Thumbnailer(scope, "Thumbnailer", table=table)
