"""The origins of a distribution: buckets that only it reads, and others."""

from aws_cdk import Annotations, Aws
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from patterns.api.edge_function.arguments import Variant
from patterns.building_blocks.cross_stack import in_one_stack
from patterns.building_blocks.key_policy import EDGE, let_use

Origin = cloudfront.CfnDistribution.OriginProperty


def access_control(scope: Construct) -> cloudfront.S3OriginAccessControl:
    """Make what signs the distribution's requests to buckets.

    Args:
        scope: Parent construct.

    Returns:
        The origin access control: it signs always, so that what a viewer sends as authorization never reaches a bucket.
    """
    return cloudfront.S3OriginAccessControl(scope, "AccessControl", signing=cloudfront.Signing.SIGV4_ALWAYS)


def bucket_origin(
    scope: Construct,
    variant: Variant,
    bucket: s3.IBucket,
    *,
    control: cloudfront.S3OriginAccessControl,
    distribution_id: str,
) -> Origin:
    """Make an origin of a bucket, and let this distribution alone read it.

    Args:
        scope: The construct that needs it.
        variant: The variant, whose name is the origin's id.
        bucket: The bucket. The policy of an imported one cannot be changed: a warning says what it needs.
        control: What signs.
        distribution_id: The distribution's id.

    Returns:
        The origin.
    """
    # Another stack's policy must not name this distribution: its stack would wait for this one, which waits for it.
    operator, one = ("StringEquals", distribution_id) if in_one_stack(scope, bucket) else ("ArnLike", "*")
    statement = iam.PolicyStatement(
        sid="EdgeReads",
        principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
        actions=["s3:GetObject"],
        resources=[bucket.arn_for_objects(f"{variant.path.removeprefix('/')}/*" if variant.path else "*")],
        # The account is in the ARN, and CloudFront is not documented to send it by itself.
        conditions={
            operator: {"aws:SourceArn": f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}:distribution/{one}"}
        },
    )
    if not bucket.add_to_resource_policy(statement).statement_added:
        Annotations.of(scope).add_warning_v2(
            f"patterns:bucket-policy-{variant.name}",
            f"the bucket of variant {variant.name} is imported: its policy must let cloudfront.amazonaws.com do "
            "s3:GetObject for this distribution, which only its owner can say",
        )
    if bucket.encryption_key is not None:
        let_use(bucket.encryption_key, EDGE, needed_by=scope)
    return Origin(
        id=variant.name,
        domain_name=bucket.bucket_regional_domain_name,
        origin_access_control_id=control.origin_access_control_id,
        origin_path=variant.path or None,
        # Required beside an access control, and empty: the older identity is not used.
        s3_origin_config=cloudfront.CfnDistribution.S3OriginConfigProperty(origin_access_identity=""),
    )


def other_origin(scope: Construct, variant: Variant, origin: cloudfront.IOrigin, distribution_id: str) -> Origin:
    """Bind an origin that is no bucket.

    Args:
        scope: Parent construct of what the origin makes.
        variant: The variant, whose name is the origin's id.
        origin: The origin.
        distribution_id: The distribution's id, which permissions name.

    Returns:
        The origin.

    Raises:
        ValueError: If it is a group of origins.
    """
    bound = origin.bind(
        Construct(scope, f"Origin-{variant.name}"), origin_id=variant.name, distribution_id=distribution_id
    )
    found = bound.origin_property
    if bound.failover_config is not None or found is None:
        raise ValueError(f"variants must have single origins, got a group of origins for {variant.name}")
    return found
