"""How traffic shifts from one version of a function to the next, by AWS CodeDeploy."""

from collections.abc import Mapping, Sequence

from aws_cdk import Acknowledgment, Aws, RemovalPolicy, Stack, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patterns.building_blocks.cross_stack import in_one_stack
from patterns.building_blocks.same_region import check_here
from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource

_ALIAS = "patterns:alias"


def kept_version(function: lambda_.Function) -> lambda_.Version:
    """The function's newest version, which stays when the next one takes its place in the template.

    CloudFormation would delete it at the end of an update, while it may still have traffic, and a rollback by hand
    would find nothing to go back to.

    Args:
        function: The function.

    Returns:
        The version, which goes with the function itself.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
    """
    version = function.current_version
    version.apply_removal_policy(RemovalPolicy.RETAIN)
    return version


def shift_traffic(
    scope: Construct,
    alias: lambda_.Alias,
    deployment_config: codedeploy.ILambdaDeploymentConfig,
    before_traffic: lambda_.IFunction | None,
    after_traffic: lambda_.IFunction | None,
    alarms: Sequence[cloudwatch.IAlarm],
) -> codedeploy.LambdaDeploymentGroup:
    """Shift an alias to each new version bit by bit, and back as soon as an alarm goes off or a hook fails.

    Args:
        scope: Parent construct.
        alias: The alias.
        deployment_config: How much is shifted when.
        before_traffic: A function that checks the new version before it is given any traffic.
        after_traffic: A function that checks it once it has all traffic.
        alarms: What calls for a rollback.

    Returns:
        The deployment group.

    Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/security_confused_deputy.html
    """
    role = iam.Role(
        scope,
        "ReleaseRole",
        assumed_by=iam.ServicePrincipal(
            "codedeploy.amazonaws.com",
            # The group's own ARN would wait for the group, which waits for its role.
            conditions={
                "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                "ArnLike": {
                    "aws:SourceArn": (f"arn:{Aws.PARTITION}:codedeploy:{Aws.REGION}:{Aws.ACCOUNT_ID}:deploymentgroup:*")
                },
            },
        ),
        description=f"Shifts traffic between versions of {scope.node.path}",
    )
    group = codedeploy.LambdaDeploymentGroup(
        scope,
        "Release",
        alias=alias,
        alarms=list(alarms),
        auto_rollback=codedeploy.AutoRollbackConfig(
            failed_deployment=True, stopped_deployment=True, deployment_in_alarm=True
        ),
        deployment_config=deployment_config,
        pre_hook=_hook(scope, "BeforeTraffic", before_traffic),
        post_hook=_hook(scope, "AfterTraffic", after_traffic),
        role=role,
    )
    permission = role.node.try_find_child("DefaultPolicy")
    if permission is not None:
        # The alias is what CloudFormation updates by a deployment, which calls the first hook at once.
        alias.node.add_dependency(permission)
    Validations.of(role).acknowledge(
        Acknowledgment(
            id="AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
            "AWSCodeDeployRoleForLambdaLimited]",
            reason="AWS CodeDeploy shifts the traffic with this role, and this is the narrowest policy that AWS "
            "documents for deployments of functions.",
        )
    )
    for hook in (before_traffic, after_traffic):
        if hook is not None:
            acknowledge_wildcard_resource(
                role, f"{hook.function_arn}:*", "CodeDeploy calls the hook, which has no versions of its own."
            )
    return group


def _hook(scope: Construct, construct_id: str, function: lambda_.IFunction | None) -> lambda_.IFunction | None:
    if function is None or isinstance(function, lambda_.Function | lambda_.Alias | lambda_.Version):
        return function
    # CodeDeploy takes hooks of its own account only; the CDK does not know whose an imported function is.
    return lambda_.Function.from_function_attributes(
        scope, construct_id, function_arn=function.function_arn, role=function.role, same_environment=True
    )


def check_hooks(scope: Construct, hooks: Mapping[str, lambda_.IFunction | None], *, whose: str) -> None:
    """Refuse hooks that a gradual release could not be made with.

    Args:
        scope: Parent construct.
        hooks: The hooks by their arguments' names; None passes.
        whose: Whose stack they must stand in, for the message: "API".

    Raises:
        ValueError: If one stands in another stack or Region, or nobody could let it answer.
    """
    check_here(scope, **hooks)
    for argument, hook in hooks.items():
        if hook is not None and hook.role is None:
            # CodeDeploy would wait an hour for an answer that the hook may not give.
            raise ValueError(
                f"{argument} must have a role that is known, which must be allowed to answer CodeDeploy: "
                "import it with Function.from_function_attributes(role=...)"
            )
        if hook is not None and not in_one_stack(scope, hook):
            # The function's role names the deployment group, whose own role names the function.
            raise ValueError(
                f"{argument} must stand in the {whose}'s stack, {Stack.of(scope).node.path}, "
                f"got a function of {Stack.of(hook).node.path}: their stacks would wait for each other"
            )


def check_owner(
    scope: Construct, function: lambda_.Function | None, alias_name: str, *, whose: str, argument: str
) -> None:
    """Refuse a function that cannot be released here: of another stack, or with an alias of this name.

    Args:
        scope: Parent construct.
        function: The ready function; None passes.
        alias_name: The name of the alias.
        whose: Whose stack it must stand in, for the message: "API".
        argument: The argument that names the alias.

    Raises:
        ValueError: If it cannot.
    """
    if function is None:
        return
    if not in_one_stack(scope, function):
        # The function's stack would export its version, and could not replace it while this stack imports it.
        raise ValueError(
            f"function must stand in the {whose}'s stack, {Stack.of(scope).node.path}, got a function of "
            f"{Stack.of(function).node.path}: no new version of it could be deployed"
        )
    aliases = [one.data for one in function.node.metadata if one.type == _ALIAS]
    if alias_name in aliases:
        raise ValueError(f"{argument} must be another for each {whose} of one function: it has an alias {alias_name!r}")


def note_alias(function: lambda_.Function, alias_name: str) -> None:
    """Remember that a function has an alias, for whatever else is made of it later."""
    function.node.add_metadata(_ALIAS, alias_name)
