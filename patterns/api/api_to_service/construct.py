"""An API whose requests go straight to AWS Step Functions, Amazon SNS or Amazon EventBridge."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct

from patterns.api.api_to_queue.arguments import is_json
from patterns.api.api_to_queue.integration import body_model
from patterns.api.api_to_service.arguments import check_call, check_event_name, check_owners, check_target
from patterns.api.api_to_service.event_bus import EventBus
from patterns.api.api_to_service.targets import (
    STATUSES,
    Target,
    event_bus_target,
    integration,
    state_machine_target,
    topic_target,
)
from patterns.building_blocks.alarms import FIVE_MINUTES, alarm
from patterns.building_blocks.api_access import (
    Authorization,
    access,
    acknowledge_other_than_cognito,
    check_access,
    usage_plan,
)
from patterns.building_blocks.api_domain import check_domain, custom_domain
from patterns.building_blocks.arguments import check_range
from patterns.building_blocks.rest_api import Front

GROUP_ID_HEADER = "method.request.header.X-Message-Group-Id"
DEDUPLICATION_ID_HEADER = "method.request.header.X-Message-Deduplication-Id"


class ApiToService(Construct):
    """Hand each request's body to a state machine, a topic or an event bus, without a function between.

    The body arrives as it was sent. A request that is not let in, too large, malformed or refused by the service is
    answered with a status that says so, and with nothing of what went on inside.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
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

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state_machine: stepfunctions.IStateMachine | None = None,
        topic: sns.ITopic | None = None,
        event_bus: events.IEventBus | None = None,
        state_machine_key: kms.IKey | None = None,
        execution_name_from: str | None = None,
        message_group_id_from: str | None = None,
        message_deduplication_id_from: str | None = None,
        message_attributes: Mapping[str, str] | None = None,
        event_source: str | None = None,
        detail_type: str | None = None,
        detail_type_from: str | None = None,
        encryption_key: kms.IKey | None = None,
        path: str = "requests",
        schema: Mapping[str, Any] | None = None,
        content_types: Sequence[str] = ("application/json",),
        authorization: Authorization = "iam",
        user_pools: Sequence[cognito.IUserPool] = (),
        authorization_scopes: Sequence[str] = (),
        authorizer_function: lambda_.IFunction | None = None,
        api_key: apigateway.IApiKey | None = None,
        daily_quota: int | None = None,
        rate_limit: float = 100,
        burst_limit: int = 200,
        web_acl: aws_wafv2.IWebACLRef | None = None,
        domain_name: str | None = None,
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
        sources = {
            "execution_name_from": execution_name_from,
            "message_group_id_from": message_group_id_from,
            "message_deduplication_id_from": message_deduplication_id_from,
            "detail_type_from": detail_type_from,
        }
        check_call(called, topic, path, schema, content_types, sources, message_attributes)
        check_event_name("event_source", event_source)
        check_event_name("detail_type", detail_type)
        check_access(authorization, user_pools, authorization_scopes, authorizer_function, api_key, daily_quota)
        check_domain(domain_name, certificate, hosted_zone)
        check_range("rate_limit", rate_limit, 1, 100_000, "requests a second")
        check_range("burst_limit", burst_limit, 1, 100_000, "requests")
        super().__init__(scope, construct_id)

        self.alarms: list[cloudwatch.Alarm] = []
        self.event_bus: events.IEventBus | None = None
        self.dead_letters: sqs.Queue | None = None
        target: Target
        if state_machine is not None:
            target = state_machine_target(state_machine, state_machine_key, execution_name_from)
        elif topic is not None:
            target = topic_target(
                topic,
                message_group_id_from or (GROUP_ID_HEADER if topic.fifo else None),
                message_deduplication_id_from or (DEDUPLICATION_ID_HEADER if topic.fifo else None),
                message_attributes,
            )
        else:
            if event_bus is None:
                made = EventBus(self, "Events", encryption_key=encryption_key, alarm_topic=alarm_topic)
                event_bus, self.dead_letters = made.event_bus, made.dead_letters
                self.alarms.append(made.alarm)
            self.event_bus = event_bus
            target = event_bus_target(event_bus, event_source or "api", detail_type or "Request", detail_type_from)

        front = Front(
            self,
            "Front",
            description=f"Hands what is sent to it to {target.service} ({self.node.path})",
            rate_limit=rate_limit,
            burst_limit=burst_limit,
            default_endpoint=domain_name is None,
            cloudwatch_role=cloudwatch_role,
            execution_log=execution_log,
            encryption_key=encryption_key,
            log_retention=log_retention,
            web_acl=web_acl,
        )
        self.api, self._stage, self.access_log = front.api, front.stage, front.access_log
        self.role = iam.Role(
            self,
            "Caller",
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
            description=f"Calls {target.service} for the API {self.node.path}",
        )
        for statement in target.statements:
            self.role.add_to_policy(statement)
        self._authorization = authorization
        allowed = access(self, authorization, user_pools, authorization_scopes, authorizer_function)
        model = body_model(self, self.api, schema)
        self.method = self.api.root.resource_for_path(path).add_method(
            "POST",
            integration(target, self.role, content_types),
            authorization_type=allowed.authorization_type,
            authorizer=allowed.authorizer,
            authorization_scopes=list(allowed.scopes) or None,
            api_key_required=allowed.api_key_required,
            request_models={kind: model for kind in content_types if is_json(kind)},
            request_validator=self.api.add_request_validator(
                "Body", validate_request_body=True, validate_request_parameters=True
            ),
            method_responses=[apigateway.MethodResponse(status_code=status) for status in STATUSES],
        )
        acknowledge_other_than_cognito(self.method, authorization)
        self.api_key: apigateway.IApiKey | None = None
        if allowed.api_key_required:
            self.api_key = api_key or apigateway.ApiKey(self, "ApiKey", description=f"Callers of {self.node.path}")
            usage_plan(self, self._stage, self.api_key, rate_limit, burst_limit, daily_quota)
        self.domain: apigateway.DomainName | None = None
        self.url = self.api.url_for_path(f"/{path}")
        if domain_name is not None and certificate is not None:
            self.domain = custom_domain(self, self.api, domain_name, certificate, hosted_zone)
            self.url = f"https://{domain_name}/{path}"
        self._watch(state_machine, topic, alarm_topic)

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone send requests to the API.

        Args:
            grantee: Who may.

        Returns:
            The grant.

        Raises:
            ValueError: If the API does not ask AWS IAM who may call it.
        """
        if self._authorization != "iam":
            raise ValueError(f"grant_invoke needs authorization='iam', got {self._authorization!r}")
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["execute-api:Invoke"], resource_arns=[self.method.method_arn]
        )

    def metric_requests(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Count the requests, answered one way or another.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in requests.
        """
        return self._stage.metric_count(statistic="Sum", period=period or FIVE_MINUTES)

    def metric_requests_refused(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Count the requests that were answered with a status from 400 to 499.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in requests.
        """
        return self._stage.metric_client_error(statistic="Sum", period=period or FIVE_MINUTES)

    def _watch(
        self,
        state_machine: stepfunctions.IStateMachine | None,
        topic: sns.ITopic | None,
        alarm_topic: sns.ITopic | None,
    ) -> None:
        watched: dict[str, tuple[cloudwatch.Metric, str]] = {
            "ServerErrors": (
                self._stage.metric_server_error(statistic="Sum", period=FIVE_MINUTES),
                "Requests could not be handed on: look in the access log, then at the service, its key and the role.",
            )
        }
        if state_machine is not None:
            watched["ExecutionsFailed"] = (
                state_machine.metric_failed(statistic="Sum", period=FIVE_MINUTES),
                "An execution failed: read its history, mend the cause, then redrive it.",
            )
            watched["ExecutionsTimedOut"] = (
                state_machine.metric_timed_out(statistic="Sum", period=FIVE_MINUTES),
                "An execution took longer than it may: read its history.",
            )
        if topic is not None:
            watched["DeliveriesFailed"] = (
                topic.metric_number_of_notifications_failed(statistic="Sum", period=FIVE_MINUTES),
                "The topic could not deliver to a subscriber: look at the subscription and its dead letters.",
            )
        for construct_id, (metric, description) in watched.items():
            self.alarms.append(alarm(self, construct_id, metric=metric, description=description, topic=alarm_topic))
