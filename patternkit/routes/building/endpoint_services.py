"""Endpoint services with their endpoints, and accelerators: what leads to load balancers without a route."""

from __future__ import annotations

import re
from typing import Any

from patternkit.resolving import Stack, custom_names
from patternkit.resolving.given import matching
from patternkit.resolving.values import Unknown, lifted, not_lifted
from patternkit.routes.addresses import EVERY_PORT, EVERY_PROTOCOL, SERVICES, Box, Spans, normal
from patternkit.routes.building.doubts import element_of, elements_in, identities, lift, raise_doubts
from patternkit.routes.building.draft import Draft, Properties, shown
from patternkit.routes.building.endpoint_policies import note_policy
from patternkit.routes.building.load_balancers import add_interface_in, group_by_id, spans_of, subnets_of
from patternkit.routes.building.route_targets import add_routed_endpoint
from patternkit.routes.forwarding.filters import match
from patternkit.routes.model import (
    Balancer,
    Element,
    Endpoint,
    EndpointService,
    Interface,
    InterfaceEndpoint,
    Opening,
    Subnet,
    homes,
)


def add_endpoint_service(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::VPCEndpointService`."""
    required = draft.flag(draft.get(stack, properties, "AcceptanceRequired"), default=True)
    accepts = required if isinstance(required, Unknown) else not required
    service: EndpointService = draft.make(
        EndpointService, stack, logical, accepts=accepts, account=stack.source.account
    )
    for name in ("NetworkLoadBalancerArns", "GatewayLoadBalancerArns"):
        listed = draft.listed(stack, properties, name)
        if isinstance(listed, Unknown):
            service.unknown.append(listed.reason)
            continue
        for arn in listed:
            balancer = draft.targets.get(arn) if isinstance(arn, str) else None
            if isinstance(balancer, Balancer):
                service.balancers.append(balancer)
            else:
                service.unknown.append(
                    f"{service.path} has the load balancer {shown(arn)}, which is not in the set" + lifted("ids")
                )
    draft.model.services[service.identity] = service


def add_service_permissions(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::VPCEndpointServicePermissions`."""
    service = element_of(draft, str(draft.get(stack, properties, "ServiceId")))
    principals = draft.listed(stack, properties, "AllowedPrincipals")
    if isinstance(service, EndpointService) and isinstance(principals, list):
        service.allowed += [one for one in principals if isinstance(one, str)]
    elif not isinstance(service, EndpointService):
        draft.model.notes.append(f"{stack.path(logical)} is of a service that is not in the set, and is left out")


def _unaccepted(draft: Draft, stack: Stack, logical: str, service: EndpointService) -> tuple[str, str]:
    """Why a service surely lets no packet of an endpoint in, and why it may not; "" each where it does.

    An endpoint whose connection is not accepted carries nothing:
    https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html#accept-reject-connection-requests
    """
    path = stack.path(logical)
    declared = matching(draft.contracts.accepted, custom_names(stack, logical, "AWS::EC2::VPCEndpoint"))
    if declared is not None:
        element: Element = draft.targets[stack.ids[logical]]
        element.contracts |= {f"accepted {declared}"}
        dead = "" if draft.contracts.accepted[declared] else f"{service.path} does not accept {path}, says a contract"
        return dead, ""
    if service.accepts is not True:
        return "", f"whether {service.path} accepts {path} is not in the template" + lifted(f"accepted, {path}")
    return "", _allowed(stack, path, service)


def _allowed(stack: Stack, path: str, service: EndpointService) -> str:
    """Why a service may not let an endpoint of another account connect; "" where it does.

    https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html#add-remove-permissions
    """
    account = stack.source.account
    if account == service.account or not (account.isdigit() and service.account.isdigit()):
        return ""
    # Which principal deploys the endpoint is not in the template: only a whole account is known to be allowed.
    if any(
        one == "*" or re.fullmatch(rf"arn:([\w-]+|⟨AWS::Partition⟩):iam::{account}:root", one)
        for one in service.allowed
    ):
        return ""
    return f"whether {service.path} allows {path} of account {account} is not in the template" + lifted(
        f"accepted, {path}"
    )


def add_endpoint(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::VPCEndpoint`."""
    kind = draft.get(stack, properties, "VpcEndpointType") or "Gateway"
    if kind == "Interface":
        _interface_endpoint(draft, stack, logical, properties)
        return
    if kind in ("Resource", "ServiceNetwork"):
        # VPC Lattice: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html
        given = draft.value(stack, properties)
        names = custom_names(stack, logical, "AWS::EC2::VPCEndpoint")
        if matching(draft.contracts.harmless, names) is None:
            raise_doubts(draft, given, f"{stack.path(logical)} (AWS::EC2::VPCEndpoint, {kind})", adds=True)
        return
    add_routed_endpoint(draft, stack, logical, properties)
    made = draft.targets.get(stack.ids[logical])
    if isinstance(made, Endpoint):
        _behind(draft, stack, logical, properties, made)


def _interface_endpoint(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    endpoint: InterfaceEndpoint = draft.make(InterfaceEndpoint, stack, logical)
    names = custom_names(stack, logical, "AWS::EC2::VPCEndpoint")
    declared = matching(draft.contracts.harmless, names)
    listed = draft.listed(stack, properties, "SubnetIds")
    given = draft.listed(stack, properties, "SecurityGroupIds")
    groups: Any = given if isinstance(given, Unknown) else [group_by_id(draft, one) for one in given] or None
    holder = _Holder(endpoint)
    for identity in listed if isinstance(listed, list) else ():
        add_interface_in(draft, holder, draft.find(draft.model.subnets, identity, "subnet"), groups, public=False)
    if isinstance(listed, Unknown):
        holder.unknown.append(listed.reason)
    endpoint.doubt = next(iter(holder.unknown), "")
    _check_zones(draft, endpoint, properties, stack)
    name = draft.get(stack, properties, "ServiceName")
    found = _service_of(draft, name)
    if found is not None:
        endpoint.service = found
        endpoint.dead, waits = _unaccepted(draft, stack, logical, found)
        endpoint.doubt = endpoint.doubt or waits
        if endpoint.contracts:
            for accepted in endpoint.contracts:
                lift(draft, subnets_of(endpoint), accepted)
        _check_service(draft, endpoint, found)
    elif isinstance(name, str) and name.startswith(("com.amazonaws.", "aws.")) and ".vpce." not in name:
        endpoint.of_aws = name.rsplit(".", 1)[-1]
        note_policy(draft, stack, logical, properties, endpoint.of_aws, *endpoint.nodes)
    else:
        endpoint.doubt = endpoint.doubt or f"the service of {endpoint.path} is not in the set" + lifted(
            f"harmless, {endpoint.path}"
        )
    if declared is not None:
        lift(draft, subnets_of(endpoint), f"harmless {declared}")
        return
    draft.model.interface_endpoints[endpoint.identity] = endpoint
    # What goes to a service of AWS ends there, by either family; S3 and DynamoDB are places that promises name.
    ends_there = bool(endpoint.of_aws) and endpoint.of_aws not in SERVICES
    if holder.unknown and not ends_there:
        home = draft.get(stack, properties, "VpcId")
        raise_doubts(draft, home, f"{endpoint.path} ({endpoint.kind}, in subnets that are not known)", adds=True)
    if str(draft.get(stack, properties, "IpAddressType") or "ipv4") != "ipv4" and not ends_there:
        raise_doubts(draft, subnets_of(endpoint), f"{endpoint.path} ({endpoint.kind}, by IPv6)", adds=True)


def _service_of(draft: Draft, name: Any) -> EndpointService | None:
    for identity in identities(name):
        found: Element | None = element_of(draft, identity)
        if isinstance(found, EndpointService):
            return found
    return None


def _check_zones(draft: Draft, endpoint: InterfaceEndpoint, properties: Properties, stack: Stack) -> None:
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
    subnets = [node.subnet for node in endpoint.nodes if isinstance(node.subnet, Subnet)]
    zones = [subnet.zone for subnet in subnets if isinstance(subnet.zone, str)]
    if len(set(zones)) != len(zones):
        draft.refuse(f"{endpoint.path} has two subnets in one availability zone [DuplicateSubnetsInSameZone]")
    vpc = draft.get(stack, properties, "VpcId")
    for subnet in subnets:
        if isinstance(vpc, str) and vpc in draft.model.vpcs and subnet.vpc.identity != vpc:
            draft.refuse(f"{endpoint.path} has a subnet of another VPC, {subnet.path} [InvalidParameter]")


def _check_service(draft: Draft, endpoint: InterfaceEndpoint, service: EndpointService) -> None:
    offered = {subnet.zone for balancer in service.balancers for subnet in homes(balancer)}
    if any(isinstance(zone, Unknown) for zone in offered) or service.unknown or not offered:
        return
    for node in endpoint.nodes:
        zone = node.subnet.zone if isinstance(node.subnet, Subnet) else ""
        if isinstance(zone, str) and zone and zone not in offered:
            draft.refuse(
                f"{service.path} is not offered in {zone}, where {endpoint.path} has a subnet [InvalidParameter]"
            )


def settle_listeners(draft: Draft) -> None:
    """What load balancers and endpoints take, now that their listeners are known."""
    for balancer in draft.model.balancers.values():
        for node in balancer.nodes:
            if not balancer.listeners:
                node.doubt = f"{balancer.path} has no listener in the set, which one made elsewhere may be" + lifted(
                    f"harmless, {balancer.path}"
                )
            elif balancer.sort != "gateway":
                node.listens = balancer.takes()
    for endpoint in draft.model.interface_endpoints.values():
        service = endpoint.service
        for node in endpoint.nodes:
            node.dead, node.doubt = endpoint.dead, endpoint.doubt
            if service is None:
                continue
            if any(not balancer.listeners for balancer in service.balancers) or service.unknown:
                node.doubt = (
                    endpoint.doubt
                    or f"what {service.path} takes is not in the set{lifted(f'harmless, {endpoint.path}')}"
                )
            else:
                node.listens = [pair for balancer in service.balancers for pair in balancer.takes()]


def _behind(draft: Draft, stack: Stack, logical: str, properties: Properties, endpoint: Endpoint) -> None:
    """What a gateway load balancer's endpoint leads to, where its service is in the set."""
    service = _service_of(draft, draft.get(stack, properties, "ServiceName"))
    if service is None:
        return
    endpoint.dead, endpoint.doubt = _unaccepted(draft, stack, logical, service)
    if service.unknown:
        endpoint.doubt = endpoint.doubt or service.unknown[0]
    for balancer in service.balancers:
        hosts = [host for listener in balancer.listeners for group in listener.groups for host, _ in group.hosts]
        zone = endpoint.subnet.zone if isinstance(endpoint.subnet, Subnet) else ""
        near = [host for host in hosts if isinstance(host.subnet, Subnet) and host.subnet.zone == zone]
        unknown = [*balancer.unknown, *(text for listener in balancer.listeners for text in listener.unknown)]
        unknown += [text for listener in balancer.listeners for group in listener.groups for text in group.unknown]
        if unknown:
            endpoint.doubt = endpoint.doubt or unknown[0]
        elif not balancer.listeners:
            endpoint.dead = f"{balancer.path} has no listener: what {endpoint.path} gets is lost"
        elif not hosts:
            endpoint.doubt = endpoint.doubt or f"no target of {balancer.path} is in the template{not_lifted()}"
        elif not near and not balancer.cross_zone:
            endpoint.dead = f"{balancer.path} has no target in {zone}, and does not balance across zones"
        else:
            _let_in(endpoint, balancer, hosts if balancer.cross_zone else near)


def _let_in(endpoint: Endpoint, balancer: Balancer, hosts: list[Interface]) -> None:
    """Whether appliances get the packets of a gateway load balancer, and its health checks, and may send packets back.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/target-groups.html: UDP 6081, and the port of the
    health check, from the load balancer's subnets. What is sent to appliances that are all unhealthy is not documented.
    https://aws.amazon.com/blogs/networking-and-content-delivery/integrate-your-custom-logic-or-appliance-with-aws-gateway-load-balancer/:
    what they send back has the addresses swapped and the ports as they were. So it goes to UDP 6081, too, and is no
    answer that a security group knows by the flow it belongs to.
    """
    nodes = [node for node in balancer.nodes if isinstance(node.subnet, Subnet)]
    groups = [group for listener in balancer.listeners for group in listener.groups]
    for host in hosts:
        for node in nodes:
            packets = Box(4, ((17, 17),), spans_of(node), EVERY_PORT, spans_of(host), ((6081, 6081),))
            passed, denied = _asked(host, packets)
            if denied and not passed and not endpoint.dead:
                endpoint.dead = f"the security groups of {host.path} deny what {balancer.path} sends, UDP 6081"
            elif denied or passed is None:
                endpoint.doubt = endpoint.doubt or (
                    f"whether {host.path} gets what {balancer.path} sends, UDP 6081, is not known{not_lifted()}"
                )
            back = Box(4, ((17, 17),), spans_of(host), EVERY_PORT, spans_of(node), ((6081, 6081),))
            passed, denied = _asked(host, back, inward=False)
            if denied and not passed and not endpoint.dead:
                endpoint.dead = f"the security groups of {host.path} deny what goes back to {balancer.path}, UDP 6081"
            elif denied or passed is None:
                endpoint.doubt = endpoint.doubt or (
                    f"whether {host.path} may send packets back to {balancer.path}, UDP 6081, is not "
                    f"known{not_lifted()}"
                )
            for group in groups:
                check = Box(4, ((6, 6),), spans_of(node), EVERY_PORT, spans_of(host), group.health)
                passed, denied = _asked(host, check)
                if denied or passed is None:
                    first, last = group.health[0]
                    port = f"TCP {first}" if first == last else "TCP, on a port that is not known"
                    endpoint.doubt = endpoint.doubt or (
                        f"{host.path} may never be healthy: its security groups do not surely let {balancer.path} "
                        f"check {port}{not_lifted()}"
                    )


def _asked(host: Interface, packets: Box, *, inward: bool = True) -> tuple[list[Box] | None, list[Box]]:
    """What security groups surely let in, or out, and what they surely do not; None where they are not known."""
    groups = host.security_groups
    if isinstance(groups, Unknown):
        return None, []
    known = [one for one in groups if not isinstance(one, Unknown)]
    if len(known) < len(groups) or any(one.unknown or one.tainted for one in known):
        return None, []
    rules = [rule for one in known for rule in (one.inbound if inward else one.outbound)]
    # Load balancers of this kind have no security group that a rule could name.
    passed, denied, doubted = match([one for one in rules if not one.group], packets, source_is_remote=inward)
    return (None, []) if doubted else (passed, denied)


# Accelerators


def add_accelerator_listener(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::GlobalAccelerator::Listener`."""
    protocol = draft.get(stack, properties, "Protocol")
    listed = draft.listed(stack, properties, "PortRanges")
    ranges = [
        (int(item["FromPort"]), int(item["ToPort"]))
        for item in (listed if isinstance(listed, list) else ())
        if isinstance(item, dict) and str(item.get("FromPort")).isdigit() and str(item.get("ToPort")).isdigit()
    ]
    protocols: Spans = {"TCP": ((6, 6),), "UDP": ((17, 17),)}.get(str(protocol), EVERY_PROTOCOL)
    draft.accelerator_ports[stack.ids[logical]] = (protocols, normal(ranges) if ranges else EVERY_PORT)


def add_accelerator_endpoints(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::GlobalAccelerator::EndpointGroup`."""
    arn = draft.get(stack, properties, "ListenerArn")
    protocol, ports = draft.accelerator_ports.get(arn, (EVERY_PROTOCOL, EVERY_PORT))
    given = draft.value(stack, properties)
    declared = matching(draft.contracts.harmless, custom_names(stack, logical, "AWS::GlobalAccelerator::EndpointGroup"))
    if declared is not None:
        lift(draft, given, f"harmless {declared}")
        return
    pairs = [(ports, ports)]
    overrides = draft.listed(stack, properties, "PortOverrides")
    for item in overrides if isinstance(overrides, list) else ():
        if (
            isinstance(item, dict)
            and str(item.get("ListenerPort")).isdigit()
            and str(item.get("EndpointPort")).isdigit()
        ):
            one, other = int(item["ListenerPort"]), int(item["EndpointPort"])
            pairs.append((((one, one),), ((other, other),)))
    listed = draft.listed(stack, properties, "EndpointConfigurations")
    for number, item in enumerate(listed if isinstance(listed, list) else ()):
        if not isinstance(item, dict):
            continue
        target = next(
            (e for e in elements_in(draft, item.get("EndpointId")) if isinstance(e, (Interface, Balancer))), None
        )
        if target is None:
            raise_doubts(draft, item, f"{stack.path(logical)} (AWS::GlobalAccelerator::EndpointGroup)", adds=True)
            continue
        keeps = item.get("ClientIPPreservationEnabled")
        draft.model.openings.append(
            Opening(
                f"{stack.ids[logical][:-1]}#{number}⟩",
                stack.path(logical),
                "AWS::GlobalAccelerator::EndpointGroup",
                protocol=protocol,
                ports=tuple(pairs),
                target=target,
                keeps_client=str(keeps).lower() != "false",
            )
        )


class _Holder:
    """Collects an endpoint's interfaces as a load balancer's are."""

    def __init__(self, endpoint: InterfaceEndpoint) -> None:
        self.identity, self.path, self.kind = endpoint.identity, endpoint.path, endpoint.kind
        self.nodes = endpoint.nodes
        self.unknown: list[str] = []
