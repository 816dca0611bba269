"""A VPC that partners reach by a VPN of its own, and nothing behind it."""

from aws_cdk import Environment, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.inspection_vpc import InspectionVpc
from patterns.network.many_sites_vpn import CustomerSite, ManySitesVpn

SUPPLIER = CustomerSite(name="Supplier", addresses=["198.51.100.9"], asn=65020, prefixes=["172.16.9.0/24"])


class Partners(Stack):
    """The VPC `Exchange`: a spoke of the hub, and where partners' connections end.

    A VPC passes on nothing that it did not send itself: from the partners' gateway packets reach the VPC's own
    interfaces only, whatever the firewall's rules say.

    Args:
        hub: The hub that it joins.
        encryption_key: The key of its logs.
        alarm_topic: Who is told of failures.

    Attributes:
        exchange (AttachmentVpc): The VPC.
        vpn (ManySitesVpn): The partners' connections.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        hub: InspectionVpc,
        encryption_key: kms.IKey,
        alarm_topic: sns.ITopic,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self.exchange = AttachmentVpc(
            self,
            "Exchange",
            cidr="10.3.0.0/24",
            availability_zones=hub.availability_zones,
            tiers={"Workload": 27},
        )
        hub.logs.log_flows(self.exchange)
        hub.add_spoke(self.exchange.vpc)
        self.vpn = ManySitesVpn(
            self,
            "Partners",
            sites=[SUPPLIER],
            vpc=self.exchange.vpc,
            gateway="virtual-private-gateway",
            encryption_key=encryption_key,
            alarm_topic=alarm_topic,
        )
