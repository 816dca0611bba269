"""How a new version of the function takes over from the one before."""

from aws_cdk import Acknowledgment, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct


def shift_traffic(
    scope: Construct,
    alias: lambda_.Alias,
    deployment_config: codedeploy.ILambdaDeploymentConfig,
    before_traffic: lambda_.IFunction | None,
    after_traffic: lambda_.IFunction | None,
    alarms: list[cloudwatch.Alarm],
) -> codedeploy.LambdaDeploymentGroup:
    """Shift an alias to each new version bit by bit, and back as soon as an alarm goes off or a hook fails.

    Args:
        scope: Where it stands in the tree.
        alias: The alias.
        deployment_config: How much is shifted when.
        before_traffic: A function that checks the new version before it is given any traffic.
        after_traffic: A function that checks it once it has all traffic.
        alarms: What calls for a rollback.

    Returns:
        The deployment group.

    Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-lambda.html
    """
    role = iam.Role(
        scope,
        "ReleaseRole",
        assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"),
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
        pre_hook=before_traffic,
        post_hook=after_traffic,
        role=role,
    )
    Validations.of(role).acknowledge(
        Acknowledgment(
            id="AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
            "AWSCodeDeployRoleForLambdaLimited]",
            reason="AWS CodeDeploy shifts the traffic with this role, and this is the narrowest policy that AWS "
            "documents for deployments of functions.",
        )
    )
    return group
