from datetime import UTC, datetime, timedelta
from typing import Any

from aws_cdk import Fn
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from tests.refusals import Refusal

WHO = '@aws_cognito_user_pools(cognito_groups: ["a"])'
CODE = "export function request(ctx) { return {}; }\nexport function response(ctx) { return ctx.result; }\n"


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


def of(message: str, schema: str, *fields: str, **arguments: Any) -> Refusal:
    return refused(message, schema=schema, resolvers=dict.fromkeys(fields or ("Query.a",), CODE), **arguments)


def table(scope: Construct) -> dynamodb.Table:
    return dynamodb.Table(scope, "Own", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING))


def function(scope: Construct) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Ready",
        code=lambda_.Code.from_inline("def handler(event, context): return [None for _ in event]"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )


def certificate(scope: Construct, region: str) -> acm.ICertificate:
    arn = f"arn:aws:acm:{region}:111122223333:certificate/12345678-1234-1234-1234-123456789012"
    return acm.Certificate.from_certificate_arn(scope, "Certificate", arn)


# What AWS AppSync takes of a key: a year from today.
YEAR_AHEAD = datetime.now(tz=UTC).date() + timedelta(days=365)
ONE = f"type Query {{ a: String {WHO} }}"
REFUSALS = [
    refused("domain_name and certificate go together, got only domain_name", domain_name="api.example.com"),
    Refusal(
        "certificate must be in us-east-1, where CloudFront looks for it, got one in eu-west-1",
        lambda scope: {"domain_name": "api.example.com", "certificate": certificate(scope, "eu-west-1")},
    ),
    of(
        "schema must be a GraphQL schema: Syntax Error: Expected Name, found <EOF>. GraphQL request:1:5 1 | type | ^",
        "type",
    ),
    of("schema must be a GraphQL schema: Query root type must be provided.", f"type A {WHO} {{ a: String }}"),
    of(
        "schema must use @aws_cognito_user_pools, @aws_iam or @aws_api_key, got @aws_oidc on Query.a",
        "type Query { a: String @aws_oidc }",
    ),
    of(
        "schema must not use @aws_auth, which is ignored beside IAM, got it on Query.a: use @aws_cognito_user_pools",
        'type Query { a: String @aws_auth(cognito_groups: ["a"]) }',
    ),
    of("schema needs api_key_expires for @aws_api_key on Query.a", "type Query { a: String @aws_api_key }"),
    of(
        "schema must say who may call Query.a: put @aws_cognito_user_pools(cognito_groups: [...]) on the field, or "
        "every user of the pool may",
        "type Query { a: String }",
    ),
    of(
        "schema must say who may have Person: put @aws_cognito_user_pools(cognito_groups: [...]) on the type, or "
        "whoever reaches it by any path has it",
        f"type Query {{ a: Person {WHO} }} type Person {{ name: String }}",
    ),
    of("resolvers must name fields of the schema, got Query.b", ONE, "Query.a", "Query.b"),
    of("resolvers must have Query.b", f"type Query {{ a: String {WHO} b: String {WHO} }}"),
    of(
        "resolvers must have Subscription.c, or every subscriber is told of everything",
        f"{ONE} type Mutation {{ b: String {WHO} }} "
        f'type Subscription {{ c: String @aws_subscribe(mutations: ["b"]) {WHO} }}',
        "Query.a",
        "Mutation.b",
    ),
    refused("schema and resolvers go together, got only schema", schema=ONE),
    refused(
        "resolvers goes with a schema of its own: without schema, the API is the example's", resolvers={"Query.a": CODE}
    ),
    refused("resolvers must be given by field, as Query.document, got 'a'", schema=ONE, resolvers={"a": CODE}),
    Refusal(
        "table goes with a schema of its own: without schema, the API is the example's",
        lambda scope: {"table": table(scope)},
    ),
    of(
        "table_indexes goes with a table of its own: one that is made here has no such index",
        ONE,
        table_indexes=["by-a"],
    ),
    Refusal(
        "a field has one resolver, got resolvers and batch_functions of Query.a",
        lambda scope: {
            "schema": ONE,
            "resolvers": {"Query.a": CODE},
            "batch_functions": {"Query.a": function(scope)},
        },
    ),
    Refusal(
        "batch_functions must name fields of the schema, got Query.b",
        lambda scope: {
            "schema": ONE,
            "resolvers": {"Query.a": CODE},
            "batch_functions": {"Query.b": function(scope)},
        },
    ),
    refused("api_key_expires must be a day, as 2027-06-30, got '30.6.2027'", api_key_expires="30.6.2027"),
    refused(
        "api_key_expires must be a day, as 2027-06-30, got '\uff12\uff10\uff12\uff17-06-30'",
        api_key_expires="\uff12\uff10\uff12\uff17-06-30",
    ),
    refused(
        "api_key_expires must be known when the template is made, got a token: how far ahead it is depends on it",
        api_key_expires=Fn.ref("AWS::Region"),
    ),
    refused(
        f"api_key_expires must be at most 365 days ahead, up to {YEAR_AHEAD}, got 9999-12-31",
        api_key_expires="9999-12-31",
    ),
    of(
        "schema must be known when the template is made, got a token: who may have which field depends on it",
        f"type Query {{ a: String {WHO} }} # {Fn.ref('AWS::Region')}",
    ),
    of("schema must have 1 to 900000 characters, got 900001", "#" * 900_001),
    of("schema must be a GraphQL schema: it is nested too deeply to be read", f"type Query {{ a: {'[' * 9_000} }}"),
    of("schema must be a GraphQL schema: it must define types alone, got an operation or a fragment", f"{ONE} {{ a }}"),
    of(
        "schema must name groups in a list, or leave cognito_groups out, got none on Query.a",
        "type Query { a: String @aws_cognito_user_pools(cognito_groups: []) }",
    ),
    of(
        "schema must name groups of 1 to 128 characters without spaces, got 'a b' on Query.a",
        'type Query { a: String @aws_cognito_user_pools(cognito_groups: ["a b"]) }',
    ),
    of(
        "schema must name groups of 1 to 128 characters without spaces, got '' on A",
        f'type Query {{ a: A {WHO} }} type A @aws_cognito_user_pools(cognito_groups: [""]) {{ b: Int }}',
    ),
    of(
        "schema must name mutations in @aws_subscribe of Subscription.c, got 'nope': b",
        f'{ONE} type Mutation {{ b: String {WHO} }} type Subscription {{ c: String @aws_subscribe(mutations: ["nope"]) '
        f"{WHO} }}",
    ),
    of(
        "schema must give mutations in @aws_subscribe of Subscription.c as a list of names, got none",
        f'{ONE} type Mutation {{ b: String {WHO} }} type Subscription {{ c: String @aws_subscribe(mutations: "b") '
        f"{WHO} }}",
    ),
    of(
        "schema must let Subscription.c return what the mutation b returns, String, got Int",
        f'{ONE} type Mutation {{ b: String! {WHO} }} type Subscription {{ c: Int @aws_subscribe(mutations: ["b"]) '
        f"{WHO} }}",
    ),
    refused(
        "schema and resolvers must have up to 900000 bytes together, as a template holds them, got 983175",
        schema=ONE,
        resolvers={f"Query.a{one}": "x" * 32_768 for one in range(30)},
    ),
    refused("depth_limit must be between 1 and 75 levels, got 76", depth_limit=76),
    refused("resolver_limit must be between 1 and 10000 resolvers, got 0", resolver_limit=0),
    refused("batch_size must be between 1 and 2000 fields, got 0", batch_size=0),
]
