"""How the prover scales: load, model and prove four promises over networks of two-zone spokes.

Prints seconds and ratios measured in one run; nothing here is asserted. `python -m bench.routes_scale` from the
repository's root; `--help` says how to choose the sizes.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
import tracemalloc
from typing import Any

from patternkit.routes import Network, Promise, inspected, no_blackhole, same_az, symmetric

RESOURCES_A_STACK = 480  # CloudFormation's limit is 500
LETTERS = "ab"
EVERYWHERE = ["every spoke subnet", "internet"]
PROMISES = [
    inspected("every spoke subnet", EVERYWHERE, by="Firewall"),
    symmetric("every spoke subnet", EVERYWHERE),
    same_az("every spoke subnet", EVERYWHERE),
    no_blackhole("every spoke subnet", EVERYWHERE),
]

Template = dict[str, Any]


def _zone(letter: str) -> Any:
    return {"Fn::Select": [LETTERS.index(letter), {"Fn::GetAZs": ""}]}


def _add(resources: Template, name: str, kind: str, /, **properties: Any) -> dict[str, str]:
    resources[name] = {
        "Type": f"AWS::{kind}",
        "Properties": properties,
        "Metadata": {"aws:cdk:path": f"Bench/{name}"},
    }
    return {"Ref": name}


def hub() -> Template:
    """The transit gateway and the VPC in the middle: one firewall a zone, so that its endpoint has no order."""
    made: Template = {}
    outputs: Template = {}
    tgw = _add(
        made,
        "Tgw",
        "EC2::TransitGateway",
        DefaultRouteTableAssociation="disable",
        DefaultRouteTablePropagation="disable",
    )
    vpc = _add(made, "Middle", "EC2::VPC", CidrBlock="100.64.0.0/16")
    igw = _add(made, "Igw", "EC2::InternetGateway")
    _add(made, "IgwAt", "EC2::VPCGatewayAttachment", VpcId=vpc, InternetGatewayId=igw)
    policy = _add(
        made, "Policy", "NetworkFirewall::FirewallPolicy", FirewallPolicyName="p",
        FirewallPolicy={"StatelessDefaultActions": ["aws:forward_to_sfe"],
                        "StatelessFragmentDefaultActions": ["aws:forward_to_sfe"],
                        "StatefulDefaultActions": ["aws:drop_established"]},
    )  # fmt: skip
    for index, letter in enumerate(LETTERS):
        for role, offset in (("t", 0), ("f", 16), ("p", 32)):
            subnet = _add(
                made, f"M{role}{letter}", "EC2::Subnet", VpcId=vpc, AvailabilityZone=_zone(letter),
                CidrBlock=f"100.64.{index}.{offset}/28", MapPublicIpOnLaunch=role == "p",
            )  # fmt: skip
            table = _add(made, f"M{role}{letter}Table", "EC2::RouteTable", VpcId=vpc)
            _add(
                made, f"M{role}{letter}Of", "EC2::SubnetRouteTableAssociation", SubnetId=subnet, RouteTableId=table
            )  # fmt: skip
        firewall = _add(
            made, f"Firewall{letter}", "NetworkFirewall::Firewall", FirewallName=letter, FirewallPolicyArn=policy,
            VpcId=vpc, SubnetMappings=[{"SubnetId": {"Ref": f"Mf{letter}"}}],
        )  # fmt: skip
        made[f"Firewall{letter}"]["Metadata"]["aws:cdk:path"] = f"Bench/Firewall/{letter}"
        listed = {"Fn::GetAtt": [firewall["Ref"], "EndpointIds"]}
        endpoint = {"Fn::Select": [1, {"Fn::Split": [":", {"Fn::Select": [0, listed]}]}]}
        nat = _add(made, f"Nat{letter}", "EC2::NatGateway", SubnetId={"Ref": f"Mp{letter}"}, AllocationId="eipalloc")
        for role, destination, target in (
            ("t", "0.0.0.0/0", {"VpcEndpointId": endpoint}),
            ("f", "0.0.0.0/0", {"NatGatewayId": nat}),
            ("f", "10.0.0.0/8", {"TransitGatewayId": tgw}),
            ("p", "0.0.0.0/0", {"GatewayId": igw}),
            ("p", "10.0.0.0/8", {"VpcEndpointId": endpoint}),
        ):
            _add(
                made, f"M{role}{letter}Route{destination[:2].strip('.')}", "EC2::Route",
                RouteTableId={"Ref": f"M{role}{letter}Table"}, DestinationCidrBlock=destination, **target,
            )  # fmt: skip
    middle = _add(
        made, "MiddleAt", "EC2::TransitGatewayAttachment", TransitGatewayId=tgw, VpcId=vpc,
        SubnetIds=[{"Ref": f"Mt{letter}"} for letter in LETTERS], Options={"ApplianceModeSupport": "enable"},
    )  # fmt: skip
    for name in ("SpokeTable", "MiddleTable"):
        _add(made, name, "EC2::TransitGatewayRouteTable", TransitGatewayId=tgw)
    _add(
        made, "MiddleIn", "EC2::TransitGatewayRouteTableAssociation",
        TransitGatewayRouteTableId={"Ref": "MiddleTable"}, TransitGatewayAttachmentId=middle,
    )  # fmt: skip
    _add(
        made, "Default", "EC2::TransitGatewayRoute", TransitGatewayRouteTableId={"Ref": "SpokeTable"},
        DestinationCidrBlock="0.0.0.0/0", TransitGatewayAttachmentId=middle,
    )  # fmt: skip
    for name in ("Tgw", "SpokeTable", "MiddleTable"):
        outputs[name] = {"Value": {"Ref": name}, "Export": {"Name": f"hub:{name}"}}
    return {"Resources": made, "Outputs": outputs}


def spoke(made: Template, number: int) -> None:
    """Eighteen resources: a VPC, four subnets, tables and associations, two routes, and its place on the gateway."""
    name = f"S{number}"
    second, third = divmod(number, 64)
    vpc = _add(made, name, "EC2::VPC", CidrBlock=f"10.{second}.{third * 4}.0/22")
    for index, letter in enumerate(LETTERS):
        blocks = (
            (letter, f"10.{second}.{third * 4 + index}.0/24"),
            (f"{letter}t", f"10.{second}.{third * 4 + 3}.{index * 16}/28"),
        )
        for role, block in blocks:
            subnet = _add(
                made,
                f"{name}{role}",
                "EC2::Subnet",
                VpcId=vpc,
                CidrBlock=block,
                AvailabilityZone=_zone(letter),
            )
            table = _add(made, f"{name}{role}Table", "EC2::RouteTable", VpcId=vpc)
            _add(
                made,
                f"{name}{role}Of",
                "EC2::SubnetRouteTableAssociation",
                SubnetId=subnet,
                RouteTableId=table,
            )
        _add(
            made, f"{name}{letter}Route", "EC2::Route", RouteTableId={"Ref": f"{name}{letter}Table"},
            DestinationCidrBlock="0.0.0.0/0", TransitGatewayId={"Fn::ImportValue": "hub:Tgw"},
        )  # fmt: skip
    attachment = _add(
        made, f"{name}At", "EC2::TransitGatewayAttachment", TransitGatewayId={"Fn::ImportValue": "hub:Tgw"}, VpcId=vpc,
        SubnetIds=[{"Ref": f"{name}{letter}t"} for letter in LETTERS],
    )  # fmt: skip
    _add(
        made, f"{name}In", "EC2::TransitGatewayRouteTableAssociation",
        TransitGatewayRouteTableId={"Fn::ImportValue": "hub:SpokeTable"}, TransitGatewayAttachmentId=attachment,
    )  # fmt: skip
    _add(
        made, f"{name}Known", "EC2::TransitGatewayRouteTablePropagation",
        TransitGatewayRouteTableId={"Fn::ImportValue": "hub:MiddleTable"}, TransitGatewayAttachmentId=attachment,
    )  # fmt: skip


def templates(spokes: int) -> dict[str, Template]:
    """The stacks of a network, none above CloudFormation's limit, as parsed JSON."""
    found = {"Hub": hub()}
    resources: Template = {}
    for number in range(spokes):
        if len(resources) + 18 > RESOURCES_A_STACK:
            found[f"Spokes{len(found)}"] = {"Resources": resources}
            resources = {}
        spoke(resources, number)
    found[f"Spokes{len(found)}"] = {"Resources": resources}
    # As a file would be parsed: no object is shared.
    parsed: dict[str, Template] = json.loads(json.dumps(found))
    return parsed


