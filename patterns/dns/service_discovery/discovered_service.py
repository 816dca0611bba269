"""One service of a mesh: its tasks, its name in the mesh and in DNS, its security group and its alarms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from aws_cdk import Acknowledgment, Annotations, Duration, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct

from patterns.building_blocks.container_task import Container, ContainerTask
from patterns.building_blocks.security_group import deployable
from patterns.building_blocks.selected_subnets import after_ways_out
from patterns.building_blocks.service_alarms import no_tasks, too_few_tasks, unhealthy_tasks
from patterns.building_blocks.settings import Settings
from patterns.dns.service_discovery.mesh_tls import MeshTls
from patterns.dns.service_discovery.service import OF_MESH, Service, address_variable

RecordType = Literal["A", "SRV"]
STOPPING = Duration.seconds(5)
"""How long an application that was told to stop has left after it has answered whoever still had its address."""
_VARIABLES = "AwsSolutions::AwsSolutions-ECS2"
_NO_SECRETS = (
    "Names and ports of the services that it calls are no secrets, and a change of them starts its tasks anew."
)
_CHECKED = Duration.seconds(10)
_PORT = "application"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """What the services of a mesh share.

    Attributes:
        vpc: The VPC.
        subnets: The subnets of their tasks.
        cluster: The cluster.
        namespace: The namespace of their names.
        dns_ttl: How long resolvers keep their addresses.
        record_type: What DNS answers: addresses, or addresses with ports.
        drain_time: How long a task goes on after it is told to stop.
        tls: The certificates of the mesh, or None.
        settings: The key, the retention and the topic.
    """

    vpc: ec2.IVpc
    subnets: ec2.SubnetSelection
    cluster: ecs.ICluster
    namespace: servicediscovery.IPrivateDnsNamespace
    dns_ttl: Duration
    record_type: RecordType
    drain_time: Duration
    tls: MeshTls | None
    settings: Settings

    def address(self, name: str, service: Service) -> str:
        """The name and port of a service, for callers in the mesh and outside of it alike."""
        return f"{name}.{self.namespace.namespace_name}:{service.port}"


class DiscoveredService(Construct):
    """A service of a mesh.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        name: Its name.
        given: What was given of it.
        calls: The services that it calls, by name.
        mesh: The mesh.

    Attributes:
        name (str): Its name.
        port (int): The port of its container.
        protocol (str): What its callers speak.
        address (str): The name and port that callers connect to, in the mesh and outside of it alike.
        service (ecs.FargateService): The service.
        task_role (iam.Role): The application's role, without permissions until they are granted.
        execution_role (iam.Role): The role that starts a task.
        security_group (ec2.SecurityGroup): The group of its tasks, which lets in its callers and clients alone.
        log_group (logs.LogGroup): The log of the application and of the proxy, with a line for each request.
        dns_name (servicediscovery.Service | None): Its name in DNS, if it has clients outside of the mesh.
        alarms (list[cloudwatch.Alarm]): Its alarms.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        given: Service,
        calls: Mapping[str, Service],
        mesh: Mesh,
    ) -> None:
        super().__init__(scope, construct_id)
        self.name, self.port, self.protocol = name, given.port, given.protocol
        self._given, self._calls, self._mesh = given, calls, mesh
        self.address = mesh.address(name, given)
        task = ContainerTask(self, self._container(), mesh.settings, starts_tasks="AWS Fargate")
        self.task_role: iam.Role = task.role
        self.execution_role: iam.Role = task.execution_role
        self.log_group: logs.LogGroup = task.log_group
        definition = task.on_fargate(cpu=given.cpu, memory=given.size, architecture=ecs.CpuArchitecture.ARM64)
        if calls:
            Validations.of(definition).acknowledge(Acknowledgment(id=_VARIABLES, reason=_NO_SECRETS))
        self.security_group = self._group()
        self.service = self._service(definition)
        task.before(self.service)
        # A task that has no way out yet finds no image, and the circuit breaker counts it as failed.
        after_ways_out(self.service, mesh.subnets.subnets or ())
        self.dns_name: servicediscovery.Service | None = self._register() if given.clients else None
        for client in given.clients:
            self.security_group.connections.allow_from(client, ec2.Port.tcp(given.port), "A client outside of the mesh")
        self.alarms: list[cloudwatch.Alarm] = [
            made(self, mesh.cluster, self.service, mesh.settings.alarm_topic)
            for made in (no_tasks, too_few_tasks, unhealthy_tasks)
        ]
        if given.called and given.tasks == 1:
            Annotations.of(self).add_info(
                f"{name} has one task: while that is ill or stopped nobody answers, until another one has started"
            )

    @property
    def discovery_name(self) -> str:
        """What Service Connect and its metrics call it."""
        return f"{self.name}{OF_MESH}"

    def call(self, called: "DiscoveredService", *, period: Duration) -> None:
        """Let it call another service, deploy it after that one, and watch its calls.

        Args:
            called: The other service.
            period: The period of the alarm on calls that fail.
        """
        port = ec2.Port.tcp(called.port)
        called.security_group.connections.allow_from(self.security_group, port, f"Calls of {self.name}")
        # A task finds in the mesh only what was deployed before it started.
        self.service.node.add_dependency(called.service)
        if called.protocol == "tcp":
            return
        failing = cloudwatch.Metric(
            namespace="AWS/ECS",
            metric_name="HTTPCode_Target_5XX_Count",
            dimensions_map={
                "ClusterName": self._mesh.cluster.cluster_name,
                "ServiceName": self.service.service_name,
                "TargetDiscoveryName": called.discovery_name,
            },
            statistic="Sum",
            period=period,
        )
        self.alarms.append(
            self._mesh.settings.alarm(
                self,
                f"CallsFail-{called.name}",
                metric=failing,
                threshold=10,
                description=f"Calls of {called.name} fail: it answers with errors, or too late, or nobody answers. "
                "Read the log of both.",
            )
        )

    def _container(self) -> Container:
        given, mesh = self._given, self._mesh
        check = given.health_check or ["CMD", "python", "-c", _CONNECT.format(port=given.port)]
        return Container(
            image=given.image,
            port=given.port,
            # A task that is to call another service must start after that was deployed: by these, it starts anew.
            environment={
                **(given.environment or {}),
                **{address_variable(name): mesh.address(name, one) for name, one in self._calls.items()},
            },
            secrets=given.secrets,
            example=["sh", "-c", _example(given.port, mesh.drain_time)],
            port_name=_PORT,
            protocol=_app_protocol(given.protocol),
            health_check=ecs.HealthCheck(
                command=list(check),
                interval=_CHECKED,
                timeout=Duration.seconds(5),
                retries=3,
                start_period=Duration.minutes(1),
            ),
            stop_timeout=mesh.drain_time,
        )

    def _group(self) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=self._mesh.vpc,
            description=f"Tasks of {self.name}",
            allow_all_outbound=False,
        )
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "AWS services, images and partners, by HTTPS")
        return deployable(group)

    def _service(self, definition: ecs.FargateTaskDefinition) -> ecs.FargateService:
        given, mesh = self._given, self._mesh
        offered = ecs.ServiceConnectService(
            port_mapping_name=_PORT,
            discovery_name=self.discovery_name,
            # The name that DNS answers outside of the mesh: whoever moves in or out keeps its configuration.
            dns_name=f"{self.name}.{mesh.namespace.namespace_name}",
            port=given.port,
            per_request_timeout=given.request_timeout,
            idle_timeout=given.idle,
            tls=mesh.tls.configuration if mesh.tls is not None else None,
        )
        return ecs.FargateService(
            self,
            "Service",
            cluster=mesh.cluster,
            task_definition=definition,
            desired_count=given.tasks,
            vpc_subnets=mesh.subnets,
            security_groups=[self.security_group],
            assign_public_ip=False,
            enable_execute_command=False,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            # New tasks are well before old ones are told to stop.
            min_healthy_percent=100,
            max_healthy_percent=200,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            service_connect_configuration=ecs.ServiceConnectProps(
                # By its ARN: where a name is not found, Amazon ECS makes another namespace of that name.
                namespace=mesh.namespace.namespace_arn,
                services=[offered] if given.called else [],
                log_driver=ecs.LogDriver.aws_logs(
                    stream_prefix="proxy", log_group=self.log_group, mode=ecs.AwsLogDriverMode.NON_BLOCKING
                ),
                access_log_configuration=ecs.ServiceConnectAccessLogConfiguration(
                    format=ecs.ServiceConnectAccessLogFormat.JSON, include_query_parameters=False
                ),
            ),
        )

    def _register(self) -> servicediscovery.Service:
        mesh = self._mesh
        name = servicediscovery.Service(
            self,
            "Name",
            namespace=mesh.namespace,
            name=self.name,
            dns_record_type=servicediscovery.DnsRecordType[mesh.record_type],
            dns_ttl=mesh.dns_ttl,
            # Amazon ECS says by it which tasks are ill. It cannot be added later without another service.
            custom_health_check=servicediscovery.HealthCheckCustomConfig(failure_threshold=1),
        )
        self.service.associate_cloud_map_service(service=name)
        return name


_CONNECT = "import socket; socket.create_connection(('127.0.0.1', {port}), 4)"


def _app_protocol(protocol: str) -> ecs.AppProtocol | None:
    found = {"http": ecs.AppProtocol.http, "http2": ecs.AppProtocol.http2, "grpc": ecs.AppProtocol.grpc}
    return cast(ecs.AppProtocol | None, found.get(protocol))


def _example(port: int, drain_time: Duration) -> str:
    """The example: it goes on serving after it is told to stop, for whoever still has its address."""
    drain = f"$(({_seconds(drain_time)} - {STOPPING.to_seconds():g}))"
    serve = f"python -m http.server {port} --directory /srv & server=$!"
    return f'{serve}; trap "sleep {drain}; kill $server" TERM; wait $server; wait $server'


def _seconds(duration: Duration) -> str:
    return f"{duration.to_seconds():g}"
