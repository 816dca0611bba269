"""One service offered to other VPCs, accounts and Regions, whatever their ranges, and nothing else of the network."""

import ipaddress
from collections.abc import Sequence
from typing import Annotated

from annotated_types import Interval, Len
from aws_cdk import Acknowledgment, Aws, Duration, Token, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_elasticloadbalancingv2_targets as elbv2_targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.arguments import shown
from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.cross_stack import in_one_stack
from patterns.building_blocks.domain_name import DomainName, check_in_zone
from patterns.building_blocks.key_policy import KeyUse, let_use
from patterns.building_blocks.region_name import REGION
from patterns.building_blocks.security_group import deployable
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import VpcCidr
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from patterns.building_blocks.vpc.zone_ids import ZoneIds, zone_ids_or_first
from patterns.network.access.consumers import Accounts, root_of
from patterns.network.private_service.private_name import PrivateName

Port = Annotated[int, Interval(ge=1, le=65535), Known("the rules of security groups")]
"""A TCP port."""
Regions = Annotated[Sequence[Annotated[str, Matches(REGION, "names such as eu-west-1")]], Len(0, 40)]
TIER = "Service"

CONNECTIONS = KeyUse(
    sid="ConnectionsTell", service="vpce.amazonaws.com", purpose="publish connections of an endpoint service to a topic"
)
"""https://docs.aws.amazon.com/vpc/latest/privatelink/create-notification-endpoint-service.html"""


