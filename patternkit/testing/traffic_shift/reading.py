"""The shift of an alias, read from a template: schedule, hooks, alarms and rollback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patternkit.testing.traffic_shift.deployment_settings import AlarmSettings, Hook, Rollback
from patternkit.testing.traffic_shift.schedule import Schedule, TrafficShiftError, configured, predefined
from patternkit.testing.traffic_shift.walk import TrafficShift

_EVENTS = {
    "failure": "DEPLOYMENT_FAILURE",
    "alarm": "DEPLOYMENT_STOP_ON_ALARM",
}


def traffic_shift(template: Mapping[str, Any], *, alias: str | None = None) -> TrafficShift:
    """Read how traffic shifts between the versions of a function.

    Args:
        template: The template.
        alias: The alias's logical id, or the path of its construct. Default: the only alias that shifts.

    Returns:
        The shift.

    Raises:
        TrafficShiftError: If the template has no such shift, or does not say what it is.
    """
    resources = template.get("Resources")
    known = {str(name): one for name, one in (resources.items() if isinstance(resources, Mapping) else ()) if _is(one)}
    shifting = {name: update for name, one in known.items() if (update := _update(one)) is not None}
    name = _chosen(known, shifting, alias)
    update = shifting[name]
    group_name = _referred(update.get("DeploymentGroupName"))
    group = known.get(group_name or "")
    if group is None or group["Type"] != "AWS::CodeDeploy::DeploymentGroup":
        raise TrafficShiftError(f"{name}: its deployment group is not in the template")
    properties = _properties(group)
    return TrafficShift(
        alias=name,
        schedule=_schedule(known, str(group_name), properties.get("DeploymentConfigName")),
        before=_hook(update.get("BeforeAllowTrafficHook")),
        after=_hook(update.get("AfterAllowTrafficHook")),
        alarms=tuple(_alarms(known, properties.get("AlarmConfiguration"))),
        rollback=_rollback(properties.get("AutoRollbackConfiguration")),
    )


def _is(resource: Any) -> bool:
    return isinstance(resource, Mapping) and isinstance(resource.get("Type"), str)


def _properties(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    found = resource.get("Properties")
    return found if isinstance(found, Mapping) else {}


def _update(resource: Mapping[str, Any]) -> Mapping[str, Any] | None:
    policy = resource.get("UpdatePolicy")
    found = policy.get("CodeDeployLambdaAliasUpdate") if isinstance(policy, Mapping) else None
    return found if resource["Type"] == "AWS::Lambda::Alias" and isinstance(found, Mapping) else None


def _chosen(known: Mapping[str, Any], shifting: Mapping[str, Any], alias: str | None) -> str:
    if alias is None:
        if len(shifting) == 1:
            return next(iter(shifting))
        raise TrafficShiftError(
            f"say which alias: those that shift traffic are {', '.join(sorted(shifting)) or 'none'}"
        )
    for name in shifting:
        metadata = known[name].get("Metadata")
        path = str(metadata.get("aws:cdk:path", "") if isinstance(metadata, Mapping) else "")
        if alias == name or path.removesuffix("/Resource").endswith(f"/{alias}"):
            return name
    raise TrafficShiftError(
        f"there is no alias {alias} that shifts traffic: those that do are {', '.join(sorted(shifting)) or 'none'}"
    )


def _referred(value: Any) -> str | None:
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name
        case str(name):
            return name
    return None


def _schedule(known: Mapping[str, Any], group: str, given: Any) -> Schedule:
    if given is None:
        # "If not specified, the default is CodeDeployDefault.OneAtATime", which is none for functions.
        raise TrafficShiftError(f"{group}: it names no deployment configuration")
    name = _referred(given)
    if name in known:
        return configured(str(name), _properties(known[str(name)]))
    if name is None or not isinstance(given, str):
        raise TrafficShiftError(f"{group}: its deployment configuration is not in the template")
    return predefined(name)


def _hook(value: Any) -> Hook | None:
    if value is None:
        return None
    return Hook(_referred(value) or "a function that the template does not name")


def _alarms(known: Mapping[str, Any], configuration: Any) -> list[AlarmSettings]:
    if not isinstance(configuration, Mapping) or _false(configuration.get("Enabled", True)):
        return []
    listed = configuration.get("Alarms")
    found = []
    for one in listed if isinstance(listed, list) else []:
        name = _referred(one.get("Name") if isinstance(one, Mapping) else None)
        if name is None:
            raise TrafficShiftError("an alarm of the deployment group has no name that the template says")
        found.append(_alarm(name, _properties(known[name]) if name in known else {}))
    return found


def _alarm(name: str, properties: Mapping[str, Any]) -> AlarmSettings:
    period = _whole(properties.get("Period"))
    dimensions = properties.get("Dimensions")
    names = [one.get("Name") for one in dimensions if isinstance(one, Mapping)] if isinstance(dimensions, list) else []
    datapoints = _whole(properties.get("DatapointsToAlarm")) or _whole(properties.get("EvaluationPeriods")) or 1
    return AlarmSettings(
        name, period, datapoints, str(properties.get("TreatMissingData", "missing")), "ExecutedVersion" in names
    )


def _whole(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 9 and int(text) else None


def _false(value: Any) -> bool:
    return str(value).lower() == "false"


def _rollback(configuration: Any) -> Rollback:
    if not isinstance(configuration, Mapping) or _false(configuration.get("Enabled", False)):
        return Rollback(on_failure=False, on_alarm=False)
    listed = configuration.get("Events")
    events = listed if isinstance(listed, list) else []
    return Rollback(on_failure=_EVENTS["failure"] in events, on_alarm=_EVENTS["alarm"] in events)
