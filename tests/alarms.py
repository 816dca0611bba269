"""What the alarms and metrics of a construct watch, each in one line."""

import inspect
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
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
    metrics = {
        name: f"{one.namespace} {one.metric_name}: {one.statistic} of {one.period.to_seconds():g} s"
        for name, one in _asked(made).items()
    }
    return {"alarms": dict(sorted(lines.items())), "metrics": metrics}


def unpublished(stack: cdk.Stack, made: Construct, alarms: Iterable[Construct]) -> list[str]:
    """Find what is asked for by a name or by dimensions under which AWS publishes nothing.

    Args:
        stack: The stack.
        made: The construct, with its methods named `metric_*`.
        alarms: The alarms of the stack.

    Returns:
        A line for each alarm or method that never has data.
    """
    of_methods = (
        (f"{name}()", one.namespace, one.metric_name, sorted(one.dimensions or {}))
        for name, one in _asked(made).items()
    )
    of_alarms = (
        (alarm.node.path, namespace, metric, names)
        for alarm in alarms
        if isinstance(alarm, cloudwatch.CfnAlarm)
        for namespace, metric, names in _metrics(stack, alarm)
    )
    every = [*of_methods, *of_alarms]
    return [
        f"{what}: {namespace} has no metric by {', '.join(names) or 'no dimension'}"
        for what, namespace, _, names in every
        if not is_published(namespace, names)
    ] + [
        f"{what}: {namespace} has no metric {metric}"
        for what, namespace, metric, _ in every
        if not is_named(namespace, metric)
    ]


def is_published(namespace: str, names: list[str]) -> bool:
    """Say whether AWS publishes metrics of a namespace by a set of dimensions; of a pattern's own all are.

    Args:
        namespace: The namespace.
        names: The names of the dimensions.
    """
    if not namespace.startswith(("AWS/", "ECS/")):
        return True
    return sorted(names) in [sorted(one) for one in _table("published_dimensions").get(namespace, [])]


def is_named(namespace: str, metric: str) -> bool:
    """Say whether AWS publishes a metric of this name, as it spells it; of a pattern's own all are.

    Args:
        namespace: The namespace.
        metric: The name.
    """
    return not namespace.startswith(("AWS/", "ECS/")) or metric in _table("published_metrics").get(namespace, [])


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))


def _asked(made: Construct) -> dict[str, Any]:
    methods = {name: getattr(made, name) for name in sorted(dir(type(made))) if name.startswith("metric_")}
    return {name: method() for name, method in methods.items() if not _required(method)}


def _metrics(stack: cdk.Stack, alarm: cloudwatch.CfnAlarm) -> Iterator[tuple[str, str, list[str]]]:
    if alarm.metrics is None:
        names = sorted(one["name"] for one in stack.resolve(alarm.dimensions) or [])
        yield str(alarm.namespace), str(alarm.metric_name), names
        return
    for query in stack.resolve(alarm.metrics):
        if "metricStat" in query:
            metric = query["metricStat"]["metric"]
            names = sorted(one["name"] for one in metric.get("dimensions", []))
            yield metric["namespace"], metric["metricName"], names


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
