"""What runs code that may change a network: functions, build projects, state machines, scripts of instances.

They are suspected of changing the elements that they are handed, as custom resources are: route tables, gateways,
endpoints, VPCs, subnets. Not where their role surely lets them change nothing of EC2.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from typing import Any

from patternkit.resolving import Stack, custom_names
from patternkit.resolving.values import CLOSE, OPEN, Unknown
from patternkit.routes.building.doubts import raise_doubts
from patternkit.routes.building.draft import Draft, Properties
from patternkit.routes.building.suspects import CHANGEABLE, is_declared_harmless, names_an_id, suspect, suspect_of_texts

# Each with the properties, one within the other, that name its role; none where it may run with any.
AUTOMATIONS: dict[str, tuple[str, ...]] = {
    "AWS::AppRunner::Service": ("InstanceConfiguration", "InstanceRoleArn"),
    "AWS::AutoScaling::LaunchConfiguration": (),
    "AWS::Batch::JobDefinition": ("ContainerProperties", "JobRoleArn"),
    "AWS::CodeBuild::Project": ("ServiceRole",),
    "AWS::CodePipeline::Pipeline": (),
    "AWS::Config::RemediationConfiguration": (),
    "AWS::EC2::Instance": (),
    "AWS::EC2::LaunchTemplate": (),
    "AWS::ECS::TaskDefinition": ("TaskRoleArn",),
    "AWS::Events::Rule": (),
    "AWS::Glue::Job": ("Role",),
    "AWS::Lambda::Function": ("Role",),
    "AWS::Pipes::Pipe": ("RoleArn",),
    "AWS::SSM::Association": (),
    "AWS::SSM::Document": (),
    "AWS::SSM::MaintenanceWindowTask": (),
    "AWS::Scheduler::Schedule": ("Target", "RoleArn"),
    "AWS::Serverless::Function": ("Role",),
    "AWS::Serverless::StateMachine": ("Role",),
    "AWS::StepFunctions::StateMachine": ("RoleArn",),
}

# Properties that say where something runs, not what it is told.
_PLACEMENT = {
    "AwsvpcConfiguration",
    "NetworkConfiguration",
    "NetworkInterfaces",
    "SecurityGroup",
    "SecurityGroupIds",
    "SecurityGroups",
    "SubnetId",
    "Subnets",
    "Tags",
    "VPCConfig",
    "Vpc",
    "VpcConfig",
}

# Properties whose keys are names of the user's own, which say nothing of what is within.
_NAMED_FREELY = {"DefaultArguments", "DefinitionSubstitutions", "Parameters", "Variables"}

# What only sounds like an element of a network.
_ELSEWHERE = {"AWS::Pipes::Pipe": {"EventBridgeEventBusParameters"}}

# Policies that change nothing of a network but the interfaces that their holder runs with:
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/about-managed-policy-reference.html.
_HARMLESS_POLICIES = (
    "*ReadOnly*",
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
    "AWSXRayDaemonWriteAccess",
    "AmazonECSTaskExecutionRolePolicy",
    "AmazonSSMManagedInstanceCore",
    "CloudWatchAgentServerPolicy",
    "CloudWatchLambdaInsightsExecutionRolePolicy",
)
_READING = ("ec2:describe*", "ec2:get*", "ec2:search*", "ec2:list*", "ec2:export*")
_INTERFACES = (
    "ec2:assignprivateipaddresses",
    "ec2:createnetworkinterface",
    "ec2:createnetworkinterfacepermission",
    "ec2:createtags",
    "ec2:deletenetworkinterface",
    "ec2:unassignprivateipaddresses",
)
# Actions by which a holder hands on what it was handed.
_HANDING_ON = (
    "cloudformation:createstack",
    "cloudformation:updatestack",
    "codebuild:startbuild",
    "lambda:invokefunction",
    "ssm:sendcommand",
    "ssm:startautomationexecution",
    "states:startexecution",
    "sts:assumerole",
)


def suspect_automation(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Suspect what runs code of changing the network elements that it is handed."""
    kind = stack.resources[logical]["Type"]
    told = {
        key: draft.value(stack, _readable(node))
        for key, node in properties.items()
        if key not in _PLACEMENT and (kind not in _BOXES or key in _BOXES[kind])
    }
    given = _without_placement(told, _PLACEMENT | _ELSEWHERE.get(kind, set()))
    if not any(OPEN in text or names_an_id(text) for text in _texts(given)):
        return
    names = custom_names(stack, logical, kind)
    if is_declared_harmless(draft, given, names) or not _may_change(draft, stack, kind, properties):
        return
    who = f"{stack.path(logical)} ({kind})"
    suspect(draft, given, who, names, "harmless")
    raise_doubts(draft, given, who, adds=False, but=CHANGEABLE)
    suspect_of_texts(draft, given, who)


