"""A GraphQL API whose schema says who may have which field, resolved by JavaScript on a table and by functions."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aws_cdk import Acknowledgment, Annotations, Duration, Validations
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct

from patterns.api.graphql_api.arguments import (
    BatchFunctions,
    BatchSize,
    Day,
    Definition,
    DepthLimit,
    IndexNames,
    ResolverLimit,
    Resolvers,
    SchemaText,
)
from patterns.api.graphql_api.data_sources import IN_BATCHES, DataSources, new_table
from patterns.api.graphql_api.public_name import PublicName
from patterns.api.graphql_api.users import Users
from patterns.building_blocks.alarms import FIVE_MINUTES, MetricPeriod
from patterns.building_blocks.deployed_name import unique_path
from patterns.building_blocks.domain_name import DomainName
from patterns.building_blocks.encryption_key import table_key_statement
from patterns.building_blocks.function_settings import GRAPHQL_WAITS, warn_of_late_answers
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.same_region import check_own_account, check_regional_web_acl
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked

_NAMESPACE = "AWS/AppSync"
# https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html
_OF_SUBSCRIBERS = ("ConnectServerError", "SubscribeServerError", "PublishDataMessageServerError")


class GraphqlApi(Construct):
    """Answer GraphQL from a table and functions in batches, with groups of users on types and fields.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        schema: The schema, which says of each type and each field of an operation who may have it. Default: an example
            of documents, with its resolvers and its function.
        resolvers: JavaScript for APPSYNC_JS by field: `{"Query.document": "..."}`. Those of Subscription set its
            filter; all others use the table. Required with `schema`.
        batch_functions: Functions by field: `{"Document.author": function}`. Each is invoked with a list, and answers
            with one as long. Default: none.
        batch_size: How many fields one invocation answers at the most. Default: 100.
        table: The table. Default: a new one, whose key is `id`.
        table_indexes: Indexes of `table` that resolvers query. Default: none.
        user_pool: Whose users call. Its groups are its owner's. Default: a new one with the groups that the schema
            names, into which administrators invite.
        api_key_expires: The day on which the API key of `@aws_api_key` expires, at most a year ahead. Default: there is
            no key.
        depth_limit: How many levels of fields an operation may have. Default: 6.
        resolver_limit: How many resolvers an operation may run. Default: 250.
        web_acl: An AWS WAF web ACL that filters requests. Default: none.
        domain_name: A domain name of one's own. Default: that of AWS AppSync.
        certificate: The certificate of the domain name, in us-east-1. Required with `domain_name`.
        hosted_zone: Where the domain name's records are made. Default: nowhere.
        encryption_key: The key that encrypts table, logs and environment. Default: keys that AWS owns.
        log_retention: How long logs are kept. Default: one month.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        api (appsync.CfnGraphQLApi): The API.
        url (str): Where queries and mutations are sent, by POST.
        realtime_url (str): Where subscribers connect.
        domain (appsync.CfnDomainName | None): The domain of one's own.
        user_pool (cognito.IUserPool): Whose users call.
        user_pool_client (cognito.UserPoolClient | None): What they sign in by; None with a pool of one's own.
        groups (tuple[str, ...]): The groups that the schema names.
        table (dynamodb.ITable): The table.
        functions (dict[str, lambda_.IFunction]): The functions in batches, by field.
        api_key (appsync.CfnApiKey | None): The API key.
        log (logs.LogGroup): Which operations failed at which field, without arguments, headers and results.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other, or the schema leaves open who may have
            what.

    Source: https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        schema: SchemaText | None = None,
        resolvers: Resolvers | None = None,
        batch_functions: BatchFunctions | None = None,
        batch_size: BatchSize = 100,
        table: dynamodb.ITable | None = None,
        table_indexes: IndexNames = (),
        user_pool: cognito.IUserPool | None = None,
        api_key_expires: Day | None = None,
        depth_limit: DepthLimit = 6,
        resolver_limit: ResolverLimit = 250,
        web_acl: aws_wafv2.IWebACLRef | None = None,
        domain_name: DomainName | None = None,
        certificate: acm.ICertificate | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        definition = Definition.of(schema, resolvers, batch_functions or {}, table, table_indexes, api_key_expires)
        name = PublicName.of(domain_name, certificate, hosted_zone)
        check_regional_web_acl(scope, web_acl)
        if table is not None:
            check_own_account("table", scope, table.table_arn, "AWS AppSync finds it by its name and Region")
        super().__init__(scope, construct_id)
        self._settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        self.groups, self._for_iam = definition.groups, definition.for_iam
        users = Users(self, "Users", groups=self.groups) if user_pool is None else None
        self.user_pool: cognito.IUserPool = user_pool if users is None else users.pool  # type: ignore[assignment]
        self.user_pool_client = None if users is None else users.client
        self.table: dynamodb.ITable = table or new_table(self, encryption_key, by_status=definition.is_example)
        log_role = iam.Role(
            self,
            "LogRole",
            # Of this role AWS does not say that it is assumed on behalf of an account.
            assumed_by=iam.ServicePrincipal("appsync.amazonaws.com"),
            description="Lets AWS AppSync write the log of one API",
        )
        self.api = self._api(log_role, definition, depth_limit, resolver_limit)
        self.domain = None if name is None else name.publish(self, self.api)
        self.url, self.realtime_url = self._urls(domain_name)
        self.log = self._log(log_role)
        made = appsync.CfnGraphQLSchema(self, "Schema", api_id=self.api.attr_api_id, definition=definition.schema)
        self.api_key = self._key(definition, made)
        self.alarms: list[cloudwatch.Alarm] = []
        self.functions = dict(batch_functions or {})
        if definition.is_example:
            self.functions["Document.author"] = self._author(encryption_key)
        indexes = ["by-status"] if definition.is_example else list(table_indexes)
        self._resolve(made, definition, indexes, batch_size)
        if web_acl is not None:
            wafv2.CfnWebACLAssociation(
                self,
                "WebAclAssociation",
                resource_arn=self.api.attr_arn,
                web_acl_arn=web_acl.web_acl_ref.web_acl_arn,
            )
        self._watch(indexes if table is None else None, tells=bool(definition.for_subscribers))

    @checked
    def grant_call(self, grantee: iam.IGrantable, *fields: str) -> iam.Grant:
        """Let someone with AWS credentials call fields that the schema opens to IAM.

        Args:
            grantee: Who may.
            fields: The fields of operations: "Query.document". Default: all that have `@aws_iam`.

        Returns:
            The grant.

        Raises:
            ValueError: If a field is not open to IAM, or none is.
        """
        for one in fields:
            if one not in self._for_iam:
                known = ", ".join(self._for_iam) or "none"
                raise ValueError(f"fields must have @aws_iam in the schema, got {one}: those that have it are {known}")
        if not self._for_iam:
            raise ValueError("grant_call needs a field of an operation with @aws_iam, and the schema has none")
        parts = [one.split(".") for one in fields or self._for_iam]
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["appsync:GraphQL"],
            resource_arns=[f"{self.api.attr_arn}/types/{kind}/fields/{name}" for kind, name in parts],
        )

    @checked
    def metric_requests(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """Count the requests.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in requests.
        """
        # "Requests" counts those of all APIs of the account; each request of this one has a latency.
        return self._metric("Latency", "SampleCount", period or FIVE_MINUTES)

    @checked
    def metric_latency(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """Measure how long nine of ten requests take at the most.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in milliseconds.
        """
        return self._metric("Latency", "p90", period or FIVE_MINUTES)

    def _api(
        self, log_role: iam.Role, definition: Definition, depth_limit: int, resolver_limit: int
    ) -> appsync.CfnGraphQLApi:
        provider = appsync.CfnGraphQLApi.AdditionalAuthenticationProviderProperty
        # Beside a user pool alone, directives on types are not asked: IAM is always there, and opens nothing by itself.
        further = [provider(authentication_type="AWS_IAM")]
        if definition.expires is not None:
            further.append(provider(authentication_type="API_KEY"))
        api = appsync.CfnGraphQLApi(
            self,
            "Api",
            name=unique_path(self).replace("/", "-"),
            authentication_type="AMAZON_COGNITO_USER_POOLS",
            user_pool_config=appsync.CfnGraphQLApi.UserPoolConfigProperty(
                aws_region=self.user_pool.env.region,
                default_action="ALLOW",
                user_pool_id=self.user_pool.user_pool_id,
            ),
            additional_authentication_providers=further,
            introspection_config="DISABLED",
            query_depth_limit=depth_limit,
            resolver_count_limit=resolver_limit,
            xray_enabled=True,
            log_config=appsync.CfnGraphQLApi.LogConfigProperty(
                cloud_watch_logs_role_arn=log_role.role_arn, exclude_verbose_content=True, field_log_level="ERROR"
            ),
        )
        Validations.of(api).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-ASC3",
                reason="The log is on, and holds each field that failed; the rule also asks for verbose content, that "
                "is headers with tokens, arguments and results.",
            )
        )
        return api

    def _urls(self, domain_name: str | None) -> tuple[str, str]:
        if domain_name is None:
            return self.api.attr_graph_ql_url, self.api.attr_realtime_url
        # At a name of one's own both answer at one host, and subscribers at a path of their own.
        return f"https://{domain_name}/graphql", f"wss://{domain_name}/graphql/realtime"

    def _log(self, role: iam.Role) -> logs.LogGroup:
        # AppSync writes to a group of this name. Its role may not make one, so that the one with a retention is made.
        log = self._settings.log_group(self, "Log", name=f"/aws/appsync/apis/{self.api.attr_api_id}")
        role.add_to_policy(
            iam.PolicyStatement(actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log.log_group_arn])
        )
        return log

    def _key(self, definition: Definition, schema: appsync.CfnGraphQLSchema) -> appsync.CfnApiKey | None:
        if definition.expires is None:
            return None
        if definition.expires < (datetime.now(tz=UTC) + timedelta(days=1)).timestamp():
            Annotations.of(self).add_warning_v2(
                "patterns:api-key-ended",
                "api_key_expires is less than a day ahead: AWS AppSync makes no such key",
            )
        key = appsync.CfnApiKey(self, "ApiKey", api_id=self.api.attr_api_id, expires=definition.expires)
        # While the schema is altered, nothing else of the API can be.
        key.node.add_dependency(schema)
        return key

    def _author(self, encryption_key: kms.IKey | None) -> lambda_.Function:
        architecture = lambda_.Architecture.ARM_64
        made = LambdaFunction(
            self,
            "Author",
            description="Finds the authors of many documents at once",
            code=python_code(self, Path(__file__).parent / "handler", runtime=PYTHON, architecture=architecture),
            handler="people.author.handler",
            architecture=architecture,
            timeout=Duration.seconds(25),
            environment={"TABLE_NAME": self.table.table_name},
            settings=self._settings,
        )
        made.permit([iam.PolicyStatement(actions=["dynamodb:BatchGetItem"], resources=[self.table.table_arn])])
        if encryption_key is not None:
            made.permit([table_key_statement(encryption_key)])
        made.acknowledge_no_dead_letter_configuration(
            "AWS AppSync invokes it synchronously and tells the caller of a failure: no event is left to keep."
        )
        self.alarms += made.alarms
        return made.function

    def _resolve(
        self, schema: appsync.CfnGraphQLSchema, definition: Definition, indexes: Sequence[str], batch_size: int
    ) -> None:
        sources = DataSources(self, "Fields", api=self.api, schema=schema)
        table = sources.table(self.table, indexes)
        told = set(definition.for_subscribers)
        nothing = sources.nothing() if told else table
        for field, code in definition.resolvers.items():
            sources.resolve(field, nothing if field in told else table, code)
        in_batches = IN_BATCHES.read_text(encoding="utf-8")
        by_function: dict[str, appsync.CfnDataSource] = {}
        for field, function in self.functions.items():
            warn_of_late_answers(self, "batch_functions", function, caller="AWS AppSync", waits=GRAPHQL_WAITS)
            source = by_function.get(function.node.path) or sources.function(_source_name(field), function)
            by_function[function.node.path] = source
            sources.resolve(field, source, in_batches, batch=batch_size)

    def _metric_name(self, name: str) -> str:
        """The name of a metric of this construct alone."""
        return f"{unique_path(self)}/{name}"

    def _metric(self, name: str, statistic: str, period: Duration) -> cloudwatch.Metric:
        dimensions: Mapping[str, str] = {"GraphQLAPIId": self.api.attr_api_id}
        return cloudwatch.Metric(
            namespace=_NAMESPACE, metric_name=name, dimensions_map=dimensions, statistic=statistic, period=period
        )

    def _watch(self, indexes: Sequence[str] | None, *, tells: bool) -> None:
        self._alarm(
            "ServerErrors",
            self._metric("5XXError", "Sum", FIVE_MINUTES),
            1,
            "Requests were answered with a status from 500: read the log of the API.",
        )
        self._alarm(
            "ClientErrors",
            self._metric("4XXError", "Sum", FIVE_MINUTES),
            100,
            "Many requests were refused as a whole: tokens that ended, queries beyond the limits, or an attack.",
        )
        self._alarm(
            "Latency",
            self._metric("Latency", "p90", FIVE_MINUTES),
            3_000,
            "One of ten requests takes over three seconds.",
        )
        # Connecting, subscribing and what is pushed are no requests: their errors are counted by themselves.
        for name in _OF_SUBSCRIBERS if tells else ():
            told = "AWS AppSync failed to connect, subscribe or tell clients: they read again what they missed."
            self._alarm(name, self._metric(name, "Sum", FIVE_MINUTES), 1, told)
        # A field that fails is answered with the status 200, and counted by no metric of its own.
        failed = self.log.add_metric_filter(
            "FieldErrors",
            filter_pattern=logs.FilterPattern.literal("{ $.fieldInError IS TRUE }"),
            metric_namespace="GraphqlApi",
            metric_name=self._metric_name("FieldErrors"),
        ).metric(statistic="Sum", period=FIVE_MINUTES)
        self._alarm("FieldErrors", failed, 50, "Many fields were answered with an error: read the log of the API.")
        if indexes is not None:
            # What is throttled in an index is counted by its name, and not among that of the table.
            for index in ("", *indexes):
                self._watch_throttles(index)

    def _watch_throttles(self, index: str) -> None:
        dimensions = {"TableName": self.table.table_name, **({"GlobalSecondaryIndexName": index} if index else {})}
        what = f"the index {index}" if index else "the table"
        for name in ("ReadThrottleEvents", "WriteThrottleEvents"):
            metric = cloudwatch.Metric(
                namespace="AWS/DynamoDB",
                metric_name=name,
                dimensions_map=dimensions,
                statistic="Sum",
                period=FIVE_MINUTES,
            )
            construct_id = f"{index.title().replace('-', '')}{name}"
            told = f"Requests of {what} were throttled: one key has too much of the load."
            self._alarm(construct_id, metric, 1, told)

    def _alarm(self, construct_id: str, metric: cloudwatch.Metric, threshold: float, description: str) -> None:
        self.alarms.append(
            self._settings.alarm(self, construct_id, metric=metric, threshold=threshold, description=description)
        )


def _source_name(field: str) -> str:
    """Name the data source of a function after the first field that it resolves, whatever others there are."""
    # A name of AppSync has no dot, and that of a field may have what stands for it.
    return f"Function_{field.replace('_', '_u').replace('.', '__')}"
