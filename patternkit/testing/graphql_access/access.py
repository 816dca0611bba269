"""The GraphQL API of a template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from patternkit.templates import as_template
from patternkit.testing.graphql_access.caller import IAM, USER_POOLS, Caller
from patternkit.testing.graphql_access.decisions import Decision, May, Modes, decide
from patternkit.testing.graphql_access.errors import GraphqlAccessError
from patternkit.testing.graphql_access.execution import Answer, Execution, Resolver, Source, parsed
from patternkit.testing.graphql_access.paths import Reached, reached
from patternkit.testing.graphql_access.problems import problems_of
from patternkit.testing.graphql_access.resolving import Handlers
from patternkit.testing.graphql_access.schema import Schema
from patternkit.testing.graphql_access.subscription import Subscription

_API = "AWS::AppSync::GraphQLApi"


@dataclass(frozen=True, slots=True)
class GraphqlAccess:
    """One API of AWS AppSync: who is let at which field, and what operations answer.

    Attributes:
        name: The API's logical id.
        properties: Its properties.
        schema: Its schema.
        modes: Its modes of authorization.
        resolvers: What resolves which field, by "Type.field".
    """

    name: str
    properties: Mapping[str, Any]
    schema: Schema
    modes: Modes
    resolvers: Mapping[str, Resolver] = field(default_factory=dict)

    @classmethod
    def of(cls, template: Mapping[str, Any], *, api: str | None = None, schema: str | None = None) -> Self:
        """Read a template.

        Args:
            template: The template, as data.
            api: The logical id of the API. Default: the only one.
            schema: The schema, where the template only says where it is kept. Default: that of the template.

        Raises:
            GraphqlAccessError: If it is not clear which API is meant, or its schema cannot be read.
            TemplateError: If it is no template.
        """
        resources = as_template(template, "the template")["Resources"]
        apis = {name: one.get("Properties") or {} for name, one in resources.items() if one["Type"] == _API}
        if api is None and len(apis) == 1:
            api = next(iter(apis))
        if api is None or api not in apis:
            known = ", ".join(sorted(apis))
            raise GraphqlAccessError(
                f"say which API is meant: there are {known}" if known else f"the template has no {_API}"
            )
        properties = apis[api]
        return cls(
            api,
            properties,
            Schema.of(schema if schema is not None else _definition(resources, api)),
            _modes(api, properties),
            _resolvers(resources, api),
        )

    @property
    def callers(self) -> tuple[Caller, ...]:
        """Those that a table tells apart: a user in no group, one in each group that is named, and each other mode."""
        users = [Caller.in_groups(), *(Caller.in_groups(one) for one in self.schema.groups())]
        others = [Caller(one, username="backend" if one == IAM else "") for one in self.modes.all if one != USER_POOLS]
        return (*(users if USER_POOLS in self.modes.all else ()), *others)

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields of all object types: "Document.title"."""
        return tuple(f"{one.name}.{name}" for one in self.schema.objects() for name in one.fields)

    def may(self, caller: Caller, where: str) -> Decision:
        """Say whether a caller is let at a field, on a path that leads there.

        Args:
            caller: The caller.
            where: The field: "Document.title".

        Raises:
            GraphqlAccessError: If there is no such field.
        """
        type_name, _, name = where.partition(".")
        self.schema.field(type_name, name)
        return decide(self.schema, self.modes, caller, type_name, name)

    def table(self, callers: Sequence[Caller] | None = None) -> dict[tuple[str, str], May]:
        """Compute who is let at which field.

        Args:
            callers: Those asked about. Default: `callers`.

        Returns:
            What is said, by the caller as text and the field: `{("readers", "Document.title"): May.ALLOWED}`.
        """
        return {
            (str(caller), where): self.may(caller, where).may
            for where in self.fields
            for caller in (self.callers if callers is None else callers)
        }

    def markdown(self, callers: Sequence[Caller] | None = None) -> str:
        """Write the table down.

        Args:
            callers: See `table`.
        """
        asked = self.callers if callers is None else callers
        signs = {May.ALLOWED: "yes", May.DENIED: "–", May.UNKNOWN: "?"}
        lines = ["| Field | " + " | ".join(str(one) for one in asked) + " |", "| --- |" + " --- |" * len(asked)]
        for where in self.fields:
            cells = [signs[self.may(one, where).may] for one in asked]
            lines.append(f"| {where} | {' | '.join(cells)} |")
        return "\n".join(lines)

    def reached(self, caller: Caller) -> dict[str, Reached]:
        """Find which fields a caller reaches, from an operation on, and by which path.

        Args:
            caller: The caller.

        Returns:
            Each field that is reached, by "Type.field".
        """
        return reached(self.schema, self.modes, caller)

    @property
    def problems(self) -> list[str]:
        """What lets in more than it seems to, costs more than it should, or is refused when it is deployed."""
        return list(problems_of(self.schema, self.modes, self.properties, self.resolvers))

    def handlers(self, where: str) -> Handlers:
        """The code that resolves a field.

        Args:
            where: The field: "Query.document".

        Raises:
            GraphqlAccessError: If nothing resolves it.
        """
        if where not in self.resolvers:
            raise GraphqlAccessError(f"nothing resolves {where}: resolved are {', '.join(sorted(self.resolvers))}")
        return self.resolvers[where].handlers

    def run(
        self,
        query: str,
        caller: Caller,
        *,
        variables: Mapping[str, Any] | None = None,
        sources: Mapping[str, Source] | None = None,
    ) -> Answer:
        """Run a query or a mutation, as AppSync would for this caller.

        Args:
            query: The operation.
            caller: Who calls.
            variables: Its variables.
            sources: The data sources by logical id: a `DynamoDbSource`, or a function that takes the payload, of a
                batch a list of them.

        Raises:
            GraphqlAccessError: If the operation is refused as a whole, or cannot be run here.
        """
        if caller.mode not in self.modes.all:
            raise GraphqlAccessError(f"the operation is refused: the API does not take {caller.mode}")
        document = parsed(
            self.schema,
            query,
            deepest=_limit(self.name, self.properties, "QueryDepthLimit"),
            introspection=self.properties.get("IntrospectionConfig") != "DISABLED",
        )
        execution = Execution(
            self.schema,
            self.resolvers,
            lambda type_name, name: decide(self.schema, self.modes, caller, type_name, name),
            caller,
            sources or {},
            _limit(self.name, self.properties, "ResolverCountLimit"),
        )
        return execution.run(document, variables or {})

    def subscribe(self, name: str, caller: Caller, *, arguments: Mapping[str, Any] | None = None) -> Subscription:
        """Subscribe to a field of Subscription.

        Args:
            name: The field.
            caller: Who subscribes.
            arguments: Its arguments.

        Returns:
            The subscription, which says what is delivered.

        Raises:
            ResolverError: If its resolver refuses.
            GraphqlAccessError: If there is no such field, or the caller is not let in.
        """
        root = self.schema.roots().get("Subscription")
        if root is None:
            raise GraphqlAccessError("the schema has no Subscription")
        decision = self.may(caller, f"{root.name}.{name}")
        if decision.may is not May.ALLOWED:
            raise GraphqlAccessError(f"the subscription is refused: {decision.why}")
        found = self.resolvers.get(f"{root.name}.{name}")
        told, given = self.schema.subscribed(name), dict(arguments or {})
        if found is None:
            return Subscription(name, told, given)
        handlers = found.functions[-1] if found.pipeline and found.functions else found.handlers
        context = {
            "args": given,
            "identity": caller.identity,
            "authType": caller.auth_type,
            "info": {"fieldName": name, "parentTypeName": root.name},
        }
        request = handlers.run("request", context)
        response = handlers.run("response", {**context, "stash": request.stash, "result": None})
        return Subscription(name, told, given, response.filter or request.filter)


