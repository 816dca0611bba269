"""What a signature declares is checked before jsii sees a value, in one line and in the argument's own name."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

import aws_cdk as cdk
import pytest
from annotated_types import Ge, Gt, Interval, Len, Lt, MultipleOf, Predicate, Unit
from aws_cdk import CfnParameter, Duration, Fn, Size, Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.bounds import (
    Bounds,
    Known,
    Matches,
    Passes,
    PassesIn,
    Repeats,
    allowed,
    bounds,
    gibibytes,
    kibibytes,
    mebibytes,
)
from patterns.building_blocks.signature import check, checked, declared, is_checked

PORT = Annotated[int, Interval(ge=1, le=65535)]
TIMEOUT = Annotated[Duration, Interval(ge=timedelta(seconds=1), le=timedelta(minutes=15))]
WINDOW = Annotated[Duration, Interval(ge=timedelta(minutes=1), le=timedelta(days=1)), MultipleOf(timedelta(minutes=1))]
DAYS = Annotated[Duration, Interval(le=timedelta(days=365)), MultipleOf(timedelta(days=1))]
MEMORY = Annotated[Size, Interval(ge=mebibytes(128), le=mebibytes(10_240)), MultipleOf(mebibytes(1))]
LARGEST = Annotated[Size, Interval(ge=mebibytes(1), le=gibibytes(1))]
NAME = Annotated[str, Matches(r"[A-Z][a-z]*", "a capital and small letters")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    name: NAME
    asn: Annotated[int, Interval(ge=1, le=4_294_967_294)] = 65000


def refuse_odd(argument: str, value: int) -> None:
    if value % 2:
        raise ValueError(f"{argument} must be even, got {value}")


@pytest.mark.parametrize(
    ("hint", "value", "said"),
    [
        (PORT, 0, "must be between 1 and 65535, got 0"),
        (PORT, 65536, "must be between 1 and 65535, got 65536"),
        (PORT, 10**30, f"must be between 1 and 65535, got {10**30}"),
        (PORT, "80", "must be a whole number, got '80'"),
        (PORT, True, "must be a whole number, got True"),
        (PORT, 80.5, "must be a whole number, got 80.5"),
        (PORT, math.nan, "must be a whole number, got nan"),
        (PORT, None, "must be a whole number, got None"),
        (PORT | None, "80", "must be a whole number, got '80'"),
        (PORT | None, 0, "must be between 1 and 65535, got 0"),
        (Annotated[int, Ge(1), Unit("tasks")], 0, "must be at least 1 task, got 0"),
        (Annotated[int, MultipleOf(4)], 6, "must be multiples of 4, got 6"),
        (Annotated[float, Gt(0), Lt(1)], 1.0, "must be more than 0 and less than 1, got 1.0"),
        (float, math.inf, "must be a number, got inf"),
        (float, False, "must be a number, got False"),
        (bool, "yes", "must be True or False, got 'yes'"),
        (bool, 1, "must be True or False, got 1"),
        (str, 5, "must be a string, got 5"),
        (str, b"x", "must be a string, got b'x'"),
        (NAME, "a\nb", "must be a capital and small letters, got 'a\\nb'"),
        (Annotated[str, Len(1, 3)], "abcd", "must have 1 to 3 characters, got 4"),
        (Literal["bgp", "static"], "rip", "must be one of bgp, static, got 'rip'"),
        (Literal["bgp", "static"], 1, "must be one of bgp, static, got 1"),
        (Literal[1, 2] | None, True, "must be one of 1, 2, got True"),
        (TIMEOUT, Duration.minutes(16), "must be between 1 second and 15 minutes, got 16 minutes"),
        (TIMEOUT, Duration.millis(1500), "must be whole seconds, got 1500 ms"),
        (TIMEOUT, Duration.days(10**9), "must be between 1 second and 15 minutes, got 1000000000 days"),
        (TIMEOUT, 30, "must be a Duration, got 30"),
        (TIMEOUT | None, timedelta(seconds=30), "must be a Duration, got a timedelta"),
        (WINDOW, Duration.seconds(90), "must be whole minutes, got 1 minute 30 seconds"),
        (MEMORY, Size.mebibytes(64), "must be between 128 and 10240 MiB, got 64"),
        (MEMORY, Size.kibibytes(131_073), "must be whole MiB, got 131073 KiB"),
        (LARGEST, Size.gibibytes(2), "must be between 1 MiB and 1 GiB, got 2 GiB"),
        (LARGEST, Size.bytes(1), "must be between 1 MiB and 1 GiB, got 1 byte"),
        (LARGEST, 512, "must be a Size, got 512"),
        (kms.IKey, "arn:aws:kms", "must be an IKey, got 'arn:aws:kms'"),
        (kms.IKey | None, Duration.days(1), "must be an IKey, got 1 day"),
        (logs.RetentionDays, 7, "must be a RetentionDays, got 7"),
        (Sequence[str], "a,b", "must be a list, got 'a,b'"),
        (Sequence[str], ["a", 5], "must be a string, got 5"),
        (Sequence[PORT], [80, 0], "must be between 1 and 65535, got 0"),
        (Annotated[Sequence[PORT], Len(1, 2)], [], "must hold 1 or 2, got none"),
        (Annotated[Sequence[PORT], Len(1, 2), Unit("ports")], [1, 2, 3], "must hold 1 or 2 ports, got 3"),
        (Annotated[Sequence[PORT], Len(2, 2)], [1], "must hold exactly 2, got 1"),
        (Mapping[str, str], ["a"], "must be a mapping, got ['a']"),
        (Mapping[str, str], {"A": 5}, "[A] must be a string, got 5"),
        (Mapping[str, str], {5: "a"}, "must be a string, got 5"),
        (Sequence[Site], [Site(name="Mail", asn=0)], "[Mail]: asn must be between 1 and 4294967294, got 0"),
        (Sequence[Site], [Site(name=5)], "[5]: name must be a string, got 5"),  # type: ignore[arg-type]
        (Sequence[Site], [{"name": "Mail"}], "[0] must be a Site, got {'name': 'Mail'}"),
        (Site, Site(name="mail"), ": name must be a capital and small letters, got 'mail'"),
        (Callable[[], int], 5, "must be something to call, got 5"),
        (PORT | Duration, "x", "must be a whole number or a Duration, got 'x'"),
        (PORT | Duration, 0, "must be between 1 and 65535, got 0"),
        (Annotated[int, Passes(refuse_odd, "even")], 3, "must be even, got 3"),
    ],
)  # fmt: skip
def test_what_is_not_allowed_is_refused_in_one_line(hint: Any, value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=r"^argument") as refusal:
        check("argument", value, hint)
    message = str(refusal.value)
    assert message.removeprefix("argument").strip() == said
    assert message.isprintable()
    assert len(message) < 250


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (PORT, 1), (PORT, 65535), (PORT | None, None), (float, 1), (float, 0.5), (Any, object()), (bool, False),
        (Literal["bgp"] | None, None), (TIMEOUT, Duration.seconds(1)), (TIMEOUT, Duration.minutes(15)),
        (MEMORY, Size.mebibytes(128)), (MEMORY, Size.gibibytes(10)), (Sequence[str], ("a", "b")), (Sequence[str], []),
        (Mapping[str, Any], {"a": {1}}), (logs.RetentionDays, logs.RetentionDays.ONE_DAY), (NAME, "Mail"),
        (Sequence[Site], [Site(name="Mail")]), (Callable[[], int], int),
        (Annotated[int, Passes(refuse_odd, "even")], 4),
    ],
)  # fmt: skip
def test_what_is_allowed_passes(hint: Any, value: Any) -> None:
    check("argument", value, hint)


def test_tokens_pass_where_a_value_need_not_be_known(scope: cdk.Stack) -> None:
    number = CfnParameter(scope, "Number", type="Number").value_as_number
    text = CfnParameter(scope, "Text").value_as_string
    for hint, value in (
        (PORT, number),
        (Annotated[float, Gt(0)], number),
        (NAME, text),
        (NAME, f"Mail-{text}"),
        (TIMEOUT, Duration.seconds(number)),
        (WINDOW, Duration.minutes(number)),
        (MEMORY, Size.mebibytes(number)),
        (Annotated[Sequence[NAME], Len(2, 4)], Fn.split(",", text)),
        (Sequence[NAME], [text]),
    ):
        check("argument", value, hint)


def test_a_token_stands_for_a_list_of_texts_alone(scope: cdk.Stack) -> None:
    token = Fn.split(",", CfnParameter(scope, "List").value_as_string)
    check("names", token, Sequence[str | int])
    for hint, wanted in (
        (Sequence[Literal["a", "b"]], "one of a, b"),
        (Sequence[kms.IKey], "an IKey"),
        (Sequence[Site], "a Site"),
        (Sequence[int], "a whole number"),
    ):
        with pytest.raises(ValueError, match=rf"^keys(\[0\])? must be {wanted}, got '#\{{Token"):
            check("keys", token, hint)


def test_a_token_counts_in_the_unit_that_aws_counts_in(scope: cdk.Stack) -> None:
    number = CfnParameter(scope, "Number", type="Number").value_as_number
    for hint, value, form in (
        (TIMEOUT, Duration.minutes(number), "Duration.seconds"),
        (WINDOW, Duration.seconds(number), "Duration.minutes"),
        (MEMORY, Size.gibibytes(number), "Size.mebibytes"),
        (LARGEST, Size.mebibytes(number), "Size.bytes"),
        (DAYS, Duration.minutes(number), "Duration.days"),
    ):
        with pytest.raises(ValueError, match=f"^argument must be given as {form} where its value is a token$"):
            check("argument", value, hint)


def test_a_token_is_refused_where_the_template_depends_on_the_value(scope: cdk.Stack) -> None:
    number = CfnParameter(scope, "Number", type="Number").value_as_number
    message = "^argument must be known when the template is made, got a token: the number of stacks depends on it$"
    for hint, value in ((int, number), (Duration, Duration.seconds(number)), (str, Token.as_string({"Ref": "A"}))):
        with pytest.raises(ValueError, match=message):
            check("argument", value, Annotated[hint, Known("the number of stacks")])
        with pytest.raises(ValueError, match=message):
            check("argument", value, Annotated[hint, Known("the number of stacks")] | None)


def test_a_token_is_none_of_a_few_values_that_are_told_apart(scope: cdk.Stack) -> None:
    text = CfnParameter(scope, "Text").value_as_string
    with pytest.raises(ValueError, match=r"^routing must be one of bgp, static, got '\$\{Token"):
        check("routing", text, Literal["bgp", "static"] | None)


def test_a_token_for_all_of_a_list_is_refused_where_each_must_be_known(scope: cdk.Stack) -> None:
    token = CfnParameter(scope, "List", type="CommaDelimitedList").value_as_list
    with pytest.raises(ValueError, match=r"^names must be known when the template is made, got a token: the ids"):
        check("names", token, Annotated[Sequence[Annotated[str, Known("the ids")]], Len(1, 2)])


def test_a_part_of_a_token_for_a_list_is_no_text(scope: cdk.Stack) -> None:
    token = CfnParameter(scope, "List", type="CommaDelimitedList").value_as_list
    for hint, value in ((str, token[0]), (Sequence[str], [*token, "more"]), (Mapping[str, str], {"A": token[0]})):
        with pytest.raises(ValueError, match=r"^argument.* must be a string, got a part of a list's token: take it by"):
            check("argument", value, hint)


def test_a_key_that_only_a_deployment_knows_is_refused_but_in_json(scope: cdk.Stack) -> None:
    text = CfnParameter(scope, "Text").value_as_string
    check("payload", {text: 1}, Mapping[str, Any])
    with pytest.raises(ValueError, match=r"^names must have keys that are known"):
        check("names", {f"a-{text}": "b"}, Mapping[str, str])


def test_a_number_that_looks_like_a_token_is_a_number() -> None:
    with pytest.raises(ValueError, match=r"^port must be a whole number, got -1\.888"):
        check("port", -1.8881545897087503e289, PORT)
    with pytest.raises(ValueError, match=r"^rate must be between 1 and 5, got -1\.888"):
        check("rate", -1.8881545897087503e289, Annotated[float, Interval(ge=1, le=5)])


def test_what_goes_by_others_is_checked_once_these_are_of_their_types() -> None:
    named = Annotated[Mapping[str, str], Passes(lambda _, value: [one.upper() for one in value], "names")]
    listed = Annotated[Sequence[str], Passes(lambda _, value: [one.upper() for one in value], "names")]
    for hint, value in ((named, {None: "a"}), (named, {5: "a"}), (listed, ["a", None])):
        with pytest.raises(ValueError, match=r"^argument must be a string, got "):
            check("argument", value, hint)


def test_a_resource_is_known_by_what_it_offers(scope: cdk.Stack) -> None:
    made = kms.Key(scope, "Key")
    for key in (made, kms.Key.from_key_arn(scope, "Existing", "arn:aws:kms:eu-west-1:111122223333:key/own")):
        check("encryption_key", key, kms.IKey | None)
    with pytest.raises(ValueError, match=r"^encryption_key must be an IKey, got a Bucket$"):
        check("encryption_key", s3.Bucket(scope, "Bucket"), kms.IKey | None)


def test_an_imported_resource_of_another_kind_is_refused(scope: cdk.Stack) -> None:
    """An imported key answers as several interfaces at once, of which none is that of a topic."""
    key = kms.Key.from_key_arn(scope, "Existing", "arn:aws:kms:eu-west-1:111122223333:key/own")
    with pytest.raises(ValueError, match=r"^alarm_topic must be an ITopic, got an IKey$"):
        check("alarm_topic", key, sns.ITopic | None)


def test_a_constructor_is_checked_before_anything_is_made(scope: cdk.Stack) -> None:
    class Listener(Construct):
        @checked
        def __init__(self, scope: Construct, construct_id: str, *, port: PORT = 80, site: Site | None = None) -> None:
            super().__init__(scope, construct_id)
            self.port, self.site = port, site

    assert Listener(scope, "Right", port=8080).port == 8080
    for given, said in (
        ({"port": 0}, "port must be between 1 and 65535, got 0"),
        ({"site": Site(name="Mail", asn=-1)}, "site: asn must be between 1 and 4294967294, got -1"),
    ):
        with pytest.raises(ValueError, match=f"^{said}$"):
            Listener(scope, "Wrong", **given)
    with pytest.raises(ValueError, match=r"^scope must be a Construct, got 'here'$"):
        Listener("here", "Wrong")  # type: ignore[arg-type]
    assert scope.node.try_find_child("Wrong") is None


def test_what_cannot_be_checked_is_a_mistake_of_the_signature() -> None:
    with pytest.raises(TypeError, match="is no bound"):
        check("argument", 1, Annotated[int, Predicate(bool)])
    with pytest.raises(TypeError, match="is no bound"):
        check("argument", 1, Annotated[int, "1 to 10"])


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        (PORT, "1 to 65535"),
        (TIMEOUT, "1 second to 15 minutes"),
        (WINDOW, "1 minute to 1 day, whole minutes"),
        (MEMORY, "128 to 10240 MiB"),
        (LARGEST, "1 MiB to 1 GiB"),
        (NAME, "a capital and small letters"),
        (Annotated[int, Interval(ge=1, le=10), Unit("tasks")], "1 to 10 tasks"),
        (Annotated[int, Interval(ge=2)], "at least 2"),
        (Annotated[int, Interval(gt=2)], "more than 2"),
        (Annotated[int, Interval(le=5)], "at most 5"),
        (Annotated[int, Interval(lt=5)], "less than 5"),
        (Annotated[int, Interval(ge=1, le=2)], "1 or 2"),
        (Annotated[int, Interval(gt=0, le=5)], "more than 0 and at most 5"),
        (Annotated[int, Interval(ge=0, lt=5)], "at least 0 and less than 5"),
        (Annotated[float, Gt(0), Lt(1)], "more than 0 and less than 1"),
        (Annotated[Sequence[str], Len(1, 10)], "1 to 10 of them"),
        (Annotated[Sequence[str], Len(1), Unit("sites")], "at least 1 site"),
        (Annotated[str, Len(1, 64), Unit("characters")], "1 to 64 characters"),
        (Annotated[int, Passes(refuse_odd, "even numbers")], "even numbers"),
        (Annotated[int, Known("the number of stacks")], ""),
    ],
)
def test_a_page_says_what_is_allowed(hint: Any, said: str) -> None:
    assert allowed(bounds(hint.__metadata__)) == said


def test_nothing_beside_a_type_is_no_bound() -> None:
    assert bounds(()) == Bounds()
    assert allowed(Bounds()) == ""


@checked
def strange(*, name: str = "", names: Sequence[str] = (), by_name: Mapping[str, str] | None = None) -> None:
    raise ValueError(f"names must differ, got {', '.join(names)}{name}{by_name}")


@pytest.mark.parametrize(
    ("given", "argument"),
    [
        ({"name": "a\ud800"}, "name"),
        ({"names": ["a", "\udfff"]}, "names"),
        ({"by_name": {"\ud800": "a"}}, "by_name"),
        ({"by_name": {"a": "\ud800"}}, r"by_name\[a\]"),
    ],
)
def test_half_a_character_is_refused_wherever_text_is_taken(given: dict[str, Any], argument: str) -> None:
    with pytest.raises(ValueError, match=rf"^{argument} must be text of whole characters, got '[ -~]+'$"):
        strange(**given)


@pytest.mark.parametrize(
    ("hint", "value", "said"),
    [
        (Sequence[str], ["a", "b", "a"], "a"),
        (Sequence[PORT], [1, 2, 2], "2"),
        (Sequence[Mapping[str, Any]], [{"a": 1}, {"a": 1}], "{'a': 1}"),
        (Sequence[ec2.InstanceType], [ec2.InstanceType("m7g.large"), ec2.InstanceType("m7g.large")], "m7g.large"),
    ],
)
def test_what_comes_twice_is_refused(hint: Any, value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=rf"^{re.escape(f'argument must differ, got {said} twice')}$"):
        check("argument", value, hint)


def test_where_a_list_may_repeat_a_value_it_says_so() -> None:
    words = ["CMD", "test", "-f", "/a", "-a", "-f", "/b"]
    check("words", words, Annotated[Sequence[str], Repeats()])
    with pytest.raises(ValueError, match=r"^words must differ, got -f twice$"):
        check("words", words, Sequence[str])


def test_a_resource_that_comes_twice_is_refused(scope: cdk.Stack) -> None:
    key = kms.Key(scope, "Key")
    existing = kms.Key.from_key_arn(scope, "Existing", "arn:aws:kms:eu-west-1:111122223333:key/own")
    check("keys", [key, existing], Sequence[kms.IKey])
    for one in (key, existing):
        with pytest.raises(ValueError, match=rf"^keys must differ, got {one.node.path} twice$"):
            check("keys", [one, one], Sequence[kms.IKey])


def test_what_has_a_name_of_its_own_may_be_alike_otherwise() -> None:
    check("sites", [Site(name="Mail"), Site(name="Mail")], Sequence[Site])


def test_a_null_character_is_refused_wherever_text_is_taken() -> None:
    for hint, value in ((str, "a\0b"), (Sequence[str], ["a\0"]), (Mapping[str, str], {"A": "\0"})):
        with pytest.raises(ValueError, match=r"^argument.* must be text without a null character, got '[ -~]+'$"):
            check("argument", value, hint)


@pytest.mark.parametrize("name", ["a\nb", "a\x1fb", "a\u2028b"])
def test_what_a_constructor_says_itself_is_one_line_too(name: str) -> None:
    with pytest.raises(ValueError, match=r"^names must differ, got a") as refusal:
        strange(names=[name])
    assert str(refusal.value) == f"names must differ, got {ascii(name)[1:-1]}None"


def test_what_is_too_long_to_be_shown_is_cut() -> None:
    with pytest.raises(ValueError, match=r"^names must differ, got x+\.\.\.$") as refusal:
        strange(names=["x" * 5000])
    assert len(str(refusal.value)) == 1000


@pytest.mark.parametrize(
    ("hint", "value", "said"),
    [
        (Annotated[float, Gt(0)], 0, "must be more than 0, got 0"),
        (Annotated[float, Lt(1)], 1, "must be less than 1, got 1"),
        (Annotated[int, Ge(1)], 0, "must be at least 1, got 0"),
        (Annotated[int, Interval(le=5)], 6, "must be at most 5, got 6"),
        (str, 10**120, f"must be a string, got {str(10**120)[:97]}..."),
        (int, "x" * 98, f"must be a whole number, got '{'x' * 98}'"),
        (int, "x" * 99, f"must be a whole number, got '{'x' * 96}..."),
        (int, "\x1f", "must be a whole number, got '\\x1f'"),
        (int, "\u00e4\x1f", "must be a whole number, got '\u00e4\\x1f'"),
        (int, "\u00e4", "must be a whole number, got '\u00e4'"),
        (int, ec2.InstanceType("m7g.large"), "must be a whole number, got an InstanceType"),
        (int, {1: 2}, "must be a whole number, got {1: 2}"),
        (int, {1}, "must be a whole number, got {1}"),
        (int, (1, 2), "must be a whole number, got (1, 2)"),
        (int | str, None, "must be a whole number or a string, got None"),
        (int | int | None, "a", "must be a whole number, got 'a'"),
        (Annotated[int | str, Ge(3)], 2, "must be at least 3, got 2"),
        (Annotated[Mapping[str, str], Len(1)], {}, "must hold at least 1, got none"),
        (Annotated[Mapping[str, str], Len(0, 1)], {"a": "b", "c": "d"}, "must hold at most 1, got 2"),
        (Annotated[str, Len(2)], "a", "must have at least 2 characters, got 1"),
        (Annotated[str, Len(1)], "", "must have at least 1 character, got none"),
        (Annotated[str, Len(0, 1), Unit("letters")], "ab", "must have at most 1 letter, got 2"),
        (Annotated[str, Len(2, 2), Matches("a+", "only a")], "ab", "must be only a, got 'ab'"),
        (Annotated[str, Matches("a+", "only a"), Matches(".{2}", "two")], "a", "must be two, got 'a'"),
        (NAME, "\u0391a", "must be a capital and small letters, got '\u0391a'"),
        (Annotated[Duration, Gt(timedelta(0))], Duration.seconds(0), "must be more than 0 seconds, got 0 seconds"),
        (Annotated[Size, Interval(ge=kibibytes(1))], Size.bytes(1023), "must be at least 1 KiB, got 1023 bytes"),
        (Mapping[str, PORT], {"a\nb": 0}, "['a\\nb'] must be between 1 and 65535, got 0"),
        (Mapping[str, Sequence[PORT]], {"a": [0]}, "[a] must be between 1 and 65535, got 0"),
    ],
)  # fmt: skip
def test_what_was_given_is_shown_as_it_was(hint: Any, value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=r"^argument") as refusal:
        check("argument", value, hint)
    assert str(refusal.value).removeprefix("argument").strip() == said


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (Annotated[float, Gt(0)], 0.001),
        (Annotated[float, Lt(1)], 0.999),
        (Annotated[float, Interval(gt=0, lt=1)], 0.5),
        (Annotated[int, MultipleOf(4)], 8),
        (Annotated[str, Len(1, 3)], "abc"),
        (Annotated[Sequence[PORT], Len(1, 2)], [1, 2]),
        (Annotated[Mapping[str, str], Len(1, 1)], {"a": "b"}),
        (Literal[1, 2] | None, 2),
        (Sequence[Any], [1, "a", None]),
        (Sequence, (1, "a")),
        (Mapping[int, str], {1: "a"}),
        (Mapping, {1: 2}),
        (PORT | Duration, Duration.days(1)),
        (WINDOW, Duration.minutes(2)),
        (Annotated[int | str, Ge(3)], 3),
    ],
)
def test_more_that_is_allowed_passes(hint: Any, value: Any) -> None:
    check("argument", value, hint)


@pytest.mark.parametrize(
    ("unit", "step", "to"),
    [
        (Duration.days, timedelta(days=1), "Duration.days"),
        (Duration.hours, timedelta(hours=1), "Duration.hours"),
        (Duration.minutes, timedelta(minutes=1), "Duration.minutes"),
        (Duration.seconds, timedelta(seconds=1), "Duration.seconds"),
        (Size.bytes, None, "Size.bytes"),
        (Size.kibibytes, kibibytes(1), "Size.kibibytes"),
        (Size.mebibytes, mebibytes(1), "Size.mebibytes"),
        (Size.gibibytes, gibibytes(1), "Size.gibibytes"),
    ],
)
def test_a_token_is_given_in_the_unit_of_its_step(unit: Any, step: Any, to: str) -> None:
    number = Token.as_number({"Ref": "Number"})
    kind = Duration if "Duration" in to else Size
    least: Any = timedelta(0) if kind is Duration else mebibytes(0)
    hint = Annotated[kind, Ge(least), *([] if step is None else [MultipleOf(step)])]  # type: ignore[valid-type]
    check("argument", unit(number), hint)
    other = (Duration.millis if kind is Duration else Size.pebibytes)(number)
    with pytest.raises(ValueError, match=f"^argument must be given as {to} where its value is a token$"):
        check("argument", other, hint)
    # Where nothing bounds it, it may be given in any.
    check("argument", other, kind)


def test_what_cannot_be_checked_is_said() -> None:
    with pytest.raises(TypeError) as mistake:
        check("argument", 1, "int")
    assert str(mistake.value) == "'int' cannot be checked: say in patterns.building_blocks.signature how"


def test_an_annotation_is_taken_apart() -> None:
    assert declared(int) == (int, Bounds())
    assert declared(PORT) == (int, Bounds(low=1, high=65535))


class Place(Construct):
    """A construct that makes another one within itself."""

    @checked
    def __init__(
        self, scope: Construct, construct_id: str = "Default", *, key: kms.IKey | None = None, within: str = ""
    ) -> None:
        super().__init__(scope, construct_id)
        if within:
            Place(self, within)
        self.key = key


def refusal(*given: Any, **more: Any) -> str:
    with pytest.raises(ValueError, match=r"^key|^construct_id") as refused:
        Place(*given, **more)
    return str(refused.value)


def test_a_checked_call_is_told_apart() -> None:
    assert is_checked(Place.__init__)
    assert Place.__init__.__checked__ is True  # type: ignore[attr-defined]
    assert not is_checked(Construct.__init__)
    assert Place.__init__.__name__ == "__init__"


def test_the_place_of_a_construct_is_checked_and_not_of_what_it_makes_within_itself(scope: cdk.Stack) -> None:
    Place(scope, "Own", within="w" * 170)
    said = "construct_id must have at most 175 characters, so that its path has at most 180, got 176"
    assert refusal(scope, "w" * 176) == refusal(scope, construct_id="w" * 176) == said
    assert refusal(scope, "Own") == "construct_id must differ from those beside it, got 'Own' twice"
    Place(scope)
    assert refusal(scope) == "construct_id must differ from those beside it, got 'Default' twice"
    # And checked again afterwards, also where one failed.
    assert refusal(scope, "") == "construct_id must have at least 1 character, got none"


def test_a_resource_of_another_stage_is_refused_but_not_the_scope() -> None:
    app = cdk.App()
    here, there = (cdk.Stack(cdk.Stage(app, name), "Stack") for name in ("Here", "There"))
    key = kms.Key(there, "Key")
    said = "key must be of the same stage, stage Here, got There/Stack/Key of stage There: import it there"
    assert refusal(here, "Own", key=key) == said
    assert Place(there, "Own", key=key).key is key


def test_a_value_of_a_mapping_is_named_by_its_key_and_a_key_by_the_argument() -> None:
    with pytest.raises(ValueError, match=r"^names\[5\] must be a string, got 6$"):
        check("names", {5: 6}, Mapping[int, str])
    with pytest.raises(ValueError, match=r"^names must be a whole number, got 'a'$"):
        check("names", {"a": "b"}, Mapping[int, str])
    with pytest.raises(
        ValueError, match=r"^names must have keys that are known when the template is made, got a token$"
    ):
        check("names", {Token.as_string({"Ref": "Key"}): "b"}, Mapping[str, str])


def test_subnets_that_are_not_known_are_refused_with_what_helps(scope: cdk.Stack) -> None:
    listed = Fn.split(",", Fn.import_value("Subnets"))
    unknown = ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id="vpc-1", availability_zones=Fn.get_azs(), public_subnet_ids=listed
    )
    said = (
        "vpc must have subnets that are known at synthesis, got a list's token in Test/Vpc: import it by "
        "ec2.Vpc.from_lookup, take each subnet by Fn.select, or leave them out"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        check("vpc", unknown, ec2.IVpc)


def refuse_the_scopes_own_name(argument: str, scope: Construct, value: str) -> None:
    if value == scope.node.id:
        raise ValueError(f"{argument} must not be {value}")


class Named(Construct):
    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: Annotated[str, PassesIn(refuse_the_scopes_own_name)] = "other",
        either: Annotated[str, PassesIn(refuse_the_scopes_own_name)] | int | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.given = name, either


@pytest.mark.parametrize("argument", ["name", "either"])
def test_what_does_not_go_with_the_scope_is_refused(scope: cdk.Stack, argument: str) -> None:
    place = Construct(scope, "Place")
    for number, given in enumerate(({}, {argument: "Name"}, {"either": None}, {"either": 1})):
        Named(place, f"Taken{number}", **given)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=f"^{argument} must not be Place$"):
        Named(place, "Refused", **{argument: "Place"})
    assert place.node.try_find_child("Refused") is None
