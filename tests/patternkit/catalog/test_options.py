"""Options given as text become the arguments that a construct declares, or one clear line."""

# ruff: noqa: ARG002 - the construct here only declares

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from aws_cdk import Duration, Size
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct
from hypothesis import example, given, settings
from hypothesis import strategies as st

from patternkit.catalog.errors import CatalogError
from patternkit.catalog.options import typed


class Colour(enum.Enum):
    DARK_RED = "r"
    GREEN = "g"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    name: str
    asn: int = 65000
    idle: Duration | None = None

    def __post_init__(self) -> None:
        if self.asn < 1:
            raise ValueError(f"asn must be positive, got {self.asn}")


class Everything(Construct):
    """Declares an argument of each kind."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        flag: bool = False,
        count: int = 1,
        ratio: float = 0.5,
        text: str = "",
        choice: Literal["JPEG", "WEBP"] = "JPEG",
        step: Literal[1, 2] = 1,
        counts: Sequence[int] = (),
        names: list[str] | None = None,
        pair: tuple[int, ...] = (),
        sites: Sequence[Site] = (),
        labels: Mapping[str, str] | None = None,
        limits: dict[str, int] | None = None,
        payload: Mapping[str, Any] | None = None,
        anything: Any = None,
        timeout: Duration | None = None,
        memory: Size | None = None,
        colour: Colour = Colour.GREEN,
        retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        architecture: lambda_.Architecture | None = None,
        runtime: lambda_.Runtime | None = None,
        schedule: scheduler.ScheduleExpression | None = None,
        site: Site | None = None,
        wait: Duration | int | None = None,
        bucket: s3.IBucket | None = None,
        key: kms.Key | None = None,
        code: lambda_.Code | None = None,
        buckets: Sequence[s3.IBucket] = (),
    ) -> None:
        super().__init__(scope, construct_id)


def one(name: str, value: Any) -> Any:
    return typed(Everything, {name: value})[name]


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("flag", "true", True),
        ("flag", "False", False),
        ("flag", True, True),
        ("count", "-7", -7),
        ("count", 7, 7),
        ("ratio", "0.25", 0.25),
        ("ratio", "1", 1.0),
        ("text", "a b=c", "a b=c"),
        ("text", "", ""),
        ("text", 7, "7"),
        ("text", True, "true"),
        ("choice", "webp", "WEBP"),
        ("step", "2", 2),
        ("counts", "128,512", [128, 512]),
        ("counts", " 128 , 512 ", [128, 512]),
        ("counts", "128", [128]),
        ("counts", "[128, 512]", [128, 512]),
        ("counts", [128, "512"], [128, 512]),
        ("counts", 128, [128]),
        ("counts", "", []),
        ("names", "a,b", ["a", "b"]),
        ("names", '["a,b"]', ["a,b"]),
        ("pair", "1,2", [1, 2]),
        ("sites", '[{"name": "north"}]', [Site(name="north")]),
        ("labels", '{"a": "b", "n": 7}', {"a": "b", "n": "7"}),
        ("limits", '{"a": "3"}', {"a": 3}),
        ("payload", '{"a": [1, {"b": null}]}', {"a": [1, {"b": None}]}),
        ("payload", {"a": 1}, {"a": 1}),
        ("anything", "as it is", "as it is"),
        ("colour", "dark-red", Colour.DARK_RED),
        ("retention", "ONE_WEEK", logs.RetentionDays.ONE_WEEK),
        ("retention", "one-week", logs.RetentionDays.ONE_WEEK),
        ("site", '{"name": "north", "asn": "64512"}', Site(name="north", asn=64512)),
        ("wait", "30", 30),
    ],
)
def test_each_kind_of_value(name: str, value: Any, wanted: Any) -> None:
    made = one(name, value)
    assert made == wanted
    assert type(made) is type(wanted)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("250ms", 250),
        ("90s", 90_000),
        ("90 s", 90_000),
        ("5m", 300_000),
        ("5min", 300_000),
        ("2h", 7_200_000),
        ("1d", 86_400_000),
    ],
)
def test_durations_carry_their_unit(text: str, milliseconds: int) -> None:
    assert one("timeout", text).to_milliseconds() == milliseconds


@pytest.mark.parametrize(
    ("text", "kibibytes"),
    [("64KiB", 64), ("512MiB", 512 * 1024), ("512 mib", 512 * 1024), ("1GiB", 1024**2), ("2TiB", 2 * 1024**3)],
)
def test_sizes_carry_their_unit(text: str, kibibytes: int) -> None:
    assert one("memory", text).to_kibibytes() == kibibytes


@pytest.mark.parametrize("text", ["arm64", "ARM_64", "ARM64", "arm-64"])
def test_a_constant_of_the_cdk_goes_by_its_letters(text: str) -> None:
    assert one("architecture", text).name == "arm64"


def test_a_runtime_goes_by_the_name_that_aws_gives_it() -> None:
    assert one("runtime", "python3.13").name == "python3.13"


@pytest.mark.parametrize(
    ("text", "expression", "zone"),
    [
        ("rate(5 minutes)", "rate(5 minutes)", "Etc/UTC"),
        ("cron(0 2 * * ? *)", "cron(0 2 * * ? *)", "Etc/UTC"),
        ("cron(0 2 * * ? *) Europe/Berlin", "cron(0 2 * * ? *)", "Europe/Berlin"),
        ("at(2030-01-01T10:00:00) America/New_York", "at(2030-01-01T10:00:00)", "America/New_York"),
    ],
)
def test_a_schedule_may_name_its_time_zone(text: str, expression: str, zone: str) -> None:
    schedule = one("schedule", text)
    assert schedule.expression_string == expression
    assert schedule.time_zone.timezone_name == zone


def test_a_dataclass_types_its_own_fields() -> None:
    assert one("site", '{"name": "north", "idle": "5m"}').idle.to_minutes() == 5


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("flag", "yes", "true or false, got yes"),
        ("count", "1.5", "a whole number, got 1.5"),
        ("count", "", "a whole number, got ''"),
        ("count", True, "a whole number, got True"),
        ("ratio", "half", "a number, got half"),
        ("ratio", "nan", "a number, got nan"),
        ("ratio", "-inf", "a number, got -inf"),
        ("choice", "gif", "one of JPEG, WEBP, got gif"),
        ("step", "3", "one of 1, 2, got 3"),
        ("counts", "1,x", "a list, as a,b,c, each a whole number, got 1,x"),
        ("counts", "[1, 2", "a JSON list, got [1, 2"),
        ("counts", "1,\n2,\nx", r"a list, as a,b,c, each a whole number, got '1,\n2,\nx'"),
        ("labels", "a=b", 'a JSON object, as {"name": "value"}, got a=b'),
        ("labels", "[1]", 'a JSON object, as {"name": "value"}, got [1]'),
        ("limits", '{"a": "x"}', 'a JSON object, as {"name": "value"}, a being a whole number, got {"a": "x"}'),
        ("timeout", "90", "a duration, as 90s, 5m, 2h or 1d, got 90"),
        ("timeout", "1.5h", "a duration, as 90s, 5m, 2h or 1d, got 1.5h"),
        ("timeout", "-5m", "a duration, as 90s, 5m, 2h or 1d, got -5m"),
        ("timeout", "9999999999d", "a duration, as 90s, 5m, 2h or 1d, got 9999999999d"),
        ("memory", "512", "a size, as 512MiB or 1GiB, got 512"),
        ("memory", "512MB", "a size, as 512MiB or 1GiB, got 512MB"),
        ("colour", "blue", "one of DARK_RED, GREEN, got blue"),
        ("architecture", "mips", "one of ARM_64, X86_64, got mips"),
        ("schedule", "5m", "a schedule, as 'rate(5 minutes)' or 'cron(0 2 * * ? *) Europe/Berlin', got 5m"),
        (
            "schedule",
            "rate(1 day) Europe/Berlim",
            "in a time zone of the IANA database: did you mean Europe/Berlin?, got rate(1 day) Europe/Berlim",
        ),
        ("site", "north", "a JSON object of asn, idle, name, got north"),
        ("site", "{}", "a JSON object of asn, idle, name, with name, got {}"),
        (
            "site",
            '{"name": "n", "nam": 1}',
            'a JSON object of asn, idle, name, without nam, got {"name": "n", "nam": 1}',
        ),
        ("site", '{"name": "n", "asn": "x"}', 'a JSON object with asn a whole number, got {"name": "n", "asn": "x"}'),
        (
            "site",
            '{"name": "n", "asn": 0}',
            'a JSON object that can be: asn must be positive, got 0, got {"name": "n", "asn": 0}',
        ),
        ("wait", "soon", "a duration, as 90s, 5m, 2h or 1d or a whole number, got soon"),
        ("bucket", "my-bucket", "passed in Python: it is a resource, got my-bucket"),
        ("key", "alias/mine", "passed in Python: it is a resource, got alias/mine"),
        ("code", "here", "passed in Python: it is a resource, got here"),
        ("buckets", "mine", "a list, as a,b,c, each passed in Python: it is a resource, got mine"),
    ],
)
def test_a_wrong_value_is_one_line(name: str, value: Any, said: str) -> None:
    with pytest.raises(CatalogError) as raised:
        one(name, value)
    assert str(raised.value) == f"option {name} must be {said}"


def test_a_list_of_constants_is_no_constant() -> None:
    # lambda_.Runtime.ALL is one.
    with pytest.raises(CatalogError, match=r"^option runtime must be one of .*PYTHON_3_14.*, got all$") as raised:
        one("runtime", "all")
    assert not re.search(r"\bALL\b", str(raised.value))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("colur", "unknown option colur: did you mean colour?"),
        ("construct_id", "unknown option construct_id: there are anything, "),
        ("self", "unknown option self: did you mean "),
    ],
)
def test_an_unknown_option_is_said_with_the_nearest_one(name: str, said: str) -> None:
    with pytest.raises(CatalogError) as raised:
        typed(Everything, {name: "x"})
    assert str(raised.value).startswith(said)


def test_no_options_are_no_arguments() -> None:
    assert typed(Everything, {}) == {}


KINDS = ["flag", "count", "ratio", "text", "choice", "step", "counts", "names", "sites", "labels", "limits"]
KINDS += ["payload", "timeout", "memory", "colour", "retention", "architecture", "schedule", "site", "wait", "bucket"]
# The letters that the formats are made of, so that what is nearly right comes up too.
NEARLY = st.text(alphabet="0123456789 .,-_:/{}[]()\"'\n\tabdehimnrstAGKMT*?É٣\u2028\0", max_size=20)


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(KINDS), value=NEARLY | st.text(max_size=20))
@example(name="count", value="1" * 5000)
@example(name="sites", value="[" * 2000)
@example(name="limits", value='{"a": 1e999}')
@example(name="text", value="\ud800")
def test_whatever_is_given_it_is_typed_or_one_line(name: str, value: str) -> None:
    said = f"option {name} must be "
    try:
        one(name, value)
    except CatalogError as error:
        said = str(error)
    assert said.startswith(f"option {name} must be ")
    assert said.isprintable()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers()))
def test_numbers_survive_being_written_down(numbers: list[int]) -> None:
    assert one("counts", ",".join(map(str, numbers))) == numbers
    assert one("counts", str(numbers)) == numbers
