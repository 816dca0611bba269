"""Hosts of some VPCs reach listed destinations in others by a proxy between them, where peering has no transit."""

from collections.abc import Sequence
from typing import Annotated

from annotated_types import Interval, Len, Unit
from aws_cdk import Acknowledgment, Aws, Duration, Names, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.bounds import Known
from patterns.building_blocks.construct_tree import id_for
from patterns.building_blocks.instance_group import too_few_instances
from patterns.building_blocks.instance_type import architecture_of
from patterns.building_blocks.security_group import check_rules, deployable
from patterns.building_blocks.selected_subnets import after_ways_out
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import VpcCidr
from patterns.building_blocks.vpc.endpoints import InterfaceEndpoints, account_policy, amazon_linux_packages
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from patterns.network.peering_proxy.configuration import Port, ProxyDestination, proxy_configuration
from patterns.network.peering_proxy.fleet import proxy_fleet
from patterns.network.peering_proxy.instance import ACCESS_LOG, LARGEST_CONFIGURATION
from patterns.network.peering_proxy.peering import ProxyPeering
from patterns.network.peering_proxy.place import FLEET, FRONT, existing_place, own_place
from patterns.network.peering_proxy.vpc_checks import check_place, check_vpcs, name_of, own_range

HEALTH_PORT = 8081
# Each of them is a peering connection, and takes rules of the load balancer's or the fleet's group.
Vpcs = Annotated[Sequence[ec2.IVpc], Len(1, 25), Unit("VPCs"), Known("the number of peering connections")]


