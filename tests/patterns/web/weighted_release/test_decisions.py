"""What becomes of a release, decided without AWS."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.web.weighted_release.handler.shift_handler.decisions import Plan, State, after_alarm, after_tick

PLAN = Plan(release="two", steps=(10, 50, 100), interval=600)


def tick(state: State, at: int, *, plan: Plan = PLAN, alarmed: bool = False) -> State:
    return after_tick(state, plan, scheduled=at, now=at + 1, alarmed=alarmed)


def test_a_release_takes_one_step_in_each_interval() -> None:
    state, seen = State(), []
    for at in (6000, 6600, 7200, 7800):
        state = tick(state, at)
        seen.append((state.weight, state.status))
    assert seen == [(10, "shifting"), (50, "shifting"), (100, "shifted"), (100, "shifted")]


def test_the_same_tick_twice_is_one_step() -> None:
    once = tick(State(), 6000)
    assert tick(once, 6000) == once
    assert tick(once, 5400) == once


def test_steps_may_end_below_everything() -> None:
    plan = Plan(release="two", steps=(5,), interval=60)
    state = tick(State(), 6000, plan=plan)
    assert (state.weight, state.status) == (5, "shifted")
    assert tick(state, 9000, plan=plan) == state


def test_more_steps_go_on_from_where_it_stood() -> None:
    state = tick(State(), 6000, plan=Plan(release="two", steps=(5,), interval=60))
    assert tick(state, 6060, plan=Plan(release="two", steps=(5, 20), interval=60)).weight == 20


@pytest.mark.parametrize("weight", [10, 100])
def test_an_alarm_puts_all_weight_back_for_good(weight: int) -> None:
    state = State(release="two", status="shifting", weight=weight, moved_at=6000, version=3)
    back = after_alarm(state, PLAN, now=6001)
    assert (back.status, back.weight, back.version) == ("rolled-back", 0, 4)
    for at in (7000, 99_999):
        assert tick(back, at) == back
    assert after_alarm(back, PLAN, now=7000) == back


def test_an_alarm_that_was_not_delivered_is_seen_at_the_next_tick() -> None:
    state = tick(tick(State(), 6000), 6600, alarmed=True)
    assert (state.status, state.weight) == ("rolled-back", 0)


def test_a_release_waits_while_an_alarm_is_off_before_its_first_step() -> None:
    waiting = tick(State(), 6000, alarmed=True)
    assert (waiting.status, waiting.weight) == ("shifting", 0)
    assert tick(waiting, 6600).weight == 10


def test_a_new_name_begins_anew_and_none_puts_all_weight_back() -> None:
    back = State(release="one", status="rolled-back", weight=0, moved_at=5000, version=9)
    assert tick(back, 6000).weight == 10
    shifted = State(release="two", status="shifted", weight=100, moved_at=5000, version=9)
    none = tick(shifted, 6000, plan=replace(PLAN, release=""))
    assert (none.release, none.status, none.weight) == ("", "stable", 0)
    assert after_alarm(none, replace(PLAN, release=""), now=7000) == none


def test_an_alarm_of_the_release_before_does_not_carry_its_weight_into_the_next() -> None:
    shifted = State(release="one", status="shifted", weight=100, moved_at=5000, version=9)
    assert after_alarm(shifted, PLAN, now=6000).weight == 0


def test_a_state_is_read_as_it_was_written() -> None:
    state = State(release="two", status="shifting", weight=10, moved_at=6000, version=3)
    assert State.from_item({"id": {"S": "release"}, **state.item()}) == state


@settings(max_examples=200, deadline=None, database=None)
@given(
    st.lists(st.tuples(st.sampled_from(["tick", "alarm", "alarmed tick", "again"]), st.integers(0, 1200)), max_size=30)
)
def test_whatever_happens_weight_rises_by_steps_and_falls_to_nothing(happened: list[tuple[str, int]]) -> None:
    state, at = State(), 10_000
    for what, later in happened:
        before = state
        at += 0 if what == "again" else later
        state = after_alarm(state, PLAN, now=at) if what == "alarm" else tick(state, at, alarmed=what == "alarmed tick")
        assert state.weight in (0, *PLAN.steps)
        # Never two steps at once, and never closer than the interval.
        if state.weight > before.weight:
            assert before.weight == 0 or PLAN.steps.index(state.weight) == PLAN.steps.index(before.weight) + 1
            assert before.moved_at == 0 or at - before.moved_at >= PLAN.interval - 30
        if state.weight < before.weight:
            assert (state.weight, state.status) == (0, "rolled-back")
        if before.status == "rolled-back":
            assert state == before
        assert (state == before) == (state.version == before.version)
