"""Examples of patterns whose alarm topic and keys stand in another stack of the app."""

import importlib
from functools import cache
from typing import Any

import aws_cdk as cdk

from patternkit.catalog.arguments import arguments
from patternkit.catalog.discovery import patterns
from tests.constructs import app_for_its_template


@cache
def with_topic(name: str) -> tuple[cdk.Stack, Any, list[Any]]:
    """A pattern's example with an alarm topic and keys of another stack, its construct and its alarms."""
    pattern = patterns()[name]
    construct = getattr(importlib.import_module(pattern.module), pattern.construct)
    stack_class = getattr(importlib.import_module(f"{pattern.module}.example"), pattern.stack)
    app = app_for_its_template()
    elsewhere = cdk.Stack(app, "Elsewhere")
    topic = cdk.aws_sns.Topic(elsewhere, "Alarms", master_key=cdk.aws_kms.Key(elsewhere, "TopicKey"))
    settings = {"alarm_topic": topic, "encryption_key": cdk.aws_kms.Key(elsewhere, "Key")}
    taken = {one.name for one in arguments(pattern)}
    told = {name: one for name, one in settings.items() if name in taken}
    # Named as no security group may be.
    stack = stack_class(app, "sg-with-topic", **told)
    made = next(one for one in stack.node.children if isinstance(one, construct))
    kinds = (cdk.aws_cloudwatch.CfnAlarm, cdk.aws_cloudwatch.CfnCompositeAlarm)
    return stack, made, [one for one in stack.node.find_all() if isinstance(one, kinds)]
