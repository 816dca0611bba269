"""A REST API that hands every method and path to one backend."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval
from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from patterns.api.proxy_api.cors import answer_preflights
from patterns.building_blocks.rest_api.api import RestApi
from patterns.building_blocks.rest_api.replacement import follow_replacement
from patterns.building_blocks.signature import checked

AnswerTimeout = Annotated[Duration, Interval(ge=timedelta(seconds=1), le=timedelta(seconds=29))]
"""How long a backend may take to answer.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"""

Integrate = Callable[[str, Sequence[str] | None, Mapping[str, str]], apigateway.Integration]
"""Makes an integration of the path below the backend, the cache's key parameters and the request's parameters."""


class ProxyApi(RestApi):
    """A REST API that hands every method and path to one backend.

    Attributes:
        url (str): The URL below which it answers.
    """

    url: str

    @checked
    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone call the API, with any method and path.

        Args:
            grantee: Who may.

        Returns:
            The grant.

        Raises:
            ValueError: If the API does not ask AWS IAM who may call it.
        """
        return self._grant(grantee, self._every_method_arn())

    def _every_method_arn(self) -> str:
        return self.api.arn_for_execute_api("*", "/*", self._stage.stage_name)

    def _hand_over(
        self,
        integrate: Integrate,
        *,
        called: Sequence[IConstruct],
        backend: str,
        cache_key_parameters: Sequence[str],
        cors_origins: Sequence[str] = (),
    ) -> None:
        """Add the methods of the root and of every path below it."""
        keys = [f"method.request.{parameter}" for parameter in cache_key_parameters]
        for resource, path in ((self.api.root, ""), (self.api.root.add_resource("{proxy+}"), "{proxy}")):
            inside = ["method.request.path.proxy"] if path else []
            passed = {one.replace("method.", "integration.", 1): one for one in inside}
            self._add_method(
                resource,
                "ANY",
                integrate(path, [*inside, *keys] or None, passed),
                request_parameters={**dict.fromkeys(inside, True), **dict.fromkeys(keys, False)},
            )
            if cors_origins:
                answer_preflights(resource, cors_origins)
        Validations.of(self.api).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-APIG2",
                reason=f"Every method and path goes to the {backend}, so there is no one model to check bodies "
                f"against: the {backend} validates what it is given.",
            )
        )
        for one in called:
            follow_replacement(self.api, one)
        self.url = self._url("/")
