"""One fixed address, an instance that serves behind it, and what moves the address when that one fails."""

from datetime import timedelta
from typing import Annotated

from annotated_types import Interval, Unit
from aws_cdk import Duration, RemovalPolicy, Size
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_ec2 as ec2_interfaces
from constructs import Construct

from patterns.building_blocks.alarms import alarm
from patterns.building_blocks.bounds import Known
from patterns.building_blocks.domain_name import HostName
from patterns.building_blocks.instance_group import (
    acknowledge_notifications,
    failure_notifications,
    group_metric,
    too_few_instances,
)
from patterns.building_blocks.instance_refresh import replace_by_refresh
from patterns.building_blocks.machine_image import check_image
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.web.elastic_ip_failover.address_keeper import AddressKeeper
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
from patterns.web.networking.public_name import check_name


class ElasticIpFailover(Construct):
    """Serve from one fixed address that a standby takes over by itself.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        address: An existing Elastic IP address. Default: a new one, which outlives the stack.
        domain_name: The name that clients use. Default: none; clients use the address.
        hosted_zone: The Route 53 zone of that name, which gets a record. Required with `domain_name`. Default: none.
        vpc: An existing VPC with public subnets. Default: a new one in two zones.
        public_subnets: The public subnets of `vpc` for the instances, one in each of two zones or more. Default: the
            first in each zone.
        application: Shell commands that install and start the application, which speaks HTTPS itself. Default: an
            example page, with a certificate that nobody vouches for.
        application_port: The port that the application listens on with HTTPS, and clients connect to.
            Default: 443.
        health_check_path: The path that answers 200 while an instance can serve. Default: "/".
        health_check_grace_period: How long a new instance has to start before a failed check replaces it.
            Default: 5 minutes.
        standbys: How many started instances wait to take over. Default: 0; the address waits for a new one.
        architecture: The processor. Default: ARM_64.
        instance_type: The instance type. Default: t4g.small, or t3.small for X86_64.
        machine_image: The image. Default: the newest Amazon Linux 2023.
        volume_size: The size of the root volume. Default: 8 GiB.
        rollback_on_alarm: Whether an update is rolled back when the address does not answer; while that alarm
            is on, AWS begins no update: say False to deploy what mends it. Default: True.
        encryption_key: The key that encrypts logs; its policy must let CloudWatch Logs use it. Default: a key of
            CloudWatch Logs.
        log_retention: How long logs are kept. Default: one month.
        alarm_topic: The topic that alarms notify. Default: none; the alarms only change state.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        address (ec2_interfaces.IEIPRef): The address.
        group (autoscaling.AutoScalingGroup): The instance, and its standbys.
        role (iam.Role): The role of the instances, which may not move the address.
        security_group (ec2.SecurityGroup): The security group of the instances.
        keeper (AddressKeeper): The function that moves the address.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        address: ec2_interfaces.IEIPRef | None = None,
        domain_name: HostName | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        vpc: ec2.IVpc | None = None,
        public_subnets: Subnets | None = None,
        application: str | None = None,
        application_port: PublicPort = 443,
        health_check_path: HealthCheckPath = "/",
        health_check_grace_period: Annotated[Duration, Interval(ge=timedelta(minutes=1), le=timedelta(hours=1))]
        | None = None,
        standbys: Annotated[int, Interval(ge=0, le=4), Unit("instances"), Known("the group's size")] = 0,
        architecture: ec2.InstanceArchitecture = ec2.InstanceArchitecture.ARM_64,
        instance_type: ec2.InstanceType | None = None,
        machine_image: ec2.IMachineImage | None = None,
        volume_size: VolumeSize | None = None,
        rollback_on_alarm: bool = True,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        check_name(domain_name, hosted_zone)
        check_network(vpc, public_subnets, runs_inside=False)
        grace = health_check_grace_period or Duration.minutes(5)
        instance_type = instance_type or default_instance_type(architecture, "small")
        check_instance_types("instance_type", [instance_type], architecture)
        check_image("machine_image", scope, machine_image)
        super().__init__(scope, construct_id)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)

        network = ApplicationNetwork(self, vpc, settings, public_subnets=public_subnets, runs_inside=False)
        self.vpc: ec2.IVpc = network.vpc
        self.address: ec2_interfaces.IEIPRef = address or self._address()
        if domain_name is not None and hosted_zone is not None:
            route53.ARecord(
                self,
                "Name",
                zone=hosted_zone,
                # The full stop says that the name is whole, and not to be put before the zone's.
                record_name=f"{domain_name}.",
                target=route53.RecordTarget.from_ip_addresses(self.address.eip_ref.public_ip),
            )
        launch = InstanceTemplate(
            self,
            "Launch",
            vpc=self.vpc,
            instance_type=instance_type,
            machine_image=machine_image or machine_image_for(architecture),
            user_data=user_data(application, application_port),
            volume_size=volume_size or Size.gibibytes(8),
            # To install the application, and to be asked how it is, before the fixed address is there.
            public=True,
        )
        self.role, self.security_group = launch.role, launch.security_group
        admit_clients(self.security_group, application_port)
        self.group = self._group(launch.template, network.public, standbys, grace, alarm_topic)
        # An instance that starts needs the internet gateway.
        network.before(self.group)
        self.keeper = AddressKeeper(
            self,
            "Keeper",
            group=self.group,
            address=self.address,
            vpc=self.vpc,
            application_port=application_port,
            health_check_path=health_check_path,
            settings=settings,
        )
        # The new instance comes first, and a release that does not answer is rolled back.
        replace_by_refresh(
            self.group, warmup=grace, most=200, alarm=self.keeper.unanswered if rollback_on_alarm else None
        )
        self.alarms: list[cloudwatch.Alarm] = [
            *network.alarms,
            *self.keeper.alarms,
            *self._watch(1 + standbys, alarm_topic),
        ]

    def _address(self) -> ec2.CfnEIP:
        made = ec2.CfnEIP(self, "Address", domain="vpc")
        # Others may have allowed this address through their firewalls, or written it down.
        made.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        return made

    def _group(
        self,
        template: ec2.LaunchTemplate,
        subnets: ec2.SubnetSelection,
        standbys: int,
        grace: Duration,
        topic: sns.ITopic | None,
    ) -> autoscaling.AutoScalingGroup:
        group = autoscaling.AutoScalingGroup(
            self,
            "Group",
            vpc=self.vpc,
            vpc_subnets=subnets,
            launch_template=template,
            min_capacity=1 + standbys,
            # Nothing scales it: the one above is for a new instance that starts before the old one goes.
            max_capacity=2 + standbys,
            min_healthy_percentage=100,
            max_healthy_percentage=200,
            default_instance_warmup=grace,
            group_metrics=[autoscaling.GroupMetrics.all()],
            # The keeper's check is the one that decides; it reports to the group.
            health_checks=autoscaling.HealthChecks.ec2(grace_period=grace),
            # An instance that nobody replaces drifts, and a failover that nobody sees may not work any more.
            max_instance_lifetime=Duration.days(30),
            notifications=failure_notifications(topic),
        )
        # An instance that is to go is held for a minute, so that the address goes first.
        group.add_lifecycle_hook(
            "AddressGoesFirst",
            lifecycle_transition=autoscaling.LifecycleTransition.INSTANCE_TERMINATING,
            default_result=autoscaling.DefaultResult.CONTINUE,
            heartbeat_timeout=Duration.minutes(1),
        )
        acknowledge_notifications(
            group,
            "Launches and terminations that fail are notified to alarm_topic; those that succeed are in the group's "
            "activity history, and the keeper's log says where the address went.",
        )
        return group

    def _watch(self, capacity: int, topic: sns.ITopic | None) -> list[cloudwatch.Alarm]:
        return [
            too_few_instances(
                self,
                self.group,
                capacity,
                topic,
                "The instance or a standby is missing: read the group's activity history.",
            ),
            alarm(
                self,
                "NotRecovered",
                metric=group_metric(self.group, "AWS/EC2", "StatusCheckFailed", "Maximum"),
                evaluation_periods=10,
                description="An instance has failed its status checks for ten minutes and has not been replaced.",
                topic=topic,
            ),
        ]
