"""Functions and state machines, their roles, logs and alarms."""

from __future__ import annotations

from patternkit.testing.permissions.account.identity import Identity
from patternkit.testing.permissions.account.made import Definition, Made


def function(account: Identity, definition: Definition) -> Made:
    """Make a Lambda function, by name."""
    name = definition.named("FunctionName", 64)
    arn = account.arn("lambda", f"function:{name}")
    made = Made("AWS::Lambda::Function", name, {"Arn": arn}, arn)
    if not definition.resource.get("Properties", {}).get("LoggingConfig", {}).get("LogGroup"):
        # Lambda makes the log group of a function that is given none.
        group = f"/aws/lambda/{name}"
        group_arn = account.arn("logs", f"log-group:{group}")
        made.parts["LogGroup"] = Made("AWS::Logs::LogGroup", group, {"Arn": f"{group_arn}:*"}, group_arn)
    return made


def state_machine(account: Identity, definition: Definition) -> Made:
    """Make a state machine, by name."""
    name = definition.named("StateMachineName", 80)
    arn = account.arn("states", f"stateMachine:{name}")
    return Made("AWS::StepFunctions::StateMachine", arn, {"Arn": arn, "Name": name}, arn)


def role(account: Identity, definition: Definition) -> Made:
    """Make a role, by name."""
    name = definition.named("RoleName", 64)
    arn = account.arn("iam", f"role{definition.get('Path', '/')}{name}", regional=False)
    return Made("AWS::IAM::Role", name, {"Arn": arn, "RoleId": f"AROA{definition.logical_id}"}, arn)


def log_group(account: Identity, definition: Definition) -> Made:
    """Make a log group."""
    name = definition.named("LogGroupName", 512)
    account.client("logs").create_log_group(logGroupName=name)
    arn = account.arn("logs", f"log-group:{name}")
    return Made("AWS::Logs::LogGroup", name, {"Arn": f"{arn}:*"}, arn)


def metric_alarm(account: Identity, definition: Definition) -> Made:
    """Make an alarm on a metric."""
    name = definition.named("AlarmName", 255)
    # What it watches is of no account to who reads its state.
    account.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/Any",
        MetricName="Any",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    arn = account.arn("cloudwatch", f"alarm:{name}")
    return Made("AWS::CloudWatch::Alarm", name, {"Arn": arn}, arn)
