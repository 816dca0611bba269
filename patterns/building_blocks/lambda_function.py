"""AWS Lambda functions with a role, a log group, dead letters and alarms of their own."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval, MultipleOf, Unit
from aws_cdk import Acknowledgment, Duration, Size, Token, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IDependable

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.arguments import check_environment, check_environment_size, shown
from patterns.building_blocks.bounds import Matches, Passes, mebibytes
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked

FunctionMemory = Annotated[Size, Interval(ge=mebibytes(128), le=mebibytes(10_240)), MultipleOf(mebibytes(1))]
"""The memory of a function. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

FunctionTimeout = Annotated[Duration, Interval(ge=timedelta(seconds=1), le=timedelta(minutes=15))]
"""How long one invocation may take."""

EnvironmentVariables = Annotated[Mapping[str, str], Passes(check_environment, "variables that Lambda takes")]
"""Environment variables of a function."""

RetryAttempts = Annotated[int, Interval(ge=0, le=2)]
"""How often a failed asynchronous invocation is tried again."""

ReservedConcurrency = Annotated[int, Interval(ge=1, le=1000), Unit("invocations")]
"""The most invocations at one time."""

MaxEventAge = Annotated[Duration, Interval(ge=timedelta(minutes=1), le=timedelta(hours=6))]
"""How long an asynchronous event may wait."""

PYTHON = lambda_.Runtime.PYTHON_3_14
"""The runtime of the catalog's own handlers."""


_OLDEST_OF_EXAMPLES = 11


def check_code(
    code: lambda_.Code | None, handler: str | None, runtime: lambda_.Runtime | None, *, of: str = ""
) -> None:
    """Refuse code, handler and runtime that do not go together.

    Args:
        code: The code; None: the pattern's example, which is in Python.
        handler: Its handler.
        runtime: Its runtime; None: the catalog's Python.
        of: The beginning of each message: "consumers[Orders]: ".

    Raises:
        ValueError: If the code is an image, inline code is of a language or has a handler that it cannot have, or the
            example's runtime is of another language.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html
    """
    name = (runtime or PYTHON).name
    if code is None:
        found = re.fullmatch(r"python3\.(\d+)", name)
        if found is None or int(found[1]) < _OLDEST_OF_EXAMPLES:
            raise ValueError(
                f"{of}runtime must be python3.{_OLDEST_OF_EXAMPLES} or newer without code, which is then the pattern's "
                f"example, got {name}"
            )
    if isinstance(code, lambda_.EcrImageCode | lambda_.AssetImageCode):
        raise ValueError(
            f"{of}code must be a folder, an archive or inline, got an image, which has its own handler and runtime"
        )
    if isinstance(code, lambda_.InlineCode):
        if not (runtime or PYTHON).supports_inline_code:
            raise ValueError(f"{of}code must not be inline with runtime {name}: Lambda compiles nothing")
        if handler is not None and not Token.is_unresolved(handler) and not handler.startswith("index."):
            raise ValueError(
                f"{of}handler must begin with index. with inline code, which CloudFormation puts into a file of that "
                f"name, got {shown(handler)}"
            )


