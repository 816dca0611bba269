"""What one pattern checks, all of its kind check: every argument of a kind in all patterns, tried with what is wrong.

A pattern that is added is held to it without a line here.
"""

import inspect
import json
import re
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patternkit.catalog.discovery import Pattern, patterns
from patterns.building_blocks.construct_tree import LONGEST_PATH
from patterns.building_blocks.security_group import MOST_RULES, rules_of
from patterns.building_blocks.signature import check, declared
from tests.conftest import ROOT
from tests.four_ways import Same, construct_of
from tests.siblings import (
    WRONG_BGP_NUMBERS,
    Place,
    certificate_elsewhere,
    in_its_form,
    is_web_acl,
    made_in,
    made_with,
    many_of,
    places,
    resources_in,
    said_of,
    slow_function,
    web_acls,
)
from tests.synthesis_warnings import warnings

PLACES = places()
every_pattern = pytest.mark.parametrize(
    "pattern", [pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name)) for one in patterns().values()]
)
IDLE = "idle_timeout.timeout_seconds"


def those(kind: str, chosen: list[Place]) -> pytest.MarkDecorator:
    """A row of the table for each argument of a kind."""
    assert chosen, f"no pattern has an argument of the kind {kind}"
    rows = [
        pytest.param(one, id=str(one).replace(" ", "-"), marks=pytest.mark.xdist_group(one.pattern.name))
        for one in chosen
    ]
    return pytest.mark.parametrize("place", rows)


def refused(place: Place, said: str) -> None:
    assert said, f"{place} takes it"
    assert "\n" not in said, said
    assert place.name in said.split(" must ")[0], said


@those("certificate", [one for one in PLACES if one.kind is acm.ICertificate])
def test_certificates_of_another_region_are_refused(place: Place) -> None:
    refused(place, said_of(place, in_its_form(place, certificate_elsewhere))[0])


@those("web ACL", [one for one in PLACES if is_web_acl(one.kind)])
def test_web_acls_of_the_other_scope_or_another_region_are_refused(place: Place) -> None:
    said = {name: said_of(place, make)[0] for name, make in web_acls().items()}
    refused(place, said.pop("of another Region"))
    taken = [name for name, one in said.items() if not one]
    assert len(taken) == 1, said
    refused(place, "".join(said.values()))


@those("BGP number", [one for one in PLACES if one.name == "asn" or one.name.endswith("_asn")])
def test_bgp_numbers_that_no_gateway_may_have_are_refused(place: Place) -> None:
    for number in WRONG_BGP_NUMBERS:
        with pytest.raises(ValueError, match=rf"^{place.name} must .*, got {number}$"):
            check(place.name, number, place.hint)


def snapshots_of(pattern: Pattern) -> Path:
    return ROOT / "tests" / pattern.module.replace(".", "/") / "snapshots"


def holds_a_group(pattern: Pattern) -> bool:
    return any("AWS::EC2::SecurityGroup" in one.read_text(encoding="utf-8") for one in snapshots_of(pattern).iterdir())


def makes_rules(place: Place) -> bool:
    """Whether it is a list of what rules name: ranges, addresses, ports, security groups or VPCs, not of free text."""
    if many_of(place) is None:
        return False
    element, bounds = declared(typing.get_args(place.kind)[0])
    if element is not str:
        return True
    try:
        check(place.name, "zebra", typing.get_args(place.kind)[0])
    except ValueError:
        return bool(bounds.passes or bounds.matches)
    return False


GROUPED = {name: one for name, one in patterns().items() if holds_a_group(one)}


def groups_in(construct: Construct) -> list[ec2.CfnSecurityGroup]:
    return [one for one in construct.node.find_all() if isinstance(one, ec2.CfnSecurityGroup)]


@those("many rules", [one for one in PLACES if one.pattern.name in GROUPED and makes_rules(one)])
def test_no_argument_makes_more_rules_than_a_security_group_holds(place: Place) -> None:
    many = many_of(place)
    assert many is not None
    said, made = said_of(place, many)
    if made is None:
        refused(place, said)
        return
    for group in groups_in(made):
        owner = group.node.scope
        held = typing.cast(ec2.ISecurityGroup, owner) if isinstance(owner, ec2.SecurityGroup) else group
        assert rules_of(held, "inbound") <= MOST_RULES, group.node.path
        assert rules_of(held, "outbound") <= MOST_RULES, group.node.path


