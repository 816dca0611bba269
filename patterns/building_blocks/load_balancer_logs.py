"""Access logs of Elastic Load Balancing in an Amazon S3 bucket."""

from aws_cdk import Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3


def log_requests(load_balancer: elbv2.ApplicationLoadBalancer, bucket: s3.Bucket) -> None:
    """Have a load balancer write what it was asked into a bucket, which this account's load balancers alone may.

    Not `log_access_logs`: it needs a Region that is known when the template is made. AWS recommends this service
    principal in every Region, in place of a Region's account.

    Args:
        load_balancer: The load balancer.
        bucket: The bucket, encrypted by S3's own keys.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """
    stack = Stack.of(load_balancer)
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="LoadBalancerLogs",
            principals=[iam.ServicePrincipal("logdelivery.elasticloadbalancing.amazonaws.com")],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects(f"AWSLogs/{stack.account}/*")],
            conditions={
                "ArnLike": {
                    "aws:SourceArn": stack.format_arn(
                        service="elasticloadbalancing", resource="loadbalancer", resource_name="*"
                    )
                }
            },
        )
    )
    load_balancer.set_attribute("access_logs.s3.enabled", "true")
    load_balancer.set_attribute("access_logs.s3.bucket", bucket.bucket_name)
    # The load balancer proves at once that it may write there.
    assert bucket.policy is not None
    load_balancer.node.add_dependency(bucket.policy)
