"""A Region's VPCs: for what the company runs, for what its parts share, and for hosts that go out by IPv6."""

from collections.abc import Mapping

from aws_cdk import Environment, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from constructs import Construct

from examples.company_network.regions import CompanyRegion
from patterns.network.dual_stack_egress import DualStackEgress
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.inspection_vpc import InspectionVpc
from patterns.network.shared_services_vpc import InspectedServices


class Workloads(Stack):
    """The VPCs of a Region.

    Args:
        region: The Region.
        hub: The hub that they join.
        encryption_key: The key of logs.

    Attributes:
        open (dict[str, AttachmentVpc]): VPCs that reach each other, by name.
        apart (dict[str, AttachmentVpc]): VPCs that reach the shared services and nothing else of the company.
        shared (InspectedServices): The shared services.
        dual_stack (DualStackEgress | None): A VPC whose hosts go out by IPv6.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        region: CompanyRegion,
        hub: InspectionVpc,
        encryption_key: kms.IKey,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self._hub = hub
        self.shared = InspectedServices(
            self, "Shared", hub=hub, cidr=region.shared, interface_endpoints=["secretsmanager"]
        )
        self.open = self._vpcs("Open", region.open)
        for vpc in self.open.values():
            hub.add_spoke(vpc.vpc)
            self.shared.share_names(vpc.vpc)
        self.apart = self._vpcs("Apart", region.apart)
        for vpc in self.apart.values():
            self.shared.add_spoke(vpc.vpc)
        self.dual_stack: DualStackEgress | None = None
        if region.dual_stack is not None:
            # By IPv4 it is a spoke like any other; without NAT64 it has no public subnet and no way in.
            self.dual_stack = DualStackEgress(
                self, "DualStack", cidr=region.dual_stack, nat64=False, encryption_key=encryption_key
            )
            hub.add_spoke(self.dual_stack.vpc, attachment_subnets=ec2.SubnetSelection(subnet_group_name="DualStack"))

    def _vpcs(self, kind: str, ranges: Mapping[str, str]) -> dict[str, AttachmentVpc]:
        place = Construct(self, kind)
        found = {
            name: AttachmentVpc(
                place, name, cidr=cidr, availability_zones=self._hub.availability_zones, tiers={"Workload": 27}
            )
            for name, cidr in ranges.items()
        }
        for vpc in found.values():
            self._hub.logs.log_flows(vpc)
        return found
