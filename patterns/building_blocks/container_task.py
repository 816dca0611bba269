"""Tasks of Amazon ECS that run one container of an application: its roles, log, secrets and file system."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from aws_cdk import Duration, Size, Stack
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from patterns.building_blocks.bounds import Matches
from patterns.building_blocks.deployed_name import unique_name
from patterns.building_blocks.settings import Settings

EXAMPLE_IMAGE = "public.ecr.aws/docker/library/python:3.13-slim"
NOBODY = "65534:65534"


# A shell sees names of letters, digits and _ alone; an application may read others, as spring.profiles.active.
VariableName = Annotated[str, Matches(r"[!-<>-~]{1,255}", "named with up to 255 printable ASCII characters without =")]
Variables = Mapping[VariableName, str]
"""Environment variables of a container."""

SecretVariables = Mapping[VariableName, ecs.Secret]
"""Environment variables of a container that are secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What a task runs.

    Attributes:
        image: The container's image. None: an example that serves an empty folder.
        port: The port that the container listens on.
        environment: Environment variables without secrets.
        secrets: Environment variables from Secrets Manager or Parameter Store.
        example: The command of the example, which runs if there is no image. Default: a server of an empty folder.
        port_name: What Service Connect calls the port. Default: nothing; the port has no name.
        protocol: What the port speaks, as Service Connect needs to know it. Default: nothing is said.
        health_check: The command that tells whether the container can serve, and how often. Default: none.
        stop_timeout: How long the container may go on after it is told to stop. Default: 30 seconds.
    """

    image: ecs.ContainerImage | None
    port: int
    environment: Variables | None
    secrets: SecretVariables | None
    example: Sequence[str] | None = None
    port_name: str | None = None
    protocol: ecs.AppProtocol | None = None
    health_check: ecs.HealthCheck | None = None
    stop_timeout: Duration | None = None

    def check(self) -> None:
        """Refuse variables that are set twice.

        Raises:
            ValueError: If one is set by both arguments.
        """
        both = sorted(set(self.environment or ()) & set(self.secrets or ()))
        if both:
            raise ValueError(f"environment and secrets must differ, both set {', '.join(both)}")


class ContainerTask:
    """The roles and the log group of a task, and its definition.

    Args:
        scope: The construct that they belong to.
        container: What the task runs.
        settings: The retention and key of the log.
        starts_tasks: Who uses the execution role: "AWS Fargate" or "Amazon ECS".

    Attributes:
        role (iam.Role): The application's permissions: none, until they are granted.
        execution_role (iam.Role): The permissions to start a task.
        log_group (logs.LogGroup): The containers' log.
    """

    def __init__(self, scope: Construct, container: Container, settings: Settings, *, starts_tasks: str) -> None:
        self._scope = scope
        self._container = container
        principal = iam.ServicePrincipal("ecs-tasks.amazonaws.com", conditions=_of_tasks(scope))
        self.role = iam.Role(scope, "TaskRole", assumed_by=principal, description="What the application may do")
        self.execution_role = iam.Role(
            scope, "ExecutionRole", assumed_by=principal, description=f"What {starts_tasks} may do to start a task"
        )
        self.log_group: logs.LogGroup = settings.log_group(scope, "Log")

    def on_fargate(self, *, cpu: int, memory: Size, architecture: ecs.CpuArchitecture) -> ecs.FargateTaskDefinition:
        """Define the task for AWS Fargate, which reserves CPU and memory for the task.

        Args:
            cpu: CPU units, of which 1,024 are one processor.
            memory: The memory.
            architecture: The processor of the image.

        Returns:
            The task definition.
        """
        task = ecs.FargateTaskDefinition(
            self._scope,
            "Task",
            family=unique_name(self._scope, "Task", longest=255),
            cpu=cpu,
            memory_limit_mib=int(memory.to_mebibytes()),
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=architecture, operating_system_family=ecs.OperatingSystemFamily.LINUX
            ),
            task_role=self.role,
            execution_role=self.execution_role,
        )
        port = ecs.PortMapping(
            container_port=self._container.port,
            name=self._container.port_name,
            app_protocol=self._container.protocol,
        )
        self._add_container(task, port)
        return task

    def on_instances(self, *, cpu: int, memory: Size) -> ecs.Ec2TaskDefinition:
        """Define the task for instances, where CPU and memory are reserved for the container.

        Args:
            cpu: CPU units, of which 1,024 are one processor.
            memory: The memory.

        Returns:
            The task definition.
        """
        task = ecs.Ec2TaskDefinition(
            self._scope,
            "Task",
            family=unique_name(self._scope, "Task", longest=255),
            # Only in this mode does an instance choose its ports, so that several tasks of one kind fit on it.
            network_mode=ecs.NetworkMode.BRIDGE,
            task_role=self.role,
            execution_role=self.execution_role,
        )
        port = ecs.PortMapping(container_port=self._container.port, host_port=0)
        self._add_container(task, port, cpu=cpu, memory_limit_mib=int(memory.to_mebibytes()), privileged=False)
        return task

    def _add_container(
        self,
        task: ecs.TaskDefinition,
        port: ecs.PortMapping,
        *,
        cpu: int | None = None,
        memory_limit_mib: int | None = None,
        privileged: bool | None = None,
    ) -> None:
        image, environment, secrets = self._container.image, self._container.environment, self._container.secrets
        example = self._container.example or [
            "python",
            "-m",
            "http.server",
            str(port.container_port),
            "--directory",
            "/srv",
        ]
        task.add_container(
            "Application",
            image=image or ecs.ContainerImage.from_registry(EXAMPLE_IMAGE),
            command=None if image else list(example),
            user=None if image else NOBODY,
            cpu=cpu,
            memory_limit_mib=memory_limit_mib,
            environment=dict(environment) if environment else None,
            secrets=dict(secrets) if secrets else None,
            port_mappings=[port],
            health_check=self._container.health_check,
            stop_timeout=self._container.stop_timeout,
            readonly_root_filesystem=True,
            privileged=privileged,
            # An init process forwards the signal to stop to a shell's children, and ends them with it.
            linux_parameters=ecs.LinuxParameters(self._scope, "Init", init_process_enabled=True),
            logging=ecs.LogDriver.aws_logs(
                stream_prefix="application", log_group=self.log_group, mode=ecs.AwsLogDriverMode.NON_BLOCKING
            ),
        )

    def before(self, service: ecs.BaseService) -> None:
        """Have a service wait for the permissions that start its tasks, and go before them.

        A task that starts too early finds no secret, no image or no log, and the circuit breaker counts it as failed.

        Args:
            service: The service.
        """
        service.node.add_dependency(self.execution_role)

    def mount(self, task: ecs.TaskDefinition, file_system: efs.IFileSystem, path: str) -> None:
        """Mount a file system in the container, encrypted in transit, by the task's own permissions.

        Args:
            task: The task definition.
            file_system: The file system.
            path: The path in the container.
        """
        task.add_volume(
            name="shared",
            efs_volume_configuration=ecs.EfsVolumeConfiguration(
                file_system_id=file_system.file_system_id,
                transit_encryption="ENABLED",
                authorization_config=ecs.AuthorizationConfig(iam="ENABLED"),
            ),
        )
        assert task.default_container is not None
        task.default_container.add_mount_points(
            ecs.MountPoint(container_path=path, source_volume="shared", read_only=False)
        )
        self.role.add_to_policy(
            iam.PolicyStatement(
                actions=["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
                resources=[file_system.file_system_arn],
            )
        )


def _of_tasks(scope: Construct) -> dict[str, dict[str, str]]:
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    stack = Stack.of(scope)
    tasks = f"arn:{stack.partition}:ecs:{stack.region}:{stack.account}:*"
    return {"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": tasks}}
