from typing import Any

from aws_cdk import CfnOutput, Duration, Environment, Stack
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from patterns.events.cron_function import CronFunction


class CronFunctionStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        options.setdefault("schedule", scheduler.ScheduleExpression.rate(Duration.hours(1)))
        self.cron_function = CronFunction(self, "CronFunction", **options)
        CfnOutput(self, "Function", value=self.cron_function.function.function_name)
        CfnOutput(self, "DeadLetters", value=self.cron_function.dead_letters.queue_url)
