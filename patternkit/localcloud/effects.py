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
        "TimeToLiveSpecification": "expired items go within a minute, where AWS takes up to two days",
    },
    "AWS::DynamoDB::GlobalTable": {
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
    "AWS::Lambda::EventInvokeConfig": {
        "DestinationConfig.OnSuccess": "kept, and no success ever goes there",
    },
    "AWS::Lambda::EventSourceMapping": {
        "BisectBatchOnFunctionError": "kept, and a failed batch is tried again whole",
        "MaximumBatchingWindowInSeconds": "kept, and a batch is delivered at once",
        "MaximumRetryAttempts": "kept, and a failed batch is tried again until it is too old",
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
        "BucketEncryption": "kept, and nothing is encrypted",
        "LifecycleConfiguration": "kept, and no object expires or moves",
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
}
"""Resource type, path of a property or `*` for the resource as a whole, what is missing."""

RECORDED_TYPES: Mapping[str, str] = {
    "AWS::EC2::": "recorded only: there is no network, and no packet passes",
    "AWS::ECS::": "recorded only: no container runs",
    "AWS::EKS::": "recorded only: no container runs",
    "AWS::ElastiCache::": "recorded only: no container runs",
    "AWS::OpenSearchService::": "recorded only: no container runs",
    "AWS::RDS::": "recorded only: no container runs",
}
"""Families of resource types of which only the record exists here."""

PERMISSIONS = ("AWS::IAM::", "AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy")
UNCHECKED_PERMISSIONS = "permissions are not checked; start the local cloud with enforce_iam=True"
NOT_CHECKED_EITHER: Mapping[str, str] = {
    "AWS::Lambda::Permission": "not checked, also with enforce_iam",
    "AWS::ApiGateway::Account": "the role is not assumed",
}
"""What permits, and is not asked even where permissions are checked."""