@every_pattern
def test_the_longest_path_makes_no_late_error_and_every_security_group_goes_through_the_one_place(
    pattern: Pattern,
) -> None:
    """What names a group in a stack whose own name is no beginning of a group's also counts its rules."""
    made = made_in(pattern, "sg-Test", lambda _scope, _options: None, path_length=LONGEST_PATH)
    assert len(made.node.path) == LONGEST_PATH
    for one in groups_in(made):
        assert str(one.group_name).startswith("group-"), one.node.path
        assert len(one.group_description) <= 255, one.group_description


def constructor(pattern: Pattern) -> Any:
    # jsii's metaclass hides a construct's own signature behind its own call.
    return inspect.getattr_static(construct_of(pattern), "__init__")


@every_pattern
def test_ids_that_no_construct_may_have_are_refused(pattern: Pattern, scope: cdk.Stack) -> None:
    Construct(scope, "Taken")
    for given, said in (
        ("", "construct_id must have at least 1 character, got none"),
        ("x" * 176, "construct_id must have at most 175 characters, so that its path has at most 180, got 176"),
        (cdk.Aws.REGION, "construct_id must be known when the template is made, got a token"),
        ("Taken", "construct_id must differ from those beside it, got 'Taken' twice"),
    ):
        with pytest.raises(ValueError, match=rf"^{re.escape(said)}$"):
            constructor(pattern)(None, scope, given)


@every_pattern
def test_resources_of_another_stage_are_refused(pattern: Pattern) -> None:
    app = cdk.App()
    there = cdk.Stack(cdk.Stage(app, "Theirs"), "Network")
    here = cdk.Stack(cdk.Stage(app, "Ours"), "Test")
    for argument, value in resources_in(there, pattern).items():
        with pytest.raises(
            ValueError, match=rf"^{argument} must be of the same stage, stage Ours, got Theirs/\S+ of "
        ) as said:
            constructor(pattern)(None, here, "Made", **{argument: value})
        assert "\n" not in str(said.value)


def answered_by_api(place: Place) -> bool:
    return (
        place.kind in (lambda_.IFunction, lambda_.Function)
        and place.pattern.module.startswith("patterns.api.")
        and place.name in ("function", "message_function", "routes")
    )


@those("function that answers an API", [one for one in PLACES if answered_by_api(one)])
def test_functions_slower_than_their_api_are_warned_of(place: Place) -> None:
    said, made = said_of(place, in_its_form(place, slow_function))
    assert made is not None, said
    warned = warnings(made)
    assert [one for one in warned if one.startswith(f"{place.argument} may work for 900 seconds")], warned


@those("least capacity", [one for one in PLACES if one.name.startswith("min_") and one.kind is int and not one.field])
def test_a_least_above_the_most_is_refused(place: Place) -> None:
    said = said_of(place, lambda _: 1_000_000)[0]
    assert re.match(rf"{place.name} must be (at most|between)", said), said


@those("visibility timeout", [one for one in PLACES if one.name == "visibility_timeout"])
def test_messages_that_come_back_while_they_are_worked_on_are_refused(place: Place) -> None:
    consumers = {one.argument for one in PLACES if one.pattern == place.pattern and one.argument == "consumer"}
    with pytest.raises(ValueError, match="visibility_timeout must be at least") as refusal:
        made_with(place, lambda _: Duration.seconds(1), dict.fromkeys(consumers, Same()))
    refused(place, str(refusal.value))


def test_requests_end_before_their_target_is_let_go() -> None:
    """A load balancer waits as long for a target that is let go as it waits for an answer."""
    seen = 0
    for pattern in patterns().values():
        for path in snapshots_of(pattern).glob("*.agnostic.json"):
            resources = json.loads(path.read_text(encoding="utf-8")).get("Resources", {}).values()
            of = {"LoadBalancer": "LoadBalancerAttributes", "TargetGroup": "TargetGroupAttributes"}
            read: dict[str, list[dict[str, str]]] = {kind: [] for kind in of}
            for one in resources:
                kind = one["Type"].removeprefix("AWS::ElasticLoadBalancingV2::")
                if kind in of and one["Properties"].get("TargetType") != "lambda":
                    read[kind].append({each["Key"]: each["Value"] for each in one["Properties"].get(of[kind], [])})
            idle = [int(one[IDLE]) for one in read["LoadBalancer"] if IDLE in one]
            for group in read["TargetGroup"] if idle else ():
                seen += 1
                # Of what is not said AWS's default is 300 seconds.
                assert int(group.get("deregistration_delay.timeout_seconds", 300)) >= max(idle), path.name
    assert seen


