"""Queues, topics, event buses and streams."""

from __future__ import annotations

from patternkit.testing.permissions.account.identity import Identity
from patternkit.testing.permissions.account.made import Definition, Made


def queue(account: Identity, definition: Definition) -> Made:
    """Make an SQS queue."""
    fifo = bool(definition.get("FifoQueue"))
    name = definition.named("QueueName", 75)
    if fifo and not name.endswith(".fifo"):
        name += ".fifo"
    sqs = account.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"} if fifo else {})["QueueUrl"]
    arn = account.arn("sqs", name)
    attributes = {"Arn": arn, "QueueName": name, "QueueUrl": url}
    return Made("AWS::SQS::Queue", url, attributes, arn, definition.some("KmsMasterKeyId"))


def topic(account: Identity, definition: Definition) -> Made:
    """Make an SNS topic."""
    fifo = bool(definition.get("FifoTopic"))
    name = definition.named("TopicName", 250)
    if fifo and not name.endswith(".fifo"):
        name += ".fifo"
    settings = {"FifoTopic": "true"} if fifo else {}
    arn = account.client("sns").create_topic(Name=name, Attributes=settings)["TopicArn"]
    return Made("AWS::SNS::Topic", arn, {"TopicArn": arn, "TopicName": name}, arn, definition.some("KmsMasterKeyId"))


def event_bus(account: Identity, definition: Definition) -> Made:
    """Make an EventBridge event bus."""
    name = definition.named("Name", 256)
    account.client("events").create_event_bus(Name=name)
    arn = account.arn("events", f"event-bus/{name}")
    return Made("AWS::Events::EventBus", name, {"Arn": arn, "Name": name}, arn)


def stream(account: Identity, definition: Definition) -> Made:
    """Make a Kinesis stream."""
    name = definition.named("Name", 128)
    account.client("kinesis").create_stream(StreamName=name, ShardCount=1)
    arn = account.arn("kinesis", f"stream/{name}")
    return Made("AWS::Kinesis::Stream", name, {"Arn": arn}, arn, definition.some("StreamEncryption"))
