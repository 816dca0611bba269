"""The apps that show what is repaired in the local cloud's own process."""

import json

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks

FAILING = """
class OutOfStock(ValueError):
    pass

def handler(event, context):
    if event.get("how") == "built in":
        return {}["missing"]
    raise OutOfStock("no lamp\\nleft")
"""

FAILING_IN_NODE = """
class OutOfStock extends Error { constructor(m) { super(m); this.name = "OutOfStock"; } }
exports.handler = async (event) => {
  if (event.how === "thrown text") throw "only text";
  if (event.how === "built in") return undefined_name;
  throw new OutOfStock("no lamp left");
};
"""

VERSION = """
def handler(event, context):
    return context.function_version
"""

# Says what it was given, and answers with what the messages tell it to.
CONSUMER = """
import base64, json
def body(record):
    if "kinesis" in record:
        return base64.b64decode(record["kinesis"]["data"]).decode()
    if "dynamodb" in record:
        return record["dynamodb"]["Keys"]["id"]["S"]
    return record["body"]

def number(record):
    table, stream = record.get("dynamodb") or {}, record.get("kinesis") or {}
    return stream.get("sequenceNumber") or table.get("SequenceNumber") or record["messageId"]

def handler(event, context):
    bodies = [body(record) for record in event["Records"]]
    print("GIVEN", json.dumps(bodies))
    if any(each.startswith("raise") for each in bodies):
        raise RuntimeError("asked to")
    for each in bodies:
        if each.startswith("{"):
            return json.loads(each)["answer"]
    failed = [number(record) for record in event["Records"] if body(record).startswith("fail")]
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}
"""

ROTATION = """
import boto3
def handler(event, context):
    print(event["Step"])
    secrets = boto3.client("secretsmanager")
    arn, token = event["SecretId"], event["ClientRequestToken"]
    if event["Step"] == "createSecret":
        secrets.put_secret_value(
            SecretId=arn, ClientRequestToken=token, SecretString="rotated", VersionStages=["AWSPENDING"]
        )
    if event["Step"] == "testSecret":
        assert secrets.get_secret_value(SecretId=arn, VersionStage="AWSPENDING")["SecretString"] == "rotated"
    if event["Step"] == "finishSecret":
        versions = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"]
        current = next(version for version, stages in versions.items() if "AWSCURRENT" in stages)
        secrets.update_secret_version_stage(
            SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current
        )
"""


def function(scope: cdk.Stack, name: str, code: str, *, node: bool = False) -> lambda_.Function:
    return lambda_.Function(
        scope,
        name,
        runtime=lambda_.Runtime.NODEJS_22_X if node else lambda_.Runtime.PYTHON_3_11,
        handler="index.handler",
        code=lambda_.Code.from_inline(code),
        timeout=cdk.Duration.seconds(20),
    )


