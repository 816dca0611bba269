from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.dns.signed_zone import SignedZone


class SignedZoneStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        # Route 53 uses keys of this Region alone.
        there = Environment(account=env.account, region="us-east-1") if env else None
        super().__init__(scope, construct_id, env=there)
        self.names = SignedZone(self, "Names", **({"zone_name": "example.com"} | options))
        CfnOutput(self, "DsCommand", value=self.names.ds_command, description="Says the DS record for the zone above")
