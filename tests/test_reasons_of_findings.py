"""The reasons that several patterns share for a finding are true of each pattern that shows them.

They are held against the snapshots of the templates. A pattern of which one is not true has a reason of its own, under
`[[findings]]` in its `pattern.toml`, and is left out here.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from patternkit.catalog.arguments import arguments
from patternkit.catalog.discovery import Pattern, patterns
from patternkit.catalog.listings import LISTS
from patternkit.catalog.parts.findings import findings
from patternkit.testing.findings import AcknowledgedFinding, Finding
from patternkit.testing.synthesis import PACKS
from tests.conftest import ROOT

SHARED = tomllib.loads((ROOT / "patterns" / "building_blocks" / "findings.toml").read_text(encoding="utf-8"))

Resources = Mapping[str, Mapping[str, Any]]

# What has network interfaces, and the property that says in which subnets.
PLACED = {
    "AWS::AutoScaling::AutoScalingGroup": "VPCZoneIdentifier",
    "AWS::EC2::Instance": "SubnetId",
    "AWS::EC2::NetworkInterface": "SubnetId",
    "AWS::EC2::VPCEndpoint": "SubnetIds",
    "AWS::EC2::TransitGatewayAttachment": "SubnetIds",
    "AWS::ECS::Service": "NetworkConfiguration",
    "AWS::Lambda::Function": "VpcConfig",
    "AWS::NetworkFirewall::Firewall": "SubnetMappings",
    "AWS::Route53Resolver::ResolverEndpoint": "IpAddresses",
}


def template(pattern: Pattern) -> Resources:
    """The resources of a pattern's example."""
    folder = ROOT / "tests" / pattern.module.replace(".", "/") / "snapshots"
    found: dict[str, Any] = {}
    for path in sorted(folder.glob("*.agnostic.json")):
        read = json.loads(path.read_text(encoding="utf-8"))
        found |= {f"{path.name}.{name}": one for name, one in read.get("Resources", {}).items()}
    return found


def sharing(rule: str) -> Iterator[tuple[str, Resources]]:
    """The patterns that have no reason of their own for a rule, with their templates."""
    for pattern in patterns().values():
        if rule not in {one.id.rpartition("-")[2] for one in pattern.findings}:
            yield pattern.name, template(pattern)


def of(resources: Resources, *types: str) -> dict[str, Mapping[str, Any]]:
    return {name: one.get("Properties", {}) for name, one in resources.items() if one["Type"] in types}


def refers(value: Any, to: set[str]) -> set[str]:
    """Find which resources a value refers to, by the logical ids at the end of their names here."""
    text = json.dumps(value)
    return {name for name in to if f'"{name.rpartition(".")[2]}"' in text}


def test_only_nat_gateways_and_load_balancers_are_in_public_subnets() -> None:
    seen = 0
    for name, resources in sharing("VPCNoUnrestrictedRouteToIGW"):
        tables = set(of(resources, "AWS::EC2::RouteTable"))
        open_tables = {
            table
            for one in of(resources, "AWS::EC2::Route").values()
            if "GatewayId" in one and "0.0.0.0/0" in one.values()
            for table in refers(one["RouteTableId"], tables)
        }
        public = {
            subnet
            for one in of(resources, "AWS::EC2::SubnetRouteTableAssociation").values()
            if refers(one["RouteTableId"], open_tables)
            for subnet in refers(one["SubnetId"], set(of(resources, "AWS::EC2::Subnet")))
        }
        seen += len(public)
        for kind, where in PLACED.items():
            for placed, properties in of(resources, kind).items():
                assert not refers(properties.get(where), public), f"{name}: {placed} is in a public subnet"
    assert seen


def test_listeners_without_a_certificate_only_redirect() -> None:
    seen = 0
    for name, resources in sharing("ELBv2ACMCertificateRequired"):
        for listener, one in of(resources, "AWS::ElasticLoadBalancingV2::Listener").items():
            if not one.get("Certificates"):
                seen += 1
                does = [action["Type"] for action in one["DefaultActions"]]
                assert (one.get("Port"), does) == (80, ["redirect"]), f"{name}: {listener}"
    assert seen


