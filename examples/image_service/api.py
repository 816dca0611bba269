"""Callers ask for a form to upload an image by, and for links to its thumbnails."""

from pathlib import Path

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from examples.image_service.data import LARGEST_IMAGE, Data
from patterns.api.function_api import FunctionApi
from patterns.building_blocks.lambda_function import PYTHON
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.wildcard_resource import OBJECT_KEYS_UNKNOWN, acknowledge_wildcard_resource
from patterns.events.thumbnailer import Thumbnailer


class Api(Stack):
    """The API, whose function may do what the thumbnailer grants it, and read the gallery.

    Args:
        data: Where everything is kept.
        thumbnailer: What grants.

    Attributes:
        api (FunctionApi): The API. Callers sign with AWS credentials; `api.grant_invoke` lets them in.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        data: Data,
        thumbnailer: Thumbnailer,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self.api = FunctionApi(
            self,
            "Images",
            code=python_code(
                self,
                Path(__file__).parent / "api_handler",
                runtime=PYTHON,
                architecture=lambda_.Architecture.ARM_64,
            ),
            handler="images.index.handler",
            environment={
                "GALLERY_TABLE": data.gallery.table_name,
                "MAX_BYTES": str(int(LARGEST_IMAGE.to_bytes())),
                "RECORDS_TABLE": data.records.table_name,
                "THUMBNAILS_BUCKET": data.thumbnails.bucket_name,
                "UPLOADS_BUCKET": data.uploads.bucket_name,
            },
            # A new version takes over at once, here and in the local cloud, which has no AWS CodeDeploy.
            gradual_release=False,
            encryption_key=data.encryption_key,
            alarm_topic=data.alarm_topic,
        )
        function = self.api.function
        thumbnailer.grant_upload(function)
        thumbnailer.grant_read_thumbnails(function)
        thumbnailer.grant_read_records(function)
        assert function.role is not None
        for bucket in (data.uploads, data.thumbnails):
            acknowledge_wildcard_resource(function.role, bucket.arn_for_objects("*"), OBJECT_KEYS_UNKNOWN)
        function.add_to_role_policy(iam.PolicyStatement(actions=["dynamodb:Query"], resources=[data.gallery.table_arn]))
        CfnOutput(self, "Url", value=f"{self.api.url}images")
