"""Small templates of GraphQL APIs."""

from collections.abc import Mapping
from typing import Any

USERS, IAM, KEY = "AMAZON_COGNITO_USER_POOLS", "AWS_IAM", "API_KEY"
PASS = """
export function request(ctx) { return { payload: ctx.args }; }
export function response(ctx) { return ctx.result; }
"""


def api(
    schema: Any,
    *modes: str,
    resolvers: Mapping[str, Any] | None = None,
    action: str = "ALLOW",
    **properties: Any,
) -> dict[str, Any]:
    """A template with one API, the first mode being the default; resolvers are code, or properties of their own."""
    default, *further = modes or (USERS,)
    at = {"Fn::GetAtt": ["Api", "ApiId"]}
    limits = {"IntrospectionConfig": "DISABLED", "QueryDepthLimit": 9, "ResolverCountLimit": 50}
    whole: dict[str, Any] = {
        "AuthenticationType": default,
        "AdditionalAuthenticationProviders": [{"AuthenticationType": one} for one in further],
        **({"UserPoolConfig": {"DefaultAction": action}} if default == USERS else {}),
        **limits,
        **properties,
    }
    found = {
        "Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": whole},
        "Schema": {"Type": "AWS::AppSync::GraphQLSchema", "Properties": {"ApiId": at, "Definition": schema}},
        "Table": {
            "Type": "AWS::AppSync::DataSource",
            "Properties": {"ApiId": at, "Type": "AMAZON_DYNAMODB", "Name": "t"},
        },
        "Function": {
            "Type": "AWS::AppSync::DataSource",
            "Properties": {"ApiId": at, "Type": "AWS_LAMBDA", "Name": "f"},
        },
        "Nothing": {"Type": "AWS::AppSync::DataSource", "Properties": {"ApiId": at, "Type": "NONE", "Name": "n"}},
    }
    for where, one in (resolvers or {}).items():
        type_name, _, field = where.partition(".")
        own = {"Code": one} if isinstance(one, str) else dict(one)
        found[where.replace(".", "")] = {
            "Type": "AWS::AppSync::Resolver",
            "Properties": {
                "ApiId": at,
                "TypeName": type_name,
                "FieldName": field,
                "Runtime": {"Name": "APPSYNC_JS", "RuntimeVersion": "1.0.0"},
                "DataSourceName": {"Fn::GetAtt": ["Nothing", "Name"]},
                **own,
            },
        }
    return {"Resources": found}
