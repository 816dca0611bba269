"""How the proof of a whole organization scales: the network of `examples/company_network`, with more VPCs a Region.

The application is synthesized once; its VPCs are then copied, with ranges of their own, until each Region has so many,
and all of `promises.yaml` is proved over all stacks. Prints seconds, and how they grow, measured in one run; nothing
here is asserted. `python -m bench.organization_scale` from the repository's root; `--help` says how to choose sizes.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from examples.company_network.prove import CONTRACTS, PROMISES, assembly
from examples.company_network.regions import REGIONS, CompanyRegion
from patternkit.routes import Contracts, Network, load_promises

RESOURCES_A_STACK = 480  # CloudFormation's limit is 500
APART_IN = 5  # one of so many VPCs is kept apart

Template = dict[str, Any]


def parts(template: Template, stack: str, kind: str, name: str) -> dict[str, Any]:
    """The resources of one VPC and of its place on the hub, by logical id."""
    prefixes = (f"{stack}/{kind}/{name}/", f"{stack}/{kind}{name}VpcSpokeOfHub/")
    found = {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if resource.get("Metadata", {}).get("aws:cdk:path", "").startswith(prefixes)
        # Its names lean on a Profile of the stack that it is copied from, and carry no packet.
        and resource["Type"] != "AWS::Route53Profiles::ProfileAssociation"
    }
    if not found:
        raise SystemExit(f"{stack} has no VPC {kind}/{name}")
    return found


class Copied:
    """A VPC that is copied with other names and another range."""

    def __init__(self, template: Template, stack: str, kind: str, name: str, block: str) -> None:
        self._kind, self._name = kind, name
        resources = parts(template, stack, kind, name)
        self.size = len(resources)
        self._text = json.dumps(resources)
        self._ids = sorted(resources, key=len, reverse=True)
        self._block = block.rsplit(".", 1)[0] + "."

    def copy(self, number: int, block: str) -> dict[str, Any]:
        """The resources of one more VPC."""
        text = self._text
        for logical_id in self._ids:
            text = text.replace(f'"{logical_id}"', f'"{logical_id}N{number}"')
        text = text.replace(f"{self._kind}/{self._name}/", f"{self._kind}/{self._name}{number}/")
        text = text.replace(f"{self._kind}{self._name}Vpc", f"{self._kind}{self._name}{number}Vpc")
        made: dict[str, Any] = json.loads(text.replace(self._block, block))
        return made


def copies(region: CompanyRegion, template: Template, vpcs: int) -> Iterator[dict[str, Any]]:
    """The VPCs that a Region has beside those of the application, in its own range."""
    stack = f"Company{region.name}Workloads"
    models = [("Open", *next(iter(region.open.items())))]
    if region.apart:
        models.append(("Apart", *next(iter(region.apart.items()))))
    copied = [Copied(template, stack, *one) for one in models]
    first = int(region.network.split(".")[1]) + 4
    for number in range(vpcs - len(region.open) - len(region.apart)):
        model = copied[-1] if number % APART_IN == APART_IN - 1 else copied[0]
        yield model.copy(number, f"10.{first + number // 256}.{number % 256}.")


def grown(made: dict[str, Template], vpcs: int) -> dict[str, Template]:
    """The organization with so many VPCs in each Region, none of its stacks above CloudFormation's limit."""
    found = dict(made)
    for region in REGIONS:
        workloads = f"Company{region.name}Workloads"
        resources: Template = {}
        for number, more in enumerate(copies(region, made[workloads], vpcs)):
            if len(resources) + len(more) > RESOURCES_A_STACK:
                found[f"{workloads}{number}"] = {"Resources": resources}
                resources = {}
            resources |= more
        if resources:
            found[f"{workloads}Last"] = {"Resources": resources}
    return found


def measure(given: dict[str, Template]) -> tuple[float, float, int]:
    """Seconds by the clock and of the processor to load and prove, and how many pairs were proved."""
    contracts, promises = Contracts.load(CONTRACTS), load_promises(PROMISES)
    gc.collect()
    start, used = time.perf_counter(), time.process_time()
    proofs = Network.from_templates(given, contracts=contracts).prove_all(promises)
    elapsed, used = time.perf_counter() - start, time.process_time() - used
    broken = [str(proof) for proof in proofs if proof.verdict.value != "HOLDS"]
    if broken:
        raise SystemExit("the bench's own network does not hold:\n" + "\n".join(broken[:3]))
    return elapsed, used, sum(proof.pairs for proof in proofs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000], help="VPCs in each Region")
    parser.add_argument("--templates", type=Path, help="the synthesized application, kept from another run")
    options = parser.parse_args()
    if options.templates and options.templates.exists():
        made: dict[str, Template] = json.loads(options.templates.read_text(encoding="utf-8"))
    else:
        made = {
            file.name.removesuffix(".template.json"): json.loads(file.read_text(encoding="utf-8"))
            for file in sorted(assembly().glob("*.template.json"))
        }
        if options.templates:
            options.templates.write_text(json.dumps(made), encoding="utf-8")
    print(f"{len(load_promises(PROMISES))} promises over {len(REGIONS)} Regions, from parsed JSON")
    print(
        f"{'VPCs a Region':>13} {'resources':>10} {'stacks':>7} {'pairs':>12} {'seconds':>8} {'cpu s':>8} "
        f"{'cpu us a resource':>18} {'growth':>7}"
    )
    before: tuple[int, float] | None = None
    for size in options.sizes:
        given = grown(made, size)
        count = sum(len(template["Resources"]) for template in given.values())
        seconds, processor, pairs = measure(given)
        # 1.00 is linear: as many times the seconds as resources.
        growth = f"{processor / before[1] / (count / before[0]):.2f}" if before else "-"
        before = (count, processor)
        print(
            f"{size:>13} {count:>10,} {len(given):>7} {pairs:>12,} {seconds:>8.2f} {processor:>8.2f} "
            f"{processor / count * 1e6:>18.1f} {growth:>7}",
            flush=True,
        )


if __name__ == "__main__":
    main()
