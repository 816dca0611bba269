"""A load balancer, and containers on AWS Fargate behind it."""

from collections.abc import Mapping

from aws_cdk import Duration, RemovalPolicy, Size
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from patterns.building_blocks.alarms import alarm
from patterns.building_blocks.arguments import check_capacities, check_duration, check_range
from patterns.web.container_services.failed_deployments import FailedDeployments
from patterns.web.load_balanced_fargate.scaling import ScaleOn, check_scaling, track
from patterns.web.load_balanced_fargate.sizes import check_size
from patterns.web.load_balancing.https_load_balancer import HttpsLoadBalancer, check_https
from patterns.web.networking.web_vpc import WebVpc, check_web_vpc

EXAMPLE = "public.ecr.aws/docker/library/python:3.13-slim"


class LoadBalancedFargate(Construct):
    """Serve a web application from containers on AWS Fargate behind a load balancer.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        certificate: The certificate of the name that clients use, in the same Region. Required unless `domain_name`
            and `hosted_zone` are given. Default: one is made for that name, in that zone.
        domain_name: The name that clients use. Default: none; whoever owns the name points it at the load balancer.
        hosted_zone: The Route 53 zone of that name, which gets an alias record. Default: none.
        web_acl: An AWS WAF web ACL that filters requests. Default: none.
        vpc: An existing VPC with public and private subnets. Default: a new one in two zones, with NAT gateways.
        image: The container's image. Default: an example that serves an empty folder.
        container_port: The port that the container listens on, 1024 to 65535. Default: 8080.
        health_check_path: The path that answers 200 while a task can serve. Default: "/".
        health_check_grace_period: How long a new task has to start, at most an hour. Default: one minute.
        environment: Environment variables without secrets. Default: none.
        secrets: Environment variables from Secrets Manager or Parameter Store. Default: none.
        architecture: The processor of the image. Default: ARM64.
        cpu: CPU units of a task, of which 1,024 are one processor: 256 to 16384. Default: 256.
        memory: Memory of a task, as AWS Fargate offers it for `cpu`. Default: 512 MiB.
        file_system: An Amazon EFS file system that every task mounts, encrypted in transit. Default: none.
        mount_path: Where it is mounted. Default: "/mnt/shared".
        min_capacity: The fewest tasks. Default: 2, one in each zone.
        max_capacity: The most tasks, at most 5000. Default: 10.
        on_demand_base: How many tasks are on-demand before spot is used. Default: `min_capacity`.
        spot_share: The share of Fargate Spot among tasks above the base, 0 to 100 percent. Default: 0.
        scale_on: What is tracked: "cpu", "memory", "requests" for each task, or "queue". Default: "cpu".
        target_utilization: How busy a task should be, 40 to 70 percent. Default: 50.
        requests_per_task: Requests a minute that keep one task fully busy. Required with scale_on="requests".
        queue: The queue whose length is tracked. Required with scale_on="queue".
        messages_per_task: How many waiting messages one task is there for. Required with scale_on="queue".
        encryption_key: The key that encrypts logs; its policy must let CloudWatch Logs use it. Default: a key of
            CloudWatch Logs.
        log_retention: How long logs of tasks and flows are kept. Default: one month.
        deletion_protection: Whether deleting the load balancer is refused. Default: True.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        balancer (HttpsLoadBalancer): The load balancer with its listeners and access logs.
        cluster (ecs.Cluster): The cluster, with Container Insights.
        service (ecs.FargateService): The service.
        scaling (ecs.ScalableTaskCount): How many tasks run; add schedules to it.
        targets (elbv2.ApplicationTargetGroup): The tasks, as the load balancer sees them.
        task_role (iam.Role): What the application may do: nothing, until it is granted.
        execution_role (iam.Role): What AWS Fargate may do to start a task.
        log_group (logs.LogGroup): What the containers write.
        failed_deployments (FailedDeployments): Events of deployments that were rolled back.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        certificate: acm.ICertificate | None = None,
        domain_name: str | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        web_acl: wafv2.CfnWebACL | None = None,
        vpc: ec2.IVpc | None = None,
        image: ecs.ContainerImage | None = None,
        container_port: int = 8080,
        health_check_path: str = "/",
        health_check_grace_period: Duration | None = None,
        environment: Mapping[str, str] | None = None,
        secrets: Mapping[str, ecs.Secret] | None = None,
        architecture: ecs.CpuArchitecture | None = None,
        cpu: int = 256,
        memory: Size | None = None,
        file_system: efs.IFileSystem | None = None,
        mount_path: str = "/mnt/shared",
        min_capacity: int = 2,
        max_capacity: int = 10,
        on_demand_base: int | None = None,
        spot_share: int = 0,
        scale_on: ScaleOn = "cpu",
        target_utilization: float = 50,
        requests_per_task: float | None = None,
        queue: sqs.IQueue | None = None,
        messages_per_task: float | None = None,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        deletion_protection: bool = True,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        check_https(scope, certificate, domain_name, hosted_zone)
        check_web_vpc("vpc", vpc)
        check_range("container_port", container_port, 1024, 65535)
        for name, path in (("health_check_path", health_check_path), ("mount_path", mount_path)):
            if not path.startswith("/"):
                raise ValueError(f"{name} must begin with /, got {path!r}")
        check_duration("health_check_grace_period", health_check_grace_period, Duration.seconds(0), Duration.hours(1))
        both = sorted(set(environment or ()) & set(secrets or ()))
        if both:
            raise ValueError(f"environment and secrets must differ, both set {', '.join(both)}")
        check_size(cpu, memory or Size.mebibytes(512))
        check_capacities(min_capacity, max_capacity, None, 5000, "tasks")
        check_range("on_demand_base", on_demand_base, 0, max_capacity, "tasks")
        check_range("spot_share", spot_share, 0, 100, "percent")
        check_scaling(scale_on, target_utilization, requests_per_task, queue, messages_per_task)
        super().__init__(scope, construct_id)

        own = (
            None
            if vpc
            else WebVpc(
                self,
                "Network",
                log_retention=log_retention,
                encryption_key=encryption_key,
                alarm_topic=alarm_topic,
            )
        )
        self.vpc: ec2.IVpc = vpc or own.vpc  # type: ignore[union-attr]
        self.balancer = HttpsLoadBalancer(
            self,
            "Balancer",
            vpc=self.vpc,
            certificate=certificate,
            domain_name=domain_name,
            hosted_zone=hosted_zone,
            web_acl=web_acl,
            deletion_protection=deletion_protection,
            alarm_topic=alarm_topic,
        )
        self.cluster = ecs.Cluster(
            self,
            "Cluster",
            vpc=self.vpc,
            container_insights_v2=ecs.ContainerInsights.ENHANCED,
            enable_fargate_capacity_providers=True,
        )
        task = self._task(
            image, container_port, environment, secrets, architecture, cpu, memory, encryption_key, log_retention
        )
        if file_system is not None:
            self._mount(task, file_system, mount_path)
        security_group = ec2.SecurityGroup(
            self, "SecurityGroup", vpc=self.vpc, description="Tasks of a web application", allow_all_outbound=False
        )
        security_group.add_egress_rule(
            ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "AWS services, images and partners, by HTTPS"
        )
        self.service = ecs.FargateService(
            self,
            "Service",
            cluster=self.cluster,
            task_definition=task,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
            security_groups=[security_group],
            assign_public_ip=False,
            enable_execute_command=False,
            capacity_provider_strategies=[
                ecs.CapacityProviderStrategy(
                    capacity_provider="FARGATE",
                    base=min_capacity if on_demand_base is None else on_demand_base,
                    weight=100 - spot_share,
                ),
                *(
                    [ecs.CapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=spot_share)]
                    if spot_share
                    else []
                ),
            ],
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            min_healthy_percent=100,
            max_healthy_percent=200,
            health_check_grace_period=health_check_grace_period or Duration.minutes(1),
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
        )
        # The application's port to the file system, and nothing else of the tasks, is opened by `connections`.
        if file_system is not None:
            file_system.connections.allow_default_port_from(self.service)
        if own is not None:
            # A balancer needs the internet gateway, and a task that starts pulls its image through a NAT gateway.
            self.balancer.load_balancer.node.add_dependency(own)
            self.service.node.add_dependency(own)
        self.targets = elbv2.ApplicationTargetGroup(
            self,
            "Targets",
            vpc=self.vpc,
            port=container_port,
            protocol=elbv2.ApplicationProtocol.HTTP,
            target_type=elbv2.TargetType.IP,
            targets=[self.service],
            # A spot task that is reclaimed has two minutes; it must have answered what it was asked by then.
            deregistration_delay=Duration.seconds(60),
            load_balancing_algorithm_type=elbv2.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
            health_check=elbv2.HealthCheck(
                path=health_check_path,
                healthy_http_codes="200",
                interval=Duration.seconds(15),
                timeout=Duration.seconds(5),
                healthy_threshold_count=2,
                unhealthy_threshold_count=3,
            ),
        )
        self.balancer.forward("Targets", self.targets)
        self.scaling = track(
            self.service,
            fewest=min_capacity,
            most=max_capacity,
            scale_on=scale_on,
            target=target_utilization,
            targets=self.targets,
            requests_per_task=requests_per_task,
            queue=queue,
            messages_per_task=messages_per_task,
        )
        self.failed_deployments = FailedDeployments(self, "Deployments", service=self.service, alarm_topic=alarm_topic)
        self.alarms: list[cloudwatch.Alarm] = [
            *(own.alarms if own else []),
            *self.balancer.alarms,
            *self.failed_deployments.alarms,
            self._too_few_tasks(alarm_topic),
        ]

    def _task(
        self,
        image: ecs.ContainerImage | None,
        port: int,
        environment: Mapping[str, str] | None,
        secrets: Mapping[str, ecs.Secret] | None,
        architecture: ecs.CpuArchitecture | None,
        cpu: int,
        memory: Size | None,
        key: kms.IKey | None,
        retention: logs.RetentionDays,
    ) -> ecs.FargateTaskDefinition:
        principal = iam.ServicePrincipal("ecs-tasks.amazonaws.com")
        self.task_role = iam.Role(self, "TaskRole", assumed_by=principal, description="What the application may do")
        self.execution_role = iam.Role(
            self, "ExecutionRole", assumed_by=principal, description="What AWS Fargate may do to start a task"
        )
        self.log_group = logs.LogGroup(
            self, "Log", retention=retention, encryption_key=key, removal_policy=RemovalPolicy.RETAIN
        )
        task = ecs.FargateTaskDefinition(
            self,
            "Task",
            cpu=cpu,
            memory_limit_mib=int((memory or Size.mebibytes(512)).to_mebibytes()),
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=architecture or ecs.CpuArchitecture.ARM64,
                operating_system_family=ecs.OperatingSystemFamily.LINUX,
            ),
            task_role=self.task_role,
            execution_role=self.execution_role,
        )
        example = ["python", "-m", "http.server", str(port), "--directory", "/srv"]
        self.container = task.add_container(
            "Application",
            image=image or ecs.ContainerImage.from_registry(EXAMPLE),
            command=None if image else example,
            user=None if image else "65534:65534",
            environment=dict(environment) if environment else None,
            secrets=dict(secrets) if secrets else None,
            port_mappings=[ecs.PortMapping(container_port=port)],
            readonly_root_filesystem=True,
            # Without one, a shell's children outlive their time and the signal to stop reaches nobody.
            linux_parameters=ecs.LinuxParameters(self, "Init", init_process_enabled=True),
            logging=ecs.LogDriver.aws_logs(
                stream_prefix="application", log_group=self.log_group, mode=ecs.AwsLogDriverMode.NON_BLOCKING
            ),
        )
        return task

    def _mount(self, task: ecs.FargateTaskDefinition, file_system: efs.IFileSystem, path: str) -> None:
        task.add_volume(
            name="shared",
            efs_volume_configuration=ecs.EfsVolumeConfiguration(
                file_system_id=file_system.file_system_id,
                transit_encryption="ENABLED",
                authorization_config=ecs.AuthorizationConfig(iam="ENABLED"),
            ),
        )
        self.container.add_mount_points(ecs.MountPoint(container_path=path, source_volume="shared", read_only=False))
        self.task_role.add_to_policy(
            iam.PolicyStatement(
                actions=["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
                resources=[file_system.file_system_arn],
            )
        )

    def _too_few_tasks(self, topic: sns.ITopic | None) -> cloudwatch.Alarm:
        def counted(name: str) -> cloudwatch.Metric:
            return cloudwatch.Metric(
                namespace="ECS/ContainerInsights",
                metric_name=name,
                dimensions_map={
                    "ClusterName": self.cluster.cluster_name,
                    "ServiceName": self.service.service_name,
                },
                statistic="Average",
                period=Duration.minutes(1),
            )

        return alarm(
            self,
            "TooFewTasks",
            metric=cloudwatch.MathExpression(
                expression="desired - running",
                using_metrics={"desired": counted("DesiredTaskCount"), "running": counted("RunningTaskCount")},
                label="Missing tasks",
                period=Duration.minutes(1),
            ),
            evaluation_periods=10,
            description="Fewer tasks run than should: read the service's events, and why its tasks stopped.",
            topic=topic,
        )
