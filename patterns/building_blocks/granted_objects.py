"""Grants on the objects of a bucket."""

from typing import Literal

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from patterns.building_blocks.granted_wildcard import grant_wildcard
from patterns.building_blocks.wildcard_resource import OBJECT_KEYS_UNKNOWN

_OF_OBJECTS = {"put": "s3:PutObject", "read": "s3:GetObject"}
# Parts of a multipart upload are decrypted to be put together.
_OF_KEYS = {"put": ("kms:Decrypt", "kms:GenerateDataKey"), "read": ("kms:Decrypt",)}


def grant_objects(
    grantee: iam.IGrantable, bucket: s3.IBucket, what: Literal["put", "read"], *, prefix: str = ""
) -> iam.Grant:
    """Let someone put or read objects, and use the bucket's key for that; nothing else.

    `IBucket.grant_put` and its like grant wildcard actions, and what sets legal holds and retention.

    Args:
        grantee: Who may.
        bucket: The bucket.
        what: What they may do.
        prefix: How the keys of the objects begin. Default: any key.

    Returns:
        The grant.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuAndPermissions.html
    """
    if bucket.encryption_key is not None:
        bucket.encryption_key.grant(grantee, *_OF_KEYS[what])
    return grant_wildcard(grantee, [_OF_OBJECTS[what]], bucket.arn_for_objects(f"{prefix}*"), OBJECT_KEYS_UNKNOWN)
