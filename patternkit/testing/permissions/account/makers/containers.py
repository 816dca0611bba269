"""Clusters and task definitions of Amazon ECS."""

from __future__ import annotations

from patternkit.testing.permissions.account.identity import Identity
from patternkit.testing.permissions.account.made import Definition, Made


def cluster(account: Identity, definition: Definition) -> Made:
    """Make a cluster, by name."""
    name = definition.named("ClusterName", 255)
    account.client("ecs").create_cluster(clusterName=name)
    arn = account.arn("ecs", f"cluster/{name}")
    made = Made("AWS::ECS::Cluster", name, {"Arn": arn}, arn)
    # What runs in it has an ARN of its own, and no policy.
    for kind, of_type in (("task", "AWS::ECS::Task"), ("container-instance", "AWS::ECS::ContainerInstance")):
        part = account.arn("ecs", f"{kind}/{name}")
        made.parts[of_type] = Made(of_type, name, {}, part)
    return made


def task_definition(account: Identity, definition: Definition) -> Made:
    """Make the first revision of a task definition, and keep which roles its tasks get."""
    family = definition.named("Family", 255)
    account.client("ecs").register_task_definition(
        family=family, containerDefinitions=[{"name": "container", "image": "image", "memory": 512}]
    )
    arn = account.arn("ecs", f"task-definition/{family}:1")
    roles = definition.some("TaskRoleArn", "ExecutionRoleArn")
    return Made("AWS::ECS::TaskDefinition", arn, {"TaskDefinitionArn": arn}, arn, properties=roles)