class PrivateService(Construct):
    """Offer one service of a VPC to other VPCs and accounts by PrivateLink, whatever their address ranges.

    Consumers get an endpoint with addresses of their own VPC; what they send comes out of a network load balancer, and
    nothing is routed between the two networks. Who may connect is said by account, and who does is told.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        load_balancer: The network load balancer that offers it. Default: a new one, internal, in a new VPC.
        cidr: The new VPC's range, at least a /24. It may be the consumers' own. Default: 10.0.0.0/24.
        zone_ids: Zones of the new VPC, by id, such as "euw1-az1": names mean other zones in other accounts. Consumers
            need one of them. Default: the Region's first two.
        port: Where consumers call it. Default: 443.
        target_port: Where targets are called. Default: `port`.
        targets: Private IPv4 addresses of targets in the new VPC. Default: none yet; add them to `target_group`.
        accounts: The accounts that may connect, beside this one. Default: none.
        acceptance_required: Whether each connection waits until somebody accepts it. Default: no, `accounts` decides.
        regions: Other Regions from which it may be reached. Default: none.
        private_name: The name that consumers may use in place of an endpoint's own; its owner is proved by a record in
            `hosted_zone`. Default: none.
        hosted_zone: The public hosted zone of `private_name`. Required with `private_name`.
        deletion_protection: Whether the new load balancer is protected against deletion. Default: True.
        encryption_key: The key that encrypts the new VPC's flow logs. Default: a new key.
        log_retention: How long they are kept. Default: one year.
        alarm_topic: The topic that alarms and connections notify. Default: none; alarms only change state.

    Attributes:
        network (TieredVpc | None): The new VPC.
        load_balancer (elbv2.INetworkLoadBalancer): The load balancer.
        security_group (ec2.SecurityGroup | None): The new load balancer's: targets let it in.
        target_group (elbv2.NetworkTargetGroup | None): The new load balancer's targets.
        service (ec2.VpcEndpointService): The endpoint service.
        service_name (str): What consumers give their endpoint.
        private_name (PrivateName | None): The name of one's own, with the record that proves it.
        logs (NetworkLogs): Log group `Flows` of the new VPC, and its key.
        alarms (list[cloudwatch.Alarm]): Targets that are unhealthy, and connections that are reset.

    Raises:
        ValueError: If `accounts` names one twice, a name comes without its zone, or an existing load balancer with what
            is of a new one.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        load_balancer: elbv2.INetworkLoadBalancer | None = None,
        cidr: VpcCidr = "10.0.0.0/24",
        zone_ids: ZoneIds | None = None,
        port: Port = 443,
        target_port: Port | None = None,
        targets: Annotated[Sequence[str], Len(0, 500), Known("the number of targets")] = (),
        accounts: Accounts = (),
        acceptance_required: bool = False,
        regions: Regions = (),
        private_name: DomainName | None = None,
        hosted_zone: route53.IPublicHostedZone | None = None,
        deletion_protection: bool = True,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        _check(load_balancer, targets, private_name, hosted_zone)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        super().__init__(scope, construct_id)
        self.alarms: list[cloudwatch.Alarm] = []
        self.network: TieredVpc | None = None
        self.security_group: ec2.SecurityGroup | None = None
        self.target_group: elbv2.NetworkTargetGroup | None = None
        self.load_balancer: elbv2.INetworkLoadBalancer
        if load_balancer is None:
            self.load_balancer = self._new_load_balancer(
                cidr, zone_ids, settings, deletion_protection=deletion_protection
            )
            self._listen(self.load_balancer, port, target_port or port, targets, settings)
        else:
            self.load_balancer = load_balancer
        self.service = ec2.VpcEndpointService(
            self,
            "Service",
            vpc_endpoint_service_load_balancers=[self.load_balancer],
            acceptance_required=acceptance_required,
            allowed_principals=[iam.ArnPrincipal(root_of(account)) for account in accounts],
            allowed_regions=list(regions) or None,
        )
        self.service_name = self.service.vpc_endpoint_service_name
        self.private_name: PrivateName | None = None
        if private_name is not None and hosted_zone is not None:
            # Until its record is seen, nobody can use the name.
            self.private_name = PrivateName(
                self, "PrivateName", service=self.service, domain_name=private_name, hosted_zone=hosted_zone
            )
        if alarm_topic is not None:
            self._tell_of_connections(alarm_topic)

    def _new_load_balancer(
        self, cidr: str, zone_ids: Sequence[str] | None, settings: Settings, *, deletion_protection: bool
    ) -> elbv2.NetworkLoadBalancer:
        self.network = TieredVpc(
            self, "Network", cidr=cidr, availability_zones=zone_ids_or_first(zone_ids), tiers={TIER: 26}
        )
        self.logs = NetworkLogs(self, "Logs", settings=settings)
        self.logs.log_flows(self.network)
        self.security_group = deployable(
            ec2.SecurityGroup(
                self,
                "SecurityGroup",
                vpc=self.network.vpc,
                description="Load balancer of a private service",
                allow_all_outbound=False,
            )
        )
        made = elbv2.NetworkLoadBalancer(
            self,
            "LoadBalancer",
            vpc=self.network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_group_name=TIER),
            internet_facing=False,
            # A zone's targets may all be gone while the endpoint of that zone goes on.
            cross_zone_enabled=True,
            security_groups=[self.security_group],
            # Consumers' ranges are theirs, and no rule here can know them: who connects is said by account.
            enforce_security_group_inbound_rules_on_private_link_traffic=False,
            deletion_protection=deletion_protection,
        )
        Validations.of(made).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-ELB2",
                reason="A network load balancer logs only TLS that it ends itself; flow logs have every connection.",
            )
        )
        return made

    def _listen(
        self,
        load_balancer: elbv2.INetworkLoadBalancer,
        port: int,
        target_port: int,
        targets: Sequence[str],
        settings: Settings,
    ) -> None:
        assert self.network is not None
        assert self.security_group is not None
        assert isinstance(load_balancer, elbv2.NetworkLoadBalancer)
        _check_targets(targets, self.network.range_of(TIER))
        range_ = ec2.Peer.ipv4(self.network.range_of(TIER))
        self.security_group.add_egress_rule(range_, ec2.Port.tcp(target_port), "Targets and their health checks")
        self.target_group = elbv2.NetworkTargetGroup(
            self,
            "Targets",
            vpc=self.network.vpc,
            port=target_port,
            protocol=elbv2.Protocol.TCP,
            target_type=elbv2.TargetType.IP,
            # Behind PrivateLink, a client's address is none of this network; the load balancer's own comes back.
            preserve_client_ip=False,
            connection_termination=True,
            health_check=elbv2.HealthCheck(protocol=elbv2.Protocol.TCP),
        )
        for address in targets:
            self.target_group.add_target(elbv2_targets.IpTarget(address, target_port))
        load_balancer.add_listener("Listener", port=port, default_target_groups=[self.target_group])
        self.alarms += [
            settings.alarm(
                self,
                "UnhealthyTargets",
                # The average of the zones' nodes would hide a target that one of them finds unhealthy.
                metric=self.target_group.metrics.un_healthy_host_count(statistic="Maximum", period=Duration.minutes(1)),
                evaluation_periods=5,
                description="A target of a private service has been unhealthy for five minutes: the others carry its "
                "share.",
            ),
            settings.alarm(
                self,
                "ConnectionsReset",
                metric=load_balancer.metrics.tcp_elb_reset_count(statistic="Sum", period=FIVE_MINUTES),
                threshold=100,
                description="The load balancer of a private service resets connections: no target is healthy, or "
                "clients idle.",
            ),
        ]

    def _tell_of_connections(self, topic: sns.ITopic) -> None:
        told = topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="ConnectionsTell",
                principals=[iam.ServicePrincipal("vpce.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        if topic.master_key is not None:
            let_use(topic.master_key, CONNECTIONS, needed_by=self)
        notification = ec2.CfnVPCEndpointConnectionNotification(
            self,
            "Connections",
            service_id=self.service.vpc_endpoint_service_id,
            connection_notification_arn=topic.topic_arn,
            connection_events=["Accept", "Connect", "Delete", "Reject"],
        )
        if told.policy_dependable is not None and in_one_stack(self, topic):
            # Amazon EC2 asks the topic whether it may publish there when the notification is made.
            notification.node.add_dependency(told.policy_dependable)


def _check_targets(targets: Sequence[str], within: str) -> None:
    """Refuse targets that the load balancer does not take, or does not reach."""
    known = [one for one in targets if not Token.is_unresolved(one)]
    for one in known:
        try:
            inside = ipaddress.IPv4Address(one) in ipaddress.IPv4Network(within)
        except ValueError:
            inside = False
        if not inside:
            raise ValueError(f"targets must be IPv4 addresses in {within}, the tier of targets, got {shown(one)}")


def _check(
    load_balancer: elbv2.INetworkLoadBalancer | None,
    targets: Sequence[str],
    private_name: str | None,
    hosted_zone: route53.IPublicHostedZone | None,
) -> None:
    if load_balancer is not None and targets:
        raise ValueError("targets must be those of a new load balancer: an existing one has its own")
    if (private_name is None) != (hosted_zone is None):
        raise ValueError("private_name and hosted_zone must come together: a record in the zone proves the name")
    if private_name is not None and hosted_zone is not None:
        check_in_zone(private_name, hosted_zone)
