"""Operations, run: each field asked whether the caller may, each resolver run by Node, each data source as given."""

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLResolveInfo,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    execute,
    parse,
    validate,
)

from patternkit.testing.graphql_access.caller import Caller
from patternkit.testing.graphql_access.decisions import Decision, May
from patternkit.testing.graphql_access.errors import GraphqlAccessError, ResolverError
from patternkit.testing.graphql_access.resolving import Handlers
from patternkit.testing.graphql_access.schema import Schema

Source = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Resolver:
    """What resolves a field.

    Attributes:
        handlers: Its own code; of a pipeline, what comes before and after.
        functions: The functions of a pipeline; empty for a unit resolver.
        pipeline: Whether it is one.
    """

    handlers: Handlers
    functions: tuple[Handlers, ...] = ()
    pipeline: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation is answered with.

    Attributes:
        data: The data; None if nothing is left of it.
        errors: The errors, as the caller sees them: message, errorType, path.
        resolved: How many resolvers were run.
        called: How often each data source was called, by its name.
    """

    data: Mapping[str, Any] | None
    errors: tuple[Mapping[str, Any], ...] = ()
    resolved: int = 0
    called: Mapping[str, int] = field(default_factory=dict)


def parsed(schema: Schema, query: str, *, deepest: int, introspection: bool) -> DocumentNode:
    """Read an operation, within the limits of the API.

    Args:
        schema: The schema.
        query: The operation.
        deepest: The limit of depth; 0: none.
        introspection: Whether the schema may be asked for.

    Raises:
        GraphqlAccessError: If AppSync would refuse it as a whole.
    """
    try:
        document = parse(query)
        errors = validate(schema.definition, document)
        measured = {} if errors else _measured(document)
    except GraphQLError as error:
        raise GraphqlAccessError(f"the operation cannot be read: {error.message}") from None
    except RecursionError:
        raise GraphqlAccessError("the operation cannot be read: it is nested too deeply") from None
    if errors:
        raise GraphqlAccessError(f"the operation is not one of the schema: {errors[0].message}")
    for names, depth in measured.values():
        if not introspection and {"__schema", "__type"} & names:
            raise GraphqlAccessError("the operation is refused: introspection is disabled")
        if deepest and depth > deepest:
            raise GraphqlAccessError(f"the operation is refused: its depth is {depth}, the limit is {deepest}")
    return document


def _measured(document: DocumentNode) -> dict[int, tuple[frozenset[str], int]]:
    """The names of fields of each operation, and how many levels of them there are."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}

    # Each fragment once: two in each of thirty, one in the other, would be a billion.
    @cache
    def spread(name: str) -> tuple[frozenset[str], int]:
        return fields(fragments[name].selection_set)

    def fields(selection: SelectionSetNode | None) -> tuple[frozenset[str], int]:
        names: set[str] = set()
        depth = 0
        for one in selection.selections if selection is not None else ():
            if isinstance(one, FieldNode):
                inner, below = fields(one.selection_set)
                names |= {one.name.value, *inner}
                depth = max(depth, below + 1)
            elif isinstance(one, InlineFragmentNode | FragmentSpreadNode):
                inner, below = (
                    fields(one.selection_set) if isinstance(one, InlineFragmentNode) else spread(one.name.value)
                )
                names |= inner
                depth = max(depth, below)
        return frozenset(names), depth

    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    return {number: fields(one.selection_set) for number, one in enumerate(operations)}


