"""cfn-lint's findings are data."""

import pytest

from patternkit.testing.linting import REDUNDANT_DEPENDENCY, LintFinding, lint


def template(**properties: object) -> dict[str, object]:
    queue = {"Type": "AWS::SQS::Queue", "Properties": properties}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Queue": queue}}


def test_a_good_template_has_none() -> None:
    assert lint(template(DelaySeconds=900)) == ()


def test_a_wrong_value_is_found_where_it_is() -> None:
    [found] = lint(template(DelaySeconds=901))
    assert (found.rule, found.path) == ("E3034", "Resources.Queue.Properties.DelaySeconds")
    assert str(found) == "Resources.Queue.Properties.DelaySeconds: E3034: 901 is greater than the maximum of 900"


@pytest.mark.parametrize("text", ["\U0001f600", "\x80\x9f", "\x7f", "\u2028", "\ufeff", "é"])
def test_any_text_that_a_template_may_hold_is_read(text: str) -> None:
    good = template(DelaySeconds=900) | {"Description": text}
    assert lint(good) == ()


def test_an_accepted_rule_is_left_out_and_others_stay() -> None:
    bad = template(DelaySeconds=901, Colour="red")
    assert {one.rule for one in lint(bad)} == {"E3034", "E3002"}
    assert {one.rule for one in lint(bad, accept={"E3034"})} == {"E3002"}
    assert lint(bad, accept={"E3034", "E3002"}) == ()


def test_each_region_has_its_own_types() -> None:
    table = {"Resources": {"Parameters": {"Type": "AWS::DAX::ParameterGroup", "Properties": {}}}}
    for _ in range(2):
        assert lint(table) == ()
        assert [one.rule for one in lint(table, regions=["ap-southeast-4"])] == ["E3006"]


def test_warnings_count() -> None:
    unused = template() | {"Parameters": {"Unused": {"Type": "String"}}}
    assert [one.rule for one in lint(unused)] == ["W2001"]


def test_what_the_cdk_orders_twice_is_a_redundant_dependency() -> None:
    redundant = template()
    policy = {
        "Type": "AWS::SQS::QueuePolicy",
        "DependsOn": ["Queue"],
        "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    }
    redundant["Resources"] = {"Queue": {"Type": "AWS::SQS::Queue"}, "Policy": policy}
    assert REDUNDANT_DEPENDENCY in {one.rule for one in lint(redundant)}


def test_findings_have_an_order() -> None:
    assert sorted([LintFinding("W1", "b", ""), LintFinding("E1", "c", ""), LintFinding("E1", "a", "")]) == [
        LintFinding("E1", "a", ""),
        LintFinding("E1", "c", ""),
        LintFinding("W1", "b", ""),
    ]
