"""A Region's hub: transit gateway, firewall, the way to the internet, the site's circuits and the VPN behind them."""

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_sns as sns
from constructs import Construct

from examples.company_network.regions import NETWORKS, CompanyRegion
from patterns.building_blocks.encryption_key import EncryptionKey
from patterns.network.direct_connect import InspectedCircuits
from patterns.network.inspection_vpc import InspectionVpc

RULES = """\
pass tcp $HOME_NET any -> $HOME_NET 443 (msg:"HTTPS within the company"; flow:to_server; sid:1; rev:1;)
"""


class Hub(Stack):
    """The hub of a Region.

    Args:
        region: The Region.

    Attributes:
        encryption_key (EncryptionKey): The key of the Region's logs.
        alarm_topic (sns.Topic): The topic of the Region's alarms. Subscribe whoever is on call.
        hub (InspectionVpc): The hub, with its gateway and its firewall.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, region: CompanyRegion, env: Environment | None = None
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self.encryption_key = EncryptionKey(self, "Key", description="Encrypts the logs of the company's network")
        self.alarm_topic = sns.Topic(self, "Alarms", master_key=self.encryption_key, enforce_ssl=True)
        self.hub = InspectionVpc(
            self,
            "Hub",
            # On the gateway: in a VPC a flow that enters by VPN may change zones, and the firewall see half of it.
            firewall_attachment="transit-gateway",
            networks=NETWORKS,
            asn=region.asn,
            allowed_domains=[".amazonaws.com"],
            suricata_rules=RULES,
            encryption_key=self.encryption_key,
            alarm_topic=self.alarm_topic,
        )
        if region.site is not None:
            InspectedCircuits(
                self,
                region.site.name,
                hub=self.hub,
                site=region.site,
                circuits=region.circuits,
                alarm_topic=self.alarm_topic,
            )
        CfnOutput(self, "TransitGateway", value=self.hub.transit_gateway.gateway_id)
        CfnOutput(self, "AlarmTopic", value=self.alarm_topic.topic_arn)
