"""The function that keeps the name's records in step with the instances."""

from pathlib import Path

from aws_cdk import Aws, Duration, Stack, Token
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53
from constructs import Construct

from patterns.building_blocks.alarms import alarm
from patterns.building_blocks.deployed_name import unique_mark
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource
from patterns.web.instance_fleets.group_function import GroupFunction

_HANDLER = Path(__file__).parent / "handler"
LAUNCH_HOOK = "register"


class Registrar(Construct):
    """A function that registers instances which answer, and takes out those which go.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        group: The instances.
        domain_name: The name.
        hosted_zone: Its zone.
        application_port: The application's port.
        health_check_path: The path that answers 200.
        ttl: How long a resolver may keep an answer.
        fewest: How many instances should answer at least.
        settings: The retention and key of its log, and the topic of its alarms.

    Attributes:
        runs (GroupFunction): The function with what starts it.
        too_few_answer (cloudwatch.Alarm): The alarm on too few instances that answer.
        alarms (list[cloudwatch.Alarm]): Its alarms.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        group: autoscaling.AutoScalingGroup,
        domain_name: str,
        hosted_zone: route53.IHostedZone,
        application_port: int,
        health_check_path: str,
        ttl: Duration,
        fewest: int,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        # The same for as long as the construct stands where it stands.
        owner = unique_mark(self)[:20]
        # As Route 53 itself writes a name.
        name = domain_name if Token.is_unresolved(domain_name) else domain_name.lower().rstrip(".")
        self.runs = GroupFunction(
            self,
            "Runs",
            group=group,
            events_of_group=["EC2 Instance-launch Lifecycle Action", "EC2 Instance-terminate Lifecycle Action"],
            directory=_HANDLER,
            handler="registrar.index.handler",
            description="Keeps a name's records as the instances are",
            environment={
                "APPLICATION_PORT": str(application_port),
                "DOMAIN_NAME": name,
                "GROUP_NAME": group.auto_scaling_group_name,
                "HEALTH_CHECK_PATH": health_check_path,
                "HOSTED_ZONE_ID": hosted_zone.hosted_zone_id,
                "LAUNCH_HOOK": LAUNCH_HOOK,
                "OWNER": owner,
                "TTL": str(int(ttl.to_seconds())),
            },
            # A hundred instances that hang take 36 seconds, side by side; the rest is for Route 53's slow requests.
            timeout=Duration.minutes(5),
            holds="runs that did not keep the records as the instances are",
            settings=settings,
        )
        self._permit(group, name, hosted_zone)
        self.too_few_answer: cloudwatch.Alarm = alarm(
            self,
            "TooFewAnswer",
            metric=cloudwatch.Metric(
                namespace="DnsBalancedInstances",
                metric_name="Answering",
                # Not the group's name: the group's update policy names this alarm, and would wait for it.
                dimensions_map={"Owner": owner},
                statistic="Minimum",
                period=Duration.minutes(1),
            ),
            threshold=fewest,
            comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            evaluation_periods=5,
            # Without data nobody looks after the records.
            missing_data=cloudwatch.TreatMissingData.BREACHING,
            description="Too few instances have answered for five minutes, or nobody has asked: read the log.",
            topic=settings.alarm_topic,
        )
        self.alarms: list[cloudwatch.Alarm] = [self.too_few_answer, *self.runs.alarms]

    def _permit(self, group: autoscaling.AutoScalingGroup, name: str, zone: route53.IHostedZone) -> None:
        role = self.runs.function.role
        checks = Stack.of(self).format_arn(
            service="route53", region="", account="", resource="healthcheck", resource_name="*"
        )
        only_this_name = {
            "ForAllValues:StringEquals": {
                "route53:ChangeResourceRecordSetsActions": ["DELETE", "UPSERT"],
                "route53:ChangeResourceRecordSetsNormalizedRecordNames": [name],
                "route53:ChangeResourceRecordSetsRecordTypes": ["A"],
            },
            # Without it, a request that named nothing would pass.
            "Null": {"route53:ChangeResourceRecordSetsNormalizedRecordNames": "false"},
        }
        zone_arn = f"arn:{Aws.PARTITION}:route53:::hostedzone/{zone.hosted_zone_id}"
        self.runs.function.permit(
            [
                iam.PolicyStatement(
                    actions=[
                        "autoscaling:DescribeAutoScalingGroups",
                        "ec2:DescribeInstances",
                        "route53:CreateHealthCheck",
                        "route53:ListHealthChecks",
                    ],
                    resources=["*"],
                ),
                iam.PolicyStatement(actions=["route53:DeleteHealthCheck"], resources=[checks]),
                iam.PolicyStatement(actions=["route53:ListResourceRecordSets"], resources=[zone_arn]),
                iam.PolicyStatement(
                    actions=["route53:ChangeResourceRecordSets"], resources=[zone_arn], conditions=only_this_name
                ),
                iam.PolicyStatement(
                    actions=["autoscaling:CompleteLifecycleAction", "autoscaling:SetInstanceHealth"],
                    resources=[group.auto_scaling_group_arn],
                ),
            ]
        )
        acknowledge_wildcard_resource(
            role,
            checks,
            "Which ids its health checks will have is not known, and IAM has no condition on them.",
        )
        acknowledge_wildcard_resource(
            role,
            group.auto_scaling_group_arn,
            "The wildcard is the group's random id, which CloudFormation does not tell; the group's name follows it.",
        )
