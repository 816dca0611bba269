"""Transit gateways, their attachments and route tables."""

from __future__ import annotations

from typing import Any

from patternkit.routes.building.reading import Properties, _Reading, shown
from patternkit.routes.contracts import matching
from patternkit.routes.errors import TemplateError
from patternkit.routes.model import (
    Attachment,
    Blackhole,
    Route,
    TransitGateway,
    TransitTable,
)
from patternkit.routes.resolving import (
    Stack,
    custom_names,
)
from patternkit.routes.values import Unknown


def _may_attach(vpc: Any, gateway: Any) -> bool:
    """Whether a VPC may have one more attachment: it has at most one of each transit gateway."""
    return not any(attachment.gateway is gateway for attachment in vpc.attachments)


class _Transit(_Reading):
    """Makes transit gateways and what is attached to them."""

    def transit_gateway(self, stack: Stack, logical: str, properties: Properties) -> None:
        gateway: TransitGateway = self._named(
            TransitGateway,
            stack,
            logical,
            associates=self._flag(self._get(stack, properties, "DefaultRouteTableAssociation"), default=True),
            propagates=self._flag(self._get(stack, properties, "DefaultRouteTablePropagation"), default=True),
            accepts=self._flag(self._get(stack, properties, "AutoAcceptSharedAttachments"), default=False),
            ecmp=self._flag(self._get(stack, properties, "VpnEcmpSupport"), default=True) is True,
            references_groups=self._flag(self._get(stack, properties, "SecurityGroupReferencingSupport"), default=False)
            is True,
        )
        for name in ("AssociationDefaultRouteTableId", "PropagationDefaultRouteTableId"):
            if name in properties and (given := self._get(stack, properties, name)) is not None:
                reason = Unknown(f"{gateway.path} names another default route table, {shown(given)}")
                if name.startswith("Association"):
                    gateway.associates = reason
                else:
                    gateway.propagates = reason
        self.model.transit_gateways[gateway.identity] = gateway
        table = TransitTable(
            f"{gateway.identity}.default",
            f"{gateway.path} default route table",
            "AWS::EC2::TransitGatewayRouteTable",
            gateway=gateway,
        )
        gateway.default_table = table
        self.model.transit_tables[table.identity] = table

    def transit_table(self, stack: Stack, logical: str, properties: Properties) -> None:
        gateway = self._find(
            self.model.transit_gateways, self._get(stack, properties, "TransitGatewayId"), "transit gateway"
        )
        table = self._named(TransitTable, stack, logical, gateway=gateway)
        self.model.transit_tables[table.identity] = table

    def _attach(self, attachment: Attachment) -> Attachment:
        self.model.attachments[attachment.identity] = attachment
        if isinstance(attachment.gateway, TransitGateway):
            attachment.gateway.attachments.append(attachment)
        if attachment.vpc is not None:
            attachment.vpc.attachments.append(attachment)
        return attachment

    def vpc_attachment(self, stack: Stack, logical: str, properties: Properties) -> None:
        gateway = self._find(
            self.model.transit_gateways, self._get(stack, properties, "TransitGatewayId"), "transit gateway"
        )
        vpc = self._ours(self.model.vpcs, self._get(stack, properties, "VpcId"), "VPC")
        if isinstance(vpc, Unknown):
            self._doubt(stack, logical, "attaches a VPC", vpc, "VPC", lambda one: _may_attach(one, gateway))
            vpc = None
        attachment: Attachment = self._named(Attachment, stack, logical, gateway=gateway, vpc=vpc)
        subnets = self._list(stack, properties, "SubnetIds")
        for name in ("AddSubnetIds", "RemoveSubnetIds"):
            changed = self._list(stack, properties, name)
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
                subnet = self._find(self.model.subnets, identity, "subnet")
                if isinstance(subnet, Unknown):
                    attachment.unknown_zones = subnet
                elif vpc is not None and subnet.vpc is not vpc:
                    self.refuse(
                        f"{attachment.path} of {vpc.path} has a subnet of another VPC, {subnet.path} "
                        "[InvalidSubnetID.NotFound]"
                    )
                elif isinstance(subnet.zone, Unknown):
                    attachment.unknown_zones = subnet.zone
                elif subnet.zone in attachment.zones:
                    # https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html: one subnet a zone.
                    self.refuse(
                        f"{attachment.path} has two subnets in the availability zone {subnet.zone} "
                        "[DuplicateSubnetsInSameZone]"
                    )
                else:
                    attachment.zones[subnet.zone] = subnet
        options = properties.get("Options")
        if options is not None:
            options = self._get(stack, properties, "Options")
            if isinstance(options, Unknown):
                attachment.appliance = attachment.ipv6 = options
            elif isinstance(options, dict):
                attachment.appliance = self._flag(options.get("ApplianceModeSupport"), default=False)
                attachment.ipv6 = self._flag(options.get("Ipv6Support"), default=False)
                attachment.references_groups = (
                    self._flag(options.get("SecurityGroupReferencingSupport"), default=True) is True
                )
        attachment.contracts = self._leans()
        if self.contracts.appliance_mode:
            declared = matching(self.contracts.appliance_mode, custom_names(stack, logical, ""))
            if declared is not None:
                attachment.appliance = self.contracts.appliance_mode[declared]
                attachment.appliance_contracts = frozenset({f"appliance-mode {declared}"})
        self._attach(attachment)

    def transit_peering(self, stack: Stack, logical: str, properties: Properties) -> None:
        sides = []
        for name in ("TransitGatewayId", "PeerTransitGatewayId"):
            gateway = self._find(self.model.transit_gateways, self._get(stack, properties, name), "transit gateway")
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
        self.model.attachments[stack.ids[logical]] = sides[0]
        self.targets[stack.ids[logical]] = sides[0]
        self.peering_sides[stack.ids[logical]] = sides

    def association(self, stack: Stack, logical: str, properties: Properties) -> None:
        table_id = self._get(stack, properties, "TransitGatewayRouteTableId")
        table = self._find(self.model.transit_tables, table_id, "transit gateway route table")
        attachment = self._attachment_at(self._get(stack, properties, "TransitGatewayAttachmentId"), table)
        if isinstance(attachment, Unknown):
            identity = self._get(stack, properties, "TransitGatewayAttachmentId")
            if self._ours(self.model.attachments, identity, "attachment") is not None:
                self.unknown_associations.append(f"{stack.path(logical)} associates an attachment: {attachment.reason}")
            return
        if attachment.associated:
            attachment.association = Unknown(f"AWS refuses a second association of {attachment.path}")
            self.refuse(f"{attachment.path} is associated with two route tables [Resource.AlreadyAssociated]")
            return
        attachment.association, attachment.associated = table, True

    def policy_association(self, stack: Stack, logical: str, properties: Properties) -> None:
        attachment = self.model.attachments.get(self._get(stack, properties, "TransitGatewayAttachmentId"))
        reason = f"{stack.path(logical)}: transit gateway policy tables are not modelled"
        if attachment is None:
            self.unknown_associations.append(reason)
        else:
            attachment.association, attachment.associated = Unknown(reason), True

    def _attachment_at(self, identity: Any, table: Any) -> Any:
        if isinstance(identity, str) and identity in self.peering_sides and isinstance(table, TransitTable):
            for side in self.peering_sides[identity]:
                if side.gateway is table.gateway:
                    return side
        found = self._find(self.model.attachments, identity, "attachment")
        if (
            isinstance(found, Attachment)
            and isinstance(table, TransitTable)
            and isinstance(found.gateway, TransitGateway)
            and isinstance(table.gateway, TransitGateway)
            and found.gateway is not table.gateway
        ):
            self.refuse(
                f"{found.path} and {table.path} belong to different transit gateways "
                "[InvalidTransitGatewayAttachmentID.NotFound]"
            )
            return Unknown(f"AWS refuses {found.path} in {table.path}: it belongs to another transit gateway")
        return found

    def propagation(self, stack: Stack, logical: str, properties: Properties) -> None:
        table_id = self._get(stack, properties, "TransitGatewayRouteTableId")
        table = self._find(self.model.transit_tables, table_id, "transit gateway route table")
        attachment_id = self._get(stack, properties, "TransitGatewayAttachmentId")
        attachment = self._attachment_at(attachment_id, table)
        if isinstance(table, Unknown):
            found = self._ours(self.model.transit_tables, table_id, "transit gateway route table")
            if isinstance(found, Unknown):
                self._doubt(stack, logical, "propagates into a table", found, "transit gateway route table")
            return
        if isinstance(attachment, Unknown):
            table.unknown.append(f"{stack.path(logical)} propagates an attachment: {attachment.reason}")
            return
        if attachment.medium == "peering":
            # https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html: static routes only.
            self.refuse(f"{attachment.path} is a peering attachment, and cannot propagate [OperationNotPermitted]")
            return
        attachment.propagated_to.append(table)
        leans = self._leans()
        if leans:
            table.contracts = table.contracts | leans

    def transit_route(self, stack: Stack, logical: str, properties: Properties) -> None:
        table_id = self._get(stack, properties, "TransitGatewayRouteTableId")
        table = self._find(self.model.transit_tables, table_id, "transit gateway route table")
        path = stack.path(logical)
        if isinstance(table, Unknown):
            found = self._ours(self.model.transit_tables, table_id, "transit gateway route table")
            if isinstance(found, Unknown):
                self._doubt(
                    stack, logical, "is a route in a table that is not known", found, "transit gateway route table"
                )
            return
        block = self._block(self._get(stack, properties, "DestinationCidrBlock"), path)
        if isinstance(block, Unknown):
            table.unknown.append(f"{path}: {block.reason}")
            return
        blackhole = self._flag(self._get(stack, properties, "Blackhole"), default=False)
        target: Any
        if blackhole is True:
            target = Blackhole(f"{path} is a blackhole")
        elif isinstance(blackhole, Unknown):
            target = blackhole
        else:
            identity = self._get(stack, properties, "TransitGatewayAttachmentId")
            if identity is None:
                raise TemplateError(f"{path}: a transit gateway route needs an attachment or Blackhole")
            target = self._attachment_at(identity, table)
            if isinstance(target, Attachment) and target.site is not None and target.medium == "vpn":
                target.site.prefixes.append((block, "vpn static"))
        table.routes.append(Route(block, target, "static", path, self._leans()))

    def _default_propagation(self) -> None:
        for attachment in [*self.model.attachments.values()]:
            self._propagate_by_default(attachment)

    def _propagate_by_default(self, attachment: Attachment) -> None:
        gateway = attachment.gateway
        if not isinstance(gateway, TransitGateway) or gateway.default_table is None:
            return
        for side in self.peering_sides.get(attachment.identity, [attachment]):
            gateway = side.gateway
            if isinstance(gateway, TransitGateway) and not side.associated and gateway.associates is not False:
                side.association = (
                    gateway.associates if isinstance(gateway.associates, Unknown) else gateway.default_table
                )
        gateway = attachment.gateway
        if attachment.medium in ("peering", "firewall") or not isinstance(gateway, TransitGateway):
            return
        if isinstance(gateway.propagates, Unknown) and gateway.default_table is not None:
            gateway.default_table.unknown.append(gateway.propagates.reason)
        elif gateway.propagates and gateway.default_table is not None:
            attachment.propagated_to.append(gateway.default_table)
