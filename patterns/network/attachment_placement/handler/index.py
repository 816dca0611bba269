"""Find a transit gateway attachment, free it of a shared gateway's defaults, set these defaults, or accept a peering.

CloudFormation calls it asynchronously and waits for the answer at ResponseURL: each path must send one.
"""

import json
import logging
import time
import urllib.request
from collections.abc import Callable
from typing import Any, TypeVar

import boto3
from botocore.config import Config

logger = logging.getLogger()
logger.setLevel(logging.INFO)

SDK = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard"})
ec2 = boto3.client("ec2", config=SDK)

POLL_SECONDS = 5.0
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayPeeringAttachment.html
OVER = ("deleted", "deleting", "failed", "failing", "rejected", "rejecting")

Found = TypeVar("Found")


class NotReadyError(Exception):
    """What was waited for did not come about before the function's time was up, or never will."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Answer one request of CloudFormation."""
    logger.info(
        json.dumps(
            {"request": event["RequestType"], "resource": event["ResourceType"], "id": event["LogicalResourceId"]}
        )
    )
    # Half a minute is kept for the answer.
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - 30
    physical_id = event.get("PhysicalResourceId") or event["LogicalResourceId"]
    try:
        data: dict[str, str] = {}
        if event["ResourceType"] == "Custom::TransitGatewayDefaults":
            set_defaults(event["ResourceProperties"], deadline, enable=event["RequestType"] != "Delete")
            physical_id = f"{event['ResourceProperties']['TransitGatewayId']}-defaults"
        elif event["ResourceType"] == "Custom::TransitGatewayPeeringAcceptance":
            properties = event["ResourceProperties"]
            # Another peering has another id; what accepted one goes with the resource that asked for it.
            physical_id = f"{properties['AttachmentId']}-accepted"
            if event["RequestType"] != "Delete":
                accept(properties["AttachmentId"], properties["PeerRegion"], deadline)
        elif event["RequestType"] == "Delete":
            pass
        elif event["ResourceType"] == "Custom::VpnTunnels":
            physical_id = event["ResourceProperties"]["VpnConnectionId"]
            data = tunnel_addresses(physical_id, by="TunnelInsideCidr")
        else:
            data = place(event, deadline)
            physical_id = data["AttachmentId"]
        answer(event, context, physical_id, "SUCCESS", data=data)
    except Exception as error:
        logger.exception("failed")
        answer(event, context, physical_id, "FAILED", reason=f"{type(error).__name__}: {error}"[:1000])


def place(event: dict[str, Any], deadline: float) -> dict[str, str]:
    """Find an attachment, and free it when it enters another domain on a gateway with defaults."""
    properties = event["ResourceProperties"]
    found = wait(lambda: available(properties), deadline, f"attachment of {properties['ResourceId']}")
    attachment_id = found["TransitGatewayAttachmentId"]
    data = {"AttachmentId": attachment_id}
    if properties["ResourceId"].startswith("vpn-"):
        data |= tunnel_addresses(properties["ResourceId"])
    if "DefaultTableId" in properties:
        release(attachment_id, properties, event.get("OldResourceProperties", {}).get("DomainTableId"), deadline)
    return data


def available(properties: dict[str, str]) -> dict[str, Any] | None:
    """The attachment of a VPC, VPN or Direct Connect gateway, once it can be associated."""
    found = ec2.describe_transit_gateway_attachments(
        Filters=[
            {"Name": "transit-gateway-id", "Values": [properties["TransitGatewayId"]]},
            {"Name": "resource-id", "Values": [properties["ResourceId"]]},
            # A deleted attachment of the same resource stays listed for a while.
            {"Name": "state", "Values": ["available"]},
        ]
    )["TransitGatewayAttachments"]
    return found[0] if found else None


def tunnel_addresses(vpn_connection_id: str, by: str = "OutsideIpAddress") -> dict[str, str]:
    """The outside addresses of both tunnels: the dimension of their metrics, and no attribute elsewhere."""
    connection = ec2.describe_vpn_connections(VpnConnectionIds=[vpn_connection_id])["VpnConnections"][0]
    tunnels = sorted(connection["Options"]["TunnelOptions"], key=lambda tunnel: str(tunnel[by]))
    return {f"Tunnel{number}Address": tunnel["OutsideIpAddress"] for number, tunnel in enumerate(tunnels, start=1)}


