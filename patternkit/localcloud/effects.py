"""What the local cloud looks at, keeps, and never acts upon.

The server's notes cannot show this: the property was looked up. Each row was found by reading or running
ministack 1.5.33 (2026-11-21). A property without a row is not thereby shown to work.
"""

from __future__ import annotations

from collections.abc import Mapping

WITHOUT_EFFECT: Mapping[str, Mapping[str, str]] = {
    "AWS::ApiGateway::Stage": {
        "TracingEnabled": "no traces are made",
        "MethodSettings": "throttling works; logging and metrics are not made",
    },
    "AWS::CloudWatch::Alarm": {
        "*": "evaluated only when a metric is put; of AWS's own metrics only those of AWS/Lambda are made",
    },
    "AWS::DynamoDB::Table": {
        "PointInTimeRecoverySpecification": "kept, and no backup is made",
        "SSESpecification": "kept, and nothing is encrypted",
        "TimeToLiveSpecification": "expired items go within a minute (AWS: days); no REMOVE record reaches the stream",
    },
    "AWS::DynamoDB::GlobalTable": {
        "TimeToLiveSpecification": "expired items go within a minute, and no REMOVE record reaches the stream",
        "Replicas[].PointInTimeRecoverySpecification": "kept, and no backup is made",
        "SSESpecification": "kept, and nothing is encrypted",
    },
    "AWS::Events::Rule": {
        "Targets[].DeadLetterConfig": "kept, and no event ever goes there",
        "Targets[].RetryPolicy": "kept, and delivery is tried once; a function's own retries do happen",
    },
    "AWS::KMS::Key": {
        "*": "a key works when it is called; no service encrypts with it or asks its policy",
    },
    "AWS::Lambda::EventSourceMapping": {
        "MaximumBatchingWindowInSeconds": "kept, and a batch is delivered at once",
        "ParallelizationFactor": "kept, and a stream is read in sequence",
        "TumblingWindowInSeconds": "kept, and there are no windows",
    },
    "AWS::Lambda::Function": {
        "EphemeralStorage": "kept, and storage is not limited",
        "MemorySize": "kept, and memory is not limited; the processor is not scaled with it",
        "ReservedConcurrentExecutions": (
            "throttles; but a throttled asynchronous event uses up its retries, where AWS keeps it for hours"
        ),
        "TracingConfig": "kept, and no traces are made",
    },
    "AWS::Logs::LogGroup": {
        "KmsKeyId": "kept, and nothing is encrypted",
        "RetentionInDays": "kept, and no event expires",
    },
    "AWS::S3::Bucket": {
        "ObjectLockConfiguration": "kept, and a locked version can be deleted",
        "BucketEncryption": "kept, and nothing is encrypted",
        "LifecycleConfiguration": "kept, and no object expires or moves",
        "WebsiteConfiguration": (
            "kept, and objects answer by their whole keys: no index documents, error pages and redirects"
        ),
    },
    "AWS::Scheduler::Schedule": {
        "FlexibleTimeWindow": "kept, and the schedule fires at the window's start",
        "ScheduleExpressionTimezone": "kept, and times are taken as UTC",
        "Target.DeadLetterConfig": "kept, and no event ever goes there",
        "Target.RetryPolicy": "kept, and delivery is tried once; a function's own retries do happen",
        "Target.RoleArn": "the role is not assumed",
    },
    "AWS::SNS::Subscription": {
        "Protocol": "delivery is tried once; a function is invoked without its retries and failure destination",
        "RedrivePolicy": "kept, and no message ever goes there",
    },
    "AWS::SNS::Topic": {
        "KmsMasterKeyId": "kept, and nothing is encrypted",
    },
    "AWS::SQS::Queue": {
        "KmsMasterKeyId": "kept, and nothing is encrypted",
    },
    "AWS::ApiGateway::Authorizer": {
        "ProviderARNs": "verified; but a method without scopes takes access tokens too (AWS: ID tokens only)",
    },
    "AWS::Athena::WorkGroup": {
        "*": "queries run only where the package duckdb is installed, in DuckDB's dialect; otherwise they fail",
    },
    "AWS::CloudFront::Distribution": {
        "DistributionConfig.DefaultCacheBehavior.LambdaFunctionAssociations": "kept, and no function runs at the edge",
        "DistributionConfig.CacheBehaviors[].LambdaFunctionAssociations": "kept, and no function runs at the edge",
        "DistributionConfig.DefaultCacheBehavior.AllowedMethods": "kept, and every method passes",
        "DistributionConfig.CacheBehaviors[].AllowedMethods": "kept, and every method passes",
        "DistributionConfig.DefaultCacheBehavior.TrustedKeyGroups": "kept, and unsigned requests pass",
        "DistributionConfig.CacheBehaviors[].TrustedKeyGroups": "kept, and unsigned requests pass",
        "DistributionConfig.DefaultCacheBehavior": "nothing is cached: every request reaches the origin",
        "DistributionConfig.Restrictions": "kept, and every country passes",
        "DistributionConfig.WebACLId": "kept, and no web ACL is asked",
        "DistributionConfig.Logging": "kept, and no log is written",
    },
    "AWS::CloudFront::KeyValueStore": {
        "ImportSource": "kept, and no key is imported: put keys by the API",
    },
    "AWS::KinesisFirehose::DeliveryStream": {
        "ExtendedS3DestinationConfiguration.BufferingHints": "kept, and each record is an object of its own at once",
        "S3DestinationConfiguration.BufferingHints": "kept, and each record is an object of its own at once",
        "ExtendedS3DestinationConfiguration.CompressionFormat": "kept, and objects are not compressed",
        "S3DestinationConfiguration.CompressionFormat": "kept, and objects are not compressed",
        "ExtendedS3DestinationConfiguration.ErrorOutputPrefix": "kept, and no error object is ever written",
        "ExtendedS3DestinationConfiguration.ProcessingConfiguration": (
            "the function sees one record at a time; what it reports as ProcessingFailed vanishes, and when it "
            "fails itself the record is delivered as it was"
        ),
        "ExtendedS3DestinationConfiguration.DataFormatConversionConfiguration": "kept, and records are not converted",
    },
    "AWS::Logs::MetricFilter": {
        "*": "recorded, and no metric is put",
    },
    "AWS::Route53::RecordSet": {
        "*": "recorded only: no name server answers, so weights, latency, failover and health are not shown",
    },
    "AWS::ServiceDiscovery::Service": {
        "DnsConfig": "instances are found by DiscoverInstances; no A or SRV record appears in the zone",
    },
    "AWS::WAFv2::WebACL": {
        "*": "recorded, and never asked: what its rules block passes",
    },
    "AWS::SecretsManager::RotationSchedule": {
        "RotationRules": "kept, and the secret is rotated when it is asked for, not by the calendar",
    },
    "AWS::Lambda::Version": {
        "ProvisionedConcurrencyConfig": "kept, and functions start cold",
    },
    "AWS::Lambda::Alias": {
        "ProvisionedConcurrencyConfig": "kept, and functions start cold",
    },
}
"""Resource type, path of a property or `*` for the resource as a whole, what is missing."""

