"""What a guide says of a case, and what the sites of the cases learn."""

from __future__ import annotations

from patternkit.routes import Network, Promise, Verdict
from tests.patternkit.routes.reasons import badly_told

SITE = "192.168.0.0/16"
VPN_LEARNS = {"prefixes": {"Vpn": [SITE]}}


def holds(network: Network, *promises: Promise) -> None:
    network.assert_holds(*promises)


def fails(network: Network, promise: Promise, *words: str) -> None:
    """The promise fails with a witness whose text has the words."""
    proof = network.prove(promise)
    assert proof.verdict is Verdict.FAILS, str(proof)
    assert proof.witness is not None
    assert proof.witness.last.walk.hops or proof.witness.last.reason
    for word in words:
        assert word in str(proof), f"{word!r} is not in\n{proof}"


def unknown(network: Network, promise: Promise, *words: str) -> None:
    proof = network.prove(promise)
    assert proof.verdict is Verdict.UNKNOWN, str(proof)
    assert proof.unknown
    assert not badly_told(network, proof)
    for word in words:
        assert word in str(proof), f"{word!r} is not in\n{proof}"