def release(attachment_id: str, properties: dict[str, str], former: str | None, deadline: float) -> None:
    """Take an attachment out of the table that the gateway's defaults, or a former domain, put it in.

    An association that CloudFormation made in its present domain stays, and so do all propagations but the default's.
    """
    default, own = properties["DefaultTableId"], properties["DomainTableId"]

    def association() -> dict[str, str]:
        found = ec2.describe_transit_gateway_attachments(TransitGatewayAttachmentIds=[attachment_id])
        current: dict[str, str] = found["TransitGatewayAttachments"][0].get("Association", {})
        return current

    def settled() -> dict[str, str] | None:
        # The defaults act just after a new attachment is available: until then there is nothing to undo.
        current = association()
        if former and not current.get("State"):
            return {"TransitGatewayRouteTableId": ""}
        return current if current.get("State") == "associated" else None

    table = wait(settled, deadline, f"association of {attachment_id}")["TransitGatewayRouteTableId"]
    if table == own or table not in (default, former):
        return
    by_default = propagations(attachment_id) if table == default else []
    for each in by_default:
        ec2.disable_transit_gateway_route_table_propagation(
            TransitGatewayRouteTableId=each, TransitGatewayAttachmentId=attachment_id
        )
    ec2.disassociate_transit_gateway_route_table(
        TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=attachment_id
    )

    def free() -> bool:
        return not association().get("State") and not set(by_default) & set(propagations(attachment_id))

    wait(free, deadline, f"release of {attachment_id}")


def propagations(attachment_id: str) -> list[str]:
    """The tables that know an attachment's routes."""
    found = ec2.get_transit_gateway_attachment_propagations(TransitGatewayAttachmentId=attachment_id)
    return [one["TransitGatewayRouteTableId"] for one in found["TransitGatewayAttachmentPropagations"]]


def set_defaults(properties: dict[str, str], deadline: float, *, enable: bool) -> None:
    """Point a gateway's defaults to two tables, or turn them off so that the tables can be deleted."""
    options = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}
    if enable:
        options = {
            "DefaultRouteTableAssociation": "enable",
            "AssociationDefaultRouteTableId": properties["AssociationTableId"],
            "DefaultRouteTablePropagation": "enable",
            "PropagationDefaultRouteTableId": properties["PropagationTableId"],
        }
    gateway_id = properties["TransitGatewayId"]
    ec2.modify_transit_gateway(TransitGatewayId=gateway_id, Options=options)

    def modified() -> bool:
        gateways = ec2.describe_transit_gateways(TransitGatewayIds=[gateway_id])["TransitGateways"]
        return bool(gateways[0]["State"] == "available")

    wait(modified, deadline, f"modification of {gateway_id}")


def accept(attachment_id: str, region: str, deadline: float) -> None:
    """Accept a peering in its peer's Region, once it is there to be accepted; an available one stays as it is."""
    peer = boto3.client("ec2", region_name=region, config=SDK)
    accepted = False

    def available() -> bool:
        nonlocal accepted
        # By filter: an id that a Region does not know yet would be an error.
        found = peer.describe_transit_gateway_peering_attachments(
            Filters=[{"Name": "transit-gateway-attachment-id", "Values": [attachment_id]}]
        )["TransitGatewayPeeringAttachments"]
        state = str(found[0]["State"]) if found else ""
        if state in OVER:
            raise NotReadyError(f"{attachment_id} is {state} in {region}")
        if state == "pendingAcceptance" and not accepted:
            peer.accept_transit_gateway_peering_attachment(TransitGatewayAttachmentId=attachment_id)
            accepted = True
        return state == "available"

    wait(available, deadline, f"peering {attachment_id} in {region}")


def wait(look: Callable[[], Found | None], deadline: float, what: str) -> Found:
    """What `look` finds, as soon as it finds it."""
    while not (found := look()):
        if time.monotonic() + POLL_SECONDS > deadline:
            raise NotReadyError(f"{what} not ready in time")
        time.sleep(POLL_SECONDS)
    return found


def answer(
    event: dict[str, Any],
    context: Any,
    physical_id: str,
    status: str,
    *,
    data: dict[str, str] | None = None,
    reason: str = "",
) -> None:
    """Tell CloudFormation how it went, at the address that it signed for this request."""
    url = event["ResponseURL"]
    if not url.startswith("https://"):
        raise ValueError("ResponseURL must be an https address")
    body = {
        "Status": status,
        "Reason": reason or f"see log stream {context.log_stream_name}",
        "PhysicalResourceId": physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": data or {},
    }
    request = urllib.request.Request(url, data=json.dumps(body).encode(), method="PUT", headers={"Content-Type": ""})
    with urllib.request.urlopen(request, timeout=20):
        pass
