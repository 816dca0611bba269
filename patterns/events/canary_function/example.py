from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.events.canary_function import CanaryFunction


class CanaryFunctionStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        if not {"before_traffic", "after_traffic"} <= set(options):
            options.setdefault("probe", {"probe": True})
        self.canary_function = CanaryFunction(self, "CanaryFunction", **options)
        CfnOutput(self, "Alias", value=self.canary_function.alias.function_arn)
