"""Hosts: their security groups.

The guide: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html.
"""

from __future__ import annotations

from patternkit.routes import reaches
from tests.patternkit.routes.cases.verdicts import fails, holds, unknown
from tests.patternkit.routes.topologies import Topology


class TestHosts:
    """Security groups are asked of hosts that a question names."""

    def test_security_groups_are_stateful(self) -> None:
        net = Topology()
        net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", b="10.0.2.0/24")
        net.host("Client", "Va")
        net.add(
            "Web", "EC2::SecurityGroup", GroupDescription="web",
            SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.1.0/24"}],
            SecurityGroupEgress=[{"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "CidrIp": "255.255.255.255/32"}],
        )  # fmt: skip
        net.host("Server", "Vb")
        net.resources["Server"]["Properties"]["GroupSet"] = [{"Ref": "Web"}]
        network = net.network()
        holds(network, reaches("Client", "Server", port=443))
        fails(network, reaches("Client", "Server", port=22), "the security groups deny it into Net/Server")
        fails(network, reaches("Server", "Client", port=443), "the security groups deny it out of Net/Server")

    def test_a_group_that_lets_in_a_group(self) -> None:
        net = Topology()
        net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", b="10.0.2.0/24")
        net.host("Client", "Va")
        net.add("Web", "EC2::SecurityGroup", GroupDescription="web")
        net.add("In", "EC2::SecurityGroupIngress", GroupId={"Ref": "Web"}, IpProtocol="-1",
                SourceSecurityGroupId={"Ref": "AnyGroup"})  # fmt: skip
        net.host("Server", "Vb")
        net.resources["Server"]["Properties"]["GroupSet"] = [{"Ref": "Web"}]
        holds(net.network(), reaches("Client", "Server"))
        unknown(net.network(), reaches("Va", "Server"), "Net/Web names a group, and the peer may be of it")
