"""The access logs of a distribution, delivered to a bucket.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
"""

from aws_cdk import Annotations, Aws, Names
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct


def deliver_access_logs(scope: Construct, *, distribution_arn: str, bucket: s3.IBucket) -> None:
    """Have CloudWatch Logs deliver the access logs of a distribution to a bucket.

    Args:
        scope: Parent construct, in us-east-1: deliveries of CloudFront's logs are there alone.
        distribution_arn: The distribution.
        bucket: The bucket. The policy of an imported one cannot be changed: a warning says what it needs.
    """
    name = Names.unique_resource_name(scope, max_length=50)
    source = logs.CfnDeliverySource(
        scope, "AccessLogs", name=name, log_type="ACCESS_LOGS", resource_arn=distribution_arn
    )
    destination = logs.CfnDeliveryDestination(
        scope, "AccessLogsBucket", name=name, destination_resource_arn=bucket.bucket_arn, output_format="json"
    )
    delivery = logs.CfnDelivery(
        scope,
        "AccessLogsDelivery",
        delivery_source_name=source.name,
        delivery_destination_arn=destination.attr_arn,
    )
    delivery.add_resource_dependency(source)
    allowed = bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="LogsOfTheEdge",
            principals=[iam.ServicePrincipal("delivery.logs.amazonaws.com")],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects(f"AWSLogs/{Aws.ACCOUNT_ID}/CloudFront/*")],
            conditions={
                "ArnLike": {
                    "aws:SourceArn": f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:delivery-source:{name}"
                },
                "StringEquals": {
                    "aws:SourceAccount": Aws.ACCOUNT_ID,
                    "s3:x-amz-acl": "bucket-owner-full-control",
                },
            },
        )
    )
    if allowed.statement_added:
        if allowed.policy_dependable is not None:
            delivery.node.add_dependency(allowed.policy_dependable)
        return
    Annotations.of(scope).add_warning_v2(
        "patterns:access-logs-bucket-policy",
        "access_logs_bucket is imported: its policy must let delivery.logs.amazonaws.com do s3:PutObject in "
        "AWSLogs/ACCOUNT/CloudFront/, which only its owner can say",
    )
