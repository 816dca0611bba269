"""Amazon CloudFront as the only way to an internal load balancer, by a VPC origin."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_s3 as s3
from constructs import Construct

from patterns.building_blocks.edge_distribution import EdgeDistribution, EdgeName
from patterns.building_blocks.service_security_group import service_security_group
from patterns.web.load_balancing.edge_front import EdgeFront

_GROUP = "CloudFront-VPCOrigins-Service-SG"
# The longest that CloudFront waits for an answer to begin:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
LONGEST_WAIT = Duration.seconds(120)


class EdgeEntrance(Construct):
    """A distribution, the VPC origin by which it reaches a load balancer, and the one rule that lets it in.

    CloudFront makes a security group in the VPC with the first VPC origin there, and its connections come from that
    group alone. The rule names it, is made before the distribution that needs it, and goes before the VPC origin does.

    The distribution passes on the `Host` header, so CloudFront compares the load balancer's certificate with the name
    that clients use.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        vpc: The load balancer's VPC.
        load_balancer: The load balancer, an internal one.
        listener: Its HTTPS listener, at port 443.
        edge: What is cached and filtered.
        domain_name: The name that clients use, whose records are made with the load balancer.
        waits: How long the load balancer waits for an answer.

    Attributes:
        vpc_origin (cloudfront.VpcOrigin): The way into the VPC.
        distribution (cloudfront.Distribution): The distribution.
        access_logs (s3.Bucket): What reached CloudFront.
        url (str): Where it answers.

    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        load_balancer: elbv2.ApplicationLoadBalancer,
        listener: elbv2.ApplicationListener,
        edge: EdgeFront,
        domain_name: str,
        waits: Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        self.vpc_origin = cloudfront.VpcOrigin(
            self,
            "Origin",
            endpoint=cloudfront.VpcOriginEndpoint.application_load_balancer(load_balancer),
            https_port=443,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
        )
        resource = self.vpc_origin.node.default_child
        assert isinstance(resource, cloudfront.CfnVpcOrigin)
        # AWS refuses each change of a VPC origin that a distribution uses, and a changed tag of the stack is one.
        resource.add_property_deletion_override("Tags")
        self.vpc_origin.node.add_dependency(listener)
        let_in = self._let_in(vpc, load_balancer)
        made = EdgeDistribution(
            self,
            "Front",
            origin=origins.VpcOrigin.with_vpc_origin(
                self.vpc_origin,
                domain_name=load_balancer.load_balancer_dns_name,
                read_timeout=min(waits, LONGEST_WAIT, key=lambda one: one.to_seconds()),
            ),
            cache=edge.cache(),
            name=EdgeName(
                domain_name=domain_name, certificate=edge.certificate, hosted_zone=None, web_acl=edge.web_acl
            ),
            own_host=True,
        )
        made.distribution.node.add_dependency(let_in)
        self.distribution: cloudfront.Distribution = made.distribution
        self.access_logs: s3.Bucket = made.access_logs
        self.url = made.url

    def _let_in(self, vpc: ec2.IVpc, load_balancer: elbv2.ApplicationLoadBalancer) -> ec2.CfnSecurityGroupIngress:
        group = service_security_group(
            self, "Group", name=_GROUP, vpc=vpc, region=Stack.of(self).region, after=self.vpc_origin
        )
        return ec2.CfnSecurityGroupIngress(
            self,
            "FromCloudFront",
            group_id=load_balancer.connections.security_groups[0].security_group_id,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            source_security_group_id=group,
            description="Amazon CloudFront, by its VPC origin",
        )
