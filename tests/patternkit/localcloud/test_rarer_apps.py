"""What apps have more rarely: triggers, references between Regions, tasks, WebSocket messages, two listeners."""

import datetime as dt
import io
import json
import re
import shlex
import socket
import subprocess
import types
import zipfile
from urllib.parse import urlsplit

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk import triggers
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Message, Request, TextMessage

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.localcloud.emulation import response_module
from tests.patternkit.localcloud import apps

ACCOUNT = "000000000000"
TALK = """
import json, os, boto3
def handler(event, context):
    context_of = event["requestContext"]
    if context_of["routeKey"] == "$default":
        url = f'{os.environ["AWS_ENDPOINT_URL"]}/_aws/execute-api/{context_of["apiId"]}/{context_of["stage"]}'
        client = boto3.client("apigatewaymanagementapi", endpoint_url=url)
        client.post_to_connection(ConnectionId=context_of["connectionId"], Data=event["body"].upper().encode())
    return {"statusCode": 200}
"""
SEED = """
import os, boto3
def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody="seeded")
"""

ANSWER = """
import cfnresponse
def handler(event, context):
    cfnresponse.send(event, context, cfnresponse.SUCCESS, {"Answer": "from Python"}, "made", noEcho=False)
"""
ANSWER_IN_NODE = """
const response = require("cfn-response");
exports.handler = (event, context) => {
    response.send(event, context, response.SUCCESS, { Answer: "from Node.js" });
};
"""


class There(cdk.Stack):
    """In another Region than the stack that refers to it."""

    def __init__(self, app: cdk.App) -> None:
        env = cdk.Environment(account=ACCOUNT, region="eu-west-1")
        super().__init__(app, "There", env=env, cross_region_references=True)
        self.queue = sqs.Queue(self, "Far")


class Here(cdk.Stack):
    """The rarer parts."""

    def __init__(self, app: cdk.App, far: sqs.IQueue) -> None:
        env = cdk.Environment(account=ACCOUNT, region="us-east-1")
        super().__init__(app, "Here", env=env, cross_region_references=True)
        cdk.CfnOutput(self, "FarArn", value=far.queue_arn)
        seeded = sqs.Queue(self, "Seeded")
        seed = apps.function(self, "Seed", code=SEED, environment={"QUEUE": seeded.queue_url})
        triggers.Trigger(self, "Trigger", handler=seed)
        self._tasks()
        in_python = apps.function(self, "Answer", code=ANSWER)
        in_node = lambda_.Function(
            self,
            "AnswerInNode",
            runtime=lambda_.Runtime.NODEJS_22_X,
            handler="index.handler",
            code=lambda_.Code.from_inline(ANSWER_IN_NODE),
        )
        for function in (in_python, in_node):
            asked = cdk.CustomResource(self, f"Asked{function.node.id}", service_token=function.function_arn)
            cdk.CfnOutput(self, f"{function.node.id}Said", value=asked.get_att_string("Answer"))
        talk = integrations.WebSocketLambdaIntegration("Talk", apps.function(self, "Talk", code=TALK))
        route = apigatewayv2.WebSocketRouteOptions(integration=talk)
        api = apigatewayv2.WebSocketApi(self, "Api", connect_route_options=route, default_route_options=route)
        apigatewayv2.WebSocketStage(self, "Live", web_socket_api=api, stage_name="live", auto_deploy=True)
        balancer = elbv2.CfnLoadBalancer(self, "Balancer", type="application", subnets=["subnet-1", "subnet-2"])
        for port in (80, 8080):
            answer = elbv2.CfnListener.FixedResponseConfigProperty(status_code="200", message_body=f"from {port}")
            elbv2.CfnListener(
                self,
                f"Listener{port}",
                load_balancer_arn=balancer.ref,
                port=port,
                protocol="HTTP",
                default_actions=[elbv2.CfnListener.ActionProperty(type="fixed-response", fixed_response_config=answer)],
            )

    def _tasks(self) -> None:
        cluster = ecs.CfnCluster(self, "Cluster")
        container = ecs.CfnTaskDefinition.ContainerDefinitionProperty(name="main", image="busybox")
        task = ecs.CfnTaskDefinition(self, "Task", family="job", container_definitions=[container])
        role = f"arn:aws:iam::{ACCOUNT}:role/any"
        on_events = events.CfnRule.EcsParametersProperty(task_definition_arn=task.ref, task_count=2)
        target = events.CfnRule.TargetProperty(id="task", arn=cluster.attr_arn, role_arn=role, ecs_parameters=on_events)
        events.CfnRule(self, "Rule", event_pattern={"source": ["test"]}, targets=[target])


@pytest.fixture(scope="module")
def deployments(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Deployment]:
    assembly = apps.synthesize(tmp_path_factory.mktemp("rarer"), lambda app: Here(app, There(app).queue))
    outcomes = cloud.deploy_each(assembly)
    assert [str(each.error) for each in outcomes if each.error] == []
    return {each.stack_name: each.deployment for each in outcomes if each.deployment}


