"""What one pattern checks, all of its kind check: each argument of a kind in all patterns, and values that are wrong.

Arguments are found by their types and names, those of values that an argument takes included; nothing names a pattern.
"""

import dataclasses
import importlib
import inspect
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unittest import mock

import aws_cdk as cdk
import jsii
from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.interfaces import aws_wafv2 as wafv2_interfaces
from constructs import Construct

from patternkit.catalog.discovery import Pattern, patterns
from patterns.building_blocks.signature import check, declared
from tests.conftest import ENVIRONMENTS
from tests.constructs import app_for_its_template
from tests.four_ways import LeftOut, Same, companion, companion_of, construct_of, contradicted, with_field
from tests.fuzz.resources import RESOURCES

MANY = 61
"""One more than a security group holds rules."""


@dataclass(frozen=True)
class Place:
    """An argument of a pattern's construct, or a field of a value that it takes.

    Attributes:
        pattern: The pattern.
        argument: The argument.
        field: The field; empty if it is the argument itself.
        whole: The annotation of the argument or field.
        hint: The annotation of it, or of what it is a list of.
        kind: Its type, without bounds and None.
        owner: The class of the value that the field is of; None if it is the argument itself.
    """

    pattern: Pattern
    argument: str
    field: str
    whole: Any
    hint: Any
    kind: Any
    owner: Any = None

    @property
    def name(self) -> str:
        return self.field or self.argument

    def __str__(self) -> str:
        return f"{self.pattern.name} {self.argument}{f'.{self.field}' if self.field else ''}"


def places() -> list[Place]:
    """Find the arguments of all patterns."""
    return [
        place
        for pattern in patterns().values()
        for name, hint in _hints(inspect.getattr_static(construct_of(pattern), "__init__")).items()
        for place in _places(pattern, (name, "", hint), hint, set())
    ]


def _hints(owner: Any) -> dict[str, Any]:
    return {
        name: hint
        for name, hint in typing.get_type_hints(owner, include_extras=True).items()
        if name not in ("return", "scope", "construct_id")
    }


def _places(
    pattern: Pattern, named: tuple[str, str, Any], hint: Any, seen: set[Any], owner: Any = None
) -> Iterator[Place]:
    kind, _ = declared(hint)
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        for one in inner:
            yield from _places(pattern, named, one, seen, owner)
    elif dataclasses.is_dataclass(kind):
        if kind not in seen:
            for name, one in _hints(kind).items():
                seen.add(kind)
                yield from _places(pattern, (named[0], name, one), one, seen, kind)
    elif kind is not type(None):
        yield Place(pattern, *named, hint, kind, owner)
        if isinstance(origin, type) and issubclass(origin, Sequence | Mapping):
            yield from _places(pattern, named, inner[-1], seen, owner)


def said_of(place: Place, make: Callable[[Construct], Any]) -> tuple[str, Construct | None]:
    """Make a pattern's example with a value for one argument, in a concrete Region, beside what it needs.

    Returns:
        What the pattern refuses it with, if it does; and the construct, if not.
    """
    companions: dict[str, Any] = {}
    for _ in range(5):
        try:
            return "", made_with(place, make, companions)
        except ValueError as error:
            said = str(error)
        if given := set(contradicted_by(place, said)) - companions.keys():
            companions |= {one: LeftOut() for one in given}
        elif (wanted := companion_of(place.argument, said)) and wanted[0] not in companions:
            companions[wanted[0]] = wanted[1]
        else:
            return said, None
    return said, None


def contradicted_by(place: Place, said: str) -> list[str]:
    return contradicted(typing.cast(Any, dataclasses.make_dataclass("Named", ["name"])(place.argument)), said)


