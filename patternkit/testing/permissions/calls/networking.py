"""Calls of EC2 and Elastic Load Balancing."""

from collections.abc import Iterator

from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.calls.call import Call, Need, by_name

_TRANSIT_GATEWAY_OPERATIONS = {
    "AcceptTransitGatewayPeeringAttachment",
    "AssociateTransitGatewayRouteTable",
    "DisableTransitGatewayRouteTablePropagation",
    "DisassociateTransitGatewayRouteTable",
    "EnableTransitGatewayRouteTablePropagation",
    "ModifyTransitGateway",
}
_TRANSIT_GATEWAY_RESOURCES = {
    "TransitGatewayId": "transit-gateway",
    "TransitGatewayAttachmentId": "transit-gateway-attachment",
    "TransitGatewayRouteTableId": "transit-gateway-route-table",
    "AssociationDefaultRouteTableId": "transit-gateway-route-table",
    "PropagationDefaultRouteTableId": "transit-gateway-route-table",
}


def ec2(call: Call, account: Account) -> Iterator[Need]:
    """The permissions that a call of EC2 needs.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    """
    if call.operation not in _TRANSIT_GATEWAY_OPERATIONS:
        yield from by_name("ec2", call)
        return
    # Each resource that the request names has to be allowed.
    given = {**call.parameters, **call.parameters.get("Options", {})}
    for parameter, kind in _TRANSIT_GATEWAY_RESOURCES.items():
        if parameter in given:
            yield f"ec2:{call.operation}", account.arn("ec2", f"{kind}/{given[parameter]}"), {}


def elasticloadbalancing(call: Call, _: Account) -> Iterator[Need]:
    """The permissions that a call of Elastic Load Balancing needs.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
    """
    if call.operation != "ModifyListener":
        yield from by_name("elasticloadbalancing", call)
        return
    yield "elasticloadbalancing:ModifyListener", call.parameters["ListenerArn"], {}
