"""A load balancer, and containers on AWS Fargate behind it."""

from typing import Annotated, Literal

from annotated_types import Ge, Interval, MultipleOf, Unit
from aws_cdk import Duration, Size
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.interfaces import aws_wafv2 as wafv2
from constructs import Construct

from patterns.building_blocks.bounds import Known, Matches, mebibytes
from patterns.building_blocks.container_task import Container, ContainerTask, SecretVariables, Variables
from patterns.building_blocks.domain_name import HostName
from patterns.building_blocks.failed_deployments import FailedDeployments
from patterns.building_blocks.fargate_task_sizes import check_task_size
from patterns.building_blocks.security_group import deployable
from patterns.building_blocks.service_alarms import too_few_tasks
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.web.capacity.capacity_bounds import (
    RequestsPerMinute,
    SpotShare,
    TargetUtilization,
    check_capacities,
    check_on_demand_base,
)
from patterns.web.container_services.service_scaling import ScaleOn, TrackedLoad, scale_service
from patterns.web.load_balancing.edge_front import EdgeFront
from patterns.web.load_balancing.https_front import HttpsFront
from patterns.web.load_balancing.https_load_balancer import HttpsLoadBalancer
from patterns.web.load_balancing.target_group import HealthCheckPath, StartTime, application_targets
from patterns.web.networking.application_network import ApplicationNetwork, Subnets, check_network
from patterns.web.networking.ports import ApplicationPort


