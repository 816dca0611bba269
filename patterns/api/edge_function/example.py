from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.api.edge_function import EdgeFunction, Variant


class EdgeFunctionStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        # Amazon CloudFront has its certificates, logs and metrics in this Region alone.
        there = Environment(account=env.account, region="us-east-1") if env else None
        super().__init__(scope, construct_id, env=there)
        variants = [Variant(name="a", weight=90), Variant(name="b", weight=10)]
        self.site = EdgeFunction(self, "Site", **({"variants": variants} | options))
        CfnOutput(self, "Url", value=self.site.url)
        CfnOutput(self, "Store", value=self.site.store.key_value_store_arn)
        for name, bucket in self.site.buckets.items():
            CfnOutput(self, f"Bucket{name.replace('-', '').upper()}", value=bucket.bucket_name)
