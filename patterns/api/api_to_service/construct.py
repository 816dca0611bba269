"""An API whose requests go straight to AWS Step Functions, Amazon SNS or Amazon EventBridge."""

from collections.abc import Sequence

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct, IConstruct

from patterns.api.api_to_service.arguments import (
    DetailType,
    EventSource,
    check_content_types,
    check_owners,
    check_target,
)
from patterns.api.api_to_service.event_bus import EventBus, put_event
from patterns.api.api_to_service.state_machine import start_execution
from patterns.api.api_to_service.topic import publish
from patterns.api.service_api.api import ServiceApi
from patterns.api.service_api.requests import (
    ApiPath,
    ContentTypes,
    JsonSchema,
    MessageAttributes,
    MessageFields,
    RequestPart,
    Requests,
)
from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.domain_name import DomainName
from patterns.building_blocks.rest_api.access import Authorization, Callers, DailyQuota
from patterns.building_blocks.rest_api.exposure import BurstLimit, Exposure, RateLimit
from patterns.building_blocks.rest_api.front import Logging
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked

_SERVICES = {"state_machine": "states", "topic": "sns", "event_bus": "events"}


class ApiToService(ServiceApi):
    """Hand each request's body to a state machine, a topic or an event bus, without a function between.

    The body arrives as it was sent. A request that is not let in, too large, malformed or refused by the service is
    answered with a status that says so, and with nothing of what went on inside.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        state_machine: A state machine that each request starts an execution of. Default: none.
        topic: A topic that each request is published to; with a customer key, import it with that key. Default: none.
        event_bus: A bus that each request is an event on. Default: a new bus, if neither state machine nor topic is
            given.
        state_machine_key: The customer key of the state machine, which does not tell. Default: it has none.
        execution_name_from: Where a request has its execution's name, which is started once only:
            "method.request.header.NAME" or "method.request.querystring.NAME". Default: Step Functions makes one up.
        message_group_id_from: Where a request to a FIFO topic has its message group id, likewise. Default: the header
            X-Message-Group-Id for FIFO topics, none for others.
        message_deduplication_id_from: Where a request to a FIFO topic has its deduplication id, likewise. Default: the
            header X-Message-Deduplication-Id.
        message_attributes: Message attributes by name, and where requests have them, likewise; one that a request
            lacks is left out. At most 10. Default: none.
        event_source: The source of every event. Default: "api".
        detail_type: The detail type of every event. Default: "Request".
        detail_type_from: Where a request may have a detail type of its own, likewise; without it, IAM holds the API to
            `detail_type`. Default: nowhere.
        encryption_key: The key that encrypts a new bus, its dead letters and the access log. Default: keys that AWS
            owns.
        path: Where the API takes requests. Default: "requests".
        schema: A JSON Schema, draft 4, that bodies must keep. Default: any JSON.
        content_types: Media types that are taken; others are answered 415. All JSON but for topics. Default:
            "application/json".
        authorization: "iam" for requests signed with AWS credentials, "cognito" for tokens of a user pool, "function"
            for a function that decides, "api_key" for a key, which tells callers apart but proves little.
            Default: "iam".
        user_pools: Whose tokens are good. Required with authorization="cognito".
        authorization_scopes: What a token must allow. Default: nothing in particular.
        authorizer_function: What decides on a request with an Authorization header; its answer holds for five minutes.
            Required with authorization="function".
        api_key: The key that callers send as X-API-Key. Default: a new one, with authorization="api_key".
        daily_quota: Requests a day with the key. Default: no limit.
        rate_limit: Requests a second, more are answered 429. Default: 100.
        burst_limit: Requests at one moment, more are answered 429. Default: 200.
        web_acl: An AWS WAF web ACL that filters requests. Default: none.
        domain_name: A domain name of one's own; API Gateway's own is then turned off. Default: API Gateway's own.
        certificate: The certificate of the domain name. Required with `domain_name`.
        hosted_zone: Where the domain name's records are made. Default: nowhere.
        cloudwatch_role: Whether to set the role with which API Gateway writes logs in this account and Region; there is
            one for all APIs. Default: True; False where it is set already.
        execution_log: Whether API Gateway logs its own errors, without request data. Default: no.
        log_retention: How long the access log is kept. Default: one month.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        api (apigateway.RestApi): The API.
        method (apigateway.Method): The method that takes requests.
        url (str): Where to send them.
        role (iam.Role): What API Gateway calls the service as.
        event_bus (events.IEventBus | None): The bus, if events are put on one.
        dead_letters (sqs.Queue | None): Events that a new bus could not deliver for its key's sake.
        access_log (logs.LogGroup): What came and how it was answered, without bodies.
        api_key (apigateway.IApiKey | None): The key that callers send, if one is needed.
        domain (apigateway.DomainName | None): The domain of one's own.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-integration-types.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state_machine: stepfunctions.IStateMachine | None = None,
        topic: sns.ITopic | None = None,
        event_bus: events.IEventBus | None = None,
        state_machine_key: kms.IKey | None = None,
        execution_name_from: RequestPart | None = None,
        message_group_id_from: RequestPart | None = None,
        message_deduplication_id_from: RequestPart | None = None,
        message_attributes: MessageAttributes | None = None,
        event_source: EventSource | None = None,
        detail_type: DetailType | None = None,
        detail_type_from: RequestPart | None = None,
        encryption_key: kms.IKey | None = None,
        path: ApiPath = "requests",
        schema: JsonSchema | None = None,
        content_types: ContentTypes = ("application/json",),
        authorization: Authorization = "iam",
        user_pools: Sequence[cognito.IUserPool] = (),
        authorization_scopes: Sequence[str] = (),
        authorizer_function: lambda_.IFunction | None = None,
        api_key: apigateway.IApiKey | None = None,
        daily_quota: DailyQuota | None = None,
        rate_limit: RateLimit = 100,
        burst_limit: BurstLimit = 200,
        web_acl: aws_wafv2.IWebACLRef | None = None,
        domain_name: DomainName | None = None,
        certificate: acm.ICertificate | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        cloudwatch_role: bool = True,
        execution_log: bool = False,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        check_target(state_machine, topic, event_bus)
        called = "state_machine" if state_machine is not None else "topic" if topic is not None else "event_bus"
        check_owners(
            called,
            {
                "state_machine_key": (state_machine_key is not None, "state_machine"),
                "execution_name_from": (execution_name_from is not None, "state_machine"),
                "message_group_id_from": (message_group_id_from is not None, "topic"),
                "message_deduplication_id_from": (message_deduplication_id_from is not None, "topic"),
                "message_attributes": (message_attributes is not None, "topic"),
                "event_source": (event_source is not None, "event_bus"),
                "detail_type": (detail_type is not None, "event_bus"),
                "detail_type_from": (detail_type_from is not None, "event_bus"),
            },
        )
        callers = Callers(authorization, user_pools, authorization_scopes, authorizer_function, api_key, daily_quota)
        exposure = Exposure(rate_limit, burst_limit, web_acl, domain_name, certificate, hosted_zone)
        requests = Requests(path, schema, content_types)
        check_content_types(called, content_types)
        fields = MessageFields(message_group_id_from, message_deduplication_id_from, message_attributes)
        fifo = topic is not None and topic.fifo
        if message_deduplication_id_from is not None and not fifo:
            raise ValueError("message_deduplication_id_from needs a FIFO topic: a standard topic does not deduplicate")
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        super().__init__(
            scope,
            construct_id,
            description=f"Hands what is sent to it to {_SERVICES[called]}",
            callers=callers,
            exposure=exposure,
            logging=Logging(cloudwatch_role, execution_log),
            settings=settings,
        )

        self.event_bus: events.IEventBus | None = event_bus
        self.dead_letters: sqs.Queue | None = None
        if state_machine is not None:
            receiver: IConstruct = state_machine
            call = start_execution(state_machine, state_machine_key, execution_name_from)
        elif topic is not None:
            receiver = topic
            call = publish(topic, fields.of(fifo=fifo))
        else:
            if event_bus is None:
                made = EventBus(self, "Events", settings=settings)
                event_bus, self.dead_letters = made.event_bus, made.dead_letters
                self.event_bus = event_bus
                self.alarms.append(made.alarm)
            receiver = event_bus
            call = put_event(event_bus, event_source or "api", detail_type or "Request", detail_type_from)
        self._hand_over(requests, call, receiver, role_id="Caller", role_description=f"Calls {call.service}")
        self._watch(state_machine, topic)

    def _watch(self, state_machine: stepfunctions.IStateMachine | None, topic: sns.ITopic | None) -> None:
        self._alarm(
            "ServerErrors",
            metric=self._stage.metric_server_error(statistic="Sum", period=FIVE_MINUTES),
            description="Requests could not be handed on: look in the access log, then at the service, its key and "
            "the role.",
        )
        if state_machine is not None:
            self._alarm(
                "ExecutionsFailed",
                metric=state_machine.metric_failed(statistic="Sum", period=FIVE_MINUTES),
                description="An execution failed: read its history, mend the cause, then redrive it.",
            )
            self._alarm(
                "ExecutionsTimedOut",
                metric=state_machine.metric_timed_out(statistic="Sum", period=FIVE_MINUTES),
                description="An execution took longer than it may: read its history.",
            )
        if topic is not None:
            self._alarm(
                "DeliveriesFailed",
                metric=topic.metric_number_of_notifications_failed(statistic="Sum", period=FIVE_MINUTES),
                description="The topic could not deliver to a subscriber: look at the subscription and its dead "
                "letters.",
            )
