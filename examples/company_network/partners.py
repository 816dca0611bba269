"""What partners reach: one service without a route to it, and one VPC by a VPN of its own."""

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.inspection_vpc import InspectionVpc
from patterns.network.many_sites_vpn import CustomerSite, ManySitesVpn
from patterns.network.private_service import PrivateService, PrivateServiceConsumer

SUPPLIER = CustomerSite(name="Supplier", addresses=["198.51.100.9"], asn=65020, prefixes=["172.16.9.0/24"])
PRICES = "10.16.4.0/24"
TARGETS = ["10.16.4.10", "10.16.4.74"]


class Partners(Stack):
    """The service `Prices`, and the VPC `Exchange`: spokes of the hub that partners come to.

    Of the service partners reach its port and nothing behind it. A VPC passes on nothing that it did not send itself:
    from the partners' gateway packets reach the interfaces of `Exchange` only, whatever the firewall's rules say.

    Args:
        hub: The hub that they join.
        encryption_key: The key of logs.
        alarm_topic: Who is told of failures.

    Attributes:
        prices (PrivateService): The service.
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
        self.prices = PrivateService(
            self, "Prices", cidr=PRICES, targets=TARGETS, encryption_key=encryption_key, alarm_topic=alarm_topic
        )
        assert self.prices.network is not None
        hub.add_spoke(self.prices.network.vpc)
        self.exchange = AttachmentVpc(
            self,
            "Exchange",
            cidr="10.16.3.0/24",
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
        CfnOutput(self, "PricesService", value=self.prices.service_name)


class Reseller(Stack):
    """The VPC of a partner, which reaches the service by an endpoint; in truth it is in an account of the partner's.

    Its range is that of the service's own VPC: nothing is routed between the two.

    Args:
        service_name: The service.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, service_name: str, env: Environment | None = None
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        PrivateServiceConsumer(self, "Reseller", service_name=service_name, cidr=PRICES)
