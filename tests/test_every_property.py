"""What this catalog says of each resource of a type, and does not leave to AWS's defaults: in every example.

Read from the snapshots, which are held to the templates elsewhere.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

TEMPLATES = sorted((ROOT / "tests").glob("**/snapshots/*.agnostic.json"))
# What the CDK itself makes, and what stands in for a company's own VPN, by the id.
OF_OTHERS = re.compile(r"AWS679f53fac002430cb0da5b7982bd2287|BucketNotificationsHandler|^HubCompany")

SAID = "said"
"""In place of a value: whatever it is, it is said."""
_SUITES = [{"Value": 19}, {"Value": 20}, {"Value": 21}]
_HASHES = [{"Value": "SHA2-256"}, {"Value": "SHA2-384"}, {"Value": "SHA2-512"}]
_TUNNEL = "VpnTunnelOptionsSpecifications.*"

PROPERTIES: dict[str, dict[str, Any]] = {
    "AWS::ApiGateway::RequestValidator": {"ValidateRequestBody": True, "ValidateRequestParameters": True},
    "AWS::ApiGateway::RestApi": {"EndpointConfiguration.Types": SAID, "Name": SAID},
    "AWS::ApiGateway::Stage": {
        "AccessLogSetting.DestinationArn": SAID,
        "AccessLogSetting.Format": SAID,
        "MethodSettings.*.DataTraceEnabled": False,
        "MethodSettings.*.HttpMethod": "*",
        "MethodSettings.*.LoggingLevel": SAID,
        "MethodSettings.*.MetricsEnabled": True,
        "MethodSettings.*.ResourcePath": "/*",
        "MethodSettings.*.ThrottlingBurstLimit": SAID,
        "MethodSettings.*.ThrottlingRateLimit": SAID,
        "StageName": "live",
        "TracingEnabled": True,
    },
    "AWS::AutoScaling::AutoScalingGroup": {
        "HealthCheckGracePeriod": SAID,
        "HealthCheckType": SAID,
        "LaunchTemplate.Version": SAID,
        "MaxSize": SAID,
        "MetricsCollection.*.Granularity": "1Minute",
        "MinSize": SAID,
    },
    "AWS::CloudWatch::Alarm": {"AlarmDescription": SAID, "TreatMissingData": SAID},
    "AWS::CloudWatch::CompositeAlarm": {"AlarmDescription": SAID},
    "AWS::DynamoDB::Table": {
        "BillingMode": "PAY_PER_REQUEST",
        "DeletionProtectionEnabled": True,
        "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled": True,
    },
    "AWS::EC2::CustomerGateway": {"Type": "ipsec.1"},
    "AWS::EC2::EIP": {"Domain": "vpc"},
    "AWS::EC2::FlowLog": {"LogDestinationType": SAID, "ResourceType": "VPC", "TrafficType": "ALL"},
    "AWS::EC2::LaunchTemplate": {
        "LaunchTemplateData.BlockDeviceMappings.*.DeviceName": "/dev/xvda",
        "LaunchTemplateData.BlockDeviceMappings.*.Ebs.Encrypted": True,
        "LaunchTemplateData.BlockDeviceMappings.*.Ebs.VolumeType": "gp3",
        "LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit": 1,
        "LaunchTemplateData.MetadataOptions.HttpTokens": "required",
        "LaunchTemplateData.Monitoring.Enabled": True,
    },
    "AWS::EC2::TransitGateway": {
        "AutoAcceptSharedAttachments": SAID,
        "DefaultRouteTableAssociation": "disable",
        "DefaultRouteTablePropagation": "disable",
        "DnsSupport": "enable",
    },
    "AWS::EC2::TransitGatewayAttachment": {
        "Options.ApplianceModeSupport": SAID,
        "Options.DnsSupport": "enable",
        "Options.Ipv6Support": SAID,
    },
    "AWS::EC2::VPC": {"EnableDnsHostnames": True, "EnableDnsSupport": True},
    "AWS::EC2::VPCEndpoint": {"VpcEndpointType": SAID},
    "AWS::EC2::VPNConnection": {
        "StaticRoutesOnly": SAID,
        "Type": "ipsec.1",
        f"{_TUNNEL}.DPDTimeoutAction": "restart",
        f"{_TUNNEL}.IKEVersions": [{"Value": "ikev2"}],
        f"{_TUNNEL}.LogOptions.CloudwatchLogOptions.BgpLogEnabled": SAID,
        f"{_TUNNEL}.LogOptions.CloudwatchLogOptions.LogEnabled": True,
        f"{_TUNNEL}.LogOptions.CloudwatchLogOptions.LogOutputFormat": "json",
        f"{_TUNNEL}.Phase1DHGroupNumbers": _SUITES,
        f"{_TUNNEL}.Phase1EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}],
        f"{_TUNNEL}.Phase1IntegrityAlgorithms": _HASHES,
        f"{_TUNNEL}.Phase2DHGroupNumbers": _SUITES,
        f"{_TUNNEL}.Phase2EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}],
        f"{_TUNNEL}.Phase2IntegrityAlgorithms": _HASHES,
    },
    "AWS::ECS::Cluster": {"ClusterSettings.*.Name": "containerInsights", "ClusterSettings.*.Value": SAID},
    "AWS::ECS::Service": {
        "DeploymentConfiguration.DeploymentCircuitBreaker": {"Enable": True, "Rollback": True},
        "DeploymentConfiguration.MaximumPercent": SAID,
        "DeploymentConfiguration.MinimumHealthyPercent": 100,
        "EnableExecuteCommand": False,
        "PropagateTags": "SERVICE",
    },
    "AWS::ECS::TaskDefinition": {
        "ContainerDefinitions.*.Essential": True,
        "ContainerDefinitions.*.LinuxParameters.Capabilities": SAID,
        "ContainerDefinitions.*.LinuxParameters.InitProcessEnabled": True,
        "ContainerDefinitions.*.LogConfiguration.LogDriver": "awslogs",
        "ContainerDefinitions.*.LogConfiguration.Options.awslogs-group": SAID,
        "ContainerDefinitions.*.LogConfiguration.Options.awslogs-stream-prefix": SAID,
        "ContainerDefinitions.*.LogConfiguration.Options.mode": "non-blocking",
        "ContainerDefinitions.*.ReadonlyRootFilesystem": True,
        "ExecutionRoleArn": SAID,
        "NetworkMode": SAID,
        "RequiresCompatibilities": SAID,
        "TaskRoleArn": SAID,
    },
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {"LoadBalancerAttributes": SAID, "Subnets": SAID, "Type": SAID},
    "AWS::ElasticLoadBalancingV2::TargetGroup": {"TargetType": SAID},
    "AWS::Events::Rule": {"Targets.*.Arn": SAID},
    "AWS::Lambda::Alias": {"Name": "live"},
    "AWS::Lambda::EventInvokeConfig": {
        "DestinationConfig.OnFailure.Destination": SAID,
        "MaximumEventAgeInSeconds": SAID,
        "MaximumRetryAttempts": SAID,
    },
    "AWS::Lambda::EventSourceMapping": {
        "BatchSize": SAID,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    },
    "AWS::Lambda::Function": {
        "Architectures": SAID,
        "LoggingConfig.LogFormat": "JSON",
        "LoggingConfig.LogGroup": SAID,
        "MemorySize": SAID,
        "Timeout": SAID,
        "TracingConfig.Mode": "Active",
    },
    "AWS::Logs::LogGroup": {"RetentionInDays": SAID},
    "AWS::NetworkFirewall::LoggingConfiguration": {
        "LoggingConfiguration.LogDestinationConfigs.*.LogDestinationType": "CloudWatchLogs",
    },
    "AWS::S3::Bucket": {
        "BucketEncryption.ServerSideEncryptionConfiguration": SAID,
        "LifecycleConfiguration.Rules.*.AbortIncompleteMultipartUpload.DaysAfterInitiation": SAID,
        "LifecycleConfiguration.Rules.*.NoncurrentVersionExpiration.NoncurrentDays": SAID,
        "LifecycleConfiguration.Rules.*.Status": "Enabled",
        "OwnershipControls.Rules.*.ObjectOwnership": SAID,
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        "VersioningConfiguration.Status": "Enabled",
    },
    "AWS::SNS::Topic": {"KmsMasterKeyId": SAID},
    "AWS::Scheduler::Schedule": {
        "FlexibleTimeWindow.Mode": SAID,
        "GroupName": SAID,
        "Target.DeadLetterConfig.Arn": SAID,
        "Target.Input": SAID,
        "Target.RetryPolicy.MaximumEventAgeInSeconds": SAID,
        "Target.RetryPolicy.MaximumRetryAttempts": SAID,
    },
}
ATTRIBUTES = {
    "application": {
        "access_logs.s3.bucket": SAID,
        "access_logs.s3.enabled": "true",
        "deletion_protection.enabled": "true",
        "idle_timeout.timeout_seconds": SAID,
        "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "true",
    },
    "gateway": {"deletion_protection.enabled": "true", "load_balancing.cross_zone.enabled": "true"},
    "network": {"deletion_protection.enabled": "true", "load_balancing.cross_zone.enabled": "true"},
}
"""Of load balancers, by type."""
_BEHIND_HTTP = {
    "HealthCheckIntervalSeconds": SAID,
    "HealthCheckPath": SAID,
    "HealthCheckTimeoutSeconds": SAID,
    "HealthyThresholdCount": 2,
    "Matcher.HttpCode": SAID,
    "UnhealthyThresholdCount": 3,
}
BY_PROTOCOL: dict[tuple[str, str | None], dict[str, Any]] = {
    ("Listener", "HTTP"): {"Port": 80},
    ("Listener", "HTTPS"): {
        "Certificates": SAID,
        "Port": 443,
        "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    },
    ("TargetGroup", "HTTP"): _BEHIND_HTTP,
    # Of functions.
    ("TargetGroup", None): {**_BEHIND_HTTP, "HealthCheckEnabled": True},
}


def at(value: Any, path: str) -> Iterator[Any]:
    """The values at a path, of all items of lists where the path has a star; None where there is none."""
    name, _, rest = path.partition(".")
    if not name:
        yield value
    elif name == "*":
        for one in value or [{}]:
            yield from at(one, rest)
    else:
        yield from at(value.get(name) if isinstance(value, dict) else None, rest)


def wrong(properties: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """What a resource does not say, or says otherwise."""
    return [
        f"{path}: {found!r}"
        for path, value in wanted.items()
        for found in at(properties, path)
        if (found in (None, "", []) if value == SAID else found != value)
    ]


def resources(path: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["Resources"]
    return {name: one for name, one in found.items() if not OF_OTHERS.search(name)}


every_template = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name.removesuffix(".agnostic.json"))


@every_template
def test_each_resource_says_what_others_of_its_type_say(path: Path) -> None:
    for name, one in resources(path).items():
        assert wrong(one.get("Properties", {}), PROPERTIES.get(one["Type"], {})) == [], name


@every_template
def test_load_balancers_have_the_attributes_of_their_type(path: Path) -> None:
    for name, one in resources(path).items():
        if one["Type"] == "AWS::ElasticLoadBalancingV2::LoadBalancer":
            given = {each["Key"]: each["Value"] for each in one["Properties"]["LoadBalancerAttributes"]}
            wanted = ATTRIBUTES[one["Properties"]["Type"]]
            differing = {key for key, value in wanted.items() if value not in (SAID, given.get(key))}
            assert (differing, wanted.keys() - given.keys()) == (set(), set()), name


@every_template
def test_listeners_and_targets_are_as_their_protocol_wants_them(path: Path) -> None:
    for name, one in resources(path).items():
        service, _, kind = one["Type"].rpartition("::")
        properties = one.get("Properties", {})
        wanted = BY_PROTOCOL.get((kind, properties.get("Protocol")), {})
        if service == "AWS::ElasticLoadBalancingV2":
            assert wrong(properties, wanted) == [], name


def test_what_is_not_said_is_found() -> None:
    assert wrong({}, {"Timeout": SAID}) == ["Timeout: None"]
    assert wrong({"Rules": [{"Status": "Enabled"}, {}]}, {"Rules.*.Status": "Enabled"}) == ["Rules.*.Status: None"]
    assert wrong({}, {"Rules.*.Status": "Enabled"}) == ["Rules.*.Status: None"]
    assert wrong({"Timeout": {"Ref": "Seconds"}, "Rules": [{"Status": "Enabled"}]}, {"Timeout": SAID}) == []


def test_each_of_these_types_is_somewhere() -> None:
    assert {one["Type"] for path in TEMPLATES for one in resources(path).values()} >= PROPERTIES.keys()
