"""Ten apps of the kinds that people write, as small as each kind can be: deployed from what one synthesis wrote."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from aws_cdk import custom_resources
from constructs import Construct

from tests.patternkit.localcloud import apps

HELLO = """
def handler(event, context):
    return {"statusCode": 200, "body": "hello"}
"""
FORWARD = """
import json, os, boto3
def handler(event, context):
    for record in event["Records"]:
        boto3.client("sqs").send_message(QueueUrl=os.environ["OUT"], MessageBody=json.dumps(record, default=str))
"""
SOCKET = """
def handler(event, context):
    return {"statusCode": 200, "body": "ok"}
"""
ON_EVENT = """
def handler(event, context):
    if event["RequestType"] == "Delete":
        return {}
    return {"PhysicalResourceId": "made-" + event["ResourceProperties"]["Name"], "Data": {"Answer": "begun"}}
"""
IS_COMPLETE = """
import os, boto3
def handler(event, context):
    if event["RequestType"] == "Delete":
        return {"IsComplete": True}
    ssm = boto3.client("ssm")
    asked = int(ssm.get_parameter(Name=os.environ["ASKED"])["Parameter"]["Value"]) + 1
    ssm.put_parameter(Name=os.environ["ASKED"], Value=str(asked), Type="String", Overwrite=True)
    return {"IsComplete": True, "Data": {"Asked": str(asked)}} if asked > 1 else {"IsComplete": False}
