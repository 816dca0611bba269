from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.events.asynchronous_function import AsynchronousFunction


class AsynchronousFunctionStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        if "function" not in options:
            options.setdefault("idempotency_key", "id")
        self.asynchronous_function = AsynchronousFunction(self, "AsynchronousFunction", **options)
        CfnOutput(self, "Function", value=self.asynchronous_function.function.function_name)
        if self.asynchronous_function.dead_letters is not None:
            CfnOutput(self, "DeadLetters", value=self.asynchronous_function.dead_letters.queue_url)
