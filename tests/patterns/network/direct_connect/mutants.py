from tests.patterns.network.mutants import Mutant, Templates

THERE, BACK = "every spoke reaches the site", "the site reaches every spoke"
BY_CIRCUIT = "what the site sends by a circuit is answered by a circuit"


def _static_route_to_the_vpn(made: Templates) -> None:
    """Static beats propagated, also from Direct Connect."""
    table = {"Ref": made.id_of("EC2::TransitGatewayRouteTable", "SpokesDomain")}
    [propagation] = made.of(
        "EC2::TransitGatewayRouteTablePropagation", "BackupHeadquartersAttachment1PropagationToSpokes"
    )
    attachment = propagation["Properties"]["TransitGatewayAttachmentId"]
    way = {"DestinationCidrBlock": "192.168.0.0/20", "TransitGatewayAttachmentId": attachment}
    made.add("Shortcut", "EC2::TransitGatewayRoute", TransitGatewayRouteTableId=table, **way)


def _nothing_advertised(made: Templates) -> None:
    made.change(
        "DirectConnect::DirectConnectGatewayAssociation", "", AllowedPrefixesToDirectConnectGateway=["10.99.0.0/16"]
    )


def _one_number(made: Templates) -> None:
    made.change("DirectConnect::DirectConnectGateway", "", AmazonSideAsn="64512")


def _circuits_not_propagated(made: Templates) -> None:
    made.remove("EC2::TransitGatewayRouteTablePropagation", "OfficeCircuitsPropagationToSpokes")


def _spokes_not_propagated(made: Templates) -> None:
    made.remove("EC2::TransitGatewayRouteTablePropagation", "OrdersVpcSpokeOfOffice")


def _spokes_know_each_other(made: Templates) -> None:
    table = {"Ref": made.id_of("EC2::TransitGatewayRouteTable", "SpokesDomain")}
    for number, attachment in enumerate(made.of("EC2::TransitGatewayRouteTablePropagation", "VpcSpokeOfOffice")):
        made.add(
            f"Leak{number}",
            "EC2::TransitGatewayRouteTablePropagation",
            TransitGatewayAttachmentId=attachment["Properties"]["TransitGatewayAttachmentId"],
            TransitGatewayRouteTableId=table,
        )
    for number, (name, destination) in enumerate((("Orders", "10.2.0.0/24"), ("Billing", "10.1.0.0/24"))):
        for zone in (1, 2):
            [route] = made.of("EC2::Route", f"{name}VpcSpokeOfOfficeWorkloadSubnet{zone}")
            made.add(f"Way{number}{zone}", "EC2::Route", **{**route["Properties"], "DestinationCidrBlock": destination})


MUTANTS = [
    Mutant("a static route to the VPN", _static_route_to_the_vpn, (BY_CIRCUIT,)),
    Mutant("spokes' ranges not among those that are advertised", _nothing_advertised, (BACK,)),
    Mutant("one BGP number for both gateways", _one_number, (THERE, BACK), refused=True),
    Mutant("circuits that no spoke's domain learns", _circuits_not_propagated, (BY_CIRCUIT,)),
    Mutant("a spoke that the site's domain does not learn", _spokes_not_propagated, (THERE, BACK)),
    Mutant("spokes that know each other", _spokes_know_each_other, ("Orders never reaches Billing",)),
]
