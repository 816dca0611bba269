"""The event bus of an ApiToService, and the call that puts an event on it: `PutEvents`.

Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.api.api_to_service.answers import STATUSES, UNAVAILABLE, answer, refused, unavailable
from patterns.api.service_api.call import ServiceCall
from patterns.api.service_api.templates import TOO_MANY, Causes, escaped, look_up
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.deployed_name import unique_name
from patterns.building_blocks.key_policy import BUSES, let_use
from patterns.building_blocks.settings import Settings

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
_CAUSES: Causes = (
    (413, "Too large", (("", "Total size of the entries"),)),
    TOO_MANY,
    (
        400,
        "Refused: an event must be a JSON object",
        (("MalformedDetail", ""), ("InvalidArgument", ""), ("ValidationException", ""), ("SerializationExc", "")),
    ),
    UNAVAILABLE,
)


class EventBus(Construct):
    """An event bus, with dead letters for events that it cannot decrypt.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        settings: The settings that cut across it.

    Attributes:
        event_bus (events.EventBus): The bus.
        dead_letters (sqs.Queue): What could not be delivered.
        alarm (cloudwatch.Alarm): Goes off when it holds anything.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        failed = DeadLetterQueue(
            self,
            "DeadLetters",
            holds="events that could not be decrypted",
            settings=settings,
        )
        self.event_bus = events.EventBus(
            self,
            "Bus",
            event_bus_name=unique_name(self, "Bus", longest=256),
            description=f"What is sent to the API {scope.node.path}",
            kms_key=settings.encryption_key,
            dead_letter_queue=failed.queue,
        )
        self.dead_letters: sqs.Queue = failed.queue
        self.alarm: cloudwatch.Alarm = failed.alarm
        service = iam.ServicePrincipal("events.amazonaws.com")
        conditions = {
            "ArnEquals": {"aws:SourceArn": self.event_bus.event_bus_arn},
            "StringEquals": {"aws:SourceAccount": self.event_bus.env.account},
        }
        failed.queue.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[service],
                actions=["sqs:SendMessage"],
                resources=[failed.queue.queue_arn],
                conditions=conditions,
            )
        )
        if settings.encryption_key is not None:
            # What the CDK adds to the key's policy is for the bus alone, not for the queue behind it. A condition on
            # the bus's ARN would make key and bus wait for each other.
            let_use(settings.encryption_key, BUSES, needed_by=self)


def put_event(event_bus: events.IEventBus, source: str, detail_type: str, detail_type_from: str | None) -> ServiceCall:
    """Put the body of a request on a bus, as one event with a fixed source.

    Args:
        event_bus: The bus.
        source: The source of every event.
        detail_type: The detail type of every event, or of those that have none of their own.
        detail_type_from: The part of a request with its own detail type: "method.request.header.NAME" or
            "method.request.querystring.NAME".

    Returns:
        The call.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
    """
    put = iam.PolicyStatement(actions=["events:PutEvents"], resources=[event_bus.event_bus_arn])
    kind = f'"DetailType":"{detail_type}",'
    conditions = {"events:source": source}
    if detail_type_from is None:
        conditions["events:detail-type"] = detail_type
    else:
        own = f'"DetailType":"{escaped("$value")}",'
        kind = f'{look_up(detail_type_from)}#if($value != ""){own}#else{kind}#end'
    put.add_condition("StringEquals", conditions)
    entry = f'{kind}"EventBusName":"{event_bus.event_bus_arn}","Source":"{source}","Detail":"{escaped("$input.body")}"'
    # PutEvents answers 200 also where it took no event.
    failed = refused(_CAUSES, code="$.Entries[0].ErrorCode", reason="$.Entries[0].ErrorMessage")
    taken = answer({"eventId": "$.Entries[0].EventId"})
    return ServiceCall(
        service="events",
        action="PutEvents",
        region=event_bus.env.region,
        headers={"Content-Type": "'application/x-amz-json-1.1'", "X-Amz-Target": "'AWSEvents.PutEvents'"},
        request_template=f'{{"Entries":[{{{entry}}}]}}',
        accepted_template=f"""#if("$!input.path('$.FailedEntryCount')" == "0"){taken}#else{failed}#end""",
        refused_template=refused(_CAUSES, code="$.__type", reason="$.message"),
        unavailable_template=unavailable(),
        statements=[put],
        statuses=STATUSES,
    )
