"""Each upload becomes thumbnails; each thumbnail is told to whoever works with it, by a queue of their own."""

from pathlib import Path

from aws_cdk import Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from examples.image_service.data import LARGEST_IMAGE, Data
from patterns.building_blocks.encryption_key import table_key_statement
from patterns.building_blocks.lambda_function import PYTHON
from patterns.building_blocks.python_code import python_code
from patterns.events.buffered_fan_out import BufferedFanOut, Consumer
from patterns.events.thumbnailer import Thumbnailer

WIDTHS = (128, 512)


class Processing(Stack):
    """What makes thumbnails, and what is told of them.

    Args:
        data: Where everything is kept.

    Attributes:
        thumbnailer (Thumbnailer): From uploads to thumbnails and records.
        fan_out (BufferedFanOut): From thumbnails to the gallery, and to an example that only logs them.
    """

    def __init__(self, scope: Construct, construct_id: str, *, data: Data, env: Environment | None = None) -> None:
        super().__init__(scope, construct_id, env=env)
        self.thumbnailer = Thumbnailer(
            self,
            "Thumbnailer",
            source_bucket=data.uploads,
            destination_bucket=data.thumbnails,
            table=data.records,
            widths=WIDTHS,
            max_bytes=LARGEST_IMAGE,
            encryption_key=data.encryption_key,
            alarm_topic=data.alarm_topic,
        )
        code = python_code(
            self,
            Path(__file__).parent / "gallery_handler",
            runtime=PYTHON,
            architecture=lambda_.Architecture.ARM_64,
        )
        self.fan_out = BufferedFanOut(
            self,
            "NewThumbnails",
            bucket=data.thumbnails,
            consumers=[
                Consumer(
                    name="Gallery",
                    code=code,
                    handler="gallery.index.handler",
                    environment={"TABLE_NAME": data.gallery.table_name},
                ),
                # The pattern's own example: it logs each new thumbnail, and is there to be replaced.
                Consumer(name="Audit"),
            ],
            encryption_key=data.encryption_key,
            alarm_topic=data.alarm_topic,
        )
        gallery = self.fan_out.functions["Gallery"]
        gallery.add_to_role_policy(
            iam.PolicyStatement(actions=["dynamodb:UpdateItem"], resources=[data.gallery.table_arn])
        )
        gallery.add_to_role_policy(table_key_statement(data.encryption_key))
