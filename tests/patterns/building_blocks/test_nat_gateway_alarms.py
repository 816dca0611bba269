"""Each NAT gateway that runs out of ports is told."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_sns as sns

from patterns.building_blocks.nat_gateway_alarms import watch_nat_gateways
from tests.patterns.building_blocks.made import properties


def test_each_has_an_alarm_of_its_own(scope: cdk.Stack) -> None:
    topic = sns.Topic.from_topic_arn(scope, "Topic", "arn:aws:sns:eu-west-1:111122223333:on-call")
    gateways = [ec2.CfnNatGateway(scope, name, subnet_id="subnet-1") for name in ("A", "B")]
    alarms = watch_nat_gateways(scope, gateways, topic)
    assert [one.node.path for one in alarms] == ["Test/NatPortsExhausted1", "Test/NatPortsExhausted2"]
    assert properties(scope, "AWS::CloudWatch::Alarm") == {
        f"NatPortsExhausted{number}": {
            "AlarmActions": [topic.topic_arn],
            "AlarmDescription": "A NAT gateway has no port left for a destination: add addresses to it.",
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Dimensions": [{"Name": "NatGatewayId", "Value": {"Fn::GetAtt": [name, "NatGatewayId"]}}],
            "EvaluationPeriods": 1,
            "MetricName": "ErrorPortAllocation",
            "Namespace": "AWS/NATGateway",
            "OKActions": [topic.topic_arn],
            "Period": 300,
            "Statistic": "Sum",
            "Threshold": 1,
            "TreatMissingData": "notBreaching",
        }
        for number, name in ((1, "A"), (2, "B"))
    }
