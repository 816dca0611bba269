"""What an upgrade stops encrypting, keeps for a shorter time, opens, or leaves unnoticed: one case of each kind."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.upgrade import Change, Kind, compare

Properties = dict[str, Any]


def resource(kind: str, properties: Properties) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties, "DeletionPolicy": "Retain"}


def changes(kind: str, old: Properties, new: Properties) -> list[Change]:
    found = compare({"Resources": {"It": resource(kind, old)}}, {"Resources": {"It": resource(kind, new)}})
    return [one for one in found if one.kind is not Kind.REPLACEMENT]


KEY, OTHER = {"Fn::GetAtt": ["Key", "Arn"]}, {"Ref": "Choice"}
CONDITIONAL = {"Fn::If": ["IsProduction", True, False]}


def volume(**ebs: Any) -> Properties:
    return {"LaunchTemplateData": {"BlockDeviceMappings": [{"Ebs": {"Encrypted": True}}, {"Ebs": ebs}]}}


def metadata(**options: Any) -> Properties:
    return {"LaunchTemplateData": {"MetadataOptions": options}}


def bucket_key(algorithm: str, **key: Any) -> Properties:
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm, **key}}
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]}}


ENCRYPTION: list[tuple[str, Properties, Properties, str]] = [
    (
        "RDS::DBInstance",
        {"StorageEncrypted": True},
        {"StorageEncrypted": False},
        "StorageEncrypted was true and is false",
    ),
    ("RDS::DBInstance", {"StorageEncrypted": "true"}, {}, "StorageEncrypted was true and is not set"),
    ("RDS::DBInstance", {"StorageEncrypted": True}, {"StorageEncrypted": OTHER}, "is Choice, which is not known"),
    ("RDS::DBInstance", {"StorageEncrypted": True}, {"StorageEncrypted": CONDITIONAL}, "was true and is false"),
    ("EFS::FileSystem", {"Encrypted": True}, {}, "Encrypted was true"),
    ("EC2::LaunchTemplate", volume(Encrypted=True), volume(), "BlockDeviceMappings[].Ebs.Encrypted was true"),
    ("DynamoDB::Table", {"SSESpecification": {"SSEEnabled": True}}, {}, "SSESpecification was"),
    (
        "DynamoDB::Table",
        {"SSESpecification": {"KMSMasterKeyId": KEY}},
        {"SSESpecification": {}},
        "SSESpecification was",
    ),
    ("SQS::Queue", {"KmsMasterKeyId": KEY}, {}, "KmsMasterKeyId was Key.Arn and is not set"),
    (
        "SQS::Queue",
        {"KmsMasterKeyId": KEY},
        {"KmsMasterKeyId": "alias/aws/sqs"},
        "KmsMasterKeyId was Key.Arn and is alias",
    ),
    ("SQS::Queue", {"SqsManagedSseEnabled": True}, {"SqsManagedSseEnabled": False}, "SqsManagedSseEnabled was true"),
    ("SNS::Topic", {"KmsMasterKeyId": KEY}, {}, "KmsMasterKeyId was"),
    ("Logs::LogGroup", {"KmsKeyId": KEY}, {}, "KmsKeyId was"),
    ("Kinesis::Stream", {"StreamEncryption": {"EncryptionType": "KMS", "KeyId": KEY}}, {}, "StreamEncryption was"),
    ("S3::Bucket", bucket_key("aws:kms", KMSMasterKeyID=KEY), {}, "BucketEncryption was"),
    ("S3::Bucket", bucket_key("aws:kms"), bucket_key("AES256"), "SSEAlgorithm was aws:kms and is AES256"),
    ("Lambda::Function", {"KmsKeyArn": KEY, "Code": {}}, {"Code": {}}, "KmsKeyArn was"),
    (
        "OpenSearchService::Domain",
        {"EncryptionAtRestOptions": {"Enabled": True}},
        {"EncryptionAtRestOptions": {"Enabled": False}},
        "EncryptionAtRestOptions.Enabled was true",
    ),
    (
        "OpenSearchService::Domain",
        {"DomainEndpointOptions": {"EnforceHTTPS": True}},
        {},
        "DomainEndpointOptions.EnforceHTTPS was true and is not set",
    ),
    (
        "OpenSearchService::Domain",
        {"DomainEndpointOptions": {"TLSSecurityPolicy": "Policy-Min-TLS-1-2-2019-07"}},
        {"DomainEndpointOptions": {"TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"}},
        "TLSSecurityPolicy was Policy-Min-TLS-1-2",
    ),
    ("ElastiCache::ReplicationGroup", {"TransitEncryptionEnabled": True}, {}, "TransitEncryptionEnabled was true"),
    ("ElastiCache::ReplicationGroup", {"AtRestEncryptionEnabled": True}, {}, "AtRestEncryptionEnabled was true"),
    ("RDS::DBProxy", {"RequireTLS": True}, {"RequireTLS": False}, "RequireTLS was true"),
    (
        "ElasticLoadBalancingV2::Listener",
        {"Protocol": "HTTPS", "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
        {"Protocol": "HTTPS", "SslPolicy": "ELBSecurityPolicy-2016-08"},
        "SslPolicy was ELBSecurityPolicy-TLS13-1-2-2021-06",
    ),
    ("ElasticLoadBalancingV2::Listener", {"Protocol": "HTTPS"}, {"Protocol": "HTTP"}, "Protocol was HTTPS and is HTTP"),
    ("ElasticLoadBalancingV2::TargetGroup", {"Protocol": "TLS"}, {"Protocol": "TCP"}, "Protocol was TLS and is TCP"),
    (
        "CloudFront::Distribution",
        {"DistributionConfig": {"ViewerCertificate": {"MinimumProtocolVersion": "TLSv1.2_2021"}}},
        {"DistributionConfig": {"ViewerCertificate": {"MinimumProtocolVersion": "TLSv1.2_2018"}}},
        "MinimumProtocolVersion was TLSv1.2_2021",
    ),
    (
        "CloudFront::Distribution",
        {"DistributionConfig": {"DefaultCacheBehavior": {"ViewerProtocolPolicy": "redirect-to-https"}}},
        {"DistributionConfig": {"DefaultCacheBehavior": {"ViewerProtocolPolicy": "allow-all"}}},
        "ViewerProtocolPolicy was redirect-to-https",
    ),
    (
        "ApiGateway::DomainName",
        {"SecurityPolicy": "TLS_1_2"},
        {"SecurityPolicy": "TLS_1_0"},
        "SecurityPolicy was TLS_1_2",
    ),
    (
        "CodeBuild::Project",
        {"Artifacts": {"Type": "S3"}},
        {"Artifacts": {"Type": "S3", "EncryptionDisabled": True}},
        "Artifacts.EncryptionDisabled was not set and is true",
    ),
    ("KMS::Key", {"EnableKeyRotation": True}, {}, "EnableKeyRotation was true"),
    ("KMS::Key", {}, {"Enabled": False}, "nothing that the key encrypted can be read"),
    (
        "Glue::SecurityConfiguration",
        {"EncryptionConfiguration": {"S3Encryptions": [{}]}},
        {},
        "EncryptionConfiguration",
    ),
    ("MSK::Cluster", {"EncryptionInfo": {"EncryptionInTransit": {"ClientBroker": "TLS"}}}, {}, "EncryptionInfo"),
]

RETENTION: list[tuple[str, Properties, Properties, str]] = [
    ("Logs::LogGroup", {"RetentionInDays": 365}, {"RetentionInDays": 7}, "RetentionInDays was 365 and is 7"),
    ("Logs::LogGroup", {}, {"RetentionInDays": 7}, "RetentionInDays was not set and is 7: what was kept for ever"),
    ("Logs::LogGroup", {"RetentionInDays": 365}, {"RetentionInDays": OTHER}, "is Choice, which is not known"),
    ("RDS::DBInstance", {"BackupRetentionPeriod": 30}, {"BackupRetentionPeriod": 1}, "BackupRetentionPeriod was 30"),
    ("RDS::DBInstance", {"BackupRetentionPeriod": 30}, {}, "BackupRetentionPeriod was 30 and is not set"),
    ("SQS::Queue", {"MessageRetentionPeriod": 1_209_600}, {}, "MessageRetentionPeriod was 1209600 and is not set"),
    ("Kinesis::Stream", {"RetentionPeriodHours": 168}, {"RetentionPeriodHours": 24}, "RetentionPeriodHours was 168"),
    ("ElastiCache::ReplicationGroup", {"SnapshotRetentionLimit": 7}, {}, "SnapshotRetentionLimit was 7"),
    ("KMS::Key", {"PendingWindowInDays": 30}, {"PendingWindowInDays": 7}, "PendingWindowInDays was 30"),
    (
        "Backup::BackupPlan",
        {"BackupPlan": {"BackupPlanRule": [{"Lifecycle": {"DeleteAfterDays": 35}}]}},
        {"BackupPlan": {"BackupPlanRule": [{"Lifecycle": {"DeleteAfterDays": 1}}]}},
        "Lifecycle.DeleteAfterDays was 35 and is 1",
    ),
    (
        "S3::Bucket",
        {},
        {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": 30}]}},
        "LifecycleConfiguration.Rules[].ExpirationInDays was not set and is 30",
    ),
    (
        "DynamoDB::Table",
        {},
        {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "until"}},
        "TimeToLiveSpecification was not set and is on",
    ),
    (
        "S3::Bucket",
        {"VersioningConfiguration": {"Status": "Enabled"}},
        {},
        "VersioningConfiguration was set and is not",
    ),
    (
        "S3::Bucket",
        {"VersioningConfiguration": {"Status": "Enabled"}},
        {"VersioningConfiguration": {"Status": "Suspended"}},
        "VersioningConfiguration.Status was Enabled and is Suspended",
    ),
    (
        "S3::Bucket",
        {"ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}}},
        {"ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}},
        "DefaultRetention.Mode was COMPLIANCE and is GOVERNANCE",
    ),
    (
        "DynamoDB::Table",
        {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}},
        {},
        "PointInTimeRecoveryEnabled was on and is off",
    ),
    ("DynamoDB::Table", {"DeletionProtectionEnabled": True}, {}, "DeletionProtectionEnabled was on and is off"),
    ("RDS::DBInstance", {"DeletionProtection": True}, {"DeletionProtection": OTHER}, "Choice, which is not known"),
    ("EC2::Instance", {"DisableApiTermination": True}, {}, "DisableApiTermination was on and is off"),
    ("EFS::FileSystem", {"BackupPolicy": {"Status": "ENABLED"}}, {}, "BackupPolicy.Status was ENABLED"),
    ("Backup::BackupVault", {"LockConfiguration": {"MinRetentionDays": 7}}, {}, "LockConfiguration was set and is not"),
    (
        "ElasticLoadBalancingV2::LoadBalancer",
        {"LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "true"}]},
        {"LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "false"}]},
        "deletion_protection.enabled was on and is off",
    ),
]

EXPOSURE: list[tuple[str, Properties, Properties, str]] = [
    ("EC2::LaunchTemplate", metadata(HttpTokens="required"), metadata(HttpTokens="optional"), "IMDSv1 is allowed"),
    ("EC2::LaunchTemplate", metadata(HttpTokens="required"), {"LaunchTemplateData": {}}, "IMDSv1 is allowed"),
    (
        "SageMaker::NotebookInstance",
        {"InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "2"}},
        {"InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "1"}},
        "IMDSv1 is allowed",
    ),
    ("EC2::Subnet", {}, {"MapPublicIpOnLaunch": True}, "gets a public address"),
    ("EC2::Subnet", {}, {"MapPublicIpOnLaunch": CONDITIONAL}, "gets a public address"),
    ("AutoScaling::LaunchConfiguration", {}, {"AssociatePublicIpAddress": True}, "get public addresses"),
    ("RDS::DBInstance", {}, {"PubliclyAccessible": "true"}, "public address"),
    ("Neptune::DBInstance", {}, {"PubliclyAccessible": True}, "public address"),
    ("NeptuneGraph::Graph", {}, {"PublicConnectivity": True}, "PublicConnectivity is true"),
    ("Cognito::IdentityPool", {}, {"AllowUnauthenticatedIdentities": True}, "AllowUnauthenticatedIdentities is true"),
    (
        "AppRunner::Service",
        {"NetworkConfiguration": {"IngressConfiguration": {"IsPubliclyAccessible": False}}},
        {"NetworkConfiguration": {"IngressConfiguration": {"IsPubliclyAccessible": True}}},
        "IsPubliclyAccessible is true",
    ),
    ("ElasticLoadBalancing::LoadBalancer", {"Scheme": "internal"}, {"Listeners": []}, "faces the internet"),
    ("Lambda::Url", {"AuthType": "AWS_IAM"}, {"AuthType": "NONE"}, "anybody may call the function"),
    (
        "ApiGateway::RestApi",
        {"EndpointConfiguration": {"Types": ["PRIVATE"]}},
        {"EndpointConfiguration": {"Types": ["REGIONAL"]}},
        "faces the internet",
    ),
    (
        "MSK::Cluster",
        {},
        {"BrokerNodeGroupInfo": {"ConnectivityInfo": {"PublicAccess": {"Type": "SERVICE_PROVIDED_EIPS"}}}},
        "the brokers have public addresses",
    ),
    (
        "S3::AccessPoint",
        {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": True}},
        {"PublicAccessBlockConfiguration": {}},
        "BlockPublicPolicy was on and is off",
    ),
    (
        "S3::Bucket",
        {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": True}},
        {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": CONDITIONAL}},
        "BlockPublicPolicy was on and is off",
    ),
]

CASES = [
    *((Kind.ENCRYPTION, *one) for one in ENCRYPTION),
    *((Kind.RETENTION, *one) for one in RETENTION),
    *((Kind.EXPOSURE, *one) for one in EXPOSURE),
]


@pytest.mark.parametrize(("sort", "kind", "old", "new", "words"), CASES)
def test_what_is_lowered_is_a_danger(sort: Kind, kind: str, old: Properties, new: Properties, words: str) -> None:
    found = [one for one in changes(kind, old, new) if one.kind is sort]
    assert [one.reason for one in found if words in one.reason and one.dangerous]
    assert len(found) == 1


@pytest.mark.parametrize(("sort", "kind", "old", "new", "words"), CASES)
def test_what_is_raised_or_stays_is_none(sort: Kind, kind: str, old: Properties, new: Properties, words: str) -> None:
    assert not changes(kind, old, old)
    assert not changes(kind, new, new)
    if sort is not Kind.RETENTION:
        assert not [one for one in changes(kind, new, old) if words in one.reason]


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("Logs::LogGroup", {"RetentionInDays": 7}, {"RetentionInDays": 30}),
        ("Logs::LogGroup", {"RetentionInDays": 7}, {}),
        ("RDS::DBInstance", {}, {"BackupRetentionPeriod": 1}),
        ("SQS::Queue", {"MessageRetentionPeriod": 60}, {}),
        ("SQS::Queue", {"KmsMasterKeyId": KEY}, {"KmsMasterKeyId": {"Ref": "OtherKey"}}),
        ("EC2::LaunchTemplate", volume(Encrypted=True), {"LaunchTemplateData": {"BlockDeviceMappings": []}}),
    ],
)
def test_what_keeps_more_is_none(kind: str, old: Properties, new: Properties) -> None:
    assert not changes(kind, old, new)
