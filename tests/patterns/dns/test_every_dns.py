"""What every pattern of names promises: found by what its template holds."""

from typing import Any

import pytest

from patternkit.catalog.discovery import Pattern, patterns
from patternkit.dns import Names
from tests.conftest import ENVIRONMENTS, example

MEMBERS = [one for one in patterns().values() if one.family == "dns"]
every_member = pytest.mark.parametrize(
    "pattern", [pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name)) for one in MEMBERS]
)


def properties(pattern: Pattern, kind: str) -> list[dict[str, Any]]:
    return [
        one.get("Properties", {})
        for template in example(pattern.name, "agnostic").templates.values()
        for one in template["Resources"].values()
        if one["Type"] == kind
    ]


@every_member
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_aws_refuses_none_of_its_names(pattern: Pattern, environment: str) -> None:
    names = Names.from_templates(dict(example(pattern.name, environment).templates))
    assert [reason for model in names.models for reason in model.refused] == []


@every_member
def test_everything_with_an_alternative_has_something_that_tells_that_it_is_ill(pattern: Pattern) -> None:
    """A record that is never found ill never fails over; only a secondary may be answered ill or well."""
    for record in properties(pattern, "AWS::Route53::RecordSet"):
        if "SetIdentifier" in record and record.get("Failover") != "SECONDARY":
            evaluated = record.get("AliasTarget", {}).get("EvaluateTargetHealth") is True
            assert evaluated or "HealthCheckId" in record, record["Name"]


@every_member
def test_each_health_check_has_an_alarm(pattern: Pattern) -> None:
    alarms = [
        one for one in properties(pattern, "AWS::CloudWatch::Alarm") if one.get("MetricName") == "HealthCheckStatus"
    ]
    assert len(alarms) == len(properties(pattern, "AWS::Route53::HealthCheck"))
    assert all(one["TreatMissingData"] == "breaching" for one in alarms)


@every_member
def test_what_is_shared_is_shared_within_the_organization(pattern: Pattern) -> None:
    for share in properties(pattern, "AWS::RAM::ResourceShare"):
        assert share["AllowExternalPrincipals"] is False
        assert "PermissionArns" not in share