def _modes(name: str, properties: Mapping[str, Any]) -> Modes:
    default = properties.get("AuthenticationType")
    providers = properties.get("AdditionalAuthenticationProviders") or []
    users = properties.get("UserPoolConfig") or {}
    action = users.get("DefaultAction", "ALLOW") if isinstance(users, Mapping) else None
    further = [one.get("AuthenticationType") if isinstance(one, Mapping) else None for one in providers]
    if not isinstance(providers, list) or not all(isinstance(one, str) for one in (default, action, *further)):
        raise GraphqlAccessError(f"the modes of authorization of {name} are known only when it is deployed")
    return Modes(str(default), tuple(str(one) for one in further), str(action))


def _limit(name: str, properties: Mapping[str, Any], limit: str) -> int:
    """A limit of an API; 0: there is none."""
    given = properties.get(limit) or 0
    if not str(given).isdecimal():
        raise GraphqlAccessError(f"{limit} of {name} is known only when it is deployed")
    return int(given)


def _definition(resources: Mapping[str, Any], api: str) -> str:
    for name, one in resources.items():
        properties = one.get("Properties") or {}
        if one["Type"] == "AWS::AppSync::GraphQLSchema" and _named(properties.get("ApiId")) == api:
            if isinstance(properties.get("Definition"), str):
                return str(properties["Definition"])
            raise GraphqlAccessError(f"the schema {name} is no text in the template: give it as schema=")
    raise GraphqlAccessError(f"the template has no schema of {api}")


def _resolvers(resources: Mapping[str, Any], api: str) -> dict[str, Resolver]:
    found: dict[str, Resolver] = {}
    for name, one in resources.items():
        properties = one.get("Properties") or {}
        if one["Type"] != "AWS::AppSync::Resolver" or _named(properties.get("ApiId")) != api:
            continue
        where = f"{properties.get('TypeName')}.{properties.get('FieldName')}"
        if where in found:
            raise GraphqlAccessError(
                f"{where} has two resolvers, {found[where].handlers.name} and {name}: one is allowed"
            )
        functions = (properties.get("PipelineConfig") or {}).get("Functions") or ()
        found[where] = Resolver(
            _handlers(resources, name, properties),
            tuple(_function(resources, one) for one in functions),
            properties.get("Kind") == "PIPELINE",
        )
    return found


def _function(resources: Mapping[str, Any], reference: Any) -> Handlers:
    name = _named(reference)
    if name not in resources:
        raise GraphqlAccessError(f"the function {reference} of a pipeline is not in the template")
    return _handlers(resources, name, resources[name].get("Properties") or {})


def _handlers(resources: Mapping[str, Any], name: str, properties: Mapping[str, Any]) -> Handlers:
    given = properties.get("DataSourceName")
    source = _named(given)
    if source not in resources:
        named = [key for key, one in resources.items() if (one.get("Properties") or {}).get("Name") == given]
        sources = [key for key in named if resources[key]["Type"] == "AWS::AppSync::DataSource"]
        source = sources[0] if sources else source
    kind = (resources.get(source, {}).get("Properties") or {}).get("Type")
    return Handlers(name, "" if kind == "NONE" or given is None else source, properties)


def _named(reference: Any) -> str:
    """The logical id that a reference names, or the text that it is."""
    match reference:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::GetAtt": str(text)}:
            return text.split(".")[0]
        case str():
            return reference
    return ""
