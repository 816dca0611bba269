"""What every pattern of the family keeps, for each that is there."""

import dataclasses
import importlib
import inspect
import typing
from typing import Any

import pytest

from patternkit.catalog.discovery import Pattern, patterns
from patterns.building_blocks.signature import declared
from tests.conftest import example

NETWORKS = [
    pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name))
    for one in patterns().values()
    if one.family == "network"
]
every_network = pytest.mark.parametrize("pattern", NETWORKS)


def resources(pattern: Pattern, kind: str) -> dict[str, dict[str, Any]]:
    return {
        f"{name}.{logical_id}": resource
        for name, template in example(pattern.name, "agnostic").templates.items()
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == f"AWS::{kind}"
    }


def names(value: Any) -> set[str]:
    """The logical ids that a property refers to, also those that a stack imports by an export's name."""
    if isinstance(value, dict):
        found = {each for one in value.values() for each in names(one)}
        if "Ref" in value:
            found.add(value["Ref"])
        if "Fn::GetAtt" in value:
            found.add(value["Fn::GetAtt"][0])
        return found
    if isinstance(value, list):
        return {each for one in value for each in names(one)}
    return {value} if isinstance(value, str) else set()


def refers(value: Any, full_name: str) -> bool:
    logical_id = full_name.rpartition(".")[2]
    return any(logical_id == one or f"FnGetAtt{logical_id}" in one or f"Ref{logical_id}" in one for one in names(value))


@every_network
def test_every_vpc_that_it_makes_logs_every_flow(pattern: Pattern) -> None:
    hub_stack = next(iter(example(pattern.name, "agnostic").templates))
    logs = [one["Properties"] for one in resources(pattern, "EC2::FlowLog").values()]
    for vpc in resources(pattern, "EC2::VPC"):
        if pattern.construct not in vpc and not vpc.startswith(hub_stack):
            continue
        own = [one for one in logs if refers(one["ResourceId"], vpc)]
        # A spoke is the user's own network, which the hub logs where it is asked to.
        if own or pattern.construct in vpc:
            assert [one["TrafficType"] for one in own] == ["ALL"], vpc
            assert [one["MaxAggregationInterval"] for one in own] == [60], vpc


@every_network
def test_every_log_is_encrypted_kept_with_its_stack_and_forgotten_in_the_end(pattern: Pattern) -> None:
    groups = resources(pattern, "Logs::LogGroup")
    for name, one in groups.items():
        assert one["DeletionPolicy"] == one["UpdateReplacePolicy"] == "Retain", name
        assert one["Properties"]["RetentionInDays"] > 0, name
    own = {name: one for name, one in groups.items() if "Logs" in name}
    assert all("KmsKeyId" in one["Properties"] for one in own.values())
    buckets = [one["Properties"] for one in resources(pattern, "S3::Bucket").values()]
    for one in buckets:
        assert one["BucketEncryption"]
        assert any("ExpirationInDays" in rule for rule in one["LifecycleConfiguration"]["Rules"])
    assert own or buckets, "the network has no log"


@every_network
def test_no_subnet_hands_out_public_addresses(pattern: Pattern) -> None:
    subnets = resources(pattern, "EC2::Subnet")
    assert not [name for name, one in subnets.items() if one["Properties"].get("MapPublicIpOnLaunch")]


@every_network
def test_each_gateway_that_it_makes_tells_of_packets_without_a_route(pattern: Pattern) -> None:
    alarms = [one["Properties"] for one in resources(pattern, "CloudWatch::Alarm").values()]
    lost = [one["Dimensions"] for one in alarms if one.get("MetricName") == "PacketDropCountNoRoute"]
    for name in resources(pattern, "EC2::TransitGateway"):
        assert [each for each in lost if refers(each, name)], name


