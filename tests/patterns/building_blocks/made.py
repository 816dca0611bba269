"""What a building block makes, as a template says it."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template


def resources(stack: cdk.Stack, *kinds: str) -> dict[str, Any]:
    """The resources of a stack, each under its path in the stack, by which others name it too.

    Args:
        stack: The stack.
        kinds: The only types that are wanted, as `AWS::SQS::Queue`. Default: all of them.

    Returns:
        What the template has of each: type, properties, policies, dependencies. Metadata is left out.
    """
    text = json.dumps(Template.from_stack(stack).to_json().get("Resources", {}))
    for one in stack.node.find_all():
        if isinstance(one, cdk.CfnResource) and cdk.Stack.of(one) is stack:
            path = one.node.path.removeprefix(f"{stack.node.path}/").removesuffix("/Resource")
            text = text.replace(f'"{stack.get_logical_id(one)}"', f'"{path}"')
    return {
        path: {name: value for name, value in one.items() if name != "Metadata"}
        for path, one in json.loads(text).items()
        if not kinds or one["Type"] in kinds
    }


def properties(stack: cdk.Stack, *kinds: str) -> dict[str, Any]:
    """The properties of a stack's resources, each under its path in the stack.

    Args:
        stack: The stack.
        kinds: The only types that are wanted. Default: all of them.

    Returns:
        By path.
    """
    return {path: one.get("Properties", {}) for path, one in resources(stack, *kinds).items()}


def function(scope: cdk.Stack, name: str = "Function", **more: Any) -> lambda_.Function:
    """A function that does nothing, with what is given besides."""
    return lambda_.Function(
        scope,
        name,
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        **more,
    )


def own_arn(service: str, resource: str, *, global_: bool = False) -> dict[str, Any]:
    """An ARN in the stack's own account, as a template that knows neither says it.

    Args:
        service: The service, as "logs".
        resource: What comes after the account, as "log-group:*".
        global_: Whether the service has no Region.
    """
    region: list[Any] = [f":{service}::"] if global_ else [f":{service}:", {"Ref": "AWS::Region"}, ":"]
    parts = ["arn:", {"Ref": "AWS::Partition"}, *region, {"Ref": "AWS::AccountId"}, f":{resource}"]
    return {"Fn::Join": ["", parts]}


def trust(principal: str, source: dict[str, Any]) -> dict[str, Any]:
    """The trust policy of a role that one service assumes, for one source in the account.

    Args:
        principal: The service, as "codedeploy.amazonaws.com".
        source: The ARN of what the service assumes it for.
    """
    conditions = {
        "ArnLike": {"aws:SourceArn": source},
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
    }
    statement = {
        "Action": "sts:AssumeRole",
        "Condition": conditions,
        "Effect": "Allow",
        "Principal": {"Service": principal},
    }
    return {"Statement": [statement], "Version": "2012-10-17"}


def acknowledged(stack: cdk.Stack) -> dict[str, dict[str, str]]:
    """The findings that are acknowledged in a stack's app, read from its assembly.

    Args:
        stack: The stack.

    Returns:
        By path in the stack, the reason of each finding by its id.
    """
    assembly = Path(stack.node.root.synth().directory)  # type: ignore[attr-defined]
    found: dict[str, dict[str, str]] = {}
    for file in sorted(assembly.rglob("*.metadata.json")):
        for path, entries in json.loads(file.read_text(encoding="utf-8")).items():
            for entry in entries:
                if entry["type"] == "aws:cdk:acknowledged-rules":
                    found.setdefault(path.removeprefix(f"/{stack.node.path}/"), {}).update(entry["data"])
    return found