RECORDED_TYPES: Mapping[str, str] = {
    "AWS::AutoScaling::": "recorded only: no instance is launched and nothing scales",
    "AWS::Backup::": "recorded only: no recovery point is made and nothing is restored",
    "AWS::Batch::": "recorded only: no container runs, and a job succeeds at once",
    "AWS::EC2::": "recorded only: there is no network, and no packet passes",
    "AWS::ECS::": "recorded only: no container runs",
    "AWS::EKS::": "recorded only: no container runs",
    "AWS::ElastiCache::": "recorded only: no container runs",
    "AWS::MSK::": "recorded only: no container runs",
    "AWS::OpenSearchService::": "recorded only: no container runs",
    "AWS::RDS::": "recorded only: no container runs",
    "AWS::WAFv2::": "recorded only: no request is inspected",
}
"""Families of resource types of which only the record exists here."""

UNLESS_ENFORCED: Mapping[str, Mapping[str, str]] = {
    "AWS::ApiGateway::RestApi": {
        "Policy": "not checked; start the local cloud with enforce_iam=True",
    },
}
"""The same, of what is only looked at where permissions are checked."""

PERMISSIONS = ("AWS::IAM::", "AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy")
UNCHECKED_PERMISSIONS = "permissions are not checked; start the local cloud with enforce_iam=True"
NOT_CHECKED_EITHER: Mapping[str, str] = {
    "AWS::Lambda::Permission": "not checked, also with enforce_iam",
    "AWS::ApiGateway::Account": "the role is not assumed",
}
"""What permits, and is not asked even where permissions are checked."""
