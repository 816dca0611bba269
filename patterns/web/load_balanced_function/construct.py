"""A load balancer, and a function behind it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from aws_cdk import Acknowledgment, Duration, Size, Token, Validations
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

from patterns.building_blocks.alarms import FIVE_MINUTES, alarm
from patterns.building_blocks.arguments import check_duration, check_memory, check_range
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.settings import Settings
from patterns.web.load_balanced_function.arguments import LARGEST, check_code, check_names, check_payloads
from patterns.web.load_balanced_function.managed_rules import managed_rules
from patterns.web.load_balancing.function_target import function_targets
from patterns.web.load_balancing.https_front import HttpsFront
from patterns.web.load_balancing.https_load_balancer import HttpsLoadBalancer
from patterns.web.networking.application_network import ApplicationNetwork
from patterns.web.networking.web_vpc import check_web_vpc


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
        managed_rules: Whether a web ACL with AWS's managed rules is made where none is given. Default: True.
        vpc: An existing VPC with public subnets in two zones. Default: a new one with two, and nothing else in it.
        function: A ready function, which needs no version or alias. Default: one is made, of `code` or as an example.
        code: The code of a function to make. Default: an example that answers with what was asked for.
        handler: The function in `code`: "module.function". Required with `code`.
        runtime: The runtime of `code`. Default: the catalog's Python.
        environment: Environment variables of a function that is made. Default: none.
        memory: Memory of a function that is made. Default: 256 MiB.
        timeout: How long an answer of a function that is made may take, 1 second to 15 minutes. Default: 30 seconds.
        reserved_concurrency: The most requests at one time to a function that is made, at most 1000; more are answered
            502. Default: no limit of its own.
        alias_name: The alias of the version that answers. Default: "live".
        multi_value_headers: Whether headers and query parameters that repeat all reach the function, in
            `multiValueHeaders` and `multiValueQueryStringParameters`, in which form it must also answer. Default: True.
        health_check_path: The path that answers 200 while the application can serve. Default: "/".
        health_check_interval: The time between two checks, each an invocation, 35 seconds to 5 minutes. Default: 35
            seconds.
        largest_request: The largest body that clients send, which must fit: at most 1 MiB. Default: 1 MiB.
        largest_response: The largest answer that the function gives, which must fit with its headers, in JSON: at most
            1 MiB. Default: 1 MiB.
        encryption_key: The key that encrypts logs and environment; its policy must let CloudWatch Logs use it.
            Default: keys that AWS owns.
        log_retention: How long logs of function and flows are kept. Default: one month.
        deletion_protection: Whether deleting the load balancer is refused. Default: True.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        balancer (HttpsLoadBalancer): The load balancer with its listeners and access logs.
        web_acl (wafv2.IWebACLRef | None): The web ACL that filters requests.
        function (lambda_.Function): What answers.
        alias (lambda_.Alias): The version that answers.
        targets (elbv2.ApplicationTargetGroup): The alias, as the load balancer sees it.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        certificate: acm.ICertificate | None = None,
        domain_name: str | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        web_acl: wafv2.IWebACLRef | None = None,
        managed_rules: bool = True,
        vpc: ec2.IVpc | None = None,
        function: lambda_.Function | None = None,
        code: lambda_.Code | None = None,
        handler: str | None = None,
        runtime: lambda_.Runtime | None = None,
        environment: Mapping[str, str] | None = None,
        memory: Size | None = None,
        timeout: Duration | None = None,
        reserved_concurrency: int | None = None,
        alias_name: str = "live",
        multi_value_headers: bool = True,
        health_check_path: str = "/",
        health_check_interval: Duration | None = None,
        largest_request: Size | None = None,
        largest_response: Size | None = None,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        deletion_protection: bool = True,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        front = HttpsFront(certificate=certificate, domain_name=domain_name, hosted_zone=hosted_zone, web_acl=web_acl)
        front.check(scope)
        check_web_vpc("vpc", vpc, private_subnets=False)
        settings = {"runtime": runtime, "environment": environment, "memory": memory, "timeout": timeout}
        check_code(function, code, handler, {**settings, "reserved_concurrency": reserved_concurrency})
        check_memory("memory", memory)
        check_duration("timeout", timeout, Duration.seconds(1), Duration.minutes(15))
        check_range("reserved_concurrency", reserved_concurrency, 1, 1000, "requests")
        check_names(alias_name, health_check_path)
        # A check of a function may take up to 30 seconds, and the next one comes only after it.
        check_duration("health_check_interval", health_check_interval, Duration.seconds(35), Duration.minutes(5))
        check_payloads(largest_request=largest_request, largest_response=largest_response)
        super().__init__(scope, construct_id)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)

        network = ApplicationNetwork(self, vpc, settings, private_subnets=False)
        self.vpc: ec2.IVpc = network.vpc
        self.web_acl = web_acl or (_managed(self) if managed_rules else None)
        front = replace(front, web_acl=self.web_acl)
        self.balancer = HttpsLoadBalancer(
            self, "Balancer", network=network, front=front, deletion_protection=deletion_protection, settings=settings
        )
        self.alarms: list[cloudwatch.Alarm] = [*network.alarms, *self.balancer.alarms]

        if function is not None:
            self.function = function
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
                encryption_key=encryption_key,
                log_retention=log_retention,
                reserved_concurrency=reserved_concurrency,
                alarm_topic=alarm_topic,
            )
            Validations.of(made.function).acknowledge(
                Acknowledgment(
                    id="Serverless::Serverless-LambdaDLQ",
                    reason="The load balancer invokes it synchronously and tells the client of a failure: no event is "
                    "left that could be kept.",
                )
            )
            self.function = made.function
            self.alarms += made.alarms
        self.alias = lambda_.Alias(self, "Alias", alias_name=alias_name, version=self.function.current_version)
        self.targets = function_targets(
            self,
            self.alias,
            multi_value_headers=multi_value_headers,
            health_check_path=health_check_path,
            health_check_interval=health_check_interval or Duration.seconds(35),
        )
        self.balancer.listener.add_target_groups("Targets", target_groups=[self.targets])
        self.alarms += self._watch(alarm_topic)

    def metric_requests(self, *, period: Duration | None = None) -> cloudwatch.Metric:
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


def _managed(scope: Construct) -> wafv2.IWebACLRef:
    # The argument of the same name hides the function within the constructor.
    return managed_rules(scope, "WebAcl")
