from typing import Any

from aws_cdk import CfnOutput, Environment, Fn, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patterns.network.fixed_egress_function import FixedEgressFunction

CODE = """\
import urllib.request

def handler(event, context):
    with urllib.request.urlopen("https://checkip.amazonaws.com", timeout=10) as answer:
        return {"address": answer.read().decode().strip()}
"""


class FixedEgressFunctionStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        code = {"code": lambda_.Code.from_inline(CODE), "handler": "index.handler"}
        self.orders = FixedEgressFunction(self, "Orders", **{**code, **options})
        CfnOutput(self, "Addresses", value=Fn.join(",", self.orders.addresses))
        CfnOutput(self, "Function", value=self.orders.function.function_name)
