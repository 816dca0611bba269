"""What this catalog says of each resource of a type, and does not leave to AWS's defaults: in every example.

Read from the snapshots, which are held to the templates elsewhere.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.every_template import TEMPLATES, Resources, every_template, resources

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
    "AWS::ApiGatewayV2::Integration": {"IntegrationType": SAID},
    "AWS::ApiGatewayV2::Stage": {
        "AccessLogSettings.DestinationArn": SAID,
        "AccessLogSettings.Format": SAID,
        "AutoDeploy": True,
        "DefaultRouteSettings.DetailedMetricsEnabled": True,
        "DefaultRouteSettings.ThrottlingBurstLimit": SAID,
        "DefaultRouteSettings.ThrottlingRateLimit": SAID,
        "StageName": "live",
    },
    "AWS::AppSync::GraphQLApi": {
        "IntrospectionConfig": "DISABLED",
        "LogConfig.CloudWatchLogsRoleArn": SAID,
        "LogConfig.ExcludeVerboseContent": True,
        "LogConfig.FieldLogLevel": "ERROR",
        "QueryDepthLimit": SAID,
        "ResolverCountLimit": SAID,
        "XrayEnabled": True,
    },
    "AWS::AppSync::Resolver": {"Runtime": {"Name": "APPSYNC_JS", "RuntimeVersion": "1.0.0"}},
    "AWS::ApplicationAutoScaling::ScalingPolicy": {
        "TargetTrackingScalingPolicyConfiguration.ScaleInCooldown": 300,
        "TargetTrackingScalingPolicyConfiguration.ScaleOutCooldown": 30,
    },
    "AWS::Athena::WorkGroup": {
        "WorkGroupConfiguration.BytesScannedCutoffPerQuery": SAID,
        "WorkGroupConfiguration.EnforceWorkGroupConfiguration": True,
        "WorkGroupConfiguration.PublishCloudWatchMetricsEnabled": True,
        "WorkGroupConfiguration.ResultConfiguration.EncryptionConfiguration.EncryptionOption": SAID,
        "WorkGroupConfiguration.ResultConfiguration.ExpectedBucketOwner": {"Ref": "AWS::AccountId"},
    },
    "AWS::CloudFront::Distribution": {
        "DistributionConfig.Comment": SAID,
        "DistributionConfig.DefaultCacheBehavior.CachePolicyId": SAID,
        "DistributionConfig.DefaultCacheBehavior.Compress": True,
        "DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy": "redirect-to-https",
        "DistributionConfig.Enabled": True,
        "DistributionConfig.HttpVersion": "http2and3",
        "DistributionConfig.IPV6Enabled": True,
    },
    "AWS::CloudFront::OriginAccessControl": {
        "OriginAccessControlConfig.OriginAccessControlOriginType": SAID,
        "OriginAccessControlConfig.SigningBehavior": "always",
        "OriginAccessControlConfig.SigningProtocol": "sigv4",
    },
    "AWS::CodeDeploy::DeploymentGroup": {
        "AlarmConfiguration.Alarms": SAID,
        "AlarmConfiguration.Enabled": True,
        "AutoRollbackConfiguration.Enabled": True,
        "AutoRollbackConfiguration.Events": [
            "DEPLOYMENT_FAILURE",
            "DEPLOYMENT_STOP_ON_REQUEST",
            "DEPLOYMENT_STOP_ON_ALARM",
        ],
    },
    "AWS::Cognito::UserPoolClient": {
        "AccessTokenValidity": SAID,
        "EnableTokenRevocation": True,
        "IdTokenValidity": SAID,
        "PreventUserExistenceErrors": "ENABLED",
        "RefreshTokenValidity": SAID,
    },
    # https://docs.aws.amazon.com/directconnect/latest/UserGuide/set-jumbo-frames-vif.html
    "AWS::DirectConnect::TransitVirtualInterface": {"Mtu": 8500},
    "AWS::EC2::NetworkAclEntry": {"Egress": SAID, "Protocol": SAID, "RuleAction": SAID, "RuleNumber": SAID},
    "AWS::EC2::VPNGateway": {"Type": "ipsec.1"},
    "AWS::ECR::Repository": {
        "EncryptionConfiguration.EncryptionType": "KMS",
        "EncryptionConfiguration.KmsKey": SAID,
        "ImageScanningConfiguration.ScanOnPush": True,
        "ImageTagMutability": "IMMUTABLE",
        "LifecyclePolicy.LifecyclePolicyText": SAID,
    },
    "AWS::ECS::CapacityProvider": {
        "AutoScalingGroupProvider.ManagedDraining": "ENABLED",
        "AutoScalingGroupProvider.ManagedScaling.InstanceWarmupPeriod": SAID,
        "AutoScalingGroupProvider.ManagedScaling.Status": "ENABLED",
        "AutoScalingGroupProvider.ManagedTerminationProtection": "ENABLED",
    },
    "AWS::NetworkFirewall::Firewall": {"FirewallPolicyChangeProtection": True},
    "AWS::NetworkFirewall::FirewallPolicy": {
        "FirewallPolicy.PolicyVariables.RuleVariables.HOME_NET.Definition": SAID,
        "FirewallPolicy.StatefulEngineOptions.RuleOrder": "STRICT_ORDER",
        "FirewallPolicy.StatefulEngineOptions.StreamExceptionPolicy": "REJECT",
        "FirewallPolicy.StatelessDefaultActions": ["aws:forward_to_sfe"],
        "FirewallPolicy.StatelessFragmentDefaultActions": ["aws:forward_to_sfe"],
    },
    "AWS::NetworkFirewall::RuleGroup": {
        "Capacity": SAID,
        "RuleGroup.StatefulRuleOptions.RuleOrder": "STRICT_ORDER",
        "Type": "STATEFUL",
    },
    "AWS::RAM::ResourceShare": {"AllowExternalPrincipals": SAID},
    "AWS::SNS::Subscription": {"Protocol": SAID, "RedrivePolicy.deadLetterTargetArn": SAID},
    "AWS::SSM::Parameter": {"Tier": "Intelligent-Tiering"},
    "AWS::SecretsManager::Secret": {"GenerateSecretString.PasswordLength": SAID},
    "AWS::StepFunctions::StateMachine": {
        "LoggingConfiguration.Destinations": SAID,
        "LoggingConfiguration.IncludeExecutionData": False,
        "LoggingConfiguration.Level": "ALL",
        "StateMachineType": SAID,
        "TracingConfiguration.Enabled": True,
    },
    "AWS::WAFv2::WebACL": {
        "Scope": SAID,
        "VisibilityConfig.CloudWatchMetricsEnabled": True,
        "VisibilityConfig.SampledRequestsEnabled": True,
    },
    "Custom::TransitGatewayAttachment": {"ServiceTimeout": "900"},
    "Custom::VpnTunnels": {"ServiceTimeout": "900"},
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
_OF_HTTP = {
    "deregistration_delay.timeout_seconds": SAID,
    "load_balancing.algorithm.type": "least_outstanding_requests",
    "stickiness.enabled": "false",
}
_OF_TCP = {"deregistration_delay.connection_termination.enabled": "true", "preserve_client_ip.enabled": "false"}
ATTRIBUTES_OF_TARGETS: dict[tuple[str | None, str | None], dict[str, Any]] = {
    ("GENEVE", "instance"): {
        "deregistration_delay.timeout_seconds": SAID,
        "target_failover.on_deregistration": "rebalance",
        "target_failover.on_unhealthy": "rebalance",
    },
    ("HTTP", "instance"): _OF_HTTP,
    ("HTTP", "ip"): _OF_HTTP,
    ("TCP", "instance"): {**_OF_TCP, "deregistration_delay.timeout_seconds": SAID, "proxy_protocol_v2.enabled": "true"},
    ("TCP", "ip"): _OF_TCP,
}
"""Of target groups, by their protocol and the type of their targets."""
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


def of_ours(path: Path) -> Resources:
    return {name: one for name, one in resources(path).items() if not OF_OTHERS.search(name)}


@every_template
def test_each_resource_says_what_others_of_its_type_say(path: Path) -> None:
    for name, one in of_ours(path).items():
        assert wrong(one.get("Properties", {}), PROPERTIES.get(one["Type"], {})) == [], name


def differing(one: dict[str, Any], kind: str, wanted: dict[str, Any]) -> set[str]:
    """The attributes that a resource does not say, or says otherwise."""
    given = {each["Key"]: each["Value"] for each in one["Properties"].get(kind, [])}
    return {key for key, value in wanted.items() if key not in given or value not in (SAID, given[key])}


@every_template
def test_load_balancers_have_the_attributes_of_their_type(path: Path) -> None:
    for name, one in of_ours(path).items():
        if one["Type"] == "AWS::ElasticLoadBalancingV2::LoadBalancer":
            assert differing(one, "LoadBalancerAttributes", ATTRIBUTES[one["Properties"]["Type"]]) == set(), name


@every_template
def test_target_groups_have_the_attributes_of_their_targets(path: Path) -> None:
    for name, one in of_ours(path).items():
        if one["Type"] == "AWS::ElasticLoadBalancingV2::TargetGroup":
            properties = one["Properties"]
            wanted = ATTRIBUTES_OF_TARGETS.get((properties.get("Protocol"), properties.get("TargetType")), {})
            assert differing(one, "TargetGroupAttributes", wanted) == set(), name


@every_template
def test_listeners_and_targets_are_as_their_protocol_wants_them(path: Path) -> None:
    for name, one in of_ours(path).items():
        service, _, kind = one["Type"].rpartition("::")
        properties = one.get("Properties", {})
        wanted = BY_PROTOCOL.get((kind, properties.get("Protocol")), {})
        if service == "AWS::ElasticLoadBalancingV2":
            assert wrong(properties, wanted) == [], name


@every_template
def test_no_security_group_lets_everything_out_because_nothing_was_said(path: Path) -> None:
    for name, one in of_ours(path).items():
        if one["Type"] == "AWS::EC2::SecurityGroup":
            rules = one["Properties"].get("SecurityGroupEgress", [])
            assert not [rule for rule in rules if str(rule.get("Description")).startswith("Allow all outbound")], name


def test_what_is_not_said_is_found() -> None:
    assert wrong({}, {"Timeout": SAID}) == ["Timeout: None"]
    assert wrong({"Rules": [{"Status": "Enabled"}, {}]}, {"Rules.*.Status": "Enabled"}) == ["Rules.*.Status: None"]
    assert wrong({}, {"Rules.*.Status": "Enabled"}) == ["Rules.*.Status: None"]
    assert wrong({"Timeout": {"Ref": "Seconds"}, "Rules": [{"Status": "Enabled"}]}, {"Timeout": SAID}) == []


def test_each_of_these_types_is_somewhere() -> None:
    assert {one["Type"] for path in TEMPLATES for one in of_ours(path).values()} >= PROPERTIES.keys()
