"""What is watched of the endpoints, and of the name servers that they ask."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patterns.dns.hybrid_dns import HybridDns
from tests.patterns.building_blocks.made import properties

ENDPOINT = {"Fn::GetAtt": ["Names/Outbound", "ResolverEndpointId"]}


def alarms(scope: cdk.Stack, servers: list[str]) -> dict[str, Any]:
    vpc = ec2.Vpc(
        scope,
        "Vpc",
        availability_zones=["eu-west-1a", "eu-west-1b", "eu-west-1c"],
        subnet_configuration=[ec2.SubnetConfiguration(name="In", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)],
        restrict_default_security_group=False,
    )
    HybridDns(scope, "Names", vpc=vpc, company_domains=["corp.example.com"], company_servers=servers)
    return properties(scope, "AWS::CloudWatch::Alarm")


@pytest.mark.parametrize("name", ["InboundIll", "OutboundIll"])
def test_an_alarm_goes_off_when_fewer_addresses_are_well_than_there_are(scope: cdk.Stack, name: str) -> None:
    made = alarms(scope, ["192.168.0.2"])[f"Names/{name}"]
    assert (made["ComparisonOperator"], made["Threshold"]) == ("LessThanThreshold", 3)


def test_one_name_server_that_is_silent_is_seen_among_those_that_answer(scope: cdk.Stack) -> None:
    metrics = alarms(scope, ["192.168.0.2", "192.168.0.3"])["Names/CompanyServerSilent"]["Metrics"]
    (formula,) = (one["Expression"] for one in metrics if "Expression" in one)
    assert formula == "100 * MAX([FILL(silent1, 0), FILL(silent2, 0)]) / asked"
    watched = {one["Id"]: one["MetricStat"] for one in metrics if "MetricStat" in one}
    assert {one["Stat"] for one in watched.values()} == {"Sum"}
    assert {
        name: (one["Metric"]["MetricName"], {each["Name"]: each["Value"] for each in one["Metric"]["Dimensions"]})
        for name, one in watched.items()
    } == {
        "asked": ("OutboundQueryAggregateVolume", {"EndpointId": ENDPOINT}),
        "silent1": ("TimeoutQueries", {"EndpointID": ENDPOINT, "TargetNameServerIP": "192.168.0.2"}),
        "silent2": ("TimeoutQueries", {"EndpointID": ENDPOINT, "TargetNameServerIP": "192.168.0.3"}),
    }


def test_the_endpoint_that_asks_name_servers_measures_them(scope: cdk.Stack) -> None:
    alarms(scope, ["192.168.0.2"])
    endpoints = properties(scope, "AWS::Route53Resolver::ResolverEndpoint").values()
    assert {one["Direction"]: one.get("TargetNameServerMetricsEnabled") for one in endpoints} == {
        "INBOUND": None,
        "OUTBOUND": True,
    }


def test_an_alarm_takes_the_metrics_of_the_most_name_servers(scope: cdk.Stack) -> None:
    made = alarms(scope, [f"192.168.0.{one}" for one in range(2, 8)])["Names/CompanyServerSilent"]
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html
    assert sum("MetricStat" in one for one in made["Metrics"]) <= 10