class Functions(cdk.Stack):
    """Functions that fail, a weighted alias, workflows that catch and time out, secrets."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Functions")
        failing = function(self, "Failing", FAILING)
        function(self, "FailingInNode", FAILING_IN_NODE, node=True)
        versioned = function(self, "Versioned", VERSION)
        lambda_.Alias(self, "Live", alias_name="live", version=versioned.current_version)

        task = tasks.LambdaInvoke(self, "Order", lambda_function=failing, retry_on_service_exceptions=False)
        task.add_catch(sfn.Succeed(self, "Caught"), errors=["OutOfStock"])
        sfn.StateMachine(self, "Catching", definition_body=sfn.DefinitionBody.from_chainable(task))
        sfn.StateMachine(
            self,
            "Slow",
            definition_body=sfn.DefinitionBody.from_chainable(
                sfn.Wait(self, "Sleep", time=sfn.WaitTime.duration(cdk.Duration.seconds(20)))
            ),
            timeout=cdk.Duration.seconds(1),
        )
        secretsmanager.Secret(self, "Plain")
        secretsmanager.Secret(
            self,
            "Template",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({"user": "admin"}),
                generate_string_key="password",
                exclude_punctuation=True,
                exclude_uppercase=True,
                password_length=40,
            ),
        )
        rotated = secretsmanager.Secret(self, "Rotated", secret_string_value=cdk.SecretValue.unsafe_plain_text("first"))
        rotation = function(self, "Rotation", ROTATION)
        rotation.grant_invoke(iam.ServicePrincipal("secretsmanager.amazonaws.com"))
        rotated.add_rotation_schedule("Schedule", rotation_lambda=rotation)


class Consumers(cdk.Stack):
    """A consumer of each kind of source, with partial failures."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Consumers")
        for name in ("Queue", "Stream", "Table"):
            sqs.Queue(self, f"{name}Letters")
        letters = {name: self.node.find_child(f"{name}Letters") for name in ("Stream", "Table")}
        queue = sqs.Queue(self, "Orders", visibility_timeout=cdk.Duration.seconds(1))
        queue_consumer = lambda_.Function(
            self,
            "QueueConsumer",
            runtime=lambda_.Runtime.PYTHON_3_11,
            handler="index.handler",
            code=lambda_.Code.from_inline(CONSUMER),
            timeout=cdk.Duration.seconds(1),
        )
        queue_consumer.add_event_source(sources.SqsEventSource(queue, batch_size=1, report_batch_item_failures=True))
        stream = kinesis.Stream(self, "Clicks", shard_count=1)
        table = dynamodb.Table(
            self,
            "Items",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            stream=dynamodb.StreamViewType.NEW_IMAGE,
        )
        for name, source in (
            (
                "Stream",
                sources.KinesisEventSource(
                    stream,
                    starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                    report_batch_item_failures=True,
                    bisect_batch_on_error=True,
                    retry_attempts=0,
                    on_failure=sources.SqsDlq(letters["Stream"]),  # type: ignore[arg-type]
                ),
            ),
            (
                "Table",
                sources.DynamoEventSource(
                    table,
                    starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                    report_batch_item_failures=True,
                    retry_attempts=1,
                    on_failure=sources.SqsDlq(letters["Table"]),  # type: ignore[arg-type]
                ),
            ),
        ):
            function(self, f"{name}Consumer", CONSUMER).add_event_source(source)


class Told(cdk.Stack):
    """What the services are told after the deployment: a FIFO topic, replicas, streams, CORS, targets."""

    def __init__(self, app: cdk.App) -> None:
        from aws_cdk import aws_apigatewayv2 as apigatewayv2

        super().__init__(app, "Told", env=cdk.Environment(account="000000000000", region="us-east-1"))
        topic = sns.Topic(self, "Topic", fifo=True, topic_name="orders.fifo", content_based_deduplication=True)
        queue = sqs.Queue(self, "Queue", fifo=True)
        topic.add_subscription(subscriptions.SqsSubscription(queue, raw_message_delivery=True))
        stream = kinesis.Stream(self, "Stream", shard_count=1)
        key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
        dynamodb.Table(self, "Table", partition_key=key, kinesis_stream=stream)
        dynamodb.TableV2(
            self,
            "Global",
            partition_key=key,
            replicas=[dynamodb.ReplicaTableProps(region="eu-west-1")],
        )
        api = apigatewayv2.HttpApi(
            self,
            "Api",
            cors_preflight=apigatewayv2.CorsPreflightOptions(
                allow_origins=["https://example.com"],
                allow_methods=[apigatewayv2.CorsHttpMethod.GET],
                allow_headers=["x-trace"],
                max_age=cdk.Duration.minutes(10),
            ),
        )
        cdk.CfnOutput(self, "ApiId", value=api.api_id)


class Nowhere(cdk.Stack):
    """A workflow with a transition to a state that is not there."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Nowhere")
        definition = {"StartAt": "First", "States": {"First": {"Type": "Pass", "Next": "Missing"}}}
        sfn.CfnStateMachine(
            self,
            "Machine",
            role_arn="arn:aws:iam::000000000000:role/Workflow",
            definition_string=json.dumps(definition),
        )
