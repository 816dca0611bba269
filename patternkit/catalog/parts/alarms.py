"""The alarms of a template: the threshold of each, and what to do."""

from typing import Any

from patternkit.catalog.diagrams.names import title
from patternkit.catalog.diagrams.resources import Resource, Resources
from patternkit.catalog.markdown import Table

_COMPARED = {
    "GreaterThanOrEqualToThreshold": "at least",
    "GreaterThanThreshold": "more than",
    "LessThanOrEqualToThreshold": "at most",
    "LessThanThreshold": "less than",
}


def alarms(resources: Resources) -> Table:
    """Make the table of alarms.

    Args:
        resources: The example's resources.

    Returns:
        The table; alarms that differ by number only, one in each zone, stand in it once.
    """
    rows = []
    for one in resources.of("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
        row = (title(one.path), _condition(one), str(one.properties.get("AlarmDescription", "")))
        if row not in rows:
            rows.append(row)
    return Table(("Alarm", "Goes off at", "What it says"), rows)


def _condition(alarm: Resource) -> str:
    given = alarm.properties
    if alarm.type == "AWS::CloudWatch::CompositeAlarm":
        return "other alarms together"
    compared = _COMPARED.get(given["ComparisonOperator"], "outside")
    periods, seconds = given["EvaluationPeriods"], _seconds(alarm)
    needed = given.get("DatapointsToAlarm", periods)
    span = _span(seconds) if periods == 1 else f"{needed} of {periods} times {_span(seconds)}"
    limit = given.get("Threshold")
    bound = f"{limit:,}" if isinstance(limit, int | float) else "a band"
    return f"{compared} {bound} {_metric(alarm)} in {span}"


def _metric(alarm: Resource) -> str:
    if name := alarm.properties.get("MetricName"):
        return f"`{name}`"
    queries = alarm.properties.get("Metrics", [])
    shown: dict[str, Any] = next((one for one in queries if one.get("ReturnData", True)), {})
    if label := shown.get("Label"):
        return f"`{label}`"
    names = [one["MetricStat"]["Metric"]["MetricName"] for one in queries if "MetricStat" in one]
    return f"`{shown.get('Expression', '')}` of {', '.join(f'`{name}`' for name in dict.fromkeys(names))}"


def _seconds(alarm: Resource) -> int:
    queries = alarm.properties.get("Metrics", [])
    periods = [one["Period"] for one in queries if "Period" in one]
    periods += [one["MetricStat"]["Period"] for one in queries if "MetricStat" in one]
    return int(alarm.properties.get("Period") or (periods or [60])[0])


def _span(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if rest:
        return f"{seconds} seconds"
    return "a minute" if minutes == 1 else f"{minutes} minutes"
