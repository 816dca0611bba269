"""Operations run as AWS AppSync runs them, and resolvers as APPSYNC_JS does."""

import asyncio
import re
from typing import Any

import pytest

from patternkit.testing.graphql_access import Caller, GraphqlAccess, GraphqlAccessError, ResolverError
from tests.patternkit.testing.graphql_access.templates import IAM, PASS, USERS, api

USER = Caller.in_groups("user")
AT_TABLE, AT_FUNCTION = ({"Fn::GetAtt": [one, "Name"]} for one in ("Table", "Function"))
BATCH = """
import { util } from '@aws-appsync/utils';
export function request(ctx) { return { operation: 'BatchInvoke', payload: ctx.source.id }; }
export function response(ctx) {
  if (ctx.error) { util.appendError(ctx.error.message, ctx.error.type); }
  return ctx.result;
}
"""
ITEMS = "type Item { id: Int name: String } type Query { items: [Item] }"


def code(body: str, response: str = "return ctx.result;", head: str = "") -> str:
    return (
        f"import {{ util, extensions, runtime }} from '@aws-appsync/utils';\n{head}\n"
        f"export function request(ctx) {{ {body} }}\nexport const response = (ctx) => {{ {response} }};\n"
    )


def evaluated(body: str, **context: Any) -> Any:
    access = GraphqlAccess.of(api("type Query { a: Int }", resolvers={"Query.a": code(body)}))
    return access.handlers("Query.a").run("request", context)


def batched(size: int | None, answers: Any, count: int = 5) -> tuple[Any, list[int]]:
    sizes: list[int] = []

    def function(event: list[Any]) -> Any:
        sizes.append(len(event))
        return answers(event)

    resolvers = {
        "Query.items": code(f"return {{ payload: [{', '.join(f'{{ id: {one} }}' for one in range(count))}] }};"),
        "Item.name": {"Code": BATCH, "DataSourceName": AT_FUNCTION, **({"MaxBatchSize": size} if size else {})},
    }
    access = GraphqlAccess.of(api(ITEMS, USERS, IAM, resolvers=resolvers))
    return access.run("{ items { id name } }", USER, sources={"Function": function}), sizes


def test_what_a_list_asks_of_a_function_goes_in_batches() -> None:
    answer, sizes = batched(3, lambda event: [{"data": f"n{one}"} for one in event])
    assert sizes == [3, 2]
    assert [one["name"] for one in answer.data["items"]] == ["n0", "n1", "n2", "n3", "n4"]
    assert answer.called == {"Function": 2}


def test_an_operation_runs_in_a_test_that_has_a_loop_of_its_own() -> None:
    async def asks() -> list[int]:
        return batched(2, lambda event: [str(one) for one in event], count=3)[1]

    assert asyncio.run(asks()) == [2, 1]


def test_a_batch_is_of_five_where_the_resolver_says_nothing() -> None:
    assert batched(None, lambda event: [str(one) for one in event], count=12)[1] == [5, 5, 2]


def test_one_of_a_batch_may_fail_by_itself() -> None:
    def answers(event: list[int]) -> list[Any]:
        bad = {"data": None, "errorMessage": "odd", "errorType": "Odd"}
        return [bad if one % 2 else {"data": str(one)} for one in event]

    answer, _ = batched(10, answers, count=3)
    assert [one["name"] for one in answer.data["items"]] == ["0", None, "2"]
    assert [(one["message"], one["errorType"], one["path"]) for one in answer.errors] == [
        ("odd", "Odd", ["items", 1, "name"])
    ]


@pytest.mark.parametrize("answers", [lambda _: [1], lambda _: {"data": 1}, lambda _: None])
def test_a_batch_that_is_answered_with_another_length_fails_as_a_whole(answers: Any) -> None:
    answer, _ = batched(10, answers, count=3)
    assert {one["errorType"] for one in answer.errors} == {"Lambda:IllegalArgument"}
    assert len(answer.errors) == 3


