"""An accelerator with a listener, an endpoint group in each Region, and a way into load balancers for it alone."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, cast

from annotated_types import Interval, Len, Unit
from aws_cdk import Annotations, Duration, Fn, Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_globalaccelerator as globalaccelerator
from aws_cdk import aws_globalaccelerator_endpoints as accelerator_endpoints
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import MetricPeriod
from patterns.building_blocks.region_name import Region
from patterns.building_blocks.service_security_group import service_security_group
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.dns.global_accelerator.regional_endpoints import Endpoint, RegionalEndpoints, check_regions

METRICS_REGION = "us-west-2"
"""https://docs.aws.amazon.com/global-accelerator/latest/dg/cloudwatch-monitoring.html"""
HTTPS = (443,)
_GROUP = "GlobalAccelerator"
"""https://docs.aws.amazon.com/global-accelerator/latest/dg/best-practices-aga.html"""


class GlobalAccelerator(Construct):
    """Serve several Regions at two fixed addresses: each client by the nearest Region that is well.

    Args:
        scope: Parent construct. Its stack belongs in us-west-2, where the metrics of accelerators are.
        construct_id: Construct id.
        regions: The load balancers, by Region.
        ports: The ports that clients connect to, which are the load balancers' own. Default: 443.
        protocol: The protocol. Default: "TCP".
        client_affinity: Whether all flows of a client's address go to one endpoint ("source_ip"), or each by itself
            ("none"). Default: "none".
        ipv6: Whether it has two IPv6 addresses as well; load balancers must be dual-stack. Default: no.
        alarm_topic: The topic that the alarm notifies, in us-west-2. Default: none; the alarm only changes state.

    Attributes:
        accelerator (globalaccelerator.Accelerator): The accelerator.
        listener (globalaccelerator.Listener): Its listener.
        endpoint_groups (dict[str, globalaccelerator.EndpointGroup]): The endpoint groups, by Region.
        alarms (list[cloudwatch.Alarm]): All of its alarms. They exist in us-west-2 alone.

    Raises:
        ValueError: If an argument is out of range, two contradict each other, or clients would be left without an
            endpoint.

    Source: https://docs.aws.amazon.com/global-accelerator/latest/dg/introduction-how-it-works.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        regions: Annotated[Mapping[Region, RegionalEndpoints], Len(1, 42), Unit("Regions")],
        ports: Annotated[Sequence[Annotated[int, Interval(ge=1, le=65535)]], Len(1, 10), Unit("ports")] = HTTPS,
        protocol: Literal["TCP", "UDP"] = "TCP",
        client_affinity: Literal["none", "source_ip"] = "none",
        ipv6: bool = False,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        check_regions(regions, ipv6=ipv6)
        super().__init__(scope, construct_id)
        self._ports, self._protocol, self._regions = tuple(ports), protocol, dict(regions)

        types = globalaccelerator.IpAddressType
        self.accelerator = globalaccelerator.Accelerator(
            self, "Accelerator", ip_address_type=types.DUAL_STACK if ipv6 else types.IPV4
        )
        self.listener = self.accelerator.add_listener(
            "Listener",
            port_ranges=[globalaccelerator.PortRange(from_port=one, to_port=one) for one in ports],
            protocol=globalaccelerator.ConnectionProtocol[protocol],
            client_affinity=globalaccelerator.ClientAffinity[client_affinity.upper()],
        )
        self.endpoint_groups = {region: self._group(region, group) for region, group in regions.items()}
        self.alarms: list[cloudwatch.Alarm] = self._watch(Settings(alarm_topic=alarm_topic))

    def _group(self, region: str, group: RegionalEndpoints) -> globalaccelerator.EndpointGroup:
        if group.dial == 0:
            Annotations.of(self).add_info(
                f"regions[{region}] has a dial of 0: it gets flows in a failover alone, until the dial is turned up"
            )
        return self.listener.add_endpoint_group(
            region,
            region=region,
            # Explicit even where they are the defaults: drift detection compares nothing else, and so finds what a
            # drill has left.
            traffic_dial_percentage=group.dial,
            endpoints=[_endpoint(one) for one in group.endpoints],
        )

    def _watch(self, settings: Settings) -> list[cloudwatch.Alarm]:
        region = Stack.of(self).region
        if not Token.is_unresolved(region) and region != METRICS_REGION:
            Annotations.of(self).add_info(
                f"the accelerator has no alarm in {region}: its metrics are in {METRICS_REGION}; make it in a stack of "
                "that Region"
            )
            return []
        return [
            settings.alarm(
                self,
                "EndpointsIll",
                metric=self._metric("UnhealthyEndpointCount", "Maximum", Duration.minutes(1)),
                evaluation_periods=3,
                description="A load balancer behind the accelerator has been ill for three minutes: others of its "
                "Region, or the next Region, get its flows. Look at the targets of the load balancer.",
            )
        ]

    @checked
    def metric_flows(
        self,
        *,
        period: MetricPeriod | None = None,
    ) -> cloudwatch.Metric:
        """How many flows were begun.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, which exists in us-west-2 alone.
        """
        return self._metric("NewFlowCount", "Sum", period or Duration.minutes(5))

    def _metric(self, name: str, statistic: str, period: Duration) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/GlobalAccelerator",
            metric_name=name,
            dimensions_map={"Accelerator": Fn.select(1, Fn.split("/", self.accelerator.accelerator_arn))},
            statistic=statistic,
            period=period,
        )

    @checked
    def let_in(
        self,
        scope: Construct,
        construct_id: str,
        *,
        region: str,
        vpc: ec2.IVpc,
        security_group: ec2.ISecurityGroup,
    ) -> list[ec2.CfnSecurityGroupIngress]:
        """Let the accelerator in to a load balancer, and nobody else.

        The rules name the security group that Global Accelerator makes in the VPC with its first endpoint there, which
        is looked up when they are deployed.

        Args:
            scope: Parent construct, in a stack of the load balancer's Region: the accelerator's own, or one that is
                deployed after it.
            construct_id: Construct id.
            region: The Region, one of `regions`.
            vpc: The VPC of the load balancer.
            security_group: The security group of the load balancer, which should have no other rule.

        Returns:
            The rules, one for each port.

        Raises:
            ValueError: If there is no such Region, the stack is in another one, or the accelerator's stack would wait
                for it and it for the accelerator's.
        """
        if region not in self._regions:
            raise ValueError(f"region must be one of {', '.join(self._regions)}, got {region}")
        self._check_scope(scope, region)
        made = Construct(scope, construct_id)
        group = service_security_group(
            made, "Group", name=_GROUP, vpc=vpc, region=region, after=self.endpoint_groups[region]
        )
        return [
            ec2.CfnSecurityGroupIngress(
                made,
                f"Port{port}",
                group_id=security_group.security_group_id,
                ip_protocol=self._protocol.lower(),
                from_port=port,
                to_port=port,
                source_security_group_id=group,
                description="Global Accelerator",
            )
            for port in self._ports
        ]

    def _check_scope(self, scope: Construct, region: str) -> None:
        stack, own = Stack.of(scope), Stack.of(self)
        if not Token.is_unresolved(stack.region) and stack.region != region:
            raise ValueError(f"scope must be in a stack of {region}, got one of {stack.region}")
        if stack == own:
            return
        for one in self._regions[region].endpoints:
            # An imported load balancer is of another stack than it stands in.
            made = one.balancer.node.default_child is not None
            if made and Stack.of(one.balancer) == stack:
                raise ValueError(
                    f"scope must be in another stack than the load balancer, {stack.node.path}: the accelerator waits "
                    "for that one, and this rule for the accelerator"
                )


def _endpoint(one: Endpoint) -> globalaccelerator.IEndpoint:
    made = (
        accelerator_endpoints.NetworkLoadBalancerEndpoint
        if hasattr(one.balancer, "security_groups")
        else accelerator_endpoints.ApplicationLoadBalancerEndpoint
    )
    endpoint = made(one.balancer, weight=one.weight, preserve_client_ip=one.keeps_client_address)  # type: ignore[arg-type]
    return cast(globalaccelerator.IEndpoint, endpoint)
