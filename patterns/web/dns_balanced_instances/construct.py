"""Instances with public addresses, and a name whose records follow them."""

from datetime import timedelta
from typing import Annotated

from annotated_types import Ge, Interval, Unit
from aws_cdk import Duration, Size
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.bounds import Known
from patterns.building_blocks.domain_name import HostName, check_in_zone
from patterns.building_blocks.instance_group import (
    acknowledge_notifications,
    failure_notifications,
    has_room,
    too_few_instances,
)
from patterns.building_blocks.instance_refresh import replace_by_refresh
from patterns.building_blocks.machine_image import check_image
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.web.capacity.capacity_bounds import TargetUtilization, check_capacities
from patterns.web.dns_balanced_instances.registrar import LAUNCH_HOOK, Registrar
from patterns.web.instance_fleets.instance_template import (
    InstanceTemplate,
    VolumeSize,
    check_instance_types,
    default_instance_type,
    machine_image_for,
)
from patterns.web.instance_fleets.public_server import admit_clients, user_data
from patterns.web.load_balancing.target_group import HealthCheckPath
from patterns.web.networking.application_network import ApplicationNetwork, Subnets, check_network
from patterns.web.networking.ports import PublicPort

_WARMUP = Duration.minutes(2)


class DnsBalancedInstances(Construct):
    """Serve from instances that register themselves in Amazon Route 53 as they come and go.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        domain_name: The domain name that clients use.
        hosted_zone: The public Route 53 zone of that name, in which the instances are registered.
        ttl: How long a resolver may keep an answer, and so hear nothing of an instance that fails.
            Default: 30 seconds.
        vpc: An existing VPC with public subnets. Default: a new one in two zones.
        public_subnets: The public subnets of `vpc` for the instances, one in each of two zones or more. Default: the
            first in each zone.
        application: Shell commands that install and start the application, which speaks HTTPS itself. Default: an
            example page, with a certificate that nobody vouches for.
        application_port: The port that the application listens on with HTTPS, and clients connect to.
            Default: 443.
        health_check_path: The path that answers 200 while an instance can serve. Default: "/".
        start_timeout: How long a new instance has until it answers; then it is given up for another.
            Default: 10 minutes.
        drain: How long an instance that is to go serves on after it was taken out; at least `ttl`.
            Default: 2 minutes.
        architecture: The processor. Default: ARM_64.
        instance_type: The instance type. Default: t4g.small, or t3.small for X86_64.
        machine_image: The image. Default: the newest Amazon Linux 2023.
        volume_size: The size of the root volume. Default: 8 GiB.
        min_capacity: The fewest instances. Default: 2, one in each zone.
        max_capacity: The most instances. Default: 6.
        target_utilization: How busy an instance should be, in percent of its CPU. Default: 50.
        rollback_on_alarm: Whether an update is rolled back when too few instances answer; while that alarm
            is on, AWS begins no update: say False to deploy what mends it. Default: True.
        encryption_key: The key that encrypts logs; its policy must let CloudWatch Logs use it. Default: a key of
            CloudWatch Logs.
        log_retention: How long logs are kept. Default: one month.
        alarm_topic: The topic that alarms notify. Default: none; the alarms only change state.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        group (autoscaling.AutoScalingGroup): The instances.
        role (iam.Role): The role of the instances, which may not change the records.
        security_group (ec2.SecurityGroup): The security group of the instances.
        registrar (Registrar): The function that keeps the records.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-multivalue.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        domain_name: HostName,
        hosted_zone: route53.IHostedZone,
        ttl: Annotated[Duration, Interval(ge=timedelta(seconds=10), le=timedelta(hours=1)), Known("the age of answers")]
        | None = None,
        vpc: ec2.IVpc | None = None,
        public_subnets: Subnets | None = None,
        application: str | None = None,
        application_port: PublicPort = 443,
        health_check_path: HealthCheckPath = "/",
        start_timeout: Annotated[Duration, Interval(ge=timedelta(minutes=1), le=timedelta(hours=1))] | None = None,
        drain: Annotated[
            Duration,
            Interval(ge=timedelta(minutes=1), le=timedelta(hours=1)),
            Known("the time that instances are held"),
        ]
        | None = None,
        architecture: ec2.InstanceArchitecture = ec2.InstanceArchitecture.ARM_64,
        instance_type: ec2.InstanceType | None = None,
        machine_image: ec2.IMachineImage | None = None,
        volume_size: VolumeSize | None = None,
        min_capacity: Annotated[int, Ge(1), Unit("instances")] = 2,
        max_capacity: Annotated[int, Interval(ge=1, le=100), Unit("instances")] = 6,
        target_utilization: TargetUtilization = 50,
        rollback_on_alarm: bool = True,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        check_in_zone(domain_name, hosted_zone)
        ttl = ttl or Duration.seconds(30)
        start_timeout = start_timeout or Duration.minutes(10)
        drain = drain or Duration.minutes(2)
        check_network(vpc, public_subnets, runs_inside=False)
        if drain.to_seconds() < ttl.to_seconds():
            raise ValueError(f"drain must be at least {ttl.to_human_string()} (ttl), got {drain.to_human_string()}")
        instance_type = instance_type or default_instance_type(architecture, "small")
        check_instance_types("instance_type", [instance_type], architecture)
        check_image("machine_image", scope, machine_image)
        check_capacities(min_capacity, max_capacity)
        super().__init__(scope, construct_id)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)

        network = ApplicationNetwork(self, vpc, settings, public_subnets=public_subnets, runs_inside=False)
        self.vpc: ec2.IVpc = network.vpc
        launch = InstanceTemplate(
            self,
            "Launch",
            vpc=self.vpc,
            instance_type=instance_type,
            machine_image=machine_image or machine_image_for(architecture),
            user_data=user_data(application, application_port),
            volume_size=volume_size or Size.gibibytes(8),
            # It is what the name leads to.
            public=True,
        )
        self.role, self.security_group = launch.role, launch.security_group
        admit_clients(self.security_group, application_port)
        self.group = self._group(
            launch.template, network.public, (min_capacity, max_capacity), start_timeout, drain, alarm_topic
        )
        # An instance that starts needs the internet gateway.
        network.before(self.group)
        if has_room(self.group):
            self.group.scale_on_cpu_utilization("TrackCpu", target_utilization_percent=target_utilization)
        self.registrar = Registrar(
            self,
            "Registrar",
            group=self.group,
            domain_name=domain_name,
            hosted_zone=hosted_zone,
            application_port=application_port,
            health_check_path=health_check_path,
            ttl=ttl,
            fewest=min_capacity,
            settings=settings,
        )
        # New instances come first, and a release of which too few answer is rolled back.
        replace_by_refresh(
            self.group, warmup=_WARMUP, alarm=self.registrar.too_few_answer if rollback_on_alarm else None
        )
        self.alarms: list[cloudwatch.Alarm] = [
            *network.alarms,
            *self.registrar.alarms,
            too_few_instances(self, self.group, min_capacity, alarm_topic),
        ]

    def _group(
        self,
        template: ec2.LaunchTemplate,
        subnets: ec2.SubnetSelection,
        capacities: tuple[int, int],
        start_timeout: Duration,
        drain: Duration,
        topic: sns.ITopic | None,
    ) -> autoscaling.AutoScalingGroup:
        group = autoscaling.AutoScalingGroup(
            self,
            "Group",
            vpc=self.vpc,
            vpc_subnets=subnets,
            launch_template=template,
            min_capacity=capacities[0],
            max_capacity=capacities[1],
            default_instance_warmup=_WARMUP,
            group_metrics=[autoscaling.GroupMetrics.all()],
            # The registrar's check is the one that decides; it reports to the group.
            health_checks=autoscaling.HealthChecks.ec2(grace_period=_WARMUP),
            # An instance that nobody replaces drifts: a month is the longest that one lives.
            max_instance_lifetime=Duration.days(30),
            notifications=failure_notifications(topic),
        )
        # The registrar completes it, once the instance answers and has its record.
        group.add_lifecycle_hook(
            "Register",
            lifecycle_hook_name=LAUNCH_HOOK,
            lifecycle_transition=autoscaling.LifecycleTransition.INSTANCE_LAUNCHING,
            default_result=autoscaling.DefaultResult.ABANDON,
            heartbeat_timeout=start_timeout,
        )
        # Nobody completes it: its time is what resolvers need to forget the address, and clients to come to an end.
        group.add_lifecycle_hook(
            "Drain",
            lifecycle_transition=autoscaling.LifecycleTransition.INSTANCE_TERMINATING,
            default_result=autoscaling.DefaultResult.CONTINUE,
            heartbeat_timeout=drain,
        )
        acknowledge_notifications(group)
        return group
