"""Route tables of synthesized templates, as people write them: a table's name, its destinations and their targets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Resources = Mapping[str, Mapping[str, Any]]

_TARGETS = {
    "GatewayId": "{}",
    "NatGatewayId": "{}",
    "TransitGatewayId": "transit gateway",
    "VpcEndpointId": "{}",
    "VpcPeeringConnectionId": "{}",
}


@dataclass(slots=True)
class Tables:
    """What stands in the route tables of one or more templates.

    Attributes:
        vpc: By the name of a subnet's route table, its targets by destination. Local routes are left out.
        gateway: By the name of a routing domain, its targets by destination; propagations stand as `*Attachment`.
        associations: By the name of a routing domain, the attachments that are associated with it.
    """

    vpc: dict[str, dict[str, str]] = field(default_factory=dict)
    gateway: dict[str, dict[str, str]] = field(default_factory=dict)
    associations: dict[str, list[str]] = field(default_factory=dict)


def read_tables(*templates: Mapping[str, Any]) -> Tables:
    """Read every route table of some templates.

    Args:
        templates: The templates; references between stacks are followed by the names of their outputs.

    Returns:
        The tables.
    """
    resources: dict[str, Mapping[str, Any]] = {}
    outputs: dict[str, Any] = {}
    for template in templates:
        resources |= template["Resources"]
        outputs |= {name: output["Value"] for name, output in template.get("Outputs", {}).items()}
    return _Reader(resources, outputs).tables()


class _Reader:
    def __init__(self, resources: Resources, outputs: Mapping[str, Any]) -> None:
        self._resources = resources
        self._outputs = outputs

    def tables(self) -> Tables:
        tables = Tables()
        for logical_id in self._of("AWS::EC2::RouteTable"):
            tables.vpc.setdefault(self._name(logical_id), {})
        for route in self._of("AWS::EC2::Route").values():
            key = next(key for key in _TARGETS if key in route)
            target = self.name_of(route[key])
            self._add(
                tables.vpc[self.name_of(route["RouteTableId"])],
                route["DestinationCidrBlock"],
                _TARGETS[key].format(target),
            )
        for logical_id in self._of("AWS::EC2::TransitGatewayRouteTable"):
            tables.gateway.setdefault(self._name(logical_id), {})
            tables.associations.setdefault(self._name(logical_id), [])
        for route in self._of("AWS::EC2::TransitGatewayRoute").values():
            attachment = route.get("TransitGatewayAttachmentId")
            self._add(
                tables.gateway[self.name_of(route["TransitGatewayRouteTableId"])],
                route["DestinationCidrBlock"],
                "blackhole" if route.get("Blackhole") else self.name_of(attachment),
            )
        for each in self._of("AWS::EC2::TransitGatewayRouteTablePropagation").values():
            attachment = self.name_of(each["TransitGatewayAttachmentId"])
            self._add(tables.gateway[self.name_of(each["TransitGatewayRouteTableId"])], f"*{attachment}", attachment)
        for each in self._of("AWS::EC2::TransitGatewayRouteTableAssociation").values():
            tables.associations[self.name_of(each["TransitGatewayRouteTableId"])].append(
                self.name_of(each["TransitGatewayAttachmentId"])
            )
        return tables

    @staticmethod
    def _add(table: dict[str, str], destination: str, target: str) -> None:
        assert destination not in table, f"two routes to {destination}"
        table[destination] = target

    def _of(self, resource_type: str) -> dict[str, Mapping[str, Any]]:
        return {
            logical_id: resource["Properties"]
            for logical_id, resource in self._resources.items()
            if resource["Type"] == resource_type
        }

    def name_of(self, value: Any) -> str:
        """The name of what an expression refers to."""
        match value:
            case {"Ref": logical_id} | {"Fn::GetAtt": [logical_id, *_]}:
                return self._name(logical_id)
            case {"Fn::GetStackOutput": {"OutputName": output}}:
                return self.name_of(self._outputs[output])
            case {"Fn::Select": [1, {"Fn::Split": [":", {"Fn::Select": [0, endpoints]}]}]}:
                return f"only endpoint of {self.name_of(endpoints)}"
            case str():
                return value
        return f"unknown: {value}"

    def _name(self, logical_id: str) -> str:
        resource = self._resources[logical_id]
        properties = resource.get("Properties", {})
        if resource["Type"] == "Custom::TransitGatewayAttachment":
            return f"attachment of {self.name_of(properties['ResourceId'])}"
        for tag in properties.get("Tags", []):
            if tag["Key"] == "Name":
                # The stack's name says nothing here.
                return str(tag["Value"]).partition("/")[2] or str(tag["Value"])
        return logical_id
