"""An API whose requests go straight to a queue, with no function between."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct

from patterns.api.api_to_queue.message_queue import MaxMessageSize, QueueSettings, check_consumer, least_visibility
from patterns.api.api_to_queue.send_message import send_message
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
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.domain_name import DomainName
from patterns.building_blocks.queue_consumer import (
    BatchingWindow,
    BatchSize,
    MaxConcurrency,
    MaxReceiveCount,
    MessageAge,
    Polling,
    Retention,
    VisibilityTimeout,
    poll,
)
from patterns.building_blocks.rest_api.access import Authorization, Callers, DailyQuota
from patterns.building_blocks.rest_api.exposure import BurstLimit, Exposure, RateLimit
from patterns.building_blocks.rest_api.front import Logging
from patterns.building_blocks.same_region import check_here
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked


class ApiToQueue(ServiceApi):
    """Put each request's body on a queue, without a function between, and answer with the message's id.

    The body arrives on the queue byte for byte. A request that is not let in, too large, malformed or refused by the
    queue is answered with a status that says so, and with nothing of what went on inside.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        queue: Where messages go. If it has a customer key, import it with that key, so that the API may use it.
            Default: a new queue with dead letters.
        fifo: Whether a new queue keeps order within each message group. Default: no.
        content_based_deduplication: Whether a new FIFO queue takes two equal bodies within five minutes for one
            message, if the request brings no deduplication id. Default: no.
        encryption_key: The key that encrypts a new queue, its dead letters and the access log. Default: keys that AWS
            owns.
        max_message_size: The largest message that a new queue takes, attributes included. Default:
            1 MiB.
        retention: How long a new queue keeps a message. Default: 4 days.
        max_receive_count: After how many failed attempts a message goes to the dead letters. Default: 5.
        visibility_timeout: How long a message that is worked on stays hidden, at least six times the consumer's
            timeout. Default: exactly that, or 30 seconds.
        path: Where the API takes messages. Default: "messages".
        schema: A JSON Schema, draft 4, that bodies must keep. Default: any JSON.
        content_types: Media types that are taken; others are answered 415. Default: "application/json".
        message_group_id_from: Where a request has its message group id: "method.request.header.NAME" or
            "method.request.querystring.NAME". Default: the header X-Message-Group-Id for FIFO queues, none for others.
        message_deduplication_id_from: Where a request to a FIFO queue has its deduplication id, likewise. Default: the
            header X-Message-Deduplication-Id.
        message_attributes: Message attributes by name, and where requests have them, likewise; one that a request
            lacks is left out. At most 10. Default: none.
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
        consumer: A function that works on the messages and reports those that failed one by one. Default: none.
        batch_size: Messages that the consumer is given at once: to 10,000, or 10 from FIFO queues. Default: 10.
        batching_window: How long a batch is gathered. Default: not at all.
        max_concurrency: The most batches at one time. Default: the consumer's reserved concurrency, if it has one.
        cloudwatch_role: Whether to set the role with which API Gateway writes logs in this account and Region; there is
            one for all APIs. Default: True; False where it is set already.
        execution_log: Whether API Gateway logs its own errors, without request data. Default: no.
        log_retention: How long the access log is kept. Default: one month.
        oldest_message_alarm_after: An alarm goes off when a message has waited for this long. Default: one hour.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        api (apigateway.RestApi): The API.
        method (apigateway.Method): The method that takes messages.
        url (str): Where to send them.
        role (iam.Role): What API Gateway sends messages as.
        queue (sqs.IQueue): Where messages go.
        dead_letters (sqs.Queue | None): Messages that failed too often, unless the queue is an existing one.
        access_log (logs.LogGroup): What came and how it was answered, without bodies.
        api_key (apigateway.IApiKey | None): The key that callers send, if one is needed.
        domain (apigateway.DomainName | None): The domain of one's own.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/prescriptive-guidance/latest/patterns/integrate-amazon-api-gateway-with-amazon-sqs-to-handle-asynchronous-rest-apis.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        queue: sqs.IQueue | None = None,
        fifo: bool = False,
        content_based_deduplication: bool = False,
        encryption_key: kms.IKey | None = None,
        max_message_size: MaxMessageSize | None = None,
        retention: Retention | None = None,
        max_receive_count: MaxReceiveCount | None = None,
        visibility_timeout: VisibilityTimeout | None = None,
        path: ApiPath = "messages",
        schema: JsonSchema | None = None,
        content_types: ContentTypes = ("application/json",),
        message_group_id_from: RequestPart | None = None,
        message_deduplication_id_from: RequestPart | None = None,
        message_attributes: MessageAttributes | None = None,
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
        consumer: lambda_.IFunction | None = None,
        batch_size: BatchSize = 10,
        batching_window: BatchingWindow | None = None,
        max_concurrency: MaxConcurrency | None = None,
        cloudwatch_role: bool = True,
        execution_log: bool = False,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        oldest_message_alarm_after: MessageAge | None = None,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        callers = Callers(authorization, user_pools, authorization_scopes, authorizer_function, api_key, daily_quota)
        exposure = Exposure(rate_limit, burst_limit, web_acl, domain_name, certificate, hosted_zone)
        requests = Requests(path, schema, content_types)
        fields = MessageFields(message_group_id_from, message_deduplication_id_from, message_attributes)
        polling = Polling(batch_size, batching_window, max_concurrency)
        wanted = QueueSettings(
            fifo,
            content_based_deduplication,
            encryption_key,
            max_message_size,
            retention,
            max_receive_count,
            visibility_timeout,
        )
        wanted.check(queue, message_deduplication_id_from)
        fifo = queue.fifo if queue is not None else fifo
        check_here(scope, consumer=consumer, **({} if consumer is None else {"queue": queue}))
        check_consumer(consumer, polling, wanted, queue, fifo=fifo)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        super().__init__(
            scope,
            construct_id,
            description="Puts what is sent to it on a queue",
            callers=callers,
            exposure=exposure,
            logging=Logging(cloudwatch_role, execution_log),
            settings=settings,
        )

        self.dead_letters: sqs.Queue | None = None
        if queue is not None:
            self.queue = queue
        else:
            failed = DeadLetterQueue(
                self,
                "DeadLetters",
                holds="messages that could not be processed",
                settings=settings,
                fifo=fifo,
                redrives=True,
            )
            self.dead_letters = failed.queue
            self.alarms.append(failed.alarm)
            least = least_visibility(consumer, polling)
            self.queue = wanted.make(self, dead_letters=failed.queue, least_visibility=least)
        call = send_message(self.queue, fields.of(fifo=fifo), fifo=fifo)
        self._hand_over(requests, call, self.queue, role_id="Sender", role_description="Sends messages")
        if consumer is not None:
            poll(self, self.queue, consumer, polling.within_reserve(consumer), self.queue.encryption_master_key)
        self._watch(consumer, oldest_message_alarm_after or Duration.hours(1))

    def _watch(self, consumer: lambda_.IFunction | None, oldest: Duration) -> None:
        self._alarm(
            "ServerErrors",
            metric=self._stage.metric_server_error(statistic="Sum", period=FIVE_MINUTES),
            description="Messages could not be queued: look in the access log for the status that SQS gave, then "
            "at the queue, its key and the role.",
        )
        self._alarm(
            "OldestMessage",
            metric=self.queue.metric_approximate_age_of_oldest_message(statistic="Maximum", period=FIVE_MINUTES),
            description=f"A message has waited for {oldest.to_human_string()}: is anything taking messages?",
            threshold=oldest.to_seconds(),
        )
        if consumer is not None:
            self._alarm(
                "ConsumerErrors",
                metric=consumer.metric_errors(statistic="Sum", period=FIVE_MINUTES),
                description="The consumer raised an error or timed out: read its log.",
            )
