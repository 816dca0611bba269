"""What of an API lets in more than it seems to, costs more, or is refused when it is deployed."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from patternkit.testing.graphql_access.caller import API_KEY, USER_POOLS, Caller
from patternkit.testing.graphql_access.decisions import May, Modes, aws_auth_asked, decide
from patternkit.testing.graphql_access.execution import Resolver
from patternkit.testing.graphql_access.paths import reached
from patternkit.testing.graphql_access.schema import Schema


def problems_of(
    schema: Schema, modes: Modes, properties: Mapping[str, Any], resolvers: Mapping[str, Resolver]
) -> Iterator[str]:
    """Say what is wrong.

    Args:
        schema: The schema.
        modes: The API's modes.
        properties: The API's properties in the template.
        resolvers: What resolves which field.

    Yields:
        Each thing, in one line.
    """
    yield from _settings(modes, properties)
    yield from _directives(schema, modes)
    yield from _other_paths(schema, modes)
    yield from _subscriptions(schema, modes, resolvers)
    yield from _resolvers(schema, resolvers)


def _settings(modes: Modes, properties: Mapping[str, Any]) -> Iterator[str]:
    if modes.default == API_KEY:
        yield "the default mode is API_KEY: what no directive is on is open to whoever has the key, until it expires"
    if properties.get("IntrospectionConfig") != "DISABLED":
        yield "introspection is on: every caller may read the whole schema"
    if not properties.get("QueryDepthLimit"):
        yield "there is no limit of depth: a query may go round between two types without end"
    if not properties.get("ResolverCountLimit"):
        yield "there is no limit of resolvers: one query may run 10,000"
    log = properties.get("LogConfig") or {}
    if log and str(log.get("ExcludeVerboseContent")).lower() != "true":
        yield "the log holds headers, arguments and results: ExcludeVerboseContent is not set"


def _directives(schema: Schema, modes: Modes) -> Iterator[str]:
    for one in schema.objects():
        named = {(f"the type {one.name}", rule) for rule in schema.of_type(one.name)}
        for field in one.fields:
            named |= {(f"{one.name}.{field}", rule) for rule in schema.of_field(one.name, field)}
        for where, rule in sorted(named, key=str):
            if rule.name == "aws_auth" and not aws_auth_asked(modes, root=schema.is_root(one.name)):
                only = "without additional modes" if schema.is_root(one.name) else "at fields of operations"
                yield f"@aws_auth on {where} is not asked: it says something only {only}"
            elif rule.mode not in modes.all:
                yield f"@{rule.name} on {where} lets nobody in: the API does not take {rule.mode}"
            elif rule.groups == ():
                yield f"@{rule.name} on {where} names no group: it lets nobody in"


def _other_paths(schema: Schema, modes: Modes) -> Iterator[str]:
    """Types that some field returns to named groups alone, and another to callers that those shut out."""
    if USER_POOLS not in modes.all:
        return
    roots = {one.name for one in schema.roots().values()}
    callers = [Caller.in_groups(), *(Caller.in_groups(group) for group in schema.groups())]
    by_type: dict[str, list[str]] = {}
    for one in schema.objects():
        for field in one.fields:
            for returned in schema.returned(one.name, field):
                by_type.setdefault(returned.name, []).append(f"{one.name}.{field}")
    known = {caller: reached(schema, modes, caller) for caller in callers}
    for name, unordered in sorted(by_type.items()):
        ways = sorted(unordered, key=lambda way: way.split(".")[0] not in roots)
        guarded = [way for way in ways if way.split(".")[0] in roots and _names_groups(schema, way)]
        if not guarded or schema.of_type(name):
            continue
        for guard, way in product(guarded, ways):
            shut_out = [one for one in callers if guard not in known[one] and way in known[one]]
            if shut_out and way != guard:
                said = " or ".join(str(one) for one in shut_out)
                yield f"{name} has no directive of its own: {guard} keeps it from {said}, and {way} returns it to them"
                break


def _names_groups(schema: Schema, way: str) -> bool:
    return any(rule.groups is not None for rule in schema.of_field(*way.split(".")))


def _subscriptions(schema: Schema, modes: Modes, resolvers: Mapping[str, Resolver]) -> Iterator[str]:
    root = schema.roots().get("Subscription")
    if root is None:
        return
    mutation = schema.roots().get("Mutation")
    callers = [Caller(mode) for mode in modes.all]
    callers += [Caller.in_groups(group) for group in schema.groups()] if USER_POOLS in modes.all else []
    for field in root.fields:
        told = schema.subscribed(field)
        if not told:
            yield f"Subscription.{field} is told of nothing: it has no @aws_subscribe"
        for one in told:
            if mutation is None or one not in mutation.fields:
                yield f"Subscription.{field} is told of {one}, which is no mutation"
            elif str(mutation.fields[one].type).rstrip("!") != str(root.fields[field].type).rstrip("!"):
                yield f"Subscription.{field} must return what {one} returns: {mutation.fields[one].type}"
        if f"{root.name}.{field}" not in resolvers and not root.fields[field].args:
            yield f"Subscription.{field} has neither a filter nor an argument: every subscriber is told of everything"
        allowed = [one for one in callers if decide(schema, modes, one, root.name, field).may is not May.DENIED]
        for returned in schema.returned(root.name, field):
            for inner in returned.fields:
                shut = [one for one in allowed if decide(schema, modes, one, returned.name, inner).may is May.DENIED]
                if shut:
                    yield (
                        f"Subscription.{field} delivers what a mutation's caller selected, {returned.name}.{inner} "
                        f"too, to {' or '.join(str(one) for one in shut)}: return a type without that field"
                    )


def _resolvers(schema: Schema, resolvers: Mapping[str, Resolver]) -> Iterator[str]:
    for where, one in sorted(resolvers.items()):
        type_name, _, field = where.partition(".")
        if type_name not in {kind.name for kind in schema.objects()} or field not in schema.object(type_name).fields:
            yield f"{one.handlers.name} resolves {where}, which the schema does not have"
        if one.pipeline and one.handlers.batch:
            yield f"{one.handlers.name} is a pipeline with MaxBatchSize: AppSync refuses it, its functions take one"
        for handlers in (one.handlers, *one.functions):
            yield from handlers.problems
    for root in ("Query", "Mutation"):
        kind = schema.roots().get(root)
        for field in kind.fields if kind is not None else ():
            if kind is not None and f"{kind.name}.{field}" not in resolvers:
                yield f"{kind.name}.{field} has no resolver: it is always null"
