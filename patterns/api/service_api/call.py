"""How API Gateway calls an AWS service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCall:
    """One action of a service, and the templates of its request and answers.

    Attributes:
        service: The service's name in API Gateway's integrations.
        path: The path that is called; None: `action`.
        action: The action that is called; None: `path`.
        region: The Region of the service; None: the API's own.
        headers: The headers of each call.
        request_template: The call made from a request.
        accepted_template: The answer to a call that was accepted.
        refused_template: The answer to a call that was refused.
        unavailable_template: The answer while the service fails.
        statements: What the API's role may do: this call, and nothing else.
        statuses: The statuses that these templates answer.
    """

    service: str
    path: str | None = None
    action: str | None = None
    region: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    request_template: str
    accepted_template: str
    refused_template: str
    unavailable_template: str
    statements: Sequence[iam.PolicyStatement]
    statuses: Sequence[str]

    def integration(self, role: iam.IRole, content_types: Sequence[str]) -> apigateway.AwsIntegration:
        """Make the integration of a method.

        Args:
            role: The role that API Gateway assumes.
            content_types: The media types that are taken.

        Returns:
            The integration.
        """
        return apigateway.AwsIntegration(
            service=self.service,
            region=self.region,
            path=self.path,
            action=self.action,
            integration_http_method="POST",
            options=apigateway.IntegrationOptions(
                credentials_role=role,
                # A body whose type has no template must not reach the service as it is, where it could be any call.
                passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
                request_parameters={
                    f"integration.request.header.{name}": value for name, value in self.headers.items()
                },
                request_templates=dict.fromkeys(content_types, self.request_template),
                integration_responses=[
                    _response("202", self.accepted_template, "2\\d{2}"),
                    _response("400", self.refused_template, "4\\d{2}"),
                    _response("503", self.unavailable_template),
                ],
            ),
        )


def _response(status: str, template: str, pattern: str | None = None) -> apigateway.IntegrationResponse:
    return apigateway.IntegrationResponse(
        status_code=status, selection_pattern=pattern, response_templates={"application/json": template}
    )