def test_a_reference_to_another_region_arrives(deployments: dict[str, Deployment]) -> None:
    far = deployments["There"].physical_id("Far").rsplit("/", 1)[1]
    assert deployments["Here"].outputs["FarArn"] == f"arn:aws:sqs:eu-west-1:{ACCOUNT}:{far}"
    why = {finding.why for finding in deployments["Here"].report.stood_in}
    assert any("Trigger" in each for each in why)


def test_a_trigger_runs_once_while_it_is_deployed(cloud: LocalCloud, deployments: dict[str, Deployment]) -> None:
    url = deployments["Here"].physical_id("Seeded")
    found = cloud.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    assert [message["Body"] for message in found] == ["seeded"]


def test_inline_code_answers_by_the_module_that_cloudformation_brings(deployments: dict[str, Deployment]) -> None:
    outputs = deployments["Here"].outputs
    assert (outputs["AnswerSaid"], outputs["AnswerInNodeSaid"]) == ("from Python", "from Node.js")


@pytest.mark.parametrize(
    ("runtime", "source", "brought"),
    [
        ("python3.13", "import os\nimport cfnresponse\n", ["cfnresponse.py"]),
        ("python3.13", "from cfnresponse import send\n", []),
        ("nodejs22.x", "const r = require('cfn-response');", ["node_modules/cfn-response.js"]),
        ("nodejs22.x", "import cfnresponse", []),
    ],
)
def test_the_module_comes_by_the_words_that_cloudformation_looks_for(
    runtime: str, source: str, brought: list[str]
) -> None:
    def zip_inline(source: str, *_: str) -> bytes:
        with zipfile.ZipFile(buffer := io.BytesIO(), "w") as archive:
            archive.writestr("index", source)
        return buffer.getvalue()

    provisioners = types.ModuleType("provisioners")
    vars(provisioners)["_zip_inline"] = zip_inline
    response_module.bring(provisioners)
    made = vars(provisioners)["_zip_inline"](source, "index.handler", runtime)
    assert zipfile.ZipFile(io.BytesIO(made)).namelist() == ["index", *brought]


def test_a_rule_and_a_schedule_run_their_tasks(cloud: LocalCloud, deployments: dict[str, Deployment]) -> None:
    tasks, here = cloud.client("ecs"), deployments["Here"]
    cloud.client("events").put_events(Entries=[{"Source": "test", "DetailType": "any", "Detail": "{}"}])

    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
    cloud.client("scheduler").create_schedule(
        Name="once",
        ScheduleExpression=f"at({soon:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/{here.physical_id('Cluster')}",
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/any",
            "EcsParameters": {"TaskDefinitionArn": here.physical_id("Task")},
        },
    )

    def started() -> list[str]:
        arns = tasks.list_tasks(cluster=here.physical_id("Cluster"))["taskArns"]
        described = tasks.describe_tasks(cluster=here.physical_id("Cluster"), tasks=arns)["tasks"] if arns else []
        return [each["startedBy"] for each in described if "/job:" in each["taskDefinitionArn"]]

    by_rule = f"events-rule/{here.physical_id('Rule').rsplit('|', 1)[-1]}"[:36]
    cloud.wait_for(lambda: started().count(by_rule) == 2, what="the rule's two tasks")
    cloud.wait_for(lambda: len(started()) == 3, what="the schedule's task")


def test_a_message_is_answered_through_the_connection(deployments: dict[str, Deployment]) -> None:
    [address] = [each for each in deployments["Here"].addresses if each.type == "WebSocket API"]
    url = urlsplit(address.url)
    with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
        client = WSConnection(ConnectionType.CLIENT)
        connection.sendall(client.send(Request(host=url.netloc, target=url.path)))
        received: list[object] = []

        def receive(kind: type) -> object:
            while not (found := [event for event in received if isinstance(event, kind)]):
                client.receive_data(connection.recv(65536))
                received.extend(client.events())
            return found[0]

        receive(AcceptConnection)
        connection.sendall(client.send(Message(data=json.dumps({"say": "hello"}))))
        answer = receive(TextMessage)
    assert isinstance(answer, TextMessage)
    assert answer.data == '{"SAY": "HELLO"}'


def test_each_listener_answers_by_its_own_call(deployments: dict[str, Deployment]) -> None:
    addresses = [each for each in deployments["Here"].addresses if each.type == "load balancer"]
    answers = {
        subprocess.run(shlex.split(each.call), capture_output=True, text=True, check=True, timeout=30).stdout
        for each in addresses
    }
    assert {found[0] for answer in answers if (found := re.search("from [0-9]+", answer))} == {"from 80", "from 8080"}


def test_deployed_again_unchanged_the_report_says_the_same(
    cloud: LocalCloud, deployments: dict[str, Deployment], tmp_path_factory: pytest.TempPathFactory
) -> None:
    assembly = apps.synthesize(tmp_path_factory.mktemp("again"), lambda app: Here(app, There(app).queue))
    for outcome in cloud.deploy_each(assembly):
        assert outcome.deployment is not None, outcome.error
        before = deployments[outcome.stack_name]
        assert outcome.deployment.report == before.report
        assert outcome.deployment.addresses == before.addresses
