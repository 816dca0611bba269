from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.network.appliance_fleet import ApplianceFleet, CentralInspection, InspectedVpc
from patterns.network.hub.attachment_vpc import AttachmentVpc


class ApplianceFleetStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        # A stand-in: the image of an appliance is its vendor's.
        image = ec2.MachineImage.latest_amazon_linux2023()
        self.fleet = ApplianceFleet(self, "Fleet", **{"machine_image": image, **options})
        # Central: what spokes send each other and the internet.
        topic = options.get("alarm_topic")
        self.hub = CentralInspection(self, "Hub", service_name=self.fleet.service_name, alarm_topic=topic)
        self.fleet.alarms += self.hub.alarms
        for name, cidr in (("Orders", "10.1.0.0/24"), ("Billing", "10.2.0.0/24")):
            zones = self.hub.availability_zones
            spoke = AttachmentVpc(self, name, cidr=cidr, availability_zones=zones, tiers={"Workload": 27})
            self.hub.logs.log_flows(spoke)
            self.hub.add_spoke(spoke.vpc)
        # Distributed: what comes in from the internet.
        self.shop = InspectedVpc(self, "Shop", service_name=self.fleet.service_name)
        CfnOutput(self, "Service", value=self.fleet.service_name)
