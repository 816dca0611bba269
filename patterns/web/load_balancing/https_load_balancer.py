"""Application Load Balancers that speak HTTPS to clients, and log every request."""

from aws_cdk import Acknowledgment, Arn, ArnComponents, ArnFormat, Duration, Stack, Token, Validations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES, alarm
from patterns.building_blocks.private_bucket import AccessLogsBucket
from patterns.web.networking.public_name import check_in_zone


class HttpsLoadBalancer(Construct):
    """A public load balancer with HTTPS, a redirect from HTTP, access logs and alarms.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        vpc: The VPC; it stands in the public subnets.
        certificate: The certificate of its name, in its own Region. Default: one is made for `domain_name`.
        domain_name: The name that clients use. Default: the load balancer's own, which no certificate covers.
        hosted_zone: The zone of that name; it gets an alias record. Default: the name is somebody else's to point.
        web_acl: An AWS WAF web ACL that filters requests. Default: none.
        deletion_protection: Whether deleting it is refused. Default: yes.
        alarm_topic: Who is told. Default: nobody; the alarms only change state.

    Attributes:
        load_balancer (elbv2.ApplicationLoadBalancer): The load balancer.
        listener (elbv2.ApplicationListener): Its HTTPS listener.
        access_logs (s3.Bucket): Where every request is logged.
        alarms (list[cloudwatch.Alarm]): Its alarms.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        certificate: acm.ICertificate | None,
        domain_name: str | None,
        hosted_zone: route53.IHostedZone | None,
        web_acl: wafv2.CfnWebACL | None,
        deletion_protection: bool,
        alarm_topic: sns.ITopic | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._topic = alarm_topic
        self.load_balancer = elbv2.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            internet_facing=True,
            drop_invalid_header_fields=True,
            deletion_protection=deletion_protection,
            desync_mitigation_mode=elbv2.DesyncMitigationMode.DEFENSIVE,
            idle_timeout=Duration.seconds(60),
        )
        self.access_logs: s3.Bucket = self._log_requests()
        if certificate is None:
            assert domain_name is not None
            certificate = acm.Certificate(
                self,
                "Certificate",
                domain_name=domain_name,
                validation=acm.CertificateValidation.from_dns(hosted_zone),
            )
        self.listener = self.load_balancer.add_listener(
            "Https",
            port=443,
            protocol=elbv2.ApplicationProtocol.HTTPS,
            certificates=[certificate],
            ssl_policy=elbv2.SslPolicy.TLS13_12_RES_PQ,
        )
        self.load_balancer.add_redirect()
        Validations.of(self.load_balancer.connections.security_groups[0]).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-EC23",
                reason="This is the public entrance of a web application: anybody may connect, by HTTPS, or by HTTP to "
                "be redirected; nothing behind it is public.",
            )
        )
        if domain_name is not None and hosted_zone is not None:
            route53.ARecord(
                self,
                "Alias",
                zone=hosted_zone,
                # The full stop says that the name is whole, and not to be put before the zone's.
                record_name=f"{domain_name}.",
                target=route53.RecordTarget.from_alias(targets.LoadBalancerTarget(self.load_balancer)),
            )
        if web_acl is not None:
            wafv2.CfnWebACLAssociation(
                self,
                "WebAclAssociation",
                resource_arn=self.load_balancer.load_balancer_arn,
                web_acl_arn=web_acl.attr_arn,
            )
        self.alarms: list[cloudwatch.Alarm] = [
            alarm(
                self,
                "BalancerErrors",
                metric=self.load_balancer.metrics.http_code_elb(
                    elbv2.HttpCodeElb.ELB_5XX_COUNT, statistic="Sum", period=FIVE_MINUTES
                ),
                description="The load balancer itself answered 5xx: no healthy target, or one broke off; see its log.",
                topic=alarm_topic,
            ),
            alarm(
                self,
                "RejectedConnections",
                metric=self.load_balancer.metrics.rejected_connection_count(statistic="Sum", period=FIVE_MINUTES),
                description="The load balancer is at its limit of connections: reserve capacity units for peaks.",
                topic=alarm_topic,
            ),
        ]

    def forward(self, construct_id: str, group: elbv2.ApplicationTargetGroup) -> cloudwatch.Alarm:
        """Send every request to `group`, and watch its targets.

        Args:
            construct_id: The prefix of the alarms' ids.
            group: The target group.

        Returns:
            The alarm on the targets' own 5xx answers, which a deployment can watch.
        """
        self.listener.add_target_groups(construct_id, target_groups=[group])
        errors = alarm(
            self,
            f"{construct_id}Errors",
            metric=group.metrics.http_code_target(
                elbv2.HttpCodeTarget.TARGET_5XX_COUNT, statistic="Sum", period=FIVE_MINUTES
            ),
            description="The application answered 5xx: read its log.",
            topic=self._topic,
        )
        self.alarms += [
            errors,
            alarm(
                self,
                f"{construct_id}Unhealthy",
                metric=group.metrics.unhealthy_host_count(statistic="Maximum", period=Duration.minutes(1)),
                # A target that is being replaced is unhealthy for a moment; five minutes are a fault.
                evaluation_periods=5,
                description="A target has failed its health check for five minutes and is not being replaced.",
                topic=self._topic,
            ),
            alarm(
                self,
                f"{construct_id}ConnectionErrors",
                metric=group.metrics.target_connection_error_count(statistic="Sum", period=FIVE_MINUTES),
                description="The load balancer could not connect to a target: it is overloaded or its port is closed.",
                topic=self._topic,
            ),
        ]
        return errors

    def _log_requests(self) -> s3.Bucket:
        bucket = AccessLogsBucket(self, "AccessLogs")
        Validations.of(bucket).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-S1",
                reason="This bucket holds a load balancer's access logs; logging its own delivery needs another.",
            )
        )
        stack = Stack.of(self)
        # Not `log_access_logs`: it needs a Region that is known when the template is made. AWS recommends this
        # service principal in every Region, in place of a Region's account.
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
        self.load_balancer.set_attribute("access_logs.s3.enabled", "true")
        self.load_balancer.set_attribute("access_logs.s3.bucket", bucket.bucket_name)
        # The load balancer proves at once that it may write there.
        assert bucket.policy is not None
        self.load_balancer.node.add_dependency(bucket.policy)
        return bucket


def check_https(
    scope: Construct,
    certificate: acm.ICertificate | None,
    domain_name: str | None,
    hosted_zone: route53.IHostedZone | None,
) -> None:
    """Refuse what HTTPS cannot be made of.

    Args:
        scope: Where the load balancer will stand: its stack's Region is what the certificate's must be.
        certificate: The certificate.
        domain_name: The name.
        hosted_zone: The name's zone.

    Raises:
        ValueError: If there is no certificate and none can be made, or it is another Region's, or the zone is another
            name's.
    """
    if hosted_zone is not None and domain_name is None:
        raise ValueError("hosted_zone needs domain_name: which name in it should lead here?")
    if certificate is None:
        if domain_name is None:
            raise ValueError("certificate must be given, or domain_name and hosted_zone to make one for, got none")
        if hosted_zone is None:
            raise ValueError(f"domain_name needs certificate, or hosted_zone to make one in, got {domain_name!r} alone")
    else:
        _check_region(scope, certificate.certificate_arn)
    if domain_name is not None and hosted_zone is not None:
        check_in_zone(domain_name, hosted_zone)


def _check_region(scope: Construct, arn: str) -> None:
    region = Stack.of(scope).region
    if Token.is_unresolved(arn) or Token.is_unresolved(region):
        return
    given: ArnComponents = Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME)
    if given.region is not None and not Token.is_unresolved(given.region) and given.region != region:
        raise ValueError(f"certificate must be in the load balancer's Region {region}, got one in {given.region}")
