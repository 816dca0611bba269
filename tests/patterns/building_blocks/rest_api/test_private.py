"""Only certain VPC endpoints reach a private API, and of their callers those that are let in."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.rest_api.private import PrivateAccess


def endpoints(scope: cdk.Stack, *ids: str) -> list[ec2.IVpcEndpoint]:
    of = ec2.InterfaceVpcEndpoint.from_interface_vpc_endpoint_attributes
    return [of(scope, one, vpc_endpoint_id=one, port=443) for one in ids]


def deny(*known: str) -> dict[str, Any]:
    return {
        "Sid": "DenyOtherEndpoints",
        "Action": "execute-api:Invoke",
        "Condition": {"StringNotEquals": {"aws:SourceVpce": list(known)}},
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Resource": "execute-api:/*",
    }


def allow(principal: Any, *known: str) -> dict[str, Any]:
    return {
        "Sid": "AllowEndpoints",
        "Action": "execute-api:Invoke",
        "Condition": {"StringEquals": {"aws:SourceVpce": list(known)}},
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Resource": "execute-api:/*",
    }


def root(account: Any) -> dict[str, Any]:
    middle = [account] if isinstance(account, dict) else []
    end = ":root" if middle else f"{account}:root"
    parts: list[Any] = ["arn:", {"Ref": "AWS::Partition"}, ":iam::", *middle, end]
    if not middle:
        parts[2:] = [f":iam::{account}:root"]
    return {"Fn::Join": ["", parts]}


def test_whoever_comes_by_another_way_is_denied(scope: cdk.Stack) -> None:
    own = endpoints(scope, "vpce-1", "vpce-2")
    admitted = [*endpoints(scope, "vpce-3"), own[0]]
    access = PrivateAccess(own, admitted)
    known = ("vpce-1", "vpce-2", "vpce-3")
    wanted = {"Statement": [deny(*known), allow("*", *known)], "Version": "2012-10-17"}
    assert scope.resolve(access.api_policy()) == wanted
    assert scope.resolve(access.domain_policy()) == wanted


@pytest.mark.parametrize("accounts", [(), ("444455556666",)])
def test_callers_that_sign_are_left_to_their_accounts(scope: cdk.Stack, accounts: tuple[str, ...]) -> None:
    access = PrivateAccess(endpoints(scope, "vpce-1"), signed=True, accounts=accounts)
    roots = [root({"Ref": "AWS::AccountId"}), *map(root, accounts)]
    principal = roots if len(roots) > 1 else roots[0]
    assert scope.resolve(access.api_policy())["Statement"] == [deny("vpce-1"), allow(principal, "vpce-1")]
    # Who is calling is asked by the API behind it.
    assert scope.resolve(access.domain_policy())["Statement"] == [deny("vpce-1"), allow("*", "vpce-1")]


def test_an_api_has_a_name_at_each_of_its_endpoints(scope: cdk.Stack) -> None:
    own = endpoints(scope, "vpce-1")
    found = PrivateAccess(own, endpoints(scope, "vpce-2")).endpoint_configuration()
    assert [one.name for one in found.types or ()] == ["PRIVATE"]
    assert [one.vpc_endpoint_id for one in found.vpc_endpoints or ()] == ["vpce-1"]
    without = PrivateAccess([], own).endpoint_configuration()
    assert without.vpc_endpoints is None
