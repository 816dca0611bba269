"""AWS Systems Manager Session Manager: a shell on an instance, without SSH and without an open port."""

from aws_cdk import Acknowledgment, Validations
from aws_cdk import aws_iam as iam


def permit_sessions(role: iam.Role) -> None:
    """Let Session Manager open sessions on the instances of `role`, and nothing else.

    These are the exact actions that AWS names for a custom role; the managed policy AmazonSSMManagedInstanceCore also
    reads every parameter of the account.

    Args:
        role: The instances' role.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
    """
    role.add_to_policy(
        iam.PolicyStatement(
            sid="SessionManager",
            actions=[
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            resources=["*"],
        )
    )
    Validations.of(role).acknowledge(
        Acknowledgment(
            id="AwsSolutions::AwsSolutions-IAM5[Resource::*]",
            reason="Session Manager's channels are no resources that IAM knows: AWS allows these actions only on all "
            "resources, and they open a session on the calling instance alone.",
        )
    )
