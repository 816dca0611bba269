"""What a schema must say: who may have each type and each field of an operation, and what resolves it."""

import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache

from graphql import (
    DirectiveNode,
    FieldDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    ListValueNode,
    StringValueNode,
    TypeSystemDefinitionNode,
    TypeSystemExtensionNode,
    build_ast_schema,
    concat_ast,
    parse,
    print_ast,
    validate_schema,
)

from patterns.building_blocks.arguments import shown

_LONGEST_GROUP = 128
# What AWS AppSync adds to each schema, as far as this API takes it: a user pool, IAM and an API key.
_ON = "OBJECT | FIELD_DEFINITION"
_ADDED = {
    "aws_auth": "directive @aws_auth(cognito_groups: [String]) on FIELD_DEFINITION",
    "aws_cognito_user_pools": f"directive @aws_cognito_user_pools(cognito_groups: [String]) on {_ON}",
    "aws_iam": f"directive @aws_iam on {_ON}",
    "aws_api_key": f"directive @aws_api_key on {_ON}",
    "aws_oidc": f"directive @aws_oidc on {_ON}",
    "aws_lambda": f"directive @aws_lambda on {_ON}",
    "aws_subscribe": "directive @aws_subscribe(mutations: [String]) on FIELD_DEFINITION",
    **{
        f"AWS{name}": f"scalar AWS{name}"
        for name in ("Date", "Time", "DateTime", "Timestamp", "Email", "JSON", "URL", "Phone", "IPAddress")
    },
}


class _SchemaError(Exception):
    """What is wrong with a schema."""


_WHO = ("aws_cognito_user_pools", "aws_iam", "aws_api_key")


def check_schema(argument: str, text: str) -> None:
    """Refuse what is no schema.

    Args:
        argument: The argument's own name.
        text: What was given.

    Raises:
        ValueError: If it is none, or one that AWS AppSync does not take.
    """
    _read(argument, text)


def named_groups(text: str) -> tuple[str, ...]:
    """The groups that a schema names, sorted.

    Args:
        text: The schema.
    """
    found: set[str] = set()
    for kind in _objects(_read("schema", text)):
        for one in (*_directives(kind), *(one for field in _fields(kind) for one in field.directives)):
            if one.name.value == "aws_cognito_user_pools":
                found |= set(_texts(one))
    return tuple(sorted(found))


def iam_fields(text: str) -> tuple[str, ...]:
    """The fields of operations that IAM may call: "Query.document".

    Args:
        text: The schema.
    """
    schema = _read("schema", text)
    return tuple(
        f"{kind.name}.{field.name.value}"
        for kind in _roots(schema)
        for field in _fields(kind)
        if any(one.name.value == "aws_iam" for one in field.directives)
    )


def check_access(text: str, *, api_key: bool) -> None:
    """Refuse a schema that leaves open who may have what.

    Args:
        text: The schema.
        api_key: Whether the API takes a key.

    Raises:
        ValueError: If a type or a field of an operation says nothing, or names what the API does not take.
    """
    schema = _read("schema", text)
    roots = _roots(schema)
    for kind in _objects(schema):
        own = [(kind.name, one) for one in _directives(kind)]
        own += [(f"{kind.name}.{field.name.value}", one) for field in _fields(kind) for one in field.directives]
        for where, one in own:
            _check_directive(where, one, api_key=api_key)
        if kind not in roots and not _says_who(_directives(kind)):
            raise ValueError(
                f"schema must say who may have {kind.name}: put @aws_cognito_user_pools(cognito_groups: [...]) on the "
                "type, or whoever reaches it by any path has it"
            )
        for field in _fields(kind) if kind in roots else ():
            if not _says_who(field.directives):
                raise ValueError(
                    f"schema must say who may call {kind.name}.{field.name.value}: put "
                    "@aws_cognito_user_pools(cognito_groups: [...]) on the field, or every user of the pool may"
                )


def _check_directive(where: str, directive: DirectiveNode, *, api_key: bool) -> None:
    if directive.name.value == "aws_cognito_user_pools":
        _check_groups(where, directive)
    match directive.name.value:
        case "aws_auth":
            raise ValueError(
                f"schema must not use @aws_auth, which is ignored beside IAM, got it on {where}: use "
                "@aws_cognito_user_pools"
            )
        case "aws_oidc" | "aws_lambda" as name:
            raise ValueError(
                f"schema must use @aws_cognito_user_pools, @aws_iam or @aws_api_key, got @{name} on {where}"
            )
        case "aws_api_key" if not api_key:
            raise ValueError(f"schema needs api_key_expires for @aws_api_key on {where}")


def _check_groups(where: str, directive: DirectiveNode) -> None:
    given = [one.value for one in directive.arguments if one.name.value == "cognito_groups"]
    if not given:
        return
    names = given[0].values if isinstance(given[0], ListValueNode) else ()
    if not names:
        raise ValueError(f"schema must name groups in a list, or leave cognito_groups out, got none on {where}")
    for one in names:
        name = one.value if isinstance(one, StringValueNode) else ""
        # https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html
        if not 1 <= len(name) <= _LONGEST_GROUP or any(unicodedata.category(each)[0] in "CZ" for each in name):
            raise ValueError(
                f"schema must name groups of 1 to {_LONGEST_GROUP} characters without spaces, got "
                f"{shown(repr(name[: _LONGEST_GROUP + 1]))} on {where}"
            )


