"""Load balancers, their listeners and target groups, and what registers there."""

from __future__ import annotations

import re
from typing import Any

from patternkit.resolving import Stack, custom_names
from patternkit.resolving.given import matching
from patternkit.resolving.values import Unknown, lifted, not_lifted
from patternkit.routes.addresses import (
    EPHEMERAL_PORTS,
    EVERY_PORT,
    EVERY_PROTOCOL,
    EVERYTHING,
    Spans,
    parse_prefix,
    span_of,
)
from patternkit.routes.building.doubts import lift, raise_doubts
from patternkit.routes.building.draft import Draft, Properties, shown
from patternkit.routes.building.filters import default_group
from patternkit.routes.building.proxies import add_proxy
from patternkit.routes.building.tasks import add_hosts, add_tasks
from patternkit.routes.model import (
    ANY_INSTANCE,
    AclRule,
    Balancer,
    Interface,
    InterfaceEndpoint,
    Listener,
    SecurityGroup,
    Subnet,
    TargetGroup,
)

_PROTOCOLS: dict[str, Spans] = {
    "HTTP": ((6, 6),),
    "HTTPS": ((6, 6),),
    "TCP": ((6, 6),),
    "TLS": ((6, 6),),
    "UDP": ((17, 17),),
    "TCP_UDP": ((6, 6), (17, 17)),
    "QUIC": ((17, 17),),
    "TCP_QUIC": ((6, 6), (17, 17)),
    "GENEVE": EVERY_PROTOCOL,
}


