"""The apps that the tests of the local cloud deploy."""

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as events_targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_wafv2 as wafv2

ECHO = """
import json, os
def handler(event, context):
    print(json.dumps(event))
    if "fail" in json.dumps(event):
        raise RuntimeError("asked to fail")
    return {"event": event, "environment": dict(os.environ), "arn": context.invoked_function_arn}
"""

SILENT = """
def handler(event, context):
    print("asked for", event["RequestType"])
"""


def synthesize(directory: Path, *build: Callable[[cdk.App], object]) -> Path:
    app = cdk.App(outdir=str(directory), analytics_reporting=False)
    for each in build:
        each(app)
    app.synth()
    return directory


def function(
    scope: cdk.Stack,
    name: str,
    *,
    code: str = ECHO,
    reserved_concurrent_executions: int | None = None,
    dead_letter_queue: sqs.IQueue | None = None,
    on_failure: lambda_.IDestination | None = None,
    retry_attempts: int | None = None,
    environment: dict[str, str] | None = None,
) -> lambda_.Function:
    return lambda_.Function(
        scope,
        name,
        runtime=lambda_.Runtime.PYTHON_3_11,
        handler="index.handler",
        code=lambda_.Code.from_inline(code),
        timeout=cdk.Duration.seconds(20),
        reserved_concurrent_executions=reserved_concurrent_executions,
        dead_letter_queue=dead_letter_queue,
        on_failure=on_failure,
        retry_attempts=retry_attempts,
        environment=environment,
    )


class Small(cdk.Stack):
    """What every test of deploying needs, and nothing that takes long."""

    def __init__(self, app: cdk.App, name: str = "Small", *, env: cdk.Environment | None = None) -> None:
        super().__init__(app, name, env=env)
        bucket = s3.Bucket(self, "Bucket")
        self.queue = sqs.Queue(self, "Queue")
        table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        )
        echo = function(self, "Echo")
        table.grant_read_data(echo)
        cdk.CfnOutput(self, "BucketName", value=bucket.bucket_name)


class Chain(cdk.Stack):
    """A stack that needs another: it takes a queue from it, by an export."""

    def __init__(self, app: cdk.App) -> None:
        before = Small(app, "Before")
        super().__init__(app, "After")
        cdk.CfnOutput(self, "QueueArn", value=before.queue.queue_arn)


class Nested(cdk.Stack):
    """A stack within a stack."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Nested")
        inner = cdk.NestedStack(self, "Inner")
        s3.Bucket(inner, "Bucket", lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(3))])


class Network(cdk.Stack):
    """What the local cloud has no resource types for."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Network")
        ec2.Vpc(self, "Vpc", max_azs=1)


class Refused(cdk.Stack):
    """A resource that is refused, with others before it."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Refused")
        first = s3.Bucket(self, "First", bucket_name="the-only-one")
        s3.Bucket(self, "Second", bucket_name="the-only-one").node.add_dependency(first)


class Broken(cdk.Stack):
    """A custom resource whose function fails without answering."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Broken")
        provider = function(
            self, "Provider", code="def handler(event, context):\n    raise RuntimeError('out of luck')"
        )
        cdk.CustomResource(self, "Custom", service_token=provider.function_arn)


class Pending(cdk.Stack):
    """A custom resource whose function returns and never answers."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Pending")
        provider = function(self, "Provider", code=SILENT)
        cdk.CustomResource(self, "Custom", service_token=provider.function_arn)


class Dropped(cdk.Stack):
    """Properties that the local cloud's CloudFormation does not look at."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Dropped")
        cdk.Tags.of(self).add("team", "blue")
        key = kms.Key(self, "Key")
        s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            transfer_acceleration=True,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="short",
                    prefix="tmp/",
                    tag_filters={"keep": "no", "kind": "draft"},
                    expiration=cdk.Duration.days(3),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                ),
                s3.LifecycleRule(
                    transitions=[
                        s3.Transition(storage_class=s3.StorageClass.GLACIER, transition_after=cdk.Duration.days(30))
                    ],
                    noncurrent_version_expiration=cdk.Duration.days(7),
                    noncurrent_versions_to_retain=2,
                ),
            ],
        )
        dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            time_to_live_attribute="expires",
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
        )
        letters = sqs.Queue(self, "Letters")
        echo = function(self, "Echo", reserved_concurrent_executions=3, dead_letter_queue=letters)
        sns.Topic(self, "Topic", master_key=key)
        scheduler.Schedule(
            self,
            "Schedule",
            schedule=scheduler.ScheduleExpression.cron(minute="0", time_zone=cdk.TimeZone.EUROPE_BERLIN),
            target=scheduler_targets.LambdaInvoke(
                echo, dead_letter_queue=letters, input=scheduler.ScheduleTargetInput.from_object({"from": "schedule"})
            ),
            time_window=scheduler.TimeWindow.flexible(cdk.Duration.minutes(5)),
            enabled=False,
        )


