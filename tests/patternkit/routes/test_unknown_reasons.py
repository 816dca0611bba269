"""What is not known is said in one form: the element, what causes it, and the section of the contracts that lifts it.

Where none does, the reason says so, and what else does where there is such a thing. Every test that draws reasons holds
them to the form; here are those that the source writes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from patternkit.routes import Verdict, reaches, same_az
from tests.conftest import ROOT
from tests.patternkit.routes.reasons import FORM, wrong
from tests.patternkit.routes.topologies import Topology


def test_the_form_is_asked_for() -> None:
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24")
    assert wrong("something is not known", net.network())
    assert wrong("Net/Va is not known", net.network())
    assert wrong("Net/Va is not known (contract: nothing)", net.network())
    assert wrong("it is not known (contract: ids)", net.network())
    assert not wrong("Net/Va is not known (contract: ids)", net.network())


# What passes on the reason of something else at its end.
_PASSED_ON = re.compile(
    r"(\.(reason|doubt|tainted|text|unknown|more|blocked_public|regional|stateless_passes)|reason|doubts?|text|why|hedge"
    r"|unknown|value|\[0\]|changed_lists\[.*\]|lifted|passed|ending|\)|_SEVERAL\.format\(\w+(\.path)?\))$"
)


def written(tree: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = ast.unparse(node.func)
        if called in ("Unknown", "Literal") or called.endswith(
            ("unknown.append", "unknown_everywhere.append", "unknown_associations.append")
        ):
            yield node.lineno, node.args[0]
        elif called in ("forwarder.unknown", "evidence.doubt"):
            yield node.lineno, node.args[1]


def formed(text: ast.expr) -> bool:
    """Whether a reason as the source writes it ends in the form, or in another reason."""
    if isinstance(text, ast.BinOp):
        return formed(text.right)
    if isinstance(text, ast.IfExp):
        return formed(text.body) and formed(text.orelse)
    if isinstance(text, ast.JoinedStr):
        if any(isinstance(part, ast.Constant) and "AWS refuses" in str(part.value) for part in text.values):
            return True
        last = text.values[-1]
        return formed(last.value if isinstance(last, ast.FormattedValue) else last)
    if isinstance(text, ast.Constant):
        return bool(FORM.search(str(text.value)))
    source = ast.unparse(text)
    return bool(
        re.search(r"\b(not_)?lifted\(|BY_PROCESSED_TEMPLATE|not_declared\(", source) or _PASSED_ON.search(source)
    )


@pytest.mark.parametrize("folder", ["routes", "resolving"])
def test_what_the_source_writes_has_the_form(folder: str) -> None:
    # What `show` lists is no verdict's reason.
    files = [path for path in sorted((ROOT / "patternkit" / folder).rglob("*.py")) if path.stem != "network_tables"]
    found = [
        (path, line, text) for path in files for line, text in written(ast.parse(path.read_text(encoding="utf-8")))
    ]
    bad = [f"{path.relative_to(ROOT)}:{line}: {ast.unparse(text)}" for path, line, text in found if not formed(text)]
    assert not bad, "\n".join(bad)
    assert len(found) > {"routes": 100, "resolving": 20}[folder]


def test_zones_that_a_contract_says() -> None:
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", b="10.0.2.0/24")
    for name in ("Va", "Vb"):
        del net.resources[name]["Properties"]["AvailabilityZone"]
    assert net.network().prove(same_az("Va", "Vb", same_vpc=True)).verdict is Verdict.UNKNOWN
    contracts = {"zones": {"Va": "eu-west-1a", "Net/Vb": "eu-west-1a"}}
    proof = net.network(contracts=contracts).prove(same_az("Va", "Vb", same_vpc=True))
    assert proof.verdict is Verdict.HOLDS, proof
    contracts["zones"]["Net/Vb"] = "eu-west-1b"
    assert net.network(contracts=contracts).prove(same_az("Va", "Vb", same_vpc=True)).verdict is Verdict.FAILS


def test_blocks_that_a_contract_says() -> None:
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", b="10.0.2.0/24")
    for name in ("V", "Va"):
        net.resources[name]["Properties"].pop("CidrBlock")
        net.resources[name]["Properties"].update(Ipv4IpamPoolId="ipam-pool-1", Ipv4NetmaskLength=24)
    promise = reaches("Va", "Vb", same_vpc=True)
    assert net.network().prove(promise).verdict is Verdict.UNKNOWN
    blocks = {"Net/V": ["10.0.0.0/16"], "Va": ["10.0.1.0/24"]}
    proof = net.network(contracts={"blocks": blocks}).prove(promise)
    assert proof.verdict is Verdict.HOLDS, proof
