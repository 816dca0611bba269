"""A function whose new versions take over bit by bit, and go back when they fail."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Interval, MultipleOf
from aws_cdk import Duration, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.building_blocks.alarms import MetricPeriod
from patterns.building_blocks.arguments import check_json
from patterns.building_blocks.bounds import Known, Matches, Passes
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.function_settings import LONGEST_TIMEOUT, timeout_of
from patterns.building_blocks.lambda_function import (
    KEPT_BY_A_DESTINATION,
    PYTHON,
    EnvironmentVariables,
    FunctionMemory,
    FunctionTimeout,
    LambdaFunction,
    ReservedConcurrency,
    delivery_alarm,
    keep_failed_events,
)
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.ready_function import check_function, errors_alarm, has_dead_letters
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.version_release import check_hooks, check_owner, kept_version, note_alias, shift_traffic
from patterns.events.canary_function.shift import Percentage, Shift, ShiftKind

EXAMPLE = Path(__file__).parent / "handler"
PROBES = 3
"""Calls of the new version by the hook of the pattern's own."""
MOST_PROBED = 3900
"""Bytes of the event: Lambda takes 4,096 of environment variables, and the version's ARN is one of these."""


class CanaryFunction(Construct):
    """Give a new version of a function its traffic bit by bit, and take all of it back when the version fails.

    Callers call the alias. Each change of the function makes a version, which AWS CodeDeploy gives a part of the
    alias's traffic, then the rest; hooks check it before and after, and alarms on the new version alone end the shift.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        function: A ready function of this stack, which needs no version or alias. Default: one is made, of `code` or
            as an example.
        code: The code of a function to make. Default: an example that answers with its version.
        handler: The function in `code`: "module.function". Required with `code`.
        runtime: The runtime of `code`. Default: the catalog's Python.
        environment: Environment variables of a function that is made. Default: none.
        memory: Memory of a function that is made. Default: 256 MiB.
        timeout: How long one call of a function that is made may take. Default: 30 seconds.
        reserved_concurrency: The most calls at one time of a function that is made, of all versions together.
            Default: no limit of its own.
        alias_name: The alias that callers call. Default: "live".
        shift: "canary" for a part of the traffic and then the rest, "linear" for equal steps, "all_at_once".
            Default: "canary".
        percentage: How much of the traffic each step shifts; "all_at_once" has none. Default: 10.
        interval: How long a step lasts; "all_at_once" has none. Default: 5 minutes.
        probe: The event with which a hook of the pattern's own calls the new version, before and after traffic shifts.
            The version must take it without harm. Default: no hook of its own.
        before_traffic: A function of this stack that checks the new version before it gets any traffic. Default: the
            hook of the pattern's own, if `probe` is given.
        after_traffic: A function of this stack that checks it when it has all traffic. Default: likewise.
        most_errors: How many errors of the new version in a minute are no reason to go back. Default: 0.
        calls_per_minute: How many calls the alias gets in a quiet minute. With it, a shift is refused of which the new
            version gets too few calls for an alarm to measure. Default: not known.
        rollback_alarms: Alarms of your own that end a shift as well. Default: none.
        encryption_key: The key that encrypts logs, environment and dead letters. Default: keys that AWS owns.
        log_retention: How long logs are kept. Default: one month.
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.

    Attributes:
        function (lambda_.Function): The function.
        version (lambda_.Version): Its version of this deployment.
        alias (lambda_.Alias): What callers call.
        release (codedeploy.LambdaDeploymentGroup): What shifts traffic.
        probe_function (lambda_.Function | None): The hook of the pattern's own.
        dead_letters (sqs.Queue | None): Events of callers that do not wait which failed for good, each with its error;
            None if a ready function keeps them itself.
        alarms (list[cloudwatch.Alarm]): All alarms.

    Raises:
        ValueError: If an argument is out of range, no alarm could end the shift, or two arguments contradict each
            other.

    Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.Function | None = None,
        code: lambda_.Code | None = None,
        handler: str | None = None,
        runtime: lambda_.Runtime | None = None,
        environment: EnvironmentVariables | None = None,
        memory: FunctionMemory | None = None,
        timeout: FunctionTimeout | None = None,
        reserved_concurrency: ReservedConcurrency | None = None,
        alias_name: Annotated[
            str, Matches(r"(?!\d+$)[A-Za-z0-9_-]{1,128}", "up to 128 letters, digits, _ and -, and no number alone")
        ] = "live",
        shift: ShiftKind = "canary",
        percentage: Percentage | None = None,
        interval: Annotated[
            Duration,
            Interval(ge=timedelta(minutes=1), le=timedelta(days=2)),
            MultipleOf(timedelta(minutes=1)),
            Known("the deployment configuration"),
        ]
        | None = None,
        probe: Annotated[Mapping[str, Any], Passes(check_json, "JSON")] | None = None,
        before_traffic: lambda_.IFunction | None = None,
        after_traffic: lambda_.IFunction | None = None,
        most_errors: Annotated[int, Interval(ge=0, le=10_000)] = 0,
        calls_per_minute: Annotated[float, Interval(ge=0, le=10_000_000), Known("whether a shift can be measured")]
        | None = None,
        rollback_alarms: Sequence[cloudwatch.IAlarm] = (),
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        own = {
            "runtime": runtime,
            "environment": environment,
            "memory": memory,
            "timeout": timeout,
            "reserved_concurrency": reserved_concurrency,
        }
        check_function(function, code, handler, own)
        check_owner(scope, function, alias_name, whose="construct", argument="alias_name")
        check_hooks(scope, {"before_traffic": before_traffic, "after_traffic": after_traffic}, whose="construct")
        traffic = Shift.of(shift, percentage, interval)
        traffic.check_measurable(calls_per_minute)
        if probe is not None and before_traffic is not None and after_traffic is not None:
            raise ValueError("probe must not be given with before_traffic and after_traffic: no hook would send it")
        _check_probe(probe)
        super().__init__(scope, construct_id)
        self._settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        self.alarms: list[cloudwatch.Alarm] = []
        if function is not None:
            self.function = function
            self.alarms.append(errors_alarm(self, "Errors", function, what="The function", topic=alarm_topic))
        else:
            made = LambdaFunction(
                self,
                "Work",
                description="Answers by the version that the alias names",
                code=code or self._example(),
                handler=handler or "canary_handler.index.handler",
                runtime=runtime,
                memory=memory,
                timeout=timeout,
                environment=environment,
                settings=self._settings,
                reserved_concurrency=reserved_concurrency,
            )
            made.acknowledge_no_dead_letter_configuration(KEPT_BY_A_DESTINATION)
            self.function = made.function
            self.alarms += made.alarms

        self.version = kept_version(self.function)
        self.alias = lambda_.Alias(self, "Alias", alias_name=alias_name, version=self.version)
        note_alias(self.function, alias_name)
        self.dead_letters: sqs.Queue | None = None
        if function is None or not has_dead_letters(function):
            self._keep_failures()
        self.probe_function: lambda_.Function | None = None
        if probe is not None:
            self.probe_function = self._probe(probe)
        bad = self._watch_new_version(most_errors)
        self.release: codedeploy.LambdaDeploymentGroup = shift_traffic(
            self,
            self.alias,
            traffic.deployment_config(self),
            before_traffic or self.probe_function,
            after_traffic or self.probe_function,
            [bad, *rollback_alarms],
        )

    @checked
    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone call the alias, and no version beside it.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["lambda:InvokeFunction"], resource_arns=[self.alias.function_arn]
        )

    @checked
    def metric_new_version_errors(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """Count the errors of this deployment's version, as long as it shares the alias's traffic with another one.

        Args:
            period: The period. Default: one minute.

        Returns:
            The metric.
        """
        name = self.function.function_name
        return cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name="Errors",
            dimensions_map={
                "FunctionName": name,
                "Resource": f"{name}:{self.alias.alias_name}",
                "ExecutedVersion": self.version.version,
            },
            statistic="Sum",
            period=period or Duration.minutes(1),
        )

    def _keep_failures(self) -> None:
        """Of callers that call the alias and do not wait."""
        settings = self._settings
        failed = DeadLetterQueue(
            self, "DeadLetters", holds="events that failed for good, each with its error", settings=settings
        )
        self.dead_letters = failed.queue
        assert self.function.role is not None
        sends = iam.Policy(self, "SendsFailures", roles=[self.function.role], statements=failed.send_statements())
        keep_failed_events(self, "OnFailure", self.function, failed, after=sends, alias=self.alias)
        self.alarms += [failed.alarm, delivery_alarm(self, self.function, settings)]

    def _example(self) -> lambda_.Code:
        return python_code(self, EXAMPLE, runtime=PYTHON, architecture=lambda_.Architecture.ARM_64)

    def _probe(self, probe: Mapping[str, Any]) -> lambda_.Function:
        call = timeout_of(self.function)
        most = LONGEST_TIMEOUT.to_seconds()
        seconds = most if call is None else min(most, PROBES * call.to_seconds() + 30)
        made = LambdaFunction(
            self,
            "Probe",
            description="Calls a new version before and after it gets traffic",
            code=self._example(),
            handler="probe_handler.index.handler",
            timeout=Duration.seconds(seconds),
            environment={
                "NEW_VERSION": self.version.function_arn,
                "PROBE": _written(probe),
                "PROBES": str(PROBES),
            },
            settings=self._settings,
        )
        made.permit(
            [iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[self.version.function_arn])],
        )
        made.acknowledge_no_dead_letter_configuration("CodeDeploy takes a hook that fails for a version that fails.")
        # The hook must know the new version, and may call it, before CodeDeploy asks for the check.
        self.alias.node.add_dependency(made.function, made.role)
        self.alarms += made.alarms
        return made.function

    def _watch_new_version(self, most_errors: int) -> cloudwatch.Alarm:
        made = self._settings.alarm(
            self,
            "NewVersionErrors",
            metric=self.metric_new_version_errors(),
            threshold=most_errors + 1,
            description="The new version raised errors or timed out while it got a part of the traffic: all of it goes "
            "back to the version before. Read the log of the new version.",
        )
        self.alarms.append(made)
        return made


def _written(probe: Mapping[str, Any]) -> str:
    return json.dumps(dict(probe), sort_keys=True)


def _check_probe(probe: Mapping[str, Any] | None) -> None:
    """Refuse an event that does not fit into the environment of the hook, with what else that holds."""
    written = "" if probe is None else _written(probe)
    if len(written) > MOST_PROBED and not Token.is_unresolved(written):
        raise ValueError(f"probe must have at most {MOST_PROBED} bytes in JSON, got {len(written)}")