@every_network
def test_each_circuit_tells_of_its_port_and_of_each_bgp_session(pattern: Pattern) -> None:
    """A session may end while the port is up: the site announces too much, or nothing more is said."""
    alarms = [one["Properties"] for one in resources(pattern, "CloudWatch::Alarm").values()]
    asked = [(one["MetricName"], one["Dimensions"]) for one in alarms if one.get("Namespace") == "AWS/DX"]
    for kind in ("TransitVirtualInterface", "PrivateVirtualInterface"):
        for name, one in resources(pattern, f"DirectConnect::{kind}").items():
            sessions = [each for metric, each in asked if metric == "VirtualInterfaceBgpStatus" and refers(each, name)]
            families = [
                dimension["Value"] for each in sessions for dimension in each if dimension["Name"] == "IpAddressFamily"
            ]
            assert sorted(families) == sorted(each["AddressFamily"] for each in one["Properties"]["BgpPeers"]), name
            carrier = one["Properties"]["ConnectionId"]
            new = resources(pattern, "DirectConnect::Connection").items()
            # A new port is the only one of the group that carries its interface.
            ports = [port for port, each in new if each["Properties"]["LagId"] == carrier]
            assert len(ports) == 1, name
            assert [1 for metric, each in asked if metric == "ConnectionState" and refers(each, ports[0])], name
            assert all(str(carrier) in str(each) for each in sessions), name


@every_network
def test_a_gateway_places_nothing_by_itself_and_each_attachment_has_one_table(pattern: Pattern) -> None:
    for gateway in resources(pattern, "EC2::TransitGateway").values():
        assert gateway["Properties"]["DefaultRouteTableAssociation"] == "disable"
        assert gateway["Properties"]["DefaultRouteTablePropagation"] == "disable"
        assert gateway["Properties"]["AutoAcceptSharedAttachments"] == "disable"
    associations = [
        one["Properties"] for one in resources(pattern, "EC2::TransitGatewayRouteTableAssociation").values()
    ]
    for attachment in resources(pattern, "EC2::TransitGatewayAttachment"):
        held = [one for one in associations if refers(one["TransitGatewayAttachmentId"], attachment)]
        assert len(held) == 1, f"{attachment} is looked up in {len(held)} tables"


@every_network
def test_both_tunnels_of_every_vpn_are_logged_and_their_keys_are_in_no_template(pattern: Pattern) -> None:
    for name, vpn in resources(pattern, "EC2::VPNConnection").items():
        tunnels = vpn["Properties"]["VpnTunnelOptionsSpecifications"]
        assert len(tunnels) == 2, name
        for tunnel in tunnels:
            assert tunnel["LogOptions"]["CloudwatchLogOptions"]["LogEnabled"] is True, name
            assert [one["Value"] for one in tunnel["IKEVersions"]] == ["ikev2"], name
            assert "PreSharedKey" not in tunnel, name
        if "CertificateArn" not in str(vpn):
            assert vpn["Properties"]["PreSharedKeyStorage"] == "SecretsManager", name


@every_network
def test_an_address_that_partners_may_let_in_outlives_its_stack(pattern: Pattern) -> None:
    for name, address in resources(pattern, "EC2::EIP").items():
        # But not a creation that fails, which would leave one behind each time, up to the quota.
        assert address["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert address["UpdateReplacePolicy"] == "Retain", name


@every_network
def test_flow_logs_are_written_for_this_account_alone(pattern: Pattern) -> None:
    trusted = [
        statement
        for role in resources(pattern, "IAM::Role").values()
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        if statement["Principal"].get("Service") == "vpc-flow-logs.amazonaws.com"
    ]
    trusted += [
        statement
        for policy in resources(pattern, "S3::BucketPolicy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    ]
    assert trusted
    for statement in trusted:
        assert statement["Condition"].keys() == {"ArnLike", "StringEquals"}
        assert statement["Condition"]["StringEquals"].keys() == {"aws:SourceAccount"}


def test_what_one_network_checks_of_an_argument_every_network_checks() -> None:
    said: dict[str, dict[str, Any]] = {}
    for param in NETWORKS:
        pattern = typing.cast(Pattern, param.values[0])
        construct = getattr(importlib.import_module(pattern.module), pattern.construct)
        constructor = inspect.getattr_static(construct, "__init__")
        hints = typing.get_type_hints(constructor, include_extras=True)
        for name, one in inspect.signature(constructor).parameters.items():
            if one.kind is one.KEYWORD_ONLY:
                said.setdefault(name, {})[pattern.name] = hints[name]
    different = {name: each for name, each in said.items() if len({allowed(one) for one in each.values()}) > 1}
    assert different == {}


def allowed(hint: Any) -> str:
    """What an argument may be; whether it must be known at once is of what the network makes of it."""
    kind, bounds = declared(hint)
    return f"{kind} {dataclasses.replace(bounds, known=None)}"
