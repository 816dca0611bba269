"""Cloud Map: services of DNS namespaces, and the instances and tasks that are registered with them.

Source: https://docs.aws.amazon.com/cloud-map/latest/dg/services.html
"""

from __future__ import annotations

from typing import Any

from patternkit.dns.model import (
    Alias,
    Endpoint,
    HostedZone,
    MultivalueAnswer,
    RecordSet,
    ReportedCheck,
    Unknown,
    Weighted,
)
from patternkit.dns.reading.draft import Draft, number
from patternkit.dns.reading.template_resources import Resource
from patternkit.resolving.values import CLOSE

_ATTRIBUTES = {"A": "AWS_INSTANCE_IPV4", "AAAA": "AWS_INSTANCE_IPV6", "CNAME": "AWS_INSTANCE_CNAME"}
_REPORTED = 30
"""Seconds that Cloud Map waits before it believes that an instance is ill."""
_INTERVAL, _RETRIES = 30, 3
"""Of the health check of a container, where it does not say."""
_MOST_TASKS = 100
"""How many tasks of a service are told apart."""


def read_cloud_map(draft: Draft) -> None:
    """Read what services answer: the instances of the template, and the tasks that ECS registers."""
    tasks: dict[str, list[Resource]] = {}
    for one in draft.resources.of("AWS::ECS::Service"):
        for entry in one.listed("ServiceRegistries"):
            owner = draft.resources.owner(entry.get("RegistryArn")) if isinstance(entry, dict) else None
            if owner is not None:
                tasks.setdefault(owner.identity, []).append(one)
    instances: dict[str, list[Resource]] = {}
    for one in draft.resources.of("AWS::ServiceDiscovery::Instance"):
        owner = draft.resources.owner(one.get("ServiceId"))
        if owner is not None:
            instances.setdefault(owner.identity, []).append(one)
    for service in draft.resources.of("AWS::ServiceDiscovery::Service"):
        _service(draft, service, instances.get(service.identity, []), tasks.get(service.identity, []))


def _service(draft: Draft, service: Resource, instances: list[Resource], tasks: list[Resource]) -> None:
    config = service.get("DnsConfig")
    if not isinstance(config, dict):
        return
    namespace = draft.resources.owner(service.get("NamespaceId") or config.get("NamespaceId"))
    zone = draft.model.zones.get(namespace.identity) if namespace is not None else None
    name = service.text("Name")
    if zone is None or isinstance(name, Unknown) or "\u27e8" in name or not name:
        draft.model.unknown.append(f"the name of {service.path} is not known")
        return
    if not instances and not tasks:
        zone.doubts.append(f"what is registered with {service.path} at run time is not in the set")
    full = f"{name.lower()}.{zone.name}"
    reported = service.get("HealthCheckCustomConfig") is not None
    running = [one for task in tasks for one in _tasks(draft, task, reported=reported)]
    for entry in config.get("DnsRecords") or []:
        if not isinstance(entry, dict):
            continue
        kind, ttl = str(entry.get("Type")), number(entry.get("TTL"), 60)
        policy: Any = Weighted(1) if config.get("RoutingPolicy", "MULTIVALUE") == "WEIGHTED" else MultivalueAnswer()
        for instance in instances:
            record = RecordSet(instance.identity, instance.path, full, kind, policy, ttl=ttl)
            record.set_identifier = instance.path
            _of_instance(draft, instance, record, reported=reported)
            zone.add(record)
        # The target of an SRV record is the task's own name, and so the task.
        if kind in ("A", "AAAA", "SRV"):
            _add_tasks(zone, running, full, kind, policy, ttl)


def _add_tasks(
    zone: HostedZone,
    running: list[tuple[Endpoint, ReportedCheck | None]],
    full: str,
    kind: str,
    policy: Any,
    ttl: int | Unknown,
) -> None:
    for endpoint, check in running:
        zone.add(
            RecordSet(
                endpoint.identity,
                endpoint.path,
                full,
                kind,
                policy,
                (endpoint.identity,),
                ttl=ttl,
                set_identifier=endpoint.path,
                health_check=check,
            )
        )


