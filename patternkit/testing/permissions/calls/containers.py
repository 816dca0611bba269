"""Calls of Amazon ECS."""

from collections.abc import Iterator

from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.calls.call import Call, Keys, Need, by_name
from patternkit.testing.permissions.errors import NotModelled

_TASK_DEFINITION = "AWS::ECS::TaskDefinition"


def ecs(call: Call, account: Account) -> Iterator[Need]:
    """The permissions that a call of Amazon ECS needs.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
    """
    given = call.parameters
    if call.operation not in ("RunTask", "ListTasks"):
        yield from by_name("ecs", call)
        return
    cluster = given.get("cluster", "default")
    cluster_arn = cluster if cluster.startswith("arn:") else account.arn("ecs", f"cluster/{cluster}")
    inside: Keys = {"ecs:cluster": (cluster_arn,)}
    name = cluster_arn.rsplit("/", 1)[1]
    if call.operation == "ListTasks":
        yield "ecs:ListTasks", account.arn("ecs", f"container-instance/{name}/*"), inside
        return
    wanted = given["taskDefinition"]
    found = [one for one in account.made(_TASK_DEFINITION) if wanted in (one.ref, one.ref.split("/")[1].split(":")[0])]
    if len(found) != 1:
        raise NotModelled(f"which roles a task definition has that the template does not make ({call})")
    yield "ecs:RunTask", str(found[0].arn), inside
    for role in ("TaskRoleArn", "ExecutionRoleArn"):
        if found[0].properties.get(role):
            yield "iam:PassRole", found[0].properties[role], {"iam:passedtoservice": ("ecs-tasks.amazonaws.com",)}
    if given.get("tags") or given.get("propagateTags", "NONE") != "NONE":
        yield "ecs:TagResource", account.arn("ecs", f"task/{name}/*"), {"ecs:createaction": ("RunTask",)}
