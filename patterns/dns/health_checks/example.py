from typing import Any

from aws_cdk import ArnFormat, CfnOutput, Duration, Environment, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from patterns.dns.health_checks import AlarmSignal, Group, HealthChecks, PublicEndpoint


class HealthChecksStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        # Health checks are of no Region; their metrics, and so their alarms, are in this one.
        there = Environment(account=env.account, region="us-east-1") if env else None
        super().__init__(scope, construct_id, env=there)
        # What is private tells by an alarm that it is ill: here one of another Region, by its name.
        alarm = self.format_arn(
            service="cloudwatch",
            resource="alarm",
            region="eu-west-1",
            resource_name="orders-idle",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        idle = cloudwatch.Alarm.from_alarm_arn(self, "OrdersIdle", alarm)
        given: dict[str, Any] = {
            "endpoints": {"Dublin": PublicEndpoint(host="dublin.example.com")},
            "signals": {"Orders": AlarmSignal(alarm=idle, region="eu-west-1")},
            "groups": {"Europe": Group(of=["Dublin", "Orders"])},
        }
        self.health = HealthChecks(self, "Health", **(given | options))
        for name, check in self.health.checks.items():
            CfnOutput(self, f"{name}Check", value=check.health_check_id)
            if (time := self.health.failover_time(name, Duration.minutes(1))) is not None:
                CfnOutput(self, f"{name}FailoverSeconds", value=str(time.to_seconds()))
