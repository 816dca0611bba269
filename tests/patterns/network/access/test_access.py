"""Who reaches a VPC from outside."""

import re

import aws_cdk as cdk
import pytest

from patterns.building_blocks.signature import check
from patterns.network.access.consumers import Accounts, root_of
from patterns.network.access.public_access import block_public_access
from tests.patterns.building_blocks.made import resources


@pytest.mark.parametrize("subnets", [(), ("subnet-1",), ("subnet-1", "subnet-2")])
def test_what_comes_from_the_internet_is_refused_but_for_some_subnets(
    scope: cdk.Stack, subnets: tuple[str, ...]
) -> None:
    block_public_access(scope, but=subnets)
    found = resources(scope)
    options = found.pop("BlockPublicAccess")
    assert options["Properties"] == {"InternetGatewayBlockMode": "block-ingress"}
    # Load balancers are never cut off, not even for the minutes of a deployment.
    assert options.get("DependsOn", []) == list(found)
    assert {path: one["Properties"] for path, one in found.items()} == {
        f"PublicAccess{number}": {"InternetGatewayExclusionMode": "allow-bidirectional", "SubnetId": subnet}
        for number, subnet in enumerate(subnets, start=1)
    }


def test_a_whole_account_is_its_root(scope: cdk.Stack) -> None:
    partition = {"Ref": "AWS::Partition"}
    assert scope.resolve(root_of("111122223333")) == {"Fn::Join": ["", ["arn:", partition, ":iam::111122223333:root"]]}


def test_accounts_are_up_to_a_hundred_and_known() -> None:
    check("accounts", [], Accounts)
    check("accounts", [f"{one:012}" for one in range(100)], Accounts)
    token = cdk.Token.as_list({"Ref": "Accounts"})
    for wrong, said in (
        ([f"{one:012}" for one in range(101)], "hold at most 100 accounts, got 101"),
        (["11112222333"], "be account ids of 12 digits, got '11112222333'"),
        (["*"], "be account ids of 12 digits, got '*'"),
        (token, "be known when the template is made, got a token: who may connect depends on it"),
    ):
        with pytest.raises(ValueError, match=f"^accounts must {re.escape(said)}$"):
            check("accounts", wrong, Accounts)