def _to_its_end(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end: in a thread of its own where a loop runs in this one, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as other:
        return other.submit(copy_context().run, asyncio.run, work).result()


class Execution:
    """One operation of one caller.

    Args:
        schema: The schema.
        resolvers: What resolves which field, by "Type.field".
        decide: Says whether the caller may, of a type and a field.
        caller: The caller.
        sources: The data sources, by logical id.
        most: The limit of resolvers in one operation; 0: none.
    """

    def __init__(
        self,
        schema: Schema,
        resolvers: Mapping[str, Resolver],
        decide: Callable[[str, str], Decision],
        caller: Caller,
        sources: Mapping[str, Source],
        most: int,
    ) -> None:
        self._schema, self._resolvers, self._decide = schema, resolvers, decide
        self._caller, self._sources, self._most = caller, sources, most
        self._waiting: dict[str, list[tuple[Any, asyncio.Future[Any]]]] = {}
        self._appended: list[Mapping[str, Any]] = []
        self._resolved = 0
        self._called: dict[str, int] = {}
        self._refusal: GraphqlAccessError | None = None

    def run(self, document: DocumentNode, variables: Mapping[str, Any]) -> Answer:
        """Run it.

        Args:
            document: The operation, read.
            variables: Its variables.

        Raises:
            GraphqlAccessError: If something in it cannot be run here, or is not known.
        """

        async def done() -> Any:
            answer = execute(
                self._schema.definition, document, variable_values=dict(variables), field_resolver=self._field
            )
            return await answer if inspect.isawaitable(answer) else answer

        result = _to_its_end(done())
        if self._refusal is not None:
            raise self._refusal
        errors = [
            {
                "message": one.message,
                "errorType": (one.extensions or {}).get("errorType"),
                "path": list(one.path or ()),
                **({"data": one.extensions["data"]} if one.extensions and one.extensions.get("data") else {}),
            }
            for one in result.errors or ()
        ]
        return Answer(result.data, (*errors, *self._appended), self._resolved, self._called)

    async def _field(self, source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        type_name, name = info.parent_type.name, info.field_name
        decision = self._decide(type_name, name)
        if decision.may is May.UNKNOWN:
            self._refusal = GraphqlAccessError(f"{type_name}.{name} is not known: {decision.why}")
        if decision.may is not May.ALLOWED:
            raise GraphQLError(
                f"Not Authorized to access {name} on type {type_name}", extensions={"errorType": "Unauthorized"}
            )
        resolver = self._resolvers.get(f"{type_name}.{name}")
        if resolver is None:
            return source.get(name) if isinstance(source, Mapping) else None
        self._resolved += 1
        if self._most and self._resolved > self._most:
            raise GraphQLError(
                f"Resolver limit exceeded: {self._most}", extensions={"errorType": "ResolverExecutionLimitReached"}
            )
        context: dict[str, Any] = {
            "args": arguments,
            "identity": self._caller.identity,
            "authType": self._caller.auth_type,
            "source": source if isinstance(source, Mapping) else None,
            "stash": {},
            "info": {"fieldName": name, "parentTypeName": type_name, "variables": dict(info.variable_values)},
            "request": {"headers": {}},
        }
        try:
            if resolver.pipeline:
                return await self._pipeline(resolver, context, info)
            return (await self._unit(resolver.handlers, context, info))[0]
        except ResolverError as error:
            more = {"errorType": error.type, "data": error.data}
            raise GraphQLError(error.message, extensions=more) from None
        except GraphqlAccessError as error:
            self._refusal = error
            raise

    async def _pipeline(self, resolver: Resolver, context: dict[str, Any], info: GraphQLResolveInfo) -> Any:
        before = resolver.handlers.run("request", context)
        context = {**context, "stash": before.stash, "prev": {"result": before.value}}
        for one in resolver.functions:
            value, stash, ends = await self._unit(one, context, info)
            context = {**context, "stash": stash, "prev": {"result": value}}
            if ends == "END":
                break
        after = resolver.handlers.run("response", {**context, "result": context["prev"]["result"]})
        self._append(after.appended, info)
        return after.value

    async def _unit(
        self, handlers: Handlers, context: dict[str, Any], info: GraphQLResolveInfo
    ) -> tuple[Any, Any, str]:
        request = handlers.run("request", context)
        self._append(request.appended, info)
        if request.ends:
            return request.value, request.stash, request.ends
        error = None
        try:
            result = await self._fetch(handlers, request.value)
        except ResolverError as failed:
            result, error = failed.data, {"message": failed.message, "type": failed.type}
        response = handlers.run("response", {**context, "stash": request.stash, "result": result, "error": error})
        self._append(response.appended, info)
        return response.value, response.stash, response.ends

    async def _fetch(self, handlers: Handlers, request: Any) -> Any:
        if not handlers.source:
            return request.get("payload") if isinstance(request, Mapping) else request
        operation = request.get("operation") if isinstance(request, Mapping) else None
        if operation == "BatchInvoke":
            return await self._in_a_batch(handlers, request.get("payload"))
        if operation == "Invoke":
            return self._call(handlers.source, request.get("payload"))
        return self._call(handlers.source, request)

    async def _in_a_batch(self, handlers: Handlers, payload: Any) -> Any:
        loop = asyncio.get_running_loop()
        waiting = self._waiting.setdefault(handlers.name, [])
        if not waiting:
            # When all fields beside it have asked as well.
            loop.call_soon(loop.call_soon, self._flush, handlers)
        answer: asyncio.Future[Any] = loop.create_future()
        waiting.append((payload, answer))
        return await answer

    def _flush(self, handlers: Handlers) -> None:
        waiting = self._waiting.pop(handlers.name, [])
        # Five, if nothing is said: https://docs.aws.amazon.com/appsync/latest/devguide/tutorial-lambda-resolvers-js.html
        size = handlers.batch or 5
        for start in range(0, len(waiting), size):
            some = waiting[start : start + size]
            try:
                _share(some, self._call(handlers.source, [payload for payload, _ in some]))
            except GraphqlAccessError as error:
                for _, answer in some:
                    answer.set_exception(error)

    def _call(self, name: str, request: Any) -> Any:
        if name not in self._sources:
            known = ", ".join(sorted(self._sources)) or "none"
            raise GraphqlAccessError(f"sources must hold the data source {name}: it holds {known}")
        self._called[name] = self._called.get(name, 0) + 1
        try:
            return self._sources[name](request)
        except GraphqlAccessError:
            raise
        except Exception as error:
            raise ResolverError(str(error), "Lambda:Unhandled") from None

    def _append(self, errors: Sequence[Mapping[str, Any]], info: GraphQLResolveInfo) -> None:
        for one in errors:
            self._appended.append(
                {"message": one["message"], "errorType": one["type"], "path": info.path.as_list(), "data": one["data"]}
            )


def _share(waiting: Sequence[tuple[Any, "asyncio.Future[Any]"]], answers: Any) -> None:
    """Give each of a batch its own: data, or an error of its own beside it."""
    if not isinstance(answers, list) or len(answers) != len(waiting):
        got = len(answers) if isinstance(answers, list) else type(answers).__name__
        said = f"a batch of {len(waiting)} must be answered with a list of as many, got {got}"
        for _, answer in waiting:
            answer.set_exception(ResolverError(said, "Lambda:IllegalArgument"))
        return
    for (_, answer), one in zip(waiting, answers, strict=True):
        if isinstance(one, Mapping) and one.get("errorMessage"):
            answer.set_exception(
                ResolverError(str(one["errorMessage"]), str(one.get("errorType") or "UnknownError"), one.get("data"))
            )
        elif isinstance(one, Mapping) and "data" in one:
            answer.set_result(one["data"])
        else:
            answer.set_result(one)
