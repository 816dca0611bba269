"""What holds data, or an address, is known by its type."""

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from cfnlint.schema.manager import ResourceNotFoundError

from patternkit.testing.stateful import STATEFUL, stateful_resources


def test_only_what_holds_something_is_listed_in_order() -> None:
    types = {"Z": "AWS::S3::Bucket", "B": "AWS::IAM::Role", "A": "AWS::DynamoDB::Table"}
    template = {"Resources": {name: {"Type": one} for name, one in types.items()}}
    found = stateful_resources(template)
    assert list(found.items()) == [("A", "AWS::DynamoDB::Table"), ("Z", "AWS::S3::Bucket")]


def test_a_template_without_resources_has_none() -> None:
    assert stateful_resources({}) == {}


def test_every_type_is_one_of_cloudformation() -> None:
    unknown = []
    for one in sorted(STATEFUL):
        try:
            PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", one)
        except ResourceNotFoundError:
            unknown.append(one)
    assert unknown == []
