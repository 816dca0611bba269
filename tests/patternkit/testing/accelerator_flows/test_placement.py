"""Where flows go: AWS's documented examples, what AWS leaves open, and drawn accelerators beside a second opinion."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patternkit.testing.accelerator_flows import NOWHERE, Accelerator, Flow, Share, accelerator_flows
from patternkit.verdict import Verdict
from tests.patternkit.testing.accelerator_flows.templates import Groups, template

WEST, EAST = ["us-west-2", "us-east-1"], ["us-east-1", "us-west-2"]
HALF = Fraction(1, 2)


def accelerator(groups: Groups, **more: str) -> Accelerator:
    return accelerator_flows(template(groups, **more))


def shares(made: Accelerator, nearest: list[str], *ill: str) -> dict[str, float | None]:
    placement = made.place(nearest, ill=ill)
    return {name: None if (share := placement.share(name)) is None else float(share) for name in placement.shares}


def test_everybody_goes_to_the_nearest_region() -> None:
    made = accelerator({"us-west-2": (100, [128]), "us-east-1": (100, [128])})
    assert shares(made, WEST) == {"us-west-2/1": 1}
    assert shares(made, EAST) == {"us-east-1/1": 1}


def test_half_of_each_coast_goes_to_the_other_as_in_the_page_of_dials() -> None:
    made = accelerator({"us-west-2": (50, [128]), "us-east-1": (50, [128])})
    assert shares(made, WEST) == shares(made, EAST) == {"us-west-2/1": 0.5, "us-east-1/1": 0.5}


def test_a_dial_of_0_sends_new_flows_to_the_next_region() -> None:
    made = accelerator({"us-west-2": (0, [128]), "us-east-1": (100, [128])})
    assert shares(made, WEST) == {"us-east-1/1": 1}


def test_weights_are_parts_of_their_sum_as_in_the_page_of_weights() -> None:
    made = accelerator({"us-west-2": (100, [4, 5, 5, 6])})
    expected = {1: 0.2, 2: 0.25, 3: 0.25, 4: 0.3}
    assert shares(made, ["us-west-2"]) == {f"us-west-2/{number}": share for number, share in expected.items()}


def test_failover_ignores_a_dial_of_0() -> None:
    made = accelerator({"us-west-2": (100, [128]), "us-east-1": (0, [128])})
    assert shares(made, WEST, "us-west-2") == {"us-east-1/1": 1}
    assert made.weak_points(WEST) == {}


def test_a_healthy_endpoint_of_weight_0_gets_nothing_while_another_region_has_one() -> None:
    made = accelerator({"us-west-2": (100, [0, 10]), "us-east-1": (100, [128])})
    assert shares(made, WEST, "us-west-2/2") == {"us-east-1/1": 1}


def test_where_nothing_is_well_it_fails_open_in_the_nearest_region() -> None:
    made = accelerator({"us-west-2": (0, [128]), "us-east-1": (100, [128])})
    placement = made.place(WEST, ill=["us-east-1", "us-west-2"])
    assert placement.fails_open
    assert not placement.surely_well
    # The nearest to the client, not the nearest with a dial.
    assert placement.share("us-west-2/1") == 1
    assert placement.summary() == "us-west-2/1 100 % (fails open)"


def test_which_endpoint_of_several_a_flow_finds_then_is_not_known() -> None:
    placement = accelerator({"us-west-2": (100, [128, 128])}).place(["us-west-2"], ill="us-west-2")
    assert placement.share("us-west-2/1") is None
    assert "a random endpoint of us-west-2 is taken" in str(placement)


FOUR = ["us-west-2", "us-west-1", "us-east-1", "eu-west-1", "ap-south-1"]


def test_the_third_of_the_others_may_or_may_not_be_tried() -> None:
    """The page says the three closest groups in one sentence, and three additional ones in the next."""
    made = accelerator({region: (100, [128]) for region in FOUR})
    assert shares(made, FOUR, *FOUR[:2]) == {"us-east-1/1": 1}
    open_question = made.place(FOUR, ill=FOUR[:3])
    assert open_question.share("eu-west-1/1") is open_question.share("us-west-2/1") is None
    assert "AWS does not say whether eu-west-1 is still tried" in str(open_question)
    too_far = made.place(FOUR, ill=FOUR[:4])
    assert too_far.known
    assert too_far.share("us-west-2/1") == 1
    assert too_far.share("ap-south-1/1") == 0


def test_what_a_dial_leaves_to_several_is_divided_as_aws_does_not_say() -> None:
    made = accelerator({region: (50, [128]) for region in FOUR[:3]})
    placement = made.place(FOUR[:3])
    assert placement.share("us-west-2/1") == HALF
    assert placement.shares["us-east-1/1"] == Share(Fraction(0), HALF)
    assert not placement.known
    assert placement.surely_well


@pytest.mark.parametrize(("dials", "share"), [((50, 0), HALF), ((0, 0), Fraction(0))])
def test_what_no_dial_takes_goes_nobody_knows_where(dials: tuple[int, int], share: Fraction) -> None:
    made = accelerator(dict(zip(WEST, ((dial, [128]) for dial in dials), strict=True)))
    placement = made.place(WEST)
    assert placement.shares["us-west-2/1"].low == share
    assert placement.share(NOWHERE) is None
    assert not placement.surely_well


def test_flows_keep_their_endpoint_by_what_is_hashed() -> None:
    first = Flow("198.51.100.1", 50000, "192.0.2.1", 443)
    again, port = Flow("198.51.100.1", 50000, "192.0.2.1", 443), Flow("198.51.100.1", 50001, "192.0.2.1", 443)
    other_address = Flow("198.51.100.1", 50000, "192.0.2.2", 443)
    each = accelerator({"us-west-2": (100, [1, 1])}).listener()
    client = accelerator({"us-west-2": (100, [1, 1])}, affinity="SOURCE_IP").listener()
    assert each.same_endpoint(first, again) is client.same_endpoint(first, port) is Verdict.HOLDS
    # The accelerator has two addresses, and a client that takes the other one is hashed anew.
    assert each.same_endpoint(first, port) is client.same_endpoint(first, other_address) is Verdict.UNKNOWN
    assert each.idle_seconds == 340


def test_the_table_has_every_single_failure() -> None:
    made = accelerator({"us-west-2": (100, [3, 1]), "us-east-1": (100, [128])})
    assert made.table({"Seattle": WEST, "Boston": EAST}) == "\n".join(
        [
            "| Ill | Seattle | Boston |",
            "| --- | --- | --- |",
            "| nothing | us-west-2/1 75 %, us-west-2/2 25 % | us-east-1/1 100 % |",
            "| us-west-2/1 | us-west-2/2 100 % | us-east-1/1 100 % |",
            "| us-west-2/2 | us-west-2/1 100 % | us-east-1/1 100 % |",
            "| us-east-1/1 | us-west-2/1 75 %, us-west-2/2 25 % | us-west-2/1 75 %, us-west-2/2 25 % |",
            "| us-west-2 | us-east-1/1 100 % | us-east-1/1 100 % |",
            "| us-east-1 | us-west-2/1 75 %, us-west-2/2 25 % | us-west-2/1 75 %, us-west-2/2 25 % |",
        ]
    )


def second_opinion(groups: Groups, order: list[str], ill: set[str], flows: int) -> dict[str, int] | None:
    """Send flows one by one, by AWS's sentences; None where they do not say where one goes."""
    counted: dict[str, int] = {}
    turns: dict[str, int] = {}
    dialed = [region for region in order if groups[region][0] > 0]
    for number in range(flows):
        if not dialed:
            return None
        region = dialed[0]
        if number % 100 >= groups[region][0]:
            if len(dialed) != 2:
                return None
            region = dialed[1]
        closest = [region, *(one for one in order if one != region)]
        for tried, candidate in enumerate(closest):
            weights = [(f"{candidate}/{index}", weight) for index, weight in enumerate(groups[candidate][1], 1)]
            cycle = [name for name, weight in weights if name not in ill for _ in range(weight)]
            if cycle:
                if tried == 3:
                    return None
                if tried > 3:
                    continue
                turn = turns.get(candidate, 0)
                turns[candidate] = turn + 1
                name = cycle[turn % len(cycle)]
                break
        else:
            nearest = [f"{order[0]}/{index}" for index in range(1, len(groups[order[0]][1]) + 1)]
            if len(nearest) != 1:
                return None
            name = nearest[0]
        counted[name] = counted.get(name, 0) + 1
    return counted


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_second_opinion_sends_flows_one_by_one(data: st.DataObject) -> None:
    order = data.draw(st.permutations(FOUR))[: data.draw(st.integers(1, 5))]
    dial, weights = st.sampled_from([0, 25, 50, 100]), st.lists(st.sampled_from([0, 1, 2, 4]), max_size=3)
    groups = {region: (data.draw(dial), data.draw(weights)) for region in order}
    every = [f"{region}/{number}" for region, (_, given_) in groups.items() for number in range(1, len(given_) + 1)]
    ill = data.draw(st.sets(st.sampled_from(every))) if every else set()
    placement = accelerator(groups).place(order, ill=sorted(ill))
    low = sum(share.low for share in placement.shares.values())
    high = sum(share.high for share in placement.shares.values())
    assert low <= 1 <= high
    flows = 2000
    counted = second_opinion(groups, order, ill, flows)
    assert (counted is not None) == placement.known
    if counted is not None:
        for name, share in placement.shares.items():
            assert float(share.low) == pytest.approx(counted.get(name, 0) / flows, abs=0.01)
        assert low == high == 1
        assert (not placement.fails_open) == (not ill & set(counted) and all(weight_of(groups, one) for one in counted))


def weight_of(groups: Groups, endpoint: str) -> int:
    region, _, number = endpoint.partition("/")
    return int(groups[region][1][int(number) - 1])
