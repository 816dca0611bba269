"""Load balancers, accelerators, endpoints and instances that are partly of other stacks: what they carry into the set.

Another stack's load balancer or target group, and what stands in subnets that are not known, take packets to what is of
the set on no way that its templates tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from patternkit.resolving import Stack, custom_names
from patternkit.resolving.given import matching
from patternkit.resolving.values import Outside, Unknown, is_outside
from patternkit.routes.addresses import SERVICES
from patternkit.routes.building.doubts import elements_in, lift, raise_doubts
from patternkit.routes.building.draft import Draft, Properties
from patternkit.routes.building.foreign_names import candidates, why_unsettled
from patternkit.routes.model import Balancer, Interface, InterfaceEndpoint, Listener, Subnet, TargetGroup, homes

Resources = list[tuple[Stack, str, Any]]


def doubt_foreign_carriers(draft: Draft, of_type: dict[str, Resources]) -> None:
    """Doubt what modelled types may carry that lead to, from or through what is not in the set."""
    for kind, doubt in _DOUBTED_BY.items():
        for stack, logical, properties in of_type[kind]:
            doubt(draft, stack, logical, properties)


class Vpcs:
    """The VPCs that something is in: those that are known, or all that it may be in, with the reason."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.known, self.reason = draft, dict[str, None](), ""
        self.maybe: list[str] = []

    def add(self, given: Any, word: str) -> None:
        """Add the VPC of what a value names, or all that it may be of."""
        for value in _each(given):
            found = self.draft.model.vpcs.get(value) if isinstance(value, str) else None
            subnet = self.draft.model.subnets.get(value) if isinstance(value, str) else None
            vpc = found or (subnet.vpc if subnet is not None else None)
            why = why_unsettled(self.draft, word, value) if vpc is None else None
            if vpc is not None:
                self.known[vpc.identity] = None
            elif why is not None and not self.reason:
                self.reason, self.maybe = why.reason, candidates(self.draft, word, why)

    def doubt(self, stack: Stack, logical: str, why: str) -> None:
        """Doubt them for a resource: what is known tells where all of it is."""
        draft, kind = self.draft, stack.resources[logical]["Type"]
        given = list(self.known) or self.maybe
        declared = matching(draft.contracts.harmless, custom_names(stack, logical, kind))
        if declared is not None:
            lift(draft, given, f"harmless {declared}")
            return
        source = f"{stack.path(logical)} ({kind}, {why})"
        raise_doubts(draft, given, source, adds=True, why="" if self.known else self.reason)


def _in_groups(draft: Draft, groups: Iterable[TargetGroup]) -> Vpcs:
    """Where the targets of groups are."""
    found = Vpcs(draft)
    for group in groups:
        for host, _ in group.hosts:
            if isinstance(host.subnet, Subnet):
                found.known[host.subnet.vpc.identity] = None
        stack, logical = draft.resolver.stacks.by_id[group.identity]
        if group.sort != "lambda":
            found.add(draft.get(stack, stack.resources[logical].get("Properties") or {}, "VpcId"), "VPC")
    return found


