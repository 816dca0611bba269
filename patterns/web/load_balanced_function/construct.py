"""A load balancer, and a function behind it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from annotated_types import Interval, Unit
from aws_cdk import Duration, Token
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_wafv2 as wafv2
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES, MetricPeriod, alarm
from patterns.building_blocks.bounds import Known
from patterns.building_blocks.domain_name import HostName
from patterns.building_blocks.lambda_function import (
    PYTHON,
    EnvironmentVariables,
    FunctionMemory,
    FunctionTimeout,
    LambdaFunction,
)
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.ready_function import check_function
from patterns.building_blocks.same_region import check_here
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.web.load_balanced_function.arguments import LARGEST, AliasName, Payload
from patterns.web.load_balanced_function.managed_rules import ManagedWebAcl
from patterns.web.load_balancing.edge_front import EdgeFront
from patterns.web.load_balancing.function_target import alias_of, function_targets, idle_timeout_for
from patterns.web.load_balancing.https_front import HttpsFront
from patterns.web.load_balancing.https_load_balancer import HttpsLoadBalancer
from patterns.web.load_balancing.target_group import HealthCheckPath
from patterns.web.networking.application_network import ApplicationNetwork, Subnets, check_network


class LoadBalancedFunction(Construct):
    """Serve a web application from a function behind a load balancer.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        certificate: The certificate of the name that clients use, in the same Region. Required unless `domain_name`
            and `hosted_zone` are given. Default: one is made for that name, in that zone.
        domain_name: The name that clients use. Default: none; whoever owns the name points it at the load balancer.
        hosted_zone: The Route 53 zone of that name, which gets an alias record. Default: none.
        web_acl: An AWS WAF web ACL that filters requests. Default: one with AWS's managed rules.
        edge: Amazon CloudFront before the load balancer, which is internal then; needs `domain_name`, whose records
            lead to CloudFront. Default: none; clients reach the load balancer.
        managed_rules: Whether a web ACL with AWS's managed rules is made where none is given. Default: True.
        vpc: An existing VPC with public subnets in two zones. Default: a new one with two, and nothing else in it.
        public_subnets: The public subnets of `vpc` for the load balancer, one in each of two zones or more.
            Default: the first in each zone.
        function: A ready function, version or alias. A function of the same app gets an alias of its newest version;
            anything else is invoked as it is, and in another account its owner must permit that. Default: one is made,
            of `code` or as an example.
        code: The code of a function to make. Default: an example that answers with what was asked for.
        handler: The function in `code`: "module.function". Required with `code`.
        runtime: The runtime of `code`. Default: the catalog's Python.
        environment: Environment variables of a function that is made. Default: none.
        memory: Memory of a function that is made. Default: 256 MiB.
        timeout: How long an answer of a function that is made may take. Default: 30 seconds.
        reserved_concurrency: The most requests at one time to a function that is made; more are answered
            502. Default: no limit of its own.
        alias_name: The alias of the version that answers. Default: "live".
        multi_value_headers: Whether headers and query parameters that repeat all reach the function, in
            `multiValueHeaders` and `multiValueQueryStringParameters`, in which form it must also answer. Default: True.
        health_check_path: The path that answers 200 while the application can serve. Default: "/".
        health_check_interval: The time between two checks, each an invocation, which may take 30 seconds. Default: 35
            seconds.
        largest_request: The largest body that clients send. Default: 1 MiB.
        largest_response: The largest answer that the function gives, with its headers, in JSON. Default: 1 MiB.
        encryption_key: The key that encrypts logs and environment; its policy must let CloudWatch Logs use it.
            Default: keys that AWS owns.
        log_retention: How long logs of function and flows are kept. Default: one month.
        deletion_protection: Whether deleting the load balancer is refused. Default: True.
        alarm_topic: The topic that alarms notify. Default: none; the alarms only change state.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        balancer (HttpsLoadBalancer): The load balancer with its listeners and access logs.
        web_acl (wafv2.IWebACLRef | None): The web ACL that filters requests.
        function (lambda_.IFunction): The function that answers.
        alias (lambda_.Alias | None): The version that answers; None for a function that is imported, an alias or a
            version.
        targets (elbv2.ApplicationTargetGroup): The alias, as the load balancer sees it.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        certificate: acm.ICertificate | None = None,
        domain_name: HostName | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        web_acl: wafv2.IWebACLRef | None = None,
        edge: EdgeFront | None = None,
        managed_rules: bool = True,
        vpc: ec2.IVpc | None = None,
        public_subnets: Subnets | None = None,
        function: lambda_.IFunction | None = None,
        code: lambda_.Code | None = None,
        handler: str | None = None,
        runtime: lambda_.Runtime | None = None,
        environment: EnvironmentVariables | None = None,
        memory: FunctionMemory | None = None,
        timeout: FunctionTimeout | None = None,
        reserved_concurrency: Annotated[int, Interval(ge=1, le=1000), Unit("requests")] | None = None,
        alias_name: AliasName = "live",
        multi_value_headers: bool = True,
        health_check_path: HealthCheckPath = "/",
        health_check_interval: Annotated[
            Duration, Interval(ge=timedelta(seconds=35), le=timedelta(minutes=5)), Known("the interval in milliseconds")
        ]
        | None = None,
        largest_request: Payload | None = None,
        largest_response: Payload | None = None,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        deletion_protection: bool = True,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        front = HttpsFront(
            certificate=certificate, domain_name=domain_name, hosted_zone=hosted_zone, web_acl=web_acl, edge=edge
        )
        front.check(scope)
        check_network(vpc, public_subnets, runs_inside=False, edge=edge is not None)
        of_function = {"runtime": runtime, "environment": environment, "memory": memory, "timeout": timeout}
        check_here(scope, function=function)
        check_function(function, code, handler, {**of_function, "reserved_concurrency": reserved_concurrency})
        del largest_response  # Its bound is checked, and that is all: the load balancer itself refuses larger ones.
        super().__init__(scope, construct_id)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)

        network = ApplicationNetwork(
            self, vpc, settings, public_subnets=public_subnets, runs_inside=False, edge=edge is not None
        )
        self.vpc: ec2.IVpc = network.vpc
        managed = ManagedWebAcl(self, "ManagedRules", settings=settings) if managed_rules and web_acl is None else None
        self.web_acl = web_acl if managed is None else managed.resource
        front = replace(front, web_acl=self.web_acl)
        self.balancer = HttpsLoadBalancer(
            self,
            "Balancer",
            network=network,
            front=front,
            deletion_protection=deletion_protection,
            settings=settings,
            idle_timeout=idle_timeout_for(timeout, function),
        )
        refused = [] if managed is None else [managed.alarm]
        self.alarms: list[cloudwatch.Alarm] = [*network.alarms, *self.balancer.alarms, *refused]

        if function is not None:
            self.function: lambda_.IFunction = function
        else:
            architecture = lambda_.Architecture.ARM_64
            example = Path(__file__).parent / "handler"
            most = (largest_request or LARGEST).to_bytes()
            bounds = {
                "HEALTH_CHECK_PATH": health_check_path,
                "LARGEST_REQUEST": Token.as_string(most) if Token.is_unresolved(most) else str(int(most)),
            }
            made = LambdaFunction(
                self,
                "Answer",
                description="Answers requests of a load balancer",
                code=code or python_code(self, example, runtime=PYTHON, architecture=architecture),
                handler=handler or "balanced_handler.index.handler",
                runtime=runtime,
                architecture=architecture,
                memory=memory,
                timeout=timeout or Duration.seconds(30),
                environment={**({} if code else bounds), **(environment or {})},
                settings=settings,
                reserved_concurrency=reserved_concurrency,
            )
            made.acknowledge_no_dead_letter_configuration(
                "The load balancer invokes it synchronously and tells the client of a failure: no event is "
                "left that could be kept."
            )
            self.function = made.function
            self.alarms += made.alarms
        self.alias = alias_of(self, self.function, alias_name)
        self.targets = function_targets(
            self,
            self.alias or self.function,
            multi_value_headers=multi_value_headers,
            health_check_path=health_check_path,
            health_check_interval=health_check_interval or Duration.seconds(35),
            edge=edge is not None,
        )
        self.balancer.listener.add_target_groups("Targets", target_groups=[self.targets])
        self.alarms += self._watch(alarm_topic)

    @checked
    def metric_requests(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """Count the requests that the function was asked to answer.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in requests.
        """
        return self.targets.metrics.request_count(statistic="Sum", period=period or FIVE_MINUTES)

    def _watch(self, topic: sns.ITopic | None) -> list[cloudwatch.Alarm]:
        metrics = self.targets.metrics
        return [
            alarm(
                self,
                "ServerErrors",
                metric=metrics.http_code_target(
                    elbv2.HttpCodeTarget.TARGET_5XX_COUNT, statistic="Sum", period=FIVE_MINUTES
                ),
                description="The function answered 5xx: read its log.",
                topic=topic,
            ),
            alarm(
                self,
                "InvalidAnswers",
                metric=metrics.custom("LambdaUserError", statistic="Sum", period=FIVE_MINUTES),
                description="The function failed, timed out, or answered what is no answer or more than 1 MB, and the "
                "client got 502: read its log, and error_reason in the load balancer's.",
                topic=topic,
            ),
            alarm(
                self,
                "InvocationErrors",
                metric=metrics.custom("LambdaInternalError", statistic="Sum", period=FIVE_MINUTES),
                description="AWS Lambda failed to run the function: if it lasts, look at the health of the Region.",
                topic=topic,
            ),
            alarm(
                self,
                "Unhealthy",
                metric=metrics.unhealthy_host_count(statistic="Maximum", period=Duration.minutes(1)),
                evaluation_periods=5,
                description="The function has failed its health check for five minutes: read its log.",
                topic=topic,
            ),
        ]
