"""What becomes of a shift, by hand and of drawn configurations."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patternkit.testing.traffic_shift import (
    Schedule,
    TrafficShift,
    TrafficShiftError,
    drawn,
    predefined,
    traffic_shift,
)
from tests.patternkit.testing.traffic_shift.templates import errors, routing, template

# https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
NAMES = {
    "LambdaAllAtOnce": [(0, 100)],
    "LambdaCanary10Percent5Minutes": [(0, 10), (5, 100)],
    "LambdaCanary10Percent30Minutes": [(0, 10), (30, 100)],
    "LambdaLinear10PercentEvery1Minute": [(minute, 10 * (minute + 1)) for minute in range(10)],
    "LambdaLinear10PercentEvery3Minutes": [(3 * step, 10 * (step + 1)) for step in range(10)],
}


def shifts(shift: TrafficShift) -> list[tuple[float, int]]:
    return [(one.minute, one.weight) for one in shift.walk().steps if one.what == "traffic shifts"]


@pytest.mark.parametrize("name", NAMES)
def test_codedeploys_own_configurations(name: str) -> None:
    shift = traffic_shift(template(configuration=f"CodeDeployDefault.{name}"))
    assert shifts(shift) == NAMES[name]
    assert shift.walk().weight == 100


@pytest.mark.parametrize(
    ("own", "steps"),
    [
        (routing("Canary", 5, 90), [(0, 5), (90, 100)]),
        (routing("Canary", "5", "90"), [(0, 5), (90, 100)]),
        (routing("Linear", 40, 2), [(0, 40), (2, 80), (4, 100)]),
        (routing("Linear", 50, 7), [(0, 50), (7, 100)]),
        ({"Type": "AllAtOnce"}, [(0, 100)]),
    ],
)
def test_a_configuration_of_the_template(own: dict[str, Any], steps: list[tuple[int, int]]) -> None:
    assert shifts(traffic_shift(template(own=own))) == steps


def test_hooks_decide_before_and_after_any_traffic() -> None:
    shift = traffic_shift(template(before={"Ref": "Check"}, after={"Ref": "Check"}))
    before = shift.walk(failing_hook="before")
    assert (before.outcome, before.weight, before.minutes) == ("rolled back", 0, 0)
    assert max(one.weight for one in before.steps) == 0, "the new version never had any"
    after = shift.walk(failing_hook="after")
    assert (after.outcome, after.weight, after.minutes, after.at(5)) == ("rolled back", 0, 5, 0)
    silent = shift.walk(silent_hook="before")
    assert (silent.outcome, silent.minutes) == ("rolled back", 60)


@pytest.mark.parametrize(
    ("alarm", "bad_from", "outcome", "minute"),
    [
        (errors(), 0, "rolled back", 1),
        (errors(), 3, "rolled back", 4),
        (errors(), 4, "shifted", 5),
        (errors(EvaluationPeriods=3), 0, "rolled back", 3),
        (errors(EvaluationPeriods=3, DatapointsToAlarm=2), 0, "rolled back", 2),
        (errors(Period=300), 0, "shifted", 5),
        (errors(Period="60"), 0, "rolled back", 1),
    ],
)
def test_an_alarm_ends_a_shift_that_goes_on(alarm: dict[str, Any], bad_from: float, outcome: str, minute: int) -> None:
    walk = traffic_shift(template(alarms={"Errors": alarm})).walk(bad_from=bad_from)
    assert (walk.outcome, walk.minutes, walk.weight) == (outcome, minute, 0 if outcome == "rolled back" else 100)


def test_the_first_of_several_alarms_ends_it_or_the_one_that_is_named() -> None:
    shift = traffic_shift(template(alarms={"Slow": errors(EvaluationPeriods=4), "Errors": errors()}))
    assert shift.walk(bad_from=0).minutes == 1
    assert shift.walk(bad_from=0, alarm="Slow").minutes == 4


@pytest.mark.parametrize(
    ("events", "how", "weight"),
    [
        (("DEPLOYMENT_FAILURE",), {"bad_from": 0}, 10),
        (("DEPLOYMENT_STOP_ON_ALARM",), {"failing_hook": "after"}, 100),
        ((), {"bad_from": 0}, 10),
    ],
)
def test_what_is_not_rolled_back_stays_as_it_is(events: tuple[str, ...], how: dict[str, Any], weight: int) -> None:
    made = template(after={"Ref": "Check"}, alarms={"Errors": errors()}, events=events)
    walk = traffic_shift(made).walk(**how)
    assert (walk.outcome, walk.weight) == ("stopped", weight)


def test_alarms_that_are_off_end_nothing() -> None:
    made = template(alarms={"Errors": errors()})
    made["Resources"]["Group"]["Properties"]["AlarmConfiguration"]["Enabled"] = False
    assert traffic_shift(made).walk(bad_from=0).outcome == "shifted"


def test_what_an_alarm_has_to_measure() -> None:
    made = template(alarms={"Errors": errors(), "Slow": errors(Period=600), "Far": {}})
    shift = traffic_shift(made)
    assert shift.calls_measured("Errors", 30) == pytest.approx(3)
    assert shift.calls_measured("Slow", 30) == pytest.approx(30 * (0.1 * 5 + 5))
    with pytest.raises(TrafficShiftError, match=r"^the period of alarm Far is not in the template$"):
        shift.calls_measured("Far", 30)
    dimension = {"Name": "ExecutedVersion", "Value": "2"}
    alone = traffic_shift(template(alarms={"Errors": errors(Dimensions=[dimension])}))
    assert [one.version for one in [*alone.alarms, *shift.alarms]] == [True, False, False, False]


def broken(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    made = template(alarms={"Errors": errors()})
    change(made["Resources"])
    return made


ALIAS = "AWS::Lambda::Alias"
WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "say which alias: those that shift traffic are none"),
    (broken(lambda all_: all_.update(Two=all_["Alias"])), "say which alias: those that shift traffic are Alias, Two"),
    (broken(lambda all_: all_.pop("Group")), "Alias: its deployment group is not in the template"),
    (
        broken(lambda all_: all_["Group"]["Properties"].pop("DeploymentConfigName")),
        "Group: it names no deployment configuration",
    ),
    (
        template(configuration={"Fn::ImportValue": "Other"}),
        "Group: its deployment configuration is not in the template",
    ),
    (
        template(configuration="CodeDeployDefault.LambdaLinear10PercentEvery1Minutes"),
        "CodeDeployDefault.LambdaLinear10PercentEvery1Minutes is none of CodeDeploy's configurations for functions",
    ),
    (
        template(configuration="CodeDeployDefault.OneAtATime"),
        "CodeDeployDefault.OneAtATime is none of CodeDeploy's configurations for functions",
    ),
    (template(own=routing("Canary", 0, 5)), "Own: CanaryPercentage must be a whole number between 1 and 99, got 0"),
    (
        template(own=routing("Linear", 10, 2881)),
        "Own: LinearInterval must be a whole number between 1 and 2880, got 2881",
    ),
    (template(own={"Type": "Sudden"}), "Own: TrafficRoutingConfig has no type that CodeDeploy knows"),
]


@pytest.mark.parametrize(("made", "message"), WRONG)
def test_what_cannot_be_walked_is_said_in_one_line(made: dict[str, Any], message: str) -> None:
    with pytest.raises(TrafficShiftError, match=f"^{re.escape(message)}$"):
        traffic_shift(made)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"failing_hook": "before"}, "failing_hook: Alias has no hook before traffic"),
        ({"silent_hook": "after"}, "silent_hook: Alias has no hook after traffic"),
        ({"bad_from": 0, "alarm": "Other"}, "there is no alarm Other of Alias: its alarms are Errors"),
        ({"bad_from": -1}, "bad_from must be 0 or more minutes, got -1"),
    ],
)
def test_what_cannot_happen_is_refused(how: dict[str, Any], message: str) -> None:
    with pytest.raises(TrafficShiftError, match=f"^{re.escape(message)}$"):
        traffic_shift(template(alarms={"Errors": errors()})).walk(**how)


def test_an_alias_is_named_by_id_or_path() -> None:
    made = template()
    made["Resources"]["Other"] = {**made["Resources"]["Alias"], "Metadata": {}}
    assert traffic_shift(made, alias="Shop/Live").alias == "Alias"
    assert traffic_shift(made, alias="Other").alias == "Other"
    with pytest.raises(TrafficShiftError, match=r"^there is no alias Live2 that shifts traffic: those that do are Ali"):
        traffic_shift(made, alias="Live2")


def test_a_picture_tells_what_it_shows() -> None:
    shift = traffic_shift(template(alarms={"Errors": errors()}))
    picture = drawn({"Nothing <fails>": shift.walk(), "An alarm": shift.walk(bad_from=0)}, title="A shift")
    told = " ".join(text for text in ET.fromstring(picture).itertext())
    assert "Nothing <fails>: shifted" in told
    assert "An alarm: rolled back after 1 minutes" in told


KINDS = st.sampled_from(["Canary", "Linear"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5000) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    kind=KINDS,
    percentage=st.integers(1, 99),
    interval=st.integers(1, 2880),
    periods=st.integers(1, 50),
    bad_from=st.floats(0, 5000),
    hook=st.sampled_from(["before", "after"]),
)
def test_traffic_only_grows_until_it_is_all_or_nothing(
    kind: str,
    percentage: int,
    interval: int,
    periods: int,
    bad_from: float,
    hook: Literal["before", "after"],
) -> None:
    alarms = {"Errors": errors(EvaluationPeriods=periods)}
    own = routing(kind, percentage, interval)
    shift = traffic_shift(template(own=own, before={"Ref": "Check"}, after={"Ref": "Check"}, alarms=alarms))
    good, bad, failed = shift.walk(), shift.walk(bad_from=bad_from), shift.walk(failing_hook=hook)
    weights = [one.weight for one in good.steps]
    assert weights == sorted(weights)
    assert (good.outcome, weights[0], weights[-1]) == ("shifted", 0, 100)
    steps = 1 if kind == "Canary" else -(-100 // percentage) - 1
    assert good.minutes == steps * interval == shift.schedule.steps()[-1][0]
    assert (failed.outcome, failed.weight) == ("rolled back", 0)
    for walk in (good, bad, failed):
        minutes = [one.minute for one in walk.steps]
        assert minutes == sorted(minutes)
        assert all(0 <= one.weight <= 100 for one in walk.steps)
        assert walk.at(walk.minutes) == walk.weight
    # Exactly the alarms that can go off before the end end it.
    assert (bad.outcome == "rolled back") == (bad_from + periods < good.minutes)
    assert bad.weight == (0 if bad.outcome == "rolled back" else 100)
    assert all(shift.schedule.at(minute) == weight for minute, weight in shift.schedule.steps())


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["Alias", "Group", "Own", "Errors", "Other"]), JSON, max_size=4), JSON)
def test_no_template_is_too_strange_to_be_told_in_one_line(resources: dict[str, Any], part: Any) -> None:
    made = template(own=routing("Canary", 10, 5), alarms={"Errors": errors()})
    strange = {**made["Resources"], **resources}
    for name, one in strange.items():
        if isinstance(one, dict) and name in made["Resources"]:
            strange[name] = {**made["Resources"][name], **dict.fromkeys(list(one)[:1], part)}
    for candidate in ({"Resources": strange}, {"Resources": part}, {"Resources": {**made["Resources"], "Group": part}}):
        told = ""
        try:
            weight = traffic_shift(candidate).walk().weight
        except TrafficShiftError as error:
            told, weight = str(error), 100
        assert "\n" not in told
        assert weight == 100


def test_a_schedule_has_no_traffic_before_it_begins() -> None:
    assert Schedule(10, 5, linear=False).at(-1) == 0
    assert predefined("CodeDeployDefault.LambdaLinear10PercentEvery10Minutes").at(89) == 90
