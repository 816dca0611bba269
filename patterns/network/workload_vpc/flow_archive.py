"""The flow logs of a VPC as Parquet in Amazon S3, and what reads them: a table, a workgroup and queries."""

from aws_cdk import Acknowledgment, Aws, Duration, Stack, Validations
from aws_cdk import aws_athena as athena
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from patterns.building_blocks.deployed_name import unique_name
from patterns.building_blocks.key_policy import KeyUse, let_use
from patterns.building_blocks.private_bucket import PrivateBucket

# The fields of a record, in the order of the log, with their types in Parquet as Athena names them.
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
FIELDS = {
    "version": "int",
    "account-id": "string",
    "vpc-id": "string",
    "subnet-id": "string",
    "az-id": "string",
    "interface-id": "string",
    "instance-id": "string",
    "srcaddr": "string",
    "dstaddr": "string",
    "srcport": "int",
    "dstport": "int",
    "protocol": "int",
    "packets": "bigint",
    "bytes": "bigint",
    "start": "bigint",
    "end": "bigint",
    "action": "string",
    "log-status": "string",
    "tcp-flags": "int",
    "pkt-srcaddr": "string",
    "pkt-dstaddr": "string",
    "pkt-dst-aws-service": "string",
    "flow-direction": "string",
    "traffic-path": "int",
    "reject-reason": "string",
}

# Partitions as Hive-compatible prefixes with hours have them. All but these two are of the one flow log.
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
PARTITIONS = {"year": ("2024,2099", 4), "month": ("1,12", 2), "day": ("1,31", 2), "hour": ("0,23", 2)}

_OF_A_DAY = "year = ? AND month = ? AND day = ?"
# Each takes the year, the month and the day, as execution parameters.
QUERIES = {
    "RejectedFlows": (
        "Who was refused, where, and by what",
        "SELECT srcaddr, dstaddr, dstport, protocol, reject_reason, count(*) AS records, sum(packets) AS packets "
        "FROM {table} WHERE action = 'REJECT' AND " + _OF_A_DAY + " "
        "GROUP BY srcaddr, dstaddr, dstport, protocol, reject_reason ORDER BY records DESC, srcaddr, dstport LIMIT 100",
    ),
    "LargestTalkers": (
        "Which pairs of addresses sent the most",
        "SELECT pkt_srcaddr, pkt_dstaddr, sum(bytes) AS bytes FROM {table} "
        "WHERE action = 'ACCEPT' AND flow_direction = 'egress' AND " + _OF_A_DAY + " "
        "GROUP BY pkt_srcaddr, pkt_dstaddr ORDER BY bytes DESC, pkt_srcaddr, pkt_dstaddr LIMIT 100",
    ),
    "ServicesByNat": (
        "Which AWS services are reached through a NAT gateway: candidates for an endpoint",
        "SELECT pkt_dst_aws_service, sum(bytes) AS bytes FROM {table} "
        "WHERE traffic_path = 8 AND pkt_dst_aws_service <> '-' AND " + _OF_A_DAY + " "
        "GROUP BY pkt_dst_aws_service ORDER BY bytes DESC, pkt_dst_aws_service",
    ),
}