def _tasks(draft: Draft, service: Resource, *, reported: bool) -> list[tuple[Endpoint, ReportedCheck | None]]:
    """The tasks of a service of Amazon ECS, each with what says that it is ill; one stands for all if nobody knows."""
    count = number(service.get("DesiredCount"), 1)
    found: list[tuple[Endpoint, ReportedCheck | None]] = []
    for task in range(1, min(count, _MOST_TASKS) + 1 if isinstance(count, int) and count > 1 else 2):
        if isinstance(count, int) and count > 1:
            identity = f"{service.identity.removesuffix(CLOSE)}/task{task}{CLOSE}"
            endpoint = Endpoint(identity, f"{service.path}/task{task}", service.kind, service.region)
            draft.model.endpoints[identity] = endpoint
            draft.model.labels[identity] = endpoint.path
        else:
            endpoint = draft.endpoint(service)
        endpoint.private = True
        found.append((endpoint, _reported(draft, service, endpoint) if reported else None))
    return found


def _reported(draft: Draft, service: Resource, endpoint: Endpoint) -> ReportedCheck:
    seconds = _container_check(draft, service)
    check = ReportedCheck(
        f"{endpoint.identity.removesuffix(CLOSE)}.reported{CLOSE}",
        f"{endpoint.path}, as Amazon ECS reports it",
        looks_at=(endpoint.identity,),
        seconds=seconds + _REPORTED if isinstance(seconds, int) else seconds or _REPORTED,
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html: container-level checks.
        reports=seconds if isinstance(seconds, Unknown) else seconds is not None,
    )
    draft.model.checks[check.identity] = check
    return check


def _container_check(draft: Draft, service: Resource) -> int | Unknown | None:
    """Seconds until a container of a task fails its health check; None if no container has one."""
    given = service.get("TaskDefinition")
    definition = draft.resources.owner(given)
    if definition is None:
        return (
            given if isinstance(given, Unknown) else Unknown(f"the task definition of {service.path} is not in the set")
        )
    found: list[int | Unknown] = []
    for container in definition.listed("ContainerDefinitions"):
        check = container.get("HealthCheck") if isinstance(container, dict) else None
        if isinstance(check, dict):
            interval, retries = number(check.get("Interval"), _INTERVAL), number(check.get("Retries"), _RETRIES)
            unknown = next((one for one in (interval, retries) if isinstance(one, Unknown)), None)
            found.append(unknown or int(str(interval)) * int(str(retries)))
    known = [one for one in found if isinstance(one, int)]
    return max(known) if known and len(known) == len(found) else next(iter(found), None)


def _of_instance(draft: Draft, instance: Resource, record: RecordSet, *, reported: bool) -> None:
    attributes = instance.get("InstanceAttributes")
    given = attributes if isinstance(attributes, dict) else {}
    alias = given.get("AWS_ALIAS_DNS_NAME")
    if alias is not None:
        owner = draft.resources.owner(alias)
        target: Endpoint | Unknown = (
            draft.endpoint(owner)
            if owner
            else alias
            if isinstance(alias, Unknown)
            else Endpoint(str(alias), str(alias))
        )
        record.alias = Alias(target, evaluate_target_health=True)
        return
    value = given.get(_ATTRIBUTES.get(record.type, ""))
    owner = draft.resources.owner(value)
    if owner is not None:
        record.values = (draft.endpoint(owner).identity,)
    elif isinstance(value, str):
        record.values = (value,)
    else:
        record.unknown_values = (
            value if isinstance(value, Unknown) else Unknown(f"{instance.path} gives no {record.type}")
        )
    if reported:
        identity = f"{instance.identity.removesuffix(CLOSE)}.reported{CLOSE}"
        record.health_check = draft.model.checks[identity] = ReportedCheck(
            identity,
            f"{instance.path}, as it is reported",
            looks_at=record.values,
            reports=Unknown(f"whether anybody reports that {instance.path} is ill"),
            starts=given.get("AWS_INIT_HEALTH_STATUS") != "UNHEALTHY",
        )
