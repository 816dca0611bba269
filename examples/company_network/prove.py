"""Every promise of the company's network, proved over the templates of all of its stacks.

`python -m examples.company_network.prove` synthesizes the application for its three Regions and proves `promises.yaml`
with `contracts.yaml`; the exit status is 0 when everything holds. `--survive` says which losses each promise survives,
and `--write` puts that into the application's page.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from aws_cdk import App, Environment

from examples.company_network.app import build
from patternkit.catalog.parts.losses import table_of_losses
from patternkit.routes import Network, Verdict, load_promises

HERE = Path(__file__).parent
PAGE, PROMISES, CONTRACTS = HERE / "README.md", HERE / "promises.yaml", HERE / "contracts.yaml"
BEGIN, END = "<!-- losses -->", "<!-- end of losses -->"


def assembly() -> Path:
    """Synthesize the application for an account, in its Regions.

    Returns:
        The cloud assembly.
    """
    flags: dict[str, Any] = json.loads((HERE.parents[1] / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = App(context={**flags, "aws:cdk:enable-path-metadata": True})
    build(app, env=Environment(account="111122223333"))
    return Path(app.synth().directory)


def main() -> int:
    """Prove the promises, or say what they survive.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--survive", action="store_true", help="say which losses each promise survives")
    parser.add_argument("--write", action="store_true", help="write that into the page")
    options = parser.parse_args()
    promises = load_promises(PROMISES)
    company = Network.load(assembly(), contracts=CONTRACTS)
    if not options.survive and not options.write:
        proofs = company.prove_all(promises)
        for proof in proofs:
            print(f"{proof.verdict.value} {proof.promise.name}" if proof.verdict is Verdict.HOLDS else proof)
        held = sum(proof.verdict is Verdict.HOLDS for proof in proofs)
        print(f"{held} of {len(proofs)} promises hold, over {sum(proof.pairs for proof in proofs):,} pairs")
        return 0 if held == len(proofs) else 1
    # Two together would be thousands: the application's tests lose a site's circuits and its VPN.
    made = table_of_losses(company, promises, pairs=False)
    if not options.write:
        print(made)
        return 0
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
