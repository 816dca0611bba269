"""What people ask: the GraphQL API, who signs in, links to files, and what tells subscribers of each change."""

from pathlib import Path

from aws_cdk import CfnOutput, Duration, Environment, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from examples.document_portal.documents import INDEXES, PREFIX
from patterns.api.graphql_api import GraphqlApi
from patterns.api.presigned_upload import PresignedUpload
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.settings import Settings
from patterns.events.table_stream import Consumer, TableStream

_HERE = Path(__file__).parent


class Api(Stack):
    """The API, and the function that announces each change of a document to it.

    Args:
        table: The table of documents.
        encryption_key: The key of tables, queues and logs.
        alarm_topic: Who is told of failures.

    Attributes:
        graphql (GraphqlApi): The API.
        people (cognito.IUserPool): Who signs in: members, and reviewers.
        links (LambdaFunction): What signs links to files.
        stream (TableStream): What announces changes.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        table: dynamodb.ITable,
        encryption_key: kms.IKey,
        alarm_topic: sns.ITopic,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self._key, self._topic = encryption_key, alarm_topic
        self.links = self._links()
        self.graphql = GraphqlApi(
            self,
            "Graphql",
            schema=(_HERE / "schema.graphql").read_text(encoding="utf-8"),
            resolvers={one.stem: one.read_text(encoding="utf-8") for one in (_HERE / "resolvers").glob("*.js")},
            batch_functions={"Document.link": self.links.function},
            table=table,
            table_indexes=sorted(INDEXES),
            encryption_key=encryption_key,
            alarm_topic=alarm_topic,
        )
        self.people: cognito.IUserPool = self.graphql.user_pool
        self.stream = self._announce(table)
        self.graphql.grant_call(self.stream.functions["Announce"], "Mutation.announce")
        self.alarms = [*self.links.alarms, *self.graphql.alarms, *self.stream.alarms]
        CfnOutput(self, "Url", value=self.graphql.url)
        CfnOutput(self, "People", value=self.people.user_pool_id)

    def open_documents(self, uploads: PresignedUpload) -> None:
        """Let links lead to the files that passed the check.

        Args:
            uploads: Where they were uploaded.
        """
        uploads.grant_read_released(self.links.role)
        self.links.function.add_environment("BUCKET", uploads.destination_bucket.bucket_name)

    def _links(self) -> LambdaFunction:
        made = LambdaFunction(
            Construct(self, "Files"),
            "Links",
            description="Signs links to documents",
            code=self._code("links_handler"),
            handler="links.sign.handler",
            environment={"PREFIX": PREFIX, "S3_ENDPOINT": f"https://s3.{self.region}.{self.url_suffix}"},
            # AWS AppSync gives up what answers after 30 seconds.
            timeout=Duration.seconds(10),
            settings=Settings(encryption_key=self._key, alarm_topic=self._topic),
        )
        made.acknowledge_no_dead_letter_configuration(
            "AWS AppSync invokes it synchronously and tells the caller of a failure: no event is left to keep."
        )
        return made

    def _announce(self, table: dynamodb.ITable) -> TableStream:
        return TableStream(
            self,
            "Stream",
            table=table,
            consumers=[
                Consumer(
                    name="Announce",
                    code=self._code("announce_handler"),
                    handler="announce.index.handler",
                    environment={"GRAPHQL_URL": self.graphql.url},
                    changes=["INSERT", "MODIFY"],
                )
            ],
            encryption_key=self._key,
            alarm_topic=self._topic,
        )

    def _code(self, folder: str) -> lambda_.Code:
        return python_code(self, _HERE / folder, runtime=PYTHON, architecture=lambda_.Architecture.ARM_64)
