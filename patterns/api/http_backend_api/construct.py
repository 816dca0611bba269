"""An API in front of an HTTP backend."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from aws_cdk import Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct

from patterns.api.http_backend_api.arguments import check_headers, check_load_balancer, check_url, port_of
from patterns.api.http_backend_api.backend import Backend
from patterns.api.http_backend_api.stage_rewrite import rewrite_stage
from patterns.api.http_backend_api.vpc_link import VpcLink
from patterns.api.proxy_api.api import AnswerTimeout, ProxyApi
from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.arguments import check_range
from patterns.building_blocks.bounds import Known
from patterns.building_blocks.domain_name import DomainName
from patterns.building_blocks.rest_api.access import Authorization, Callers, DailyQuota
from patterns.building_blocks.rest_api.exposure import BurstLimit, Exposure, RateLimit
from patterns.building_blocks.rest_api.front import Logging
from patterns.building_blocks.rest_api.stage import CacheKeyParameters, CacheSize, CacheTtl, Stage, StageName
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked

# The caller's identity as API Gateway verified it.
_CALLER: dict[Authorization, str] = {
    "iam": "context.identity.userArn",
    "cognito": "context.authorizer.claims.sub",
    "function": "context.authorizer.principalId",
    "api_key": "context.identity.apiKeyId",
}


class HttpBackendApi(ProxyApi):
    """Put an API in front of an HTTP backend: a load balancer in a VPC, or any host.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        url: Where the backend answers: "https://orders.example.com" or "https://orders.example.com/v1". Its host must
            be on the backend's certificate, also behind `load_balancer`; with that, "http://" speaks HTTP in the VPC.
        load_balancer: A load balancer that is reached by a VPC link; its security group is opened to the link, at the
            port of `url`. Default: none, the backend is reached over the internet.
        timeout: How long the backend may take to answer. Default: 29 seconds.
        headers: Headers that every request to the backend gets, whatever the client sent. Default: none.
        caller_header: The header that tells the backend who called, whatever the client sent. Default: "X-Caller".
        forward_authorization: Whether the backend is given the client's token with authorization="cognito" or
            "function". Default: False.
        client_certificate: Whether API Gateway proves itself to the backend by a certificate of its own, which lasts a
            year. Default: False.
        stage_name: The stage. Default: "live".
        cache_size: The size of an encrypted cache of answers to GET in GB, "0.5" to "237". Default: no cache.
        cache_ttl: How long an answer is cached. Default: five minutes, with a cache.
        cache_key_parameters: What else than the path tells answers apart: "header.NAME" or "querystring.NAME". An
            answer is the same for all callers unless what tells them apart is named. Default: nothing else.
        authorization: "iam" for requests signed with AWS credentials, "cognito" for tokens of a user pool, "function"
            for a function that decides, "api_key" for a key, which tells callers apart but proves little.
            Default: "iam".
        user_pools: Whose tokens are good. Required with authorization="cognito".
        authorization_scopes: What a token must allow. Default: nothing in particular.
        authorizer_function: What decides on a request with an Authorization header; its answer holds for five minutes.
            Required with authorization="function".
        api_key: The key that callers send as X-API-Key. Default: a new one, with authorization="api_key".
        daily_quota: Requests a day with the key. Default: no limit.
        rate_limit: Requests a second, more are answered 429. Default: 100.
        burst_limit: Requests at one moment, more are answered 429. Default: 200.
        latency_threshold: The latency of the slowest hundredth of requests that is too long.
            Default: 5 seconds.
        web_acl: An AWS WAF web ACL that filters requests. Default: none.
        domain_name: A domain name of one's own; API Gateway's own is then turned off. Default: API Gateway's own.
        certificate: The certificate of the domain name. Required with `domain_name`.
        hosted_zone: Where the domain name's records are made. Default: nowhere.
        encryption_key: The key that encrypts the access log. Default: a key that CloudWatch Logs owns.
        cloudwatch_role: Whether to set the role with which API Gateway writes logs in this account and Region; there is
            one for all APIs. Default: True; False where it is set already.
        execution_log: Whether API Gateway logs its own errors, without request data. Default: no.
        log_retention: How long logs are kept. Default: one month.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        api (apigateway.RestApi): The API.
        url (str): Where it answers.
        vpc_link (VpcLink | None): How the load balancer is reached.
        access_log (logs.LogGroup): What came and how it was answered, without bodies.
        api_key (apigateway.IApiKey | None): The key that callers send, if one is needed.
        domain (apigateway.DomainName | None): The domain of one's own.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/private-integration.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        url: str,
        load_balancer: elbv2.IApplicationLoadBalancer | None = None,
        timeout: Annotated[AnswerTimeout, Known("its time in milliseconds")] | None = None,
        headers: Mapping[str, str] | None = None,
        caller_header: str = "X-Caller",
        forward_authorization: bool = False,
        client_certificate: bool = False,
        stage_name: StageName = "live",
        cache_size: CacheSize | None = None,
        cache_ttl: CacheTtl | None = None,
        cache_key_parameters: CacheKeyParameters = (),
        authorization: Authorization = "iam",
        user_pools: Sequence[cognito.IUserPool] = (),
        authorization_scopes: Sequence[str] = (),
        authorizer_function: lambda_.IFunction | None = None,
        api_key: apigateway.IApiKey | None = None,
        daily_quota: DailyQuota | None = None,
        rate_limit: RateLimit = 100,
        burst_limit: BurstLimit = 200,
        latency_threshold: Annotated[AnswerTimeout, Known("the threshold in milliseconds")] | None = None,
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
        check_url(url, private=load_balancer is not None)
        check_load_balancer(load_balancer)
        check_headers(headers, caller_header)
        if forward_authorization and authorization not in ("cognito", "function"):
            raise ValueError(
                f"forward_authorization needs authorization='cognito' or 'function', got {authorization!r}"
            )
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        super().__init__(
            scope,
            construct_id,
            description="In front of an HTTP backend",
            callers=Callers(authorization, user_pools, authorization_scopes, authorizer_function, api_key, daily_quota),
            exposure=Exposure(rate_limit, burst_limit, web_acl, domain_name, certificate, hosted_zone),
            logging=Logging(cloudwatch_role, execution_log),
            settings=settings,
            stage=Stage(stage_name, cache_size, cache_ttl, cache_key_parameters),
        )

        self._stage_name = stage_name
        self._pass_bytes_as_they_are()
        self.vpc_link: VpcLink | None = None
        if load_balancer is not None:
            self.vpc_link = VpcLink(self, "VpcLink", load_balancer=load_balancer, port=port_of(url))
        backend = Backend(
            url.rstrip("/"),
            timeout or Duration.seconds(29),
            self._constants(headers or {}, caller_header, forward_authorization=forward_authorization),
            # The older interface of the CDK takes the id of either kind of link.
            None
            if self.vpc_link is None
            else apigateway.VpcLink.from_vpc_link_id(self, "Link", self.vpc_link.vpc_link_id),
        )
        called = [] if self.vpc_link is None or load_balancer is None else [load_balancer, self.vpc_link]
        self._hand_over(
            backend.integration, called=called, backend="backend", cache_key_parameters=cache_key_parameters
        )
        if load_balancer is not None:
            self._target(load_balancer)
        if client_certificate:
            self._present_certificate()
        self._watch(latency_threshold or Duration.seconds(5))

    @checked
    def take_stage_off(
        self,
        listener: elbv2.IApplicationListener,
        target_groups: Sequence[elbv2.IApplicationTargetGroup],
        *,
        priority: int = 1,
    ) -> elbv2.CfnListenerRule:
        """Let the load balancer take the stage's name off the path, which API Gateway leaves there behind a VPC link.

        Args:
            listener: The load balancer's listener at the port of `url`.
            target_groups: Where the backend answers; of several, each gets an equal part.
            priority: The rule's place among the listener's, 1 to 50,000. Default: 1.

        Returns:
            The listener's rule.

        Raises:
            ValueError: If there is no load balancer, no target group, or no such place.
        """
        if self.vpc_link is None:
            raise ValueError("listener needs load_balancer: over the internet no stage is in the path")
        if not 1 <= len(target_groups) <= 5:
            raise ValueError(f"target_groups must be 1 to 5, got {len(target_groups)}")
        check_range("priority", priority, 1, 50_000)
        return rewrite_stage(
            self,
            "StageOff",
            stage_name=self._stage_name,
            listener=listener,
            target_groups=target_groups,
            priority=priority,
        )

    def _pass_bytes_as_they_are(self) -> None:
        # Otherwise API Gateway takes every body for UTF-8, and spoils the ones that are not.
        resource = self.api.node.default_child
        assert isinstance(resource, apigateway.CfnRestApi)
        resource.binary_media_types = ["*/*"]

    def _constants(
        self, headers: Mapping[str, str], caller_header: str, *, forward_authorization: bool
    ) -> dict[str, str]:
        """The headers that every request to the backend gets, whatever the client sent."""
        authorization = self._callers.authorization
        constants = {caller_header: _CALLER[authorization]}
        if not forward_authorization and authorization in ("cognito", "function"):
            constants["Authorization"] = "'removed'"
        if authorization == "api_key":
            constants["X-API-Key"] = "'removed'"
        return constants | {name: f"'{value}'" for name, value in headers.items()}

    def _target(self, load_balancer: elbv2.IApplicationLoadBalancer) -> None:
        for method in self.api.methods:
            resource = method.node.default_child
            assert isinstance(resource, apigateway.CfnMethod)
            resource.add_property_override("Integration.IntegrationTarget", load_balancer.load_balancer_arn)
        deployment = self.api.latest_deployment
        assert deployment is not None
        # An override is not in the deployment's hash by itself, and would not reach the stage.
        deployment.add_to_logical_id({"target": Stack.of(self).resolve(load_balancer.load_balancer_arn)})

    def _present_certificate(self) -> None:
        stage = self._stage.node.default_child
        assert isinstance(stage, apigateway.CfnStage)
        stage.client_certificate_id = apigateway.CfnClientCertificate(
            self, "ClientCertificate", description=f"Proves {self.node.path} to its backend"
        ).ref

    def _watch(self, slow: Duration) -> None:
        self._alarm(
            "ServerErrors",
            metric=self._stage.metric_server_error(statistic="Sum", period=FIVE_MINUTES),
            description="Requests were answered with a status from 500: the backend failed, or was not reached in "
            "time; integrationStatus in the access log says which.",
        )
        self._alarm(
            "Slow",
            metric=self._stage.metric_integration_latency(statistic="p99", period=FIVE_MINUTES),
            threshold=slow.to_milliseconds(),
            evaluation_periods=3,
            description="The backend has been slow for a quarter of an hour: look at its own load and logs.",
        )
