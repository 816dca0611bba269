"""Resources of another stack: what may name what, so that no two stacks wait for each other."""

from aws_cdk import Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct, IConstruct


def in_one_stack(one: IConstruct, other: IConstruct) -> bool:
    """Say whether two constructs stand in the same stack.

    Args:
        one: A construct.
        other: Another.

    Returns:
        Whether they do.
    """
    return Stack.of(one).node.addr == Stack.of(other).node.addr


def bucket_to_notify_from(scope: Construct, construct_id: str, bucket: s3.IBucket) -> s3.IBucket:
    """Look at a bucket in the way that lets `scope`'s own stack add a notification to it.

    The CDK makes a bucket's notifications in the bucket's stack, which would then wait for what they notify, while
    that waits for the bucket. An imported bucket's are made where it was imported, and keep the others it has.

    Args:
        scope: Where the notification's target stands.
        construct_id: The id of the import, if one is made.
        bucket: The bucket.

    Returns:
        The bucket itself, if it stands in the same stack.
    """
    if in_one_stack(scope, bucket):
        return bucket
    return s3.Bucket.from_bucket_name(scope, construct_id, bucket.bucket_name)
