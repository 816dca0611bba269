"""Alarms that tell nobody any more."""

from collections.abc import Iterator, Mapping
from typing import Any

from patternkit.testing.permissions.intrinsics import described
from patternkit.upgrade.changes import Change, Kind, Template, pairs, properties_of, resources
from patternkit.upgrade.settings import OFF, is_function, items, possible, shown

_ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
_MEASURED = ("AlarmRule", "Namespace", "MetricName", "Dimensions", "Metrics")


def alarm_changes(old: Template, new: Template) -> Iterator[Change]:
    """Find alarms that are gone, or act on nothing, and topics of alarms that lose their last subscription.

    Args:
        old: The template that is deployed.
        new: The template that is about to be.

    Yields:
        The changes.
    """
    yield from _gone(old, new)
    for logical_id, before, after in pairs(old, new):
        if after["Type"] in _ALARMS:
            yield from _silenced(logical_id, before, after)
            was_heard, is_heard = _listeners(old, before), _listeners(new, after)
            if was_heard and is_heard == set():
                told = ", ".join(sorted(_actions(properties_of(after))))
                moved = _actions(properties_of(before)) != _actions(properties_of(after))
                if moved and told:
                    yield Change(
                        Kind.ALARMS, logical_id, f"it acts on {told}, which has no subscription: it tells nobody"
                    )
    for topic in sorted(_told(old)):
        was, now = _subscriptions(old, topic), _subscriptions(new, topic)
        if was and not now:
            reason = f"{', '.join(sorted(was))} of the topic {topic} is gone: its alarms tell nobody any more"
            yield Change(Kind.ALARMS, topic, reason)


def _gone(old: Template, new: Template) -> Iterator[Change]:
    watched = [_watched(one) for one in resources(new).values() if one["Type"] in _ALARMS]
    for logical_id, resource in resources(old).items():
        if resource["Type"] in _ALARMS and logical_id not in resources(new) and _watched(resource) not in watched:
            metric = described(properties_of(resource).get("MetricName", "what it watches"))
            yield Change(Kind.ALARMS, logical_id, f"the alarm is not in the new template: nobody is told of {metric}")


def _watched(resource: Mapping[str, Any]) -> tuple[str, ...]:
    properties = properties_of(resource)
    return (resource["Type"], *(described(properties.get(name)) for name in _MEASURED))


def _silenced(logical_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    was_all, now_all = properties_of(before), properties_of(after)
    condition = after.get("Condition")
    if condition is not None and condition != before.get("Condition"):
        yield Change(Kind.ALARMS, logical_id, f"the alarm is there only if the condition {condition} holds now")
    was, now = _enabled(was_all), _enabled(now_all)
    if was is True and now is not True:
        given = now_all.get("ActionsEnabled")
        known = ", which is not known before deployment" if is_function(given) else ": it tells nobody"
        yield Change(Kind.ALARMS, logical_id, f"ActionsEnabled was true and is {shown(given)}{known}")
    told, tells = _actions(was_all), _actions(now_all)
    if told and not tells:
        yield Change(
            Kind.ALARMS, logical_id, f"AlarmActions was {', '.join(sorted(told))} and is empty: it tells nobody"
        )
    elif gone := sorted(told - tells):
        reason = f"AlarmActions has {', '.join(gone)} no more, and tells {', '.join(sorted(tells))}"
        yield Change(Kind.ALARMS, logical_id, reason, dangerous=False)


def _enabled(properties: Mapping[str, Any]) -> bool | None:
    given = list(possible(properties.get("ActionsEnabled", True)))
    if any(is_function(one) for one in given):
        return None
    return not any(one in OFF for one in given)


def _actions(properties: Mapping[str, Any]) -> set[str]:
    return {described(one) for one in items(properties.get("AlarmActions"))}


def _told(template: Template) -> set[str]:
    """The topics of the template that an alarm acts on."""
    actions = {
        action
        for resource in resources(template).values()
        if resource["Type"] in _ALARMS
        for action in _actions(properties_of(resource))
    }
    return {
        logical_id
        for logical_id, resource in resources(template).items()
        if resource["Type"] == "AWS::SNS::Topic" and {logical_id, f"{logical_id}.TopicArn"} & actions
    }


def _listeners(template: Template, alarm: Mapping[str, Any]) -> set[str] | None:
    """Who hears of an alarm; None where it acts on something that the template does not make."""
    topics = {action.removesuffix(".TopicArn") for action in _actions(properties_of(alarm))}
    if any(resources(template).get(one, {}).get("Type") != "AWS::SNS::Topic" for one in topics):
        return None
    return {heard for one in topics for heard in _subscriptions(template, one)}


def _subscriptions(template: Template, topic: str) -> set[str]:
    own = properties_of(resources(template).get(topic, {}))
    found = {f"the subscription {described(one)}" for one in items(own.get("Subscription"))}
    for logical_id, resource in resources(template).items():
        if resource["Type"] == "AWS::SNS::Subscription":
            arn = described(properties_of(resource).get("TopicArn")).removesuffix(".TopicArn")
            if arn == topic:
                found.add(f"the subscription {logical_id}")
    return found
