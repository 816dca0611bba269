"""Amazon API Gateway REST APIs: their stage, logs, limits, and what they answer by themselves."""

import json
from collections.abc import Mapping

from aws_cdk import Acknowledgment, Duration, Names, RemovalPolicy, Validations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct

# Neither body nor headers nor query, nor anything that tells who is calling but the principal that IAM knows.
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "httpMethod": "$context.httpMethod",
    "resourcePath": "$context.resourcePath",
    "protocol": "$context.protocol",
    "status": "$context.status",
    "responseType": "$context.error.responseType",
    "responseLength": "$context.responseLength",
    "responseLatency": "$context.responseLatency",
    "integrationStatus": "$context.integration.status",
    "integrationLatency": "$context.integration.latency",
    "integrationRequestId": "$context.integration.requestId",
    "principal": "$context.identity.userArn",
}


class Front(Construct):
    """A regional REST API whose stage is logged, traced, measured and throttled.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        description: What it is for.
        rate_limit: Requests a second.
        burst_limit: Requests at one moment.
        default_endpoint: Whether it answers at API Gateway's own domain.
        cloudwatch_role: Whether to make the role with which API Gateway writes logs in this account and Region.
        execution_log: Whether API Gateway logs its own errors, without request data.
        encryption_key: The key of the access log. Default: a key that CloudWatch Logs owns.
        log_retention: How long the access log is kept.
        web_acl: What filters requests. Default: nothing.
        stage_name: The stage's name. Default: "live".
        variables: The stage's variables. Default: none.
        cache_size: The size of the stage's cache, in GB, encrypted. Default: no cache.
        cache_ttl: How long an answer to a GET is kept. Default: five minutes.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        rate_limit: float,
        burst_limit: int,
        default_endpoint: bool,
        cloudwatch_role: bool,
        execution_log: bool,
        encryption_key: kms.IKey | None,
        log_retention: logs.RetentionDays,
        web_acl: aws_wafv2.IWebACLRef | None,
        stage_name: str = "live",
        variables: Mapping[str, str] | None = None,
        cache_size: str | None = None,
        cache_ttl: Duration | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.access_log = logs.LogGroup(
            self,
            "AccessLog",
            retention=log_retention,
            encryption_key=encryption_key,
            removal_policy=RemovalPolicy.RETAIN,
        )
        levels = apigateway.MethodLoggingLevel
        self.api = apigateway.RestApi(
            self,
            "Api",
            # CloudWatch tells the metrics of APIs apart by their names.
            rest_api_name=Names.unique_resource_name(self, max_length=128, separator="-"),
            description=description,
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            disable_execute_api_endpoint=not default_endpoint,
            cloud_watch_role=cloudwatch_role,
            cloud_watch_role_removal_policy=RemovalPolicy.RETAIN if cloudwatch_role else None,
            deploy_options=apigateway.StageOptions(
                stage_name=stage_name,
                variables=dict(variables) if variables else None,
                cache_cluster_enabled=True if cache_size else None,
                cache_cluster_size=cache_size,
                caching_enabled=True if cache_size else None,
                cache_data_encrypted=True if cache_size else None,
                cache_ttl=(cache_ttl or Duration.minutes(5)) if cache_size else None,
                access_log_destination=apigateway.LogGroupLogDestination(self.access_log),
                access_log_format=apigateway.AccessLogFormat.custom(json.dumps(_ACCESS_LOG)),
                data_trace_enabled=False,
                logging_level=levels.ERROR if execution_log else levels.OFF,
                metrics_enabled=True,
                throttling_rate_limit=rate_limit,
                throttling_burst_limit=burst_limit,
                tracing_enabled=True,
            ),
        )
        # CDK's output would be one more name that nobody asked for.
        self.api.node.try_remove_child("Endpoint")
        self.stage = self.api.deployment_stage
        self._answer_by_itself()
        self._filter(web_acl)
        if cloudwatch_role:
            Validations.of(self.api).acknowledge(
                Acknowledgment(
                    id="AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
                    "AmazonAPIGatewayPushToCloudWatchLogs]",
                    reason="API Gateway has one role for the logs of all APIs of an account and Region, and this is "
                    "the policy that AWS documents for it.",
                )
            )
        if not execution_log:
            Validations.of(self.stage).acknowledge(
                Acknowledgment(
                    id="AwsSolutions::AwsSolutions-APIG6",
                    reason="The access log has each request with its outcome; the execution log, whose group has no "
                    "retention until it is first written, is an option for finding faults.",
                )
            )

    def _answer_by_itself(self) -> None:
        types = apigateway.ResponseType
        for construct_id, kind in (("ClientErrors", types.DEFAULT_4_XX), ("ServerErrors", types.DEFAULT_5_XX)):
            self.api.add_gateway_response(
                construct_id,
                type=kind,
                templates={
                    "application/json": '{"message": $context.error.messageString, "requestId": "$context.requestId"}'
                },
            )
        # API Gateway's own message names the caller's principal and the API's ARN.
        self.api.add_gateway_response(
            "AccessDenied",
            type=types.ACCESS_DENIED,
            templates={"application/json": '{"message": "Forbidden", "requestId": "$context.requestId"}'},
        )

    def _filter(self, web_acl: aws_wafv2.IWebACLRef | None) -> None:
        if web_acl is not None:
            wafv2.CfnWebACLAssociation(
                self,
                "WebAcl",
                resource_arn=self.stage.stage_arn,
                web_acl_arn=web_acl.web_acl_ref.web_acl_arn,
            )
            return
        Validations.of(self.stage).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-APIG3",
                reason="Which requests to filter is known to who owns the API: a web ACL is passed in. Every request "
                "is authorized, throttled and validated without one.",
            )
        )
