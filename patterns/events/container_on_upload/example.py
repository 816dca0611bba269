from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.events.container_on_upload import ContainerOnUpload


class ContainerOnUploadStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.container_on_upload = ContainerOnUpload(self, "ContainerOnUpload", **options)
        CfnOutput(self, "Bucket", value=self.container_on_upload.bucket.bucket_name)
        CfnOutput(self, "Results", value=self.container_on_upload.result_bucket.bucket_name)
        CfnOutput(self, "Queue", value=self.container_on_upload.queue.queue_url)