def test_a_pipeline_hands_on_what_came_before_and_may_end_early() -> None:
    template = api("type Query { a(x: Int): String }", resolvers={"Query.a": {
        "Code": code("ctx.stash.seen = 'yes'; return {};", "return ctx.prev.result + ctx.stash.seen;"),
        "Kind": "PIPELINE",
        "PipelineConfig": {"Functions": [{"Fn::GetAtt": [one, "FunctionId"]} for one in ("One", "Two")]},
    }})  # fmt: skip
    del template["Resources"]["Querya"]["Properties"]["DataSourceName"]
    bodies = {
        "One": code(
            "if (ctx.args.x === 1) { runtime.earlyReturn('early ', { skipTo: 'END' }); } return { payload: 'one ' };"
        ),
        "Two": code("return { payload: ctx.prev.result + 'two ' };"),
    }
    for name, body in bodies.items():
        properties = {"Code": body, "Runtime": {"Name": "APPSYNC_JS"}, "DataSourceName": "n"}
        template["Resources"][name] = {"Type": "AWS::AppSync::FunctionConfiguration", "Properties": properties}
    access = GraphqlAccess.of(template)
    assert access.run("{ a }", USER).data == {"a": "one two yes"}
    assert access.run("{ a(x: 1) }", USER).data == {"a": "early yes"}


def test_limits_of_depth_and_resolvers_hold() -> None:
    schema = "type A { a: A b: Int } type Query { a: A }"
    resolvers = {"Query.a": code("return { payload: { b: 1 } };"), "A.a": code("return { payload: { b: 1 } };")}
    template = api(schema, resolvers=resolvers, QueryDepthLimit=3, ResolverCountLimit=1)
    access = GraphqlAccess.of(template)
    assert access.run("{ a { b } }", USER).errors == ()
    (error,) = access.run("{ a { a { b } } }", USER).errors
    assert error["errorType"] == "ResolverExecutionLimitReached"
    for query in ("{ a { a { a { b } } } }", "{ a { ...F } } fragment F on A { a { a { b } } }"):
        with pytest.raises(GraphqlAccessError, match="its depth is 4, the limit is 3"):
            access.run(query, USER)


ROUND = api("type Query { a: T } type T { s: String t: T }", USERS, IAM, resolvers={"Query.a": PASS})


@pytest.mark.parametrize("query", ["{a" + "{t" * 5_000 + "{s}" + "}" * 5_001, "{a(x: " + "[" * 5_000])
def test_an_operation_that_is_nested_without_end_is_refused_in_one_line(query: str) -> None:
    with pytest.raises(GraphqlAccessError, match=r"^the operation cannot be read: it is nested too deeply$"):
        GraphqlAccess.of(ROUND).run(query, USER)


def test_fragments_that_double_at_each_of_thirty_are_measured_at_once() -> None:
    doubled = [f"fragment F{one} on T {{ ...F{one + 1} t {{ ...F{one + 1} }} }}" for one in range(30)]
    query = f"{{ a {{ ...F0 }} }} {' '.join(doubled)} fragment F30 on T {{ s }}"
    with pytest.raises(GraphqlAccessError, match=r"^the operation is refused: its depth is 32, the limit is 9$"):
        GraphqlAccess.of(ROUND).run(query, USER)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("const a = {}; a.a = a; return a;", "R fails in execution: Converting circular structure to JSON --> "),
        (
            "console.log.constructor('process.stdout.write(`x\\n`)')(); return {};",
            "the process wrote what is no answer",
        ),
    ],
)
def test_whatever_the_code_does_is_said_in_one_line(body: str, message: str) -> None:
    with pytest.raises(GraphqlAccessError) as refused:
        evaluated(body)
    assert message.removeprefix("R") in str(refused.value)
    assert "\n" not in str(refused.value)
    assert evaluated("return 1;").value == 1