LOG_DELIVERY = KeyUse(
    sid="LogDelivery",
    service="delivery.logs.amazonaws.com",
    purpose="write logs to a bucket",
    actions=("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
)
"""https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-cmk-policy.html"""


def column(field: str) -> str:
    """The column in Parquet of a field of the log."""
    return field.replace("-", "_")


class FlowArchive(Construct):
    """A bucket of flow logs with the table, the workgroup and the queries that read them.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        vpc_id: The VPC whose flows are recorded.
        encryption_key: The key of the bucket and of query results. Default: a key that S3 owns.
        kept: How long records are kept.
        most_scanned: How many bytes a query may scan.

    Attributes:
        bucket (s3.Bucket): The records, and under `athena/` the results of queries.
        flow_log (ec2.CfnFlowLog): The flow log.
        database (glue.CfnDatabase): The database of the table.
        table (glue.CfnTable): The table, whose partitions are projected: nobody adds them.
        workgroup (athena.CfnWorkGroup): Where queries run, with a limit of what each scans.
        queries (dict[str, athena.CfnNamedQuery]): The queries, by name.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc_id: str,
        encryption_key: kms.IKey | None,
        kept: Duration,
        most_scanned: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = PrivateBucket(self, "Records", encryption_key=encryption_key, objects_kept=kept)
        Validations.of(self.bucket).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-S1",
                reason="This bucket holds logs, which AWS alone delivers; logging their delivery needs another bucket.",
            )
        )
        if encryption_key is not None:
            let_use(encryption_key, LOG_DELIVERY, needed_by=self)
        self._let_deliver()
        self.flow_log = self._log(vpc_id)
        self._make_table()
        self._make_workgroup(encryption_key, most_scanned)
        self._make_queries()

    def _let_deliver(self) -> None:
        stack = Stack.of(self)
        source = {
            "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
            "ArnLike": {"aws:SourceArn": stack.format_arn(service="logs", resource="*")},
        }
        for sid, action, resource in (
            (
                "FlowLogsAreWritten",
                "s3:PutObject",
                self.bucket.arn_for_objects(f"AWSLogs/aws-account-id={Aws.ACCOUNT_ID}/*"),
            ),
            ("FlowLogsFindTheBucket", "s3:GetBucketAcl", self.bucket.bucket_arn),
        ):
            self.bucket.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=sid,
                    principals=[iam.ServicePrincipal("delivery.logs.amazonaws.com")],
                    actions=[action],
                    resources=[resource],
                    conditions=source,
                )
            )

    def _log(self, vpc_id: str) -> ec2.CfnFlowLog:
        made = ec2.CfnFlowLog(
            self,
            "FlowLog",
            resource_id=vpc_id,
            resource_type="VPC",
            traffic_type="ALL",
            log_destination_type="s3",
            log_destination=self.bucket.bucket_arn,
            log_format=" ".join(f"${{{field}}}" for field in FIELDS),
            destination_options={"FileFormat": "parquet", "HiveCompatiblePartitions": True, "PerHourPartition": True},
            max_aggregation_interval=60,
        )
        # Without the policy, EC2 refuses the flow log, or writes one of its own that this template takes away again.
        if self.bucket.policy is not None:
            made.node.add_dependency(self.bucket.policy)
        return made

    def _make_table(self) -> None:
        self.database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=Aws.ACCOUNT_ID,
            database_input=glue.CfnDatabase.DatabaseInputProperty(description="Flow logs of a VPC"),
        )
        prefix = (
            f"s3://{self.bucket.bucket_name}/AWSLogs/aws-account-id={Aws.ACCOUNT_ID}/aws-service=vpcflowlogs/"
            f"aws-region={Aws.REGION}"
        )
        projection = {"projection.enabled": "true"}
        for name, (values, digits) in PARTITIONS.items():
            projection |= {
                f"projection.{name}.type": "integer",
                f"projection.{name}.range": values,
                f"projection.{name}.digits": str(digits),
            }
        parts = "/".join(f"{name}=${{{name}}}" for name in PARTITIONS)
        self.table = glue.CfnTable(
            self,
            "Table",
            catalog_id=Aws.ACCOUNT_ID,
            database_name=self.database.ref,
            table_input=glue.CfnTable.TableInputProperty(
                name="flows",
                table_type="EXTERNAL_TABLE",
                parameters={
                    "classification": "parquet",
                    "storage.location.template": f"{prefix}/{parts}",
                    **projection,
                },
                partition_keys=[glue.CfnTable.ColumnProperty(name=name, type="int") for name in PARTITIONS],
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    location=f"{prefix}/",
                    columns=[
                        glue.CfnTable.ColumnProperty(name=column(field), type=kind) for field, kind in FIELDS.items()
                    ],
                    input_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
                    output_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
                    serde_info=glue.CfnTable.SerdeInfoProperty(
                        serialization_library="org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
                    ),
                ),
            ),
        )

    def _make_workgroup(self, encryption_key: kms.IKey | None, most_scanned: int) -> None:
        workgroup = athena.CfnWorkGroup
        usual = f"flows-{self.node.addr[-12:]}"
        self.workgroup = workgroup(
            self,
            "Workgroup",
            name=unique_name(self, "Workgroup", longest=128, usual=usual) or usual,
            description="Queries of a VPC's flow logs",
            # With its history of queries, or it could not be deleted; kept, its name could not be given again.
            recursive_delete_option=True,
            work_group_configuration=workgroup.WorkGroupConfigurationProperty(
                bytes_scanned_cutoff_per_query=most_scanned,
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                result_configuration=workgroup.ResultConfigurationProperty(
                    output_location=f"s3://{self.bucket.bucket_name}/athena/",
                    expected_bucket_owner=Aws.ACCOUNT_ID,
                    encryption_configuration=workgroup.EncryptionConfigurationProperty(
                        encryption_option="SSE_KMS" if encryption_key else "SSE_S3",
                        kms_key=encryption_key.key_arn if encryption_key else None,
                    ),
                ),
            ),
        )

    def _make_queries(self) -> None:
        table = f'"{self.database.ref}"."flows"'
        self.queries = {}
        for name, (description, sql) in QUERIES.items():
            query = athena.CfnNamedQuery(
                self,
                name,
                name=name,
                description=f"{description}. Parameters: year, month, day.",
                database=self.database.ref,
                query_string=sql.format(table=table),
                work_group=self.workgroup.name,
            )
            query.node.add_dependency(self.workgroup)
            self.queries[name] = query