def _may_change(draft: Draft, stack: Stack, kind: str, properties: Properties) -> bool:
    """Whether the role of what runs may let it change a network."""
    if kind in _BOXES and not any(key == "IamInstanceProfile" for key in _keys(properties)):
        # Without a profile nothing there may call AWS.
        return False
    way = AUTOMATIONS[kind]
    role: Any = properties.get(way[0]) if way else None
    value = draft.value(stack, role) if role is not None else None
    for name in way[1:]:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str):
        return True
    entry = draft.resolver.stacks.by_id.get(f"{value.removesuffix(CLOSE).removesuffix('.Arn')}{CLOSE}")
    if entry is None or entry[0].resources[entry[1]]["Type"] != "AWS::IAM::Role":
        return True
    return any(_dangerous(statement) for statement in _statements(draft, *entry))


def _statements(draft: Draft, owner: Stack, logical: str) -> Iterator[Any]:
    """The statements of a role's policies; None for those that are not known."""
    role = owner.resources[logical].get("Properties") or {}
    attached = draft.value(owner, role.get("ManagedPolicyArns") or [])
    inline = draft.value(owner, role.get("Policies") or [])
    mine = {owner.ids[logical]}
    for stack in draft.resolver.stacks.stacks:
        for name, resource in stack.resources.items():
            if resource["Type"] not in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
                continue
            properties = resource.get("Properties") or {}
            roles = draft.value(stack, [properties.get("Roles") or [], properties.get("RoleName") or []])
            if mine & set(_texts(roles)) or stack.ids[name] in _texts(attached):
                yield from _of_document(draft.value(stack, properties.get("PolicyDocument")))
    for policy in inline if isinstance(inline, list) else [None]:
        yield from _of_document(policy.get("PolicyDocument") if isinstance(policy, dict) else None)
    for arn in attached if isinstance(attached, list) else [None]:
        if arn in draft.resolver.stacks.by_id:
            continue
        name = str(arn).rpartition("/")[2].strip(CLOSE)
        if not isinstance(arn, str) or not any(fnmatch.fnmatchcase(name, known) for known in _HARMLESS_POLICIES):
            yield None


def _dangerous(statement: Any) -> bool:
    if not isinstance(statement, dict):
        return True
    if statement.get("Effect") == "Deny":
        return False
    actions = statement.get("Action")
    listed = actions if isinstance(actions, list) else [actions]
    for action in listed:
        if not isinstance(action, str) or OPEN in action:
            return True
        pattern = action.lower()
        if fnmatch.fnmatchcase("ec2:createroute", pattern):
            return True
        if pattern.startswith("ec2:") and not any(
            fnmatch.fnmatchcase(pattern, safe) for safe in (*_READING, *_INTERFACES)
        ):
            return True
        if any(fnmatch.fnmatchcase(handing, pattern) for handing in _HANDING_ON):
            return True
    return False


# Of what is also a part of the network only what tells it what to do.
_BOXES = {
    "AWS::AutoScaling::LaunchConfiguration": {"UserData"},
    "AWS::EC2::Instance": {"UserData"},
    "AWS::EC2::LaunchTemplate": {"LaunchTemplateData"},
}


def _of_document(document: Any) -> Iterator[Any]:
    statements = document.get("Statement") if isinstance(document, dict) else None
    if statements is None or isinstance(statements, Unknown):
        yield None
        return
    yield from statements if isinstance(statements, list) else [statements]


def _readable(node: Any) -> Any:
    """An expression without the coding that hides what is within."""
    if isinstance(node, dict):
        if set(node) == {"Fn::Base64"}:
            return _readable(node["Fn::Base64"])
        return {key: _readable(item) for key, item in node.items()}
    return [_readable(item) for item in node] if isinstance(node, list) else node


def _without_placement(value: Any, placement: set[str]) -> Any:
    if isinstance(value, dict):
        return {
            key: item if key in _NAMED_FREELY else _without_placement(item, placement)
            for key, item in value.items()
            if key not in placement
        }
    return [_without_placement(item, placement) for item in value] if isinstance(value, list) else value


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
