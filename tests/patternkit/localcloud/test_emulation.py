"""What is repaired in the local cloud's own process, seen from outside."""

import importlib.util
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import boto3
import pytest

from patternkit.localcloud import Deployment, DeploymentFailed, LocalCloud
from tests.patternkit.localcloud import apps, repaired


@pytest.fixture(scope="module")
def functions(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return cloud.deploy(apps.synthesize(tmp_path_factory.mktemp("functions"), repaired.Functions))


@pytest.fixture(scope="module")
def consumers(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return cloud.deploy(apps.synthesize(tmp_path_factory.mktemp("consumers"), repaired.Consumers))


def invoke(cloud: LocalCloud, name: str, event: object) -> Any:
    answer = cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read())


def test_a_function_fails_with_the_name_of_its_error(cloud: LocalCloud, functions: Deployment) -> None:
    failed = invoke(cloud, functions.physical_id("Failing"), {})
    assert (failed["errorType"], failed["errorMessage"]) == ("OutOfStock", "no lamp\nleft")
    [frame] = failed["stackTrace"]
    assert "in handler" in frame
    assert 'raise OutOfStock("no lamp' in frame
    assert invoke(cloud, functions.physical_id("Failing"), {"how": "built in"})["errorType"] == "KeyError"


@pytest.mark.parametrize(
    ("how", "error", "message"),
    [
        ("", "OutOfStock", "no lamp left"),
        ("built in", "ReferenceError", "undefined_name is not defined"),
        ("thrown text", "string", "only text"),
    ],
)
def test_a_function_in_node_too(cloud: LocalCloud, functions: Deployment, how: str, error: str, message: str) -> None:
    failed = invoke(cloud, functions.physical_id("FailingInNode"), {"how": how})
    assert (failed["errorType"], failed["errorMessage"]) == (error, message)


def ended(cloud: LocalCloud, machine: str) -> dict[str, Any]:
    workflows = cloud.client("stepfunctions")
    arn = workflows.start_execution(stateMachineArn=machine, input="{}")["executionArn"]

    def over() -> Any:
        found = workflows.describe_execution(executionArn=arn)
        return found if found["status"] != "RUNNING" else None

    return dict(cloud.wait_for(over, what="the execution's end"))


def test_a_workflow_catches_an_error_by_its_name(cloud: LocalCloud, functions: Deployment) -> None:
    execution = ended(cloud, functions.physical_id("Catching"))
    assert execution["status"] == "SUCCEEDED"
    assert json.loads(execution["output"])["Error"] == "OutOfStock"


def test_a_workflow_ends_at_its_timeout(cloud: LocalCloud, functions: Deployment) -> None:
    execution = ended(cloud, functions.physical_id("Slow"))
    assert execution["status"] == "TIMED_OUT"
    assert (execution["stopDate"] - execution["startDate"]).total_seconds() < 10


def test_a_workflow_is_run_while_its_caller_waits(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    # The SDK puts "sync-" before the host of this call.
    definition = json.dumps({"StartAt": "One", "States": {"One": {"Type": "Pass", "Result": 1, "End": True}}})
    machine = cloud.client("stepfunctions").create_state_machine(
        name="express", type="EXPRESS", definition=definition, roleArn="arn:aws:iam::000000000000:role/any"
    )["stateMachineArn"]
    assert cloud.client("stepfunctions").start_sync_execution(stateMachineArn=machine)["output"] == "1"
    for name, value in cloud.environment().items():
        monkeypatch.setenv(name, value)
    elsewhere = boto3.Session().client("stepfunctions")
    assert elsewhere.start_sync_execution(stateMachineArn=machine)["output"] == "1"


def test_a_weighted_alias_divides_calls(cloud: LocalCloud, functions: Deployment) -> None:
    client, name = cloud.client("lambda"), functions.physical_id("Versioned")
    client.update_function_configuration(FunctionName=name, Description="changed")
    second = client.publish_version(FunctionName=name)["Version"]
    assert second == "2"
    client.update_alias(FunctionName=name, Name="live", RoutingConfig={"AdditionalVersionWeights": {second: 0.5}})
    versions = [invoke(cloud, f"{name}:live", {}) for _ in range(24)]
    assert set(versions) == {"1", "2"}  # by chance all alike: once in 2**23 runs
    alias = client.get_alias(FunctionName=name, Name="live")
    assert (alias["FunctionVersion"], alias["RoutingConfig"]["AdditionalVersionWeights"]) == ("1", {"2": 0.5})
    read = {client.get_function(FunctionName=name, Qualifier="live")["Configuration"]["Version"] for _ in range(12)}
    assert read == {"1"}
    client.update_alias(FunctionName=name, Name="live", FunctionVersion="2", RoutingConfig={})
    assert {invoke(cloud, f"{name}:live", {}) for _ in range(4)} == {"2"}


def test_a_query_that_nothing_can_run_fails(cloud: LocalCloud) -> None:
    cloud.client("s3").create_bucket(Bucket="results")
    queries = cloud.client("athena")
    asked = queries.start_query_execution(
        QueryString="SELECT 1", ResultConfiguration={"OutputLocation": "s3://results/"}
    )["QueryExecutionId"]

    def over() -> Any:
        status = queries.get_query_execution(QueryExecutionId=asked)["QueryExecution"]["Status"]
        return status if status["State"] in ("SUCCEEDED", "FAILED") else None

    status = cloud.wait_for(over, what="the query's end")
    if importlib.util.find_spec("duckdb") is None:
        assert "the package duckdb, and it is not installed" in status["StateChangeReason"]
    else:
        assert status["State"] == "SUCCEEDED"


def test_a_workflow_that_leads_nowhere_is_refused(cloud: LocalCloud, tmp_path: Path) -> None:
    definition = json.dumps({"StartAt": "First", "States": {"First": {"Type": "Pass", "Next": "Missing"}}})
    answer = cloud.client("stepfunctions").validate_state_machine_definition(definition=definition)
    assert answer["result"] == "FAIL"
    assert answer["diagnostics"][0]["code"] == "MISSING_TRANSITION_TARGET"
    with pytest.raises(DeploymentFailed, match=r"Missing .Next. target: Missing at /States/First/Next"):
        cloud.deploy(apps.synthesize(tmp_path, repaired.Nowhere))


def test_links_are_signed_so_that_s3_takes_them(cloud: LocalCloud) -> None:
    link = cloud.client("s3").generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in link
    assert "x-amz-signature" in cloud.client("s3").generate_presigned_post("b", "k")["fields"]


def test_generated_secrets_have_the_characters_asked_for(cloud: LocalCloud, functions: Deployment) -> None:
    secrets = cloud.client("secretsmanager")
    plain = secrets.get_secret_value(SecretId=functions.physical_id("Plain"))["SecretString"]
    assert len(plain) == 32
    value = json.loads(secrets.get_secret_value(SecretId=functions.physical_id("Template"))["SecretString"])
    assert value["user"] == "admin"
    assert len(value["password"]) == 40
    assert value["password"].isalnum()
    assert value["password"] == value["password"].lower()


def test_rotation_calls_its_function_in_four_steps(cloud: LocalCloud, functions: Deployment) -> None:
    secrets, secret = cloud.client("secretsmanager"), functions.physical_id("Rotated")
    cloud.wait_for(
        lambda: secrets.get_secret_value(SecretId=secret)["SecretString"] == "rotated", what="the rotated value"
    )
    assert secrets.get_secret_value(SecretId=secret, VersionStage="AWSPREVIOUS")["SecretString"] == "first"
    name = functions.physical_id("Rotation")
    logged = cloud.wait_for(lambda: "finishSecret" in cloud.logs(name) and cloud.logs(name), what="the last step")
    steps = [line for line in str(logged).splitlines() if line.endswith("Secret")]
    assert steps == ["createSecret", "setSecret", "testSecret", "finishSecret"]


def given(cloud: LocalCloud, name: str) -> list[list[str]]:
    """The batches that a consumer was given."""
    lines = cloud.logs(name).splitlines()
    return [json.loads(line.partition("GIVEN ")[2]) for line in lines if "GIVEN " in line]


def letters(cloud: LocalCloud, queue: str) -> list[dict[str, Any]]:
    answer = cloud.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def test_an_answer_that_cannot_be_read_gives_the_message_again(cloud: LocalCloud, consumers: Deployment) -> None:
    queue, name = consumers.physical_id("Orders"), consumers.physical_id("QueueConsumer")
    wrong, right = (
        json.dumps({"answer": {"batchItemFailures": failures}}) for failures in ([{"itemIdentifier": "of none"}], None)
    )
    for body in (wrong, right):
        cloud.client("sqs").send_message(QueueUrl=queue, MessageBody=body)
    cloud.wait_for(lambda: given(cloud, name).count([wrong]) > 1 and [right] in given(cloud, name), what="it again")
    assert given(cloud, name).count([right]) == 1


def test_a_stream_is_read_on_after_what_fails_for_good(cloud: LocalCloud, consumers: Deployment) -> None:
    name, stream = consumers.physical_id("StreamConsumer"), consumers.physical_id("Clicks")
    cloud.client("kinesis").put_records(
        StreamName=stream,
        Records=[{"Data": each.encode(), "PartitionKey": "one"} for each in ("a", "b", "fail c", "d", "e")],
    )
    [letter] = cloud.wait_for(lambda: letters(cloud, consumers.physical_id("StreamLetters")), what="the failure record")
    assert letter["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert letter["KinesisBatchInfo"]["batchSize"] == 1
    assert letter["KinesisBatchInfo"]["streamArn"].endswith(stream)
    cloud.wait_for(lambda: "e" in [*given(cloud, name)[-1]], what="the last record")
    # Goes on at the first that failed, then halves what is left until that is alone.
    assert given(cloud, name) == [
        ["a", "b", "fail c", "d", "e"],
        ["fail c", "d", "e"],
        ["fail c", "d"],
        ["fail c"],
        ["d"],
        ["e"],
    ]


def test_a_table_stream_too(cloud: LocalCloud, consumers: Deployment) -> None:
    name, table = consumers.physical_id("TableConsumer"), consumers.physical_id("Items")
    cloud.client("dynamodb").put_item(TableName=table, Item={"id": {"S": "raise"}})
    [letter] = cloud.wait_for(lambda: letters(cloud, consumers.physical_id("TableLetters")), what="the failure record")
    assert letter["requestContext"]["approximateInvokeCount"] == 2  # once, and the one retry
    assert letter["DDBStreamBatchInfo"]["batchSize"] == 1
    cloud.client("dynamodb").put_item(TableName=table, Item={"id": {"S": "after"}})
    cloud.wait_for(lambda: given(cloud, name) == [["raise"], ["raise"], ["after"]], what="what comes after it")


@pytest.fixture(scope="module")
def told(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return cloud.deploy(apps.synthesize(tmp_path_factory.mktemp("told"), repaired.Told))


def test_what_the_services_are_told_after_the_deployment_is_said(told: Deployment) -> None:
    found = {(each.type.removeprefix("AWS::"), each.property) for each in told.report.repaired}
    assert found >= {
        ("ApiGatewayV2::Api", "CorsConfiguration"),
        ("DynamoDB::GlobalTable", "Replicas"),
        ("DynamoDB::Table", "KinesisStreamSpecification"),
        ("SNS::Topic", "FifoTopic"),
        ("SNS::Topic", "ContentBasedDeduplication"),
    }


def test_a_fifo_topic_delivers_once(cloud: LocalCloud, told: Deployment) -> None:
    for _ in range(2):
        cloud.client("sns").publish(TopicArn=told.physical_id("Topic"), Message="one", MessageGroupId="g")
    cloud.client("sns").publish(TopicArn=told.physical_id("Topic"), Message="two", MessageGroupId="g")
    queue, received = told.physical_id("Queue"), []

    def both() -> bool:
        answer = cloud.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            received.append(message["Body"])
            cloud.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return "two" in received

    cloud.wait_for(both, what="the messages")
    assert received == ["one", "two"]


def test_a_global_table_has_its_replica(cloud: LocalCloud, told: Deployment) -> None:
    table = told.physical_id("Global")
    cloud.client("dynamodb").put_item(TableName=table, Item={"id": {"S": "here"}})
    there = cloud.client("dynamodb", region="eu-west-1")
    cloud.wait_for(lambda: there.get_item(TableName=table, Key={"id": {"S": "here"}}).get("Item"), what="the item")


def test_a_table_writes_to_its_stream(cloud: LocalCloud, told: Deployment) -> None:
    streams = cloud.client("kinesis")
    [shard] = streams.list_shards(StreamName=told.physical_id("Stream"))["Shards"]
    iterator = streams.get_shard_iterator(
        StreamName=told.physical_id("Stream"), ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    cloud.client("dynamodb").put_item(TableName=told.physical_id("Table"), Item={"id": {"S": "streamed"}})
    cloud.wait_for(
        lambda: b"streamed" in b"".join(r["Data"] for r in streams.get_records(ShardIterator=iterator)["Records"]),
        what="the record",
    )


@pytest.mark.parametrize(("origin", "allowed"), [("https://example.com", True), ("https://evil.example", False)])
def test_an_http_api_answers_preflights(cloud: LocalCloud, told: Deployment, origin: str, *, allowed: bool) -> None:
    request = urllib.request.Request(
        f"{cloud.endpoint_url}/_aws/execute-api/{told.outputs['ApiId']}/orders",
        method="OPTIONS",
        headers={"Origin": origin, "Access-Control-Request-Method": "GET"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            headers = answer.headers
    except urllib.error.HTTPError as error:
        with error:
            headers = error.headers
    assert (headers.get("Access-Control-Allow-Origin") == origin) is allowed
