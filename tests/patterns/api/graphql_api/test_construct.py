"""What GraphqlApi promises of its template."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.assertions import Template

from patternkit.dns import Names, answers
from patternkit.testing.findings import listed
from patternkit.testing.graphql_access import Caller, GraphqlAccess, May
from patternkit.testing.synthesis import synthesize
from patterns.api.graphql_api import GraphqlApi
from tests.conftest import context, example
from tests.constructs import app_for_its_template
from tests.patterns.api.graphql_api.refusals import CODE, certificate
from tests.patterns.api.promises import resources
from tests.synthesis_warnings import warnings

SOON = f"{datetime.now(tz=UTC).date() + timedelta(days=90)}"
OWN = """
type Item @aws_cognito_user_pools(cognito_groups: ["staff"]) @aws_api_key { id: ID! price: Int owner: String }
type Query {
  item(id: ID!): Item @aws_cognito_user_pools(cognito_groups: ["staff"]) @aws_api_key
  items: [Item] @aws_iam @aws_cognito_user_pools(cognito_groups: ["staff"])
}
"""


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return dict(example("graphql-api", "agnostic").template)


def function(scope: cdk.Stack, name: str = "Own", *, timeout: cdk.Duration | None = None) -> lambda_.Function:
    return lambda_.Function(
        scope,
        name,
        code=lambda_.Code.from_inline("def handler(event, context): return [None for _ in event]"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        timeout=timeout,
    )


def api_of(template: Mapping[str, Any]) -> dict[str, Any]:
    (api,) = resources(template, "AWS::AppSync::GraphQLApi")
    return api


def test_users_are_the_default_and_what_has_no_directive_is_never_open_to_a_key(template: dict[str, Any]) -> None:
    api = api_of(template)
    assert api["AuthenticationType"] == "AMAZON_COGNITO_USER_POOLS"
    assert api["AdditionalAuthenticationProviders"] == [{"AuthenticationType": "AWS_IAM"}]
    assert not resources(template, "AWS::AppSync::ApiKey")


def test_the_schema_is_not_told_and_operations_have_limits(template: dict[str, Any]) -> None:
    api = api_of(template)
    assert (api["IntrospectionConfig"], api["QueryDepthLimit"], api["ResolverCountLimit"]) == ("DISABLED", 6, 250)
    assert api["XrayEnabled"] is True


def test_the_log_holds_no_arguments_and_is_kept_as_long_as_is_said(template: dict[str, Any]) -> None:
    log = api_of(template)["LogConfig"]
    assert (log["ExcludeVerboseContent"], log["FieldLogLevel"]) == (True, "ERROR")
    (api,) = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::AppSync::GraphQLApi"]
    named = [one for one in resources(template, "AWS::Logs::LogGroup") if "LogGroupName" in one]
    assert [(one["LogGroupName"], one["RetentionInDays"]) for one in named] == [
        ({"Fn::Join": ["", ["/aws/appsync/apis/", {"Fn::GetAtt": [api, "ApiId"]}]]}, 30)
    ]
    actions = [
        statement["Action"]
        for one in resources(template, "AWS::IAM::Policy")
        if "LogRole" in one["Roles"][0]["Ref"]
        for statement in one["PolicyDocument"]["Statement"]
    ]
    assert actions == [["logs:CreateLogStream", "logs:PutLogEvents"]], "it makes no log group without a retention"
    assert not resources(template, "Custom::LogRetention")


def test_resolvers_and_keys_wait_for_the_schema(template: dict[str, Any], scope: cdk.Stack) -> None:
    GraphqlApi(scope, "Own", schema=OWN, resolvers=dict.fromkeys(("Query.item", "Query.items"), CODE),
               api_key_expires=SOON)  # fmt: skip
    for one in (template, Template.from_stack(scope).to_json()):
        (schema,) = [name for name, found in one["Resources"].items() if found["Type"] == "AWS::AppSync::GraphQLSchema"]
        waiting = [
            found for found in one["Resources"].values()
            if found["Type"] in ("AWS::AppSync::Resolver", "AWS::AppSync::ApiKey")
        ]  # fmt: skip
        assert waiting
        assert all(schema in found["DependsOn"] for found in waiting)


def test_functions_are_in_batches_and_no_pipeline_has_one(template: dict[str, Any]) -> None:
    batched = [one for one in resources(template, "AWS::AppSync::Resolver") if "MaxBatchSize" in one]
    assert [(one["FieldName"], one["MaxBatchSize"]) for one in batched] == [("author", 100)]
    assert not [one for one in resources(template, "AWS::AppSync::Resolver") if one.get("Kind") == "PIPELINE"]


def test_no_resolver_is_cached(template: dict[str, Any]) -> None:
    assert not resources(template, "AWS::AppSync::ApiCache")
    assert not [one for one in resources(template, "AWS::AppSync::Resolver") if "CachingConfig" in one]


def test_the_table_outlives_the_stack_and_can_be_restored(template: dict[str, Any]) -> None:
    (table,) = [one for one in template["Resources"].values() if one["Type"] == "AWS::DynamoDB::Table"]
    assert table["DeletionPolicy"] == "Retain"
    assert table["Properties"]["DeletionProtectionEnabled"] is True
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_users_are_invited_need_a_second_factor_and_lose_a_group_within_minutes(template: dict[str, Any]) -> None:
    (pool,) = resources(template, "AWS::Cognito::UserPool")
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("ON", ["SOFTWARE_TOKEN_MFA"])
    (client,) = resources(template, "AWS::Cognito::UserPoolClient")
    assert (client["AccessTokenValidity"], client["IdTokenValidity"]) == (15, 15)
    assert {one["GroupName"] for one in resources(template, "AWS::Cognito::UserPoolGroup")} == {"editors", "readers"}


def test_who_is_in_a_group_outlives_the_stack_with_the_pool(template: dict[str, Any]) -> None:
    kinds = {"AWS::Cognito::UserPool", "AWS::Cognito::UserPoolGroup"}
    kept = [one for one in template["Resources"].values() if one["Type"] in kinds]
    assert len(kept) == 3
    assert {one["UpdateReplacePolicy"] for one in kept} == {"Retain"}
    # A group of a first deployment that failed must not be in the way of the second.
    assert {one["DeletionPolicy"] for one in kept} == {"Retain", "RetainExceptOnCreate"}


@pytest.mark.parametrize(("seconds", "warned"), [(30, False), (31, True)])
def test_a_function_that_works_longer_than_a_request_may_take_is_warned_of(
    scope: cdk.Stack, seconds: int, *, warned: bool
) -> None:
    late = function(scope, timeout=cdk.Duration.seconds(seconds))
    codes = dict.fromkeys(("Query.item", "Query.items"), CODE)
    made = GraphqlApi(
        scope, "Api", schema=OWN, resolvers=codes, batch_functions={"Item.price": late}, api_key_expires=SOON
    )
    assert any("AWS AppSync gives it up after 30" in one for one in warnings(made)) is warned


def test_a_schema_of_ones_own_with_a_key_a_table_and_functions(scope: cdk.Stack) -> None:
    table = dynamodb.Table(
        scope, "Items", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    )
    made = GraphqlApi(
        scope,
        "Api",
        schema=OWN,
        resolvers={"Query.item": CODE, "Query.items": CODE},
        batch_functions={"Item.price": function(scope), "Item.owner": function(scope, "Other")},
        table=table,
        table_indexes=["by-owner"],
        api_key_expires=SOON,
    )
    template = Template.from_stack(scope).to_json()
    access = GraphqlAccess.of(template)
    assert access.problems == []
    assert access.may(Caller.api_key(), "Query.item").may is May.ALLOWED
    assert access.may(Caller.api_key(), "Query.items").may is May.DENIED
    assert access.may(Caller.iam(), "Item.id").may is May.DENIED
    (key,) = resources(template, "AWS::AppSync::ApiKey")
    assert key["Expires"] == datetime.fromisoformat(f"{SOON}T00:00:00+00:00").timestamp()
    assert len(resources(template, "AWS::DynamoDB::Table")) == 1
    assert {"Item.price", "Item.owner"} == made.functions.keys()
    assert made.groups == ("staff",)


def test_a_table_of_another_stack_is_used_with_its_key_and_its_indexes(scope: cdk.Stack) -> None:
    theirs = cdk.Stack(cdk.App.of(scope), "Theirs")
    table = dynamodb.Table(
        theirs,
        "Items",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
    )
    schema = OWN.replace("@aws_api_key", "")
    code = dict.fromkeys(("Query.item", "Query.items"), CODE)
    GraphqlApi(scope, "Api", schema=schema, resolvers=code, table=table, table_indexes=["by-owner"])
    (policy,) = [
        one
        for one in resources(Template.from_stack(scope).to_json(), "AWS::IAM::Policy")
        if "TableRole" in one["Roles"][0]["Ref"]
    ]
    items, index, key = policy["PolicyDocument"]["Statement"]
    assert "dynamodb:Scan" not in items["Action"]
    assert (index["Action"], index["Resource"]["Fn::Join"][1][-1]) == ("dynamodb:Query", "/index/by-owner")
    assert "kms:Decrypt" in key["Action"]


def test_a_pool_of_ones_own_gets_no_client_and_no_groups(scope: cdk.Stack) -> None:
    pool = cognito.UserPool.from_user_pool_arn(
        scope, "Pool", "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_abcdef123"
    )
    made = GraphqlApi(scope, "Api", user_pool=pool)
    template = Template.from_stack(scope).to_json()
    assert api_of(dict(template))["UserPoolConfig"]["AwsRegion"] == "eu-central-1"
    assert made.user_pool_client is None
    assert not resources(template, "AWS::Cognito::UserPoolGroup")


def test_a_web_acl_is_associated(scope: cdk.Stack) -> None:
    acl = wafv2.CfnWebACL(
        scope,
        "Acl",
        scope="REGIONAL",
        default_action=wafv2.CfnWebACL.DefaultActionProperty(allow=wafv2.CfnWebACL.AllowActionProperty()),
        visibility_config=wafv2.CfnWebACL.VisibilityConfigProperty(
            cloud_watch_metrics_enabled=True, metric_name="web", sampled_requests_enabled=True
        ),
    )
    GraphqlApi(scope, "Api", web_acl=acl)
    template = Template.from_stack(scope).to_json()
    (association,) = resources(template, "AWS::WAFv2::WebACLAssociation")
    (api,) = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::AppSync::GraphQLApi"]
    assert association["ResourceArn"] == {"Fn::GetAtt": [api, "Arn"]}


def test_a_grant_names_fields_that_the_schema_opens_to_iam(scope: cdk.Stack) -> None:
    made = GraphqlApi(scope, "Api")
    role = iam.Role(scope, "Backend", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    assert made.grant_call(role, "Mutation.setStatus").success
    (statement,) = [
        statement
        for one in resources(Template.from_stack(scope).to_json(), "AWS::IAM::Policy")
        if one["Roles"] == [{"Ref": scope.get_logical_id(role.node.default_child)}]  # type: ignore[arg-type]
        for statement in one["PolicyDocument"]["Statement"]
    ]
    assert statement["Action"] == "appsync:GraphQL"
    assert statement["Resource"]["Fn::Join"][1][-1] == "/types/Mutation/fields/setStatus"
    message = (
        "^fields must have @aws_iam in the schema, got Mutation.createDocument: those that have it are "
        "Query.document, Query.documents, Mutation.setStatus$"
    )
    with pytest.raises(ValueError, match=message):
        made.grant_call(role, "Mutation.createDocument")
    with pytest.raises(ValueError, match=r"^fields must be a string, got 5$"):
        made.grant_call(role, "Mutation.setStatus", 5)  # type: ignore[arg-type]


def test_nothing_is_granted_of_a_schema_that_opens_nothing_to_iam(scope: cdk.Stack) -> None:
    schema = "type Query { a: Int @aws_cognito_user_pools }"
    made = GraphqlApi(scope, "Api", schema=schema, resolvers={"Query.a": CODE})
    role = iam.Role(scope, "Backend", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    message = r"^grant_call needs a field of an operation with @aws_iam, and the schema has none$"
    with pytest.raises(ValueError, match=message):
        made.grant_call(role)
    message = "^fields must have @aws_iam in the schema, got Query.a: those that have it are none$"
    with pytest.raises(ValueError, match=message):
        made.grant_call(role, "Query.a")


def test_with_a_key_and_grants_nothing_is_found() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "All", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        made = GraphqlApi(stack, "Api", encryption_key=kms.Key(stack, "Key", enable_key_rotation=True))
        role = iam.Role(stack, "Caller", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        assert made.grant_call(role).success

    done = synthesize(build, context=context(), packs=["AwsSolutions", "Serverless"])
    assert done.findings == (), listed(done.findings)


def test_names_that_are_alike_when_put_together_are_each_a_resolver_of_their_own(scope: cdk.Stack) -> None:
    who = '@aws_cognito_user_pools(cognito_groups: ["a/b", "a--b"])'
    schema = (
        f"type Query {{ ab: Table {who} Ab: Function {who} }} type Table {who} {{ role: Int bC: Int }} "
        f"type TableB {who} {{ c: Int }} type Function {who} {{ role: Int other: TableB }}"
    )
    fields = ("Query.ab", "Query.Ab", "Table.role", "Table.bC", "TableB.c", "Function.role")
    made = GraphqlApi(
        scope,
        "Api",
        schema=schema,
        resolvers=dict.fromkeys(fields, CODE),
        batch_functions={"Function.other": function(scope)},
    )
    template = Template.from_stack(scope).to_json()
    resolved = {f"{one['TypeName']}.{one['FieldName']}" for one in resources(template, "AWS::AppSync::Resolver")}
    assert resolved == {*fields, "Function.other"}
    assert {one["GroupName"] for one in resources(template, "AWS::Cognito::UserPoolGroup")} == {"a/b", "a--b"}
    assert made.groups == ("a--b", "a/b")


def test_names_of_metrics_are_short_enough_and_of_characters_that_cloudwatch_takes() -> None:
    for construct_id in ("x" * 176, "Ü:*$ b"):
        scope = cdk.Stack(app_for_its_template(), "Own")
        GraphqlApi(scope, construct_id)
        found = resources(Template.from_stack(scope).to_json(), "AWS::Logs::MetricFilter")
        (name,) = [one["MetricTransformations"][0]["MetricName"] for one in found]
        assert len(name) <= 255
        assert name.isascii()
        assert not {*":*$"} & {*name}
        assert name.endswith("/FieldErrors")


def test_the_index_is_watched_as_the_table_is() -> None:
    alarms = resources(dict(example("graphql-api", "agnostic").template), "AWS::CloudWatch::Alarm")
    watched = {
        (one["MetricName"], *sorted(each["Name"] for each in one["Dimensions"]))
        for one in alarms
        if one.get("Namespace") == "AWS/DynamoDB"
    }
    assert watched == {
        (name, *dimensions)
        for name in ("ReadThrottleEvents", "WriteThrottleEvents")
        for dimensions in (("TableName",), ("GlobalSecondaryIndexName", "TableName"))
    }


def test_a_table_of_another_account_is_refused() -> None:
    environment = cdk.Environment(account="111122223333", region="eu-west-1")
    scope = cdk.Stack(cdk.App(), "Own", env=environment)
    arn = "arn:aws:dynamodb:eu-west-1:444455556666:table/theirs"
    with pytest.raises(
        ValueError, match=r"^table must be in 111122223333, the account of the stack, got one in 4444555"
    ):
        GraphqlApi(
            scope, "Api", schema=OWN.replace("@aws_api_key", ""), resolvers={"Query.item": CODE, "Query.items": CODE},
            table=dynamodb.Table.from_table_arn(scope, "Table", arn),
        )  # fmt: skip


def test_a_table_of_another_region_is_asked_there(scope: cdk.Stack) -> None:
    arn = "arn:aws:dynamodb:eu-central-1:111122223333:table/far"
    schema, code = OWN.replace("@aws_api_key", ""), {"Query.item": CODE, "Query.items": CODE}
    table = dynamodb.Table.from_table_arn(scope, "Table", arn)
    GraphqlApi(scope, "Api", schema=schema, resolvers=code, table=table)
    (source,) = resources(Template.from_stack(scope).to_json(), "AWS::AppSync::DataSource")
    assert source["DynamoDBConfig"] == {"AwsRegion": "eu-central-1", "TableName": "far"}


def test_a_key_that_has_ended_is_said() -> None:
    def build(app: cdk.App) -> None:
        GraphqlApi(cdk.Stack(app, "Own"), "Api", api_key_expires="2020-01-31")

    (finding,) = [one for one in synthesize(build, context=context()).findings if "api-key-ended" in one.rule]
    assert "api_key_expires is less than a day ahead" in finding.description


def test_a_name_of_ones_own_leads_queries_and_subscribers_to_the_api(scope: cdk.Stack) -> None:
    made = GraphqlApi(
        scope,
        "Api",
        domain_name="api.example.com",
        certificate=certificate(scope, "us-east-1"),
        hosted_zone=route53.PublicHostedZone(scope, "Zone", zone_name="example.com"),
    )
    assert made.url == "https://api.example.com/graphql"
    assert made.realtime_url == "wss://api.example.com/graphql/realtime"
    template = Template.from_stack(scope).to_json()
    (name,) = resources(template, "AWS::AppSync::DomainName")
    assert name["DomainName"] == "api.example.com"
    assert ":us-east-1:" in name["CertificateArn"]
    (joined,) = resources(template, "AWS::AppSync::DomainNameApiAssociation")
    assert joined["ApiId"]["Fn::GetAtt"][1] == "ApiId"
    records = {one["Type"]: one for one in resources(template, "AWS::Route53::RecordSet")}
    assert records.keys() == {"A", "AAAA"}
    for one in records.values():
        assert one["Name"] == "api.example.com."
        assert one["AliasTarget"]["DNSName"]["Fn::GetAtt"][1] == "AppSyncDomainName"
    assert made.domain is not None
    leads_to = f"Stack/{scope.get_logical_id(made.domain)}"
    Names.from_templates({"Stack": template}).assert_holds(answers("api.example.com", leads_to))


def test_without_a_zone_the_owner_of_the_name_makes_its_records(scope: cdk.Stack) -> None:
    GraphqlApi(scope, "Api", domain_name="api.example.com", certificate=certificate(scope, "us-east-1"))
    template = Template.from_stack(scope).to_json()
    assert resources(template, "AWS::AppSync::DomainName")
    assert not resources(template, "AWS::Route53::RecordSet")


def test_a_function_keeps_its_data_source_when_another_comes_before_it(scope: cdk.Stack) -> None:
    """Else a field is answered by the other field's function, for as long as the deployment takes."""
    functions = {"Item.owner": function(scope, "Other"), "Item.price": function(scope)}

    def sources(construct_id: str, *fields: str) -> dict[str, Any]:
        GraphqlApi(
            scope,
            construct_id,
            schema=OWN,
            resolvers={"Query.item": CODE, "Query.items": CODE},
            batch_functions={one: functions[one] for one in fields},
            api_key_expires=SOON,
        )
        found = scope.node.find_child(construct_id).node.find_all()
        made = [one for one in found if isinstance(one, cdk.aws_appsync.CfnDataSource)]
        return {one.name: scope.resolve(one.lambda_config) for one in made if one.lambda_config is not None}

    both = sources("Both", "Item.owner", "Item.price")
    assert sources("One", "Item.price").items() <= both.items()
    assert len(both) == 2
