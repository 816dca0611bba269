"""Texts that say where a construct stands are as long as AWS takes them, also in deep places of stacks with long names.

Each stack here has a name of 128 characters and an id of 112. What CloudFormation names itself, it cuts itself.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from patternkit.catalog.discovery import Pattern
from patternkit.templates.properties import schema_of
from tests.constructs import LONGEST_STACK_NAME, NAMED
from tests.each_argument import PLACE, tried
from tests.test_every_name import PATTERNS, texts

LIMITS = {
    # Beside those of the schemas. Each is of the API reference's page of what makes the resource.
    ("AWS::ApiGatewayV2::Api", "Description"): 1_024,
    ("AWS::ApiGatewayV2::VpcLink", "Name"): 128,
    ("AWS::ApplicationAutoScaling::ScalingPolicy", "PolicyName"): 256,
    ("AWS::Athena::WorkGroup", "Name"): 128,
    ("AWS::CloudFront::CachePolicy", "CachePolicyConfig.Comment"): 128,
    ("AWS::CloudFront::CachePolicy", "CachePolicyConfig.Name"): 128,
    ("AWS::CloudFront::Distribution", "DistributionConfig.Comment"): 128,
    ("AWS::CloudFront::Distribution", "DistributionConfig.Origins.*.Id"): 128,
    ("AWS::CloudFront::Function", "FunctionConfig.Comment"): 128,
    ("AWS::CloudFront::Function", "Name"): 64,
    ("AWS::CloudFront::KeyValueStore", "Comment"): 128,
    ("AWS::CloudFront::KeyValueStore", "Name"): 64,
    ("AWS::CloudFront::OriginAccessControl", "OriginAccessControlConfig.Name"): 64,
    ("AWS::CloudFront::VpcOrigin", "VpcOriginEndpointConfig.Name"): 64,
    ("AWS::CloudWatch::Alarm", "AlarmDescription"): 1_024,
    ("AWS::CloudWatch::Alarm", "AlarmName"): 255,
    ("AWS::CloudWatch::Alarm", "Dimensions.*.Value"): 255,
    ("AWS::CloudWatch::Alarm", "MetricName"): 255,
    ("AWS::CloudWatch::CompositeAlarm", "AlarmDescription"): 1_024,
    ("AWS::CloudWatch::CompositeAlarm", "AlarmName"): 255,
    ("AWS::DirectConnect::DirectConnectGateway", "DirectConnectGatewayName"): 100,
    ("AWS::EC2::SecurityGroup", "GroupDescription"): 255,
    ("AWS::EC2::SecurityGroup", "GroupName"): 255,
    ("AWS::ECS::CapacityProvider", "Name"): 255,
    ("AWS::ECS::TaskDefinition", "Family"): 255,
    ("AWS::Events::EventBus", "Description"): 512,
    ("AWS::Events::EventBus", "Name"): 256,
    ("AWS::Events::Rule", "Description"): 512,
    ("AWS::IAM::Policy", "PolicyName"): 128,
    ("AWS::IAM::Role", "Description"): 1_000,
    ("AWS::KMS::Key", "Description"): 8_192,
    ("AWS::Lambda::Function", "Description"): 256,
    ("AWS::Logs::LogGroup", "LogGroupName"): 512,
    ("AWS::Logs::MetricFilter", "MetricTransformations.*.MetricName"): 255,
    ("AWS::Route53::CidrCollection", "Name"): 64,
}
TAG = re.compile(r"(^|\.)Tags\.\*\.Value$")
NO_LIMIT = re.compile(
    r"(^|\.)(Environment\.(Variables\.\w+|\*\.Value)|EventPattern\..*|Sid)$"
    r"|^Description$|^TableInput\.Parameters\.storage\.location\.template$|\.Condition\."
)
"""What is limited as a whole, or not at all, in what may hold a long place."""
UNLIMITED = {
    ("AWS::ApiGateway::Authorizer", "Name"): "no limit is published",
    ("AWS::ApiGateway::RestApi", "Name"): "no limit is published",
    ("AWS::AppSync::GraphQLApi", "Name"): "65,536",
    ("AWS::RAM::ResourceShare", "Name"): "no limit is published",
}
MADE = {
    "AWS::AccountId": "1" * 12,
    "AWS::Region": "ap-southeast-2",
    # Of the id the digits before the first hyphen of its last part are taken.
    "AWS::StackId": "0" * 8,
    "AWS::StackName": "n" * LONGEST_STACK_NAME,
}


def written(text: str) -> str:
    """A text as a deployment writes it, with 20 characters for the id of a resource."""
    return re.sub(r"\$\{([^}]*)\}", lambda found: MADE.get(found[1], "x" * 20), text)


@cache
def limit(kind: str, path: str) -> int | None:
    """How long a text may be there; None if nobody says."""
    schema = schema_of(kind) or {}
    said = [one["maxLength"] for one in _at(schema, path) if "maxLength" in one]
    said += [LIMITS[kind, path]] if (kind, path) in LIMITS else []
    said += [256] if TAG.search(path) else []
    return min(said, default=None)


def _at(schema: dict[str, Any], path: str) -> list[dict[str, Any]]:
    places = [schema]
    for part in path.split("."):
        found = []
        for place in places:
            for one in _forms(schema, place):
                if part == "*" and "items" in one:
                    found.append(one["items"])
                elif part in one.get("properties", {}):
                    found.append(one["properties"][part])
        places = found
    return [one for place in places for one in _forms(schema, place)]


def _forms(schema: dict[str, Any], place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    while "$ref" in place:
        place = schema.get("definitions", {}).get(place["$ref"].rpartition("/")[2], {})
    yield place
    for form in ("allOf", "anyOf", "oneOf"):
        for one in place.get(form, ()):
            yield from _forms(schema, one)


def too_long(template: dict[str, Any]) -> list[str]:
    """Texts that AWS would refuse for their length, and those of which nobody says how long they may be."""
    found = []
    for logical_id, one in template["Resources"].items():
        if len(logical_id) > 255:
            found.append(f"{logical_id} has more than 255 characters")
        kind = one["Type"]
        for path, text in texts(one.get("Properties", {})):
            if PLACE not in text and NAMED not in text and "${AWS::StackName}" not in text:
                continue
            longest, length = limit(kind, path), len(written(text))
            if longest is None and not NO_LIMIT.search(path) and (kind, path) not in UNLIMITED:
                found.append(f"how long may {path} of {kind} be? {text!r} is in LIMITS or UNLIMITED")
            elif longest is not None and length > longest:
                found.append(f"{path} of {logical_id} ({kind}) has {length} characters, of at most {longest}: {text}")
    return found


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.timeout(1200)
def test_no_text_is_too_long(pattern: Pattern) -> None:
    found: dict[str, str] = {}
    for set_here, templates in tried(pattern).templates.items():
        for template in templates.values():
            for one in too_long(json.loads(template)):
                found.setdefault(one, ", ".join(set_here) or "nothing")
    assert not found, "\n".join(f"with {by}: {what}" for what, by in found.items())


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("CloudFront::CachePolicy", {"CachePolicyConfig": {"Name": PLACE.ljust(129, "x")}}),
        ("EC2::VPC", {"Tags": [{"Key": "Name", "Value": PLACE.ljust(257, "x")}]}),
        ("SQS::Queue", {"QueueName": {"Fn::Join": ["-", [{"Ref": "AWS::StackName"}, "x"]]}}),
        ("Logs::DeliverySource", {"Name": PLACE.ljust(61, "x")}),
    ],
)
def test_what_is_too_long_is_found(kind: str, properties: dict[str, Any]) -> None:
    assert len(too_long({"Resources": {"One": {"Type": f"AWS::{kind}", "Properties": properties}}})) == 1
