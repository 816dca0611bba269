"""Changes of the record types of an AWS Cloud Map service, which Cloud Map refuses."""

from collections.abc import Iterator, Mapping
from typing import Any

from patternkit.upgrade.changes import Change, Kind, properties_of
from patternkit.upgrade.settings import mappings


def record_type_changes(logical_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Find a change of record types that fails the update of a service that stays.

    CloudFormation takes it for an update in place, and its schema says nothing else.

    Args:
        logical_id: The service.
        before: Its definition that is deployed.
        after: Its definition that is about to be.

    Yields:
        The change.

    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsConfig.html
    """
    if after["Type"] != "AWS::ServiceDiscovery::Service" or before["Type"] != after["Type"]:
        return
    was, now = _types(before), _types(after)
    if was is not None and now is not None and was != now:
        yield Change(
            Kind.REPLACEMENT,
            logical_id,
            f"its records change from {_listed(was)} to {_listed(now)}, which AWS Cloud Map refuses: delete the "
            "service in one update, and make it with the new ones in the next",
        )


def _types(service: Mapping[str, Any]) -> set[str] | None:
    """The types of its records; None where one is known only when it is deployed."""
    config = properties_of(service).get("DnsConfig")
    if not config:
        return set()
    records = config.get("DnsRecords") if isinstance(config, Mapping) else None
    if not isinstance(records, list):
        return None
    types = [one.get("Type") for one in mappings(records)]
    if len(types) < len(records) or not all(isinstance(one, str) for one in types):
        return None
    return {str(one) for one in types}


def _listed(types: set[str]) -> str:
    return " and ".join(sorted(types)) or "none"
