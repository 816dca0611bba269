"""A load balancer, and instances that come and go behind it."""

from collections.abc import Sequence
from typing import Annotated, Literal

from annotated_types import Ge, Interval, Len, Unit
from aws_cdk import Annotations, Aws, Duration, Size
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_wafv2 as wafv2
from constructs import Construct

from patterns.building_blocks.alarms import MetricPeriod
from patterns.building_blocks.arguments import check_known
from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.domain_name import HostName
from patterns.building_blocks.instance_group import (
    acknowledge_notifications,
    failure_notifications,
    too_few_instances,
)
from patterns.building_blocks.instance_refresh import replace_by_refresh, replace_with_suspended_processes
from patterns.building_blocks.machine_image import check_image
from patterns.building_blocks.private_bucket import PrivateBucket
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.web.capacity.capacity_bounds import (
    RequestsPerMinute,
    SpotShare,
    TargetUtilization,
    check_capacities,
    check_on_demand_base,
)
from patterns.web.instance_fleets.instance_template import (
    InstanceTemplate,
    VolumeSize,
    check_instance_types,
    default_instance_type,
    machine_image_for,
)
from patterns.web.load_balanced_instances.instance_logs import save_logs
from patterns.web.load_balanced_instances.load_scaling import (
    Predictive,
    ScaleOn,
    ScalingStep,
    TrackedLoad,
    add_steps,
    check_steps,
    predict,
    track,
)
from patterns.web.load_balanced_instances.scheduled_capacity import ScheduledCapacity, add_schedule, check_scheduled
from patterns.web.load_balanced_instances.spot_mix import mixed_instances, uses_spot
from patterns.web.load_balanced_instances.user_data import user_data
from patterns.web.load_balanced_instances.warm_pool import keep_warm
from patterns.web.load_balancing.edge_front import EdgeFront
from patterns.web.load_balancing.https_front import HttpsFront
from patterns.web.load_balancing.https_load_balancer import HttpsLoadBalancer
from patterns.web.load_balancing.target_group import HealthCheckPath, StartTime, application_targets
from patterns.web.networking.application_network import ApplicationNetwork, Subnets, check_network
from patterns.web.networking.ports import ApplicationPort

Suspendable = Literal["AZRebalance", "AlarmNotification", "HealthCheck", "ReplaceUnhealthy", "ScheduledActions"]


