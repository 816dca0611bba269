from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.web.elastic_ip_failover import ElasticIpFailover


class ElasticIpFailoverStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.application = ElasticIpFailover(self, "Application", **options)
        CfnOutput(self, "Address", value=self.application.address.eip_ref.public_ip)
