"""How API Gateway calls an HTTP backend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway


@dataclass(frozen=True, slots=True)
class Backend:
    """An HTTP backend.

    Attributes:
        url: Its URL, without a slash at the end.
        timeout: How long it may take to answer.
        headers: The headers that every request gets, as API Gateway's mapping expressions.
        vpc_link: The VPC link that reaches it; None: over the internet.
    """

    url: str
    timeout: Duration
    headers: Mapping[str, str]
    vpc_link: apigateway.IVpcLink | None

    def integration(
        self, path: str, cache_key_parameters: Sequence[str] | None, parameters: Mapping[str, str]
    ) -> apigateway.Integration:
        """Make the integration of a path below the backend's URL.

        Args:
            path: The path: "{proxy}", or nothing.
            cache_key_parameters: The request's parameters that tell cached answers apart.
            parameters: The request's parameters that the path takes.

        Returns:
            The integration.
        """
        return apigateway.Integration(
            type=apigateway.IntegrationType.HTTP_PROXY,
            integration_http_method="ANY",
            uri=f"{self.url}/{path}",
            options=apigateway.IntegrationOptions(
                timeout=self.timeout,
                connection_type=apigateway.ConnectionType.VPC_LINK if self.vpc_link else None,
                vpc_link=self.vpc_link,
                cache_key_parameters=cache_key_parameters,
                request_parameters={
                    **parameters,
                    **{f"integration.request.header.{name}": value for name, value in self.headers.items()},
                },
            ),
        )
