"""What the alarms and metrics of a construct watch, each in one line."""

import inspect
from collections.abc import Iterable
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

_SIGNS = {
    "GreaterThanOrEqualToThreshold": ">=",
    "GreaterThanThreshold": ">",
    "LessThanOrEqualToThreshold": "<=",
    "LessThanThreshold": "<",
}


def watched(stack: cdk.Stack, made: Construct, alarms: Iterable[Construct]) -> dict[str, dict[str, str]]:
    """Read what the alarms of a stack and the metrics of a construct watch.

    Args:
        stack: The stack.
        made: The construct: its methods named `metric_*` are asked for their metrics.
        alarms: The alarms of the stack.

    Returns:
        A line for each, by the alarm's path below the stack and the method's name.
    """
    lines = {}
    for one in alarms:
        path = one.node.path.removeprefix(f"{stack.node.path}/").removesuffix("/Resource")
        lines[path] = _composed(stack, one) if isinstance(one, cloudwatch.CfnCompositeAlarm) else _line(stack, one)
    methods = {name: getattr(made, name) for name in sorted(dir(type(made))) if name.startswith("metric_")}
    asked = {name: method() for name, method in methods.items() if not _required(method)}
    metrics = {
        name: f"{one.namespace} {one.metric_name}: {one.statistic} of {one.period.to_seconds():g} s"
        for name, one in asked.items()
    }
    return {"alarms": dict(sorted(lines.items())), "metrics": metrics}


def _required(method: Any) -> bool:
    return any(one.default is inspect.Parameter.empty for one in inspect.signature(method).parameters.values())


def _line(stack: cdk.Stack, alarm: Any) -> str:
    if alarm.metrics is None:
        of = f"{alarm.namespace} {alarm.metric_name}: {alarm.statistic or alarm.extended_statistic}"
        period = f" x {alarm.period:g} s"
    else:
        of, period = _expression(stack.resolve(alarm.metrics)), ""
    times = f"{alarm.datapoints_to_alarm or alarm.evaluation_periods:g} of {alarm.evaluation_periods:g}"
    line = f"{_SIGNS[alarm.comparison_operator]} {alarm.threshold:g}"
    return f"{of} {line} in {times}{period}, missing data is {alarm.treat_missing_data or 'missing'}"


def _expression(queries: list[dict[str, Any]]) -> str:
    (whole,) = [one["expression"] for one in queries if "expression" in one]
    stats = [(one["id"], one["metricStat"], one["metricStat"]["metric"]) for one in queries if "metricStat" in one]
    parts = [
        f"{name} = {metric['namespace']} {metric['metricName']}: {stat['stat']} of {stat['period']} s"
        for name, stat, metric in stats
    ]
    return f"{whole} with {', '.join(parts)}"


def _composed(stack: cdk.Stack, alarm: Any) -> str:
    rule = stack.resolve(alarm.alarm_rule)
    text = (
        rule
        if isinstance(rule, str)
        else "".join(one if isinstance(one, str) else one["Fn::GetAtt"][0][:-8] for one in rule["Fn::Join"][1])
    )
    return text.replace('"', "")
