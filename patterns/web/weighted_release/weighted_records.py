"""Two load balancers under one name, and the weight between their records."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import alarm
from patterns.building_blocks.domain_name import DomainName, check_in_zone
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
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
from patterns.web.weighted_release.weight_shift import WeightShift


class WeightedRecords(Construct):
    """Shift traffic from one load balancer to another by the weights of a name's records, and back by an alarm.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        domain_name: The domain name that clients use, which both load balancers' certificates must cover.
        hosted_zone: The Route 53 zone of that name, which gets two weighted records.
        stable: The load balancer of the version that serves.
        candidate: The load balancer of the version that is to take over.
        release: The name of the release that the candidate is; a new name begins a new shift. Default: none, all weight
            stays with `stable`.
        steps: The candidate's weights in percent, each above the one before.
            Default: 10, 50, 100.
        step_interval: The time between two steps. Default: 10 minutes.
        error_threshold: Answers with a status from 500 in a minute by the candidate's targets that send all weight
            back. Default: 1.
        rollback_alarms: Alarms on metrics that send all weight back too. Default: none.
        encryption_key: The key that encrypts logs, state and failed events; its policy must let CloudWatch Logs use
            it. Default: keys that AWS owns.
        log_retention: How long the function's log is kept. Default: one month.
        alarm_topic: The topic that alarms notify. Default: none; the alarms only change state.

    Attributes:
        records (dict[str, route53.CfnRecordSet]): The records of "stable" and "candidate".
        shift (WeightShift): The function that sets the weights, with its table and dead letters.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        domain_name: DomainName,
        hosted_zone: route53.IHostedZone,
        stable: elbv2.IApplicationLoadBalancer,
        candidate: elbv2.IApplicationLoadBalancer,
        release: Release | None = None,
        steps: Steps = STEPS,
        step_interval: StepInterval | None = None,
        error_threshold: ErrorThreshold = 1,
        rollback_alarms: RollbackAlarms = (),
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        if stable is candidate:
            raise ValueError("candidate must be another load balancer than stable, got the same")
        check_release(steps, rollback_alarms)
        check_in_zone(domain_name, hosted_zone)
        super().__init__(scope, construct_id)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)

        both = {"stable": stable, "candidate": candidate}
        # The full stop says that the name is whole. The template says the same of every release, so that
        # CloudFormation never touches what the function set.
        self.records = {
            which: route53.CfnRecordSet(
                self,
                which.capitalize(),
                hosted_zone_id=hosted_zone.hosted_zone_id,
                name=f"{domain_name}.",
                type="A",
                set_identifier=which,
                weight=100 if which == "stable" else 0,
                alias_target=route53.CfnRecordSet.AliasTargetProperty(
                    dns_name=one.load_balancer_dns_name,
                    hosted_zone_id=one.load_balancer_canonical_hosted_zone_id,
                    evaluate_target_health=True,
                ),
            )
            for which, one in both.items()
        }
        errors = alarm(
            self,
            "CandidateErrors",
            metric=candidate.metrics.http_code_target(
                elbv2.HttpCodeTarget.TARGET_5XX_COUNT, statistic="Sum", period=Duration.minutes(1)
            ),
            threshold=error_threshold,
            description="The candidate answered 5xx: all weight goes back to the stable version.",
            topic=alarm_topic,
        )
        unanswered = alarm(
            self,
            "CandidateUnanswered",
            metric=candidate.metrics.http_code_elb(
                elbv2.HttpCodeElb.ELB_5XX_COUNT, statistic="Sum", period=Duration.minutes(1)
            ),
            threshold=error_threshold,
            description="The candidate's load balancer itself answered 5xx: all weight goes back to the stable one.",
            topic=alarm_topic,
        )
        self.shift = WeightShift(
            self,
            "Shift",
            release=release,
            steps=steps,
            interval=step_interval or INTERVAL,
            target={
                "zone": hosted_zone.hosted_zone_id,
                "name": f"{domain_name}.",
                **{
                    which: {
                        "dns": one.load_balancer_dns_name,
                        "zone": one.load_balancer_canonical_hosted_zone_id,
                    }
                    for which, one in both.items()
                },
            },
            permissions=[_change_records(hosted_zone, domain_name)],
            alarms=[errors, unanswered, *rollback_alarms],
            settings=settings,
        )
        self.alarms: list[cloudwatch.Alarm] = [errors, unanswered, *self.shift.alarms]


def _change_records(hosted_zone: route53.IHostedZone, domain_name: str) -> iam.PolicyStatement:
    # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html
    keys = "ForAllValues:StringEquals"
    prefix = "route53:ChangeResourceRecordSets"
    return iam.PolicyStatement(
        actions=["route53:ChangeResourceRecordSets"],
        resources=[
            f"arn:{Aws.PARTITION}:route53:::hostedzone/{hosted_zone.hosted_zone_id}",
        ],
        conditions={
            keys: {
                f"{prefix}NormalizedRecordNames": [domain_name],
                f"{prefix}RecordTypes": ["A"],
                f"{prefix}Actions": ["UPSERT"],
            }
        },
    )