def test_load_balancers_without_access_logs_end_no_tls_and_flow_logs_have_their_connections() -> None:
    seen = 0
    for name, resources in sharing("ELBLoggingEnabled"):
        for balancer, one in of(resources, "AWS::ElasticLoadBalancingV2::LoadBalancer").items():
            attributes = {each["Key"]: each["Value"] for each in one["LoadBalancerAttributes"]}
            if attributes.get("access_logs.s3.enabled") == "true":
                continue
            seen += 1
            listeners = of(resources, "AWS::ElasticLoadBalancingV2::Listener").values()
            assert one["Type"] == "network", f"{name}: {balancer}"
            assert all(each["Protocol"] != "TLS" for each in listeners), name
            assert of(resources, "AWS::EC2::FlowLog"), name
    assert seen


def test_tables_can_be_restored_to_any_second() -> None:
    seen = 0
    for name, resources in sharing("DynamoDBInBackupPlan"):
        for table, one in of(resources, "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable").items():
            seen += 1
            kept = [one, *one.get("Replicas", [])]
            on = [each.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled") for each in kept]
            assert True in on, f"{name}: {table}"
    assert seen


def test_buckets_without_access_logs_hold_logs() -> None:
    seen = 0
    for name, resources in sharing("S3BucketLoggingEnabled"):
        buckets = of(resources, "AWS::S3::Bucket")
        unlogged = {one for one, bucket in buckets.items() if not bucket.get("LoggingConfiguration")}
        told: list[Any] = [one.get("LoggingConfiguration") for one in buckets.values()]
        told += [
            one["DistributionConfig"].get("Logging") for one in of(resources, "AWS::CloudFront::Distribution").values()
        ]
        told += of(resources, "AWS::EC2::FlowLog", "AWS::Logs::DeliveryDestination").values()
        told += of(resources, "AWS::ElasticLoadBalancingV2::LoadBalancer").values()
        holding = {bucket for one in told for bucket in refers(one, unlogged)}
        seen += len(unlogged)
        assert unlogged == holding, name
    assert seen


def test_versions_of_objects_are_kept_and_so_are_buckets() -> None:
    seen = 0
    for name, resources in sharing("S3BucketReplicationEnabled"):
        for bucket, one in of(resources, "AWS::S3::Bucket").items():
            seen += 1
            assert one["VersioningConfiguration"] == {"Status": "Enabled"}, f"{name}: {bucket}"
            assert resources[bucket]["DeletionPolicy"] == "Retain", f"{name}: {bucket}"
    assert seen


def test_events_of_functions_without_a_destination_are_not_lost_unseen() -> None:
    """Whatever invokes a function asynchronously has somewhere for what fails."""
    seen = 0
    for name, resources in sharing("LambdaDLQ"):
        functions = set(of(resources, "AWS::Lambda::Function"))
        kept = {
            function
            for one in of(resources, "AWS::Lambda::EventInvokeConfig").values()
            if one.get("DestinationConfig", {}).get("OnFailure")
            for function in refers(one["FunctionName"], functions)
        }
        asynchronous = ("events.amazonaws.com", "sns.amazonaws.com", "s3.amazonaws.com", "logs.amazonaws.com")
        for one in of(resources, "AWS::Lambda::Permission").values():
            if one["Principal"] in asynchronous:
                seen += 1
                assert refers(one["FunctionName"], functions) <= kept, f"{name}: {one['FunctionName']}"
        for one in of(resources, "AWS::Scheduler::Schedule").values():
            seen += 1
            assert refers(one["Target"]["Arn"], functions) <= kept, name
    assert seen


@pytest.mark.parametrize("name", patterns())
def test_an_option_that_the_table_of_findings_names_is_an_argument(name: str) -> None:
    pattern = patterns()[name]
    found = tuple(Finding("HIPAA.Security", f"HIPAA.Security-{rule}", "One", "", "error") for rule in SHARED)
    named = re.findall(r"Option: `(\w+)`", " ".join(row[2] for row in findings(pattern, found).rows))
    assert set(named) <= {one.name for one in arguments(pattern)}
    assert not {one.option for one in pattern.findings if one.option} - {one.name for one in arguments(pattern)}


def test_what_is_acknowledged_is_in_the_table_of_findings_too() -> None:
    pattern = patterns()["api-to-queue"]
    one = AcknowledgedFinding("AwsSolutions", "AwsSolutions-SQS3", "Stack/DeadLetters", "Failures end here.")
    assert findings(pattern, (), (one, one)).rows == [("SQS3", "AwsSolutions", "Failures end here.")]


def test_what_pages_say_of_the_table_names_every_pack_that_is_tried() -> None:
    names = {"NIST.800.53.R5": "NIST 800-53 R5", "HIPAA.Security": "HIPAA", "PCI.DSS.321": "PCI"}
    assert [one for one in PACKS if names.get(one, one) not in LISTS["findings"]] == []
