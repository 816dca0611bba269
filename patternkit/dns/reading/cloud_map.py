"""Cloud Map: services of DNS namespaces, and the instances that are registered with them.

Source: https://docs.aws.amazon.com/cloud-map/latest/dg/services.html
"""

from __future__ import annotations

from typing import Any

from patternkit.dns.model import Alias, Endpoint, MultivalueAnswer, RecordSet, Unknown, Weighted
from patternkit.dns.reading.draft import Draft, number
from patternkit.dns.reading.template_resources import Resource

_ATTRIBUTES = {"A": "AWS_INSTANCE_IPV4", "AAAA": "AWS_INSTANCE_IPV6", "CNAME": "AWS_INSTANCE_CNAME"}


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
    for entry in config.get("DnsRecords") or []:
        if not isinstance(entry, dict):
            continue
        kind, ttl = str(entry.get("Type")), number(entry.get("TTL"), 60)
        policy: Any = Weighted(1) if config.get("RoutingPolicy", "MULTIVALUE") == "WEIGHTED" else MultivalueAnswer()
        for instance in instances:
            record = RecordSet(instance.identity, instance.path, f"{name.lower()}.{zone.name}", kind, policy, ttl=ttl)
            record.set_identifier = instance.path
            _of_instance(draft, instance, record)
            zone.add(record)
        for task in tasks:
            endpoint = draft.endpoint(task)
            endpoint.private = True
            if kind in ("A", "AAAA"):
                full = f"{name.lower()}.{zone.name}"
                zone.add(
                    RecordSet(
                        task.identity,
                        task.path,
                        full,
                        kind,
                        policy,
                        (endpoint.identity,),
                        ttl=ttl,
                        set_identifier=task.path,
                    )
                )


def _of_instance(draft: Draft, instance: Resource, record: RecordSet) -> None:
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