class LoadBalancedFargate(Construct):
    """Serve a web application from containers on AWS Fargate behind a load balancer.

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
        private_subnets: The private subnets of `vpc` for the tasks, one in each zone. Default: all, if there is one
            in each zone.
        image: The container's image, which runs with a read-only root file system. Default: an example that serves an
            empty folder.
        container_port: The port that the container listens on. Default: 8080.
        health_check_path: The path that answers 200 while a task can serve. Default: "/".
        health_check_grace_period: How long a new task has to start. Default: one minute.
        environment: Environment variables without secrets. Default: none.
        secrets: Environment variables from Secrets Manager or Parameter Store. Default: none.
        architecture: The processor of the image. Default: ARM64.
        cpu: CPU units of a task, of which 1,024 are one processor. Default: 256.
        memory: Memory of a task, as AWS Fargate offers it for `cpu`. Default: 512 MiB.
        file_system: An Amazon EFS file system that every task mounts, encrypted in transit. Default: none.
        mount_path: Where `file_system` is mounted. Default: "/mnt/shared".
        min_capacity: The fewest tasks. Default: 2, one in each zone.
        max_capacity: The most tasks. Default: 10.
        on_demand_base: How many tasks are on-demand before spot is used. Default: `min_capacity`.
        spot_share: The share of Fargate Spot among tasks above the base. Default: 0.
        scale_on: The load that is tracked: "cpu", "memory", "requests" for each task, or "queue". Default: "cpu".
        target_utilization: How busy a task should be, in percent; not with scale_on="queue". Default: 50.
        requests_per_task: Requests a minute that keep one task fully busy. Required with scale_on="requests".
        queue: The queue whose length is tracked. Required with scale_on="queue".
        messages_per_task: How many waiting messages one task is there for. Required with scale_on="queue".
        encryption_key: The key that encrypts logs; its policy must let CloudWatch Logs use it. Default: a key of
            CloudWatch Logs.
        log_retention: How long logs of tasks and flows are kept. Default: one month.
        deletion_protection: Whether deleting the load balancer is refused. Default: True.
        alarm_topic: The topic that alarms notify. Default: none; the alarms only change state.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        balancer (HttpsLoadBalancer): The load balancer with its listeners and access logs.
        cluster (ecs.Cluster): The cluster, with Container Insights.
        service (ecs.FargateService): The service.
        scaling (ecs.ScalableTaskCount): The number of tasks, which schedules can be added to.
        targets (elbv2.ApplicationTargetGroup): The target group of the tasks.
        task_role (iam.Role): The application's role, without permissions until they are granted.
        execution_role (iam.Role): The role that starts a task.
        log_group (logs.LogGroup): The log of the containers.
        failed_deployments (FailedDeployments): Events of deployments that were rolled back.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html
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
        image: ecs.ContainerImage | None = None,
        container_port: ApplicationPort = 8080,
        health_check_path: HealthCheckPath = "/",
        health_check_grace_period: StartTime | None = None,
        environment: Variables | None = None,
        secrets: SecretVariables | None = None,
        architecture: ecs.CpuArchitecture | None = None,
        cpu: Literal[256, 512, 1024, 2048, 4096, 8192, 16384] = 256,
        memory: Annotated[
            Size,
            Interval(ge=mebibytes(512), le=mebibytes(122_880)),
            MultipleOf(mebibytes(1)),
            Known("the size of a task"),
        ]
        | None = None,
        file_system: efs.IFileSystem | None = None,
        mount_path: Annotated[str, Matches(r"/\S*", "a path that begins with /, without spaces")] | None = None,
        min_capacity: Annotated[int, Ge(1), Unit("tasks")] = 2,
        max_capacity: Annotated[int, Interval(ge=1, le=5000), Unit("tasks")] = 10,
        on_demand_base: Annotated[int, Ge(0), Unit("tasks")] | None = None,
        spot_share: SpotShare = 0,
        scale_on: ScaleOn = "cpu",
        target_utilization: TargetUtilization | None = None,
        requests_per_task: RequestsPerMinute | None = None,
        queue: sqs.IQueue | None = None,
        messages_per_task: Annotated[float, Interval(ge=1, le=1_000_000), Unit("messages")] | None = None,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        deletion_protection: bool = True,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        front = HttpsFront(
            certificate=certificate, domain_name=domain_name, hosted_zone=hosted_zone, web_acl=web_acl, edge=edge
        )
        container = Container(image=image, port=container_port, environment=environment, secrets=secrets)
        load = TrackedLoad(
            scale_on=scale_on,
            target_utilization=target_utilization,
            requests_per_task=requests_per_task,
            queue=queue,
            messages_per_task=messages_per_task,
        )
        memory = memory or Size.mebibytes(512)
        front.check(scope)
        check_network(
            vpc, public_subnets, private_subnets, edge=edge is not None, called_at=(container_port, container_port)
        )
        container.check()
        check_task_size(cpu, memory)
        check_capacities(min_capacity, max_capacity)
        check_on_demand_base(on_demand_base, max_capacity)
        load.check()
        if mount_path is not None and file_system is None:
            raise ValueError("mount_path must be given with file_system: nothing else is mounted")
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
        self.cluster = ecs.Cluster(self, "Cluster", vpc=self.vpc, container_insights_v2=ecs.ContainerInsights.ENHANCED)
        task = ContainerTask(self, container, settings, starts_tasks="AWS Fargate")
        self.task_role, self.execution_role, self.log_group = task.role, task.execution_role, task.log_group
        definition = task.on_fargate(cpu=cpu, memory=memory, architecture=architecture or ecs.CpuArchitecture.ARM64)
        if file_system is not None:
            task.mount(definition, file_system, mount_path or "/mnt/shared")
        self.service = self._service(
            definition,
            network,
            capacity_of(min_capacity if on_demand_base is None else on_demand_base, spot_share),
            health_check_grace_period or Duration.minutes(1),
        )
        task.before(self.service)
        if file_system is not None:
            # From the tasks' side, so that the stack of a file system never waits for this one.
            self.service.connections.allow_to_default_port(file_system, "NFS to the file system")
        self.targets = application_targets(
            self,
            vpc=self.vpc,
            port=container_port,
            target=self.service,
            target_type=elbv2.TargetType.IP,
            health_check_path=health_check_path,
            edge=edge is not None,
        )
        self.balancer.forward("Targets", self.targets)
        self.scaling = scale_service(self.service, load, self.targets, fewest=min_capacity, most=max_capacity)
        self.failed_deployments = FailedDeployments(self, "Deployments", services=[self.service], settings=settings)
        self.alarms: list[cloudwatch.Alarm] = [
            *network.alarms,
            *self.balancer.alarms,
            *self.failed_deployments.alarms,
            too_few_tasks(self, self.cluster, self.service, alarm_topic),
        ]

    def _capacity_providers(self) -> ecs.CfnClusterCapacityProviderAssociations:
        # Not `enable_fargate_capacity_providers`, which makes the same resource at synthesis, too late to depend on: it
        # cannot be deleted while a service uses it.
        return ecs.CfnClusterCapacityProviderAssociations(
            self.cluster,
            self.cluster.node.id,
            cluster=self.cluster.cluster_name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            default_capacity_provider_strategy=[],
        )

    def _service(
        self,
        definition: ecs.FargateTaskDefinition,
        network: ApplicationNetwork,
        capacity: list[ecs.CapacityProviderStrategy],
        grace: Duration,
    ) -> ecs.FargateService:
        security_group = deployable(
            ec2.SecurityGroup(
                self, "SecurityGroup", vpc=self.vpc, description="Tasks of a web application", allow_all_outbound=False
            )
        )
        security_group.add_egress_rule(
            ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "AWS services, images and partners, by HTTPS"
        )
        service = ecs.FargateService(
            self,
            "Service",
            cluster=self.cluster,
            task_definition=definition,
            vpc_subnets=network.private,
            security_groups=[security_group],
            assign_public_ip=False,
            enable_execute_command=False,
            capacity_provider_strategies=capacity,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            min_healthy_percent=100,
            max_healthy_percent=200,
            health_check_grace_period=grace,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
        )
        # A task pulls its image through a NAT gateway.
        network.before(service)
        service.node.add_dependency(self._capacity_providers())
        return service


def capacity_of(on_demand_base: int, spot_share: int) -> list[ecs.CapacityProviderStrategy]:
    """Divide tasks between on-demand and spot capacity of AWS Fargate.

    Args:
        on_demand_base: How many tasks are on-demand before spot is used.
        spot_share: The share of spot among tasks above the base, in percent.

    Returns:
        The capacity providers with their weights.
    """
    providers = [
        ecs.CapacityProviderStrategy(capacity_provider="FARGATE", base=on_demand_base, weight=100 - spot_share)
    ]
    if spot_share:
        providers.append(ecs.CapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=spot_share))
    return providers