class PeeringProxy(Construct):
    """Let some VPCs call listed destinations in others through a proxy, and nothing else.

    Peering has no transit: two VPCs that are peered with a third do not reach each other. Here a client asks the proxy
    in the VPC between them, which opens a connection of its own to a listed destination. No packet is routed through.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        client_vpcs: The VPCs whose hosts may use the proxy.
        target_vpcs: The VPCs that destinations are in.
        destinations: What clients may connect to: everything else is refused.
        client_groups: The security groups, of clients' VPCs, whose hosts may use it. Default: every host of those VPCs.
        vpc: An existing VPC for the proxy, whose way to Amazon S3 and CloudWatch Logs is its own. Default: a new one,
            whose load balancer has routes to clients alone, and whose proxies have routes to targets alone.
        subnets: The subnets of `vpc` for load balancer and proxies, one in each of two zones or more. Default: the
            first that is not public in each zone.
        cidr: The range of the new VPC, at least a /24. Default: 10.255.0.0/24.
        availability_zones: Its zones, by name. Default: the Region's first `max_azs`.
        max_azs: How many zones, if they are not named. Default: 2.
        port: Where clients call the proxy. Default: 3128.
        capacity: How many proxies there are at least. Default: 2.
        instance_type: Their instance type, of arm64. Default: t4g.small.
        deletion_protection: Whether the load balancer is protected against deletion. Default: True.
        encryption_key: The key that encrypts logs. Default: a new key.
        log_retention: How long they are kept. Default: one year.
        alarm_topic: The topic that alarms and failed launches notify. Default: none; alarms only change state.

    Attributes:
        network (TieredVpc | None): The new VPC: tier `Front` has routes to clients alone, `Fleet` to targets alone.
        vpc (ec2.IVpc): The proxy's VPC.
        load_balancer (elbv2.NetworkLoadBalancer): The load balancer.
        target_group (elbv2.NetworkTargetGroup): Its targets, the proxies.
        security_group (ec2.SecurityGroup): The proxies', which lets in the load balancer alone.
        group (autoscaling.AutoScalingGroup): The proxies.
        url (str): What clients set as `HTTP_PROXY` and `HTTPS_PROXY`.
        configuration (str): What the proxies are told, as JSON of Envoy.
        peerings (dict[str, ec2.CfnVPCPeeringConnection]): By the path of the VPC.
        logs (NetworkLogs): Log groups `Requests` of the proxies and `Flows` of their VPC; and their key.
        refused (cloudwatch.Metric): How many requests were refused.
        s3_endpoint (ec2.CfnVPCEndpoint | None): The new VPC's way to the program, and to packages of Amazon Linux.
        endpoints (InterfaceEndpoints | None): The new VPC's way to CloudWatch Logs.
        alarms (list[cloudwatch.Alarm]): Proxies that are unhealthy or missing, and refusals.

    Raises:
        ValueError: If ranges overlap, a VPC comes twice, or a destination is in no target.

    Source: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        client_vpcs: Vpcs,
        target_vpcs: Vpcs,
        destinations: Annotated[Sequence[ProxyDestination], Len(1, 100), Unit("destinations")],
        client_groups: Annotated[Sequence[ec2.ISecurityGroup], Len(0, 25), Unit("groups")] = (),
        vpc: ec2.IVpc | None = None,
        subnets: ec2.SubnetSelection | None = None,
        cidr: VpcCidr = "10.255.0.0/24",
        availability_zones: Zones | None = None,
        max_azs: ZoneCount = 2,
        port: Port = 3128,
        capacity: Annotated[int, Interval(ge=2, le=20), Unit("instances"), Known("the alarm's threshold")] = 2,
        instance_type: ec2.InstanceType | None = None,
        deletion_protection: bool = True,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        if subnets is not None and vpc is None:
            raise ValueError("subnets must come with their vpc: those of a new VPC are its own")
        ranges = check_vpcs(own_range(cidr, vpc), client_vpcs, target_vpcs, destinations, shared_tables=vpc is not None)
        check_place(scope, [*client_vpcs, *target_vpcs, *([vpc] if vpc else [])])
        existing = existing_place(vpc, subnets) if vpc else None
        if port == HEALTH_PORT:
            raise ValueError(f"port must not be {HEALTH_PORT}, where the load balancer asks for health")
        arm = ec2.InstanceArchitecture.ARM_64
        if instance_type is not None and architecture_of("instance_type", instance_type) != arm:
            raise ValueError(f"instance_type must be of arm64, got {instance_type.to_string()}")
        configuration = proxy_configuration(
            destinations=destinations,
            clients=[ranges[vpc.node.path] for vpc in client_vpcs],
            port=port,
            health_port=HEALTH_PORT,
            access_log=ACCESS_LOG,
        )
        if len(configuration) > LARGEST_CONFIGURATION:
            raise ValueError(
                f"destinations must fit into an instance's user data: {LARGEST_CONFIGURATION} bytes of configuration, "
                f"got {len(configuration)}"
            )
        # One more lets the proxies reach AWS's endpoints.
        check_rules("target_vpcs", len(target_vpcs) * len({port for one in destinations for port in one.ports}) + 1)
        zone_names = zones(availability_zones, max_azs)
        super().__init__(scope, construct_id)
        self.configuration = configuration
        self._settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        self.alarms: list[cloudwatch.Alarm] = []
        self.network = None if existing else self._new_network(cidr, zone_names)
        self._place = existing or own_place(self._of_new())
        self.vpc: ec2.IVpc = self._place.vpc
        self.logs = NetworkLogs(self, "Logs", settings=self._settings)
        if self.network is not None:
            self.logs.log_flows(self.network)
        self.load_balancer, front = self._load_balancer(deletion_protection=deletion_protection)
        self.security_group = deployable(
            ec2.SecurityGroup(self, "SecurityGroup", vpc=self.vpc, description="Proxies", allow_all_outbound=False)
        )
        for one, why in ((port, "Requests"), (HEALTH_PORT, "Health checks")):
            front.add_egress_rule(self.security_group, ec2.Port.tcp(one), why)
            self.security_group.add_ingress_rule(front, ec2.Port.tcp(one), why)
        self.s3_endpoint: ec2.CfnVPCEndpoint | None = None
        self.endpoints: InterfaceEndpoints | None = None
        if self.network is not None:
            self.s3_endpoint, self.endpoints = self._reach_services(self.network)
        # The routes decide what this is: Amazon S3, the endpoint, and targets, of which the proxy calls those listed.
        self.security_group.add_egress_rule(
            ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "Amazon S3 and CloudWatch Logs by their endpoints"
        )
        self.peerings: dict[str, ec2.CfnVPCPeeringConnection] = {}
        self._join(client_vpcs, FRONT)
        self._let_in(client_vpcs, client_groups, front, port)
        self._join(target_vpcs, FLEET)
        self._let_out(target_vpcs, destinations)
        self.group = proxy_fleet(
            self,
            place=self._place,
            security_group=self.security_group,
            configuration=configuration,
            requests=self.logs.log_group("Requests"),
            capacity=capacity,
            instance_type=instance_type,
            alarm_topic=alarm_topic,
        )
        if self.s3_endpoint is not None and self.endpoints is not None:
            self.group.node.add_dependency(self.s3_endpoint, self.endpoints)
            self._of_new().before(FLEET, self.group)
        after_ways_out(self.group, self._place.subnets[FLEET].subnets or ())
        self.target_group = self._listen(port)
        self._watch(capacity)
        self.url = f"http://{self.load_balancer.load_balancer_dns_name}:{port}"

    def environment(self) -> dict[str, str]:
        """The environment variables by which most programs find the proxy.

        Returns:
            The variables; addresses of the instance itself are called without it.
        """
        return {
            "HTTP_PROXY": self.url,
            "HTTPS_PROXY": self.url,
            "NO_PROXY": "localhost,127.0.0.1,169.254.169.254,169.254.170.2",
        }

    def _load_balancer(self, *, deletion_protection: bool) -> tuple[elbv2.NetworkLoadBalancer, ec2.SecurityGroup]:
        group = deployable(
            ec2.SecurityGroup(
                self,
                "FrontSecurityGroup",
                vpc=self.vpc,
                description="Load balancer of proxies",
                allow_all_outbound=False,
            )
        )
        made = elbv2.NetworkLoadBalancer(
            self,
            "LoadBalancer",
            vpc=self.vpc,
            vpc_subnets=self._place.subnets[FRONT],
            internet_facing=False,
            cross_zone_enabled=True,
            security_groups=[group],
            deletion_protection=deletion_protection,
        )
        Validations.of(made).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-ELB2",
                reason="A network load balancer logs only TLS that it ends itself; the proxies log each request.",
            )
        )
        return made, group

    def _new_network(self, cidr: str, zone_names: Sequence[str]) -> TieredVpc:
        return TieredVpc(self, "Network", cidr=cidr, availability_zones=zone_names, tiers={FRONT: 27, FLEET: 27})

    def _of_new(self) -> TieredVpc:
        assert self.network is not None
        return self.network

    def _reach_services(self, network: TieredVpc) -> tuple[ec2.CfnVPCEndpoint, InterfaceEndpoints]:
        """Where the program, packages and logs are: reached without a way to the internet."""
        fleet = network.subnets[FLEET]
        s3 = ec2.CfnVPCEndpoint(
            self,
            "S3",
            vpc_endpoint_type="Gateway",
            vpc_id=network.vpc_id,
            service_name=f"com.amazonaws.{Aws.REGION}.s3",
            route_table_ids=[place.route_table.attr_route_table_id for place in fleet],
            policy_document=account_policy(amazon_linux_packages()),
        )
        endpoints = InterfaceEndpoints(
            self,
            "Endpoints",
            vpc_id=network.vpc_id,
            subnet_ids=[place.subnet.attr_subnet_id for place in fleet],
            services=["logs"],
            client_group=self.security_group,
        )
        return s3, endpoints

    def _join(self, vpcs: Sequence[ec2.IVpc], tier: str) -> None:
        for vpc in vpcs:
            name = name_of(vpc)
            made = ProxyPeering(self, f"{name}PeeredWith{tier}", place=self._place, tier=tier, vpc=vpc)
            self.peerings[vpc.node.path] = made.peering

    def _let_in(
        self,
        clients: Sequence[ec2.IVpc],
        client_groups: Sequence[ec2.ISecurityGroup],
        front: ec2.SecurityGroup,
        port: int,
    ) -> None:
        for group in client_groups:
            rule = ec2.CfnSecurityGroupIngress(
                self,
                id_for("ClientGroup", group),
                group_id=front.security_group_id,
                source_security_group_id=group.security_group_id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                description="Hosts of a client VPC",
            )
            # A group of a VPC that is not peered yet is none that EC2 knows here.
            for peering in self.peerings.values():
                rule.node.add_dependency(peering)
        for vpc in clients if not client_groups else ():
            front.add_ingress_rule(ec2.Peer.ipv4(vpc.vpc_cidr_block), ec2.Port.tcp(port), f"Hosts of {name_of(vpc)}")

    def _let_out(self, targets: Sequence[ec2.IVpc], destinations: Sequence[ProxyDestination]) -> None:
        for vpc in targets:
            for port in sorted({port for each in destinations for port in each.ports}):
                self.security_group.add_egress_rule(
                    ec2.Peer.ipv4(vpc.vpc_cidr_block), ec2.Port.tcp(port), f"Destinations in {name_of(vpc)}"
                )

    def _listen(self, port: int) -> elbv2.NetworkTargetGroup:
        targets = elbv2.NetworkTargetGroup(
            self,
            "Proxies",
            vpc=self.vpc,
            port=port,
            protocol=elbv2.Protocol.TCP,
            target_type=elbv2.TargetType.INSTANCE,
            targets=[self.group],
            # The proxies have no route to clients; whose connection it is, the header of the PROXY protocol says.
            preserve_client_ip=False,
            proxy_protocol_v2=True,
            connection_termination=True,
            deregistration_delay=Duration.minutes(2),
            health_check=elbv2.HealthCheck(
                protocol=elbv2.Protocol.HTTP,
                port=str(HEALTH_PORT),
                path="/",
                interval=Duration.seconds(10),
                healthy_threshold_count=2,
                unhealthy_threshold_count=2,
            ),
        )
        self.load_balancer.add_listener("Listener", port=port, default_target_groups=[targets])
        return targets

    def _watch(self, capacity: int) -> None:
        refused = logs.MetricFilter(
            self,
            "Refusals",
            log_group=self.logs.log_group("Requests"),
            filter_pattern=logs.FilterPattern.number_value("$.status", "=", 403),
            metric_namespace="PeeringProxy",
            metric_name=Names.unique_resource_name(self, max_length=100),
        )
        self.refused = refused.metric(statistic="Sum", period=FIVE_MINUTES)
        self.alarms += [
            self._settings.alarm(
                self,
                "UnhealthyProxies",
                metric=self.target_group.metrics.un_healthy_host_count(period=FIVE_MINUTES, statistic="Maximum"),
                description="A proxy does not answer health checks, and is replaced: read its log of requests.",
            ),
            too_few_instances(self, self.group, capacity, self._settings.alarm_topic),
            self._settings.alarm(
                self,
                "Refused",
                metric=self.refused,
                threshold=10,
                description="Clients ask for what is not on the list, or are not on it: read the log of requests.",
            ),
        ]
