"""A container that is run for each new object in a bucket."""

from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Interval, MultipleOf, Unit
from aws_cdk import Acknowledgment, Aws, Duration, Names, RemovalPolicy, Size, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES, MetricPeriod
from patterns.building_blocks.bounds import mebibytes
from patterns.building_blocks.container_task import Variables
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.deployed_name import unique_name, unique_path
from patterns.building_blocks.encryption_key import EncryptionKey, key_statement, table_key_statement
from patterns.building_blocks.event_rule import lost_events
from patterns.building_blocks.fargate_task_sizes import check_task_size
from patterns.building_blocks.granted_objects import grant_objects
from patterns.building_blocks.key_policy import RULES, let_use
from patterns.building_blocks.key_prefix import KeyPrefix
from patterns.building_blocks.lambda_function import LambdaFunction
from patterns.building_blocks.private_bucket import AccessLogsBucket, PrivateBucket
from patterns.building_blocks.queue_consumer import Polling, poll
from patterns.building_blocks.retained_table import RetainedTable
from patterns.building_blocks.same_region import check_here
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.wildcard_resource import OBJECT_KEYS_UNKNOWN, acknowledge_wildcard_resource
from patterns.events.container_on_upload.arguments import check_buckets, check_container, check_vpc
from patterns.events.container_on_upload.network import TaskNetwork
from patterns.events.container_on_upload.starting import permit_starting, send_events_to, send_failures_to

FIRST_TAG = "1"
HANDLER = Path(__file__).parent / "handler"
TaskCpu = Literal[256, 512, 1024, 2048, 4096, 8192, 16384]
_STARTER_TIMEOUT = Duration.seconds(30)
# A message that finds no room comes again after three minutes, for up to fifty hours.
_RECEIVES = 1000


