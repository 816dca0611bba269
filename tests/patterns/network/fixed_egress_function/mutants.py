from tests.patterns.network.mutants import Mutant, Templates

OUT = "the function reaches the internet"


def _by_the_internet_gateway(made: Templates) -> None:
    gateway = {"Fn::GetAtt": [made.id_of("EC2::InternetGateway"), "InternetGatewayId"]}
    made.change("EC2::Route", "ToInternet", NatGatewayId=None, GatewayId=gateway)


MUTANTS = [
    Mutant("the function in a public subnet, without an address", _by_the_internet_gateway, (OUT,)),
    Mutant("no route in one zone", lambda made: made.remove("EC2::Route", "ToInternet2"), (OUT,)),
    Mutant("no internet gateway", lambda made: made.remove("EC2::VPCGatewayAttachment"), (OUT,)),
]