def made_with(place: Place, make: Callable[[Construct], Any], companions: Mapping[str, Any]) -> Construct:
    """Make the example of a pattern with a value.

    Raises:
        ValueError: If the pattern refuses it.
    """

    def change(scope: Construct, options: dict[str, Any]) -> None:
        for name, value in companions.items():
            if isinstance(value, LeftOut):
                options.pop(name, None)
            else:
                options[name] = companion(place.pattern, name, scope) if isinstance(value, Same) else value
        value = make(Construct(scope, "Given"))
        if place.field and place.argument in options:
            value = with_field(options[place.argument], place.field, value)
        elif place.field:
            # The example leaves it out: a value with this field, and with those that it needs.
            value = place.owner(**{**_needed(place, Construct(scope, "Needed")), place.field: value})
        options[place.argument] = value

    return made_in(place.pattern, "Test", change)


def _needed(place: Place, scope: Construct) -> dict[str, Any]:
    hints = _hints(place.owner)
    needed = [
        one.name
        for one in dataclasses.fields(place.owner)
        if one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING and one.name != place.field
    ]
    # The last of a type's resources is the most special: a certificate for CloudFront.
    return {name: list(RESOURCES[declared(hints[name])[0]].values())[-1](Construct(scope, name)) for name in needed}


def made_in(
    pattern: Pattern,
    stack: str,
    change: Callable[[Construct, dict[str, Any]], None],
    *,
    path_length: int | None = None,
) -> Construct:
    """Make the example of a pattern in a stack of a name, with other arguments, or with a path of a length.

    Returns:
        The pattern's construct.

    Raises:
        ValueError: If the pattern refuses the arguments.
    """
    app = app_for_its_template()
    construct, made = construct_of(pattern), []

    def instead(scope: Construct, construct_id: str, **options: Any) -> Any:
        change(scope, options)
        if path_length is not None:
            construct_id = construct_id.ljust(path_length - len(scope.node.path) - 1, "x")
        made.append(construct(scope, construct_id, **options))
        return made[-1]

    example = importlib.import_module(f"{pattern.module}.example")
    with mock.patch.object(example, pattern.construct, instead):
        getattr(example, pattern.stack)(app, stack, env=ENVIRONMENTS["concrete"])
    return typing.cast(Construct, made[0])


@jsii.implements(wafv2_interfaces.IWebACLRef)
class ImportedWebAcl(cdk.Resource):
    """A web ACL of which its ARN alone is known."""

    def __init__(self, scope: Construct, construct_id: str, *, region: str, kind: str) -> None:
        super().__init__(scope, construct_id)
        self._arn = f"arn:aws:wafv2:{region}:111122223333:{kind}/webacl/theirs/0"
        self._scope = "CLOUDFRONT" if kind == "global" else "REGIONAL"

    @property
    def web_acl_ref(self) -> wafv2_interfaces.WebACLReference:
        return wafv2_interfaces.WebACLReference(
            web_acl_arn=self._arn, web_acl_id="0", web_acl_name="theirs", scope=self._scope
        )


def certificate_elsewhere(scope: Construct) -> acm.ICertificate:
    """A certificate that is neither in the stack's Region nor where CloudFront looks for it."""
    arn = "arn:aws:acm:ap-south-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
    return acm.Certificate.from_certificate_arn(scope, "Certificate", arn)


def web_acls() -> dict[str, Callable[[Construct], Any]]:
    """Web ACLs of each scope, one made here, the other imported, and one of another Region."""

    def made(scope: Construct) -> wafv2.CfnWebACL:
        visibility = wafv2.CfnWebACL.VisibilityConfigProperty(
            cloud_watch_metrics_enabled=True, metric_name="All", sampled_requests_enabled=False
        )
        allow = wafv2.CfnWebACL.DefaultActionProperty(allow={})
        return wafv2.CfnWebACL(
            scope, "Acl", default_action=allow, scope="CLOUDFRONT", visibility_config=visibility, rules=[]
        )

    return {
        "CLOUDFRONT": made,
        "REGIONAL": lambda scope: ImportedWebAcl(scope, "Acl", region="eu-west-1", kind="regional"),
        "of another Region": lambda scope: ImportedWebAcl(scope, "Acl", region="ap-south-1", kind="regional"),
    }


