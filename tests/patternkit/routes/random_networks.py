"""Random small networks: an inspection network with random changes, so that many promises nearly hold."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.patternkit.routes.topologies import Topology, inspection

# How many networks a fuzzing run tries; without, a bounded share of them.
FUZZ = int(os.environ.get("PATTERNKIT_FUZZ", "0"))


def bounded(examples: int) -> settings:
    return settings(
        # z3 takes seconds for a network, and they are small: shrinking takes longer than reading one.
        phases=[Phase.generate] if FUZZ else list(Phase),
        max_examples=FUZZ or examples,
        deadline=None,
        derandomize=not FUZZ,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def _routes(net: Topology) -> list[str]:
    return sorted(name for name, resource in net.resources.items() if resource["Type"] == "AWS::EC2::Route")


def _of_kind(net: Topology, kind: str) -> list[str]:
    return sorted(name for name, resource in net.resources.items() if resource["Type"] == f"AWS::EC2::{kind}")


BLOCKS = ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/22", "10.0.4.0/22", "10.0.4.0/24", "10.0.5.0/25", "100.64.0.0/16"]


def _delete_route(net: Topology, pick: Any) -> None:
    del net.resources[pick(_routes(net))]


def _retarget_route(net: Topology, pick: Any) -> None:
    name = pick(_routes(net))
    properties = net.resources[name]["Properties"]
    vpc = net.resources[properties["RouteTableId"]["Ref"]]["Properties"]["VpcId"]["Ref"]
    targets: list[Any] = [{"Ref": "Tgw"}]
    if vpc == "M":
        zones = [key[-1] for key in net.resources if key.startswith("Nat")]
        targets += [net.endpoint_by_zone("Fw", letter) for letter in zones]
        targets += [{"Ref": f"Nat{letter}"} for letter in zones]
    if f"{vpc}Igw" in net.resources:
        targets.append({"Ref": f"{vpc}Igw"})
    target = pick(targets)
    for key in [key for key in properties if key.endswith(("GatewayId", "EndpointId"))]:
        del properties[key]
    properties[net._target_key(target)] = target


def _add_route(net: Topology, pick: Any) -> None:
    table = pick(_of_kind(net, "RouteTable"))
    vpc = net.resources[table]["Properties"]["VpcId"]["Ref"]
    block = pick(BLOCKS)
    taken = {
        net.resources[name]["Properties"]["DestinationCidrBlock"]
        for name in _routes(net)
        if net.resources[name]["Properties"]["RouteTableId"] == {"Ref": table}
    }
    if block in taken or _overlaps_own(net, vpc, block):
        return
    number = next(number for number in range(99) if f"Extra{number}" not in net.resources)
    target: Any = {"Ref": "Tgw"}
    if f"{vpc}Igw" in net.resources and pick([True, False]):
        target = {"Ref": f"{vpc}Igw"}
    net.add(
        f"Extra{number}",
        "EC2::Route",
        RouteTableId={"Ref": table},
        DestinationCidrBlock=block,
        **{net._target_key(target): target},
    )


def _overlaps_own(net: Topology, vpc: str, block: str) -> bool:
    # A route within the VPC's own block is another matter, with rules and cases of its own.
    own = net.resources[vpc]["Properties"]["CidrBlock"]
    return block.split("/")[0].rsplit(".", 2)[0] == own.split("/")[0].rsplit(".", 2)[0] and block != "10.0.0.0/8"


def _add_transit_route(net: Topology, pick: Any) -> None:
    table = pick(["SpokeTable", "HubTable"])
    block = pick(BLOCKS)
    taken = [
        resource["Properties"]["DestinationCidrBlock"]
        for resource in net.resources.values()
        if resource["Type"].endswith("TransitGatewayRoute")
        and resource["Properties"]["TransitGatewayRouteTableId"] == {"Ref": table}
    ]
    if block not in taken:
        net.transit_route(table, block, pick([None, *_of_kind(net, "TransitGatewayAttachment")]))


def _toggle_propagation(net: Topology, pick: Any) -> None:
    table, attachment = pick(["SpokeTable", "HubTable"]), pick(_of_kind(net, "TransitGatewayAttachment"))
    for name in _of_kind(net, "TransitGatewayRouteTablePropagation"):
        properties = net.resources[name]["Properties"]
        if (properties["TransitGatewayRouteTableId"], properties["TransitGatewayAttachmentId"]) == (
            {"Ref": table},
            {"Ref": attachment},
        ):
            del net.resources[name]
            return
    net.add(
        next(name for number in range(99) if (name := f"Toggle{number}") not in net.resources),
        "EC2::TransitGatewayRouteTablePropagation",
        TransitGatewayRouteTableId={"Ref": table},
        TransitGatewayAttachmentId={"Ref": attachment},
    )


def _associate_otherwise(net: Topology, pick: Any) -> None:
    name = pick(_of_kind(net, "TransitGatewayRouteTableAssociation"))
    table = pick(["SpokeTable", "HubTable", ""])
    if table:
        net.resources[name]["Properties"]["TransitGatewayRouteTableId"] = {"Ref": table}
    else:
        del net.resources[name]


def _detach_a_zone(net: Topology, pick: Any) -> None:
    subnets = net.resources[pick(_of_kind(net, "TransitGatewayAttachment"))]["Properties"]["SubnetIds"]
    if len(subnets) > 1:
        subnets.remove(pick(subnets))


def _toggle_appliance_mode(net: Topology, pick: Any) -> None:
    properties = net.resources[pick(["MAt", pick(_of_kind(net, "TransitGatewayAttachment"))])]["Properties"]
    if "Options" in properties:
        del properties["Options"]
    else:
        properties["Options"] = {"ApplianceModeSupport": "enable"}


def _own_way_out(net: Topology, pick: Any) -> None:
    vpc = pick([name for name in _of_kind(net, "VPC") if f"{name}Igw" not in net.resources] or [""])
    if vpc:
        igw = net.internet_gateway(vpc)
        table = pick([name for name in _of_kind(net, "RouteTable") if name.startswith(vpc)])
        for name in _routes(net):
            properties = net.resources[name]["Properties"]
            if properties["RouteTableId"] == {"Ref": table} and "TransitGatewayId" in properties:
                del properties["TransitGatewayId"]
                properties["GatewayId"] = igw


CHANGES = [
    _delete_route,
    _retarget_route,
    _add_route,
    _add_transit_route,
    _toggle_propagation,
    _associate_otherwise,
    _detach_a_zone,
    _toggle_appliance_mode,
    _own_way_out,
]


@st.composite
def networks(draw: st.DrawFn, *, spokes: int = 2, changes: int = 3) -> Topology:
    """An inspection network with up to so many random changes."""
    net = inspection(spokes=draw(st.integers(2, spokes)), letters=draw(st.sampled_from(["ab", "ab", "abc", "a"])))
    for change in draw(st.lists(st.sampled_from(CHANGES), max_size=changes)):
        change(net, lambda options: draw(st.sampled_from(options)))
    return net
