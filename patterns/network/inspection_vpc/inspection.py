"""Where the firewall stands: in an inspection VPC, or on the transit gateway itself."""

from collections.abc import Sequence
from typing import Literal

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.building_blocks.settings import Settings
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.network.hub.attachment_vpc import PUBLIC, AttachmentVpc
from patterns.network.hub.transit_gateway import Attachment
from patterns.network.inspection_vpc.firewall import (
    GatewayFirewall,
    ZonalFirewalls,
    log_firewall,
    watch_firewall,
)
from patterns.network.inspection_vpc.routing import EVERYWHERE, EVERYWHERE_BY_IPV6, InspectionRouting

FirewallAttachment = Literal["vpc", "transit-gateway"]
FIREWALL = "Firewall"


class Inspection(Construct):
    """The firewall, attached to the gateway in its own routing domain.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        firewall_attachment: Where the firewall stands.
        routing: The hub's routing domains.
        cidr: The inspection VPC's range.
        availability_zones: Where the firewall has endpoints.
        networks: The organization's ranges.
        nat: Whether the internet is reached by NAT gateways behind the endpoints.
        policy_arn: The firewall's policy.
        change_protection: Whether policy and zones are locked.
        ipv6: Whether the endpoints of an inspection VPC take IPv6, too.

    Attributes:
        vpc (AttachmentVpc | None): The inspection VPC, unless the firewall is on the gateway.
        firewall (ZonalFirewalls | GatewayFirewall): The firewall.
        nat_gateways (list[ec2.CfnNatGateway]): One in each zone, if the internet is reached here.
        attachment (Attachment): Its attachment. Appliance mode is on here, and nowhere else.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        firewall_attachment: FirewallAttachment,
        routing: InspectionRouting,
        cidr: str,
        availability_zones: Sequence[str],
        networks: Sequence[str],
        nat: bool,
        policy_arn: str,
        change_protection: bool,
        ipv6: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self._zones = availability_zones
        self.vpc: AttachmentVpc | None = None
        self.firewall: ZonalFirewalls | GatewayFirewall
        self.nat_gateways: list[ec2.CfnNatGateway] = []
        if firewall_attachment == "vpc":
            tiers = {FIREWALL: 28} | ({PUBLIC: 28} if nat else {})
            self.vpc = AttachmentVpc(
                self,
                "Network",
                cidr=cidr,
                availability_zones=availability_zones,
                tiers=tiers,
                ipv6=ipv6,
                argument="inspection_cidr",
            )
            self.firewall = firewalls = ZonalFirewalls(
                self,
                "Firewall",
                vpc_id=self.vpc.vpc_id,
                subnets=[each.subnet for each in self.vpc.subnets[FIREWALL]],
                policy_arn=policy_arn,
                change_protection=change_protection,
                ipv6=ipv6,
            )
            self.attachment = routing.gateway.attach_hub_vpc(
                self, "Attachment", self.vpc, routing.inspection, appliance_mode=True
            )
            self._route(self.vpc, firewalls, routing.gateway.gateway_id, networks, nat=nat)
        else:
            self.firewall = native = GatewayFirewall(
                self,
                "Firewall",
                transit_gateway_id=routing.gateway.gateway_id,
                availability_zones=availability_zones,
                policy_arn=policy_arn,
                change_protection=change_protection,
            )
            self.attachment = Attachment(
                self, "Attachment", attachment_id=native.attachment_id, domain=routing.inspection
            )

    def _route(
        self, vpc: AttachmentVpc, firewalls: ZonalFirewalls, gateway_id: str, networks: Sequence[str], *, nat: bool
    ) -> None:
        for each in vpc.attachment_subnets:
            each.route("ToFirewall", EVERYWHERE, vpc_endpoint_id=firewalls.endpoint_id(each.number))
        if vpc.ipv6 is not None:
            for each in vpc.attachment_subnets:
                endpoint = firewalls.endpoint_id(each.number)
                each.route("ToFirewallByIpv6", EVERYWHERE_BY_IPV6, vpc_endpoint_id=endpoint)
            # Only back to the gateway: an egress-only one would serve this VPC's own addresses alone.
            vpc.route_to_gateway(FIREWALL, [EVERYWHERE_BY_IPV6], gateway_id, self.attachment)
        if not nat:
            vpc.route_to_gateway(FIREWALL, [EVERYWHERE], gateway_id, self.attachment)
            return
        self.nat_gateways = vpc.nat_gateways()
        vpc.route_to_gateway(FIREWALL, networks, gateway_id, self.attachment)
        for inner, public, gateway in zip(vpc.subnets[FIREWALL], vpc.subnets[PUBLIC], self.nat_gateways, strict=True):
            inner.route("ToNat", EVERYWHERE, nat_gateway_id=gateway.attr_nat_gateway_id)
            for network in networks:
                # Replies from the internet meet the same endpoint as the requests did.
                public.route(
                    f"ToFirewall{network.replace('/', '-')}",
                    network,
                    vpc_endpoint_id=firewalls.endpoint_id(public.number),
                )

    def log(self, logs: NetworkLogs) -> None:
        """Record what the firewall sees and drops, and the flows of its VPC.

        Args:
            logs: The hub's logs.
        """
        log_firewall(
            self.firewall.firewalls, flow_logs=logs.log_group("FirewallFlows"), alert_logs=logs.log_group("Alerts")
        )
        if self.vpc is not None:
            logs.log_flows(self.vpc)

    def watch(self, dropped_packets: int, settings: Settings) -> list[cloudwatch.Alarm]:
        """Make the alarms of each endpoint.

        Args:
            dropped_packets: How many dropped packets in five minutes are too many.
            settings: Whom alarms notify.

        Returns:
            The alarms.
        """
        firewalls = self.firewall.firewalls
        everywhere = firewalls if len(firewalls) > 1 else firewalls * len(self._zones)
        endpoints = list(zip(everywhere, self._zones, strict=True))
        return watch_firewall(self, endpoints, dropped_packets=dropped_packets, settings=settings)
