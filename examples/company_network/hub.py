"""The transit gateway, the firewall on it, the way to the internet, and the VPN to headquarters."""

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.network.inspection_vpc import CustomerSite, InspectionVpc

# Where partners' ranges lie is left out: what pretends to come from there is nobody that the hub knows.
NETWORKS = ("10.0.0.0/8", "192.168.0.0/16")
HEADQUARTERS = CustomerSite(
    name="Headquarters", addresses=["198.51.100.1", "198.51.100.2"], asn=65010, prefixes=["192.168.0.0/20"]
)
RULES = """\
pass tcp $HOME_NET any -> $HOME_NET 443 (msg:"HTTPS within the company"; flow:to_server; sid:1; rev:1;)
"""


class Hub(Stack):
    """The hub.

    Args:
        encryption_key: The key of its logs.
        alarm_topic: Who is told of failures.

    Attributes:
        hub (InspectionVpc): The hub, with its gateway and its firewall.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        encryption_key: kms.IKey,
        alarm_topic: sns.ITopic,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self.hub = InspectionVpc(
            self,
            "Hub",
            # On the gateway: in a VPC a flow that enters by VPN may change zones, and the firewall see half of it.
            firewall_attachment="transit-gateway",
            networks=NETWORKS,
            allowed_domains=[".amazonaws.com"],
            suricata_rules=RULES,
            encryption_key=encryption_key,
            alarm_topic=alarm_topic,
        )
        self.hub.add_site(HEADQUARTERS)
        CfnOutput(self, "TransitGateway", value=self.hub.transit_gateway.gateway_id)
