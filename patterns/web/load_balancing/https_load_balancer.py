"""Application Load Balancers that speak HTTPS to clients or to Amazon CloudFront, and log every request."""

from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES, alarm
from patterns.building_blocks.load_balancer_logs import log_requests
from patterns.building_blocks.private_bucket import AccessLogsBucket
from patterns.building_blocks.security_group import deployable
from patterns.building_blocks.settings import Settings
from patterns.web.load_balancing.edge_entrance import EdgeEntrance
from patterns.web.load_balancing.https_front import HttpsFront
from patterns.web.networking.application_network import ApplicationNetwork


class HttpsLoadBalancer(Construct):
    """A public load balancer with HTTPS, a redirect from HTTP, access logs and alarms.

    With `front.edge` it is an internal one, which Amazon CloudFront alone connects to; CloudFront redirects from HTTP.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        network: The VPC; its entrance is where the load balancer is placed.
        front: The name, certificate and filter of requests.
        deletion_protection: Whether deleting it is refused.
        settings: The topic of the alarms.
        idle_timeout: How long a target may take to begin its answer. Default: one minute.

    Attributes:
        load_balancer (elbv2.ApplicationLoadBalancer): The load balancer.
        listener (elbv2.ApplicationListener): Its HTTPS listener.
        access_logs (s3.Bucket): Where every request is logged.
        edge (EdgeEntrance | None): CloudFront before it.
        alarms (list[cloudwatch.Alarm]): Its alarms.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        network: ApplicationNetwork,
        front: HttpsFront,
        deletion_protection: bool,
        settings: Settings,
        idle_timeout: Duration | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._topic = settings.alarm_topic
        self.load_balancer = elbv2.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=network.vpc,
            vpc_subnets=network.entrance,
            internet_facing=front.edge is None,
            drop_invalid_header_fields=True,
            deletion_protection=deletion_protection,
            desync_mitigation_mode=elbv2.DesyncMitigationMode.DEFENSIVE,
            idle_timeout=(waits := idle_timeout or Duration.seconds(60)),
        )
        self.access_logs: s3.Bucket = self._log_requests()
        self.listener = self.load_balancer.add_listener(
            "Https",
            port=443,
            protocol=elbv2.ApplicationProtocol.HTTPS,
            certificates=[front.certificate_in(self)],
            ssl_policy=elbv2.SslPolicy.TLS13_12_RES_PQ,
            open=front.edge is None,
        )
        group = deployable(self.load_balancer.connections.security_groups[0])
        if front.edge is None:
            self._open_to_clients(group)
        self._filter(front)
        network.before(self.load_balancer)
        self.edge = self._behind(front, network, waits)
        self._publish(front)
        self.alarms: list[cloudwatch.Alarm] = self._watch()

    def _open_to_clients(self, group: ec2.ISecurityGroup) -> None:
        self.load_balancer.add_redirect()
        Validations.of(group).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-EC23",
                reason="This is the public entrance of a web application: anybody may connect, by HTTPS, or by HTTP to "
                "be redirected.",
            )
        )

    def _behind(self, front: HttpsFront, network: ApplicationNetwork, waits: Duration) -> EdgeEntrance | None:
        if front.edge is None:
            return None
        assert front.domain_name is not None, "checked by the front"
        entrance = EdgeEntrance(
            self,
            "Edge",
            vpc=network.vpc,
            load_balancer=self.load_balancer,
            listener=self.listener,
            edge=front.edge,
            domain_name=front.domain_name,
            waits=waits,
        )
        network.before(entrance.vpc_origin)
        return entrance

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

    def _publish(self, front: HttpsFront) -> None:
        if front.domain_name is None or front.hosted_zone is None:
            return
        entrance: route53.IAliasRecordTarget = (
            targets.LoadBalancerTarget(self.load_balancer)
            if self.edge is None
            else targets.CloudFrontTarget(self.edge.distribution)
        )
        target = route53.RecordTarget.from_alias(entrance)
        # The trailing dot: the name is fully qualified, and the zone's name is not appended.
        name = f"{front.domain_name}."
        # One id for both entrances: Route 53 refuses a second record of a name and type beside the first.
        route53.ARecord(self, "Alias", zone=front.hosted_zone, record_name=name, target=target)
        if self.edge is not None:
            route53.AaaaRecord(self, "AliasIpv6", zone=front.hosted_zone, record_name=name, target=target)

    def _filter(self, front: HttpsFront) -> None:
        if front.web_acl is not None:
            wafv2.CfnWebACLAssociation(
                self,
                "WebAclAssociation",
                resource_arn=self.load_balancer.load_balancer_arn,
                web_acl_arn=front.web_acl.web_acl_ref.web_acl_arn,
            )

    def _watch(self) -> list[cloudwatch.Alarm]:
        metrics = self.load_balancer.metrics
        return [
            alarm(
                self,
                "BalancerErrors",
                metric=metrics.http_code_elb(elbv2.HttpCodeElb.ELB_5XX_COUNT, statistic="Sum", period=FIVE_MINUTES),
                description="The load balancer itself answered 5xx: no healthy target, or one broke off; see its log.",
                topic=self._topic,
            ),
            alarm(
                self,
                "RejectedConnections",
                metric=metrics.rejected_connection_count(statistic="Sum", period=FIVE_MINUTES),
                description="The load balancer is at its limit of connections: reserve capacity units for peaks.",
                topic=self._topic,
            ),
        ]

    def _log_requests(self) -> s3.Bucket:
        bucket = AccessLogsBucket(self, "AccessLogs")
        Validations.of(bucket).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-S1",
                reason="This bucket holds a load balancer's access logs; logging its own delivery needs another.",
            )
        )
        log_requests(self.load_balancer, bucket)
        return bucket
