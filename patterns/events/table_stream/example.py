from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.events.table_stream import Consumer, TableStream


class TableStreamStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        consumers = [Consumer(name="Search"), Consumer(name="Welcome", changes=["INSERT"])]
        options.setdefault("consumers", consumers)
        self.table_stream = TableStream(self, "TableStream", **options)
        CfnOutput(self, "Table", value=self.table_stream.table.table_name)
        for name, queue in self.table_stream.dead_letters.items():
            CfnOutput(self, f"{name}DeadLetters", value=queue.queue_url)
