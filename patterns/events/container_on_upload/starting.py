"""From a bucket to a task: the events, the permissions to start, and the events of tasks that failed."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.building_blocks.event_rule import send_to_queue
from patterns.building_blocks.lambda_function import LambdaFunction
from patterns.building_blocks.private_bucket import PrivateBucket
from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource
from patterns.events.bucket_notifications.notifications import govern_notifications_handler


def send_events_to(
    scope: Construct, bucket: s3.IBucket, prefix: str, queue: sqs.Queue, dead_letters: sqs.Queue, *, own: bool
) -> events.Rule:
    """Queue the events of new objects.

    Args:
        scope: Parent construct.
        bucket: The bucket.
        prefix: What the objects' keys begin with.
        queue: The queue.
        dead_letters: Where an event ends that cannot be queued.
        own: Whether the bucket is made here.

    Returns:
        The rule.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
    """
    if own:
        assert isinstance(bucket, PrivateBucket)
        bucket.tell_event_bridge()
    else:
        bucket.enable_event_bridge_notification()
        govern_notifications_handler(bucket)
    found: dict[str, object] = {"bucket": {"name": [bucket.bucket_name]}}
    if prefix:
        found["object"] = {"key": [{"prefix": prefix}]}
    return _rule(
        scope,
        "Arrivals",
        "Queues new objects for tasks",
        events.EventPattern(source=["aws.s3"], detail_type=["Object Created"], detail=found),
        queue,
        dead_letters,
    )


def send_failures_to(
    scope: Construct, cluster: ecs.ICluster, task: ecs.TaskDefinition, queue: sqs.Queue
) -> events.Rule:
    """Keep the events of tasks that did not start, or ended otherwise than with exit code 0.

    Args:
        scope: Parent construct.
        cluster: The cluster.
        task: The task definition.
        queue: The queue that keeps them.

    Returns:
        The rule.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
    """
    ended: dict[str, object] = {
        "clusterArn": [cluster.cluster_arn],
        "group": [f"family:{task.family}"],
        "lastStatus": ["STOPPED"],
    }
    return _rule(
        scope,
        "TaskFailures",
        "Keeps what Amazon ECS says of tasks that failed",
        events.EventPattern(
            source=["aws.ecs"],
            detail_type=["ECS Task State Change"],
            # EventBridge refuses other keys beside `$or`.
            detail={
                "$or": [
                    {**ended, "containers": {"exitCode": [{"anything-but": [0]}]}},
                    # Not started, killed by AWS or by somebody: a container that ended by itself is the only other way.
                    {**ended, "stopCode": [{"anything-but": ["EssentialContainerExited"]}]},
                ],
            },
        ),
        queue,
    )


def permit_starting(
    starter: LambdaFunction, cluster: ecs.ICluster, task: ecs.TaskDefinition, roles: Sequence[iam.IRole]
) -> None:
    """Let the starter start this task in this cluster, with its two roles, and count what runs.

    Args:
        starter: The function.
        cluster: The cluster.
        task: The task definition.
        roles: The task's role and its execution role: without either, RunTask is refused.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security_iam_id-based-policy-examples.html
    """
    inside = {"ArnEquals": {"ecs:cluster": cluster.cluster_arn}}
    tasks = f"arn:{Aws.PARTITION}:ecs:{Aws.REGION}:{Aws.ACCOUNT_ID}:task/{cluster.cluster_name}/*"
    starter.permit(
        [
            iam.PolicyStatement(actions=["ecs:RunTask"], resources=[task.task_definition_arn], conditions=inside),
            iam.PolicyStatement(actions=["ecs:ListTasks"], resources=["*"], conditions=inside),
            iam.PolicyStatement(
                actions=["ecs:TagResource"],
                resources=[tasks],
                conditions={"StringEquals": {"ecs:CreateAction": "RunTask"}},
            ),
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=[role.role_arn for role in roles],
                conditions={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            ),
        ]
    )
    acknowledge_wildcard_resource(
        starter.role, tasks, "A task has its number when it is started; the statement names one cluster, and RunTask."
    )


def _rule(
    scope: Construct,
    construct_id: str,
    description: str,
    pattern: events.EventPattern,
    queue: sqs.Queue,
    dead_letters: sqs.Queue | None = None,
) -> events.Rule:
    rule = events.Rule(scope, construct_id, description=description, event_pattern=pattern)
    send_to_queue(rule, queue, dead_letters=dead_letters)
    return rule