"""


def function(scope: Construct, name: str, code: str = HELLO, **more: object) -> lambda_.Function:
    return lambda_.Function(
        scope,
        name,
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline(code),
        timeout=cdk.Duration.seconds(20),
        **more,  # type: ignore[arg-type]
    )


def queues(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Queues")
    done, orders = sqs.Queue(stack, "Done"), sqs.Queue(stack, "Orders")
    worker = function(
        stack, "Worker", FORWARD, environment={"OUT": done.queue_url}, log_retention=logs.RetentionDays.ONE_WEEK
    )
    worker.add_event_source(sources.SqsEventSource(orders))
    done.grant_send_messages(worker)


def streams(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Streams")
    done = sqs.Queue(stack, "Done")
    table = dynamodb.Table(
        stack,
        "Table",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        stream=dynamodb.StreamViewType.NEW_IMAGE,
    )
    reader = function(stack, "Reader", FORWARD, environment={"OUT": done.queue_url})
    reader.add_event_source(sources.DynamoEventSource(table, starting_position=lambda_.StartingPosition.TRIM_HORIZON))
    done.grant_send_messages(reader)


def rest(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Rest")
    api = apigateway.LambdaRestApi(stack, "Api", handler=function(stack, "Hello"), cloud_watch_role=False)
    api.root.add_resource("closed").add_method("GET", authorization_type=apigateway.AuthorizationType.IAM)


def http(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Http")
    hello = function(stack, "Hello")
    apigatewayv2.HttpApi(stack, "Api", default_integration=integrations.HttpLambdaIntegration("Any", hello))
    url = hello.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE)
    closed = function(stack, "Closed").add_function_url(auth_type=lambda_.FunctionUrlAuthType.AWS_IAM)
    cdk.CfnOutput(stack, "Url", value=url.url)
    cdk.CfnOutput(stack, "ClosedUrl", value=closed.url)


def socket(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Socket")
    answer = integrations.WebSocketLambdaIntegration("Any", function(stack, "Answer", SOCKET))
    api = apigatewayv2.WebSocketApi(
        stack, "Api", connect_route_options=apigatewayv2.WebSocketRouteOptions(integration=answer)
    )
    apigatewayv2.WebSocketStage(stack, "Live", web_socket_api=api, stage_name="live", auto_deploy=True)


def custom(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Custom")
    call = custom_resources.AwsSdkCall(
        service="SSM",
        action="putParameter",
        parameters={"Name": "/made/by-call", "Value": "one", "Type": "String", "Overwrite": True},
        physical_resource_id=custom_resources.PhysicalResourceId.of("by-call"),
    )
    gone = custom_resources.AwsSdkCall(
        service="@aws-sdk/client-ssm",
        action="DeleteParameterCommand",
        parameters={"Name": "/made/by-call"},
        ignore_error_codes_matching="ParameterNotFound",
    )
    policy = custom_resources.AwsCustomResourcePolicy.from_sdk_calls(resources=["*"])
    put = custom_resources.AwsCustomResource(
        stack, "Put", on_update=call, on_delete=gone, policy=policy, install_latest_aws_sdk=False
    )
    read = custom_resources.AwsSdkCall(
        service="SSM",
        action="getParameter",
        parameters={"Name": "/made/by-call"},
        physical_resource_id=custom_resources.PhysicalResourceId.from_response("Parameter.ARN"),
        output_paths=["Parameter.Value"],
    )
    get = custom_resources.AwsCustomResource(stack, "Get", on_update=read, policy=policy, install_latest_aws_sdk=False)
    get.node.add_dependency(put)
    cdk.CfnOutput(stack, "Read", value=get.get_response_field("Parameter.Value"))
    asked = ssm.StringParameter(stack, "Asked", string_value="0")
    complete = function(stack, "IsComplete", IS_COMPLETE, environment={"ASKED": asked.parameter_name})
    asked.grant_read(complete)
    asked.grant_write(complete)
    provider = custom_resources.Provider(
        stack,
        "Provider",
        on_event_handler=function(stack, "OnEvent", ON_EVENT),
        is_complete_handler=complete,
        query_interval=cdk.Duration.seconds(1),
        total_timeout=cdk.Duration.minutes(1),
    )
    made = cdk.CustomResource(stack, "Made", service_token=provider.service_token, properties={"Name": "it"})
    cdk.CfnOutput(stack, "MadeId", value=made.ref)
    cdk.CfnOutput(stack, "Answer", value=made.get_att_string("Answer"))
    cdk.CfnOutput(stack, "AskedTimes", value=made.get_att_string("Asked"))
    group = logs.LogGroup(stack, "Group")
    events.Rule(
        stack,
        "Rule",
        event_pattern=events.EventPattern(source=["test"]),
        targets=[targets.CloudWatchLogGroup(group, install_latest_aws_sdk=False)],
    )


def site(app: cdk.App, folder: Path) -> None:
    (folder / "deep").mkdir(parents=True)
    (folder / "index.html").write_text("<p>home")
    (folder / "deep" / "page.html").write_text("<p>deep")
    (folder / "secret.txt").write_text("secret")
    stack = cdk.Stack(app, "Site")
    bucket = s3.Bucket(stack, "Bucket", auto_delete_objects=True, removal_policy=cdk.RemovalPolicy.DESTROY)
    distribution = cloudfront.Distribution(
        stack,
        "Distribution",
        default_behavior=cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(bucket),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        ),
        default_root_object="index.html",
    )
    deployment.BucketDeployment(
        stack,
        "Files",
        sources=[
            deployment.Source.asset(str(folder)),
            deployment.Source.json_data("config.json", {"bucket": bucket.bucket_name}),
        ],
        destination_bucket=bucket,
        exclude=["*.txt"],
        cache_control=[deployment.CacheControl.max_age(cdk.Duration.hours(1))],
        metadata={"team": "blue"},
        distribution=distribution,
        log_retention=logs.RetentionDays.ONE_DAY,
    )


def network(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Inside")
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0, restrict_default_security_group=True)
    subnets = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    function(stack, "Hello", vpc=vpc, vpc_subnets=subnets)
    balancer = elbv2.ApplicationLoadBalancer(stack, "Balancer", vpc=vpc, vpc_subnets=subnets)
    balancer.add_listener(
        "Listener", port=80, open=False, default_action=elbv2.ListenerAction.fixed_response(200, message_body="hello")
    )


def notified(app: cdk.App) -> None:
    base = cdk.Stack(app, "Base")
    bucket = s3.Bucket(base, "Bucket", auto_delete_objects=True, removal_policy=cdk.RemovalPolicy.DESTROY)
    user = cdk.Stack(app, "User")
    done = sqs.Queue(user, "Done")
    # By its name it is imported: another provider adds the notification to those that are there.
    imported = s3.Bucket.from_bucket_name(user, "Imported", bucket.bucket_name)
    imported.add_event_notification(s3.EventType.OBJECT_CREATED, notifications.SqsDestination(done))


def staged(app: cdk.App) -> None:
    stage = cdk.Stage(app, "Prod")
    stack = cdk.Stack(stage, "Whole")
    inner = cdk.NestedStack(stack, "Inner")
    hello = function(inner, "Hello", log_retention=logs.RetentionDays.ONE_DAY)
    cdk.CfnOutput(stack, "Name", value=hello.function_name)


def synthesize(directory: Path) -> Path:
    kinds = (queues, streams, rest, http, socket, custom, network, notified, staged)
    return apps.synthesize(directory / "cdk.out", *kinds, lambda app: site(app, directory / "site"))