def resources_in(scope: Construct, pattern: Pattern) -> dict[str, Any]:
    """A resource that is made in a scope for each argument of a pattern that takes one, in the argument's form."""
    found: dict[str, Any] = {}
    constructor = inspect.getattr_static(construct_of(pattern), "__init__")
    for place in _own_places(pattern):
        make = RESOURCES[place.kind].get("new") or next(iter(RESOURCES[place.kind].values()))
        of_its_own = Construct(scope, f"{place.argument}{place.kind.__name__}")
        value = in_its_form(place, make)(of_its_own)
        try:
            check(place.argument, value, _hints(constructor)[place.argument])
        except ValueError:  # Of a form that the type does not tell: two subnets, or functions by field.
            continue
        if any(isinstance(one, cdk.CfnElement) for one in of_its_own.node.find_all()):
            found[place.argument] = value
    return found


def _own_places(pattern: Pattern) -> Iterator[Place]:
    for name, hint in _hints(inspect.getattr_static(construct_of(pattern), "__init__")).items():
        for place in _places(pattern, (name, "", hint), hint, set()):
            if not place.field and isinstance(place.kind, typing.Hashable) and place.kind in RESOURCES:
                yield place


WRONG_BGP_NUMBERS = (0, 23456, 65535, 4294967295)
"""Numbers that no gateway of AWS or of a customer may have."""


def in_its_form(place: Place, make: Callable[[Construct], Any]) -> Callable[[Construct], Any]:
    """A value, or a list or mapping of it, as an argument takes it."""
    hint, _ = declared(place.whole)
    kinds = [hint, *typing.get_args(hint)]
    origins = [typing.get_origin(declared(one)[0]) for one in kinds]
    if any(isinstance(one, type) and issubclass(one, Mapping) for one in origins):
        return lambda scope: {"One": make(scope)}
    if any(isinstance(one, type) and issubclass(one, Sequence) for one in origins):
        return lambda scope: [make(scope)]
    return make


def slow_function(scope: Construct) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Slow",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context):\n    return None\n"),
        timeout=Duration.minutes(15),
    )


def many_of(place: Place) -> Callable[[Construct], Any] | None:
    """As many values as an argument takes, at most `MANY`, of those that make rules: ranges, VPCs, security groups."""
    origin, inner = typing.get_origin(place.kind), typing.get_args(place.kind)
    if not (isinstance(origin, type) and issubclass(origin, Sequence | Mapping)):
        return None
    kind, _ = declared(inner[0])
    longest = declared(place.hint)[1].longest
    for make in _several(kind, MANY if longest is None else min(MANY, longest)):
        if kind not in (str, int) or _is_allowed(place, make):
            return make
    return None


def _is_allowed(place: Place, make: Callable[[Construct], Any]) -> bool:
    """Whether plain values, which need no scope, are within an argument's bounds."""
    try:
        check(place.name, make(typing.cast(Construct, None)), place.hint)
    except (ValueError, TypeError, AttributeError):
        return False
    return True


def _several(kind: Any, number: int) -> list[Callable[[Construct], Any]]:
    if kind is str:
        ranges = [f"10.{n}.0.0/24" for n in range(1, number + 1)]
        addresses = [f"10.0.3.{n}" for n in range(1, number + 1)]
        return [
            lambda _: ranges,
            lambda _: addresses,
            lambda _: dict.fromkeys(addresses, 443),
        ]
    if kind is int:
        return [lambda _: list(range(1024, 1024 + number))]
    if kind in (ec2.ISecurityGroup, ec2.IConnectable):
        return [
            lambda scope: [
                ec2.SecurityGroup.from_security_group_id(scope, f"Group{n}", f"sg-{n:017x}") for n in range(number)
            ]
        ]
    if kind is ec2.IVpc:
        return [
            lambda scope: [
                ec2.Vpc.from_vpc_attributes(
                    scope,
                    f"Vpc{n}",
                    vpc_id=f"vpc-{n:017x}",
                    vpc_cidr_block=f"172.{16 + n // 200}.{n % 200}.0/24",
                    availability_zones=["eu-west-1a", "eu-west-1b"],
                )
                for n in range(number)
            ]
        ]
    return []


def is_web_acl(kind: Any) -> bool:
    return kind in (wafv2_interfaces.IWebACLRef, wafv2.CfnWebACL)
