"""A load balancer, containers behind it, and instances that come and go with the containers."""

from typing import Annotated, Literal

from annotated_types import Ge, Interval, MultipleOf, Unit
from aws_cdk import Duration, Size
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_wafv2 as wafv2
from constructs import Construct

from patterns.building_blocks.bounds import Known, gibibytes, mebibytes
from patterns.building_blocks.container_task import Container, ContainerTask, SecretVariables, Variables
from patterns.building_blocks.domain_name import HostName
from patterns.building_blocks.failed_deployments import FailedDeployments
from patterns.building_blocks.machine_image import check_image
from patterns.building_blocks.service_alarms import too_few_tasks
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.web.capacity.capacity_bounds import RequestsPerMinute, TargetUtilization, check_capacities
from patterns.web.container_services.service_scaling import TrackedLoad, scale_service
from patterns.web.instance_fleets.instance_template import check_instance_types, default_instance_type
from patterns.web.load_balanced_containers.instance_cluster import InstanceCluster, container_image_of
from patterns.web.load_balanced_containers.tasks_per_instance import instances_for, tasks_on_one
from patterns.web.load_balancing.edge_front import EdgeFront
from patterns.web.load_balancing.https_front import HttpsFront
from patterns.web.load_balancing.https_load_balancer import HttpsLoadBalancer
from patterns.web.load_balancing.target_group import HealthCheckPath, StartTime, application_targets
from patterns.web.networking.application_network import ApplicationNetwork, Subnets, check_network
from patterns.web.networking.ports import ApplicationPort

ScaleOn = Literal["cpu", "memory", "requests"]
# How many tasks may run during a deployment, in percent of those wanted; room for them is in the bounds of instances.
SURGE = 150
_BOUNDS = Known("how many instances there may be")
# The last that Linux gives is 60999, and the first 32768; the security group lets all above in.
_HOST_PORTS = (32768, 65535)


