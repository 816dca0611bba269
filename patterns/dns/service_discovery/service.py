"""The services of a mesh as values, and what Amazon ECS or their callers would refuse of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from annotated_types import Interval, Len, MultipleOf, Unit
from aws_cdk import Duration, Size, Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

from patterns.building_blocks.bounds import Known, Matches, Repeats, mebibytes
from patterns.building_blocks.container_task import SecretVariables, Variables
from patterns.building_blocks.fargate_task_sizes import check_task_size
from patterns.building_blocks.security_group import check_rules

OF_MESH = "-mesh"
"""What a name in Service Connect ends in: in one namespace it must differ from the name in DNS."""
IDLE = Duration.minutes(5)
"""After how long without a byte Service Connect closes a connection unless it is told otherwise."""
_LONGEST_ALIAS = 127
# What a stack holds; and what is made of a mesh, of a service, and of a call.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_MOST_RESOURCES, _OF_MESH, _OF_SERVICE, _OF_CALL = 500, 7, 10, 3

ServiceName = Annotated[
    str,
    Matches(
        r"(?=.{1,58}$)[a-z]([a-z0-9-]*[a-z0-9])?", "up to 58 lower-case letters, digits and hyphens, a letter first"
    ),
    Known("the ids of constructs"),
]
Timeout = Annotated[
    Duration, Interval(ge=timedelta(seconds=1), le=timedelta(days=1)), Known("how long the proxies wait")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service of the mesh.

    Attributes:
        callers: The names of the services that call it. Default: none.
        clients: The security groups of callers outside of the mesh, in the same VPC, which find it by DNS.
            Default: none.
        port: The port that its container listens on. Default: 8080.
        protocol: What callers speak. With "http", "http2" and "grpc" requests are balanced, with "tcp" connections.
            Default: "http".
        request_timeout: How long a request may take from a caller in the mesh. Default: 15 seconds.
        idle_timeout: How long a connection from the mesh may be without a byte. Default: five minutes, or an hour
            with "tcp"; `request_timeout` if that is longer.
        tasks: How many tasks run, spread over the zones. Default: 2.
        image: The container's image, for ARM64, which runs with a read-only root file system. Default: an example that
            serves an empty folder.
        health_check: The command, as "CMD" and its words or "CMD-SHELL" and a line, that succeeds while a task can
            serve. Required with `image`.
        environment: Environment variables without secrets, beside the addresses of what it calls: ORDERS_ADDRESS for
            a service called orders. Default: none.
        secrets: Environment variables from Secrets Manager or Parameter Store. Default: none.
        cpu: CPU units of a task, of which 1,024 are one processor; the proxy has a part of them. Default: 512.
        memory: Memory of a task, as AWS Fargate offers it for `cpu`. Default: 1 GiB.
    """

    callers: Annotated[Sequence[ServiceName], Len(0, 50), Unit("services")] = ()
    clients: Annotated[Sequence[ec2.ISecurityGroup], Len(0, 50), Unit("security groups")] = ()
    port: Annotated[int, Interval(ge=1024, le=65535), Known("the names of ports")] = 8080
    protocol: Literal["http", "http2", "grpc", "tcp"] = "http"
    request_timeout: Timeout | None = None
    idle_timeout: Timeout | None = None
    tasks: Annotated[int, Interval(ge=1, le=5000), Unit("tasks")] = 2
    image: ecs.ContainerImage | None = None
    health_check: Annotated[Sequence[str], Len(2, 100), Unit("words"), Repeats()] | None = None
    environment: Variables | None = None
    secrets: SecretVariables | None = None
    cpu: Literal[256, 512, 1024, 2048, 4096, 8192, 16384] = 512
    memory: (
        Annotated[
            Size,
            Interval(ge=mebibytes(512), le=mebibytes(122_880)),
            MultipleOf(mebibytes(1)),
            Known("the size of a task"),
        ]
        | None
    ) = None

    @property
    def size(self) -> Size:
        """The memory of a task."""
        return self.memory or Size.gibibytes(1)

    @property
    def called(self) -> bool:
        """Whether anybody calls it; one that nobody calls has no name."""
        return bool(self.callers or self.clients)

    @property
    def idle(self) -> Duration | None:
        """How long a connection may be idle; None is the default of Amazon ECS."""
        given, request = self.idle_timeout, self.request_timeout
        if given is not None or request is None or request.to_seconds() <= IDLE.to_seconds():
            return given
        return request


def address_variable(name: str) -> str:
    """The environment variable by which callers know the address of a service.

    Args:
        name: The service's name.

    Returns:
        The variable's name.
    """
    return f"{name.upper().replace('-', '_')}_ADDRESS"


