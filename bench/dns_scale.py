"""How proofs of names scale: load, model and prove every promise over zones that VPCs ask for.

Of ten records four are simple, the others weighted, failover, latency and an alias to them; half of the zones are
private, each associated with half of the VPCs. Prints processor seconds and ratios
measured in one run; nothing here is asserted.
`python -m bench.dns_scale` from the repository's root; `--help` says how to choose the sizes.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from patternkit.dns import (
    Contracts,
    Names,
    Promise,
    always_answers,
    answers,
    fails_over,
    no_loop,
    private,
    resolves,
    same_everywhere,
    splits,
)
from patternkit.templates import StackSource

RESOURCES_A_STACK = 480  # CloudFormation's limit is 500
REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2")
GROUP = 10  # records of a name and those that it is made of


def _record(zone: str, name: str, value: str, **more: Any) -> dict[str, Any]:
    properties = {"HostedZoneId": {"Fn::ImportValue": zone}, "Name": f"{name}.", "Type": "A"}
    if "AliasTarget" not in more:
        properties |= {"TTL": "60", "ResourceRecords": [value]}
    return {"Type": "AWS::Route53::RecordSet", "Properties": {**properties, **more}}


def _group(zone: str, domain: str, number: int) -> dict[str, dict[str, Any]]:
    """Ten records: a failover of a weighted pair and a spare, latency over two Regions, and simple ones."""
    base = f"g{number}.{domain}"
    address = f"192.0.2.{number % 250 + 1}"
    check = {"Fn::ImportValue": f"{zone}Check"}
    alias = {"DNSName": f"pair.{base}.", "HostedZoneId": {"Fn::ImportValue": zone}, "EvaluateTargetHealth": True}
    return {
        "PairA": _record(zone, f"pair.{base}", address, Weight=3, SetIdentifier="a", HealthCheckId=check),
        "PairB": _record(zone, f"pair.{base}", "198.51.100.1", Weight=1, SetIdentifier="b", HealthCheckId=check),
        "First": _record(zone, f"www.{base}", "", Failover="PRIMARY", SetIdentifier="p", AliasTarget=alias),
        "Spare": _record(zone, f"www.{base}", "198.51.100.2", Failover="SECONDARY", SetIdentifier="s"),
        **{
            f"Near{index}": _record(
                zone, f"near.{base}", f"198.51.100.{index + 10}", Region=region, SetIdentifier=region
            )
            for index, region in enumerate(REGIONS[:2])
        },
        **{f"Plain{index}": _record(zone, f"h{index}.{base}", address) for index in range(4)},
    }


def stacks(zones: int, records: int, vpcs: int) -> list[StackSource]:
    """The templates: VPCs with a rule, zones with their health checks, and the records in stacks of their own."""
    network: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    for number in range(vpcs):
        network[f"Vpc{number}"] = {
            "Type": "AWS::EC2::VPC",
            "Properties": {"CidrBlock": f"10.{number}.0.0/16", "EnableDnsHostnames": True},
        }
    found: list[StackSource] = []
    resources: dict[str, Any] = {}
    for number in range(zones):
        zone = f"Zone{number}"
        properties: dict[str, Any] = {"Name": f"z{number}.example.com."}
        if number % 2:
            asked = [vpc for vpc in range(vpcs) if (vpc // 2) % 2 == (number // 2) % 2]
            properties["VPCs"] = [{"VPCId": {"Ref": f"Vpc{vpc}"}, "VPCRegion": "eu-west-1"} for vpc in asked]
        network[zone] = {"Type": "AWS::Route53::HostedZone", "Properties": properties}
        network[f"{zone}Check"] = {
            "Type": "AWS::Route53::HealthCheck",
            "Properties": {"HealthCheckConfig": {"Type": "TCP", "Port": 443, "IPAddress": f"203.0.113.{number % 250}"}},
        }
        outputs |= {name: {"Value": {"Ref": name}, "Export": {"Name": name}} for name in (zone, f"{zone}Check")}
        for group in range(records // zones // GROUP):
            for name, record in _group(zone, f"z{number}.example.com", group).items():
                resources[f"{zone}G{group}{name}"] = record
                if len(resources) == RESOURCES_A_STACK:
                    found.append(StackSource(f"Records{len(found)}", {"Resources": resources}, "eu-west-1"))
                    resources = {}
    if resources:
        found.append(StackSource(f"Records{len(found)}", {"Resources": resources}, "eu-west-1"))
    return [StackSource("Network", {"Resources": network, "Outputs": outputs}, "eu-west-1"), *found]


def promises() -> list[Promise]:
    """All eight, most of them about every name."""
    www = "www.g0.z0.example.com"
    return [
        resolves(None, "every name"),
        same_everywhere("every name in z0.example.com"),
        no_loop(),
        private("every name in z1.example.com"),
        always_answers("every name", healthy=False),
        answers("h0.g0.z0.example.com", "192.0.2.1"),
        fails_over(www, when="203.0.113.0", to="198.51.100.2", within="3 minutes"),
        splits("pair.g0.z0.example.com", {"192.0.2.1": 3, "198.51.100.1": 1}),
    ]


def measure(zones: int, records: int, vpcs: int) -> tuple[float, float, int, list[str]]:
    """Processor seconds to load and to prove, the queries, and the verdicts."""
    sources = stacks(zones, records, vpcs)
    begin = time.process_time()
    names = Names(sources, Contracts(elsewhere={"example.com": ()}))
    loaded = time.process_time()
    proofs = names.prove_all(promises())
    proved = time.process_time()
    verdicts = [f"{proof.promise.kind} {proof.verdict.value}" for proof in proofs]
    return loaded - begin, proved - loaded, sum(proof.queries for proof in proofs), verdicts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zones", type=int, default=200)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--vpcs", type=int, default=50)
    given = parser.parse_args()
    measure(10, 500, 5)  # what is imported late is imported now
    before = None
    for part in (8, 4, 2, 1):
        size = (given.zones // part, given.records // part, given.vpcs)
        loaded, proved, queries, verdicts = measure(*size)
        growth = f", {proved / before:.2f} times the half" if before else ""
        print(
            f"{size[1]:>6} records in {size[0]} zones, {size[2]} VPCs: loaded in {loaded:.2f} s, "
            f"{len(verdicts)} promises about {queries} queries in {proved:.2f} s{growth}"
        )
        before = proved
    print("; ".join(verdicts))


if __name__ == "__main__":
    main()