def add_balancer(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::ElasticLoadBalancingV2::LoadBalancer`."""
    sort = draft.get(stack, properties, "Type") or "application"
    balancer: Balancer = draft.make(Balancer, stack, logical, sort=str(sort))
    scheme = draft.get(stack, properties, "Scheme")
    public = scheme if isinstance(scheme, Unknown) else scheme != "internal" and sort != "gateway"
    balancer.public = public
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-load-balancer-attributes.html: cross-zone
    # is on for application load balancers, and off for the others unless it is set.
    crossing = _attribute(draft, stack, properties, "LoadBalancerAttributes", "load_balancing.cross_zone.enabled")
    balancer.cross_zone = crossing == "true" if crossing is not None else sort == "application"
    enforced = draft.get(stack, properties, "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
    balancer.guards_private_link = enforced if isinstance(enforced, Unknown) else enforced != "off"
    if isinstance(crossing, Unknown):
        balancer.unknown.append(f"whether it balances across zones: {crossing.reason}")
    groups = _balancer_groups(draft, stack, logical, properties, str(sort))
    for name, place in (("Subnets", None), ("SubnetMappings", "SubnetId")):
        listed = draft.listed(stack, properties, name)
        if isinstance(listed, Unknown):
            balancer.unknown.append(listed.reason)
            continue
        for item in listed:
            given = item.get(place) if place and isinstance(item, dict) else item
            add_interface_in(draft, balancer, draft.find(draft.model.subnets, given, "subnet"), groups, public=public)
    _check_subnets(draft, balancer)
    declared = matching(draft.contracts.harmless, custom_names(stack, logical, balancer.kind))
    if declared is not None:
        # It is declared that it carries nothing, whatever listens there.
        lift(draft, subnets_of(balancer), f"harmless {declared}")
        return
    draft.model.balancers[balancer.identity] = balancer
    if str(draft.get(stack, properties, "IpAddressType") or "ipv4") != "ipv4":
        raise_doubts(draft, subnets_of(balancer), f"{balancer.path} ({balancer.kind}, by IPv6)", adds=True)


def subnets_of(carrier: Balancer | InterfaceEndpoint) -> list[str]:
    """The identities of the subnets of a load balancer or endpoint."""
    return [node.subnet.identity for node in carrier.nodes if isinstance(node.subnet, Subnet)]


def _balancer_groups(draft: Draft, stack: Stack, logical: str, properties: Properties, sort: str) -> Any:
    given = draft.listed(stack, properties, "SecurityGroups")
    if isinstance(given, Unknown):
        return given
    if given:
        return [group_by_id(draft, identity) for identity in given]
    if sort == "application":
        return None  # the default group of its VPC
    return [_everything(f"{stack.path(logical)} without a security group")]


def group_by_id(draft: Draft, identity: Any) -> SecurityGroup | Unknown:
    """The security group that an id means."""
    if isinstance(identity, str) and identity.endswith(".DefaultSecurityGroup⟩"):
        return default_group(draft, identity)
    found: SecurityGroup | Unknown = draft.find(draft.model.security_groups, identity, "security group")
    return found


def add_interface_in(
    draft: Draft, owner: Any, subnet: Subnet | Unknown, groups: Any, *, public: bool | Unknown
) -> None:
    """Add an interface of a load balancer or endpoint in a subnet."""
    if isinstance(subnet, Unknown):
        owner.unknown.append(f"a subnet of {owner.path}: {subnet.reason}")
        return
    if groups is None:
        groups = [default_group(draft, f"{subnet.vpc.identity[:-1]}.DefaultSecurityGroup⟩")]
    node = Interface(
        f"{owner.identity[:-1]}.node{len(owner.nodes)}⟩",
        f"{owner.path} interface {len(owner.nodes) + 1}",
        owner.kind,
        subnet=subnet,
        security_groups=groups,
        public=public,
    )
    owner.nodes.append(node)
    draft.targets[node.identity] = node


def _check_subnets(draft: Draft, balancer: Balancer) -> None:
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    subnets = [node.subnet for node in balancer.nodes if isinstance(node.subnet, Subnet)]
    zones = [subnet.zone for subnet in subnets if isinstance(subnet.zone, str)]
    if len(set(zones)) != len(zones):
        draft.refuse(f"{balancer.path} has two subnets in one availability zone [InvalidConfigurationRequest]")
    if len({subnet.vpc.identity for subnet in subnets}) > 1:
        draft.refuse(f"{balancer.path} has subnets of two VPCs [InvalidConfigurationRequest]")
    if balancer.sort == "application" and len(subnets) == 1 and not balancer.unknown:
        draft.refuse(f"{balancer.path} needs subnets in two availability zones at least [ValidationError]")


def _attribute(draft: Draft, stack: Stack, properties: Properties, name: str, key: str) -> str | Unknown | None:
    """The value of an attribute in small letters; None where it is surely not set."""
    listed = draft.listed(stack, properties, name)
    if isinstance(listed, Unknown):
        return listed
    loose: Unknown | None = None
    for item in listed:
        given = item.get("Key") if isinstance(item, dict) else item
        if isinstance(item, dict) and given == key:
            value = item.get("Value")
            return value if isinstance(value, Unknown) else str(value).lower()
        if isinstance(given, Unknown):
            loose = given
    return loose


def add_target_group(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::ElasticLoadBalancingV2::TargetGroup`."""
    sort = str(draft.get(stack, properties, "TargetType") or "instance")
    protocol = str(draft.get(stack, properties, "Protocol") or "HTTP")
    group: TargetGroup = draft.make(
        TargetGroup,
        stack,
        logical,
        sort=sort,
        protocol=_PROTOCOLS.get(protocol, EVERY_PROTOCOL),
        ports=_port(draft.get(stack, properties, "Port")),
    )
    if protocol == "GENEVE":
        group.health = _health_ports(draft, stack, properties)
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
        failover = [
            _attribute(draft, stack, properties, "TargetGroupAttributes", f"target_failover.on_{one}") or "no_rebalance"
            for one in ("deregistration", "unhealthy")
        ]
        if len(set(failover)) > 1 and not any(isinstance(one, Unknown) for one in failover):
            draft.refuse(
                f"{group.path}: target_failover.on_deregistration and target_failover.on_unhealthy must be equal, not "
                f"{' and '.join(map(str, failover))} [InvalidConfigurationRequest]"
            )
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation:
    # on for targets by instance, off for targets by address of TCP and TLS, unless it is set; UDP always keeps it.
    given = _attribute(draft, stack, properties, "TargetGroupAttributes", "preserve_client_ip.enabled")
    by_address = sort != "instance" and protocol in ("TCP", "TLS")
    group.keeps_client = protocol not in ("HTTP", "HTTPS") and (
        given == "true" if given is not None and "UDP" not in protocol else not by_address
    )
    if isinstance(given, Unknown) and protocol in ("TCP", "TLS"):
        group.unknown.append(f"whether targets of {group.path} see the client's address: {given.reason}")
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-cross-zone.html
    crossing = _attribute(draft, stack, properties, "TargetGroupAttributes", "load_balancing.cross_zone.enabled")
    if isinstance(crossing, Unknown):
        group.unknown.append(f"whether {group.path} is balanced across zones: {crossing.reason}")
    elif crossing in ("true", "false"):
        group.cross_zone = crossing == "true"
    listed = draft.listed(stack, properties, "Targets")
    if isinstance(listed, Unknown):
        group.unknown.append(listed.reason)
        return
    for item in listed:
        if isinstance(item, dict):
            _add_target(draft, group, item.get("Id"), _port(item.get("Port"), group.ports))


def _health_ports(draft: Draft, stack: Stack, properties: Properties) -> Spans:
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/health-checks.html: 80 unless another is given.
    given = draft.get(stack, properties, "HealthCheckPort")
    return ((80, 80),) if given is None else _port(given)


def _add_target(draft: Draft, group: TargetGroup, identity: Any, ports: Spans) -> None:
    # What an interface or instance gives as its address is that host's.
    owner = re.sub(r"\.(PrimaryPrivateIpAddress|PrivateIp)⟩$", "⟩", identity) if isinstance(identity, str) else ""
    found = draft.targets.get(owner)
    block = parse_prefix(identity) if isinstance(identity, str) and found is None else None
    if group.sort == "lambda":
        return  # A function is called by its service: no packet goes on into a subnet.
    if isinstance(found, Interface):
        group.hosts.append((found, ports))
    elif isinstance(found, Balancer):
        group.balancers.append((found, ports))
    elif block is not None:
        holder = next((s for s in draft.model.subnets.values() if any(own.covers(block) for own in s.blocks)), None)
        if holder is None:
            group.elsewhere.append((block, ports))
        else:
            known = next(
                (one for one in draft.model.interfaces.values() if one.subnet is holder and one.address == block),
                None,
            )
            host = known or _host_in(group, holder, [_everything("its own groups")], block)
            group.hosts.append((host, ports))
    else:
        reason = (
            identity.reason if isinstance(identity, Unknown) else f"{shown(identity)} is not in the set" + lifted("ids")
        )
        group.unknown.append(f"a target of {group.path}: {reason}")


def _host_in(owner: Any, subnet: Subnet, groups: Any, address: Any = None) -> Interface:
    return Interface(
        f"{owner.identity[:-1]}.host{len(getattr(owner, 'hosts', ()))}-{subnet.path}⟩",
        f"{owner.path} in {subnet.path}",
        owner.kind,
        subnet=subnet,
        security_groups=groups,
        public=False,
        address=address,
    )


def add_listener(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::ElasticLoadBalancingV2::Listener`."""
    balancer = draft.targets.get(draft.get(stack, properties, "LoadBalancerArn"))
    protocol = draft.get(stack, properties, "Protocol") or ("TCP" if isinstance(balancer, Balancer) else "")
    if isinstance(balancer, Balancer) and balancer.sort == "gateway":
        protocol = "GENEVE"
    port = draft.get(stack, properties, "Port")
    listener: Listener = draft.make(
        Listener,
        stack,
        logical,
        protocol=_PROTOCOLS.get(str(protocol), EVERY_PROTOCOL),
        ports=_port(port),
    )
    for what, value in (("protocol", protocol), ("port", port)):
        if isinstance(value, Unknown):
            listener.doubt = listener.doubt or f"the {what} of {listener.path}: {value.reason}"
    _actions_of(draft, stack, properties, "DefaultActions", listener)
    if isinstance(balancer, Balancer):
        balancer.listeners.append(listener)


def add_listener_rule(draft: Draft, stack: Stack, _logical: str, properties: Properties) -> None:
    """Add an `AWS::ElasticLoadBalancingV2::ListenerRule`."""
    listener = draft.targets.get(draft.get(stack, properties, "ListenerArn"))
    if isinstance(listener, Listener):
        _actions_of(draft, stack, properties, "Actions", listener)


def _actions_of(draft: Draft, stack: Stack, properties: Properties, name: str, listener: Listener) -> None:
    listed = draft.listed(stack, properties, name)
    if isinstance(listed, Unknown):
        listener.unknown.append(listed.reason)
        return
    for action in listed:
        forward = action.get("ForwardConfig") if isinstance(action, dict) else None
        arns = [action.get("TargetGroupArn")] if isinstance(action, dict) and "TargetGroupArn" in action else []
        if isinstance(forward, dict) and isinstance(forward.get("TargetGroups"), list):
            arns += [item.get("TargetGroupArn") for item in forward["TargetGroups"] if isinstance(item, dict)]
        for arn in arns:
            group = draft.targets.get(arn) if isinstance(arn, str) else None
            if isinstance(group, TargetGroup):
                if group not in listener.groups:
                    listener.groups.append(group)
            else:
                listener.unknown.append(
                    f"{listener.path} forwards to {shown(arn)}, which is not in the set" + lifted("ids")
                )


# Who registers


def add_scaling_group(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::AutoScaling::AutoScalingGroup`: a host in each of its subnets, and what registers."""
    arns = [
        one.get("Identifier") if isinstance(one, dict) else one
        for name in ("TargetGroupARNs", "TrafficSources")
        if isinstance(listed := draft.listed(stack, properties, name), list)
        for one in listed
    ]
    subnets = draft.listed(stack, properties, "VPCZoneIdentifier")
    data = _launched(draft, stack, properties)
    if isinstance(subnets, list):
        for host in add_hosts(draft, stack, logical, subnets, _launch_groups(data), public=False):
            host.public = _launch_public(draft, data, host.subnet)
    if arns:
        groups = _launch_groups(data)
        given = [group_by_id(draft, identity) for identity in groups] if isinstance(groups, list) else groups
        _register(draft, stack, logical, arns, subnets, given, None)


def _launched(draft: Draft, stack: Stack, properties: Properties) -> dict[str, Any] | Unknown:
    """What a scaling group launches, where its launch template is one of the set's."""
    given = draft.get(stack, properties, "LaunchTemplate")
    mixed = draft.get(stack, properties, "MixedInstancesPolicy")
    if given is None and isinstance(mixed, dict):
        inner = mixed.get("LaunchTemplate")
        given = inner.get("LaunchTemplateSpecification") if isinstance(inner, dict) else None
    identity = given.get("LaunchTemplateId") if isinstance(given, dict) else None
    entry = draft.resolver.stacks.by_id.get(identity) if isinstance(identity, str) else None
    if entry is None:
        return Unknown(f"their launch template is not in the set{lifted('ids')}")
    owner, logical = entry
    data = draft.get(owner, owner.resources[logical].get("Properties") or {}, "LaunchTemplateData")
    if not isinstance(data, dict):
        return Unknown(f"their launch template is not known{not_lifted()}")
    return data


def _launch_interface(data: dict[str, Any]) -> dict[str, Any]:
    interfaces = data.get("NetworkInterfaces")
    first = interfaces[0] if isinstance(interfaces, list) and interfaces else None
    return first if isinstance(first, dict) else {}


def _launch_groups(data: dict[str, Any] | Unknown) -> list[Any] | Unknown | None:
    """The security groups that a launch template gives, as it names them; None where it names none."""
    if isinstance(data, Unknown):
        return data
    found = data.get("SecurityGroupIds") or _launch_interface(data).get("Groups")
    return found if isinstance(found, list) and found else None


def _launch_public(draft: Draft, data: dict[str, Any] | Unknown, subnet: Subnet | Unknown) -> bool | Unknown:
    if isinstance(data, Unknown):
        return data
    given = _launch_interface(data).get("AssociatePublicIpAddress")
    if given is not None:
        return draft.flag(given, default=False)
    return subnet.public_addresses if isinstance(subnet, Subnet) else subnet


def add_service(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::ECS::Service`: its tasks, and what registers with target groups."""
    add_tasks(draft, stack, logical, properties)
    listed = draft.listed(stack, properties, "LoadBalancers")
    arns: list[Any] = []
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, dict):
            arns.append(item.get("TargetGroupArn"))
            advanced = item.get("AdvancedConfiguration")
            if isinstance(advanced, dict):
                arns.append(advanced.get("AlternateTargetGroupArn"))
    arns = [arn for arn in arns if arn is not None]
    network = draft.get(stack, properties, "NetworkConfiguration")
    awsvpc = network.get("AwsvpcConfiguration") if isinstance(network, dict) else None
    if not arns:
        return
    if isinstance(awsvpc, dict):
        given = awsvpc.get("SecurityGroups")
        groups = [group_by_id(draft, identity) for identity in given] if isinstance(given, list) and given else None
        _register(draft, stack, logical, arns, awsvpc.get("Subnets"), groups, None)
    else:
        # In the network modes bridge and host the container instances are the targets, whichever these are:
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/networking-networkmode-bridge.html.
        for group in (draft.targets.get(arn) for arn in arns if isinstance(arn, str)):
            if isinstance(group, TargetGroup):
                ours = [s for s in draft.model.subnets.values() if _group_is_in(draft, group, s)]
                for subnet in ours:
                    host = _host_in(
                        group, subnet, Unknown(f"{stack.path(logical)} runs on instances there" + not_lifted())
                    )
                    host.stands_for = ANY_INSTANCE
                    group.hosts.append((host, EPHEMERAL_PORTS))


def _group_is_in(draft: Draft, group: TargetGroup, subnet: Subnet) -> bool:
    stack, logical = draft.resolver.stacks.by_id[group.identity]
    properties = stack.resources[logical].get("Properties") or {}
    return bool(draft.get(stack, properties, "VpcId") == subnet.vpc.identity)


def _register(
    draft: Draft, stack: Stack, logical: str, arns: list[Any], subnets: Any, groups: Any, ports: Spans | None
) -> None:
    for arn in arns:
        group = draft.targets.get(arn) if isinstance(arn, str) else None
        if not isinstance(group, TargetGroup):
            continue
        if not isinstance(subnets, list):
            why = subnets.reason if isinstance(subnets, Unknown) else f"they are no list{not_lifted()}"
            group.unknown.append(f"the subnets in which {stack.path(logical)} registers hosts: {why}")
            continue
        for identity in subnets:
            subnet = draft.find(draft.model.subnets, identity, "subnet")
            if isinstance(subnet, Unknown):
                group.unknown.append(f"{stack.path(logical)}: {subnet.reason}")
                continue
            own = groups
            if own is None:
                own = [default_group(draft, f"{subnet.vpc.identity[:-1]}.DefaultSecurityGroup⟩")]
            host = _host_in(group, subnet, own)
            host.path, host.stands_for = f"{stack.path(logical)} in {subnet.path}", stack.ids[logical]
            group.hosts.append((host, ports or group.ports))
            add_proxy(draft, [host], custom_names(stack, logical, ""))


def _port(value: Any, default: Spans = EVERY_PORT) -> Spans:
    try:
        number = int(value)
    except (TypeError, ValueError):
        return default
    return ((number, number),)


def _everything(path: str) -> SecurityGroup:
    """What lets everything pass, where no security group is asked."""
    rules = [AclRule(family, EVERY_PROTOCOL, EVERYTHING[family], EVERY_PORT) for family in (4, 6)]
    return SecurityGroup(f"⟨{path}⟩", path, inbound=rules, outbound=list(rules))


def spans_of(interface: Interface) -> Spans:
    """The IPv4 addresses that a host may have."""
    if interface.address is not None:
        return span_of(interface.address)
    return interface.subnet.spans(4) if isinstance(interface.subnet, Subnet) else ()
