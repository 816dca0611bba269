"""The thumbnailer's stack as one writes it without a catalog: the measure for bench/synthesis.py.

    python bench/plain_thumbnailer.py CODE DIRECTORY

CODE is the archive of the built handler, whose name has its hash.
"""

import json
import sys
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs


class PlainThumbnailerStack(cdk.Stack):
    def __init__(self, scope: cdk.App, construct_id: str, *, code: Path) -> None:
        super().__init__(scope, construct_id)
        key = kms.Key(
            self,
            "Key",
            description="Encrypts a thumbnailer: images, thumbnails, records, log and failed events",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"logs.{Aws.REGION}.amazonaws.com")],
                actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions={
                    "ArnLike": {
                        "kms:EncryptionContext:aws:logs:arn": (
                            f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:log-group:*"
                        )
                    }
                },
            )
        )
        access_logs = s3.Bucket(
            self,
            "AccessLogs",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                    noncurrent_version_expiration=Duration.days(90),
                    expiration=Duration.days(365),
                )
            ],
            minimum_tls_version=1.2,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=RemovalPolicy.RETAIN,
            versioned=True,
        )
        source = s3.Bucket(
            self,
            "Source",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            bucket_key_enabled=True,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            enforce_ssl=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                    noncurrent_version_expiration=Duration.days(90),
                )
            ],
            minimum_tls_version=1.2,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=RemovalPolicy.RETAIN,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="source/",
            versioned=True,
        )
        destination = s3.Bucket(
            self,
            "Destination",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            bucket_key_enabled=True,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            enforce_ssl=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                    noncurrent_version_expiration=Duration.days(90),
                )
            ],
            minimum_tls_version=1.2,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=RemovalPolicy.RETAIN,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="destination/",
            versioned=True,
        )
        table = dynamodb.Table(
            self,
            "Records",
            partition_key=dynamodb.Attribute(name="source_key", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="source_bucket", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            removal_policy=RemovalPolicy.RETAIN,
        )
        log_group = logs.LogGroup(
            self,
            "Log",
            retention=logs.RetentionDays.ONE_MONTH,
            encryption_key=key,
            removal_policy=RemovalPolicy.RETAIN,
        )
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        for actions, arn in (
            (["logs:CreateLogStream", "logs:PutLogEvents"], log_group.log_group_arn),
            (["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*"),
            (["sqs:SendMessage"], dead_letters.queue_arn),
            (["kms:Decrypt", "kms:GenerateDataKey"], key.key_arn),
            (["s3:PutObject"], destination.arn_for_objects("*")),
            (["dynamodb:UpdateItem"], table.table_arn),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[arn]))
        role.add_to_policy(
            iam.PolicyStatement(
                actions=[
                    "kms:Decrypt",
                    "kms:DescribeKey",
                    "kms:Encrypt",
                    "kms:GenerateDataKey",
                    "kms:ReEncryptFrom",
                    "kms:ReEncryptTo",
                ],
                resources=[key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"dynamodb.{Aws.REGION}.amazonaws.com"}},
            )
        )
        function = lambda_.Function(
            self,
            "Function",
            code=lambda_.Code.from_asset(str(code), asset_hash=code.stem, asset_hash_type=cdk.AssetHashType.CUSTOM),
            handler="thumbnailer.index.handler",
            description="Makes thumbnails of an image and records it",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=1769,
            timeout=Duration.seconds(60),
            environment={
                "DESTINATION_BUCKET": destination.bucket_name,
                "DESTINATION_PREFIX": "",
                "FORMAT": "JPEG",
                "MAX_BYTES": "67108864",
                "MAX_PIXELS": "100000000",
                "POWERTOOLS_METRICS_NAMESPACE": "Thumbnailer",
                "POWERTOOLS_SERVICE_NAME": self.node.path,
                "QUALITY": "85",
                "SOURCE_PREFIX": "",
                "SOURCE_SUFFIXES": "",
                "TABLE_NAME": table.table_name,
                "WIDTHS": "256",
            },
            environment_encryption=key,
            role=role,
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            tracing=lambda_.Tracing.ACTIVE,
        )
        lambda_.CfnEventInvokeConfig(
            self,
            "OnFailure",
            function_name=function.function_name,
            qualifier="$LATEST",
            maximum_retry_attempts=2,
            maximum_event_age_in_seconds=21600,
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=dead_letters.queue_arn)
            ),
        ).node.add_dependency(role)
        iam.Policy(
            self,
            "ReadsImages",
            statements=[
                iam.PolicyStatement(
                    actions=["s3:GetObject", "s3:GetObjectVersion"], resources=[source.arn_for_objects("*")]
                ),
                iam.PolicyStatement(actions=["s3:ListBucket"], resources=[source.bucket_arn]),
                iam.PolicyStatement(actions=["kms:Decrypt"], resources=[key.key_arn]),
            ],
            roles=[role],
        )
        permission = lambda_.CfnPermission(
            self,
            "SourceMayInvoke",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="s3.amazonaws.com",
            source_account=Aws.ACCOUNT_ID,
        )
        resource = source.node.default_child
        assert isinstance(resource, s3.CfnBucket)
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            lambda_configurations=[
                s3.CfnBucket.LambdaConfigurationProperty(event="s3:ObjectCreated:*", function=function.function_arn)
            ]
        )
        resource.node.add_dependency(permission)
        for alarm, metric, description in (
            ("Errors", function.metric_errors(), "The function raised an error or timed out"),
            ("Throttles", function.metric_throttles(), "Invocations were refused for lack of concurrency"),
            ("FailuresLost", function.metric("DestinationDeliveryFailures"), "A failed event could not be sent"),
            (
                "NotEmpty",
                dead_letters.metric_approximate_number_of_messages_visible(statistic="Maximum"),
                "The dead-letter queue holds events",
            ),
        ):
            cloudwatch.Alarm(
                self,
                alarm,
                metric=metric,
                alarm_description=description,
                threshold=1,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
                evaluation_periods=1,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )


def main(code: str, directory: str) -> None:
    flags = json.loads((Path(__file__).parents[1] / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = cdk.App(context=flags, outdir=directory)
    PlainThumbnailerStack(app, "PlainThumbnailerStack", code=Path(code))
    app.synth()


if __name__ == "__main__":
    main(*sys.argv[1:])
