"""An API that only VPC endpoints reach, answered by a function."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Len, Unit
from aws_cdk import Aws
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.api.private_api.endpoint import RANGE, api_endpoint, check_endpoint, isolated_vpc
from patterns.api.private_api.naming import private_domain
from patterns.api.proxy_api.api import AnswerTimeout, ProxyApi
from patterns.api.proxy_api.function_backend import answering_function, invocation, let_invoke
from patterns.building_blocks.account_id import AccountId
from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.bounds import Known
from patterns.building_blocks.domain_name import DomainName, check_public_name
from patterns.building_blocks.function_settings import warn_of_late_answers
from patterns.building_blocks.lambda_function import EnvironmentVariables, FunctionMemory
from patterns.building_blocks.ready_function import check_function
from patterns.building_blocks.rest_api.access import Authorization, Callers, DailyQuota
from patterns.building_blocks.rest_api.exposure import BurstLimit, Exposure, RateLimit
from patterns.building_blocks.rest_api.front import Logging
from patterns.building_blocks.rest_api.private import PrivateAccess
from patterns.building_blocks.same_region import check_certificate
from patterns.building_blocks.security_group import MOST_RULES
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked

EXAMPLE = Path(__file__).parent / "handler"


class PrivateApi(ProxyApi):
    """Answer requests that come by VPC endpoints of one's own, and by no other way.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        vpc: The VPC that an endpoint is made in. Default: a new one of two zones, without a way to the internet; none
            is made with `endpoints`.
        subnets: Where the endpoint's network interfaces are. Default: a private subnet of each zone.
        endpoints: Endpoints of API Gateway that are there already, of this account. Default: one is made.
        other_endpoints: Endpoints that are let in too, such as those of other accounts. Default: none.
        other_accounts: Accounts whose roles may call, if their own policies let them, and whose endpoints may be
            associated with the domain name. Default: none.
        clients: Who may connect to the endpoint that is made. Default: the whole VPC.
        private_dns: Whether the names of all APIs of the Region lead to the endpoint that is made, for the whole VPC:
            public ones are then not reached from there. Default: False; the API has a name of its own there.
        function: A ready function. Default: one is made, of `code` or as an example.
        code: The code of a function to make. Default: an example that answers with what was asked for.
        handler: The function in `code`: "module.function". Required with `code`.
        runtime: The runtime of `code`. Default: the catalog's Python.
        environment: Environment variables of a function that is made. Default: none.
        memory: Memory of a function that is made. Default: 256 MiB.
        timeout: How long an answer of a function that is made may take. Default: 29 seconds.
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
        domain_name: A private domain name of one's own, which the endpoints may use. Default: API Gateway's own name.
        certificate: The certificate of the domain name. Required with `domain_name`.
        hosted_zone: The private zone in which the domain name leads to the endpoint that is made. Default: none.
        encryption_key: The key that encrypts logs and environment. Default: keys that AWS owns.
        cloudwatch_role: Whether to set the role with which API Gateway writes logs in this account and Region; there is
            one for all APIs. Default: True; False where it is set already.
        execution_log: Whether API Gateway logs its own errors, without request data. Default: no.
        log_retention: How long logs are kept. Default: one month.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        api (apigateway.RestApi): The API.
        url (str): Where it answers, from within the VPC.
        vpc (ec2.IVpc | None): The VPC of the endpoint that is made.
        endpoint (ec2.InterfaceVpcEndpoint | None): The endpoint that is made.
        function (lambda_.IFunction): What answers.
        access_log (logs.LogGroup): What came and how it was answered, without bodies.
        api_key (apigateway.IApiKey | None): The key that callers send, if one is needed.
        private_domain (apigateway.CfnDomainNameV2 | None): The private domain name of one's own.
        domain (apigateway.DomainName | None): None: a private API has a `private_domain` instead.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc | None = None,
        subnets: ec2.SubnetSelection | None = None,
        endpoints: Sequence[ec2.IInterfaceVpcEndpoint] = (),
        other_endpoints: Sequence[ec2.IInterfaceVpcEndpoint] = (),
        other_accounts: Annotated[
            Sequence[AccountId], Len(0, 100), Unit("accounts"), Known("the policy of the API")
        ] = (),
        clients: Annotated[Sequence[ec2.IConnectable], Len(0, MOST_RULES), Unit("clients")] = (),
        private_dns: bool = False,
        function: lambda_.IFunction | None = None,
        code: lambda_.Code | None = None,
        handler: str | None = None,
        runtime: lambda_.Runtime | None = None,
        environment: EnvironmentVariables | None = None,
        memory: FunctionMemory | None = None,
        timeout: AnswerTimeout | None = None,
        authorization: Authorization = "iam",
        user_pools: Sequence[cognito.IUserPool] = (),
        authorization_scopes: Sequence[str] = (),
        authorizer_function: lambda_.IFunction | None = None,
        api_key: apigateway.IApiKey | None = None,
        daily_quota: DailyQuota | None = None,
        rate_limit: RateLimit = 100,
        burst_limit: BurstLimit = 200,
        domain_name: DomainName | None = None,
        certificate: acm.ICertificate | None = None,
        hosted_zone: route53.IPrivateHostedZone | None = None,
        encryption_key: kms.IKey | None = None,
        cloudwatch_role: bool = True,
        execution_log: bool = False,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        of_function = {"runtime": runtime, "environment": environment, "memory": memory, "timeout": timeout}
        check_function(function, code, handler, of_function)
        _check_endpoints(
            endpoints,
            {"vpc": vpc, "subnets": subnets, "clients": list(clients) or None, "private_dns": private_dns or None},
        )
        check_endpoint(scope, vpc, subnets, private_dns=private_dns)
        _check_accounts(other_accounts, authorization, domain_name)
        _check_name(scope, domain_name, certificate, hosted_zone, endpoints)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        self.vpc: ec2.IVpc | None = None
        self.endpoint: ec2.InterfaceVpcEndpoint | None = None

        def private(inside: Construct) -> PrivateAccess:
            if not endpoints:
                self.vpc = vpc or isolated_vpc(inside, settings)
                self.endpoint = api_endpoint(
                    inside,
                    self.vpc,
                    subnets=subnets,
                    private_dns=private_dns,
                    clients=clients,
                    range_of_vpc=RANGE if vpc is None else None,
                )
            own = list(endpoints) if self.endpoint is None else [self.endpoint]
            self._access = PrivateAccess(own, other_endpoints, authorization == "iam", other_accounts)
            return self._access

        super().__init__(
            scope,
            construct_id,
            description="Answers by a function, to VPC endpoints",
            callers=Callers(authorization, user_pools, authorization_scopes, authorizer_function, api_key, daily_quota),
            exposure=Exposure(rate_limit, burst_limit, None, None, None, None),
            logging=Logging(cloudwatch_role, execution_log),
            settings=settings,
            private=private,
        )
        warn_of_late_answers(self, "function", function)
        self.function = function or self._answer(code, handler, of_function, settings)
        self._hand_over(self._invoke, called=[self.function], backend="function", cache_key_parameters=())
        let_invoke(self, self.function, self._every_method_arn())
        self.private_domain: apigateway.CfnDomainNameV2 | None = None
        self.url = self._own_url()
        if domain_name is not None and certificate is not None:
            self.private_domain = private_domain(
                self,
                domain_name,
                certificate=certificate,
                hosted_zone=hosted_zone,
                access=self._access,
                stage=self._stage,
            )
            self.url = f"https://{domain_name}/"
        self._alarm(
            "ServerErrors",
            metric=self._stage.metric_server_error(statistic="Sum", period=FIVE_MINUTES),
            description="Requests were answered with a status from 500: read the function's log and the access log.",
        )

    def _answer(
        self, code: lambda_.Code | None, handler: str | None, of_function: Mapping[str, Any], settings: Settings
    ) -> lambda_.Function:
        made = answering_function(
            self,
            code=code,
            handler=handler,
            of_function=of_function,
            example=EXAMPLE,
            example_handler="private_answers.index.handler",
            settings=settings,
        )
        self.alarms += made.alarms
        return made.function

    def _invoke(
        self, path: str, cache_key_parameters: Sequence[str] | None, parameters: Mapping[str, str]
    ) -> apigateway.Integration:
        del path  # The event has it.
        return invocation(self.function, cache_key_parameters, parameters)

    def _own_url(self) -> str:
        """The name that AWS makes for an API at each of its endpoints: it needs no private DNS.

        Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-test-invoke-url.html
        """
        endpoint = self._access.endpoints[0].vpc_endpoint_id
        return f"https://{self.api.rest_api_id}-{endpoint}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}/{self._stage.stage_name}/"


def _check_endpoints(endpoints: Sequence[ec2.IInterfaceVpcEndpoint], of_made: Mapping[str, object]) -> None:
    for argument, value in of_made.items():
        if endpoints and value is not None:
            raise ValueError(f"{argument} must not be given with endpoints: none is made")


def _check_accounts(accounts: Sequence[str], authorization: str, domain_name: str | None) -> None:
    if accounts and authorization != "iam" and domain_name is None:
        raise ValueError(
            f"other_accounts needs authorization='iam' or domain_name, got {authorization!r}: others are let in by "
            "other_endpoints alone"
        )


def _check_name(
    scope: Construct,
    domain_name: str | None,
    certificate: acm.ICertificate | None,
    hosted_zone: route53.IHostedZone | None,
    endpoints: Sequence[ec2.IInterfaceVpcEndpoint],
) -> None:
    check_public_name(domain_name, certificate, hosted_zone)
    check_certificate(scope, certificate)
    if hosted_zone is not None and endpoints:
        raise ValueError("hosted_zone must not be given with endpoints: records lead to the endpoint that is made")
