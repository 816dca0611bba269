"""Logs of instances that terminate: a lifecycle hook, and the permission to upload them."""

from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from patterns.building_blocks.encryption_key import key_statement
from patterns.building_blocks.wildcard_resource import OBJECT_KEYS_UNKNOWN, acknowledge_wildcard_resource
from patterns.web.load_balanced_instances.user_data import LIFECYCLE_HOOK


def save_logs(
    scope: Construct,
    *,
    group: autoscaling.AutoScalingGroup,
    role: iam.Role,
    bucket: s3.Bucket,
    key: kms.IKey | None,
    reports_health: bool,
) -> None:
    """Hold a terminating instance until it has uploaded its logs, and permit the upload.

    Args:
        scope: Parent construct of the policy.
        group: The instances.
        role: Their role.
        bucket: Where the logs go.
        key: The key that encrypts them.
        reports_health: Whether an instance may declare instances of the group unhealthy.
    """
    # The instance completes the hook itself; if it cannot, it is let go after five minutes. The hook is a property of
    # the group: as a resource of its own it would be deleted before the group, whose last instances it is there for.
    resource = group.node.default_child
    assert isinstance(resource, autoscaling.CfnAutoScalingGroup)
    resource.lifecycle_hook_specification_list = [
        autoscaling.CfnAutoScalingGroup.LifecycleHookSpecificationProperty(
            lifecycle_hook_name=LIFECYCLE_HOOK,
            lifecycle_transition="autoscaling:EC2_INSTANCE_TERMINATING",
            default_result="CONTINUE",
            heartbeat_timeout=300,
        )
    ]
    objects = bucket.arn_for_objects("*")
    uploads = [iam.PolicyStatement(actions=["s3:PutObject"], resources=[objects])]
    if key is not None:
        uploads.append(key_statement(key, "kms:Decrypt", "kms:GenerateDataKey"))
    # A policy of its own, that names no group: it outlives the group, whose last instances upload too.
    upload = iam.Policy(scope, "UploadsLogs", roles=[role], statements=uploads)
    group.node.add_dependency(upload)
    acknowledge_wildcard_resource(upload, objects, OBJECT_KEYS_UNKNOWN)
    on_group = ["autoscaling:CompleteLifecycleAction"]
    if reports_health:
        on_group.append("autoscaling:SetInstanceHealth")
    # Another one: it names the group, whose launch template waits for the role's first policy.
    statement = iam.PolicyStatement(actions=on_group, resources=[group.auto_scaling_group_arn])
    policy = iam.Policy(scope, "SavesLogs", roles=[role], statements=[statement])
    acknowledge_wildcard_resource(
        policy,
        group.auto_scaling_group_arn,
        "The wildcard is the group's random id, which CloudFormation does not tell; the group's name follows it.",
    )
