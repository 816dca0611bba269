"""Functions of Amazon CloudFront of anybody's template, run as at the edge."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patternkit.templates import TemplateError
from patternkit.testing.cache_keys import Caches, Request, Sharing
from patternkit.testing.edge_functions import EdgeFunctionError, EdgeFunctions, Response

REQUEST, RESPONSE = "viewer-request", "viewer-response"
AT = {"Fn::GetAtt": ["F", "FunctionARN"]}


def template(code: Any, *events: str, store: bool = True, **properties: Any) -> dict[str, Any]:
    associations = [{"EventType": one, "FunctionARN": AT} for one in events or (REQUEST,)]
    stores = [{"KeyValueStoreARN": {"Fn::GetAtt": ["K", "Arn"]}}] if store else []
    function = {
        "FunctionCode": code,
        "AutoPublish": True,
        "FunctionConfig": {"Runtime": "cloudfront-js-2.0", "KeyValueStoreAssociations": stores},
        **properties,
    }
    config = {
        "Origins": [{"Id": "one"}, {"Id": "two"}],
        "DefaultCacheBehavior": {
            "TargetOriginId": "one",
            "FunctionAssociations": associations,
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        },
        "CacheBehaviors": [{"PathPattern": "/plain/*", "TargetOriginId": "two"}],
    }
    return {
        "Resources": {
            "F": {"Type": "AWS::CloudFront::Function", "Properties": function},
            "D": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": config}},
        }
    }


def edge(body: str, *events: str, **more: Any) -> EdgeFunctions:
    code = f"import cf from 'cloudfront';\nasync function handler(event) {{\n{body}\n}}"
    return EdgeFunctions.of(template(code, *events), **more)


def test_a_request_is_rewritten_answered_and_passed() -> None:
    rewritten = edge("event.request.uri = '/x' + event.request.uri; return event.request;").viewer_request("/a?b=1&b=2")
    assert rewritten.request is not None
    assert (rewritten.request.path, rewritten.request.query, rewritten.origin) == ("/x/a", {"b": ("1", "2")}, "one")
    body = """
      const cookies = { a: { value: 'b', attributes: 'Secure' } };
      return { statusCode: 302, headers: { location: { value: '/in' } }, cookies: cookies };
    """
    answered = edge(body).viewer_request("/")
    assert answered.response == Response(302, {"location": "/in"}, {"a": "b; Secure"})
    passed = edge("return event.request;").viewer_request("/plain/a")
    assert passed.origin == "two", "that behavior has no function"


def test_a_response_is_changed_unless_it_is_an_error() -> None:
    adds = edge("event.response.headers['x-a'] = { value: 'b' }; return event.response;", RESPONSE)
    found = adds.viewer_response("/", Response(200, {"etag": "1"}, {"kept": "yes; Path=/"}, "text")).response
    assert found == Response(200, {"etag": "1", "x-a": "b"}, {"kept": "yes; Path=/"}, "text")
    assert adds.viewer_response("/", Response(404)).response == Response(404)


def test_the_store_is_read_in_each_format() -> None:
    body = """
      const kv = cf.kvs();
      const json = await kv.get('j', { format: 'json' });
      const bytes = await kv.get('a', { format: 'bytes' });
      const there = [await kv.exists('a'), await kv.exists('z'), await kv.count()];
      const found = [await kv.get('a'), json.x, bytes.length].concat(there);
      let missing = '';
      try { await kv.get('z'); } catch (error) { missing = error.message; }
      return { statusCode: 200, body: JSON.stringify([found, missing]) };
    """
    found = edge(body, store={"a": "one", "j": '{"x": 7}'}).viewer_request("/").response
    assert found is not None
    assert found.body == '[["one",7,3,true,false,2],"KeyNotFound: z"]'


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("setTimeout(() => 1, 1); return event.request;", "setTimeout is not defined"),
        ("fetch('https://example.com'); return event.request;", "fetch is not defined"),
        ("return process.env;", "process is not defined"),
        ("eval('1'); return event.request;", "eval is not defined"),
        ("new Function('return 1')(); return event.request;", "Code generation from strings disallowed"),
        ("new Map(); return event.request;", "Map is not defined"),
        ("[1].flatMap((x) => x); return event.request;", "flatMap is not a function"),
        ("Object.fromEntries([]); return event.request;", "fromEntries is not a function"),
        ("require('fs'); return event.request;", "there is no module fs at the edge"),
        ("require('crypto').createHash('sha512'); return event.request;", "crypto has no sha512 at the edge"),
        ("cf.selectRequestOriginById('three'); return event.request;", "the distribution has no origin three"),
        ("while (true) {}", "timed out"),
        ("throw new Error('own words');", "own words"),
        ("return null;", "must return a request or a response"),
        ("event.request.method = 'POST'; return event.request;", "must not change the request's method"),
        ("event.request.uri = 'x'; return event.request;", "uri must begin with /"),
        ("event.request.headers['X-A'] = { value: '1' }; return event.request;", "must be lower case, got X-A"),
        ("event.request.headers['x-a'] = '1'; return event.request;", "objects with a text as value"),
        ("event.request.headers['x-a'] = { value: 1 }; return event.request;", "objects with a text as value"),
        ("event.request.headers.host = { value: 'other' }; return event.request;", "must not change the header host"),
        ("event.request.headers['x-edge-a'] = { value: 'b' }; return event.request;", "the header x-edge-a"),
        ("return { statusCode: '200' };", "statusCode must be a whole number"),
    ],
)
def test_what_the_edge_does_not_have_or_take_fails(body: str, why: str) -> None:
    with pytest.raises(EdgeFunctionError) as failed:
        edge(body).viewer_request("/")
    assert why in str(failed.value)
    assert "\n" not in str(failed.value)


def test_a_function_without_a_store_cannot_read_one() -> None:
    code = "import cf from 'cloudfront';\nfunction handler(event) { cf.kvs(); return event.request; }"
    with pytest.raises(EdgeFunctionError, match="no key value store is associated with the function"):
        EdgeFunctions.of(template(code, store=False)).viewer_request("/")


def test_origins_are_chosen_before_the_cache_and_never_after() -> None:
    one = edge("cf.selectRequestOriginById('two'); return event.request;", REQUEST, RESPONSE)
    assert one.viewer_request("/").origin == "two"
    with pytest.raises(EdgeFunctionError, match="selectRequestOriginById is for viewer requests only"):
        one.viewer_response("/")
    changed = edge("cf.updateRequestOrigin({ domainName: 'x.example.com' }); return event.request;").viewer_request("/")
    assert (changed.origin, changed.selected) == (None, {"update": {"domainName": "x.example.com"}})


def test_nothing_is_kept_from_one_request_to_the_next_and_time_stands_still() -> None:
    code = """let seen = 0;
    function handler(event) {
      seen = seen + 1;
      const began = Date.now();
      for (let at = 0; at < 3000000; at++) { seen = seen + 0; }
      return { statusCode: 200, body: JSON.stringify([seen, Date.now() - began, new Date().getTime() - began]) };
    }"""
    one = EdgeFunctions.of(template(code))
    for _ in range(2):
        found = one.viewer_request("/").response
        assert found is not None
        assert found.body == "[1,0,0]"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("for (const a of [1]) {}", "line 3: for ... of is not in this runtime"),
        ("class A {}", "line 3: a class is not in this runtime"),
        ("const { a } = event;", "line 3: destructuring is not in this runtime"),
        ("const a = [...[1]];", "line 3: spread syntax is not in this runtime"),
        ("const a = event?.b;", "line 3: optional chaining is not in this runtime"),
        ("const a = event.b ?? 1;", "line 3: the operator ?? is not in this runtime"),
        ("const a = async () => 1;", "line 3: an async function within another is not in this runtime"),
        ("function* a() {}", "line 3: a generator is not in this runtime"),
        ("function a(b = 1) {}", "line 3: a default value of a parameter is not in this runtime"),
        ("const = 1;", "line 3: what is no JavaScript is not in this runtime"),
    ],
)
def test_syntax_that_the_runtime_lacks_is_named_with_its_line(body: str, problem: str) -> None:
    assert f"F, {problem}" in edge(f"{body}\nreturn event.request;").problems


def test_what_the_runtime_documents_is_no_problem() -> None:
    body = """
      const text = `a${event.request.uri}b`;
      const add = (first, ...rest) => rest.reduce((sum, one) => sum + one, first);
      let found = 2 ** 3;
      for (let at = 0; at < 3; at++) { if (at === 1) { continue; } found += add(1, 2, at); }
      for (const name in event.request.headers) { found = found + 1; }
      do { found--; } while (found > 100);
      switch (text) { case 'a': break; default: }
      try { JSON.parse('{'); } catch (error) { found = /(?<year>\\d+)/.test('2026') ? found : 0; }
      return event.request;
    """
    one = edge(body)
    assert one.problems == []
    assert one.viewer_request("/").origin == "one"


def test_size_stage_runtime_and_two_functions_for_one_event_are_problems() -> None:
    code = "function handler(event) { return event.request; }"
    assert EdgeFunctions.of(template(code + " " * (10 * 1024 - len(code)))).problems == []
    assert EdgeFunctions.of(template(code + " " * (10 * 1024 - len(code) + 1))).problems == [
        "F has 10241 bytes of code, CloudFront takes 10240"
    ]
    assert (
        "F is not published: a behavior cannot be associated with it"
        in EdgeFunctions.of(template(code, AutoPublish=False)).problems
    )
    twice = EdgeFunctions.of(template(code, REQUEST, REQUEST))
    assert twice.problems == ["D default behavior has more than one function for viewer-request"]
    older = EdgeFunctions.of(template(code, FunctionConfig={"Runtime": "cloudfront-js-1.0"}))
    assert older.problems == ["F runs in cloudfront-js-1.0, not in cloudfront-js-2.0"]
    with pytest.raises(EdgeFunctionError, match=r"F runs in cloudfront-js-1.0: only cloudfront-js-2.0 can be run here"):
        older.viewer_request("/")


def test_what_is_not_known_is_refused_in_one_line() -> None:
    with pytest.raises(EdgeFunctionError, match="the code of F is known only when it is deployed"):
        EdgeFunctions.of(template({"Fn::Sub": "${X}"})).viewer_request("/")
    with pytest.raises(EdgeFunctionError, match="the template has no AWS::CloudFront::Function"):
        EdgeFunctions.of({"Resources": {}})
    with pytest.raises(EdgeFunctionError, match="a key has at most 512 bytes and a value 1024, got 1 and 1025 for 'a'"):
        edge("return event.request;", store={"a": "x" * 1025})
    with pytest.raises(EdgeFunctionError, match="there is no function G: there are F"):
        edge("return event.request;")["G"]
    with pytest.raises(EdgeFunctionError, match="say which distribution is meant: there are D"):
        edge("return event.request;").viewer_request("/", distribution="E")


def test_a_rewritten_path_is_the_key() -> None:
    made = template("function handler(event) { event.request.uri = '/same'; return event.request; }", store=False)
    caches = Caches.of(made, functions=EdgeFunctions.of(made).for_cache_keys())
    assert caches.share("/a", "/b").sharing is Sharing.MAY_SHARE


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    path=st.text(min_size=1, max_size=20).map(lambda text: "/" + text.replace("?", "").replace("#", "")),
    cookies=st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=20), max_size=4),
    headers=st.dictionaries(st.from_regex(r"x-a[a-z]{0,6}", fullmatch=True), st.text(max_size=20), max_size=4),
)
def test_whatever_is_sent_passes_a_function_that_changes_nothing(
    path: str, cookies: dict[str, str], headers: dict[str, str]
) -> None:
    asked = Request(path, headers=headers, cookies=cookies)
    assert edge("return event.request;").viewer_request(asked).request == asked


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=14), inner, max_size=4),
        max_leaves=12,
    )
)
def test_no_template_brings_it_down(value: Any) -> None:
    function = {"Type": "AWS::CloudFront::Function", "Properties": value}
    for made in ({"Resources": {"F": function}}, {"Resources": {"F": value}}, value):
        try:
            found = EdgeFunctions.of(made)
            assert isinstance(found.problems, list)
            found.viewer_request("/")
        except (EdgeFunctionError, TemplateError):
            pass


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.sampled_from("function handler(event){return;}'\"`\\\n[]=>.,x1"), max_size=60))
def test_no_program_brings_it_down(code: str) -> None:
    found = EdgeFunctions.of(template(code))
    assert isinstance(found.problems, list)
    said = ""
    try:
        found.viewer_request("/")
    except EdgeFunctionError as failed:
        said = str(failed)
    assert "\n" not in said
