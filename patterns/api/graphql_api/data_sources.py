"""What resolves fields: the table, functions in batches, and nothing but the resolver itself."""

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import Aws, Token
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patterns.building_blocks.encryption_key import table_key_statement
from patterns.building_blocks.retained_table import RetainedTable, text_attribute
from patterns.building_blocks.same_region import region_in

IN_BATCHES = Path(__file__).parent / "resolvers" / "in_batches.js"
# No Scan: what lists does so by a key.
_TABLE_ACTIONS = [
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
]


def new_table(scope: Construct, encryption_key: kms.IKey | None, *, by_status: bool) -> dynamodb.Table:
    """Make the table.

    Args:
        scope: Parent construct.
        encryption_key: The key that encrypts it; None: a key that DynamoDB owns.
        by_status: Whether it has the index of the example.

    Returns:
        The table, whose key is `id`.
    """
    table = RetainedTable(scope, "Table", partition_key="id", encryption_key=encryption_key)
    if by_status:
        table.add_global_secondary_index(
            index_name="by-status",
            partition_key=text_attribute("status"),
            sort_key=text_attribute("updatedAt"),
            projection_type=dynamodb.ProjectionType.ALL,
        )
    return table


class DataSources(Construct):
    """The data sources of an API, each with a role of its own, and the resolvers that use them.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        api: The API.
        schema: Its schema, which resolvers wait for.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, api: appsync.CfnGraphQLApi, schema: appsync.CfnGraphQLSchema
    ) -> None:
        super().__init__(scope, construct_id)
        self._api, self._schema = api, schema

    def table(self, table: dynamodb.ITable, indexes: Sequence[str]) -> appsync.CfnDataSource:
        """Make the data source of a table.

        Args:
            table: The table.
            indexes: The indexes that resolvers query.
        """
        role = self._role("TableRole", "Lets resolvers use the table")
        statements = [iam.PolicyStatement(actions=_TABLE_ACTIONS, resources=[table.table_arn])]
        if indexes:
            arns = [f"{table.table_arn}/index/{one}" for one in indexes]
            statements.append(iam.PolicyStatement(actions=["dynamodb:Query"], resources=arns))
        if table.encryption_key is not None:
            statements.append(table_key_statement(table.encryption_key))
        # Of a table that is imported by its ARN, the CDK takes the Region to be the stack's.
        arn = table.table_arn
        region = table.env.region if Token.is_unresolved(arn) else region_in("table", arn)
        config = appsync.CfnDataSource.DynamoDBConfigProperty(aws_region=region, table_name=table.table_name)
        return self._source("Table", "AMAZON_DYNAMODB", role, statements, dynamo_db_config=config)

    def nothing(self) -> appsync.CfnDataSource:
        """Make the data source of resolvers that need none, such as those of subscriptions."""
        return appsync.CfnDataSource(self, "Nothing", api_id=self._api.attr_api_id, name="Nothing", type="NONE")

    def function(self, construct_id: str, function: lambda_.IFunction) -> appsync.CfnDataSource:
        """Make the data source of a function.

        Args:
            construct_id: Construct id, and the name of the source.
            function: The function.
        """
        role = self._role(f"{construct_id}Role", "Lets resolvers invoke a function")
        statement = iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn])
        config = appsync.CfnDataSource.LambdaConfigProperty(lambda_function_arn=function.function_arn)
        return self._source(construct_id, "AWS_LAMBDA", role, [statement], lambda_config=config)

    def resolve(self, field: str, source: appsync.CfnDataSource, code: str, *, batch: int | None = None) -> None:
        """Make the resolver of a field.

        Args:
            field: The field: "Query.document".
            source: Its data source.
            code: Its code.
            batch: How many of its invocations a function takes at once; None: none are put together.
        """
        type_name, _, name = field.partition(".")
        resolver = appsync.CfnResolver(
            self,
            # With its dot no two fields have the same, and none that of a data source.
            field,
            api_id=self._api.attr_api_id,
            type_name=type_name,
            field_name=name,
            data_source_name=source.attr_name,
            runtime=appsync.CfnResolver.AppSyncRuntimeProperty(name="APPSYNC_JS", runtime_version="1.0.0"),
            code=code,
            max_batch_size=batch,
        )
        resolver.node.add_dependency(self._schema)

    def _role(self, construct_id: str, description: str) -> iam.Role:
        # https://docs.aws.amazon.com/appsync/latest/devguide/attaching-a-data-source.html
        for_this_api = {
            "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
            "ArnEquals": {"aws:SourceArn": self._api.attr_arn},
        }
        principal = iam.ServicePrincipal("appsync.amazonaws.com", conditions=for_this_api)
        return iam.Role(self, construct_id, assumed_by=principal, description=description)

    def _source(
        self,
        name: str,
        kind: str,
        role: iam.Role,
        statements: Sequence[iam.PolicyStatement],
        *,
        dynamo_db_config: appsync.CfnDataSource.DynamoDBConfigProperty | None = None,
        lambda_config: appsync.CfnDataSource.LambdaConfigProperty | None = None,
    ) -> appsync.CfnDataSource:
        for one in statements:
            role.add_to_policy(one)
        return appsync.CfnDataSource(
            self,
            name,
            api_id=self._api.attr_api_id,
            name=name,
            type=kind,
            service_role_arn=role.role_arn,
            dynamo_db_config=dynamo_db_config,
            lambda_config=lambda_config,
        )