class LoadBalancedContainers(Construct):
    """Serve a web application from containers on instances that come and go with them behind a load balancer.

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
        image: The container's image, which runs with a read-only root file system. Default: an example that serves an
            empty folder.
        container_port: The port that the container listens on; which port of the instance leads to it
            is the instance's choice. Default: 8080.
        health_check_path: The path that answers 200 while a task can serve. Default: "/".
        health_check_grace_period: How long a new task has to start. Default: one minute.
        environment: Environment variables without secrets. Default: none.
        secrets: Environment variables from Secrets Manager or Parameter Store. Default: none.
        cpu: CPU units that a task reserves, of which 1,024 are one processor. Default: 256.
        memory: Memory that a task may use. Default: 512 MiB.
        architecture: The processor of image and instances. Default: ARM_64.
        instance_type: The instance type. Default: t4g.medium, or t3.medium for X86_64.
        machine_image: An image with the Amazon ECS agent. Default: the newest Amazon Linux 2023 for Amazon ECS.
        volume_size: The size of an instance's root volume. Default: 30 GiB.
        min_capacity: The fewest tasks. Default: 2, one in each zone.
        max_capacity: The most tasks. Default: 10.
        tasks_per_instance: How many tasks fit on an instance, from which the bounds of instances follow.
            Default: what `cpu` and `memory` leave room for; known for instance types of the families c, m, r and t
            from c5, m4, r5 and t2 on, except c5n and t2.small.
        spare_capacity: How much of the instances' room is kept free, in percent, so that new tasks need not wait
            for an instance. Default: 0.
        scale_on: The load that is tracked: "cpu", "memory" or "requests" for each task. Default: "cpu".
        target_utilization: How busy a task should be, in percent. Default: 50.
        requests_per_task: Requests a minute that keep one task fully busy. Required with scale_on="requests".
        encryption_key: The key that encrypts logs; its policy must let CloudWatch Logs use it. Default: a key of
            CloudWatch Logs.
        log_retention: How long logs of tasks and flows are kept. Default: one month.
        deletion_protection: Whether deleting the load balancer is refused. Default: True.
        alarm_topic: The topic that alarms notify. Default: none; the alarms only change state.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        balancer (HttpsLoadBalancer): The load balancer with its listeners and access logs.
        instances (InstanceCluster): The cluster with its instances and its capacity provider.
        service (ecs.Ec2Service): The service.
        targets (elbv2.ApplicationTargetGroup): The target group of the tasks.
        task_role (iam.Role): The application's role, without permissions until they are granted.
        execution_role (iam.Role): The role that starts a task.
        log_group (logs.LogGroup): The log of the containers.
        scaling (ecs.ScalableTaskCount): The number of tasks, which schedules can be added to.
        failed_deployments (FailedDeployments): Events of deployments that were rolled back.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
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
        cpu: Annotated[int, Interval(ge=128, le=16_384), Unit("units"), _BOUNDS] = 256,
        memory: Annotated[Size, Interval(ge=mebibytes(64), le=mebibytes(122_880)), MultipleOf(mebibytes(1)), _BOUNDS]
        | None = None,
        architecture: ec2.InstanceArchitecture = ec2.InstanceArchitecture.ARM_64,
        instance_type: ec2.InstanceType | None = None,
        machine_image: ec2.IMachineImage | None = None,
        volume_size: Annotated[
            Size, Interval(ge=gibibytes(30), le=gibibytes(1024)), MultipleOf(gibibytes(1)), Known("the launch template")
        ]
        | None = None,
        min_capacity: Annotated[int, Ge(1), Unit("tasks"), _BOUNDS] = 2,
        max_capacity: Annotated[int, Interval(ge=1, le=5000), Unit("tasks"), _BOUNDS] = 10,
        tasks_per_instance: Annotated[int, Interval(ge=1, le=120), Unit("tasks"), _BOUNDS] | None = None,
        spare_capacity: Annotated[int, Interval(ge=0, le=50), Unit("percent"), _BOUNDS] = 0,
        scale_on: ScaleOn = "cpu",
        target_utilization: TargetUtilization = 50,
        requests_per_task: RequestsPerMinute | None = None,
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
            scale_on=scale_on, target_utilization=target_utilization, requests_per_task=requests_per_task
        )
        memory = memory or Size.mebibytes(512)
        instance_type = instance_type or default_instance_type(architecture, "medium")
        front.check(scope)
        check_network(vpc, public_subnets, private_subnets, edge=edge is not None, called_at=_HOST_PORTS)
        container.check()
        check_instance_types("instance_type", [instance_type], architecture)
        check_image("machine_image", scope, machine_image)
        check_capacities(min_capacity, max_capacity)
        load.check()
        on_one = tasks_on_one(instance_type, cpu, memory, tasks_per_instance)
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
        self.instances = InstanceCluster(
            self,
            "Instances",
            network=network,
            instance_type=instance_type,
            machine_image=machine_image or container_image_of(architecture),
            volume_size=volume_size or Size.gibibytes(30),
            bounds=instances_for(min_capacity, max_capacity, on_one, SURGE, spare_capacity),
            spare_capacity=spare_capacity,
            settings=settings,
        )
        task = ContainerTask(self, container, settings, starts_tasks="Amazon ECS")
        self.task_role, self.execution_role, self.log_group = task.role, task.execution_role, task.log_group
        self.service = self._service(
            task.on_instances(cpu=cpu, memory=memory), health_check_grace_period or Duration.minutes(1)
        )
        task.before(self.service)
        self.targets = application_targets(
            self,
            vpc=self.vpc,
            # Each task registers the port that its instance chose; AWS requires a number here.
            port=80,
            target=self.service,
            target_type=elbv2.TargetType.INSTANCE,
            health_check_path=health_check_path,
            health_check_port="traffic-port",
            edge=edge is not None,
        )
        self.balancer.forward("Targets", self.targets)
        self.scaling = scale_service(self.service, load, self.targets, fewest=min_capacity, most=max_capacity)
        self.failed_deployments = FailedDeployments(self, "Deployments", services=[self.service], settings=settings)
        self.alarms: list[cloudwatch.Alarm] = [
            *network.alarms,
            *self.balancer.alarms,
            *self.instances.alarms,
            *self.failed_deployments.alarms,
            too_few_tasks(self, self.instances.cluster, self.service, alarm_topic),
        ]

    def _service(self, definition: ecs.Ec2TaskDefinition, grace: Duration) -> ecs.Ec2Service:
        service = ecs.Ec2Service(
            self,
            "Service",
            cluster=self.instances.with_capacity,
            task_definition=definition,
            capacity_provider_strategies=[
                ecs.CapacityProviderStrategy(capacity_provider=self.instances.provider.ref, weight=1)
            ],
            # Zones first, so that the failure of one takes half of the tasks; then as few instances as possible.
            placement_strategies=[
                ecs.PlacementStrategy.spread_across(ecs.BuiltInAttributes.AVAILABILITY_ZONE),
                ecs.PlacementStrategy.packed_by_memory(),
            ],
            enable_execute_command=False,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            min_healthy_percent=100,
            max_healthy_percent=SURGE,
            health_check_grace_period=grace,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
        )
        self.instances.serve(service)
        return service
