from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.api.presigned_upload import PresignedUpload


class PresignedUploadStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.presigned_upload = PresignedUpload(self, "PresignedUpload", **options)
        CfnOutput(self, "Url", value=self.presigned_upload.url)
        CfnOutput(self, "ReleasedBucket", value=self.presigned_upload.destination_bucket.bucket_name)
