"""Rules that name groups across a transit gateway: it, and the attachments of both VPCs, have to support that.

Source: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html#vpc-attachment-security
"""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Verdict
from tests.patternkit.routes.doubts.unmodelled import a_group_named_across_a_transit_gateway

LATER = {"Fn::ImportValue": "later"}


@pytest.mark.parametrize("place", ["Tgw", "AAt", "BAt"])
@pytest.mark.parametrize(
    ("said", "verdict"),
    [("enable", Verdict.HOLDS), ("disable", Verdict.FAILS), (LATER, Verdict.UNKNOWN)],
    ids=["enable", "disable", "later"],
)
def test_each_of_them_has_to_support_it(place: str, said: Any, verdict: Verdict) -> None:
    net, promise = a_group_named_across_a_transit_gateway()
    net.resources["Tgw"]["Properties"]["SecurityGroupReferencingSupport"] = "enable"
    properties = net.resources[place]["Properties"]
    if place != "Tgw":
        properties = properties.setdefault("Options", {})
    properties["SecurityGroupReferencingSupport"] = said
    proof = net.network().prove(promise)
    assert proof.verdict is verdict, str(proof)
    words = {
        Verdict.HOLDS: "",
        Verdict.FAILS: "the security groups deny it into Net/",
        Verdict.UNKNOWN: f"Net/{place} does not surely support references to security groups: no stack of the set",
    }
    assert words[verdict] in str(proof)
