"""The bucket that uploads arrive in, which nobody reads but the check."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from patterns.building_blocks.private_bucket import PrivateBucket

PREFIX = "incoming/"
_ONE_HOUR = 3600


def quarantine_bucket(
    scope: Construct,
    *,
    encryption_key: kms.IKey | None,
    access_logs: s3.IBucket | None,
    lifetime: Duration,
    kept: Duration,
    origins: Sequence[str],
) -> PrivateBucket:
    """Make the bucket that takes signed uploads and nothing else.

    Args:
        scope: Parent construct.
        encryption_key: The key that encrypts it; None: S3's own.
        access_logs: The bucket of its access logs.
        lifetime: How long a signature is good.
        kept: How long what was not released is kept.
        origins: The origins whose pages upload.

    Returns:
        The bucket.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
    """
    bucket = PrivateBucket(
        scope,
        "Quarantine",
        encryption_key=encryption_key,
        access_logs=access_logs,
        access_logs_prefix="quarantine/",
        noncurrent_versions_kept=Duration.days(1),
        objects_kept=kept,
        incomplete_uploads_kept=Duration.days(1),
    )
    bucket.tell_event_bridge()
    if origins:
        bucket.add_cors_rule(
            allowed_methods=[s3.HttpMethods.POST, s3.HttpMethods.PUT],
            allowed_origins=list(origins),
            allowed_headers=["*"],
            # Without it a page cannot read the tags that put the parts together.
            exposed_headers=["ETag"],
            max_age=_ONE_HOUR,
        )
    objects = bucket.arn_for_objects("*")
    for sid, condition in (
        ("DenyOtherThanSigned", {"StringNotEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}}),
        # A signature in the query may be a week old; that of a form is bounded by the form's own policy.
        ("DenyOldSignatures", {"NumericGreaterThan": {"s3:signatureAge": str(lifetime.to_milliseconds())}}),
    ):
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:PutObject"],
                resources=[objects],
                conditions=condition,
            )
        )
    return bucket
