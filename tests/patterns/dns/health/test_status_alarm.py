"""Health checks have alarms where their metrics are."""

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns

from patterns.building_blocks.settings import Settings
from patterns.dns.health.status_alarm import METRICS_REGION, status_alarm, status_metric
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import properties


def stack(region: str | None) -> cdk.Stack:
    return cdk.Stack(app_for_its_template(), "Test", env=cdk.Environment(region=region))


def check(scope: cdk.Stack) -> route53.IHealthCheck:
    return route53.HealthCheck.from_health_check_id(scope, "Check", "check-1")


@pytest.mark.parametrize("region", [None, METRICS_REGION])
def test_an_alarm_goes_off_after_three_minutes_or_where_there_is_no_metric(region: str | None) -> None:
    scope = stack(region)
    topic = sns.Topic.from_topic_arn(scope, "Topic", "arn:aws:sns:us-east-1:111122223333:on-call")
    made = status_alarm(scope, "Ill", check(scope), description="It is ill.", settings=Settings(alarm_topic=topic))
    assert made is not None
    assert properties(scope, "AWS::CloudWatch::Alarm") == {
        "Ill": {
            "AlarmActions": [topic.topic_arn],
            "AlarmDescription": "It is ill.",
            "ComparisonOperator": "LessThanThreshold",
            "Dimensions": [{"Name": "HealthCheckId", "Value": "check-1"}],
            "EvaluationPeriods": 3,
            "MetricName": "HealthCheckStatus",
            "Namespace": "AWS/Route53",
            "OKActions": [topic.topic_arn],
            "Period": 60,
            "Statistic": "Minimum",
            "Threshold": 1,
            "TreatMissingData": "breaching",
        }
    }


def test_in_another_region_there_is_none() -> None:
    scope = stack("eu-west-1")
    assert status_alarm(scope, "Ill", check(scope), description="It is ill.", settings=Settings()) is None
    assert properties(scope) == {}


def test_the_status_is_of_a_minute_or_of_the_period_that_is_asked_for(scope: cdk.Stack) -> None:
    one = check(scope)
    assert status_metric(one).period.to_seconds() == 60
    assert status_metric(one, period=Duration.minutes(5)).period.to_seconds() == 300
