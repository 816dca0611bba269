"""What the resources of a template are in the account of this process: their names, attributes, ARNs and policies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from patternkit.testing.permissions import ProofError
from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.account.makers import MAKERS
from patternkit.testing.permissions.account.policies import _RESOURCE_POLICIES
from patternkit.testing.permissions.intrinsics import Unresolved
from patternkit.testing.permissions.running import process
from tests.patternkit.testing.permissions.templates import arn, resource

ID = "123456789012"
HERE = f"eu-west-1:{ID}"
PRINCIPAL = {"AWS": "arn:aws:iam::123456789012:root"}
LIMITED = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Principal": PRINCIPAL}}
SCHEMA: dict[str, Any] = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
}
RESOURCES = {
    "Bucket": resource("S3::Bucket", BucketEncryption={"x": 1}, VersioningConfiguration={"Status": "Enabled"}),
    "NamedBucket": resource("S3::Bucket", BucketName="Named"),
    "BucketPolicy": resource("S3::BucketPolicy", Bucket={"Ref": "Bucket"}, PolicyDocument=LIMITED),
    "Table": resource("DynamoDB::Table", **SCHEMA, SSESpecification={"x": 1}),
    "Streamed": resource(
        "DynamoDB::Table",
        **SCHEMA,
        StreamSpecification={"StreamViewType": "KEYS_ONLY"},
        ResourcePolicy={"PolicyDocument": LIMITED},
    ),
    "Queue": resource("SQS::Queue", KmsMasterKeyId="k"),
    "Fifo": resource("SQS::Queue", FifoQueue=True),
    "NamedFifo": resource("SQS::Queue", FifoQueue=True, QueueName="q.fifo"),
    "QueuePolicy": resource("SQS::QueuePolicy", Queues=[{"Ref": "Queue"}, {"Ref": "Fifo"}], PolicyDocument=LIMITED),
    "Topic": resource("SNS::Topic", KmsMasterKeyId="k"),
    "FifoTopic": resource("SNS::Topic", FifoTopic=True),
    "NamedTopic": resource("SNS::Topic", FifoTopic=True, TopicName="t.fifo"),
    "TopicPolicy": resource("SNS::TopicPolicy", Topics=[{"Ref": "Topic"}], PolicyDocument=LIMITED),
    "Bus": resource("Events::EventBus", Name="bus", Policy=LIMITED),
    "Stream": resource("Kinesis::Stream", StreamEncryption={"KeyId": "k"}),
    "StreamPolicy": resource("Kinesis::ResourcePolicy", ResourceArn=arn("Stream"), ResourcePolicy=LIMITED),
    "InlineQueue": resource("SQS::Queue"),
    "InlineQueuePolicy": resource("SQS::QueueInlinePolicy", Queue={"Ref": "InlineQueue"}, PolicyDocument=LIMITED),
    "InlineTopic": resource("SNS::Topic"),
    "InlineTopicPolicy": resource("SNS::TopicInlinePolicy", TopicArn={"Ref": "InlineTopic"}, PolicyDocument=LIMITED),
    "Replica": resource("KMS::ReplicaKey", KeyPolicy=LIMITED),
    "Global": resource(
        "DynamoDB::GlobalTable",
        **SCHEMA,
        SSESpecification={"SSEEnabled": True},
        Replicas=[
            {"Region": "eu-west-2", "SSESpecification": {"KMSMasterKeyId": "other"}},
            {
                "Region": "eu-west-1",
                "SSESpecification": {"KMSMasterKeyId": "k"},
                "ResourcePolicy": {"PolicyDocument": LIMITED},
            },
        ],
    ),
    "Cluster": resource("ECS::Cluster", ClusterName="c"),
    "Work": resource("ECS::TaskDefinition", Family="work", TaskRoleArn=arn("Role"), ExecutionRoleArn="e"),
    "Bare": resource("ECS::TaskDefinition"),
    "Plan": resource("ApiGateway::UsagePlan"),
    "Api": resource("ApiGatewayV2::Api"),
    "Edge": resource("CloudFront::Distribution"),
    "Parameter": resource("SSM::Parameter", Name="/X/b", Type="StringList", Value=7),
    "Plain": resource("SSM::Parameter", Value="v"),
    "Secret": resource("SecretsManager::Secret", Name="secret", SecretString="s", KmsKeyId="k"),
    "SecretPolicy": resource("SecretsManager::ResourcePolicy", SecretId={"Ref": "Secret"}, ResourcePolicy=LIMITED),
    "Key": resource("KMS::Key"),
    "OwnKey": resource("KMS::Key", KeyPolicy=LIMITED, KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY"),
    "Alias": resource("KMS::Alias", AliasName="alias/a", TargetKeyId={"Ref": "Key"}),
    "Function": resource("Lambda::Function", FunctionName="f"),
    "Logged": resource("Lambda::Function", FunctionName="g", LoggingConfig={"LogGroup": {"Ref": "Group"}}),
    "Group": resource("Logs::LogGroup", LogGroupName="group"),
    "Role": resource("IAM::Role", RoleName="role", Path="/in/"),
    "PlainRole": resource("IAM::Role"),
    "Machine": resource("StepFunctions::StateMachine", StateMachineName="m"),
    "Alarm": resource("CloudWatch::Alarm", AlarmName="a"),
    "TargetGroup": resource("ElasticLoadBalancingV2::TargetGroup", Name="x-" * 20 + "end"),
    "Listener": resource("ElasticLoadBalancingV2::Listener", Port=8080),
    "Gateway": resource("EC2::TransitGateway"),
    "Routes": resource("EC2::TransitGatewayRouteTable"),
    "Vault": resource("Backup::BackupVault", AccessPolicy=LIMITED, Of={"Ref": "NamedTopic"}),
    "Unknown": resource("Shop::Till"),
    "Never": {**resource("SQS::Queue"), "Condition": "No"},
}
TEMPLATE = {"Conditions": {"No": {"Fn::Equals": [1, 2]}}, "Resources": RESOURCES}


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    # Each resource is made for the first test that asks for it.
    with process(ID, "eu-west-1"), mock_aws(config={"core": {"reset_boto3_session": False}}):
        yield Account([TEMPLATE], account=ID, region="eu-west-1")


@pytest.fixture(scope="module")
def whole(account: Account) -> Account:
    account.make_all()
    return account


NAMES = {
    "Bucket": "0-bucket",
    "NamedBucket": "named",
    "Table": "0-Table",
    "Queue": f"https://sqs.eu-west-1.amazonaws.com/{ID}/0-Queue",
    "Fifo": f"https://sqs.eu-west-1.amazonaws.com/{ID}/0-Fifo.fifo",
    "NamedFifo": f"https://sqs.eu-west-1.amazonaws.com/{ID}/q.fifo",
    "Topic": f"arn:aws:sns:{HERE}:0-Topic",
    "FifoTopic": f"arn:aws:sns:{HERE}:0-FifoTopic.fifo",
    "NamedTopic": f"arn:aws:sns:{HERE}:t.fifo",
    "Bus": "bus",
    "Stream": "0-Stream",
    "Parameter": "/X/b",
    "Plain": "0-Plain",
    "Alias": "alias/a",
    "Function": "f",
    "Group": "group",
    "Role": "role",
    "PlainRole": "0-PlainRole",
    "Machine": f"arn:aws:states:{HERE}:stateMachine:m",
    "Alarm": "a",
    "Global": "0-Global",
    "Cluster": "c",
    "Work": f"arn:aws:ecs:{HERE}:task-definition/work:1",
    "Bare": f"arn:aws:ecs:{HERE}:task-definition/0-Bare:1",
}


@pytest.mark.parametrize(("logical_id", "name"), NAMES.items())
def test_names(account: Account, logical_id: str, name: str) -> None:
    assert account.name(logical_id) == account.resolve(0, {"Ref": logical_id}) == name


ARNS = {
    "Bucket.Arn": "arn:aws:s3:::0-bucket",
    "Bucket.DomainName": "0-bucket.s3.amazonaws.com",
    "Table.Arn": f"arn:aws:dynamodb:{HERE}:table/0-Table",
    "Queue.Arn": f"arn:aws:sqs:{HERE}:0-Queue",
    "Queue.QueueName": "0-Queue",
    "Queue.QueueUrl": f"https://sqs.eu-west-1.amazonaws.com/{ID}/0-Queue",
    "Fifo.Arn": f"arn:aws:sqs:{HERE}:0-Fifo.fifo",
    "Topic.TopicArn": f"arn:aws:sns:{HERE}:0-Topic",
    "Topic.TopicName": "0-Topic",
    "Bus.Arn": f"arn:aws:events:{HERE}:event-bus/bus",
    "Bus.Name": "bus",
    "Stream.Arn": f"arn:aws:kinesis:{HERE}:stream/0-Stream",
    "Parameter.Type": "StringList",
    "Parameter.Value": "7",
    "Plain.Type": "String",
    "Function.Arn": f"arn:aws:lambda:{HERE}:function:f",
    "Group.Arn": f"arn:aws:logs:{HERE}:log-group:group:*",
    "Role.Arn": f"arn:aws:iam::{ID}:role/in/role",
    "Role.RoleId": "AROARole",
    "PlainRole.Arn": f"arn:aws:iam::{ID}:role/0-PlainRole",
    "Machine.Arn": f"arn:aws:states:{HERE}:stateMachine:m",
    "Machine.Name": "m",
    "Alarm.Arn": f"arn:aws:cloudwatch:{HERE}:alarm:a",
    "Global.Arn": f"arn:aws:dynamodb:{HERE}:table/0-Global",
    "Cluster.Arn": f"arn:aws:ecs:{HERE}:cluster/c",
    "Work.TaskDefinitionArn": f"arn:aws:ecs:{HERE}:task-definition/work:1",
    "Unknown.Arn": Unresolved("Unknown.Arn"),
    "Bucket.Other": Unresolved("Bucket.Other"),
}


@pytest.mark.parametrize(("attribute", "expected"), ARNS.items())
def test_attributes(account: Account, attribute: str, expected: Any) -> None:
    assert account.resolve(0, {"Fn::GetAtt": attribute.split(".")}) == expected


FOUND = {
    "Bucket": "arn:aws:s3:::0-bucket",
    "Streamed": f"arn:aws:dynamodb:{HERE}:table/0-Streamed",
    "Queue": f"arn:aws:sqs:{HERE}:0-Queue",
    "Topic": f"arn:aws:sns:{HERE}:0-Topic",
    "Bus": f"arn:aws:events:{HERE}:event-bus/bus",
    "Stream": f"arn:aws:kinesis:{HERE}:stream/0-Stream",
    "Parameter": f"arn:aws:ssm:{HERE}:parameter/X/b",
    "Alias": f"arn:aws:kms:{HERE}:alias/a",
    "Function": f"arn:aws:lambda:{HERE}:function:f",
    "Function.LogGroup": f"arn:aws:logs:{HERE}:log-group:/aws/lambda/f",
    "Group": f"arn:aws:logs:{HERE}:log-group:group",
    "Role": f"arn:aws:iam::{ID}:role/in/role",
    "Machine": f"arn:aws:states:{HERE}:stateMachine:m",
    "Alarm": f"arn:aws:cloudwatch:{HERE}:alarm:a",
    "Global": f"arn:aws:dynamodb:{HERE}:table/0-Global",
    "Cluster": f"arn:aws:ecs:{HERE}:cluster/c",
    "Cluster.AWS::ECS::Task": f"arn:aws:ecs:{HERE}:task/c",
    "Cluster.AWS::ECS::ContainerInstance": f"arn:aws:ecs:{HERE}:container-instance/c",
    "Work": f"arn:aws:ecs:{HERE}:task-definition/work:1",
}


def type_of(logical_id: str) -> str:
    """The type that policies know a resource by, or what is made along with it."""
    name, _, part = logical_id.partition(".")
    kind = {"LogGroup": "AWS::Logs::LogGroup"}.get(part, part) or RESOURCES[name]["Type"]
    return {"AWS::DynamoDB::GlobalTable": "AWS::DynamoDB::Table"}.get(kind, kind)


@pytest.mark.parametrize(("logical_id", "arn"), FOUND.items())
def test_what_an_arn_stands_for(account: Account, logical_id: str, arn: str) -> None:
    account.resolve(0, {"Ref": logical_id.partition(".")[0]})
    assert account.logical_ids()[arn] == logical_id
    for within in (arn, f"{arn}/in", f"{arn}:in"):
        found = account.find(within)
        assert found is not None
        assert found.arn == arn
        assert found.type == type_of(logical_id)
    assert account.find(f"{arn}-other") is None


def test_a_function_that_is_given_a_log_group_has_none_of_its_own(account: Account) -> None:
    assert (account.name("Logged"), account.name("Function")) == ("g", "f")
    assert account.find(f"arn:aws:logs:{HERE}:log-group:/aws/lambda/g") is None
    made = account.find(f"arn:aws:logs:{HERE}:log-group:/aws/lambda/f:log-stream:one")
    assert made is not None
    assert (made.ref, made.attributes) == (
        "/aws/lambda/f",
        {"Arn": f"arn:aws:logs:{HERE}:log-group:/aws/lambda/f:*"},
    )


@pytest.mark.parametrize(
    ("logical_id", "properties"),
    [
        ("Bucket", {"BucketEncryption": {"x": 1}}),
        ("Table", {"SSESpecification": {"x": 1}}),
        ("Queue", {"KmsMasterKeyId": "k"}),
        ("Topic", {"KmsMasterKeyId": "k"}),
        ("Stream", {"StreamEncryption": {"KeyId": "k"}}),
        ("Secret", {"KmsKeyId": "k"}),
        ("NamedBucket", {}),
        ("Global", {"SSESpecification": {"SSEEnabled": True, "KMSMasterKeyId": "k"}}),
    ],
)
def test_what_encrypts_it(account: Account, logical_id: str, properties: dict[str, Any]) -> None:
    account.name(logical_id)
    made = account._made[0, logical_id]
    assert made.properties == properties
    assert made in account.made(type_of(logical_id))


@pytest.mark.parametrize(
    "logical_id",
    [
        *("Bucket", "Bus", "Fifo", "Global", "InlineQueue", "InlineTopic", "OwnKey", "Queue", "Replica", "Secret"),
        *("Stream", "Streamed", "Topic"),
    ],
)
def test_whose_policy_it_is(whole: Account, logical_id: str) -> None:
    (statement,) = whole._made[0, logical_id].policies
    assert statement.principals == {"AWS": ["arn:aws:iam::123456789012:root"]}
    assert statement.actions == ("s3:GetObject",)
    for other in ("NamedBucket", "Table", "NamedFifo", "FifoTopic", "Function"):
        assert whole._made[0, other].policies == []


def test_a_policy_that_is_not_known_may_deny_whatever_it_may_be_of(whole: Account) -> None:
    for logical_id in ("Vault", "NamedTopic"):
        (statement,) = whole._made[0, logical_id].policies
        assert (statement.policy, statement.number, statement.allow) == ("Vault", 1, False)
        assert (statement.actions, statement.as_written) == (("*",), ())
        assert statement.resources == (Unresolved("policy of AWS::Backup::BackupVault"),)
        assert statement.principals == {"AWS": ("*",)}
        assert not statement.condition


def test_every_type_that_is_made_and_every_policy_is_tried() -> None:
    assert {one["Type"] for one in RESOURCES.values()} >= MAKERS.keys() | _RESOURCE_POLICIES.keys()


def test_the_roles_of_tasks_are_kept(account: Account) -> None:
    assert account.name("Work") != account.name("Bare")
    made = account._made
    assert made[0, "Work"].properties == {"TaskRoleArn": f"arn:aws:iam::{ID}:role/in/role", "ExecutionRoleArn": "e"}
    assert made[0, "Bare"].properties == {}
    families = account.client("ecs").list_task_definition_families()["families"]
    assert sorted(families) == ["0-Bare", "work"]


def test_what_has_a_name_that_aws_chooses(account: Account) -> None:
    edge, plan, api = account.name("Edge"), account.name("Plan"), account.name("Api")
    assert re.fullmatch(r"E[0-9A-F]{13}", edge)
    assert account.find(f"arn:aws:cloudfront::{ID}:distribution/{edge}") is account._made[0, "Edge"]
    assert account.resolve(0, [arn("Edge", "Id"), arn("Edge", "DomainName")]) == [edge, f"{edge}.cloudfront.net"]
    assert account.find(f"arn:aws:apigateway:eu-west-1::/usageplans/{plan}/keys/k") is account._made[0, "Plan"]
    assert account.resolve(0, [arn("Plan", "Id"), arn("Api", "ApiId")]) == [plan, api]
    assert len({edge, plan, api, account.name("Gateway")}) == 4


def test_a_global_table_is_where_a_replica_is() -> None:
    replicas = [{"Region": "eu-west-2"}]
    with process(ID, "eu-west-1"), mock_aws(config={"core": {"reset_boto3_session": False}}):
        made = Account(
            [{"Resources": {"T": resource("DynamoDB::GlobalTable", **SCHEMA, Replicas=replicas)}}],
            account=ID,
            region="eu-west-1",
        )
        with pytest.raises(ProofError, match=r"^T: none of its replicas is in eu-west-1$"):
            made.name("T")


def test_a_key_without_a_policy_is_left_to_the_account(account: Account) -> None:
    account.name("Key")
    (statement,) = account._made[0, "Key"].policies
    assert (statement.allow, statement.actions, statement.resources) == (True, ("kms:*",), ("*",))
    assert statement.principals == {"AWS": [f"arn:aws:iam::{ID}:root"]}
    account.name("Alias")
    (alias,) = account.made("AWS::KMS::Alias")
    assert alias.properties == {"TargetKeyId": account.name("Key")}
    key = account.client("kms").describe_key(KeyId=account.name("OwnKey"))["KeyMetadata"]
    assert (key["KeySpec"], key["KeyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")


def test_what_is_really_there(account: Account) -> None:
    client, name = account.client, account.name
    assert client("s3").get_bucket_versioning(Bucket=name("Bucket"))["Status"] == "Enabled"
    assert client("s3").get_bucket_location(Bucket=name("NamedBucket"))["LocationConstraint"] == "eu-west-1"
    fifo = client("sqs").get_queue_attributes(QueueUrl=name("Fifo"), AttributeNames=["All"])["Attributes"]
    assert fifo["FifoQueue"] == "true"
    topic = client("sns").get_topic_attributes(TopicArn=name("FifoTopic"))["Attributes"]
    assert topic["FifoTopic"] == "true"
    parameter = client("ssm").get_parameter(Name=name("Parameter"))["Parameter"]
    assert (parameter["Value"], parameter["Type"]) == ("7", "StringList")
    assert client("secretsmanager").get_secret_value(SecretId=name("Secret"))["SecretString"] == "s"
    assert client("events").describe_event_bus(Name=name("Bus"))["Name"] == "bus"
    assert client("kinesis").describe_stream_summary(StreamName=name("Stream"))
    assert client("logs").describe_log_groups(logGroupNamePrefix=name("Group"))["logGroups"]


def test_a_table_with_its_stream(account: Account) -> None:
    streamed = account.client("dynamodb").describe_table(TableName=account.name("Streamed"))["Table"]
    assert streamed["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    assert account.resolve(0, {"Fn::GetAtt": ["Streamed", "StreamArn"]}) == streamed["LatestStreamArn"]
    assert streamed["KeySchema"] == SCHEMA["KeySchema"]


def test_an_alarm_and_what_balances(account: Account) -> None:
    client = account.client
    (alarm,) = client("cloudwatch").describe_alarms(AlarmNames=[account.name("Alarm")])["MetricAlarms"]
    assert alarm["AlarmArn"].endswith(":alarm:a")
    (group,) = client("elbv2").describe_target_groups(TargetGroupArns=[account.name("TargetGroup")])["TargetGroups"]
    assert group["TargetGroupName"] == ("x" * 20 + "end")[-32:]
    full = account.resolve(0, {"Fn::GetAtt": ["TargetGroup", "TargetGroupFullName"]})
    assert account.resolve(0, arn("TargetGroup", "TargetGroupArn")).endswith(f":{full}")
    (listener,) = client("elbv2").describe_listeners(ListenerArns=[account.name("Listener")])["Listeners"]
    assert (listener["Port"], listener["Protocol"]) == (8080, "HTTP")
    assert account.resolve(0, arn("Listener", "ListenerArn")) == account.name("Listener")


def test_gateways_have_a_name_each(account: Account) -> None:
    gateway, routes = account.name("Gateway"), account.name("Routes")
    assert gateway.startswith("tgw-")
    assert routes.startswith("tgw-rtb-")
    assert account.resolve(0, arn("Gateway", "Id")) == gateway
    assert account.resolve(0, arn("Routes", "TransitGatewayRouteTableId")) == routes
    assert account.resolve(0, arn("Gateway", "TransitGatewayArn")) == f"arn:aws:ec2:{HERE}:transit-gateway/{gateway}"
    assert f"arn:aws:ec2:{HERE}:transit-gateway-route-table/{routes}" in account.logical_ids()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AWS::AccountId", ID),
        ("AWS::Region", "eu-west-1"),
        ("AWS::Partition", "aws"),
        ("AWS::URLSuffix", "amazonaws.com"),
        ("AWS::StackName", "stack-0"),
        ("AWS::StackId", f"arn:aws:cloudformation:{HERE}:stack/stack-0/id"),
    ],
)
def test_pseudo_parameters(account: Account, name: str, expected: str) -> None:
    assert account.resolve(0, {"Ref": name}) == expected


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("eu-west-1", "aws", "amazonaws.com"),
    ],
)
def test_partitions(region: str, partition: str, suffix: str) -> None:
    made = Account([{"Resources": {}}], account=ID, region=region)
    assert made.resolve(0, [{"Ref": "AWS::Partition"}, {"Ref": "AWS::URLSuffix"}]) == [partition, suffix]
    assert made.arn("s", "x") == f"arn:{partition}:s:{region}:{ID}:x"
    assert made.arn("s", "x", regional=False) == f"arn:{partition}:s::{ID}:x"


def test_parameters_exports_and_outputs() -> None:
    parameters = {
        "Given": {"Type": "String", "Default": "d"},
        "Default": {"Type": "String", "Default": "d"},
        "Untold": {"Type": "String"},
        "OfParameter": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x"},
        "OfGiven": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x"},
    }
    outputs = {"O": {"Value": "one", "Export": {"Name": {"Fn::Sub": "e-${AWS::Region}"}}}, "P": {"Value": "two"}}
    templates: list[dict[str, Any]] = [
        {"Parameters": parameters, "Resources": {}},
        {"Resources": {}, "Outputs": outputs},
    ]
    given = {"Given": "g", "OfGiven": "v"}
    made = Account(templates, account=ID, region="eu-west-1", parameters=given, stacks=["A", "B"])
    refs = made.resolve(0, [{"Ref": name} for name in parameters])
    assert refs == ["g", "d", Unresolved("Untold"), Unresolved("OfParameter"), "v"]
    assert made.resolve(0, {"Fn::ImportValue": "e-eu-west-1"}) == "one"
    assert made.resolve(0, {"Fn::ImportValue": "e"}) == Unresolved("e")
    assert made.resolve(1, {"Ref": "AWS::StackName"}) == "B"

    def output(stack: str, name: str) -> Any:
        return {"Fn::GetStackOutput": {"StackName": stack, "OutputName": name}}

    assert made.resolve(0, output("B", "P")) == "two"
    assert made.resolve(0, output("A", "P")) == Unresolved("A.P")
    unnamed = Account(templates, account=ID, region="eu-west-1")
    assert unnamed.resolve(0, output("any", "P")) == "two"
    twice = Account([*templates, templates[1]], account=ID, region="eu-west-1")
    assert twice.resolve(0, output("any", "P")) == Unresolved("any.P")


def test_only_one_of_a_type(account: Account) -> None:
    assert account.only("AWS::Events::EventBus") == "bus"
    with pytest.raises(ProofError, match=r"^there are 4 resources of the type AWS::SQS::Queue$"):
        account.only("AWS::SQS::Queue")
    assert "Never" not in [logical_id for _, logical_id, _ in account.resources()]


def test_what_is_not_there(account: Account) -> None:
    for ask, message in (
        (lambda: account.name("None"), "no resource has the logical id None"),
        (lambda: account.name("Unknown"), "Unknown: what it is called is not known before deployment"),
        (lambda: account.resolve(0, {"Ref": "None"}), "the template refers to None, which it does not have"),
        (
            lambda: account.resolve(0, arn("None")),
            "the template refers to None.Arn, which it does not have",
        ),
    ):
        with pytest.raises(ProofError) as raised:
            ask()
        assert str(raised.value) == message


@pytest.mark.usefixtures("account")
def test_what_cannot_be_made() -> None:
    broken = Account([{"Resources": {"T": resource("DynamoDB::Table", KeySchema=7)}}], account=ID, region="eu-west-1")
    with pytest.raises(ProofError, match=r"^T \(AWS::DynamoDB::Table\) could not be made in this process: "):
        broken.make_all()
