"""What CloudFormation makes waits for what it needs at once, and is deleted before that: in every example.

Read from the snapshots, which are held to the templates elsewhere.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.every_template import TEMPLATES, Resources, every_template, needs, referred, resources

# What acts by a role as soon as it is made or updated, and so needs what the role may do by then.
ACTS = {
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::EC2::FlowLog",
    "AWS::EC2::Instance",
    "AWS::ECS::Service",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Pipes::Pipe",
    "AWS::Scheduler::Schedule",
    "AWS::StepFunctions::StateMachine",
}
# What stands between that and a role.
CARRIERS = {
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::EC2::LaunchTemplate",
    "AWS::ECS::TaskDefinition",
    "AWS::IAM::InstanceProfile",
    "AWS::Lambda::Function",
}


def roles(template: Resources, given: Any) -> set[str]:
    """The roles that are acted by, through what carries them."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(referred(given))
    while waiting:
        name = waiting.pop()
        if name in seen or name not in template:
            continue
        seen.add(name)
        if template[name]["Type"] == "AWS::IAM::Role":
            found.add(name)
        elif template[name]["Type"] in CARRIERS:
            waiting += referred(template[name]["Properties"])
    return found


def acting(template: Resources) -> Iterator[tuple[str, str]]:
    """Each resource that acts by a role at once, with that role."""
    for name, one in template.items():
        given = one.get("Properties") if one["Type"] in ACTS else None
        if one["Type"] == "AWS::Lambda::Alias":
            # Each of its updates but the first is a deployment, which calls hooks.
            given = [
                {"Ref": each}
                for each in referred(one.get("UpdatePolicy"))
                if template.get(each, {}).get("Type") == "AWS::CodeDeploy::DeploymentGroup"
            ]
        for role in sorted(roles(template, given)):
            yield name, role


def permissions(template: Resources, role: str) -> set[str]:
    return {
        name
        for name, one in template.items()
        if one["Type"] == "AWS::IAM::Policy" and role in referred(one["Properties"].get("Roles"))
    }


def test_what_acts_by_roles_is_found() -> None:
    found = {resources(path)[name]["Type"] for path in TEMPLATES for name, _ in acting(resources(path))}
    assert found >= {
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS::ECS::Service",
        "AWS::Lambda::Alias",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Scheduler::Schedule",
        "AWS::StepFunctions::StateMachine",
    }


@every_template
def test_what_acts_by_a_role_waits_for_what_the_role_may_do(path: Path) -> None:
    """A role that is there need not have its policies yet: those are attached afterwards.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html
    """
    template = resources(path)
    early = {
        f"{name} before {policy}"
        for name, role in acting(template)
        for policy in permissions(template, role) - needs(template, name)
        # A policy that names what acts comes after it.
        if name not in needs(template, policy)
    }
    assert early == set()


@every_template
def test_an_attachment_is_looked_for_once_it_was_made(path: Path) -> None:
    """Of a Direct Connect gateway the association makes it, which takes longer than the function would wait.

    When all is deleted, the association goes after the routes and tables that name the attachment.
    """
    template = resources(path)
    for name, one in template.items():
        if one["Type"] != "Custom::TransitGatewayAttachment":
            continue
        before = needs(template, name)
        subjects = {template[each]["Type"] for each in referred(one["Properties"]["ResourceId"]) if each in template}
        if "AWS::DirectConnect::DirectConnectGateway" in subjects:
            kinds = {template[each]["Type"] for each in before}
            assert "AWS::DirectConnect::DirectConnectGatewayAssociation" in kinds, name


def test_attachments_of_circuits_are_found() -> None:
    kinds = {one["Type"] for path in TEMPLATES for one in resources(path).values()}
    assert {"Custom::TransitGatewayAttachment", "AWS::DirectConnect::DirectConnectGatewayAssociation"} <= kinds
