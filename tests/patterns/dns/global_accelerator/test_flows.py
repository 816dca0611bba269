"""Who is sent where, computed from the template; and mutants of it, each by the promise that they break."""

from collections.abc import Callable
from typing import Any

import pytest

from patternkit.testing.accelerator_flows import Accelerator, accelerator_flows
from tests.conftest import ENVIRONMENTS, example
from tests.patterns.dns.global_accelerator.regions import templates

DUBLIN, OREGON = "eu-west-1", "us-west-2"
FROM_PARIS, FROM_SEATTLE = [DUBLIN, OREGON], [OREGON, DUBLIN]
BALANCERS = {DUBLIN: "DublinBalancer", OREGON: "OregonBalancer"}


def front(environment: str) -> Accelerator:
    return accelerator_flows(example("global-accelerator", environment).template)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_client_goes_to_the_nearest_region_and_on_to_the_next_when_it_is_ill(environment: str) -> None:
    made = front(environment)
    for order in (FROM_PARIS, FROM_SEATTLE):
        assert made.place(order).share(BALANCERS[order[0]]) == 1
        assert made.place(order, ill=order[0]).share(BALANCERS[order[1]]) == 1
        assert made.weak_points(order) == {}


def test_the_table_of_the_page_is_what_is_computed() -> None:
    table = front("agnostic").table({"Paris": FROM_PARIS, "Seattle": FROM_SEATTLE})
    assert table == "\n".join(
        [
            "| Ill | Paris | Seattle |",
            "| --- | --- | --- |",
            "| nothing | DublinBalancer 100 % | OregonBalancer 100 % |",
            "| OregonBalancer | DublinBalancer 100 % | DublinBalancer 100 % |",
            "| DublinBalancer | OregonBalancer 100 % | OregonBalancer 100 % |",
            "| us-west-2 | DublinBalancer 100 % | DublinBalancer 100 % |",
            "| eu-west-1 | OregonBalancer 100 % | OregonBalancer 100 % |",
        ]
    )


def all_kept(made: Accelerator) -> None:
    endpoints = [one for group in made.listener().groups for one in group.endpoints]
    assert all(one.keeps_client_address for one in endpoints)


def all_dialed(made: Accelerator) -> None:
    for order in (FROM_PARIS, FROM_SEATTLE):
        assert made.place(order).known
        assert made.place(order).share(_front_of(made, order[0])) == 1


def all_weighted(made: Accelerator) -> None:
    assert made.weak_points(FROM_PARIS) == made.weak_points(FROM_SEATTLE) == {}


def _front_of(made: Accelerator, region: str) -> str:
    return next(group.endpoints[0].name for group in made.listener().groups if group.region == region)


PROMISES = [all_kept, all_dialed, all_weighted]


def groups(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = [one["Properties"] for one in template["Resources"].values() if one["Type"].endswith("::EndpointGroup")]
    return {one["EndpointGroupRegion"]: one for one in found}


def test_what_the_template_of_three_regions_stacks_says_keeps_every_promise() -> None:
    made = accelerator_flows(templates()["Front"])
    for promise in PROMISES:
        promise(made)


def dial_left_at_0(template: dict[str, Any]) -> None:
    groups(template)[DUBLIN]["TrafficDialPercentage"] = 0


def weight_0(template: dict[str, Any]) -> None:
    groups(template)[DUBLIN]["EndpointConfigurations"][0]["Weight"] = 0


def no_endpoints(template: dict[str, Any]) -> None:
    groups(template)[OREGON]["EndpointConfigurations"] = []


def no_second_region(template: dict[str, Any]) -> None:
    template["Resources"] = {
        name: one
        for name, one in template["Resources"].items()
        if one.get("Properties", {}).get("EndpointGroupRegion") != OREGON
    }


def addresses_lost(template: dict[str, Any]) -> None:
    groups(template)[OREGON]["EndpointConfigurations"][0]["ClientIPPreservationEnabled"] = False


@pytest.mark.parametrize(
    ("mutate", "promise"),
    [
        (dial_left_at_0, all_dialed),
        (weight_0, all_weighted),
        (no_endpoints, all_weighted),
        (no_second_region, all_weighted),
        (addresses_lost, all_kept),
    ],
)
def test_a_template_with_one_fault_breaks_a_promise(
    mutate: Callable[[dict[str, Any]], None], promise: Callable[[Accelerator], None]
) -> None:
    template = templates()["Front"]
    mutate(template)
    with pytest.raises((AssertionError, IndexError)):
        promise(accelerator_flows(template))


def test_what_a_drill_leaves_behind_is_drift() -> None:
    """CloudFormation compares only what the template says, so dials and weights are in it even where they are AWS's."""
    for group in groups(dict(example("global-accelerator", "agnostic").template)).values():
        assert group["TrafficDialPercentage"] == 100
        assert [one["Weight"] for one in group["EndpointConfigurations"]] == [128]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_each_endpoint_group_has_a_region_of_its_own_whatever_the_stacks(environment: str) -> None:
    assert set(groups(dict(example("global-accelerator", environment).template))) == {DUBLIN, OREGON}


def test_the_health_of_a_load_balancer_is_its_own_and_no_setting_pretends_otherwise() -> None:
    for group in groups(dict(example("global-accelerator", "agnostic").template)).values():
        assert not [name for name in group if name.startswith("HealthCheck") or name == "ThresholdCount"]
