"""An API behind Amazon CloudFront, which caches its answers and is the only way to it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Interval, MultipleOf
from aws_cdk import Acknowledgment, Aws, Duration, Validations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct

from patterns.api.edge_cached_api.origin_key import HEADER, OriginKey
from patterns.api.proxy_api.api import AnswerTimeout, ProxyApi
from patterns.api.proxy_api.function_backend import answering_function, invocation, let_invoke
from patterns.building_blocks.alarms import FIVE_MINUTES, MetricPeriod
from patterns.building_blocks.arguments import check_known
from patterns.building_blocks.bounds import Known
from patterns.building_blocks.domain_name import DomainName
from patterns.building_blocks.edge_distribution import (
    CookieNames,
    EdgeCache,
    EdgeDistribution,
    EdgeName,
    HeaderNames,
    LongestTime,
    PathPatterns,
    QueryNames,
    TimeInCache,
)
from patterns.building_blocks.function_settings import warn_of_late_answers
from patterns.building_blocks.lambda_function import EnvironmentVariables, FunctionMemory
from patterns.building_blocks.ready_function import check_function
from patterns.building_blocks.rest_api.access import Callers
from patterns.building_blocks.rest_api.exposure import BurstLimit, Exposure, RateLimit
from patterns.building_blocks.rest_api.front import Logging
from patterns.building_blocks.rest_api.stage import CacheSize, CacheTtl, Stage
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked

EXAMPLE = Path(__file__).parent / "handler"
Authorization = Literal["none", "cognito", "function"]
Rotation = Annotated[
    Duration,
    Interval(ge=timedelta(days=1), le=timedelta(days=365)),
    MultipleOf(timedelta(days=1)),
    Known("the schedule"),
]


class EdgeCachedApi(Construct):
    """Answer requests near callers, from a cache that never gives one caller what another was answered.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        function: A ready function. Default: one is made, of `code` or as an example.
        code: The code of a function to make. Default: an example that answers with what was asked for.
        handler: The function in `code`: "module.function". Required with `code`.
        runtime: The runtime of `code`. Default: the catalog's Python.
        environment: Environment variables of a function that is made. Default: none.
        memory: Memory of a function that is made. Default: 256 MiB.
        timeout: How long an answer of a function that is made may take. Default: 29 seconds.
        authorization: "none" for what is public, "cognito" for tokens of a user pool, "function" for a function that
            decides. Default: "none"; CloudFront alone reaches the API in any case.
        user_pools: Whose tokens are good. Required with authorization="cognito".
        authorization_scopes: What a token must allow. Default: nothing in particular.
        authorizer_function: What decides on a request with an Authorization header; its answer holds for five minutes.
            Required with authorization="function".
        key_headers: Headers that tell cached answers apart and reach the function, such as "Accept-Language".
            `Authorization` always does. Default: none beside it.
        key_cookies: Cookies that do. Default: none.
        key_queries: Query parameters that do. Default: all.
        usual_time: How long an answer is kept that says nothing of it. Default: not at all.
        longest_time: How long one is kept at most, whatever it says. Default: one day.
        error_time: How long an error is kept that says nothing of it. Default: not at all; CloudFront's own is ten
            seconds.
        uncached_paths: Paths that are never cached and see all of a request, such as `/orders/*`. Default: none.
        stage_cache_size: The size of an encrypted cache of the API's stage behind CloudFront's in GB, "0.5" to "237".
            Default: none.
        stage_cache_ttl: How long it keeps an answer to a GET. Default: five minutes, with a size.
        rotate_every: How often the key that CloudFront sends to the API is rotated. Default: every 30 days.
        rate_limit: Requests a second that CloudFront may send, more are answered 429. Default: 100.
        burst_limit: Requests at one moment. Default: 200.
        web_acl: An AWS WAF web ACL of CloudFront, which filters requests. Default: none.
        domain_name: A domain name of one's own. Default: CloudFront's own.
        certificate: The certificate of the domain name, in us-east-1. Required with `domain_name`.
        hosted_zone: Where the domain name's records are made. Default: nowhere.
        encryption_key: The key that encrypts the secret, logs and environment. Default: keys that AWS owns.
        cloudwatch_role: Whether to set the role with which API Gateway writes logs in this account and Region; there is
            one for all APIs. Default: True; False where it is set already.
        execution_log: Whether API Gateway logs its own errors, without request data. Default: no.
        log_retention: How long logs are kept. Default: one month.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        api (apigateway.RestApi): The API.
        distribution (cloudfront.Distribution): The distribution before it.
        url (str): Where it answers.
        function (lambda_.IFunction): What answers.
        secret (secretsmanager.Secret): The key that CloudFront sends to the API.
        rotation_function (lambda_.Function): What rotates it.
        access_log (logs.LogGroup): What reached the API and how it was answered, without bodies.
        edge_logs (s3.Bucket): What reached CloudFront.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-the-cache-key.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction | None = None,
        code: lambda_.Code | None = None,
        handler: str | None = None,
        runtime: lambda_.Runtime | None = None,
        environment: EnvironmentVariables | None = None,
        memory: FunctionMemory | None = None,
        timeout: AnswerTimeout | None = None,
        authorization: Authorization = "none",
        user_pools: Sequence[cognito.IUserPool] = (),
        authorization_scopes: Sequence[str] = (),
        authorizer_function: lambda_.IFunction | None = None,
        key_headers: HeaderNames = (),
        key_cookies: CookieNames = (),
        key_queries: QueryNames | None = None,
        usual_time: TimeInCache | None = None,
        longest_time: LongestTime | None = None,
        error_time: TimeInCache | None = None,
        uncached_paths: PathPatterns = (),
        stage_cache_size: CacheSize | None = None,
        stage_cache_ttl: CacheTtl | None = None,
        rotate_every: Rotation | None = None,
        rate_limit: RateLimit = 100,
        burst_limit: BurstLimit = 200,
        web_acl: aws_wafv2.IWebACLRef | None = None,
        domain_name: DomainName | None = None,
        certificate: acm.ICertificate | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        encryption_key: kms.IKey | None = None,
        cloudwatch_role: bool = True,
        execution_log: bool = False,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        of_function = {"runtime": runtime, "environment": environment, "memory": memory, "timeout": timeout}
        check_function(function, code, handler, of_function)
        cache = EdgeCache(
            headers=key_headers,
            cookies=key_cookies,
            queries=key_queries,
            usual_time=usual_time or Duration.seconds(0),
            longest_time=longest_time or Duration.days(1),
            error_time=error_time or Duration.seconds(0),
            uncached_paths=uncached_paths,
        )
        _check_stage_cache(cache, stage_cache_size, stage_cache_ttl)
        name = EdgeName(domain_name=domain_name, certificate=certificate, hosted_zone=hosted_zone, web_acl=web_acl)
        name.check()
        _callers(authorization, user_pools, authorization_scopes, authorizer_function, None)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        super().__init__(scope, construct_id)
        key = OriginKey(self, "OriginKey", settings=settings)
        self.secret: secretsmanager.Secret = key.secret
        origin = _Origin(
            self,
            "Origin",
            function=function,
            code=code,
            handler=handler,
            of_function=of_function,
            callers=_callers(authorization, user_pools, authorization_scopes, authorizer_function, key.api_key),
            exposure=Exposure(rate_limit, burst_limit, None, None, None, None),
            logging=Logging(cloudwatch_role, execution_log),
            stage=Stage(cache_size=stage_cache_size, cache_ttl=stage_cache_ttl),
            stage_key=_stage_key(cache) if stage_cache_size else (),
            settings=settings,
        )
        self.api: apigateway.RestApi = origin.api
        self.function: lambda_.IFunction = origin.function
        self.access_log: logs.LogGroup = origin.access_log
        front = EdgeDistribution(
            self,
            "Edge",
            origin=_edge_origin(self.api, key),
            cache=cache,
            name=name,
        )
        self.distribution: cloudfront.Distribution = front.distribution
        self.edge_logs: s3.Bucket = front.access_logs
        self.url = front.url
        self._origin = origin
        self.rotation_function, of_rotation = key.rotate(origin.plan, front, rotate_every or Duration.days(30))
        self.alarms: list[cloudwatch.Alarm] = [*origin.alarms, *of_rotation]

    @checked
    def grant_invalidate(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone empty the caches: invalidate paths at CloudFront, and flush the stage's.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        granted = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"],
            resource_arns=[self.distribution.distribution_arn],
        )
        if not self._origin.has_stage_cache:
            return granted
        stage = self.api.deployment_stage.stage_name
        caches = f"arn:{Aws.PARTITION}:apigateway:{Aws.REGION}::/restapis/{self.api.rest_api_id}/stages/{stage}/cache"
        return granted.combine(
            iam.Grant.add_to_principal(grantee=grantee, actions=["apigateway:DELETE"], resource_arns=[f"{caches}/data"])
        )

    @checked
    def metric_requests(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """Count the requests that reach the API: those that no cache at the edge answered.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in requests.
        """
        return self._origin.metric_requests(period=period)


class _Origin(ProxyApi):
    """The API behind the distribution: each request needs the distribution's key."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction | None,
        code: lambda_.Code | None,
        handler: str | None,
        of_function: Mapping[str, Any],
        callers: Callers,
        exposure: Exposure,
        logging: Logging,
        stage: Stage,
        stage_key: Sequence[str],
        settings: Settings,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            description="Answers by a function, to one distribution",
            callers=callers,
            exposure=exposure,
            logging=logging,
            settings=settings,
            stage=stage,
        )
        self.has_stage_cache = stage.cache_size is not None
        assert self._plan is not None, "each request needs a key"
        self.plan: apigateway.UsagePlan = self._plan
        self.function: lambda_.IFunction
        if function is not None:
            warn_of_late_answers(self, "function", function)
            self.function = function
        else:
            made = answering_function(
                self,
                code=code,
                handler=handler,
                of_function=of_function,
                example=EXAMPLE,
                example_handler="edge_answers.index.handler",
                settings=settings,
            )
            self.function = made.function
            self.alarms += made.alarms
        self._hand_over(self._invoke, called=[self.function], backend="function", cache_key_parameters=stage_key)
        let_invoke(self, self.function, self._every_method_arn())
        if callers.authorization == "api_key":
            Validations.of(self.api).acknowledge(
                *(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=_PUBLIC) for rule in ("APIG4", "COG4"))
            )
        self._alarm(
            "ServerErrors",
            metric=self._stage.metric_server_error(statistic="Sum", period=FIVE_MINUTES),
            description="Requests were answered with a status from 500: read the function's log and the access log.",
        )

    def _invoke(
        self, path: str, cache_key_parameters: Sequence[str] | None, parameters: Mapping[str, str]
    ) -> apigateway.Integration:
        del path  # The event has it.
        return invocation(self.function, cache_key_parameters, parameters)


_PUBLIC = (
    "What is answered is public: it is cached for all. The API itself takes requests of its distribution alone, which "
    "sends a key that is kept in a secret and rotated."
)


def _callers(
    authorization: Authorization,
    user_pools: Sequence[cognito.IUserPool],
    authorization_scopes: Sequence[str],
    authorizer_function: lambda_.IFunction | None,
    api_key: apigateway.IApiKey | None,
) -> Callers:
    return Callers(
        authorization="api_key" if authorization == "none" else authorization,
        user_pools=user_pools,
        authorization_scopes=authorization_scopes,
        authorizer_function=authorizer_function,
        api_key=api_key,
        daily_quota=None,
        fronted=True,
    )


def _edge_origin(api: apigateway.RestApi, key: OriginKey) -> cloudfront.IOrigin:
    # Not `RestApiOrigin`, which leaves the ports out: the rotation gets the configuration and puts it back whole.
    return origins.HttpOrigin(
        f"{api.rest_api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}",
        origin_path=f"/{api.deployment_stage.stage_name}",
        protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
        http_port=80,
        https_port=443,
        custom_headers={HEADER: key.reference},
    )


def _check_stage_cache(cache: EdgeCache, size: str | None, ttl: Duration | None) -> None:
    if size is None:
        if ttl is not None:
            raise ValueError("stage_cache_ttl needs stage_cache_size: without one nothing is cached")
        return
    if cache.queries is None:
        raise ValueError(
            "stage_cache_size needs key_queries: the stage's cache tells answers apart by named ones alone"
        )
    if cache.uncached_paths:
        raise ValueError("uncached_paths must not be given with stage_cache_size: the stage's cache knows no paths")
    for argument, names in (("key_headers", cache.headers), ("key_queries", cache.queries)):
        for one in names:
            check_known(argument, one, "the parameters of methods")


def _stage_key(cache: EdgeCache) -> list[str]:
    """What tells the stage's answers apart: what reaches it."""
    headers = ["Authorization", *cache.headers, *(["Cookie"] if cache.cookies else [])]
    return [*(f"header.{one}" for one in headers), *(f"querystring.{one}" for one in cache.queries or ())]
