"""What a call of AWS's API made is made again when it changes: in every example.

Read from the snapshots, which are held to the templates elsewhere.
"""

import json
from pathlib import Path
from typing import Any

from tests.every_template import TEMPLATES, every_template, resources

CALLS = "Custom::AWS"


def calls(path: Path) -> dict[str, dict[str, Any]]:
    return {name: one["Properties"] for name, one in resources(path).items() if one["Type"] == CALLS}


def text(call: Any) -> str:
    return call if isinstance(call, str) else json.dumps(call)


def test_calls_are_found() -> None:
    assert sum(len(calls(path)) for path in TEMPLATES) >= 3


@every_template
def test_an_update_calls_what_the_creation_called(path: Path) -> None:
    """AwsCustomResource without `on_update` does nothing when its parameters change, and says that it did.

    https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk.custom_resources/AwsCustomResource.html
    """
    for name, one in calls(path).items():
        assert text(one["Update"]) == text(one["Create"]), name


@every_template
def test_nothing_is_fetched_from_npm_while_the_stack_is_deployed(path: Path) -> None:
    for name, one in calls(path).items():
        assert one["InstallLatestAwsSdk"] in (False, "false"), name


@every_template
def test_a_call_names_what_it_made(path: Path) -> None:
    """Of a call without a physical id an update would be a replacement, or fail."""
    for name, one in calls(path).items():
        assert '"physicalResourceId"' in text(one["Create"]).replace("\\", ""), name
