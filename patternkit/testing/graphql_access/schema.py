"""A schema of AWS AppSync: its types, and who its directives let in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DirectiveNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    ListValueNode,
    StringValueNode,
    build_ast_schema,
    concat_ast,
    get_named_type,
    parse,
    validate_schema,
)

from patternkit.testing.graphql_access.caller import API_KEY, IAM, LAMBDA, OIDC, USER_POOLS
from patternkit.testing.graphql_access.errors import GraphqlAccessError

# https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
MODES: Mapping[str, str] = {
    "aws_auth": USER_POOLS,
    "aws_cognito_user_pools": USER_POOLS,
    "aws_iam": IAM,
    "aws_api_key": API_KEY,
    "aws_oidc": OIDC,
    "aws_lambda": LAMBDA,
}
OPERATIONS = ("Query", "Mutation", "Subscription")
# What AppSync adds to each schema.
_ON = "OBJECT | FIELD_DEFINITION"
_ADDED = {
    "aws_auth": "(cognito_groups: [String]) on FIELD_DEFINITION",
    "aws_cognito_user_pools": f"(cognito_groups: [String]) on {_ON}",
    "aws_iam": f" on {_ON}",
    "aws_api_key": f" on {_ON}",
    "aws_oidc": f" on {_ON}",
    "aws_lambda": f" on {_ON}",
    "aws_subscribe": "(mutations: [String]) on FIELD_DEFINITION",
    "aws_publish": "(subscriptions: [String]) on FIELD_DEFINITION",
    "canonical": f" on {_ON}",
    "hidden": f" on {_ON}",
    "renamed": f"(to: String) on {_ON}",
}
_SCALARS = (
    "AWSDate", "AWSTime", "AWSDateTime", "AWSTimestamp", "AWSEmail", "AWSJSON", "AWSURL", "AWSPhone", "AWSIPAddress",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive that says who is let in.

    Attributes:
        name: Its name.
        mode: The mode of authorization that it is of.
        groups: The groups that it lets in; None: it names none, and lets everybody of the mode in.
    """

    name: str
    mode: str
    groups: tuple[str, ...] | None = None

    def __str__(self) -> str:
        return f"@{self.name}" if self.groups is None else f"@{self.name} of {', '.join(self.groups)}"


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema.

    Attributes:
        definition: It, as graphql-core has it.
    """

    definition: GraphQLSchema

    @classmethod
    def of(cls, text: str) -> "Schema":
        """Read a schema.

        Args:
            text: The schema in GraphQL's own language, without what AppSync adds to it.

        Raises:
            GraphqlAccessError: If it is none.
        """
        try:
            document = parse(text)
            named = {getattr(getattr(one, "name", None), "value", "") for one in document.definitions}
            added = [f"directive @{name}{one}" for name, one in _ADDED.items() if name not in named]
            added += [f"scalar {name}" for name in _SCALARS if name not in named]
            schema = build_ast_schema(concat_ast([parse("\n".join(added)), document]))
            errors = validate_schema(schema)
        except (GraphQLError, TypeError) as error:
            raise GraphqlAccessError(f"the schema cannot be read: {_in_one_line(error)}") from None
        except RecursionError:
            raise GraphqlAccessError("the schema cannot be read: it is nested too deeply") from None
        if errors:
            raise GraphqlAccessError(f"the schema cannot be read: {_in_one_line(errors[0])}")
        return cls(schema)

    def objects(self) -> Iterator[GraphQLObjectType]:
        """The object types, in the order of the schema."""
        for name, one in self.definition.type_map.items():
            if isinstance(one, GraphQLObjectType) and not name.startswith("__"):
                yield one

    def object(self, name: str) -> GraphQLObjectType:
        """An object type by its name.

        Args:
            name: Its name.

        Raises:
            GraphqlAccessError: If there is none.
        """
        found = self.definition.type_map.get(name)
        if not isinstance(found, GraphQLObjectType):
            known = ", ".join(one.name for one in self.objects())
            raise GraphqlAccessError(f"the schema has no type {name}: it has {known}")
        return found

    def roots(self) -> dict[str, GraphQLObjectType]:
        """The types of operations that there are, by the operation."""
        found = (self.definition.query_type, self.definition.mutation_type, self.definition.subscription_type)
        return {name: one for name, one in zip(OPERATIONS, found, strict=True) if one is not None}

    def is_root(self, type_name: str) -> bool:
        """Whether a type is that of an operation."""
        return type_name in {one.name for one in self.roots().values()}

    def returned(self, type_name: str, field: str) -> tuple[GraphQLObjectType, ...]:
        """The object types that a field may return."""
        kind = get_named_type(self.object(type_name).fields[field].type)
        if isinstance(kind, GraphQLObjectType):
            return (kind,)
        if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            return tuple(self.definition.get_possible_types(kind))
        return ()

    def of_type(self, type_name: str) -> tuple[Directive, ...]:
        """The directives of a type, those of its extensions too."""
        one = self.object(type_name)
        nodes = [node for node in (one.ast_node, *one.extension_ast_nodes) if node is not None]
        return tuple(_read(directive) for node in nodes for directive in node.directives if _says_who(directive))

    def of_field(self, type_name: str, field: str) -> tuple[Directive, ...]:
        """The directives of a field itself."""
        node = self.field(type_name, field).ast_node
        return tuple(_read(one) for one in node.directives if _says_who(one)) if node is not None else ()

    def field(self, type_name: str, field: str) -> Any:
        """A field.

        Args:
            type_name: Its type.
            field: Its name.

        Raises:
            GraphqlAccessError: If there is none.
        """
        fields = self.object(type_name).fields
        if field not in fields:
            raise GraphqlAccessError(f"{type_name} has no field {field}: it has {', '.join(fields)}")
        return fields[field]

    def groups(self) -> tuple[str, ...]:
        """The groups that directives name, sorted."""
        found = {group for one in self.objects() for rule in self._all(one) for group in rule.groups or ()}
        return tuple(sorted(found))

    def subscribed(self, field: str) -> tuple[str, ...]:
        """The mutations that a field of Subscription is told of."""
        root = self.roots()["Subscription"]
        node = self.field(root.name, field).ast_node
        for one in node.directives if node is not None else ():
            if one.name.value == "aws_subscribe":
                return _texts(one, "mutations") or ()
        return ()

    def _all(self, one: GraphQLObjectType) -> Iterator[Directive]:
        yield from self.of_type(one.name)
        for field in one.fields:
            yield from self.of_field(one.name, field)


def _says_who(directive: DirectiveNode) -> bool:
    return directive.name.value in MODES


def _read(directive: DirectiveNode) -> Directive:
    name = directive.name.value
    return Directive(name, MODES[name], _texts(directive, "cognito_groups"))


def _texts(directive: DirectiveNode, argument: str) -> tuple[str, ...] | None:
    for one in directive.arguments:
        if one.name.value == argument and isinstance(one.value, ListValueNode):
            return tuple(item.value for item in one.value.values if isinstance(item, StringValueNode))
        if one.name.value == argument and isinstance(one.value, StringValueNode):
            return (one.value.value,)
    return None


def _in_one_line(error: Exception) -> str:
    said = getattr(error, "message", None) or str(error)
    places = getattr(error, "locations", None) or ()
    where = f" (line {places[0].line})" if places else ""
    return " ".join(said.split()) + where
