"""Instances and their network interfaces, which belong together: what comes in by one may go out by any."""

from __future__ import annotations

import re
from typing import Any

from patternkit.resolving import Stack, custom_names
from patternkit.resolving.given import matching
from patternkit.resolving.values import Unknown, lifted, not_lifted
from patternkit.routes.addresses import Prefix, parse_prefix
from patternkit.routes.building.doubts import lift, raise_doubts
from patternkit.routes.building.draft import Draft, Properties, shown
from patternkit.routes.building.filters import DEFAULT_GROUP, default_group
from patternkit.routes.building.proxies import add_proxy
from patternkit.routes.model import Instance, Interface, SecurityGroup, Subnet

# What gives an interface more addresses than its first one.
_MORE_ADDRESSES = (
    "SecondaryPrivateIpAddressCount",
    "Ipv4PrefixCount",
    "Ipv4Prefixes",
)

# InvalidInstanceID: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
_SEVERAL = "AWS refuses a route to {} itself, which has several network interfaces"


def add_network_interface(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::NetworkInterface`."""
    _interface(draft, stack, logical, properties, stack.ids[logical], stack.path(logical))


def add_instance(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::Instance`."""
    identity, path = stack.ids[logical], stack.path(logical)
    instance = Instance(identity, path, "AWS::EC2::Instance")
    draft.model.instances[identity] = instance
    if "LaunchTemplate" in properties:
        instance.more = f"the launch template of {path} may give it more interfaces"
    listed = draft.listed(stack, properties, "NetworkInterfaces")
    if isinstance(listed, Unknown) or any(not isinstance(one, dict) for one in listed):
        why = f": {listed.reason}" if isinstance(listed, Unknown) else " are not known"
        instance.more = f"the network interfaces of {path}{why}"
        draft.targets[identity] = Unknown(instance.more)
        return
    outside = False
    for number, given in enumerate(listed or [{}]):
        alone = len(listed) < 2
        index = shown(given.get("DeviceIndex", number))
        if given.get("NetworkInterfaceId") is not None:
            found = draft.targets.get(given["NetworkInterfaceId"])
            if isinstance(found, Interface):
                _belongs(found, instance, index)
            else:
                outside = True
                instance.more = f"an interface of {path} is not in the set"
            continue
        name = "" if alone else f"eth{index}"
        interface = _interface(
            draft,
            stack,
            logical,
            {**properties, **given},
            f"{identity}.{name}" if name else identity,
            f"{path}/{name}" if name else path,
        )
        if not alone and "AssociatePublicIpAddress" not in given:
            # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html: only what is
            # launched with one interface is given an address.
            interface.public = False
        _belongs(interface, instance, index)
    if len(instance.interfaces) > 1:
        draft.targets[identity] = Unknown(_SEVERAL.format(path))
    elif instance.interfaces and not outside:
        draft.targets[identity] = instance.interfaces[0]
    else:
        draft.targets[identity] = Unknown(f"{instance.more}{lifted('ids')}")


def _belongs(interface: Interface, instance: Instance, index: str) -> None:
    interface.instance, interface.index = instance, index
    instance.interfaces.append(interface)


def add_interface_attachment(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::NetworkInterfaceAttachment`."""
    path = stack.path(logical)
    instance_id = draft.get(stack, properties, "InstanceId")
    interface = draft.ours(draft.targets, draft.get(stack, properties, "NetworkInterfaceId"), "interface")
    instance = draft.ours(draft.model.instances, instance_id, "instance")
    if isinstance(instance, Instance) and isinstance(interface, Interface):
        _belongs(interface, instance, shown(draft.get(stack, properties, "DeviceIndex")))
        if len(instance.interfaces) > 1:
            draft.targets[instance.identity] = Unknown(_SEVERAL.format(instance.path))
        return
    reason = f"{path} attaches an interface"
    if isinstance(instance, Instance):
        instance.more = f"{reason} to {instance.path} that is not known"
    elif isinstance(interface, Interface):
        interface.instance = _of_its_own(
            interface, f"{reason}, {interface.path}, to an instance that is not in the set"
        )
    if isinstance(instance, Unknown):
        draft.unknown_interfaces.append(f"{reason} to an instance that is not known: {instance.reason}")


def _of_its_own(interface: Interface, more: str) -> Instance:
    return Instance(interface.identity, interface.path, interface.kind, interfaces=[interface], more=more)


def settle_instances(draft: Draft) -> None:
    """Give each interface an instance, and each instance what contracts say that it does."""
    for interface in draft.model.interfaces.values():
        if interface.instance is None:
            reason = f"no instance of the set has {interface.path}: what has it may have other interfaces"
            interface.instance = _of_its_own(interface, reason)
    instances = {id(one.instance): one.instance for one in draft.model.interfaces.values() if one.instance}
    for instance in instances.values():
        if draft.unknown_interfaces and not instance.more:
            instance.more = draft.unknown_interfaces[0]
        names: list[str] = []
        for identity in (instance.identity, *(one.identity for one in instance.interfaces)):
            entry = draft.resolver.stacks.by_id.get(identity)
            if entry is not None:
                names += custom_names(*entry, "")
        declared = matching(draft.contracts.appliances, names)
        _check_homes(draft, instance, names, declared)
        # A proxy passes on no packet that is not its own.
        if declared is not None and not add_proxy(draft, instance.interfaces, names):
            instance.does = draft.contracts.appliances[declared].does
            instance.out = dict(draft.contracts.appliances[declared].out)
            instance.contracts = frozenset({f"appliances {declared}"})


def _check_homes(draft: Draft, instance: Instance, names: list[str], declared: str | None) -> None:
    """An instance whose interfaces are in two VPCs joins them, in a way that no template says.

    Its interfaces are in one availability zone, whichever VPCs they are of:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
    """
    subnets = [one.subnet for one in instance.interfaces if isinstance(one.subnet, Subnet)]
    zones = {subnet.zone for subnet in subnets if isinstance(subnet.zone, str)}
    if len(zones) > 1:
        listed = ", ".join(sorted(zones))
        draft.refuse(
            f"{instance.path} has interfaces in two availability zones, {listed} [InvalidParameterCombination]"
        )
    if len({subnet.vpc.identity for subnet in subnets}) < 2 or declared is not None:
        return
    given, harmless = [subnet.identity for subnet in subnets], matching(draft.contracts.harmless, names)
    if harmless is not None:
        lift(draft, given, f"harmless {harmless}")
    else:
        raise_doubts(draft, given, f"{instance.path} ({instance.kind}, with interfaces in two VPCs)", adds=True)


def _interface(draft: Draft, stack: Stack, logical: str, properties: Properties, identity: str, path: str) -> Interface:
    subnet = draft.find(draft.model.subnets, draft.get(stack, properties, "SubnetId"), "subnet")
    interface = Interface(
        identity,
        path,
        stack.resources[logical]["Type"],
        subnet=subnet,
        security_groups=_groups_of(draft, stack, logical, properties, subnet),
        checks=draft.flag(draft.get(stack, properties, "SourceDestCheck"), default=True),
        public=_public(draft, stack, logical, properties, subnet),
        address=_address(draft, stack, properties),
    )
    draft.targets[identity] = draft.model.interfaces[identity] = interface
    return interface


def _address(draft: Draft, stack: Stack, properties: Properties) -> Prefix | None:
    """The one address of an interface, where it is known to have no other."""
    if any(name in properties for name in _MORE_ADDRESSES):
        return None
    address = draft.get(stack, properties, "PrivateIpAddress")
    listed = draft.listed(stack, properties, "PrivateIpAddresses")
    if isinstance(listed, list) and listed:
        given = [one.get("PrivateIpAddress") for one in listed if isinstance(one, dict)]
        if len(given) > 1 or address is not None:
            return None
        address = given[0] if given else None
    return parse_prefix(address) if isinstance(address, str) else None


def _groups_of(
    draft: Draft, stack: Stack, logical: str, names: Properties, subnet: Subnet | Unknown
) -> list[SecurityGroup | Unknown] | Unknown:
    groups = draft.listed(stack, names, "GroupSet" if "GroupSet" in names else "SecurityGroupIds")
    if isinstance(groups, Unknown):
        return groups
    if groups:
        for group in groups:
            if isinstance(group, str) and group.endswith(DEFAULT_GROUP):
                default_group(draft, group)
        return [draft.find(draft.model.security_groups, group, "security group") for group in groups]
    for name in ("SecurityGroups", "LaunchTemplate"):
        if name in names:
            return Unknown(f"{stack.path(logical)} gets them by {name}{not_lifted()}")
    if isinstance(subnet, Unknown):
        return subnet
    return [default_group(draft, f"{subnet.vpc.identity[:-1]}{DEFAULT_GROUP}")]


def _public(draft: Draft, stack: Stack, logical: str, names: Properties, subnet: Subnet | Unknown) -> bool | Unknown:
    if stack.resources[logical]["Type"] == "AWS::EC2::NetworkInterface":
        # The subnet's setting is for what is launched; an interface has none until an address is associated.
        # https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html#vpc-public-ipv4-addresses
        return False
    given = draft.get(stack, names, "AssociatePublicIpAddress")
    if given is not None:
        return draft.flag(given, default=False)
    if "LaunchTemplate" in names:
        return Unknown(
            f"the launch template of {stack.path(logical)} may give it a public address"
            + not_lifted("AssociatePublicIpAddress")
        )
    return subnet.public_addresses if isinstance(subnet, Subnet) else subnet


def add_elastic_address(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::EIP` or `AWS::EC2::EIPAssociation`."""
    for name in ("NetworkInterfaceId", "InstanceId"):
        if name not in properties:
            continue
        identity = draft.get(stack, properties, name)
        instance = draft.model.instances.get(identity) if isinstance(identity, str) else None
        interface = draft.ours(draft.targets, identity, "interface")
        if instance is not None and len(instance.interfaces) > 1:
            # An address of an instance is that of its first interface.
            interface = min(instance.interfaces, key=lambda one: one.index)
        if isinstance(interface, Interface):
            interface.public = True
            home = interface.subnet.vpc if isinstance(interface.subnet, Subnet) else None
            if isinstance(interface.subnet, Subnet):
                allocation = draft.get(stack, properties, "AllocationId")
                if wrong := foreign_group(draft, stack, properties, interface.subnet, allocation):
                    draft.refuse(f"{stack.path(logical)}: {wrong}")
            if home is not None and home.internet_gateway is None and not _by_carrier(interface):
                draft.refuse(f"{stack.path(logical)}: {home.path} has no internet gateway [Gateway.NotAttached]")
        elif isinstance(interface, Unknown) and identity is not None:
            draft.doubt(stack, logical, "gives a public address to an interface", interface, "interface")


def _by_carrier(interface: Interface) -> bool:
    return isinstance(interface.subnet, Subnet) and interface.subnet.in_wavelength


def foreign_group(draft: Draft, stack: Stack, properties: Properties, subnet: Subnet, allocation: Any) -> str:
    """Why EC2 does not associate an address within a subnet: it is of another network border group.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html, and of a NAT gateway
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateNatGatewayAddress.html
    """
    entry = draft.resolver.stacks.by_id.get(allocation) if isinstance(allocation, str) else None
    if allocation is not None and entry is None:
        return ""
    owner, given = (entry[0], entry[0].resources[entry[1]].get("Properties") or {}) if entry else (stack, properties)
    group = draft.get(owner, given, "NetworkBorderGroup")
    if not isinstance(subnet.zone, str) or isinstance(group, Unknown):
        return ""
    if not subnet.in_wavelength and not subnet.in_local_zone:
        region = re.fullmatch(r"([a-z]{2}(?:-[a-z]+)+-\d)[a-z]", subnet.zone)
        if region is None or group in (None, region[1]):
            return ""
        return f"the address is of the network border group {group}, and {subnet.path} needs {region[1]}"
    needed = subnet.zone if subnet.in_wavelength else subnet.zone[:-1]
    if not re.match("[a-z]{2}-", needed) or group == needed:
        return ""
    return f"the address is of the network border group {group or 'of the Region'}, and {subnet.path} needs {needed}"
