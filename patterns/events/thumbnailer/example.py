from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.events.thumbnailer import Thumbnailer


class ThumbnailerStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.thumbnailer = Thumbnailer(self, "Thumbnailer", **options)
        CfnOutput(self, "SourceBucket", value=self.thumbnailer.source_bucket.bucket_name)
        CfnOutput(self, "DestinationBucket", value=self.thumbnailer.destination_bucket.bucket_name)
        CfnOutput(self, "Table", value=self.thumbnailer.table.table_name)
