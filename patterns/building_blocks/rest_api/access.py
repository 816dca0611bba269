"""Who may call an Amazon API Gateway REST API, and how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval, Unit
from aws_cdk import Acknowledgment, Duration, Stack, Validations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from patterns.building_blocks.cross_stack import in_one_stack

Authorization = Literal["iam", "api_key", "cognito", "function"]
"""What proves who is calling."""

DailyQuota = Annotated[int, Interval(ge=1, le=2_147_483_647), Unit("requests")]
"""Requests a day with one key."""

_AUTHORIZATION_TYPES = {
    "iam": apigateway.AuthorizationType.IAM,
    "api_key": apigateway.AuthorizationType.NONE,
    "cognito": apigateway.AuthorizationType.COGNITO,
    "function": apigateway.AuthorizationType.CUSTOM,
}
_OTHER_THAN_COGNITO = {
    "iam": "Callers sign each request with AWS credentials and need a policy that lets them invoke this method.",
    "function": "A function that the owner of the API passed in authorizes each request.",
}


@dataclass(frozen=True, slots=True)
class Callers:
    """Who may call an API.

    Attributes:
        authorization: What proves who is calling.
        user_pools: User pools whose tokens are accepted, with "cognito".
        authorization_scopes: OAuth scopes, of which a token must have one, with "cognito".
        authorizer_function: The Lambda authorizer, with "function": it gets the request with its Authorization header.
        api_key: The key that callers send, with "api_key"; None: a new one.
        daily_quota: Requests a day with the key; None: no limit.
        identity: What a request to a Lambda authorizer must have: without it, it is answered 401 without a call of the
            function. Default: its Authorization header.
        decisions_kept: How long the answer of a Lambda authorizer holds for the same identity. Default: five minutes.
        fronted: Whether a front sends `api_key` with each request, whatever else proves who is calling. Default: no.

    Raises:
        ValueError: If the authorization lacks an argument that it needs, or gets one that belongs to another.
    """

    authorization: Authorization
    user_pools: Sequence[cognito.IUserPool]
    authorization_scopes: Sequence[str]
    authorizer_function: lambda_.IFunction | None
    api_key: apigateway.IApiKey | None
    daily_quota: int | None
    identity: str = "method.request.header.Authorization"
    decisions_kept: Duration | None = None
    fronted: bool = False

    def __post_init__(self) -> None:
        belongs = {
            "user_pools": (bool(self.user_pools), "cognito"),
            "authorization_scopes": (bool(self.authorization_scopes), "cognito"),
            "authorizer_function": (self.authorizer_function is not None, "function"),
            "api_key": (self.api_key is not None and not self.fronted, "api_key"),
            "daily_quota": (self.daily_quota is not None, "api_key"),
        }
        for argument, (given, owner) in belongs.items():
            if given and self.authorization != owner:
                raise ValueError(f"{argument} needs authorization='{owner}', got {self.authorization!r}")
        if self.authorization == "cognito" and not self.user_pools:
            raise ValueError("user_pools must be given with authorization='cognito'")
        if self.authorization == "function" and self.authorizer_function is None:
            raise ValueError("authorizer_function must be given with authorization='function'")

    @property
    def authorization_type(self) -> apigateway.AuthorizationType:
        """The authorization of each method."""
        return _AUTHORIZATION_TYPES[self.authorization]

    @property
    def need_api_key(self) -> bool:
        """Whether each request must have an API key."""
        return self.fronted or self.authorization == "api_key"

    def authorizer(self, scope: Construct, api: apigateway.IRestApi) -> apigateway.IAuthorizer | None:
        """Make the authorizer.

        Args:
            scope: Parent construct.
            api: The API.

        Returns:
            The authorizer; None where API Gateway itself checks the request.
        """
        if self.authorization == "cognito":
            return apigateway.CognitoUserPoolsAuthorizer(scope, "Authorizer", cognito_user_pools=list(self.user_pools))
        if self.authorizer_function is not None:
            return _lambda_authorizer(
                scope,
                self.authorizer_function,
                api,
                identity=self.identity,
                decisions_kept=self.decisions_kept or Duration.minutes(5),
            )
        return None

    def acknowledge_other_than_cognito(self, method: IConstruct) -> None:
        """Acknowledge that a method is authorized, by something other than Amazon Cognito.

        An API key alone is not acknowledged: it identifies callers and authorizes nobody, so its user sees the finding.

        Args:
            method: The method.
        """
        if self.authorization in _OTHER_THAN_COGNITO:
            reason = _OTHER_THAN_COGNITO[self.authorization]
            Validations.of(method).acknowledge(Acknowledgment(id="AwsSolutions::AwsSolutions-COG4", reason=reason))

    def key(self, scope: Construct) -> apigateway.IApiKey | None:
        """Make the API key, unless it exists.

        Args:
            scope: Parent construct.

        Returns:
            The key that callers send; None if they need none.
        """
        if not self.need_api_key:
            return None
        return self.api_key or apigateway.ApiKey(scope, "ApiKey", description=f"Callers of {scope.node.path}")


def _lambda_authorizer(
    scope: Construct, function: lambda_.IFunction, api: apigateway.IRestApi, *, identity: str, decisions_kept: Duration
) -> apigateway.RequestAuthorizer:
    called = function
    owned = in_one_stack(scope, function) and isinstance(function, lambda_.Function | lambda_.Alias | lambda_.Version)
    if not owned:
        # The CDK permits the call in the function's stack, which would wait for the API's, which waits for it; and
        # where the function is imported it does not permit it at all.
        called = lambda_.Function.from_function_attributes(
            scope, "AuthorizerFunction", function_arn=function.function_arn, skip_permissions=True
        )
    authorizer = apigateway.RequestAuthorizer(
        scope,
        "Authorizer",
        handler=called,
        identity_sources=[identity],
        results_cache_ttl=decisions_kept,
    )
    if not owned:
        lambda_.CfnPermission(
            scope,
            "AuthorizerMayBeCalled",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="apigateway.amazonaws.com",
            source_arn=Stack.of(scope).format_arn(
                service="execute-api",
                resource=api.rest_api_id,
                resource_name=f"authorizers/{authorizer.authorizer_id}",
            ),
        )
    return authorizer