class Asynchronous(cdk.Stack):
    """Every asynchronous way to a function that the local cloud has, each failure ending in a queue."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Asynchronous")
        failures, letters = sqs.Queue(self, "Failures"), sqs.Queue(self, "Letters")
        destined = function(self, "Destined", on_failure=destinations.SqsDestination(failures), retry_attempts=0)
        lettered = function(self, "Lettered", dead_letter_queue=letters, retry_attempts=1)
        bucket = s3.Bucket(self, "Bucket")
        bucket.add_event_notification(
            s3.EventType.OBJECT_CREATED,
            notifications.LambdaDestination(destined),
            s3.NotificationKeyFilter(prefix="in/"),
        )
        events.Rule(
            self,
            "Rule",
            event_pattern=events.EventPattern(source=["test"]),
            targets=[events_targets.LambdaFunction(destined), events_targets.LambdaFunction(lettered)],
        )
        schedules = scheduler.ScheduleGroup(self, "Schedules")
        role = iam.Role(self, "ScheduleRole", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"))
        for name, value in {
            "GroupName": schedules.schedule_group_name,
            "RoleArn": role.role_arn,
            "TargetArn": destined.function_arn,
        }.items():
            cdk.CfnOutput(self, name, value=value)


class Messages(cdk.Stack):
    """A topic, filtered into a queue; a queue with dead letters; a REST API into a queue."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Messages")
        letters = sqs.Queue(self, "Letters")
        key = kms.Key(self, "Key")
        queue = sqs.Queue(
            self,
            "Queue",
            visibility_timeout=cdk.Duration.seconds(0),
            dead_letter_queue=sqs.DeadLetterQueue(queue=letters, max_receive_count=1),
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
        )
        topic = sns.Topic(self, "Topic")
        topic.add_subscription(
            subscriptions.SqsSubscription(
                queue,
                raw_message_delivery=True,
                filter_policy={"kind": sns.SubscriptionFilter.string_filter(allowlist=["wanted"])},
            )
        )
        accepted = sqs.Queue(self, "Accepted")
        api = apigateway.RestApi(self, "Api", cloud_watch_role=False)
        role = iam.Role(self, "ApiRole", assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"))
        accepted.grant_send_messages(role)
        order = api.add_model(
            "Order", schema=apigateway.JsonSchema(type=apigateway.JsonSchemaType.OBJECT, required=["id"])
        )
        api.root.add_method(
            "POST",
            apigateway.AwsIntegration(
                service="sqs",
                path=f"{self.account}/{accepted.queue_name}",
                options=apigateway.IntegrationOptions(
                    credentials_role=role,
                    passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
                    request_parameters={
                        "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"
                    },
                    request_templates={
                        "application/json": "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"
                    },
                    integration_responses=[apigateway.IntegrationResponse(status_code="202")],
                ),
            ),
            method_responses=[apigateway.MethodResponse(status_code="202")],
            request_models={"application/json": order},
            request_validator_options=apigateway.RequestValidatorOptions(validate_request_body=True),
        )
        cdk.CfnOutput(self, "ApiId", value=api.rest_api_id)


class Guarded(cdk.Stack):
    """A bucket and a queue for TLS only, and a function that may write to a part of the bucket."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Guarded")
        bucket = s3.Bucket(self, "Bucket", enforce_ssl=True)
        queue = sqs.Queue(self, "Queue", enforce_ssl=True)
        writer = function(
            self,
            "Writer",
            code="""
import os, boto3
def handler(event, context):
    try:
        boto3.client("s3").put_object(Bucket=os.environ["BUCKET"], Key=event["key"], Body=b"written")
        boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody=event["key"])
    except Exception as error:
        return str(error)
    return "written"
""",
            environment={"BUCKET": bucket.bucket_name, "QUEUE": queue.queue_url},
        )
        bucket.grant_put(writer, "allowed/*")
        queue.grant_send_messages(writer)


class Watched(cdk.Stack):
    """An alarm on a function's errors."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Watched")
        echo = function(self, "Echo")
        cloudwatch.Alarm(self, "Alarm", metric=echo.metric_errors(), threshold=1, evaluation_periods=1)


class WithLeftOut(cdk.Stack):
    """What carries no behaviour in the local cloud, and is left out there."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "WithLeftOut")
        application = codedeploy.CfnApplication(self, "Application", compute_platform="Lambda")
        codedeploy.CfnDeploymentGroup(
            self, "Group", application_name=application.ref, service_role_arn="arn:aws:iam::000000000000:role/deploy"
        )
        failures, calls = (cloudwatch.Metric(namespace="Shop", metric_name=name) for name in ("Failures", "Calls"))
        share = cloudwatch.MathExpression(expression="f / c", using_metrics={"f": failures, "c": calls})
        cloudwatch.Alarm(self, "Share", metric=share, threshold=0.1, evaluation_periods=1)
        cloudwatch.Alarm(self, "Plain", metric=failures, threshold=1, evaluation_periods=1)
        flow_log = ec2.CfnFlowLog(self, "FlowLog", resource_id="vpc-1", resource_type="VPC", traffic_type="ALL")
        wafv2.CfnWebACLAssociation(self, "Association", resource_arn="arn:aws:elb", web_acl_arn="arn:aws:wafv2")
        cdk.CfnOutput(self, "ApplicationOutput", value=application.ref)
        cdk.CfnOutput(self, "FlowLogOutput", value=flow_log.attr_id)


class Misdeployed(cdk.Stack):
    """What AWS would refuse or could not run, and the local cloud takes; and what only looks so."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Misdeployed")
        lambda_.CfnFunction(
            self,
            "Typo",
            code=lambda_.CfnFunction.CodeProperty(zip_file="def handler(event, context): pass"),
            handler="index.handle",
            role="arn:aws:iam::000000000000:role/Typo",
            runtime="python3.13",
        )
        for name, field in (("Task", "MEMORY"), ("Wrong", "instanceId")):
            ecs.CfnService(
                self,
                name,
                cluster="arn:aws:ecs:us-east-1:000000000000:cluster/Tasks",
                task_definition="arn:aws:ecs:us-east-1:000000000000:task-definition/Task:1",
                placement_strategies=[ecs.CfnService.PlacementStrategyProperty(type="binpack", field=field)],
            )
