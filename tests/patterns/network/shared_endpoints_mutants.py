"""Faults of central endpoints that networks of every kind share."""

from tests.patterns.network.mutants import Mutant, Templates


def endpoints_closed(name: str, *breaks: str) -> Mutant:
    """A security group of endpoints without a rule."""

    def change(made: Templates) -> None:
        made.change("EC2::SecurityGroup", name, SecurityGroupIngress=[])

    return Mutant("endpoints that let nobody in", change, breaks)


def endpoints_open(name: str, *breaks: str) -> Mutant:
    """A security group of endpoints with a rule for everything."""

    def change(made: Templates) -> None:
        rule = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
        made.change("EC2::SecurityGroup", name, SecurityGroupIngress=[rule])

    return Mutant("endpoints open to every port", change, breaks)
