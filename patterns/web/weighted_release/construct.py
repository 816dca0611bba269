"""Two versions of an application behind one load balancer, and the weight between them."""

from datetime import timedelta
from typing import Annotated

from annotated_types import Interval
from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_wafv2 as wafv2
from constructs import Construct

from patterns.building_blocks.alarms import alarm
from patterns.building_blocks.domain_name import HostName
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc_of_subnets import check_targets_of
from patterns.web.load_balancing.edge_front import EdgeFront
from patterns.web.load_balancing.https_front import HttpsFront
from patterns.web.load_balancing.https_load_balancer import HttpsLoadBalancer
from patterns.web.networking.application_network import ApplicationNetwork, Subnets, check_network
from patterns.web.weighted_release.arguments import (
    INTERVAL,
    STEPS,
    ErrorThreshold,
    Release,
    RollbackAlarms,
    StepInterval,
    Steps,
    check_release,
)
from patterns.web.weighted_release.example_version import ExampleVersion
from patterns.web.weighted_release.target_kind import FUNCTION, OTHER, has_health, kind_of
from patterns.web.weighted_release.weight_shift import WeightShift


class WeightedRelease(Construct):
    """Shift traffic from one version of an application to the next by weight, and back when an alarm goes off.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        stable: The target group of the version that serves. Default: an example function's.
        candidate: The target group of the version that is to take over. Default: an example function's.
        release: The name of the release that the candidate is; a new name begins a new shift. Default: none, all weight
            stays with `stable`.
        steps: The candidate's weights in percent, each above the one before.
            Default: 10, 50, 100.
        step_interval: The time between two steps. Default: 10 minutes.
        error_threshold: Failures of one kind in a minute by the candidate that send all weight back:
            answers with a status from 500, failed functions, refused connections. Default: 1.
        rollback_alarms: Alarms on metrics that send all weight back too. Default: none.
        stickiness: How long a client stays with the version that it first met; shifting back moves
            only new clients then. Default: not at all.
        certificate: The certificate of the name that clients use, in the same Region. Required unless `domain_name`
            and `hosted_zone` are given. Default: one is made for that name, in that zone.
        domain_name: The name that clients use. Default: none; whoever owns the name points it at the load balancer.
        hosted_zone: The Route 53 zone of that name, which gets an alias record. Default: none.
        web_acl: An AWS WAF web ACL that filters requests. Default: none.
        edge: Amazon CloudFront before the load balancer, which is internal then; needs `domain_name`, whose records
            lead to CloudFront. Default: none; clients reach the load balancer.
        vpc: The VPC of the targets, with public subnets in two zones. Default: a new one with public subnets alone,
            which is right for functions.
        public_subnets: The public subnets of `vpc` for the load balancer, one in each of two zones or more.
            Default: the first in each zone.
        encryption_key: The key that encrypts logs, state and failed events; its policy must let CloudWatch Logs use
            it. Default: keys that AWS owns.
        log_retention: How long logs of function and flows are kept. Default: one month.
        deletion_protection: Whether deleting the load balancer is refused. Default: True.
        alarm_topic: The topic that alarms notify. Default: none; the alarms only change state.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        balancer (HttpsLoadBalancer): The load balancer with its listeners and access logs.
        stable (elbv2.ApplicationTargetGroup): The target group of the version that serves.
        candidate (elbv2.ApplicationTargetGroup): The target group of the version that is to take over.
        shift (WeightShift): The function that sets the weights, with its table and dead letters.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stable: elbv2.ApplicationTargetGroup | None = None,
        candidate: elbv2.ApplicationTargetGroup | None = None,
        release: Release | None = None,
        steps: Steps = STEPS,
        step_interval: StepInterval | None = None,
        error_threshold: ErrorThreshold = 1,
        rollback_alarms: RollbackAlarms = (),
        stickiness: Annotated[Duration, Interval(ge=timedelta(seconds=1), le=timedelta(days=7))] | None = None,
        certificate: acm.ICertificate | None = None,
        domain_name: HostName | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        web_acl: wafv2.IWebACLRef | None = None,
        edge: EdgeFront | None = None,
        vpc: ec2.IVpc | None = None,
        public_subnets: Subnets | None = None,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        deletion_protection: bool = True,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        if stable is not None and stable is candidate:
            raise ValueError("candidate must be another target group than stable, got the same")
        check_targets_of(vpc, {"stable": stable, "candidate": candidate})
        check_release(steps, rollback_alarms)
        front = HttpsFront(
            certificate=certificate, domain_name=domain_name, hosted_zone=hosted_zone, web_acl=web_acl, edge=edge
        )
        front.check(scope)
        check_network(vpc, public_subnets, runs_inside=False, edge=edge is not None)
        super().__init__(scope, construct_id)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)

        network = ApplicationNetwork(
            self, vpc, settings, public_subnets=public_subnets, runs_inside=False, edge=edge is not None
        )
        self.vpc: ec2.IVpc = network.vpc
        self.balancer = HttpsLoadBalancer(
            self, "Balancer", network=network, front=front, deletion_protection=deletion_protection, settings=settings
        )
        examples: list[cloudwatch.Alarm] = []

        def example(construct_id: str) -> elbv2.ApplicationTargetGroup:
            made = ExampleVersion(self, construct_id, settings=settings, edge=edge is not None)
            examples.extend(made.alarms)
            return made.targets

        self.stable = stable or example("Stable")
        self.candidate = candidate or example("Candidate")
        # The template says the same of every release, so that CloudFormation never touches what the function set.
        self.balancer.listener.add_action(
            "Weighted",
            action=elbv2.ListenerAction.weighted_forward(
                [
                    elbv2.WeightedTargetGroup(target_group=self.stable, weight=100),
                    elbv2.WeightedTargetGroup(target_group=self.candidate, weight=0),
                ],
                stickiness_duration=stickiness,
            ),
        )
        guards = self._guards(self.candidate, error_threshold, alarm_topic)
        self.shift = WeightShift(
            self,
            "Shift",
            release=release,
            steps=steps,
            interval=step_interval or INTERVAL,
            target={
                "listener": self.balancer.listener.listener_arn,
                "stable": self.stable.target_group_arn,
                "candidate": self.candidate.target_group_arn,
                "stickiness": stickiness.to_seconds() if stickiness else 0,
            },
            permissions=[
                iam.PolicyStatement(
                    actions=["elasticloadbalancing:ModifyListener"], resources=[self.balancer.listener.listener_arn]
                )
            ],
            alarms=[*guards, *rollback_alarms],
            settings=settings,
        )
        self.alarms: list[cloudwatch.Alarm] = [
            *network.alarms,
            *self.balancer.alarms,
            *guards,
            *self._watch_stable(self.stable, alarm_topic),
            *self.shift.alarms,
            *examples,
        ]

    def _guards(
        self, candidate: elbv2.ApplicationTargetGroup, threshold: int, topic: sns.ITopic | None
    ) -> list[cloudwatch.Alarm]:
        metrics, minute, kind = candidate.metrics, Duration.minutes(1), kind_of(candidate)
        failures = {
            "Errors": (
                metrics.http_code_target(elbv2.HttpCodeTarget.TARGET_5XX_COUNT, statistic="Sum", period=minute),
                "The candidate answered 5xx",
            ),
            # These two are answered 502 by the load balancer, and are no answer of the target's. A load balancer counts
            # the one of functions alone, and the other of everything else.
            "InvalidAnswers": (
                metrics.custom("LambdaUserError", statistic="Sum", period=minute),
                "The candidate is a function, and failed",
            ),
            "ConnectionErrors": (
                metrics.target_connection_error_count(statistic="Sum", period=minute),
                "The load balancer could not connect to the candidate",
            ),
            # A version that hangs, or closes connections, is answered for by the load balancer: its 502 and 504 are
            # counted for no target group.
            "Unanswered": (
                self.balancer.load_balancer.metrics.http_code_elb(
                    elbv2.HttpCodeElb.ELB_5XX_COUNT, statistic="Sum", period=minute
                ),
                "The load balancer itself answered 5xx, for the candidate or for the stable version",
            ),
        }
        never = {FUNCTION: "ConnectionErrors", OTHER: "InvalidAnswers", None: ""}[kind]
        return [
            *(
                alarm(
                    self,
                    f"Candidate{name}",
                    metric=metric,
                    threshold=threshold,
                    description=f"{what}: all weight goes back to the stable version.",
                    topic=topic,
                )
                for name, (metric, what) in failures.items()
                if name != never
            ),
            *self._watch_health(
                candidate,
                "CandidateUnhealthy",
                2,
                "A target of the candidate fails its health check: all weight goes back to the stable version.",
                topic,
            ),
        ]

    def _watch_stable(self, stable: elbv2.ApplicationTargetGroup, topic: sns.ITopic | None) -> list[cloudwatch.Alarm]:
        return [
            alarm(
                self,
                "StableErrors",
                metric=stable.metrics.http_code_target(
                    elbv2.HttpCodeTarget.TARGET_5XX_COUNT, statistic="Sum", period=Duration.minutes(5)
                ),
                description="The stable version answered 5xx: read its log.",
                topic=topic,
            ),
            *self._watch_health(
                stable,
                "StableUnhealthy",
                5,
                "A target of the stable version has failed its health check for five minutes.",
                topic,
            ),
        ]

    def _watch_health(
        self,
        group: elbv2.ApplicationTargetGroup,
        construct_id: str,
        minutes: int,
        description: str,
        topic: sns.ITopic | None,
    ) -> list[cloudwatch.Alarm]:
        """None for functions that are not asked whether they are well, of which there is no metric."""
        if not has_health(group):
            return []
        return [
            alarm(
                self,
                construct_id,
                metric=group.metrics.unhealthy_host_count(statistic="Maximum", period=Duration.minutes(1)),
                evaluation_periods=minutes,
                description=description,
                topic=topic,
            )
        ]
