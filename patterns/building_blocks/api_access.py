"""Who may call an Amazon API Gateway REST API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from patterns.building_blocks.arguments import check_one_of, check_range

Authorization = Literal["iam", "api_key", "cognito", "function"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a method lets callers in.

    Attributes:
        authorization_type: What proves who is calling.
        authorizer: What checks the proof, unless API Gateway itself does.
        scopes: What the caller's token must allow.
        api_key_required: Whether a call must bring an API key.
    """

    authorization_type: apigateway.AuthorizationType
    authorizer: apigateway.IAuthorizer | None = None
    scopes: tuple[str, ...] = ()
    api_key_required: bool = False


def check_access(
    authorization: str,
    user_pools: Sequence[object],
    authorization_scopes: Sequence[str],
    authorizer_function: object | None,
    api_key: object | None,
    daily_quota: int | None,
) -> None:
    """Refuse an authorization that lacks what it needs, or is given what another needs.

    Raises:
        ValueError: If two arguments contradict each other.
    """
    check_one_of("authorization", authorization, get_args(Authorization))
    belongs = {
        "user_pools": (bool(user_pools), "cognito"),
        "authorization_scopes": (bool(authorization_scopes), "cognito"),
        "authorizer_function": (authorizer_function is not None, "function"),
        "api_key": (api_key is not None, "api_key"),
        "daily_quota": (daily_quota is not None, "api_key"),
    }
    for argument, (given, owner) in belongs.items():
        if given and authorization != owner:
            raise ValueError(f"{argument} needs authorization='{owner}', got {authorization!r}")
    if authorization == "cognito" and not user_pools:
        raise ValueError("user_pools must be given with authorization='cognito'")
    if authorization == "function" and authorizer_function is None:
        raise ValueError("authorizer_function must be given with authorization='function'")
    check_range("daily_quota", daily_quota, 1, 2_147_483_647, "requests")


def access(
    scope: Construct,
    authorization: Authorization,
    user_pools: Sequence[cognito.IUserPool],
    scopes: Sequence[str],
    function: lambda_.IFunction | None,
) -> Access:
    """Make what checks callers.

    Args:
        scope: Where it stands in the tree.
        authorization: Which kind.
        user_pools: Whose tokens are good, with "cognito".
        scopes: What a token must allow, with "cognito".
        function: What decides, with "function": it is given the request and its Authorization header.

    Returns:
        How the method lets callers in.
    """
    if authorization == "cognito":
        pools = apigateway.CognitoUserPoolsAuthorizer(scope, "Authorizer", cognito_user_pools=list(user_pools))
        return Access(authorization_type=apigateway.AuthorizationType.COGNITO, authorizer=pools, scopes=tuple(scopes))
    if authorization == "function":
        assert function is not None
        # Requests without the header are answered 401 before the function is asked.
        decides = apigateway.RequestAuthorizer(
            scope,
            "Authorizer",
            handler=function,
            identity_sources=[apigateway.IdentitySource.header("Authorization")],
            results_cache_ttl=Duration.minutes(5),
        )
        return Access(authorization_type=apigateway.AuthorizationType.CUSTOM, authorizer=decides)
    if authorization == "api_key":
        return Access(authorization_type=apigateway.AuthorizationType.NONE, api_key_required=True)
    return Access(authorization_type=apigateway.AuthorizationType.IAM)


def acknowledge_other_than_cognito(method: IConstruct, authorization: Authorization) -> None:
    """Acknowledge that a method is authorized, by something other than Amazon Cognito.

    An API key alone is not acknowledged: it tells callers apart, and who chooses it should see the finding.

    Args:
        method: The method.
        authorization: Which kind.
    """
    checks = {
        "iam": "Callers sign each request with AWS credentials and need a policy that lets them invoke this method.",
        "function": "A function that the owner of the API passed in authorizes each request.",
    }
    if authorization in checks:
        Validations.of(method).acknowledge(
            Acknowledgment(id="AwsSolutions::AwsSolutions-COG4", reason=checks[authorization])
        )


def usage_plan(
    scope: Construct,
    stage: apigateway.Stage,
    api_key: apigateway.IApiKey,
    rate_limit: float,
    burst_limit: int,
    daily_quota: int | None,
) -> apigateway.UsagePlan:
    """Let a key's bearer call a stage, so often and no oftener.

    Args:
        scope: Where it stands in the tree.
        stage: The stage.
        api_key: The key.
        rate_limit: Requests a second.
        burst_limit: Requests at one moment.
        daily_quota: Requests a day; None: no limit.

    Returns:
        The plan.
    """
    plan = apigateway.UsagePlan(
        scope,
        "UsagePlan",
        api_stages=[apigateway.UsagePlanPerApiStage(api=stage.rest_api, stage=stage)],
        throttle=apigateway.ThrottleSettings(rate_limit=rate_limit, burst_limit=burst_limit),
        quota=apigateway.QuotaSettings(limit=daily_quota, period=apigateway.Period.DAY) if daily_quota else None,
    )
    plan.add_api_key(api_key)
    return plan
