"""The WebSocket API itself: its routes, who may connect, its stage, its log and its name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval, Unit
from aws_cdk import Acknowledgment, Aws, RemovalPolicy, Stack, Validations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from patterns.building_blocks.cross_stack import in_one_stack
from patterns.building_blocks.domain_name import alias_records, check_public_name
from patterns.building_blocks.settings import Settings

RateLimit = Annotated[float, Interval(ge=1, le=10_000), Unit("messages a second")]
"""Connections and messages a second."""

BurstLimit = Annotated[int, Interval(ge=1, le=5_000), Unit("messages")]
"""Connections and messages at one moment."""

ConnectAuthorization = Literal["iam", "function"]
"""What proves who connects."""

TokenHeader = Literal["Authorization", "Sec-WebSocket-Protocol"]
"""The header that a token is in. A page in a browser can set only the second; a query string would be logged."""

STAGE = "live"
# Nothing that a client sends, and of who is calling only the IAM principal: no query string, no address.
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "connectionId": "$context.connectionId",
    "eventType": "$context.eventType",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "integrationStatus": "$context.integration.status",
    "integrationLatency": "$context.integration.latency",
    "error": "$context.error.message",
    "principal": "$context.identity.userArn",
}


@dataclass(frozen=True, slots=True)
class Connecting:
    """Who may connect, and where.

    Attributes:
        authorization: What proves who connects.
        authorizer_function: The function that decides, with "function".
        token_header: The header that its token is in.
        domain_name: The custom domain name; None: API Gateway's own.
        certificate: Its certificate.
        hosted_zone: The zone of its records; None: no records are made.

    Raises:
        ValueError: If two of them contradict each other.
    """

    authorization: str
    authorizer_function: lambda_.IFunction | None
    token_header: str | None
    domain_name: str | None
    certificate: acm.ICertificate | None
    hosted_zone: route53.IHostedZone | None

    def __post_init__(self) -> None:
        for argument, value in (("authorizer_function", self.authorizer_function), ("token_header", self.token_header)):
            if value is not None and self.authorization != "function":
                raise ValueError(f"{argument} needs authorization='function', got {self.authorization!r}")
        if self.authorization == "function" and self.authorizer_function is None:
            raise ValueError("authorizer_function must be given with authorization='function'")
        check_public_name(self.domain_name, self.certificate, self.hosted_zone)

    def authorizer(self, scope: Construct) -> apigatewayv2.IWebSocketRouteAuthorizer:
        """Make the authorizer of $connect, the only route that can have one."""
        if self.authorizer_function is None:
            return authorizers.WebSocketIamAuthorizer()
        header = self.token_header or "Authorization"
        return authorizers.WebSocketLambdaAuthorizer(
            "Authorizer",
            _called(scope, "AuthorizerFunction", self.authorizer_function),
            identity_source=[f"route.request.header.{header}"],
        )


def _owned(scope: Construct, function: lambda_.IFunction) -> bool:
    return in_one_stack(scope, function) and isinstance(function, lambda_.Function | lambda_.Alias | lambda_.Version)


def _called(scope: Construct, construct_id: str, function: lambda_.IFunction) -> lambda_.IFunction:
    """A function in a form that the CDK permits nothing of where it stands, unless that is this stack."""
    if _owned(scope, function):
        return function
    return lambda_.Function.from_function_attributes(
        scope, construct_id, function_arn=function.function_arn, skip_permissions=True
    )


class Gateway(Construct):
    """A WebSocket API with one stage, which is logged, measured and throttled.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        description: What the API is for.
        connecting: Who may connect, and where.
        connect_function: Answers $connect and $disconnect.
        routes: Who answers messages, by route; "$default" for all others.
        rate_limit: Connections and messages a second.
        burst_limit: At one moment.
        cloudwatch_role: Whether to make the role with which API Gateway writes logs in this account and Region.
        settings: The settings that cut across it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        connecting: Connecting,
        connect_function: lambda_.IFunction,
        routes: Mapping[str, lambda_.IFunction],
        rate_limit: float,
        burst_limit: int,
        cloudwatch_role: bool,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        self.connects_by = connecting.authorization
        self.access_log = settings.log_group(self, "AccessLog")
        self.api = apigatewayv2.WebSocketApi(
            self,
            "Api",
            description=description,
            connect_route_options=apigatewayv2.WebSocketRouteOptions(
                authorizer=connecting.authorizer(self),
                integration=integrations.WebSocketLambdaIntegration("Connect", connect_function),
            ),
            disconnect_route_options=apigatewayv2.WebSocketRouteOptions(
                integration=integrations.WebSocketLambdaIntegration("Disconnect", connect_function)
            ),
        )
        if connecting.authorizer_function is not None:
            self._permit("AuthorizerFunction", connecting.authorizer_function, "authorizers/*")
        for route, function in routes.items():
            name = "Message" if route == "$default" else f"Message-{route}"
            called = _called(self, f"{name}Function", function)
            self.api.add_route(route, integration=integrations.WebSocketLambdaIntegration(name, called))
            self._permit(f"{name}Function", function, f"{STAGE}/{route}")
        self.domain = self._domain(connecting)
        self.stage = apigatewayv2.WebSocketStage(
            self,
            "Stage",
            web_socket_api=self.api,
            stage_name=STAGE,
            auto_deploy=True,
            detailed_metrics_enabled=True,
            throttle=apigatewayv2.ThrottleSettings(rate_limit=rate_limit, burst_limit=burst_limit),
            domain_mapping=None if self.domain is None else apigatewayv2.DomainMappingOptions(domain_name=self.domain),
        )
        self._log(cloudwatch_role=cloudwatch_role)
        self.url = self.stage.url if connecting.domain_name is None else f"wss://{connecting.domain_name}"

    def _permit(self, construct_id: str, function: lambda_.IFunction, what: str) -> None:
        """Let API Gateway invoke a function that the CDK does not permit it, from this stack."""
        if _owned(self, function):
            return
        lambda_.CfnPermission(
            self,
            f"{construct_id}MayBeCalled",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="apigateway.amazonaws.com",
            source_arn=Stack.of(self).format_arn(service="execute-api", resource=self.api.api_id, resource_name=what),
        )

    def _log(self, *, cloudwatch_role: bool) -> None:
        resource = self.stage.node.default_child
        assert isinstance(resource, apigatewayv2.CfnStage)
        resource.access_log_settings = apigatewayv2.CfnStage.AccessLogSettingsProperty(
            destination_arn=self.access_log.log_group_arn, format=json.dumps(_ACCESS_LOG)
        )
        for route in self.api.node.find_all():
            if isinstance(route, apigatewayv2.CfnRoute) and route.route_key != "$connect":
                Validations.of(route).acknowledge(
                    Acknowledgment(
                        id="AwsSolutions::AwsSolutions-APIG4",
                        reason="API Gateway authorizes $connect alone; whoever sends on a connection was let in there.",
                    )
                )
        if not cloudwatch_role:
            return
        role = iam.Role(
            self,
            "LogRole",
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
            description="Lets API Gateway write the logs of all APIs of this account and Region",
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AmazonAPIGatewayPushToCloudWatchLogs")
            ],
        )
        account = apigateway.CfnAccount(self, "Account", cloud_watch_role_arn=role.role_arn)
        # Other APIs of the account log by it, too.
        role.apply_removal_policy(RemovalPolicy.RETAIN)
        account.apply_removal_policy(RemovalPolicy.RETAIN)
        resource.node.add_dependency(account)
        Validations.of(role).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
                "AmazonAPIGatewayPushToCloudWatchLogs]",
                reason="API Gateway has one role for the logs of all APIs of an account and Region, and this is "
                "the policy that AWS documents for it.",
            )
        )

    def _domain(self, connecting: Connecting) -> apigatewayv2.DomainName | None:
        if connecting.domain_name is None or connecting.certificate is None:
            return None
        domain = apigatewayv2.DomainName(
            self,
            "Domain",
            domain_name=connecting.domain_name,
            certificate=connecting.certificate,
            security_policy=apigatewayv2.SecurityPolicy.TLS_1_2,
        )
        if connecting.hosted_zone is not None:
            target = targets.ApiGatewayv2DomainProperties(domain.regional_domain_name, domain.regional_hosted_zone_id)
            alias_records(self, connecting.hosted_zone, connecting.domain_name, target)
        return domain

    @property
    def callback_url(self) -> str:
        """Where connections are posted to: always the API itself, whose path no domain name of one's own changes."""
        return f"https://{self.api.api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}/{STAGE}"

    @property
    def connect_arn(self) -> str:
        """What whoever connects invokes."""
        return Stack.of(self).format_arn(
            service="execute-api", resource=self.api.api_id, resource_name=f"{STAGE}/$connect"
        )

    def connections_arn(self, method: str) -> str:
        """The connections of this stage, for one method.

        Args:
            method: "POST" to push, "GET" to look, "DELETE" to end.
        """
        return Stack.of(self).format_arn(
            service="execute-api", resource=self.api.api_id, resource_name=f"{STAGE}/{method}/@connections/*"
        )
