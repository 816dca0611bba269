"""The REST API itself: its stage, logs and limits, and the errors that API Gateway answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Acknowledgment, Duration, Names, RemovalPolicy, Validations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct

from patterns.building_blocks.rest_api.exposure import Exposure
from patterns.building_blocks.rest_api.private import PrivateAccess
from patterns.building_blocks.rest_api.stage import Stage
from patterns.building_blocks.settings import Settings

# No request data. The only caller identity logged is the IAM principal ARN.
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


@dataclass(frozen=True, slots=True)
class Logging:
    """What API Gateway logs beside the access log.

    Attributes:
        cloudwatch_role: Whether to make the role with which API Gateway writes logs in this account and Region.
        execution_log: Whether API Gateway logs its own errors, without request data.
    """

    cloudwatch_role: bool
    execution_log: bool


class Front(Construct):
    """A regional or private REST API whose stage is logged, traced, measured and throttled.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        description: What the API is for.
        exposure: Its limits, filter and domain name; with a domain name, API Gateway's own endpoint is disabled.
        logging: Its other logs.
        stage: Its stage.
        settings: The key and the retention of its access log.
        error_headers: Headers of the errors that API Gateway answers. Default: none.
        private: The endpoints that alone reach it. Default: everybody reaches it.

    Attributes:
        api (apigateway.RestApi): The API.
        stage (apigateway.Stage): Its stage.
        access_log (logs.LogGroup): The log of its requests.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        exposure: Exposure,
        logging: Logging,
        stage: Stage,
        settings: Settings,
        error_headers: Mapping[str, str] | None = None,
        private: PrivateAccess | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.access_log = settings.log_group(self, "AccessLog")
        self.api = apigateway.RestApi(
            self,
            "Api",
            # CloudWatch tells the metrics of APIs apart by their names.
            rest_api_name=Names.unique_resource_name(self, max_length=128, separator="-"),
            description=description,
            endpoint_types=[apigateway.EndpointType.REGIONAL] if private is None else None,
            endpoint_configuration=None if private is None else private.endpoint_configuration(),
            policy=None if private is None else private.api_policy(),
            disable_execute_api_endpoint=exposure.domain_name is not None,
            cloud_watch_role=logging.cloudwatch_role,
            cloud_watch_role_removal_policy=RemovalPolicy.RETAIN if logging.cloudwatch_role else None,
            deploy_options=self._stage_options(stage, exposure, execution_log=logging.execution_log),
        )
        # CDK's output of the endpoint: examples have their own outputs.
        self.api.node.try_remove_child("Endpoint")
        self.stage = self.api.deployment_stage
        if private is not None and self.api.latest_deployment is not None:
            # A stage goes on with the policy that it was deployed with.
            self.api.latest_deployment.add_to_logical_id(private.api_policy().to_json())
        self._shape_errors(error_headers)
        self._filter(exposure.web_acl)
        self._acknowledge_findings(logging)

    def _stage_options(self, stage: Stage, exposure: Exposure, *, execution_log: bool) -> apigateway.StageOptions:
        levels = apigateway.MethodLoggingLevel
        cached = True if stage.cache_size else None
        return apigateway.StageOptions(
            stage_name=stage.stage_name,
            variables=dict(stage.variables) if stage.variables else None,
            cache_cluster_enabled=cached,
            cache_cluster_size=stage.cache_size,
            caching_enabled=cached,
            cache_data_encrypted=cached,
            cache_ttl=(stage.cache_ttl or Duration.minutes(5)) if stage.cache_size else None,
            access_log_destination=apigateway.LogGroupLogDestination(self.access_log),
            access_log_format=apigateway.AccessLogFormat.custom(json.dumps(_ACCESS_LOG)),
            data_trace_enabled=False,
            logging_level=levels.ERROR if execution_log else levels.OFF,
            metrics_enabled=True,
            throttling_rate_limit=exposure.rate_limit,
            throttling_burst_limit=exposure.burst_limit,
            tracing_enabled=True,
        )

    def _acknowledge_findings(self, logging: Logging) -> None:
        if logging.cloudwatch_role:
            Validations.of(self.api).acknowledge(
                Acknowledgment(
                    id="AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
                    "AmazonAPIGatewayPushToCloudWatchLogs]",
                    reason="API Gateway has one role for the logs of all APIs of an account and Region, and this is "
                    "the policy that AWS documents for it.",
                )
            )
        if not logging.execution_log:
            Validations.of(self.stage).acknowledge(
                Acknowledgment(
                    id="AwsSolutions::AwsSolutions-APIG6",
                    reason="The access log has each request with its outcome; the execution log, whose group has no "
                    "retention until it is first written, is an option for finding faults.",
                )
            )

    def _shape_errors(self, headers: Mapping[str, str] | None) -> None:
        types = apigateway.ResponseType
        for construct_id, kind in (("ClientErrors", types.DEFAULT_4_XX), ("ServerErrors", types.DEFAULT_5_XX)):
            self.api.add_gateway_response(
                construct_id,
                type=kind,
                response_headers=dict(headers) if headers else None,
                templates={
                    "application/json": '{"message": $context.error.messageString, "requestId": "$context.requestId"}'
                },
            )
        # API Gateway's own message names the caller's principal and the API's ARN.
        self.api.add_gateway_response(
            "AccessDenied",
            type=types.ACCESS_DENIED,
            response_headers=dict(headers) if headers else None,
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
                reason="Which requests to filter is known to who owns the API: a web ACL is passed in. Without "
                "one the methods still ask for authorization, and the stage throttles.",
            )
        )