class LambdaFunction(Construct):
    """A Lambda function whose role may write its own log and traces, and whatever is permitted beyond that.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        code: The code.
        handler: The function in the code: "module.function".
        description: What it does, for whoever meets it in the console.
        runtime: The runtime. Default: the catalog's Python.
        architecture: The processor. Default: arm64.
        memory: The memory; the share of CPU follows it. Default: 256 MiB.
        timeout: How long one invocation may take. Default: 30 seconds.
        environment: Environment variables. Default: none.
        settings: Who is told, which key encrypts log and environment, and how long the log is kept. Default: nobody,
            keys that AWS owns, and one month.
        dead_letters: Where an asynchronous invocation ends that failed for good. Default: nowhere, for functions
            that are invoked synchronously or by an event source with dead letters of its own.
        retry_attempts: How often a failed asynchronous invocation is tried again. Default: 2.
        max_event_age: How long an asynchronous event may wait. Default: six hours.
        reserved_concurrency: The most invocations at one time. Default: no limit of its own.

    Raises:
        ValueError: If the code is an image, inline code is of a language or has a handler that it cannot have, the
            handler or an environment variable is malformed, a variable is Lambda's own, or they are too large together.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: lambda_.Code,
        handler: Annotated[str, Matches(r"\S{1,128}", "up to 128 characters without a space")],
        description: str,
        runtime: lambda_.Runtime | None = None,
        architecture: lambda_.Architecture | None = None,
        memory: FunctionMemory | None = None,
        timeout: FunctionTimeout | None = None,
        environment: EnvironmentVariables | None = None,
        settings: Settings | None = None,
        dead_letters: DeadLetterQueue | None = None,
        retry_attempts: RetryAttempts | None = None,
        max_event_age: MaxEventAge | None = None,
        reserved_concurrency: ReservedConcurrency | None = None,
    ) -> None:
        check_code(code, handler, runtime)
        check_environment_size("environment", environment or {})
        super().__init__(scope, construct_id)
        settings = settings or Settings()
        self.log_group = settings.log_group(self, "Log")
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"Execution role: {description}",
        )
        self._permit_log_and_traces()
        self.function = lambda_.Function(
            self,
            "Function",
            code=code,
            handler=handler,
            description=description,
            runtime=runtime or PYTHON,
            architecture=architecture or lambda_.Architecture.ARM_64,
            memory_size=int((memory or Size.mebibytes(256)).to_mebibytes()),
            timeout=timeout or Duration.seconds(30),
            environment=dict(environment or {}),
            environment_encryption=settings.encryption_key,
            role=self.role,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            tracing=lambda_.Tracing.ACTIVE,
            reserved_concurrent_executions=reserved_concurrency,
        )
        self.alarms = self._alarms(settings)
        if dead_letters is not None:
            self._send_failures_to(dead_letters, retry_attempts, max_event_age)
            self.alarms.append(self._delivery_alarm(settings))

    def permit(self, statements: Sequence[iam.PolicyStatement]) -> None:
        """Let the function do what `statements` say, before it is first invoked.

        Args:
            statements: Exact actions on exact resources.
        """
        for statement in statements:
            self.role.add_to_policy(statement)

    def acknowledge_no_dead_letter_configuration(self, reason: str) -> None:
        """Acknowledge that the function has none of the older dead-letter configuration that cdk-nag looks for.

        Args:
            reason: What becomes of an event that fails, in a full sentence.
        """
        Validations.of(self.function).acknowledge(Acknowledgment(id="Serverless::Serverless-LambdaDLQ", reason=reason))

    def _permit_log_and_traces(self) -> None:
        self.permit(
            [
                iam.PolicyStatement(
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[self.log_group.log_group_arn],
                ),
                iam.PolicyStatement(actions=["xray:PutTelemetryRecords", "xray:PutTraceSegments"], resources=["*"]),
            ]
        )
        Validations.of(self.role).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-IAM5[Resource::*]",
                reason="AWS X-Ray's two write actions name no resource: IAM allows them only on all resources.",
            )
        )

    def _send_failures_to(
        self, dead_letters: DeadLetterQueue, retry_attempts: int | None, max_event_age: Duration | None
    ) -> None:
        self.permit(dead_letters.send_statements())
        self.acknowledge_no_dead_letter_configuration(KEPT_BY_A_DESTINATION)
        keep_failed_events(
            self,
            "OnFailure",
            self.function,
            dead_letters,
            after=self.role,
            retry_attempts=retry_attempts,
            max_event_age=max_event_age,
        )

    def _alarms(self, settings: Settings) -> list[cloudwatch.Alarm]:
        return [
            settings.alarm(
                self,
                "Errors",
                metric=self.function.metric_errors(statistic="Sum", period=FIVE_MINUTES),
                description="The function raised an error or timed out: read its log.",
            ),
            settings.alarm(
                self,
                "Throttles",
                metric=self.function.metric_throttles(statistic="Sum", period=FIVE_MINUTES),
                description="Invocations were refused for lack of concurrency: raise the reserve or the quota.",
            ),
        ]

    def _delivery_alarm(self, settings: Settings) -> cloudwatch.Alarm:
        return delivery_alarm(self, self.function, settings)


KEPT_BY_A_DESTINATION = (
    "Failed events go to an on-failure destination, which also keeps the error; AWS recommends it over the older "
    "dead-letter configuration that the rule looks for."
)


def keep_failed_events(
    scope: Construct,
    construct_id: str,
    function: lambda_.IFunction,
    dead_letters: DeadLetterQueue,
    *,
    after: IDependable,
    alias: lambda_.Alias | None = None,
    retry_attempts: int | None = None,
    max_event_age: Duration | None = None,
) -> lambda_.CfnEventInvokeConfig:
    """Keep asynchronous events of a function that failed for good, with their errors.

    Lambda has one setting for each version and alias, and goes by that of the one which was invoked.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        function: The function.
        dead_letters: Where the events end.
        after: What lets the function's role send there: Lambda checks it when the setting is made.
        alias: The alias of the function that is invoked. Default: the function itself.
        retry_attempts: How often an event is tried again. Default: 2.
        max_event_age: How long an event may wait. Default: six hours.

    Returns:
        The setting.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """
    # The L2's destination would grant kms:GenerateDataKey* and kms:ReEncrypt* on the queue's key.
    made = lambda_.CfnEventInvokeConfig(
        scope,
        construct_id,
        function_name=function.function_name,
        qualifier="$LATEST" if alias is None else alias.alias_name,
        maximum_retry_attempts=retry_attempts if retry_attempts is not None else 2,
        maximum_event_age_in_seconds=(max_event_age or Duration.hours(6)).to_seconds(),
        destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
            on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=dead_letters.queue.queue_arn)
        ),
    )
    made.node.add_dependency(after, *([] if alias is None else [alias]))
    return made


def delivery_alarm(scope: Construct, function: lambda_.IFunction, settings: Settings) -> cloudwatch.Alarm:
    """Make the alarm on failed events that could not be kept either.

    Args:
        scope: Parent construct.
        function: The function.
        settings: Who is told.

    Returns:
        The alarm.
    """
    return settings.alarm(
        scope,
        "FailuresLost",
        metric=function.metric("DestinationDeliveryFailures", statistic="Sum", period=FIVE_MINUTES),
        description="A failed event could not be sent to the dead-letter queue: check its policy and key.",
    )
