"""Tasks of Amazon ECS: hosts of their own in the network mode awsvpc.

The guide: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html.
"""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import QuestionError, isolated, reaches
from tests.patternkit.routes.cases.verdicts import fails, holds, unknown
from tests.patternkit.routes.topologies import Topology


def with_tasks(**awsvpc: Any) -> Topology:
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", b="10.0.2.0/24")
    net.host("Client", "Va")
    net.add(
        "Web", "EC2::SecurityGroup", GroupDescription="web", VpcId={"Ref": "V"},
        SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "CidrIp": "10.0.1.0/24"}],
    )  # fmt: skip
    given = {"Subnets": [{"Ref": "Va"}, {"Ref": "Vb"}], "SecurityGroups": [{"Ref": "Web"}], **awsvpc}
    net.add("Tasks", "ECS::Service", NetworkConfiguration={"AwsvpcConfiguration": given})
    return net


class TestTasks:
    """A service stands for its tasks, which have its security groups, in each of its subnets."""

    def test_the_groups_of_a_service_are_those_of_its_tasks(self) -> None:
        network = with_tasks().network()
        holds(network, reaches("Client", "Tasks", port=8080))
        fails(network, reaches("Client", "Tasks", port=22), "the security groups deny it into Net/Tasks (Va)")
        holds(network, reaches("Tasks", "Vb", port=443))

    def test_without_groups_a_task_has_the_vpcs_own(self) -> None:
        network = with_tasks(SecurityGroups=[]).network()
        fails(network, reaches("Client", "Tasks", port=8080), "the security groups deny it into Net/Tasks (Va)")

    def test_a_group_that_is_not_known_is_not_guessed(self) -> None:
        network = with_tasks(SecurityGroups=["sg-0123456789abcdef0"]).network()
        unknown(network, reaches("Client", "Tasks", port=8080), "sg-0123456789abcdef0")

    def test_tasks_have_public_addresses_only_where_they_are_given_some(self) -> None:
        for given in ({}, {"AssignPublicIp": "DISABLED"}):
            holds(with_tasks(**given).network(), isolated("internet", "Tasks"))

    def test_a_subnet_is_still_itself(self) -> None:
        """A question that names a subnet means no task in it."""
        network = with_tasks().network()
        holds(network, reaches("Va", "Vb", port=22))

    def test_a_service_on_instances_has_no_interface_of_its_own(self) -> None:
        net = with_tasks()
        del net.resources["Tasks"]["Properties"]["NetworkConfiguration"]
        with pytest.raises(QuestionError, match="'Tasks' is not in the network"):
            net.network().prove(reaches("Client", "Tasks"))