def check_services(services: Mapping[str, Service], namespace_name: str, *, tls: bool) -> None:
    """Refuse services that cannot be deployed, or that some callers would not reach.

    Args:
        services: The argument `services`.
        namespace_name: The name of the namespace, or a token.
        tls: Whether the mesh has TLS.

    Raises:
        ValueError: If nobody is called, calls go in a circle, or a service contradicts itself.
    """
    if not any(one.called for one in services.values()):
        raise ValueError("services must have one with callers or clients: without, nobody finds anything")
    for name, one in services.items():
        for problem in _problems(name, one, services, namespace_name, tls=tls):
            raise ValueError(f"services[{name}]: {problem}")
    _check_count(services)
    for name in services:
        if circle := _circle(services, name):
            raise ValueError(
                f"services must not call each other in a circle, got {' -> '.join(circle)}: each finds only what was "
                "deployed before it"
            )


def _check_count(services: Mapping[str, Service]) -> None:
    calls = sum(len(one.callers) for one in services.values())
    from_outside = sum(len(one.clients) + bool(one.clients) for one in services.values())
    count = _OF_MESH + _OF_SERVICE * len(services) + _OF_CALL * calls + from_outside
    if count > _MOST_RESOURCES:
        raise ValueError(
            f"services must fit into one stack, which takes {_MOST_RESOURCES} resources, got {len(services)} with "
            f"{calls} callers, which make about {count}: put some of them into a stack of their own, with namespace"
        )


def _problems(
    name: str, one: Service, services: Mapping[str, Service], namespace_name: str, *, tls: bool
) -> Iterator[str]:
    for caller in one.callers:
        if caller == name or caller not in services:
            others = ", ".join(other for other in services if other != name) or "none"
            yield f"callers must name other services, of which there are: {others}; got {caller}"
    if name.endswith(OF_MESH) and name.removesuffix(OF_MESH) in services:
        yield f"its name is what {name.removesuffix(OF_MESH)} is called in the mesh"
    alias = f"{name}.{namespace_name}"
    if not Token.is_unresolved(namespace_name) and len(alias) > _LONGEST_ALIAS:
        yield f"its name in the namespace must have up to {_LONGEST_ALIAS} characters, got {len(alias)}"
    if tls and one.clients:
        yield "clients must not be given with private_ca: the proxy answers only callers with TLS of the mesh"
    if one.image is not None and one.health_check is None:
        yield "health_check must be given with image: nothing else tells that a task is ill"
    if one.health_check is not None and one.health_check[0] not in ("CMD", "CMD-SHELL"):
        yield f"health_check must begin with CMD or CMD-SHELL, got {one.health_check[0]!r}"
    yield from _wrong_timeouts(one)
    yield from _said_by(lambda: check_rules("callers and clients", len(one.callers) + len(one.clients)))
    if both := sorted(set(one.environment or ()) & set(one.secrets or ())):
        yield f"environment and secrets must differ, both set {', '.join(both)}"
    variables = {address_variable(other) for other, called in services.items() if name in called.callers}
    if taken := sorted(variables & {*(one.environment or ()), *(one.secrets or ())}):
        yield f"environment and secrets must not set {taken[0]}, which is the address of what it calls"
    yield from _said_by(lambda: check_task_size(one.cpu, one.size))


def _said_by(check: Callable[[], None]) -> Iterator[str]:
    try:
        check()
    except ValueError as error:
        yield str(error)


def _wrong_timeouts(one: Service) -> Iterator[str]:
    request, idle = one.request_timeout, one.idle_timeout
    for name, given in (("request_timeout", request), ("idle_timeout", idle)):
        if given is not None and not one.called:
            yield f"{name} must be given with callers or clients: nobody waits for a service that nobody calls"
    if request is None:
        return
    if one.protocol == "tcp":
        yield "request_timeout must not be given with protocol='tcp', which has no requests"
    if idle is not None and idle.to_seconds() < request.to_seconds():
        yield (
            f"idle_timeout must be at least request_timeout, got {idle.to_seconds():g} and {request.to_seconds():g} "
            "seconds: a request would end with its connection"
        )


def _circle(services: Mapping[str, Service], start: str) -> list[str]:
    """The services by which calls of one come back to it, or none."""
    ways, seen = [[start]], set[str]()
    while ways:
        way = ways.pop()
        for name, one in services.items():
            if way[-1] not in one.callers:
                continue
            if name == start:
                return [*way, start]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []
