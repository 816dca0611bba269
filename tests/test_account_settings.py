"""No example and no beginning of a project changes what is one setting of a whole account, unless it is asked to."""

import re
from pathlib import Path

import pytest

from patternkit.catalog.discovery import Pattern, patterns
from tests.every_template import every_template, resources

PATTERNS = [pytest.param(one, id=one.name) for one in patterns().values()]
# Resources of which an account has one, in a Region or at all: whoever makes them changes what others rely on.
ONE_OF_AN_ACCOUNT = {
    "AWS::ApiGateway::Account",
    "AWS::EC2::SnapshotBlockPublicAccess",
    "AWS::EC2::VPCBlockPublicAccessOptions",
    "AWS::ECR::RegistryPolicy",
    "AWS::ECR::RegistryScanningConfiguration",
    "AWS::ECR::ReplicationConfiguration",
    "AWS::GuardDuty::Detector",
    "AWS::Logs::AccountPolicy",
    "AWS::Organizations::Organization",
    "AWS::SecurityHub::Hub",
    "AWS::XRay::TransactionSearchConfig",
}
# The arguments that ask for one.
ASKS = ("block_public_access",)
# Without a role API Gateway writes no access log. Each API names one that may do the same, and it stays.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
NEEDED = {"AWS::ApiGateway::Account"}


@every_template
def test_no_example_changes_a_setting_of_the_account_unasked(path: Path) -> None:
    """VPC Block Public Access cuts off what load balancers of all other VPCs serve to the internet.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    """
    made = resources(path)
    assert [name for name, one in made.items() if one["Type"] in ONE_OF_AN_ACCOUNT - NEEDED] == []
    for name, one in made.items():
        if one["Type"] in NEEDED:
            assert one["DeletionPolicy"] == one["UpdateReplacePolicy"] == "Retain", name


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_beginning_of_a_project_asks_for_one(pattern: Pattern) -> None:
    for one in sorted((pattern.folder / "starter").glob("*")):
        assert not [name for name in ASKS if name in one.read_text(encoding="utf-8")], one.name


@pytest.mark.parametrize("pattern", PATTERNS)
def test_pages_say_what_deleting_the_stack_does_to_one(pattern: Pattern) -> None:
    text = (pattern.folder / "README.md").read_text(encoding="utf-8")
    [deleting] = re.findall(r"^\*\*Deleting the stack\.\*\* (.*?)(?:\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    for name in ASKS:
        if f"| `{name}` |" in text:
            assert f"`{name}=True`" in deleting, f"{pattern.name}: say that the setting ends with the stack"
