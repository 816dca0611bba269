"""An API whose requests a function answers, released version by version."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct

from patterns.api.proxy_api.api import AnswerTimeout, ProxyApi
from patterns.api.proxy_api.cors import Origins, error_headers
from patterns.building_blocks.domain_name import DomainName
from patterns.building_blocks.function_settings import warn_of_late_answers
from patterns.building_blocks.lambda_function import PYTHON, EnvironmentVariables, FunctionMemory, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.ready_function import check_function
from patterns.building_blocks.rest_api.access import Authorization, Callers, DailyQuota
from patterns.building_blocks.rest_api.exposure import BurstLimit, Exposure, RateLimit
from patterns.building_blocks.rest_api.front import Logging
from patterns.building_blocks.rest_api.stage import CacheKeyParameters, CacheSize, CacheTtl, Stage, StageName
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.version_release import check_hooks, check_owner, kept_version, note_alias, shift_traffic

EXAMPLE = Path(__file__).parent / "handler"


class FunctionApi(ProxyApi):
    """Answer requests with a function, whose new versions take over bit by bit and go back when an alarm goes off.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        function: A ready function, which needs no version or alias. Default: one is made, of `code` or as an example.
        code: The code of a function to make. Default: an example that answers with what was asked for.
        handler: The function in `code`: "module.function". Required with `code`.
        runtime: The runtime of `code`. Default: the catalog's Python.
        environment: Environment variables of a function that is made. Default: none.
        memory: Memory of a function that is made. Default: 256 MiB.
        timeout: How long an answer of a function that is made may take. Default: 29 seconds.
        stage_name: The stage, its variable `alias` and the function's alias, which that points to. Default: "live".
        gradual_release: Whether AWS CodeDeploy shifts traffic to a new version bit by bit. Default: True.
        deployment_config: How much traffic is shifted when. Default: 10 percent, and the rest after five minutes.
        before_traffic: A function of this stack that checks a new version before it is given traffic. Default: none.
        after_traffic: A function of this stack that checks it once it has all traffic. Default: none.
        cache_size: The size of an encrypted cache of answers to GET in GB, "0.5" to "237". Default: no cache.
        cache_ttl: How long an answer is cached. Default: five minutes, with a cache.
        cache_key_parameters: What else than the path tells answers apart: "header.NAME" or "querystring.NAME". An
            answer is the same for all callers unless what tells them apart is named. Default: nothing else.
        cors_origins: Origins whose pages may call the API from a browser; preflights are answered without
            authorization. The function's own answers need the header Access-Control-Allow-Origin too. Default: none.
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
        web_acl: An AWS WAF web ACL that filters requests. Default: none.
        domain_name: A domain name of one's own; API Gateway's own is then turned off. Default: API Gateway's own.
        certificate: The certificate of the domain name. Required with `domain_name`.
        hosted_zone: Where the domain name's records are made. Default: nowhere.
        encryption_key: The key that encrypts logs and environment. Default: keys that AWS owns.
        cloudwatch_role: Whether to set the role with which API Gateway writes logs in this account and Region; there is
            one for all APIs. Default: True; False where it is set already.
        execution_log: Whether API Gateway logs its own errors, without request data. Default: no.
        log_retention: How long logs are kept. Default: one month.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        api (apigateway.RestApi): The API.
        url (str): Where it answers.
        function (lambda_.Function): What answers.
        alias (lambda_.Alias): The version, or two of them during a release, that answers.
        release (codedeploy.LambdaDeploymentGroup | None): What shifts traffic between versions.
        access_log (logs.LogGroup): What came and how it was answered, without bodies.
        api_key (apigateway.IApiKey | None): The key that callers send, if one is needed.
        domain (apigateway.DomainName | None): The domain of one's own.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.Function | None = None,
        code: lambda_.Code | None = None,
        handler: str | None = None,
        runtime: lambda_.Runtime | None = None,
        environment: EnvironmentVariables | None = None,
        memory: FunctionMemory | None = None,
        timeout: AnswerTimeout | None = None,
        stage_name: StageName = "live",
        gradual_release: bool = True,
        deployment_config: codedeploy.ILambdaDeploymentConfig | None = None,
        before_traffic: lambda_.IFunction | None = None,
        after_traffic: lambda_.IFunction | None = None,
        cache_size: CacheSize | None = None,
        cache_ttl: CacheTtl | None = None,
        cache_key_parameters: CacheKeyParameters = (),
        cors_origins: Origins = (),
        authorization: Authorization = "iam",
        user_pools: Sequence[cognito.IUserPool] = (),
        authorization_scopes: Sequence[str] = (),
        authorizer_function: lambda_.IFunction | None = None,
        api_key: apigateway.IApiKey | None = None,
        daily_quota: DailyQuota | None = None,
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
        check_owner(scope, function, stage_name, whose="API", argument="stage_name")
        hooks = {"before_traffic": before_traffic, "after_traffic": after_traffic}
        for argument, value in {"deployment_config": deployment_config, **hooks}.items():
            if value is not None and not gradual_release:
                raise ValueError(f"{argument} needs gradual_release: without it all traffic is shifted at once")
        check_hooks(scope, hooks, whose="API")
        stage = Stage(stage_name, cache_size, cache_ttl, cache_key_parameters, {"alias": stage_name})
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        super().__init__(
            scope,
            construct_id,
            description="Answers by a function",
            callers=Callers(authorization, user_pools, authorization_scopes, authorizer_function, api_key, daily_quota),
            exposure=Exposure(rate_limit, burst_limit, web_acl, domain_name, certificate, hosted_zone),
            logging=Logging(cloudwatch_role, execution_log),
            settings=settings,
            stage=stage,
            error_headers=error_headers(cors_origins),
        )

        if function is not None:
            warn_of_late_answers(self, "function", function)
            self.function = function
        else:
            architecture = lambda_.Architecture.ARM_64
            made = LambdaFunction(
                self,
                "Answer",
                description="Answers requests",
                code=code or python_code(self, EXAMPLE, runtime=PYTHON, architecture=architecture),
                handler=handler or "api_handler.index.handler",
                runtime=runtime,
                architecture=architecture,
                memory=memory,
                timeout=timeout or Duration.seconds(29),
                environment=environment,
                settings=settings,
            )
            made.acknowledge_no_dead_letter_configuration(
                "API Gateway invokes it synchronously and tells the caller of a failure: no event is left "
                "that could be kept."
            )
            self.function = made.function
            self.alarms += made.alarms
        self.alias = lambda_.Alias(self, "Alias", alias_name=stage_name, version=kept_version(self.function))
        note_alias(self.function, stage_name)
        self._hand_over(
            self._invoke,
            called=[self.function],
            backend="function",
            cache_key_parameters=cache_key_parameters,
            cors_origins=cors_origins,
        )
        self._let_invoke()
        bad = self._watch()
        self.release: codedeploy.LambdaDeploymentGroup | None = None
        if gradual_release:
            config = deployment_config or codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES
            self.release = shift_traffic(self, self.alias, config, before_traffic, after_traffic, bad)

    def _invoke(
        self, path: str, cache_key_parameters: Sequence[str] | None, parameters: Mapping[str, str]
    ) -> apigateway.Integration:
        del path  # The event has it.
        # The stage's variable selects the alias: https://docs.aws.amazon.com/apigateway/latest/developerguide/
        # aws-api-gateway-stage-variables-reference.html
        alias = f"{self.function.function_arn}:${{stageVariables.alias}}"
        return apigateway.AwsIntegration(
            service="lambda",
            proxy=True,
            path=f"2015-03-31/functions/{alias}/invocations",
            options=apigateway.IntegrationOptions(
                cache_key_parameters=cache_key_parameters, request_parameters=parameters or None
            ),
        )

    def _let_invoke(self) -> None:
        self.alias.add_permission(
            "Api",
            principal=iam.ServicePrincipal("apigateway.amazonaws.com"),
            source_arn=self._every_method_arn(),
        )

    def _watch(self) -> list[cloudwatch.Alarm]:
        return [
            self._alarm(
                "ServerErrors",
                metric=self._stage.metric_server_error(statistic="Sum", period=Duration.minutes(1)),
                description="Requests were answered with a status from 500: read the function's log and the access "
                "log. A release under way is rolled back.",
            ),
            self._alarm(
                "AliasErrors",
                metric=self.alias.metric_errors(statistic="Sum", period=Duration.minutes(1)),
                description="The function raised an error or timed out: read its log. A release under way is rolled "
                "back.",
            ),
        ]
