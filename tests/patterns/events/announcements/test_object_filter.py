"""What the filters of the synthesized subscriptions let through, by another implementation of SNS's rules."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from moto.sns.utils import FilterPolicyMatcher

from patterns.events.topic_fan_out import Subscriber, TopicFanOut
from tests.constructs import app_for_its_template
from tests.patterns.events.announcements.announced import announcement, trial


def subscription(scope: cdk.Stack, **filters: Any) -> dict[str, Any]:
    TopicFanOut(scope, "FanOut", subscribers=[Subscriber(name="One", **filters)])
    resources = cdk.assertions.Template.from_stack(scope).find_resources("AWS::SNS::Subscription")
    (found,) = resources.values()
    return dict(found["Properties"])


def hears(properties: dict[str, Any], message: str) -> bool:
    return bool(FilterPolicyMatcher(properties["FilterPolicy"], properties["FilterPolicyScope"]).matches(None, message))


@pytest.mark.parametrize(
    ("key", "heard"),
    [("images/1.jpg", True), ("images/a b.txt", True), ("raw/1", True), ("image/1", False), ("x/images/1", False)],
)
def test_prefixes(scope: cdk.Stack, key: str, heard: bool) -> None:
    properties = subscription(scope, prefixes=["images/", "raw/"])
    assert properties["FilterPolicyScope"] == "MessageBody"
    assert hears(properties, announcement(key)) is heard


@pytest.mark.parametrize(("key", "heard"), [("a.jpg", True), ("ü/ .jpg", True), ("a.JPG", False), ("a.jpg.txt", False)])
def test_suffixes(scope: cdk.Stack, key: str, heard: bool) -> None:
    assert hears(subscription(scope, suffixes=[".jpg", ".png"]), announcement(key)) is heard


def test_who_filters_does_not_hear_of_the_test_event(scope: cdk.Stack) -> None:
    assert not hears(subscription(scope, suffixes=[".jpg"]), trial())


def test_who_does_not_filter_has_no_filter(scope: cdk.Stack) -> None:
    properties = subscription(scope)
    assert "FilterPolicy" not in properties, json.dumps(properties)


@pytest.mark.parametrize("kind", ["prefixes", "suffixes"])
def test_no_filter_is_larger_than_sns_counts(scope: cdk.Stack, kind: str) -> None:
    # Four keys deep, each value counts four times: 37 make 148 of 150.
    subscription(
        cdk.Stack(app_for_its_template(), "Inside"),
        **{kind: [f"{number}/" for number in range(37)]},
    )
    with pytest.raises(ValueError, match=rf"^subscribers\[One\]: {kind} must be at most 37, got 38$"):
        subscription(scope, **{kind: [f"{number}/" for number in range(38)]})


def test_s3_does_not_publish_to_a_fifo_topic(scope: cdk.Stack) -> None:
    topic = cdk.aws_sns.Topic(scope, "Topic", fifo=True)
    with pytest.raises(ValueError, match=r"^topic must be a standard topic: S3 does not publish to FIFO topics$"):
        TopicFanOut(scope, "FanOut", subscribers=[Subscriber(name="One")], topic=topic)