def _doubt_listener(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    rule = "ListenerArn" in properties
    above = draft.targets.get(draft.get(stack, properties, "ListenerArn" if rule else "LoadBalancerArn"))
    if not isinstance(above, Listener | Balancer):
        actions = draft.value(stack, [properties.get("Actions"), properties.get("DefaultActions")])
        groups = [one for one in elements_in(draft, actions) if isinstance(one, TargetGroup)]
        what = "listener" if rule else "load balancer"
        _in_groups(draft, groups).doubt(stack, logical, f"of a {what} that is not in the set")


def _doubt_balancer(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    balancer: Balancer = draft.targets[stack.ids[logical]]
    within = {subnet.vpc.identity for subnet in homes(balancer)}
    groups = [group for listener in balancer.listeners for group in listener.groups if group.unknown]
    found = _in_groups(draft, groups)
    if not balancer.listeners:
        mapped = draft.listed(stack, properties, "SubnetMappings")
        found.add(draft.get(stack, properties, "Subnets"), "subnet")
        found.add([one.get("SubnetId") if isinstance(one, dict) else one for one in _each(mapped)], "subnet")
    if found.known.keys() - within or not within:
        found.doubt(stack, logical, "with targets that are not known")


def _doubt_registration(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    values = draft.value(stack, properties)
    if not isinstance(values, dict):
        return
    listed = [values.get("TargetGroupARNs"), values.get("LoadBalancers"), values.get("TrafficSources")]
    foreign = [one for one in _arns(listed) if not isinstance(draft.targets.get(_text(one)), TargetGroup)]
    if _others(values):
        why = "registers with a classic load balancer or with VPC Lattice"
    elif any(why_unsettled(draft, "target group", one) is not None or is_outside(one) for one in foreign):
        why = "registers with a target group that is not in the set"
    else:
        return
    found = Vpcs(draft)
    network = values.get("NetworkConfiguration")
    awsvpc = network.get("AwsvpcConfiguration") if isinstance(network, dict) else None
    found.add(values.get("VPCZoneIdentifier"), "subnet")
    found.add(awsvpc.get("Subnets") if isinstance(awsvpc, dict) else network, "subnet")
    if network is None and "VPCZoneIdentifier" not in values:
        # In the network modes bridge and host its tasks are on instances, whichever these are.
        found.reason, found.maybe = "on which instances its tasks run is not known", list(draft.model.vpcs)
    found.doubt(stack, logical, why)


def _others(values: dict[str, Any]) -> bool:
    """Whether a scaling group or service registers with what has no target group of Elastic Load Balancing.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TrafficSourceIdentifier.html
    """
    if values.get("LoadBalancerNames") or values.get("VpcLatticeConfigurations"):
        return True
    listed = [*_each(values.get("TrafficSources")), *_each(values.get("LoadBalancers"))]
    return any(
        "LoadBalancerName" in one or one.get("Type", "elbv2") != "elbv2" for one in listed if isinstance(one, dict)
    )


def _arns(given: Any) -> Iterator[Any]:
    """The ARNs of target groups in what a resource registers with."""
    if isinstance(given, list):
        for one in given:
            yield from _arns(one)
    elif isinstance(given, dict):
        for name in ("TargetGroupArn", "AlternateTargetGroupArn", "AdvancedConfiguration", "Identifier"):
            yield from _arns(given.get(name))
    elif given is not None:
        yield given


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _doubt_endpoint(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    lattice = draft.get(stack, properties, "VpcEndpointType") in ("Resource", "ServiceNetwork")
    endpoint = draft.targets.get(stack.ids[logical])
    if not lattice and not (isinstance(endpoint, InterfaceEndpoint) and _leads_on(draft, endpoint)):
        return
    found = Vpcs(draft)
    for name, word in (("VpcId", "VPC"), ("SubnetIds", "subnet")):
        found.add(draft.get(stack, properties, name), word)
    if not found.known:
        found.doubt(stack, logical, "in subnets that are not known")


def _leads_on(draft: Draft, endpoint: InterfaceEndpoint) -> bool:
    """Whether an endpoint may lead to what promises name: what goes to other services of AWS ends there."""
    return endpoint.of_aws in SERVICES if endpoint.of_aws else bool(draft.model.services)


def _doubt_accelerator(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    listed = draft.listed(stack, properties, "EndpointConfigurations")
    found = Vpcs(draft)
    for one in _each(listed):
        value = one.get("EndpointId") if isinstance(one, dict) else one
        if not any(isinstance(element, Interface | Balancer) for element in elements_in(draft, value)):
            found.add(value, "endpoint")
    # An accelerator reaches only VPCs with an internet gateway.
    found.maybe = [one for one in found.maybe if draft.model.vpcs[one].internet_gateway is not None]
    found.doubt(stack, logical, "with endpoints that are not known")


def _doubt_instance(draft: Draft, stack: Stack, logical: str, _properties: Properties) -> None:
    instance = draft.model.instances.get(stack.ids[logical])
    if instance is None or len(instance.interfaces) < 2 or instance.contracts:
        return
    loose = [one.subnet for one in instance.interfaces if isinstance(one.subnet, Unknown)]
    loose = [one for one in loose if not isinstance(one, Outside)]
    if loose:
        found = Vpcs(draft)
        found.reason, found.maybe = loose[0].reason, list(draft.model.vpcs)
        found.doubt(stack, logical, "with interfaces in subnets that are not known")


_DOUBTED_BY: dict[str, Callable[[Draft, Stack, str, Properties], None]] = {
    "AWS::ElasticLoadBalancingV2::Listener": _doubt_listener,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _doubt_listener,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _doubt_balancer,
    "AWS::AutoScaling::AutoScalingGroup": _doubt_registration,
    "AWS::ECS::Service": _doubt_registration,
    "AWS::EC2::VPCEndpoint": _doubt_endpoint,
    "AWS::GlobalAccelerator::EndpointGroup": _doubt_accelerator,
    "AWS::EC2::Instance": _doubt_instance,
}
