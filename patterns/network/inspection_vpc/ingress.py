"""The way in from the internet: a load balancer in a VPC of its own, in front of the firewall."""

from collections.abc import Mapping, Sequence

from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_elasticloadbalancingv2_targets as targets_
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.load_balancer_logs import log_requests
from patterns.building_blocks.private_bucket import AccessLogsBucket
from patterns.building_blocks.security_group import deployable
from patterns.building_blocks.settings import Settings
from patterns.network.hub.attachment_vpc import PUBLIC, AttachmentVpc
from patterns.network.hub.transit_gateway import RoutingDomain


class Ingress(Construct):
    """An internet-facing load balancer that ends TLS and calls the spokes' addresses through the firewall.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        domain: The routing domain that its load balancer is looked up in.
        networks: The organization's ranges, which it reaches by the gateway.
        cidr: The VPC's range, at least a /24.
        availability_zones: The hub's zones.
        certificate: The certificate of its listener.
        targets: Private addresses in spokes, and their ports, which are called by HTTPS.
        deletion_protection: Whether deleting the load balancer is refused.
        settings: Whom its alarms notify.
        ipv6: Whether callers may come by IPv6, too. Targets are called by IPv4 always.

    Attributes:
        vpc (AttachmentVpc): The ingress VPC.
        attachment (Attachment): Its attachment.
        load_balancer (elbv2.ApplicationLoadBalancer): The load balancer.
        target_group (elbv2.ApplicationTargetGroup): The targets.
        alarms (list[cloudwatch.Alarm]): Those of failed requests and unhealthy targets.

    Source: https://docs.aws.amazon.com/prescriptive-guidance/latest/inline-traffic-inspection-third-party-appliances/welcome.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        domain: RoutingDomain,
        networks: Sequence[str],
        cidr: str,
        availability_zones: Sequence[str],
        certificate: acm.ICertificate,
        targets: Mapping[str, int],
        deletion_protection: bool,
        settings: Settings,
        ipv6: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        # A load balancer asks for /27 subnets with eight free addresses.
        self.vpc = AttachmentVpc(
            self, "Network", cidr=cidr, availability_zones=availability_zones, tiers={PUBLIC: 27}, ipv6=ipv6
        )
        self.attachment = domain.gateway.attach_hub_vpc(self, "Attachment", self.vpc, domain, ipv6=False)
        self.vpc.route_to_gateway(PUBLIC, networks, domain.gateway.gateway_id, self.attachment)
        self.access_logs = AccessLogsBucket(self, "AccessLogs")
        Validations.of(self.access_logs).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-S1",
                reason="This bucket is itself where access is logged, the load balancer's; logging it would never end.",
            )
        )
        self.security_group = deployable(
            ec2.SecurityGroup(
                self,
                "SecurityGroup",
                vpc=self.vpc.vpc,
                description="HTTPS from anywhere to the load balancer, and from it to its targets",
                allow_all_outbound=False,
            )
        )
        self.security_group.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "HTTPS from the internet")
        if ipv6:
            self.security_group.add_ingress_rule(ec2.Peer.any_ipv6(), ec2.Port.tcp(443), "HTTPS by IPv6")
        Validations.of(self.security_group).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-EC23",
                reason="The load balancer is the hub's way in from the internet: anyone may call it by HTTPS, only.",
            )
        )
        for address, port in targets.items():
            self.security_group.add_egress_rule(ec2.Peer.ipv4(f"{address}/32"), ec2.Port.tcp(port), "HTTPS to a target")
        self.load_balancer = elbv2.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=self.vpc.vpc,
            internet_facing=True,
            vpc_subnets=ec2.SubnetSelection(subnets=self.vpc.vpc.public_subnets),
            security_group=self.security_group,
            drop_invalid_header_fields=True,
            desync_mitigation_mode=elbv2.DesyncMitigationMode.DEFENSIVE,
            idle_timeout=Duration.seconds(60),
            deletion_protection=deletion_protection,
            ip_address_type=elbv2.IpAddressType.DUAL_STACK if ipv6 else None,
        )
        self.load_balancer.node.add_dependency(self.vpc.internet)
        log_requests(self.load_balancer, self.access_logs)
        self.target_group = elbv2.ApplicationTargetGroup(
            self,
            "Targets",
            vpc=self.vpc.vpc,
            protocol=elbv2.ApplicationProtocol.HTTPS,
            port=443,
            target_type=elbv2.TargetType.IP,
            # "all": the addresses are not in the load balancer's own VPC.
            targets=[targets_.IpTarget(address, port, "all") for address, port in targets.items()],
            health_check=elbv2.HealthCheck(protocol=elbv2.Protocol.HTTPS, interval=Duration.seconds(15)),
        )
        self.load_balancer.add_listener(
            "Https",
            port=443,
            protocol=elbv2.ApplicationProtocol.HTTPS,
            certificates=[certificate],
            ssl_policy=elbv2.SslPolicy.TLS13_12_RES_PQ,
            default_target_groups=[self.target_group],
            open=False,
        )
        self.alarms: list[cloudwatch.Alarm] = self._watch(settings)

    def _watch(self, settings: Settings) -> list[cloudwatch.Alarm]:
        balancer, targets = self.load_balancer.metrics, self.target_group.metrics
        failures = {
            "BalancerErrors": (
                balancer.http_code_elb(elbv2.HttpCodeElb.ELB_5XX_COUNT, statistic="Sum", period=FIVE_MINUTES),
                "The load balancer itself answered 5xx: no healthy target, or one broke off; see its log.",
            ),
            "RejectedConnections": (
                balancer.rejected_connection_count(statistic="Sum", period=FIVE_MINUTES),
                "The load balancer is at its limit of connections: reserve capacity units for peaks.",
            ),
            "TargetErrors": (
                targets.http_code_target(elbv2.HttpCodeTarget.TARGET_5XX_COUNT, statistic="Sum", period=FIVE_MINUTES),
                "A target in a spoke answered 5xx: read its log.",
            ),
            "ConnectionErrors": (
                targets.target_connection_error_count(statistic="Sum", period=FIVE_MINUTES),
                "The load balancer could not connect to a target in a spoke: it is down, or the firewall drops it.",
            ),
            "UnhealthyTargets": (
                targets.unhealthy_host_count(statistic="Maximum", period=FIVE_MINUTES),
                "A target in a spoke does not answer: it is down, or the firewall drops the health check.",
            ),
        }
        return [
            settings.alarm(self, name, metric=metric, description=description)
            for name, (metric, description) in failures.items()
        ]
