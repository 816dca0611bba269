"""Tasks of Amazon ECS with network interfaces of their own, which a question may name by their service."""

from __future__ import annotations

from typing import Any

from patternkit.resolving import Stack, custom_names
from patternkit.resolving.values import Unknown, lifted, not_lifted
from patternkit.routes.building.draft import Draft, Properties
from patternkit.routes.building.filters import DEFAULT_GROUP, default_group
from patternkit.routes.building.proxies import add_proxy
from patternkit.routes.model import Instance, Interface, SecurityGroup, Subnet


def add_tasks(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add the tasks of an `AWS::ECS::Service` in the network mode awsvpc: a host in each of its subnets.

    Each task has one interface of its own, so what comes in by one never goes out by another.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
    """
    network = draft.get(stack, properties, "NetworkConfiguration")
    awsvpc = network.get("AwsvpcConfiguration") if isinstance(network, dict) else None
    if not isinstance(awsvpc, dict) or not isinstance(awsvpc.get("Subnets"), list):
        return
    public = _public(awsvpc.get("AssignPublicIp"))
    hosts = add_hosts(draft, stack, logical, awsvpc["Subnets"], awsvpc.get("SecurityGroups"), public=public)
    if not properties.get("LoadBalancers"):
        add_proxy(draft, hosts, custom_names(stack, logical, ""))


def add_hosts(
    draft: Draft, stack: Stack, logical: str, subnets: list[Any], groups: Any, *, public: bool | Unknown
) -> list[Interface]:
    """Add a host in each of a resource's subnets, all of which a question may name by the resource."""
    identity, path = stack.ids[logical], stack.path(logical)
    whole = Instance(identity, path, stack.resources[logical]["Type"])
    for number, given in enumerate(subnets):
        subnet = draft.find(draft.model.subnets, given, "subnet")
        # No path of the subnet's, or a question that names the subnet would mean its hosts as well.
        where = subnet.path.rpartition("/")[2] if isinstance(subnet, Subnet) else f"subnet {number + 1}"
        host = Interface(
            f"{identity[:-1]}.host{number}⟩",
            f"{path} ({where})",
            whole.kind,
            subnet=subnet,
            security_groups=_groups(draft, groups, subnet),
            public=public,
            stands_for=identity,
        )
        host.instance = Instance(host.identity, host.path, host.kind, interfaces=[host])
        draft.model.interfaces[host.identity] = host
        whole.interfaces.append(host)
    if whole.interfaces:
        draft.model.instances[identity] = whole
    return whole.interfaces


def _groups(draft: Draft, given: Any, subnet: Subnet | Unknown) -> list[SecurityGroup | Unknown] | Unknown:
    if isinstance(given, Unknown):
        return given
    if isinstance(given, list) and given:
        for one in given:
            if isinstance(one, str) and one.endswith(DEFAULT_GROUP):
                default_group(draft, one)
        return [draft.find(draft.model.security_groups, one, "security group") for one in given]
    if given is not None and not isinstance(given, list):
        return Unknown(f"they are no list{not_lifted()}")
    return (
        subnet if isinstance(subnet, Unknown) else [default_group(draft, f"{subnet.vpc.identity[:-1]}{DEFAULT_GROUP}")]
    )


def _public(given: Any) -> bool | Unknown:
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html: CloudFormation's default.
    if isinstance(given, Unknown):
        return Unknown(f"whether tasks have public addresses: {given.reason}{lifted('parameters')}")
    return bool(given == "ENABLED")