# What may be in another Region, by the argument's name, and why.
ANYWHERE = {
    "access_logs_bucket of edge-function": "CloudFront delivers logs to any",
    "alarm_topic of routed-records": "without health checks no alarm is made, which would refuse it",
    "authorizer_function": "API Gateway calls it where it is",
    "destination_bucket": "what puts objects there names its Region",
    "event_bus": "API Gateway calls it where it is",
    "function of private-api": "API Gateway calls it where it is",
    "function of edge-cached-api": "API Gateway calls it where it is",
    "message_function": "API Gateway calls it where it is",
    "queue of api-to-queue": "API Gateway calls it where it is",
    "routes": "API Gateway calls them where they are",
    "state_machine": "API Gateway calls it where it is",
    "state_machine_key": "it is that of the state machine",
    "subscribers.function": "Amazon SNS delivers to functions of other Regions",
    "topic of api-to-service": "API Gateway calls it where it is",
    "user_pool": "it is told with its Region",
    "user_pools": "they are told with their Region",
    "variants.bucket": "CloudFront reads from any",
}
THERE: dict[Any, Callable[[Construct], Any]] = {
    dynamodb.ITable: lambda scope: dynamodb.Table.from_table_attributes(
        scope,
        "There",
        table_arn=_there("dynamodb", "table/there"),
        table_stream_arn=_there("dynamodb", "table/there/s"),
    ),
    kms.IKey: lambda scope: kms.Key.from_key_arn(scope, "There", _there("kms", "key/12345678")),
    lambda_.IFunction: lambda scope: lambda_.Function.from_function_attributes(
        scope,
        "There",
        function_arn=_there("lambda", "function:there"),
        role=iam.Role.from_role_arn(scope, "Role", "arn:aws:iam::111122223333:role/there"),
        skip_permissions=True,
    ),
    s3.IBucket: lambda scope: s3.Bucket.from_bucket_attributes(
        scope, "There", bucket_name="there", region="ap-south-1"
    ),
    sns.ITopic: lambda scope: sns.Topic.from_topic_arn(scope, "There", _there("sns", "there")),
    sqs.IQueue: lambda scope: sqs.Queue.from_queue_arn(scope, "There", _there("sqs", "there")),
}
ELSEWHERE = [place for place in places() if place.kind in THERE]


def _there(service: str, resource: str) -> str:
    return f"arn:aws:{service}:ap-south-1:111122223333:{resource}"


def _anywhere(place: Place) -> set[str]:
    names = {place.argument, str(place).partition(" ")[2], f"{place.argument} of {place.pattern.name}"}
    return names & ANYWHERE.keys()


@pytest.mark.parametrize("place", [pytest.param(one, id=str(one)) for one in ELSEWHERE if not _anywhere(one)])
def test_a_resource_of_another_region_is_refused(place: Place) -> None:
    """AWS looks for it in the stack's Region: the deployment fails, or, worse, what calls it by its name."""
    try:
        said, made = said_of(place, in_its_form(place, THERE[place.kind]))
    except (KeyError, TypeError) as error:
        if str(error) not in ("<class 'str'>", "unhashable type: 'list'"):
            raise
        pytest.skip("the value that it is a part of cannot be made here")
    assert made is None, "it is let through: refuse it, or say in ANYWHERE why it may be there"
    assert re.match(rf"(\S+: )?{place.field or place.argument}\b", said), said


def test_what_may_be_in_another_region_is_taken_somewhere() -> None:
    assert {name for place in ELSEWHERE for name in _anywhere(place)} | {
        "event_bus",
        "state_machine",
        "user_pool",
        "user_pools",
    } == set(ANYWHERE)