class ContainerOnUpload(Construct):
    """Run a container for each new object in a bucket, a bounded number at one time, in a network without internet.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        image: The container's image, in Amazon ECR where no `vpc` is given. Default: the tag "1" of a new repository,
            which somebody must push.
        environment: Environment variables of the container, beside those that tell it what to work on. Default: none.
        cpu: CPU units of a task, of which 1,024 are one processor. Default: 512.
        memory: The memory of a task. Default: 1 GiB.
        max_tasks: About how many tasks run at one time; what comes meanwhile waits. Default: 10.
        bucket: The bucket whose new objects are worked on. Default: a new one.
        prefix: What the keys of these objects begin with. Default: nothing; every object.
        result_bucket: The bucket that results go to, another one. Default: a new one.
        access_logs_bucket: The bucket for server access logs of buckets that are made. Default: a new one.
        vpc: The VPC whose private or isolated subnets the tasks run in, with a way to Amazon ECR, Amazon S3, DynamoDB
            and CloudWatch Logs. Default: a new one with endpoints, and nothing else.
        encryption_key: The key that encrypts buckets, queues, table and logs. Default: a new one.
        log_retention: How long logs are kept. Default: one month.
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.

    Attributes:
        bucket (s3.IBucket): The bucket whose new objects are worked on.
        result_bucket (s3.IBucket): The bucket that results go to.
        repository (ecr.Repository | None): Where the image is pushed to, unless `image` is given.
        table (dynamodb.Table): What was done, by job.
        queue (sqs.Queue): Events of objects that wait for a task.
        dead_letters (sqs.Queue): Events for which no task could be started.
        failed_tasks (sqs.Queue): Events of tasks that did not start or did not succeed.
        starter (lambda_.Function): The function that starts tasks.
        cluster (ecs.Cluster): The cluster.
        task (ecs.FargateTaskDefinition): The task definition.
        task_role (iam.Role): What the container may do.
        log_group (logs.LogGroup): The container's log.
        network (TaskNetwork): The VPC, the subnets and the security group of the tasks.
        alarms (list[cloudwatch.Alarm]): All alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/scheduling_tasks.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        image: ecs.ContainerImage | None = None,
        environment: Variables | None = None,
        cpu: TaskCpu = 512,
        memory: Annotated[Size, Interval(ge=mebibytes(512), le=mebibytes(122_880)), MultipleOf(mebibytes(1))]
        | None = None,
        max_tasks: Annotated[int, Interval(ge=1, le=500), Unit("tasks")] = 10,
        bucket: s3.IBucket | None = None,
        prefix: KeyPrefix = "",
        result_bucket: s3.IBucket | None = None,
        access_logs_bucket: s3.IBucket | None = None,
        vpc: ec2.IVpc | None = None,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        size = memory or Size.gibibytes(1)
        check_task_size(cpu, size)
        check_container(environment)
        check_buckets(bucket, result_bucket)
        check_here(scope, bucket=bucket, result_bucket=result_bucket)
        check_vpc(vpc)
        super().__init__(scope, construct_id)
        key = encryption_key or EncryptionKey(self, "Key", description=f"Encrypts what {self.node.path} works on")
        settings = Settings(alarm_topic=alarm_topic, encryption_key=key, log_retention=log_retention)
        self._settings, self._key, self._prefix = settings, key, prefix
        self.alarms: list[cloudwatch.Alarm] = []
        logged = access_logs_bucket
        if logged is None and (bucket is None or result_bucket is None):
            logged = AccessLogsBucket(self, "AccessLogs")
        self.bucket: s3.IBucket = bucket or PrivateBucket(
            self, "Bucket", encryption_key=key, access_logs=logged, access_logs_prefix="uploads/"
        )
        self.result_bucket: s3.IBucket = result_bucket or PrivateBucket(
            self, "Results", encryption_key=key, access_logs=logged, access_logs_prefix="results/"
        )
        self.table: dynamodb.Table = self._jobs()
        self.network = TaskNetwork(self, "Network", vpc=vpc, settings=settings)
        self.cluster = ecs.Cluster(
            self,
            "Cluster",
            vpc=self.network.vpc,
            container_insights_v2=ecs.ContainerInsights.ENABLED,
        )
        self.log_group: logs.LogGroup = settings.log_group(self, "Log")
        self.task_role, self._execution_role = self._roles()
        self.repository: ecr.Repository | None = None
        self.task = self._task(image, environment, cpu=cpu, memory=size)
        self._permit_container()
        let_use(key, RULES, needed_by=self)
        self.queue, self.dead_letters = self._queue()
        self.starter = self._starts(max_tasks)
        self._arrivals = send_events_to(self, self.bucket, prefix, self.queue, self.dead_letters, own=bucket is None)
        self.failed_tasks, self._failures = self._keep_failures()
        self._watch()

    @checked
    def metric_waiting(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """How many events found no room for a task, each time that they were tried.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in events.
        """
        return self._metric("Waiting", period)

    @checked
    def metric_started(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """How many tasks were started.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in tasks.
        """
        return self._metric("Started", period)

    @checked
    def grant_upload(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone put objects where they are worked on.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return grant_objects(grantee, self.bucket, "put", prefix=self._prefix)

    def _metric(self, name: str, period: MetricPeriod | None = None, *, statistic: str = "Sum") -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="ContainerOnUpload",
            metric_name=name,
            dimensions_map={"service": unique_path(self)},
            statistic=statistic,
            period=period or FIVE_MINUTES,
        )

    def _jobs(self) -> dynamodb.Table:
        return RetainedTable(self, "Jobs", partition_key="job", encryption_key=self._key)

    def _roles(self) -> tuple[iam.Role, iam.Role]:
        principal = iam.ServicePrincipal(
            "ecs-tasks.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:ecs:{Aws.REGION}:{Aws.ACCOUNT_ID}:*"},
            },
        )
        return (
            iam.Role(self, "TaskRole", assumed_by=principal, description="What the container may do"),
            iam.Role(self, "ExecutionRole", assumed_by=principal, description="What AWS Fargate does to start a task"),
        )

    def _task(
        self, image: ecs.ContainerImage | None, environment: Variables | None, *, cpu: int, memory: Size
    ) -> ecs.FargateTaskDefinition:
        task = ecs.FargateTaskDefinition(
            self,
            "Task",
            family=unique_name(self, "Task", longest=255),
            cpu=cpu,
            memory_limit_mib=int(memory.to_mebibytes()),
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.X86_64, operating_system_family=ecs.OperatingSystemFamily.LINUX
            ),
            task_role=self.task_role,
            execution_role=self._execution_role,
        )
        task.add_container(
            "Container",
            image=image or ecs.ContainerImage.from_ecr_repository(self._images(), FIRST_TAG),
            environment={
                **(environment or {}),
                "RESULT_BUCKET": self.result_bucket.bucket_name,
                "RESULT_PREFIX": "results/",
                "TABLE_NAME": self.table.table_name,
            },
            readonly_root_filesystem=True,
            linux_parameters=ecs.LinuxParameters(self, "Init", init_process_enabled=True),
            logging=ecs.LogDriver.aws_logs(
                stream_prefix="container", log_group=self.log_group, mode=ecs.AwsLogDriverMode.NON_BLOCKING
            ),
        )
        Validations.of(task).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-ECS2",
                reason="The variables made here name a bucket, a prefix and a table; `environment` is no place for "
                "secrets: whoever may describe task definitions reads it.",
            )
        )
        Validations.of(self._execution_role).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-IAM5[Resource::*]",
                reason="ecr:GetAuthorizationToken names no resource: IAM allows it only on all resources.",
            )
        )
        return task

    def _images(self) -> ecr.Repository:
        self.repository = ecr.Repository(
            self,
            "Images",
            encryption=ecr.RepositoryEncryption.KMS,
            encryption_key=self._key,
            image_scan_on_push=True,
            # What a tag says is run today is run tomorrow.
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            lifecycle_rules=[ecr.LifecycleRule(max_image_count=100)],
            removal_policy=RemovalPolicy.RETAIN,
        )
        return self.repository

    def _permit_container(self) -> None:
        uploads = self.bucket.arn_for_objects(f"{self._prefix}*")
        results = self.result_bucket.arn_for_objects("results/*")
        statements = [
            iam.PolicyStatement(actions=["s3:GetObject", "s3:GetObjectVersion"], resources=[uploads]),
            iam.PolicyStatement(actions=["s3:PutObject"], resources=[results]),
            iam.PolicyStatement(actions=["dynamodb:GetItem", "dynamodb:PutItem"], resources=[self.table.table_arn]),
            table_key_statement(self._key),
        ]
        if self.bucket.encryption_key is not None:
            statements.append(key_statement(self.bucket.encryption_key, "kms:Decrypt"))
        if self.result_bucket.encryption_key is not None:
            statements.append(key_statement(self.result_bucket.encryption_key, "kms:Decrypt", "kms:GenerateDataKey"))
        for statement in statements:
            self.task_role.add_to_policy(statement)
        for arn in (uploads, results):
            acknowledge_wildcard_resource(self.task_role, arn, OBJECT_KEYS_UNKNOWN)

    def _queue(self) -> tuple[sqs.Queue, sqs.Queue]:
        failed = DeadLetterQueue(
            self,
            "DeadLetters",
            holds="events of objects for which no task was started",
            settings=self._settings,
            redrives=True,
        )
        self.alarms.append(failed.alarm)
        queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self._key,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            removal_policy=RemovalPolicy.RETAIN,
            visibility_timeout=Duration.seconds(6 * int(_STARTER_TIMEOUT.to_seconds())),
            dead_letter_queue=sqs.DeadLetterQueue(queue=failed.queue, max_receive_count=_RECEIVES),
        )
        return queue, failed.queue

    def _starts(self, max_tasks: int) -> lambda_.Function:
        started_by = Names.unique_resource_name(self, max_length=36, separator="-")
        container = self.task.default_container
        assert container is not None
        made = LambdaFunction(
            self,
            "Starter",
            description="Starts a task for each new object",
            code=lambda_.Code.from_asset(str(HANDLER)),
            handler="starter_handler.index.handler",
            timeout=_STARTER_TIMEOUT,
            environment={
                "CLUSTER": self.cluster.cluster_arn,
                "CONTAINER": container.container_name,
                "FAMILY": self.task.family,
                "MAX_TASKS": str(max_tasks),
                "SECURITY_GROUP": self.network.security_group.security_group_id,
                "SERVICE": unique_path(self),
                "STARTED_BY": started_by,
                "SUBNETS": ",".join(one.subnet_id for one in self.network.subnets),
                "TASK_DEFINITION": self.task.task_definition_arn,
            },
            settings=self._settings,
        )
        made.acknowledge_no_dead_letter_configuration("What it cannot start goes back to the queue, which has its own.")
        permit_starting(made, self.cluster, self.task, [self.task_role, self._execution_role])
        # The least that Lambda allows: two starters at one time, each with ten events.
        mapping = poll(self, self.queue, made.function, Polling(10, None, 2), self._key)
        # A task that is started before its roles may do anything fails for good.
        mapping.node.add_dependency(self.task_role, self._execution_role)
        self.alarms += made.alarms
        return made.function

    def _keep_failures(self) -> tuple[sqs.Queue, events.Rule]:
        kept = DeadLetterQueue(
            self, "FailedTasks", holds="events of tasks that did not start or failed", settings=self._settings
        )
        self.alarms.append(kept.alarm)
        rule = send_failures_to(self, self.cluster, self.task, kept.queue)
        return kept.queue, rule

    def _watch(self) -> None:
        settings = self._settings
        for construct_id, rule, what in (
            ("ArrivalsLost", self._arrivals, "An event of a new object could not be queued"),
            ("FailuresLost", self._failures, "An event of a task that failed could not be kept"),
        ):
            self.alarms.append(
                settings.alarm(
                    self,
                    construct_id,
                    metric=lost_events(rule.rule_name),
                    description=f"{what}: check the queue's policy and its key's.",
                )
            )
        self.alarms.append(
            settings.alarm(
                self,
                "NotStarted",
                metric=self._metric("NotStarted"),
                description="Amazon ECS started no task for an object: read the starter's log for the reason, such as "
                "capacity, quotas or permissions. It is tried again.",
            )
        )
        self.alarms.append(
            settings.alarm(
                self,
                "NotTaken",
                # What the starter has received three times is not counted any more: of that tells Late.
                metric=self.queue.metric_approximate_age_of_oldest_message(statistic="Maximum", period=FIVE_MINUTES),
                threshold=3600,
                description="An event has waited for an hour to be taken off the queue: look whether the event source "
                "mapping is on, and at what the starter may do with the queue and its key.",
            )
        )
        self.alarms.append(
            settings.alarm(
                self,
                "Late",
                # Not the queue's own, which leaves out what was received three times.
                metric=self._metric("OldestWaiting", statistic="Maximum"),
                threshold=3600,
                description="An object has waited for an hour: raise max_tasks, or look for tasks that hang.",
            )
        )