def check_subscriptions(text: str) -> None:
    """Refuse subscriptions that AWS AppSync does not take: to what is no mutation, or of another type.

    Args:
        text: The schema.

    Raises:
        ValueError: If there is one.

    Source: https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html
    """
    schema = _read("schema", text)
    subscription, mutation = schema.subscription_type, schema.mutation_type
    mutations = {} if mutation is None else mutation.fields
    for field in _fields(subscription) if subscription is not None else ():
        where = f"{subscription.name if subscription else ''}.{field.name.value}"
        for told in _told_of(where, field):
            if told not in mutations:
                known = ", ".join(mutations) or "none"
                raise ValueError(f"schema must name mutations in @aws_subscribe of {where}, got {told!r}: {known}")
            own, other = _type_of(field), _type_of(mutations[told].ast_node)
            if own != other:
                raise ValueError(f"schema must let {where} return what the mutation {told} returns, {other}, got {own}")


def _told_of(where: str, field: FieldDefinitionNode) -> list[str]:
    for directive in field.directives:
        if directive.name.value != "aws_subscribe":
            continue
        given = [one.value for one in directive.arguments if one.name.value == "mutations"]
        names = given[0].values if given and isinstance(given[0], ListValueNode) else ()
        found = [one.value for one in names if isinstance(one, StringValueNode)]
        if not found:
            raise ValueError(f"schema must give mutations in @aws_subscribe of {where} as a list of names, got none")
        return found
    return []


def _type_of(field: FieldDefinitionNode | None) -> str:
    """The type of a field, whether it may be null or not."""
    return print_ast(field.type).rstrip("!") if field is not None else ""


def check_resolved(text: str, resolvers: Collection[str], functions: Collection[str]) -> None:
    """Refuse fields that nothing resolves, and resolvers of no field.

    Args:
        text: The schema.
        resolvers: The fields that code resolves.
        functions: The fields that functions resolve.

    Raises:
        ValueError: If there is one.
    """
    schema = _read("schema", text)
    known = {f"{kind.name}.{field.name.value}" for kind in _objects(schema) for field in _fields(kind)}
    for argument, fields in (("resolvers", resolvers), ("batch_functions", functions)):
        for one in fields:
            if one not in known:
                raise ValueError(f"{argument} must name fields of the schema, got {one}")
    if twice := sorted({*resolvers} & {*functions}):
        raise ValueError(f"a field has one resolver, got resolvers and batch_functions of {twice[0]}")
    subscription = schema.subscription_type
    for kind in _roots(schema):
        for field in _fields(kind):
            where = f"{kind.name}.{field.name.value}"
            if where not in resolvers and where not in functions:
                why = ", or every subscriber is told of everything" if kind is subscription else ""
                raise ValueError(f"resolvers must have {where}{why}")
            if kind is subscription and where in functions:
                raise ValueError(f"resolvers must have {where}: a function in batches sets no filter")


def is_subscription(text: str, field: str) -> bool:
    """Whether a field is one of Subscription, whatever that type is called.

    Args:
        text: The schema.
        field: The field: "Subscription.documentChanged".
    """
    kind = _read("schema", text).subscription_type
    return kind is not None and field.split(".")[0] == kind.name


def _read(argument: str, text: str) -> GraphQLSchema:
    try:
        return _schema(text)
    except _SchemaError as error:
        raise ValueError(f"{argument} must be a GraphQL schema: {error}") from None


# Each question is asked of the same text; a large one takes seconds to read.
@lru_cache(maxsize=2)
def _schema(text: str) -> GraphQLSchema:
    try:
        document = parse(text)
        for one in document.definitions:
            if not isinstance(one, TypeSystemDefinitionNode | TypeSystemExtensionNode):
                raise _SchemaError("it must define types alone, got an operation or a fragment")
        named = {getattr(getattr(one, "name", None), "value", "") for one in document.definitions}
        added = "\n".join(one for name, one in _ADDED.items() if name not in named)
        schema = build_ast_schema(concat_ast([parse(added), document]))
        errors = validate_schema(schema)
    except (GraphQLError, TypeError) as error:
        raise _SchemaError(" ".join(str(error).split())[:200]) from None
    except RecursionError:
        raise _SchemaError("it is nested too deeply to be read") from None
    if errors:
        raise _SchemaError(" ".join(errors[0].message.split())[:200])
    return schema


def _roots(schema: GraphQLSchema) -> list[GraphQLObjectType]:
    return [one for one in (schema.query_type, schema.mutation_type, schema.subscription_type) if one is not None]


def _objects(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    for name, one in schema.type_map.items():
        if isinstance(one, GraphQLObjectType) and not name.startswith("__"):
            yield one


def _fields(kind: GraphQLObjectType) -> list[FieldDefinitionNode]:
    return [one.ast_node for one in kind.fields.values() if one.ast_node is not None]


def _directives(kind: GraphQLObjectType) -> list[DirectiveNode]:
    return [one for node in (kind.ast_node, *kind.extension_ast_nodes) if node is not None for one in node.directives]


def _says_who(directives: Collection[DirectiveNode]) -> bool:
    return any(one.name.value in _WHO for one in directives)


def _texts(directive: DirectiveNode) -> list[str]:
    values = [one.value for one in directive.arguments if one.name.value == "cognito_groups"]
    found = [item for one in values for item in (one.values if isinstance(one, ListValueNode) else [one])]
    return [one.value for one in found if isinstance(one, StringValueNode)]