def measure(
    given: dict[str, Template], promises: list[Promise], *, symmetry: bool = True
) -> tuple[float, float, Network]:
    """Seconds to load, model and prove: by the clock, and of the processor."""
    gc.collect()
    start, used = time.perf_counter(), time.process_time()
    network = Network.from_templates(given, symmetry=symmetry)
    verdicts = {proof.verdict.value for proof in network.prove_all(promises)}
    elapsed, used = time.perf_counter() - start, time.process_time() - used
    if verdicts != {"HOLDS"}:
        raise SystemExit(f"the bench's own network does not hold: {verdicts}")
    return elapsed, used, network


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000, 5000])
    parser.add_argument("--brute", type=int, default=50, help="spokes of the comparison with brute force")
    parser.add_argument("--z3", type=int, default=20, help="spokes of the comparison with z3; 0 for none")
    options = parser.parse_args()
    print("four promises, from parsed JSON: inspected, symmetric, same_az, no_blackhole")
    print(
        f"{'spokes':>7} {'resources':>10} {'stacks':>7} {'pairs':>11} {'seconds':>8} {'cpu s':>7} "
        f"{'cpu us a resource':>18} {'peak MB':>8}"
    )
    for size in options.sizes:
        given = templates(size)
        count = sum(len(template["Resources"]) for template in given.values())
        # The best of three: the machine is shared.
        seconds, processor = map(min, zip(*(measure(given, PROMISES)[:2] for _ in range(3)), strict=True))
        tracemalloc.start()
        *_, network = measure(given, PROMISES)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        pairs = sum(proof.pairs for proof in network.prove_all(PROMISES))
        print(
            f"{size:>7} {count:>10,} {len(given):>7} {pairs:>11,} {seconds:>8.3f} {processor:>7.3f} "
            f"{processor / count * 1e6:>18.1f} {peak:>8.1f}"
        )
    if options.brute:
        given = templates(options.brute)
        ours = measure(given, PROMISES)[1]
        brute = measure(given, PROMISES, symmetry=False)[1]
        print(f"brute force at {options.brute} spokes: {brute:.2f} s against {ours:.3f} s, {brute / ours:.0f} times")
    if options.z3:
        compare_with_z3(options.z3)


def compare_with_z3(spokes: int) -> None:
    """One promise over all pairs of spokes here, over a single pair in z3."""
    from tests.patternkit.routes.z3_oracle import Oracle

    promise = inspected("every spoke subnet", "every spoke subnet", by="Firewall")
    _, ours, network = measure(templates(spokes), [promise])
    model = network.model
    source, destination = (subnet for subnet in model.subnets.values() if subnet.path in ("Bench/S0a", "Bench/S1b"))
    used = time.process_time()
    broken = Oracle(model).broken(source, destination, destination.spans(4))
    used = time.process_time() - used
    if broken is None or broken["inspected"]:
        raise SystemExit("z3 disagrees")
    pairs = network.prove(promise).pairs
    print(
        f"z3 at {spokes} spokes: {used:.2f} s for 1 pair, against {ours:.3f} s for all {pairs:,} with loading, "
        f"{used / ours:.0f} times"
    )


if __name__ == "__main__":
    main()