class LoadBalancedInstances(Construct):
    """Serve a web application from instances that come and go behind a load balancer.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        certificate: The certificate of the name that clients use, in the same Region. Required unless `domain_name`
            and `hosted_zone` are given. Default: one is made for that name, in that zone.
        domain_name: The name that clients use. Default: none; whoever owns the name points it at the load balancer.
        hosted_zone: The Route 53 zone of that name, which gets an alias record. Default: none.
        web_acl: An AWS WAF web ACL that filters requests. Default: none.
        edge: Amazon CloudFront before the load balancer, which is internal then; needs `domain_name`, whose records
            lead to CloudFront. Default: none; clients reach the load balancer.
        vpc: An existing VPC with public and private subnets. Default: a new one in two zones, with NAT gateways.
        public_subnets: The public subnets of `vpc` for the load balancer, one in each of two zones or more.
            Default: the first in each zone.
        private_subnets: The private subnets of `vpc` for the instances, one in each zone. Default: all, if there is one
            in each zone.
        application: Shell commands that install and start the application. Default: an example page.
        application_port: The port that the application listens on. Default: 8080.
        health_check_path: The path that answers 200 while an instance can serve. Default: "/".
        health_check: A shell command on the instance; its third failure in a row has the instance replaced.
            Default: none beyond the load balancer's check.
        health_check_grace_period: How long a new instance has to start. Default: 3 minutes.
        architecture: The processor. Default: ARM_64.
        instance_types: Instance types, the best first. Default: t4g.small, or t3.small for X86_64.
        machine_image: The image. Default: the newest Amazon Linux 2023.
        volume_size: The size of the root volume. Default: 8 GiB.
        min_capacity: The fewest instances. Default: 2, one in each zone.
        max_capacity: The most instances. Default: 6.
        desired_capacity: How many to start with; every deployment sets the group back to it. Default: the group
            decides, and deployments leave it alone.
        on_demand_base: How many instances are on-demand before spot is used. Default: `min_capacity`.
        spot_share: The share of spot among instances above the base. Default: 0.
        scale_on: The load that is tracked: "cpu" or "requests" for each instance. Default: "cpu".
        target_utilization: How busy an instance should be, in percent. Default: 50.
        requests_per_instance: Requests a minute that keep one instance fully busy. Required with
            scale_on="requests".
        steps: Steps of CPU above the target that add instances at once; reaching the first is an alarm. Default: none.
        scheduled: Capacities that hold from set times on. Default: none.
        predictive: "forecast" to see what is coming, "scale" to be ahead of it. Default: no forecast.
        warm_pool: How many stopped instances wait, ready installed. Default: 0.
        suspended_processes: Scaling processes that rest during an update, which then rolls by CloudFormation instead
            of by instance refresh. Default: none.
        rollback_on_alarm: Whether an update is rolled back when the application answers 5xx; while that alarm is on,
            AWS begins no update: say False to deploy what mends it. Default: True.
        log_paths: Files and folders that are saved, with the journal, before an instance goes. Default: the log of
            its start, "/var/log/cloud-init-output.log".
        encryption_key: The key that encrypts saved logs of instances, and flow logs of a VPC that is made; its policy
            must let CloudWatch Logs use it. Default: keys that AWS owns.
        log_retention: How long flow logs of a VPC that is made are kept. Default: one month.
        deletion_protection: Whether deleting the load balancer is refused. Default: True.
        alarm_topic: The topic that alarms notify. Default: none; the alarms only change state.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        balancer (HttpsLoadBalancer): The load balancer with its listeners and access logs.
        group (autoscaling.AutoScalingGroup): The instances.
        targets (elbv2.ApplicationTargetGroup): The target group of the instances.
        role (iam.Role): The role of the instances.
        saved_logs (s3.Bucket): Logs of instances that are gone.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-load-balancer.html
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
        vpc: ec2.IVpc | None = None,
        public_subnets: Subnets | None = None,
        private_subnets: Subnets | None = None,
        application: str | None = None,
        application_port: ApplicationPort = 8080,
        health_check_path: HealthCheckPath = "/",
        health_check: str | None = None,
        health_check_grace_period: StartTime | None = None,
        architecture: ec2.InstanceArchitecture = ec2.InstanceArchitecture.ARM_64,
        instance_types: Annotated[Sequence[ec2.InstanceType], Len(1, 40), Unit("instance types")] | None = None,
        machine_image: ec2.IMachineImage | None = None,
        volume_size: VolumeSize | None = None,
        min_capacity: Annotated[int, Ge(1), Unit("instances")] = 2,
        max_capacity: Annotated[int, Interval(ge=1, le=1000), Unit("instances")] = 6,
        desired_capacity: Annotated[int, Interval(ge=1, le=1000), Unit("instances")] | None = None,
        on_demand_base: Annotated[int, Ge(0), Unit("instances")] | None = None,
        spot_share: SpotShare = 0,
        scale_on: ScaleOn = "cpu",
        target_utilization: TargetUtilization = 50,
        requests_per_instance: RequestsPerMinute | None = None,
        steps: Sequence[ScalingStep] = (),
        scheduled: Sequence[ScheduledCapacity] = (),
        predictive: Predictive | None = None,
        warm_pool: Annotated[
            int, Interval(ge=0, le=100), Unit("instances"), Known("whether instances are kept warm")
        ] = 0,
        suspended_processes: Sequence[Suspendable] = (),
        rollback_on_alarm: bool = True,
        log_paths: Annotated[
            Sequence[Annotated[str, Matches(r"/\S*", "absolute and without spaces")]], Known("the script")
        ] = ("/var/log/cloud-init-output.log",),
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        deletion_protection: bool = True,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        front = HttpsFront(
            certificate=certificate, domain_name=domain_name, hosted_zone=hosted_zone, web_acl=web_acl, edge=edge
        )
        tracked = TrackedLoad(
            scale_on=scale_on, target_utilization=target_utilization, requests_per_instance=requests_per_instance
        )
        types = [default_instance_type(architecture, "small")] if instance_types is None else list(instance_types)
        front.check(scope)
        check_network(
            vpc, public_subnets, private_subnets, edge=edge is not None, called_at=(application_port, application_port)
        )
        check_instance_types("instance_types", types, architecture)
        check_image("machine_image", scope, machine_image)
        check_capacities(min_capacity, max_capacity, desired_capacity)
        check_on_demand_base(on_demand_base, max_capacity)
        tracked.check()
        if suspended_processes and health_check_grace_period is not None:
            check_known("health_check_grace_period", health_check_grace_period, "the pause of a rolling update")
        check_steps(steps, target_utilization)
        check_scheduled(scheduled, min_capacity, max_capacity)
        if warm_pool and (spot_share or len(types) > 1):
            raise ValueError("warm_pool needs one instance type and spot_share=0: AWS keeps no mixed instances warm")
        super().__init__(scope, construct_id)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)

        network = ApplicationNetwork(
            self,
            vpc,
            settings,
            public_subnets=public_subnets,
            private_subnets=private_subnets,
            edge=edge is not None,
        )
        self.vpc: ec2.IVpc = network.vpc
        self.balancer = HttpsLoadBalancer(
            self, "Balancer", network=network, front=front, deletion_protection=deletion_protection, settings=settings
        )
        self.saved_logs: s3.Bucket = PrivateBucket(
            self,
            "SavedLogs",
            encryption_key=encryption_key,
            objects_kept=Duration.days(365),
            access_logs=self.balancer.access_logs,
            access_logs_prefix="saved-logs/",
        )
        launch = InstanceTemplate(
            self,
            "Launch",
            vpc=self.vpc,
            instance_type=types[0],
            machine_image=machine_image or machine_image_for(architecture),
            user_data=user_data(
                region=Aws.REGION,
                application=application,
                log_bucket=self.saved_logs.bucket_name,
                log_paths=log_paths,
                health_check=health_check,
                tells_installed=warm_pool > 0,
            ),
            script_from="application, health_check and log_paths",
            volume_size=volume_size or Size.gibibytes(8),
        )
        self.role = launch.role
        on_demand = min_capacity if on_demand_base is None else on_demand_base
        warmup = health_check_grace_period or Duration.minutes(3)
        self.group = self._group(
            network,
            launch.template,
            mixed_instances(launch.template, types, on_demand, spot_share),
            (min_capacity, max_capacity, desired_capacity),
            warmup,
            alarm_topic,
        )
        self.targets = application_targets(
            self,
            vpc=self.vpc,
            port=application_port,
            target=self.group,
            target_type=elbv2.TargetType.INSTANCE,
            health_check_path=health_check_path,
            edge=edge is not None,
        )
        errors = self.balancer.forward("Targets", self.targets)
        if suspended_processes:
            replace_with_suspended_processes(self.group, suspended_processes, pause=warmup, most=max_capacity)
        else:
            # A refresh that makes the application fail is rolled back.
            replace_by_refresh(self.group, warmup=warmup, alarm=errors if rollback_on_alarm else None)
        # Whether the group has room to grow depends on its schedule.
        add_schedule(self.group, scheduled)
        track(self.group, tracked)
        stepped = add_steps(self.group, steps, alarm_topic)
        if predictive is not None:
            predict(self.group, predictive, tracked, self.balancer.load_balancer, self.targets)
        if warm_pool:
            keep_warm(self.group, warm_pool)
        save_logs(
            self,
            group=self.group,
            role=self.role,
            bucket=self.saved_logs,
            key=encryption_key,
            reports_health=health_check is not None,
        )
        self.alarms: list[cloudwatch.Alarm] = [
            *network.alarms,
            *self.balancer.alarms,
            *stepped,
            too_few_instances(self, self.group, min_capacity, alarm_topic),
        ]

    @checked
    def grant_report_health(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` declare instances of the group healthy or unhealthy, which has them replaced.

        Args:
            grantee: The principal that checks. The instances themselves may, if `health_check` is given.

        Returns:
            The grant.
        """
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["autoscaling:SetInstanceHealth"],
            resource_arns=[self.group.auto_scaling_group_arn],
        )

    @checked
    def metric_requests(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """Count the requests.

        Args:
            period: The period. Default: one minute.

        Returns:
            The metric, in requests.
        """
        return self.balancer.load_balancer.metrics.request_count(statistic="Sum", period=period or Duration.minutes(1))

    def _group(
        self,
        network: ApplicationNetwork,
        template: ec2.LaunchTemplate,
        mixed: autoscaling.MixedInstancesPolicy | None,
        capacities: tuple[int, int, int | None],
        grace: Duration,
        topic: sns.ITopic | None,
    ) -> autoscaling.AutoScalingGroup:
        fewest, most, desired = capacities
        group = autoscaling.AutoScalingGroup(
            self,
            "Group",
            vpc=self.vpc,
            vpc_subnets=network.private,
            launch_template=None if mixed else template,
            mixed_instances_policy=mixed,
            # Spot instances that are likely to be reclaimed are replaced before they are.
            capacity_rebalance=True if uses_spot(mixed) else None,
            min_capacity=fewest,
            max_capacity=most,
            desired_capacity=desired,
            cooldown=Duration.minutes(1),
            default_instance_warmup=grace,
            group_metrics=[autoscaling.GroupMetrics.all()],
            health_checks=autoscaling.HealthChecks.with_additional_checks(
                additional_types=[autoscaling.AdditionalHealthCheckType.ELB], grace_period=grace
            ),
            # An instance that is never replaced drifts: a month is the longest that one lives.
            max_instance_lifetime=Duration.days(30),
            notifications=failure_notifications(topic),
        )
        acknowledge_notifications(group)
        if desired is not None:
            Annotations.of(group).acknowledge_warning(
                "@aws-cdk/aws-autoscaling:desiredCapacitySet",
                "It was asked for by name, and the argument's own text says what deployments do with it.",
            )
        # An instance that starts needs its NAT gateway.
        network.before(group)
        return group
