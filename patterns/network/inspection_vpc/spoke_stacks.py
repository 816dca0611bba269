"""More spokes than one CloudFormation stack holds: as many stacks as they need, linked to the hub's."""

from collections.abc import Mapping
from typing import Annotated

from annotated_types import Interval, Unit
from aws_cdk import Environment, Stack, Stage, Token
from constructs import Construct

from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import VpcCidr, require_inside, vpc_network
from patterns.network.hub.attachment_vpc import AttachmentVpc, SubnetPrefix
from patterns.network.inspection_vpc.construct import InspectionVpc

SpokeName = Annotated[str, Matches(r"[A-Za-z0-9]+", "named with letters and digits"), Known("the ids of constructs")]


class SpokeStacks(Construct):
    """New VPCs behind a hub, spread over stacks beside the hub's own.

    CloudFormation holds 500 resources a stack; a spoke takes about ten for each zone.

    Args:
        hub: The hub.
        spokes: The range of each new VPC, by its name. Names are construct ids: letters and digits.
        workload_prefix: The prefix length of the workload subnets, four of which are kept free for zones. Default: 27,
            for a /24.
        spokes_per_stack: How many spokes one stack holds. Default: 15. Changing it moves VPCs between stacks,
            which replaces them.

    Attributes:
        stacks (list[Stack]): The stacks, in the order of the spokes.
        vpcs (dict[str, AttachmentVpc]): The VPCs, by name.

    Raises:
        ValueError: If a range is malformed, or overlaps another.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    """

    @checked
    def __init__(
        self,
        hub: InspectionVpc,
        construct_id: str,
        *,
        spokes: Mapping[SpokeName, VpcCidr],
        workload_prefix: SubnetPrefix = 27,
        spokes_per_stack: Annotated[int, Interval(ge=1, le=15), Unit("spokes"), Known("the number of stacks")] = 15,
    ) -> None:
        for name in spokes:
            require_inside(f"spokes[{name}]", vpc_network(f"spokes[{name}]", spokes[name]), hub.networks)
        super().__init__(hub, construct_id)
        hub_stack = Stack.of(hub)
        scope = Stage.of(hub)
        environment = Environment(
            account=None if Token.is_unresolved(hub_stack.account) else hub_stack.account,
            region=None if Token.is_unresolved(hub_stack.region) else hub_stack.region,
        )
        names = list(spokes)
        self.stacks: list[Stack] = []
        self.vpcs: dict[str, AttachmentVpc] = {}
        for number, first in enumerate(range(0, len(names), spokes_per_stack), start=1):
            stack = Stack(scope, f"{hub_stack.node.id}{construct_id}{number}", env=environment)
            self.stacks.append(stack)
            for name in names[first : first + spokes_per_stack]:
                vpc = AttachmentVpc(
                    stack,
                    name,
                    cidr=spokes[name],
                    availability_zones=hub.availability_zones,
                    tiers={"Workload": workload_prefix},
                )
                hub.logs.log_flows(vpc)
                hub.add_spoke(vpc.vpc)
                self.vpcs[name] = vpc
