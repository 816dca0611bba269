"""A REST API with one method, whose requests an AWS service takes."""

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from patterns.api.service_api.call import ServiceCall
from patterns.api.service_api.requests import Requests
from patterns.building_blocks.alarms import FIVE_MINUTES, MetricPeriod
from patterns.building_blocks.rest_api.api import RestApi
from patterns.building_blocks.rest_api.replacement import follow_replacement
from patterns.building_blocks.signature import checked


class ServiceApi(RestApi):
    """A REST API with one method, whose requests an AWS service takes without a function between.

    Attributes:
        method (apigateway.Method): The method that takes requests.
        url (str): The URL of the method.
        role (iam.Role): The role with which API Gateway calls the service.
    """

    role: iam.Role
    method: apigateway.Method
    url: str

    @checked
    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone send requests to the API.

        Args:
            grantee: Who may.

        Returns:
            The grant.

        Raises:
            ValueError: If the API does not ask AWS IAM who may call it.
        """
        return self._grant(grantee, self.method.method_arn)

    @checked
    def metric_requests_refused(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """Count the requests that were answered with a status from 400 to 499.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in requests.
        """
        return self._stage.metric_client_error(statistic="Sum", period=period or FIVE_MINUTES)

    def _hand_over(
        self, requests: Requests, call: ServiceCall, called: IConstruct, *, role_id: str, role_description: str
    ) -> None:
        """Make the role that may make a call and nothing else, and the method that makes it of each request."""
        self.role = iam.Role(
            self,
            role_id,
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
            description=f"{role_description} for the API {self.node.path}",
        )
        for statement in call.statements:
            self.role.add_to_policy(statement)
        models = requests.models(self, self.api)
        self.method = self._add_method(
            self.api.root.resource_for_path(requests.path),
            "POST",
            call.integration(self.role, requests.content_types),
            request_models=models,
            request_validator=self.api.add_request_validator(
                "Body", validate_request_body=True, validate_request_parameters=True
            ),
            method_responses=[apigateway.MethodResponse(status_code=status) for status in call.statuses],
        )
        follow_replacement(self.api, called)
        self.url = self._url(f"/{requests.path}")
