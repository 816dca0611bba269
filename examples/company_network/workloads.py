"""Two VPCs for what the company runs. Everything that leaves them passes the firewall."""

from aws_cdk import Environment, Stack
from constructs import Construct

from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.inspection_vpc import InspectionVpc


class Workloads(Stack):
    """The VPCs `Orders` and `Billing`.

    Args:
        hub: The hub that they join.

    Attributes:
        vpcs (dict[str, AttachmentVpc]): The VPCs by name.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, hub: InspectionVpc, env: Environment | None = None
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self.vpcs = {
            name: AttachmentVpc(
                self, name, cidr=cidr, availability_zones=hub.availability_zones, tiers={"Workload": 27}
            )
            for name, cidr in (("Orders", "10.1.0.0/24"), ("Billing", "10.2.0.0/24"))
        }
        for vpc in self.vpcs.values():
            hub.logs.log_flows(vpc)
            hub.add_spoke(vpc.vpc)
