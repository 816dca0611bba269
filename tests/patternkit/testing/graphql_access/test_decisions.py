"""Whom AWS AppSync lets at a field, on schemas of anybody's."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patternkit.templates import TemplateError
from patternkit.testing.errors import FixtureError
from patternkit.testing.graphql_access import Caller, GraphqlAccess, GraphqlAccessError, May
from tests.patternkit.testing.graphql_access.templates import IAM, KEY, PASS, USERS, api

ADMIN, USER = Caller.in_groups("admin"), Caller.in_groups("user")
YES, NO, UNKNOWN = May.ALLOWED, May.DENIED, May.UNKNOWN

# https://github.com/aws/aws-appsync-community/issues/275, whose schema this is in substance.
NESTED = """
type Inner {{ value: String @{0}(cognito_groups: ["admin"]) }}
type Outer {{ value: String @{0}(cognito_groups: ["admin"]) inner: Inner @{0}(cognito_groups: ["admin"]) }}
type Query {{ value: String @{0}(cognito_groups: ["admin"]) outer: Outer }}
"""


def may(schema: str, caller: Caller, where: str, *modes: str, **more: Any) -> May:
    return GraphqlAccess.of(api(schema, *modes, **more)).may(caller, where).may


def test_aws_auth_is_asked_at_the_fields_of_operations_and_nowhere_below() -> None:
    schema = NESTED.format("aws_auth")
    assert [may(schema, one, "Query.value") for one in (ADMIN, USER)] == [YES, NO]
    for where in ("Outer.value", "Outer.inner", "Inner.value"):
        assert may(schema, USER, where) is YES, where


def test_aws_auth_is_ignored_beside_another_mode() -> None:
    schema = NESTED.format("aws_auth")
    assert may(schema, USER, "Query.value", USERS, IAM) is YES
    assert may(schema, Caller.iam(), "Query.value", USERS, IAM) is NO, "it opens nothing to the other mode either"


def test_aws_auth_is_ignored_where_the_default_is_a_key() -> None:
    assert may(NESTED.format("aws_auth"), Caller.api_key(), "Query.value", KEY) is YES


def test_groups_of_the_newer_directive_are_asked_at_every_level_with_two_modes() -> None:
    schema = NESTED.format("aws_cognito_user_pools")
    for where in ("Query.value", "Outer.value", "Outer.inner", "Inner.value"):
        assert [may(schema, one, where, USERS, IAM) for one in (ADMIN, USER)] == [YES, NO], where


def test_groups_of_the_newer_directive_beside_one_mode_are_not_known() -> None:
    assert may(NESTED.format("aws_cognito_user_pools"), ADMIN, "Query.value") is UNKNOWN


def test_a_field_stands_in_place_of_its_type_and_one_of_several_is_enough() -> None:
    schema = """
    type Post @aws_api_key @aws_iam { id: ID content: String @aws_iam }
    type Query { post: Post  all: [Post] @aws_api_key @aws_cognito_user_pools(cognito_groups: ["admin", "user"]) }
    """
    modes = (IAM, KEY, USERS)
    assert may(schema, Caller.api_key(), "Post.id", *modes) is YES
    assert may(schema, Caller.api_key(), "Post.content", *modes) is NO
    assert may(schema, Caller.iam(), "Post.content", *modes) is YES
    assert may(schema, Caller.api_key(), "Query.post", *modes) is NO, "no directive: the default mode alone"
    assert may(schema, Caller.iam(), "Query.all", *modes) is NO, "a directive leaves out the default mode, too"
    assert [may(schema, one, "Query.all", *modes) for one in (ADMIN, USER, Caller.in_groups())] == [YES, YES, NO]


def test_a_mode_that_the_api_does_not_take_is_let_in_nowhere() -> None:
    assert may("type Query { a: String @aws_iam }", Caller.iam(), "Query.a", USERS, KEY) is NO


def test_what_a_directive_of_an_extension_says_counts() -> None:
    schema = "type A { a: Int } extend type A @aws_iam type Query { a: A }"
    assert [may(schema, one, "A.a", USERS, IAM) for one in (USER, Caller.iam())] == [NO, YES]


@pytest.mark.parametrize(("further", "expected"), [((), NO), ((IAM,), UNKNOWN)])
def test_the_default_action_deny_wants_a_directive_at_operations(further: tuple[str, ...], expected: May) -> None:
    schema = 'type A { a: Int } type Query { a: A b: A @aws_auth(cognito_groups: ["admin"]) }'
    assert may(schema, ADMIN, "Query.a", USERS, *further, action="DENY") is expected
    if not further:
        assert may(schema, ADMIN, "Query.b", USERS, action="DENY") is YES
        assert may(schema, ADMIN, "A.a", USERS, action="DENY") is YES


def test_what_is_kept_from_a_group_by_one_path_is_found_by_another() -> None:
    schema = """
    type Secret { value: String }
    type Page { items: [Secret] }
    union Found = Secret | Page
    type Query {
      secret: Secret @aws_cognito_user_pools(cognito_groups: ["admin"])
      search: [Found] @aws_cognito_user_pools(cognito_groups: ["admin", "user"])
    }
    """
    access = GraphqlAccess.of(api(schema, USERS, IAM, resolvers={"Query.secret": PASS, "Query.search": PASS}))
    assert str(access.reached(USER)["Secret.value"]) == "Query.search > Secret.value"
    assert access.reached(Caller.in_groups()) == {}
    assert access.problems == [
        "Secret has no directive of its own: Query.secret keeps it from user, and Query.search returns it to them"
    ]


def test_a_path_that_is_not_known_is_said_to_be() -> None:
    schema = 'type A { a: Int } type Query { a: A @aws_cognito_user_pools(cognito_groups: ["admin"]) }'
    reached = GraphqlAccess.of(api(schema)).reached(ADMIN)
    assert {where: one.may for where, one in reached.items()} == {"Query.a": UNKNOWN, "A.a": UNKNOWN}


def test_the_table_is_written_down() -> None:
    access = GraphqlAccess.of(api('type Query { a: Int @aws_cognito_user_pools(cognito_groups: ["x"]) }', USERS, IAM))
    assert access.markdown().splitlines() == [
        "| Field | no group | x | IAM |",
        "| --- | --- | --- | --- |",
        "| Query.a | – | yes | – |",
    ]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ({"Resources": {}}, "the template has no AWS::AppSync::GraphQLApi"),
        (api("type Query {"), "the schema cannot be read: Syntax Error: Expected Name, found <EOF>. (line 1)"),
        (api("type A { a: Int }"), "the schema cannot be read: Query root type must be provided."),
        (api("type Query { a: Missing }"), "the schema cannot be read: Unknown type 'Missing'."),
        (api({"Ref": "Text"}), "the schema Schema is no text in the template: give it as schema="),
        (
            api("type Query { a: Int }", AuthenticationType={"Ref": "Mode"}),
            "the modes of authorization of Api are known only when it is deployed",
        ),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(template: dict[str, Any], message: str) -> None:
    with pytest.raises(GraphqlAccessError) as raised:
        GraphqlAccess.of(template)
    assert str(raised.value) == message


def test_two_resolvers_of_one_field_are_refused() -> None:
    template = api("type Query { a: Int }", resolvers={"Query.a": PASS})
    template["Resources"]["Other"] = template["Resources"]["Querya"]
    with pytest.raises(GraphqlAccessError, match="two resolvers, Querya and Other: one is allowed"):
        GraphqlAccess.of(template)


def test_the_schema_may_be_given_where_the_template_has_it_not() -> None:
    access = GraphqlAccess.of(api({"Ref": "Text"}), schema="type Query { a: Int }")
    assert access.fields == ("Query.a",)
    with pytest.raises(GraphqlAccessError, match=r"^Query has no field b: it has a$"):
        access.may(USER, "Query.b")


def test_the_fixture_takes_what_the_others_take(graphql_access: Callable[..., GraphqlAccess]) -> None:
    assert graphql_access(api("type Query { a: Int }")).fields == ("Query.a",)
    with pytest.raises(FixtureError, match="graphql_access has no argument apis: did you mean api"):
        graphql_access(api("type Query { a: Int }"), apis="Api")
    with pytest.raises(TemplateError):
        graphql_access({"Resources": 1})


DIRECTIVES = st.sampled_from(
    ["", "@aws_iam", "@aws_api_key", "@aws_cognito_user_pools", *(
        f'@{name}(cognito_groups: ["{group}"])' for name in ("aws_auth", "aws_cognito_user_pools") for group in "xy"
    )]
)  # fmt: skip
MODES = st.lists(st.sampled_from([USERS, IAM, KEY]), min_size=1, max_size=3, unique=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(DIRECTIVES, min_size=5, max_size=5), MODES, st.sampled_from(["ALLOW", "DENY"]))
def test_whatever_a_schema_says_what_is_reached_is_let_in_on_each_step(
    given_: list[str], modes: list[str], action: str
) -> None:
    one, two, three, four, five = given_
    on_type = "" if "aws_auth" in one else one
    schema = f"""
    type A {on_type} {{ a: Int {two} b: A {three} }}
    type Query {{ a: A {four} b: [A] {five} }}
    """
    access = GraphqlAccess.of(api(schema, *modes, action=action))
    for caller in access.callers:
        reached = access.reached(caller)
        for where, found in reached.items():
            steps = [access.may(caller, step).may for step in found.path]
            assert May.DENIED not in steps
            assert (found.may is May.UNKNOWN) == (May.UNKNOWN in steps)
            assert found.path[-1] == where
        if caller.mode == KEY:
            # A key is let in by its own directive, or where it is the default.
            assert modes[0] == KEY or all("@aws_api_key" in schema for _ in reached)
    assert isinstance(access.problems, list)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='{}()[]@!:type Query Int a"\n#', max_size=60))
def test_whatever_text_is_given_is_a_schema_or_refused_in_one_line(text: str) -> None:
    try:
        GraphqlAccess.of(api(text))
    except GraphqlAccessError as error:
        assert "\n" not in str(error)  # noqa: PT017
