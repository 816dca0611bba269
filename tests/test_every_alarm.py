"""No alarm watches what its metric never says. What each watches is read from its pattern's `alarms.toml`."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.alarms import is_named, is_published
from tests.conftest import ROOT

# Seconds between two data points, of services that send them less often than once a minute.
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-resolver-with-cloudwatch.html
SENT_EVERY = {"AWS/Route53Resolver": 300}
# A few data points a day: in between there are none, and nothing is better for that.
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-hosted-zones-with-cloudwatch.html
RARE = {"AWS/Route53 DNSSECInternalFailure", "AWS/Route53 DNSSECKeySigningKeysNeedingAction"}
# Each node of a load balancer reports what it sees: the average of several hides one that sees a target fail.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html
WORST_OF_NODES = {"UnHealthyHostCount": "Maximum", "HealthyHostCount": "Minimum"}
LINE = re.compile(
    r"(?P<namespace>\S+) (?P<metric>\S+): (?P<statistic>\S+) .* x (?P<period>\d+) s, missing data is (?P<missing>\w+)"
)


def lines() -> list[tuple[str, str]]:
    """What each alarm of each pattern and example watches, by pattern and alarm."""
    files = sorted((ROOT / "tests").glob("**/alarms.toml"))
    return [
        (f"{file.parent.name}: {name}", line)
        for file in files
        for name, line in tomllib.loads(Path(file).read_text("utf-8")).get("alarms", {}).items()
    ]


def silent(line: str) -> str:
    """Why an alarm could not go off, or would say too soon that all is well; empty if it is right."""
    found = LINE.fullmatch(line)
    if found is None:
        return ""
    least = SENT_EVERY.get(found["namespace"], 1)
    if int(found["period"]) < least:
        return f"a period of {found['period']} s, of a metric that is sent every {least} s"
    if f"{found['namespace']} {found['metric']}" in RARE and found["missing"] != "ignore":
        return "missing data must be ignored: there are a few data points a day"
    wanted = WORST_OF_NODES.get(found["metric"], found["statistic"])
    return "" if wanted == found["statistic"] else f"{found['metric']} must be the {wanted} of all nodes"


def test_each_alarm_can_go_off_and_stays_on_while_it_is_bad() -> None:
    assert len(lines()) > 100
    assert not [f"{name}: {why}" for name, line in lines() if (why := silent(line))]


@pytest.mark.parametrize(
    "line",
    [
        "AWS/Route53Resolver EndpointHealthyENICount: Minimum < 2 in 3 of 3 x 60 s, missing data is breaching",
        "AWS/Route53 DNSSECInternalFailure: Sum >= 1 in 1 of 1 x 300 s, missing data is notBreaching",
        "AWS/NetworkELB UnHealthyHostCount: Average >= 1 in 1 of 1 x 300 s, missing data is notBreaching",
    ],
)
def test_an_alarm_that_cannot_is_found(line: str) -> None:
    assert silent(line)


def test_names_that_aws_spells_otherwise_are_found() -> None:
    assert is_named("AWS/Route53Resolver", "EndpointHealthyENICount")
    assert not is_named("AWS/Route53Resolver", "EndpointHealthyEniCount")
    assert is_named("OfAPattern", "Anything")


def test_dimensions_by_which_nothing_is_published_are_found() -> None:
    assert is_published("AWS/ApiGateway", ["Stage", "ApiId"])
    assert not is_published("AWS/ApiGateway", ["Stage"])
    assert not is_published("AWS/OfNoTable", ["Stage"])
    assert is_published("OfAPattern", [])
