"""A fleet of network appliances behind a Gateway Load Balancer, offered to other VPCs as an endpoint service."""

from datetime import timedelta
from typing import Annotated, Literal

from annotated_types import Ge, Interval, MultipleOf, Unit
from aws_cdk import Acknowledgment, Aws, CfnTag, Duration, Validations
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.instance_group import (
    acknowledge_notifications,
    failure_notifications,
    has_room,
    too_few_instances,
)
from patterns.building_blocks.instance_refresh import replace_by_refresh
from patterns.building_blocks.instance_script import instance_script
from patterns.building_blocks.machine_image import check_image
from patterns.building_blocks.security_group import deployable
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import VpcCidr
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from patterns.network.access.consumers import Accounts, root_of

HealthProtocol = Literal["TCP", "HTTP", "HTTPS"]
TIER = "Appliances"
#: Where the load balancer sends packets to appliances, in GENEVE.
GENEVE = 6081


class ApplianceFleet(Construct):
    """Inspect traffic by a fleet of appliances behind a Gateway Load Balancer, as an endpoint service.

    Networks have an endpoint in each zone and route to it: `CentralInspection` behind a transit gateway,
    `InspectedVpc` with an internet gateway of its own, or `ApplianceEndpoints` in any other.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        machine_image: The appliance, which takes GENEVE at UDP 6081 and sends packets back the same way.
        instance_type: The instance type, as the image's vendor supports it. Default: c6i.large.
        root_device: The name of the image's root volume, such as "/dev/sda1", which is encrypted. Default: "/dev/xvda".
        user_data: What an appliance starts with: its configuration, or where it finds that. Default: nothing.
        health_port: Where an appliance answers the load balancer's health check. Default: 80.
        health_protocol: How it answers: "TCP", "HTTP" or "HTTPS". Default: "TCP".
        health_path: The path that answers 200 to 399, with "HTTP" or "HTTPS". Default: "/".
        start_time: How long a new appliance has to start. Default: 10 minutes.
        min_capacity: The fewest appliances. Default: 2, one in each zone.
        max_capacity: The most appliances. Default: 6.
        idle_timeout: How long a TCP flow is remembered without a packet: longer than its hosts keep it alive. Default:
            350 seconds.
        ipv6: Whether endpoints take IPv6, too, which appliances get within GENEVE over IPv4. Default: no.
        accounts: The accounts that may have endpoints in their networks, beside this one. Default: none.
        cidr: The fleet's VPC's range, at least a /25. Default: 100.64.4.0/24.
        availability_zones: Zones, by name. Default: the Region's first `max_azs`.
        max_azs: How many zones, if they are not named. Default: 2.
        deletion_protection: Whether the load balancer is protected against deletion. Default: True.
        encryption_key: The key that encrypts the VPC's flow logs. Default: a new key.
        log_retention: How long they are kept. Default: one year.
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.

    Attributes:
        network (TieredVpc): The VPC of the appliances, without a way to the internet.
        security_group (ec2.SecurityGroup): The appliances': it lets in the load balancer's packets and health checks.
        role (iam.Role): The appliances'; it may do nothing until it is granted.
        group (autoscaling.AutoScalingGroup): The appliances. What is unhealthy is replaced.
        target_group (elbv2.CfnTargetGroup): The load balancer's targets; flows of one that fails go to others.
        load_balancer (elbv2.CfnLoadBalancer): The Gateway Load Balancer.
        service (ec2.CfnVPCEndpointService): The endpoint service.
        service_name (str): What endpoints are given.
        logs (NetworkLogs): Log group `Flows`, and its key.
        alarms (list[cloudwatch.Alarm]): Unhealthy appliances, and too few of them.

    Raises:
        ValueError: If an argument is out of range, the health check shares the port of packets, or `min_capacity` is
            more than `max_capacity`.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/introduction.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        machine_image: ec2.IMachineImage,
        instance_type: ec2.InstanceType | None = None,
        root_device: Annotated[str, Matches(r"/dev/[a-z0-9/]+", "names such as /dev/xvda")] = "/dev/xvda",
        user_data: str | None = None,
        health_port: Annotated[int, Interval(ge=1, le=65535), Known("the rules of security groups")] = 80,
        health_protocol: HealthProtocol = "TCP",
        health_path: Annotated[str, Matches(r"/[\x21-\x7e]{0,1023}", "a path such as /health")] | None = None,
        start_time: Annotated[Duration, Interval(ge=timedelta(seconds=30), le=timedelta(hours=2))] | None = None,
        min_capacity: Annotated[int, Ge(1), Unit("appliances"), Known("the alarm's threshold")] = 2,
        max_capacity: Annotated[int, Interval(ge=1, le=300), Unit("appliances"), Known("the group")] = 6,
        idle_timeout: Annotated[
            Duration,
            Interval(ge=timedelta(seconds=60), le=timedelta(seconds=6000)),
            MultipleOf(timedelta(seconds=1)),
            Known("the listener's attribute"),
        ]
        | None = None,
        ipv6: bool = False,
        accounts: Accounts = (),
        cidr: VpcCidr = "100.64.4.0/24",
        availability_zones: Zones | None = None,
        max_azs: ZoneCount = 2,
        deletion_protection: bool = True,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        zone_names = zones(availability_zones, max_azs)
        if health_port == GENEVE:
            raise ValueError("health_port must be another than 6081, where appliances get packets")
        if health_path is not None and health_protocol == "TCP":
            raise ValueError("health_path must come with health_protocol HTTP or HTTPS: by TCP nothing is asked for")
        if min_capacity > max_capacity:
            raise ValueError(f"min_capacity must be at most max_capacity, {max_capacity}, got {min_capacity}")
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        check_image("machine_image", scope, machine_image)
        super().__init__(scope, construct_id)
        self.network = TieredVpc(self, "Network", cidr=cidr, availability_zones=zone_names, tiers={TIER: 27}, ipv6=ipv6)
        self.logs = NetworkLogs(self, "Logs", settings=settings)
        self.logs.log_flows(self.network)
        self.security_group = self._let_in(health_port)
        self.target_group = self._targets(health_port, health_protocol, health_path or "/")
        self.load_balancer = self._load_balancer(
            idle_timeout or Duration.seconds(350), dual_stack=ipv6, deletion_protection=deletion_protection
        )
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
            description="What appliances may do",
        )
        self.group = self._fleet(
            machine_image,
            instance_type or ec2.InstanceType("c6i.large"),
            root_device,
            user_data,
            start_time or Duration.minutes(10),
            (min_capacity, max_capacity),
            alarm_topic,
        )
        self.service = ec2.CfnVPCEndpointService(
            self,
            "Service",
            gateway_load_balancer_arns=[self.load_balancer.attr_load_balancer_arn],
            # Who may connect is said by account.
            acceptance_required=False,
            supported_ip_address_types=["ipv4", "ipv6"] if ipv6 else None,
            tags=[CfnTag(key="Name", value=f"{self.node.path}/Service")],
        )
        self.service_name = f"com.amazonaws.vpce.{Aws.REGION}.{self.service.attr_service_id}"
        if accounts:
            ec2.CfnVPCEndpointServicePermissions(
                self,
                "Consumers",
                service_id=self.service.attr_service_id,
                allowed_principals=[root_of(account) for account in accounts],
            )
        self.alarms: list[cloudwatch.Alarm] = [
            self._unhealthy(settings),
            too_few_instances(
                self,
                self.group,
                min_capacity,
                alarm_topic,
                "Fewer appliances are in service than the least: read the group's activity history.",
            ),
        ]

    def _let_in(self, health_port: int) -> ec2.SecurityGroup:
        """Let in the load balancer, which stands in the appliances' own subnets and has no group that a rule names."""
        group = deployable(
            ec2.SecurityGroup(
                self,
                "SecurityGroup",
                vpc=self.network.vpc,
                description="Appliances behind a Gateway Load Balancer",
                # What answers a health check needs no rule; the rest is for the vendor's own rules.
                allow_all_outbound=False,
            )
        )
        range_ = ec2.Peer.ipv4(self.network.range_of(TIER))
        group.add_ingress_rule(range_, ec2.Port.udp(GENEVE), "Packets in GENEVE from the load balancer")
        group.add_ingress_rule(range_, ec2.Port.tcp(health_port), "Health checks of the load balancer")
        # Addresses are swapped on the way back, and ports are not: to a security group that is a flow of its own.
        # https://aws.amazon.com/blogs/networking-and-content-delivery/integrate-your-custom-logic-or-appliance-with-aws-gateway-load-balancer/
        group.add_egress_rule(range_, ec2.Port.udp(GENEVE), "Packets in GENEVE back to the load balancer")
        return group

    def _targets(self, port: int, protocol: HealthProtocol, path: str) -> elbv2.CfnTargetGroup:
        by_http = protocol != "TCP"
        attributes = {
            # Not left to time out with an appliance that is gone; both must be the same.
            "target_failover.on_deregistration": "rebalance",
            "target_failover.on_unhealthy": "rebalance",
            "deregistration_delay.timeout_seconds": "300",
        }
        return elbv2.CfnTargetGroup(
            self,
            "Targets",
            vpc_id=self.network.vpc_id,
            protocol="GENEVE",
            port=GENEVE,
            target_type="instance",
            health_check_enabled=True,
            health_check_protocol=protocol,
            health_check_port=str(port),
            health_check_path=path if by_http else None,
            matcher=elbv2.CfnTargetGroup.MatcherProperty(http_code="200-399") if by_http else None,
            health_check_interval_seconds=10,
            healthy_threshold_count=3,
            unhealthy_threshold_count=2,
            target_group_attributes=[
                elbv2.CfnTargetGroup.TargetGroupAttributeProperty(key=key, value=value)
                for key, value in attributes.items()
            ],
        )

    def _load_balancer(
        self, idle_timeout: Duration, *, dual_stack: bool, deletion_protection: bool
    ) -> elbv2.CfnLoadBalancer:
        # A zone's appliances may all be gone while its endpoints go on.
        attributes = {"load_balancing.cross_zone.enabled": True, "deletion_protection.enabled": deletion_protection}
        made = elbv2.CfnLoadBalancer(
            self,
            "LoadBalancer",
            type="gateway",
            ip_address_type="dualstack" if dual_stack else None,
            subnets=[each.subnet.attr_subnet_id for each in self.network.subnets[TIER]],
            load_balancer_attributes=[
                elbv2.CfnLoadBalancer.LoadBalancerAttributeProperty(key=key, value=str(value).lower())
                for key, value in attributes.items()
            ],
        )
        Validations.of(made).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-ELB2",
                reason="A Gateway Load Balancer has no access logs; the flow logs have each flow that it sends.",
            )
        )
        elbv2.CfnListener(
            self,
            "Listener",
            load_balancer_arn=made.attr_load_balancer_arn,
            default_actions=[
                elbv2.CfnListener.ActionProperty(
                    type="forward", target_group_arn=self.target_group.attr_target_group_arn
                )
            ],
            listener_attributes=[
                elbv2.CfnListener.ListenerAttributeProperty(
                    key="tcp.idle_timeout.seconds", value=str(int(idle_timeout.to_seconds()))
                )
            ],
        )
        return made

    def _fleet(
        self,
        machine_image: ec2.IMachineImage,
        instance_type: ec2.InstanceType,
        root_device: str,
        user_data: str | None,
        start_time: Duration,
        capacity: tuple[int, int],
        topic: sns.ITopic | None,
    ) -> autoscaling.AutoScalingGroup:
        template = ec2.LaunchTemplate(
            self,
            "Template",
            machine_image=machine_image,
            instance_type=instance_type,
            user_data=instance_script("user_data", user_data) if user_data is not None else None,
            role=self.role,
            security_group=self.security_group,
            require_imdsv2=True,
            http_put_response_hop_limit=1,
            detailed_monitoring=True,
            block_devices=[
                ec2.BlockDevice(
                    device_name=root_device,
                    volume=ec2.BlockDeviceVolume.ebs(8, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3),
                )
            ],
        )
        data = template.node.default_child
        assert isinstance(data, ec2.CfnLaunchTemplate)
        # It has the image's own size.
        data.add_property_deletion_override("LaunchTemplateData.BlockDeviceMappings.0.Ebs.VolumeSize")
        group = autoscaling.AutoScalingGroup(
            self,
            "Group",
            vpc=self.network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_group_name=TIER),
            launch_template=template,
            min_capacity=capacity[0],
            max_capacity=capacity[1],
            default_instance_warmup=start_time,
            group_metrics=[autoscaling.GroupMetrics.all()],
            # What fails the load balancer's check is replaced, not only what fails EC2's.
            health_checks=autoscaling.HealthChecks.with_additional_checks(
                additional_types=[autoscaling.AdditionalHealthCheckType.ELB], grace_period=start_time
            ),
            notifications=failure_notifications(topic),
        )
        acknowledge_notifications(group)
        self.network.before(TIER, group)
        resource = group.node.default_child
        assert isinstance(resource, autoscaling.CfnAutoScalingGroup)
        resource.target_group_arns = [self.target_group.attr_target_group_arn]
        replace_by_refresh(group, warmup=start_time)
        if has_room(group):
            group.scale_on_cpu_utilization("Load", target_utilization_percent=60)
        return group

    def _unhealthy(self, settings: Settings) -> cloudwatch.Alarm:
        return settings.alarm(
            self,
            "UnhealthyAppliances",
            metric=cloudwatch.Metric(
                namespace="AWS/GatewayELB",
                metric_name="UnHealthyHostCount",
                dimensions_map={
                    "LoadBalancer": self.load_balancer.attr_load_balancer_full_name,
                    "TargetGroup": self.target_group.attr_target_group_full_name,
                },
                statistic="Maximum",
                period=FIVE_MINUTES,
            ),
            description="An appliance fails its health check: its flows have gone to others, and it is replaced.",
            evaluation_periods=2,
        )
