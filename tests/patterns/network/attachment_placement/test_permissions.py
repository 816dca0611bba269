"""The function's role allows what it asks of EC2 for every kind of request, and no more."""

import copy
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from botocore import xform_name
from botocore.client import BaseClient

from patternkit.testing.permissions import Account, PermissionProof, prove
from patternkit.testing.synthesis import synthesize
from patterns.network.attachment_placement import placement
from patterns.network.attachment_placement.placement import AttachmentPlacement, GatewayDefaults
from tests.conftest import context
from tests.patterns.network.attachment_placement.test_placement import Gateway

CODE = Path(placement.__file__).parent / "handler"
PLATFORM = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}
DESCRIBES = {"ec2:DescribeTransitGatewayAttachments", "ec2:DescribeVpnConnections"}
RELEASES = {
    "ec2:DisableTransitGatewayRouteTablePropagation",
    "ec2:DisassociateTransitGatewayRouteTable",
    "ec2:GetTransitGatewayAttachmentPropagations",
}
MODIFIES = {"ec2:DescribeTransitGateways", "ec2:ModifyTransitGateway"}


def build(app: cdk.App, *, shared: bool) -> None:
    stack = cdk.Stack(app, "Network")
    gateway = ec2.CfnTransitGateway(stack, "Gateway")
    own, default, into = (
        ec2.CfnTransitGatewayRouteTable(stack, name, transit_gateway_id=gateway.ref)
        for name in ("Own", "Shared", "Into")
    )
    AttachmentPlacement(
        stack,
        "Placement",
        transit_gateway_id=gateway.ref,
        resource_id="vpn-1",
        domain=own.ref,
        default=default.ref if shared else None,
    )
    if shared:
        GatewayDefaults(
            stack,
            "Defaults",
            transit_gateway_id=gateway.ref,
            transit_gateway_arn=gateway.attr_transit_gateway_arn,
            association_table_id=default.ref,
            propagation_table_id=into.ref,
        )


@pytest.fixture(scope="module")
def templates() -> dict[bool, Mapping[str, Any]]:
    return {
        shared: synthesize(lambda app, shared=shared: build(app, shared=shared), context=context()).template  # type: ignore[misc]
        for shared in (False, True)
    }


@pytest.fixture(autouse=True)
def cloudformation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes the answers, and lets no time pass."""

    class Answered:
        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(urllib.request, "urlopen", lambda _, timeout: Answered())  # noqa: ARG005
    monkeypatch.setattr(time, "sleep", lambda _: None)


def run(template: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch, *, shared: bool) -> PermissionProof:
    """Moto's gateway never frees an attachment: a gateway that does answers in its place."""
    gateway = Gateway(table=None, propagated=[], available_after=1)
    freed: list[bool] = []
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def answer(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        found = getattr(gateway, xform_name(operation), None)
        return call(client, operation, parameters) if found is None else found(**parameters)

    def request(resource: str, kind: str, properties: dict[str, str], **more: Any) -> dict[str, Any]:
        return {
            "RequestType": kind,
            "ResourceType": f"Custom::TransitGateway{resource}",
            "ResponseURL": "https://cloudformation.example/answer",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Placement",
            "ResourceProperties": {"TransitGatewayId": gateway.name, **properties},
            **more,
        }

    def events(account: Account) -> Iterator[dict[str, Any]]:
        gateway.name = account.only("AWS::EC2::TransitGateway")
        own, default, into = (
            next(account.name(one) for _, one, _ in account.resources() if one.startswith(name))
            for name in ("Own", "Shared", "Into")
        )
        attachment = {"ResourceId": "vpn-1", "DomainTableId": own}
        if not shared:
            yield request("Attachment", "Create", attachment)
            yield request("Attachment", "Delete", attachment)
            return
        defaults = {"AssociationTableId": default, "PropagationTableId": into}
        yield request("Defaults", "Create", defaults)
        gateway.table, gateway.propagated = default, [into]
        yield request("Attachment", "Create", attachment | {"DefaultTableId": default})
        freed.append(gateway.table is None)
        yield request("Attachment", "Delete", attachment | {"DefaultTableId": default})
        yield request("Defaults", "Delete", defaults)

    with monkeypatch.context() as patched:
        patched.setattr(BaseClient, "_make_api_call", answer)
        # EC2's transit gateways have no policies of their own.
        proof = prove(template, code=CODE, events=events, existing={"arn:aws:ec2:*:*:transit-gateway*": {}})
    assert proof.denied or all(freed), "the attachment was not freed"
    return proof


@pytest.mark.parametrize("shared", [False, True])
def test_the_role_allows_what_is_done_and_no_more(
    shared: bool, templates: dict[bool, Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = run(templates[shared], monkeypatch, shared=shared)
    assert (proof.denied, proof.unused) == ((), ()), proof.report()
    assert proof.used == PLATFORM | DESCRIBES | (RELEASES | MODIFIES if shared else set())
    assert not proof.redundant


@pytest.mark.parametrize("action", sorted(PLATFORM | DESCRIBES | RELEASES | MODIFIES))
def test_each_action_that_is_taken_away_is_missed(
    action: str, templates: dict[bool, Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant = copy.deepcopy(dict(templates[True]))
    for resource in mutant["Resources"].values():
        if resource["Type"] == "AWS::IAM::Policy":
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
                # Something has to be left in a statement: an action that is of no use here.
                statement["Action"] = [one for one in actions if one != action] or ["s3:GetBucketLocation"]
    assert {one.request.action for one in run(mutant, monkeypatch, shared=True).denied} == {action}
