"""Transit gateways, their attachments and route tables."""

from __future__ import annotations

from typing import Any

from patternkit.resolving import (
    Stack,
    custom_names,
)
from patternkit.resolving.given import matching
from patternkit.resolving.values import Unknown, not_lifted
from patternkit.routes.building.draft import Draft, Properties, shown
from patternkit.routes.model import (
    Attachment,
    Blackhole,
    Route,
    TransitGateway,
    TransitTable,
)


def _may_attach(vpc: Any, gateway: Any) -> bool:
    """Whether a VPC may have one more attachment: it has at most one of each transit gateway."""
    return not any(attachment.gateway is gateway for attachment in vpc.attachments)


def add_transit_gateway(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::TransitGateway`."""
    gateway: TransitGateway = draft.make(
        TransitGateway,
        stack,
        logical,
        associates=draft.flag(draft.get(stack, properties, "DefaultRouteTableAssociation"), default=True),
        propagates=draft.flag(draft.get(stack, properties, "DefaultRouteTablePropagation"), default=True),
        accepts=draft.flag(draft.get(stack, properties, "AutoAcceptSharedAttachments"), default=False),
        ecmp=draft.flag(draft.get(stack, properties, "VpnEcmpSupport"), default=True) is True,
        references_groups=draft.flag(draft.get(stack, properties, "SecurityGroupReferencingSupport"), default=False),
    )
    for name in ("AssociationDefaultRouteTableId", "PropagationDefaultRouteTableId"):
        if name in properties and (given := draft.get(stack, properties, name)) is not None:
            reason = Unknown(f"{gateway.path} names another default route table, {shown(given)}{not_lifted()}")
            if name.startswith("Association"):
                gateway.associates = reason
            else:
                gateway.propagates = reason
    draft.model.transit_gateways[gateway.identity] = gateway
    table = TransitTable(
        f"{gateway.identity}.default",
        f"{gateway.path} default route table",
        "AWS::EC2::TransitGatewayRouteTable",
        gateway=gateway,
    )
    gateway.default_table = table
    draft.model.transit_tables[table.identity] = table


def add_transit_table(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::TransitGatewayRouteTable`."""
    gateway = draft.find(
        draft.model.transit_gateways, draft.get(stack, properties, "TransitGatewayId"), "transit gateway"
    )
    table = draft.make(TransitTable, stack, logical, gateway=gateway)
    draft.model.transit_tables[table.identity] = table


def attach(draft: Draft, attachment: Attachment) -> Attachment:
    """Attach to a transit gateway and VPC."""
    draft.model.attachments[attachment.identity] = attachment
    if isinstance(attachment.gateway, TransitGateway):
        attachment.gateway.attachments.append(attachment)
    if attachment.vpc is not None:
        attachment.vpc.attachments.append(attachment)
    return attachment


def add_vpc_attachment(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::TransitGatewayAttachment` or `AWS::EC2::TransitGatewayVpcAttachment`."""
    gateway = draft.find(
        draft.model.transit_gateways, draft.get(stack, properties, "TransitGatewayId"), "transit gateway"
    )
    vpc = draft.ours(draft.model.vpcs, draft.get(stack, properties, "VpcId"), "VPC")
    if isinstance(vpc, Unknown):
        draft.doubt(stack, logical, "attaches a VPC", vpc, "VPC", lambda one: _may_attach(one, gateway))
        vpc = None
    attachment: Attachment = draft.make(Attachment, stack, logical, gateway=gateway, vpc=vpc)
    subnets = draft.listed(stack, properties, "SubnetIds")
    for name in ("AddSubnetIds", "RemoveSubnetIds"):
        changed = draft.listed(stack, properties, name)
        if isinstance(changed, Unknown) or isinstance(subnets, Unknown):
            subnets = changed if isinstance(changed, Unknown) else subnets
        elif name == "AddSubnetIds":
            subnets = list(dict.fromkeys([*subnets, *changed]))
        else:
            subnets = [subnet for subnet in subnets if subnet not in changed]
    if isinstance(subnets, Unknown):
        attachment.unknown_zones = subnets
    else:
        for identity in subnets:
            subnet = draft.find(draft.model.subnets, identity, "subnet")
            if isinstance(subnet, Unknown):
                attachment.unknown_zones = subnet
            elif vpc is not None and subnet.vpc is not vpc:
                draft.refuse(
                    f"{attachment.path} of {vpc.path} has a subnet of another VPC, {subnet.path} "
                    "[InvalidSubnetID.NotFound]"
                )
            elif subnet.in_local_zone:
                # https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
                draft.refuse(
                    f"{attachment.path} has a subnet in the Local Zone {subnet.zone}, {subnet.path} [InvalidParameter]"
                )
            elif isinstance(subnet.zone, Unknown):
                attachment.unknown_zones = subnet.zone
            elif subnet.zone in attachment.zones:
                # https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html: one subnet a zone.
                draft.refuse(
                    f"{attachment.path} has two subnets in the availability zone {subnet.zone} "
                    "[DuplicateSubnetsInSameZone]"
                )
            else:
                attachment.zones[subnet.zone] = subnet
    options = properties.get("Options")
    if options is not None:
        options = draft.get(stack, properties, "Options")
        if isinstance(options, Unknown):
            attachment.appliance = attachment.ipv6 = attachment.references_groups = options
        elif isinstance(options, dict):
            attachment.appliance = draft.flag(options.get("ApplianceModeSupport"), default=False)
            attachment.ipv6 = draft.flag(options.get("Ipv6Support"), default=False)
            attachment.references_groups = draft.flag(options.get("SecurityGroupReferencingSupport"), default=True)
    attachment.contracts = draft.leans()
    if draft.contracts.appliance_mode:
        declared = matching(draft.contracts.appliance_mode, custom_names(stack, logical, ""))
        if declared is not None:
            attachment.appliance = draft.contracts.appliance_mode[declared]
            attachment.appliance_contracts = frozenset({f"appliance-mode {declared}"})
    attach(draft, attachment)


def add_transit_peering(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::TransitGatewayPeeringAttachment`."""
    sides = []
    for name in ("TransitGatewayId", "PeerTransitGatewayId"):
        gateway = draft.find(draft.model.transit_gateways, draft.get(stack, properties, name), "transit gateway")
        sides.append(
            Attachment(
                stack.ids[logical],
                stack.path(logical),
                "AWS::EC2::TransitGatewayPeeringAttachment",
                medium="peering",
                gateway=gateway,
            )
        )
    sides[0].peer, sides[1].peer = sides[1], sides[0]
    for side in sides:
        if isinstance(side.gateway, TransitGateway):
            side.gateway.attachments.append(side)
    # Both sides have the same id in a template; the table's gateway says which is meant.
    draft.model.attachments[stack.ids[logical]] = sides[0]
    draft.targets[stack.ids[logical]] = sides[0]
    draft.peering_sides[stack.ids[logical]] = sides


def add_association(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::TransitGatewayRouteTableAssociation`."""
    table_id = draft.get(stack, properties, "TransitGatewayRouteTableId")
    table = draft.find(draft.model.transit_tables, table_id, "transit gateway route table")
    attachment = attachment_at(draft, draft.get(stack, properties, "TransitGatewayAttachmentId"), table)
    if isinstance(attachment, Unknown):
        identity = draft.get(stack, properties, "TransitGatewayAttachmentId")
        if draft.ours(draft.model.attachments, identity, "attachment") is not None:
            draft.unknown_associations.append(f"{stack.path(logical)} associates an attachment: {attachment.reason}")
        return
    if attachment.associated:
        attachment.association = Unknown(f"AWS refuses a second association of {attachment.path}")
        draft.refuse(f"{attachment.path} is associated with two route tables [Resource.AlreadyAssociated]")
        return
    attachment.association, attachment.associated = table, True


def add_policy_association(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::TransitGatewayPolicyTableAssociation`."""
    identity = draft.get(stack, properties, "TransitGatewayAttachmentId")
    attachment = draft.ours(draft.model.attachments, identity, "attachment")
    reason = f"{stack.path(logical)}: transit gateway policy tables are not modelled{not_lifted()}"
    if isinstance(attachment, Unknown):
        draft.unknown_associations.append(reason)
    elif attachment is not None:
        attachment.association, attachment.associated = Unknown(reason), True


def attachment_at(draft: Draft, identity: Any, table: Any) -> Any:
    """The attachment that an id means in a transit gateway route table; of a peering the side of its gateway."""
    if isinstance(identity, str) and identity in draft.peering_sides and isinstance(table, TransitTable):
        for side in draft.peering_sides[identity]:
            if side.gateway is table.gateway:
                return side
    found = draft.find(draft.model.attachments, identity, "attachment")
    if (
        isinstance(found, Attachment)
        and isinstance(table, TransitTable)
        and isinstance(found.gateway, TransitGateway)
        and isinstance(table.gateway, TransitGateway)
        and found.gateway is not table.gateway
    ):
        draft.refuse(
            f"{found.path} and {table.path} belong to different transit gateways "
            "[InvalidTransitGatewayAttachmentID.NotFound]"
        )
        return Unknown(f"AWS refuses {found.path} in {table.path}: it belongs to another transit gateway")
    return found


def add_propagation(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::TransitGatewayRouteTablePropagation`."""
    table_id = draft.get(stack, properties, "TransitGatewayRouteTableId")
    table = draft.find(draft.model.transit_tables, table_id, "transit gateway route table")
    attachment_id = draft.get(stack, properties, "TransitGatewayAttachmentId")
    attachment = attachment_at(draft, attachment_id, table)
    if isinstance(table, Unknown):
        found = draft.ours(draft.model.transit_tables, table_id, "transit gateway route table")
        if isinstance(found, Unknown):
            draft.doubt(stack, logical, "propagates into a table", found, "transit gateway route table")
        return
    if isinstance(attachment, Unknown):
        table.unknown.append(f"{stack.path(logical)} propagates an attachment: {attachment.reason}")
        return
    if attachment.medium == "peering":
        # https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html: static routes only.
        draft.refuse(f"{attachment.path} is a peering attachment, and cannot propagate [OperationNotPermitted]")
        return
    attachment.propagated_to.append(table)
    leans = draft.leans()
    if leans:
        table.contracts = table.contracts | leans


def add_transit_route(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::TransitGatewayRoute`."""
    table_id = draft.get(stack, properties, "TransitGatewayRouteTableId")
    table = draft.find(draft.model.transit_tables, table_id, "transit gateway route table")
    path = stack.path(logical)
    if isinstance(table, Unknown):
        found = draft.ours(draft.model.transit_tables, table_id, "transit gateway route table")
        if isinstance(found, Unknown):
            draft.doubt(stack, logical, "is a route in a table that is not known", found, "transit gateway route table")
        return
    block = draft.block(draft.get(stack, properties, "DestinationCidrBlock"), path)
    if isinstance(block, Unknown):
        table.unknown.append(f"{path}: {block.reason}")
        return
    blackhole = draft.flag(draft.get(stack, properties, "Blackhole"), default=False)
    target: Any
    if blackhole is True:
        target = Blackhole(f"{path} is a blackhole")
    elif isinstance(blackhole, Unknown):
        target = blackhole
    else:
        identity = draft.get(stack, properties, "TransitGatewayAttachmentId")
        if identity is None:
            draft.refuse(f"{path}: a transit gateway route needs an attachment or Blackhole [MissingParameter]")
            return
        target = attachment_at(draft, identity, table)
        if isinstance(target, Attachment) and target.site is not None and target.medium == "vpn":
            target.site.prefixes.append((block, "vpn static"))
    table.routes.append(Route(block, target, "static", path, draft.leans()))


def propagate_all_by_default(draft: Draft) -> None:
    """Propagate into the gateways' default route tables."""
    for attachment in [*draft.model.attachments.values()]:
        propagate_by_default(draft, attachment)


def propagate_by_default(draft: Draft, attachment: Attachment) -> None:
    """Associate and propagate an attachment as its gateway's defaults say."""
    gateway = attachment.gateway
    if not isinstance(gateway, TransitGateway) or gateway.default_table is None:
        return
    for side in draft.peering_sides.get(attachment.identity, [attachment]):
        gateway = side.gateway
        if isinstance(gateway, TransitGateway) and not side.associated and gateway.associates is not False:
            side.association = gateway.associates if isinstance(gateway.associates, Unknown) else gateway.default_table
    gateway = attachment.gateway
    if attachment.medium in ("peering", "firewall") or not isinstance(gateway, TransitGateway):
        return
    if isinstance(gateway.propagates, Unknown) and gateway.default_table is not None:
        gateway.default_table.unknown.append(gateway.propagates.reason)
    elif gateway.propagates and gateway.default_table is not None:
        attachment.propagated_to.append(gateway.default_table)
