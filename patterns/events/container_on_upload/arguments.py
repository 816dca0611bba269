"""Checks of what the arguments of a container on upload say together."""

from collections.abc import Mapping

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_s3 as s3

from patterns.building_blocks.arguments import check_not_taken
from patterns.events.bucket_notifications.notifications import bucket_identity

RESERVED = (
    "JOB", "OBJECT_BUCKET", "OBJECT_KEY", "OBJECT_SIZE", "OBJECT_VERSION",
    "RESULT_BUCKET", "RESULT_PREFIX", "TABLE_NAME",
)  # fmt: skip
"""Environment variables that the pattern sets."""


def check_container(environment: Mapping[str, str] | None) -> None:
    """Refuse variables that the pattern sets itself.

    Args:
        environment: The container's own variables; None passes.

    Raises:
        ValueError: If there is one.
    """
    check_not_taken("environment", environment, RESERVED)


def check_buckets(bucket: s3.IBucket | None, results: s3.IBucket | None) -> None:
    """Refuse results that would be worked on themselves.

    Args:
        bucket: The bucket of uploads; None: a new one.
        results: The bucket of results; None: a new one.

    Raises:
        ValueError: If both are one bucket.
    """
    if bucket is not None and results is not None and bucket_identity(bucket) == bucket_identity(results):
        raise ValueError("result_bucket must be another one than bucket: each result would be worked on again")


def check_vpc(vpc: ec2.IVpc | None) -> None:
    """Refuse a VPC without subnets for tasks that have no public address.

    Args:
        vpc: The VPC; None passes.

    Raises:
        ValueError: If it has none.
    """
    if vpc is not None and not vpc.private_subnets and not vpc.isolated_subnets:
        raise ValueError("vpc must have private or isolated subnets: tasks get no public addresses, got none")
