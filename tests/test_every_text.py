"""What people read of a template reads well: descriptions, names in a VPC, names of statements: in every example.

Read from the snapshots, which are held to the templates elsewhere.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.every_template import TEMPLATES, every_template, resources
from tests.plain_texts import wrong

TEXTS = frozenset({"AlarmDescription", "Comment", "Description", "GroupDescription", "Label"})
# What the CDK itself makes, without a description of ours: by the end of the id, before its eight digits.
OF_THE_CDK = re.compile(r"AWS679f53fac002430cb0da5b7982bd2287|BucketNotificationsHandler|(CloudWatchRole|WritesFlows)$")
DESCRIBED = frozenset(
    {
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGatewayV2::Api",
        "AWS::Events::EventBus",
        "AWS::Events::Rule",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Lambda::Function",
    }
)
NAMED = frozenset(
    f"AWS::{one}"
    for one in (
        "DirectConnect::Connection",
        "DirectConnect::Lag",
        "DirectConnect::TransitVirtualInterface",
        "EC2::CarrierGateway",
        "EC2::CustomerGateway",
        "EC2::EgressOnlyInternetGateway",
        "EC2::NetworkAcl",
        "EC2::RouteTable",
        "EC2::Subnet",
        "EC2::TransitGateway",
        "EC2::TransitGatewayAttachment",
        "EC2::TransitGatewayPeeringAttachment",
        "EC2::TransitGatewayRouteTable",
        "EC2::VPC",
        "EC2::VPCPeeringConnection",
        "EC2::VPNConnection",
        "EC2::VPNGateway",
        "NetworkFirewall::Firewall",
    )
)


def plain(value: Any) -> str:
    """A text, with a word in place of each value that is known when it is deployed."""
    if isinstance(value, dict) and "Fn::Join" in value:
        between, parts = value["Fn::Join"]
        return str(between).join(one if isinstance(one, str) else "Value" for one in parts)
    return value if isinstance(value, str) else "Value"


def held(value: Any, names: frozenset[str]) -> Iterator[str]:
    """The texts that a template holds under some names, at any depth."""
    if isinstance(value, dict):
        for name, one in value.items():
            if (name in names and not isinstance(one, dict | list)) or (name in names and "Fn::Join" in one):
                yield plain(one)
            yield from held(one, names)
    elif isinstance(value, list):
        for one in value:
            yield from held(one, names)


@every_template
def test_descriptions_read_well(path: Path) -> None:
    texts = [one for one in held(resources(path), TEXTS) if not one.startswith("Automatically created ")]
    found = {text: why for text in texts if (why := wrong(text))}
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "reads the log",
        "Reads theSQS queue",
        "SQSqueues are read",
        "Reads  twice",
        "Reads. ",
        "Reads,writes",
        "Reads None",
    ],
)
def test_what_reads_badly_is_found(text: str) -> None:
    assert wrong(text)


@every_template
def test_what_has_a_description_in_the_console_says_what_it_is_for(path: Path) -> None:
    found = resources(path)
    without = [
        name
        for name, one in found.items()
        if one["Type"] in DESCRIBED
        and not OF_THE_CDK.search(name[:-8])
        and not plain(one["Properties"].get("Description", "")).strip()
    ]
    assert not without


@every_template
def test_security_groups_say_what_they_are_for(path: Path) -> None:
    """The CDK says the path of a group, and of a rule from where it lets in, where nobody says more."""
    for name, one in resources(path).items():
        properties = one.get("Properties", {})
        if one["Type"] == "AWS::EC2::SecurityGroup":
            assert "/" not in plain(properties["GroupDescription"]), name
            rules = [*properties.get("SecurityGroupIngress", []), *properties.get("SecurityGroupEgress", [])]
        elif one["Type"].startswith("AWS::EC2::SecurityGroup"):
            rules = [properties]
        else:
            continue
        for rule in rules:
            assert not re.match(r"(from|to) \S+:|$", plain(rule.get("Description", ""))), f"{name}: {rule}"


@every_template
def test_what_is_in_a_vpc_has_a_name_of_its_own(path: Path) -> None:
    names: Counter[tuple[str, str]] = Counter()
    for name, one in resources(path).items():
        if one["Type"] in NAMED:
            found = [each["Value"] for each in one["Properties"].get("Tags", []) if each["Key"] == "Name"]
            assert len(found) == 1, f"{name} has no name"
            names[one["Type"], json.dumps(found[0])] += 1
    assert [name for name, times in names.items() if times > 1] == []


@every_template
def test_statements_are_named_in_words(path: Path) -> None:
    """Of IAM, a name is letters and figures; those that the CDK makes of paths end in digits of a hash."""
    for name in held(resources(path), frozenset({"Sid"})):
        assert re.fullmatch(r"([A-Z][a-z0-9]+)+(SSLOnly)?|AllowEventRule\w+[0-9A-F]{8}", name), name


def test_texts_are_found() -> None:
    assert sum(len(list(held(resources(path), TEXTS))) for path in TEMPLATES) > 500