def test_an_operation_that_meets_the_unknown_is_not_run() -> None:
    schema = 'type Query { a: Int @aws_cognito_user_pools(cognito_groups: ["user"]) }'
    with pytest.raises(GraphqlAccessError, match=r"^Query\.a is not known"):
        GraphqlAccess.of(api(schema, resolvers={"Query.a": PASS})).run("{ a }", USER)


def test_a_source_that_is_not_given_is_named() -> None:
    template = api("type Query { a: Int }", resolvers={"Query.a": {"Code": PASS, "DataSourceName": AT_TABLE}})
    with pytest.raises(GraphqlAccessError, match=r"^sources must hold the data source Table: it holds none$"):
        GraphqlAccess.of(template).run("{ a }", USER)


FILTERS = [
    {"fieldName": "a", "operator": "eq", "value": 1},
    {"fieldName": "b", "operator": "gt", "value": 2},
    {"fieldName": "c", "operator": "ne", "value": 3},
]
ABSENT = ("fetch", "setTimeout", "Promise", "Date", "RegExp", "process", "Map", "Buffer")


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (
            "return util.dynamodb.toMapValues({ a: 1, b: ['x', null], c: { d: true } });",
            {"a": {"N": "1"}, "b": {"L": [{"S": "x"}, {"NULL": True}]}, "c": {"M": {"d": {"BOOL": True}}}},
        ),
        (
            "return util.transform.toSubscriptionFilter({ a: { eq: 1 }, or: [{ b: { gt: 2 } }, { c: { ne: 3 } }] });",
            {"filterGroup": [{"filters": FILTERS[:2]}, {"filters": [FILTERS[0], FILTERS[2]]}]},
        ),
        ("return util.urlEncode(util.base64Encode('ä')) + util.base64Decode('w6Q=');", "w6Q%3Dä"),
        ("return util.matches('^a+$', 'aaa') && util.time.epochMilliSecondsToISO8601(0);", "1970-01-01T00:00:00.000Z"),
        (f"return [{', '.join(f'typeof {one}' for one in ABSENT)}];", ["undefined"] * len(ABSENT)),
    ],
)
def test_what_the_runtime_provides_and_what_it_lacks(body: str, value: Any) -> None:
    assert evaluated(body).value == value


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return util.rds.createPgStatement();", "util.rds is not stood in for here"),
        ("return util.toJson({});", "util.toJson is not stood in for here"),
        ("return new Date();", "Date is not defined"),
        ("return ctx.missing.a;", "Cannot read properties of undefined"),
        ("for (const one of [1]) { while (true) {} }", "timed out"),
        ("return (() => {}).constructor('return 1')();", "Code generation from strings disallowed"),
    ],
)
def test_what_cannot_be_run_is_said(body: str, message: str) -> None:
    with pytest.raises(GraphqlAccessError, match=message):
        evaluated(body)


def test_errors_of_a_resolver_are_the_callers() -> None:
    with pytest.raises(ResolverError) as raised:
        evaluated("util.error('no', 'Refused', { a: 1 });")
    assert (raised.value.message, raised.value.type, raised.value.data) == ("no", "Refused", {"a": 1})
    told = evaluated("util.appendError('late', 'Slow'); console.log('seen', { a: 1 }); return 1;")
    assert (told.value, told.appended[0]["type"], told.log) == (1, "Slow", ('seen {"a":1}',))


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("try { return 1; } catch (e) { return 2; }", "try"),
        ("for (let i = 0; i < 1; i += 1) { }", "for \\(;;\\)"),
        ("let i = 0; i++; return i;", r"the operator \+\+ or --"),
        ("while (false) { }", "while"),
        ("throw 'a';", "throw"),
        ("return 'a' in ctx;", "the operator in"),
        ("return /a/;", "a regular expression"),
        ("return new Array(1);", "new"),
        ("return (async () => 1)();", "an async function"),
    ],
)
def test_code_that_appsync_refuses_is_a_problem(body: str, what: str) -> None:
    access = GraphqlAccess.of(api("type Query { a: Int }", resolvers={"Query.a": code(body)}))
    assert any(re.search(what, one) for one in access.problems), access.problems
