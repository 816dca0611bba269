"""What every REST API of the catalog is: authorized, logged, traced, throttled and measured."""

from collections.abc import Callable, Mapping

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES, MetricPeriod
from patterns.building_blocks.granted_wildcard import grant_wildcard
from patterns.building_blocks.rest_api.access import Callers
from patterns.building_blocks.rest_api.exposure import Exposure
from patterns.building_blocks.rest_api.front import Front, Logging
from patterns.building_blocks.rest_api.private import PrivateAccess
from patterns.building_blocks.rest_api.stage import Stage
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked

_EVERY_METHOD = "The grant is of every method and path of one stage of one API, which hands all of them to one backend."


class RestApi(Construct):
    """A REST API whose callers are authorized, and whose stage is logged, traced, measured and throttled.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        description: What the API does; the construct's path is added.
        callers: Who may call it.
        exposure: Its limits, filter and domain name.
        logging: Its logs beside the access log.
        settings: The settings that cut across it.
        stage: Its stage. Default: "live", without a cache.
        error_headers: Headers of the errors that API Gateway answers. Default: none.
        private: Gives the endpoints that alone reach it, made below it. Default: everybody reaches it.

    Attributes:
        api (apigateway.RestApi): The API.
        access_log (logs.LogGroup): The log of its requests, without request data.
        domain (apigateway.DomainName | None): The custom domain name.
        alarms (list[cloudwatch.Alarm]): All of its alarms.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        callers: Callers,
        exposure: Exposure,
        logging: Logging,
        settings: Settings,
        stage: Stage | None = None,
        error_headers: Mapping[str, str] | None = None,
        private: Callable[[Construct], PrivateAccess] | None = None,
    ) -> None:
        exposure.check(scope)
        super().__init__(scope, construct_id)
        front = Front(
            self,
            "Front",
            description=f"{description} ({self.node.path})",
            exposure=exposure,
            logging=logging,
            stage=stage or Stage(),
            settings=settings,
            error_headers=error_headers,
            private=None if private is None else private(self),
        )
        self.api: apigateway.RestApi = front.api
        self.access_log: logs.LogGroup = front.access_log
        self._stage, self._callers, self._exposure, self._settings = front.stage, callers, exposure, settings
        self._authorizer = callers.authorizer(self, self.api)
        self.api_key: apigateway.IApiKey | None = callers.key(self)
        self._plan: apigateway.UsagePlan | None = None
        if self.api_key is not None:
            self._plan = exposure.usage_plan(self, self._stage, self.api_key, callers.daily_quota)
        self.domain: apigateway.DomainName | None = exposure.domain(self, self.api)
        self.alarms: list[cloudwatch.Alarm] = []

    @checked
    def metric_requests(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """Count all requests.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in requests.
        """
        return self._stage.metric_count(statistic="Sum", period=period or FIVE_MINUTES)

    def _url(self, path: str) -> str:
        """The URL of a path, at the custom domain name if there is one."""
        if self._exposure.domain_name is not None:
            return f"https://{self._exposure.domain_name}{path}"
        return self.api.url_for_path(path)

    def _grant(self, grantee: iam.IGrantable, method_arn: str) -> iam.Grant:
        """Let someone call methods whose callers IAM authorizes."""
        if self._callers.authorization != "iam":
            raise ValueError(f"grant_invoke needs authorization='iam', got {self._callers.authorization!r}")
        if "*" not in method_arn:
            return iam.Grant.add_to_principal(
                grantee=grantee, actions=["execute-api:Invoke"], resource_arns=[method_arn]
            )
        return grant_wildcard(grantee, ["execute-api:Invoke"], method_arn, _EVERY_METHOD)

    def _alarm(
        self,
        construct_id: str,
        *,
        metric: cloudwatch.IMetric,
        description: str,
        threshold: float = 1,
        evaluation_periods: int = 1,
    ) -> cloudwatch.Alarm:
        """Add an alarm."""
        made = self._settings.alarm(
            self,
            construct_id,
            metric=metric,
            description=description,
            threshold=threshold,
            evaluation_periods=evaluation_periods,
        )
        self.alarms.append(made)
        return made

    def _add_method(
        self,
        resource: apigateway.IResource,
        http_method: str,
        integration: apigateway.Integration,
        *,
        request_parameters: Mapping[str, bool] | None = None,
        request_models: Mapping[str, apigateway.IModel] | None = None,
        request_validator: apigateway.IRequestValidator | None = None,
        method_responses: list[apigateway.MethodResponse] | None = None,
    ) -> apigateway.Method:
        """Add a method that only authorized callers reach."""
        method = resource.add_method(
            http_method,
            integration,
            authorization_type=self._callers.authorization_type,
            authorizer=self._authorizer,
            authorization_scopes=list(self._callers.authorization_scopes) or None,
            api_key_required=self._callers.need_api_key,
            request_parameters=request_parameters or None,
            request_models=request_models,
            request_validator=request_validator,
            method_responses=method_responses,
        )
        self._callers.acknowledge_other_than_cognito(method)
        return method
