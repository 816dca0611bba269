"""Repairs of DynamoDB tables: see `repairs`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patternkit.localcloud.api_shape import conform
from patternkit.localcloud.repair import Dropped, Repair


def _time_to_live(resource: Dropped) -> dict[str, Any]:
    given = resource.properties["TimeToLiveSpecification"]
    return {"AttributeName": given["AttributeName"], "Enabled": given["Enabled"]}


def _recovery(resource: Dropped) -> dict[str, Any]:
    given = resource.properties["PointInTimeRecoverySpecification"]
    return {key: int(value) if key == "RecoveryPeriodInDays" else value for key, value in given.items()}


def _read_recovery(client: Any, resource: Dropped) -> dict[str, Any]:
    found = client.describe_continuous_backups(TableName=resource.physical_id)
    description = found["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    read = {"PointInTimeRecoveryEnabled": description["PointInTimeRecoveryStatus"] == "ENABLED"}
    if "RecoveryPeriodInDays" in _recovery(resource):
        read["RecoveryPeriodInDays"] = description["RecoveryPeriodInDays"]
    return read


def _table_encryption(resource: Dropped) -> dict[str, Any]:
    given = resource.properties["SSESpecification"]
    renamed = {"SSEEnabled": "Enabled"}
    return {renamed.get(key, key): value for key, value in given.items()}


def _other_replicas(client: Any, resource: Dropped) -> list[str]:
    """The Regions of a global table besides the one that the stack is in."""
    given = resource.properties.get("Replicas")
    regions = [each.get("Region") for each in given if isinstance(each, dict)] if isinstance(given, list) else []
    return sorted({region for region in regions if isinstance(region, str) and region != client.meta.region_name})


def _replicas(client: Any, resource: Dropped) -> list[str]:
    found = client.describe_table(TableName=resource.physical_id)["Table"].get("Replicas", [])
    return sorted(each["RegionName"] for each in found if each["RegionName"] != client.meta.region_name)


def _replicate(client: Any, resource: Dropped) -> None:
    there = _replicas(client, resource)
    for region in _other_replicas(client, resource):
        if region not in there:
            client.update_table(TableName=resource.physical_id, ReplicaUpdates=[{"Create": {"RegionName": region}}])


def _stream_to(client: Any, table: str, given: Mapping[str, Any]) -> None:
    there = client.describe_kinesis_streaming_destination(TableName=table)["KinesisDataStreamDestinations"]
    if any(each["StreamArn"] == given["StreamArn"] for each in there):
        return
    precision = given.get("ApproximateCreationDateTimePrecision")
    arguments = {
        "TableName": table,
        "StreamArn": given["StreamArn"],
        **(
            {"EnableKinesisStreamingConfiguration": {"ApproximateCreationDateTimePrecision": precision}}
            if precision
            else {}
        ),
    }
    client.enable_kinesis_streaming_destination(**conform(client, "EnableKinesisStreamingDestination", arguments))


def _streams(client: Any, resource: Dropped) -> list[str]:
    found = client.describe_kinesis_streaming_destination(TableName=resource.physical_id)
    return [each["StreamArn"] for each in found["KinesisDataStreamDestinations"]]


def _own_stream(client: Any, resource: Dropped) -> Mapping[str, Any]:
    """The stream of a global table's replica in this Region."""
    for replica in resource.properties["Replicas"]:
        if replica.get("Region") == client.meta.region_name and "KinesisStreamSpecification" in replica:
            found: Mapping[str, Any] = replica["KinesisStreamSpecification"]
            return found
    raise LookupError("only a replica elsewhere has a stream")


TABLE: Mapping[str, Repair] = {
    "KinesisStreamSpecification": Repair(
        service="dynamodb",
        set=lambda client, r: _stream_to(client, r.physical_id, r.properties["KinesisStreamSpecification"]),
        read=_streams,
        expected=lambda r: [r.properties["KinesisStreamSpecification"]["StreamArn"]],
    ),
    "TimeToLiveSpecification": Repair(
        service="dynamodb",
        set=lambda client, r: client.update_time_to_live(
            TableName=r.physical_id, TimeToLiveSpecification=_time_to_live(r)
        ),
        read=lambda client, r: {
            "AttributeName": (found := client.describe_time_to_live(TableName=r.physical_id)["TimeToLiveDescription"])[
                "AttributeName"
            ],
            "Enabled": found["TimeToLiveStatus"] == "ENABLED",
        },
        expected=_time_to_live,
    ),
    "PointInTimeRecoverySpecification": Repair(
        service="dynamodb",
        set=lambda client, r: client.update_continuous_backups(
            TableName=r.physical_id, PointInTimeRecoverySpecification=_recovery(r)
        ),
        read=_read_recovery,
        expected=_recovery,
    ),
    "SSESpecification": Repair(
        service="dynamodb",
        set=lambda client, r: client.update_table(TableName=r.physical_id, SSESpecification=_table_encryption(r)),
        read=lambda client, r: client.describe_table(TableName=r.physical_id)["Table"]["SSEDescription"]["Status"],
        expected=lambda r: "ENABLED" if r.properties["SSESpecification"]["SSEEnabled"] else "DISABLED",
    ),
}
"""Properties of a table."""

GLOBAL_TABLE: Mapping[str, Repair] = {
    "Replicas": Repair(
        service="dynamodb",
        set=_replicate,
        # Those that the template asks for: what is read and expected are the same list when each is there.
        read=lambda client, r: sorted({*_other_replicas(client, r)} - {*_replicas(client, r)}),
        expected=lambda _: [],
        kept=True,
        applies=lambda client, r: bool(_other_replicas(client, r)),
    ),
    "Replicas[].KinesisStreamSpecification": Repair(
        service="dynamodb",
        set=lambda client, r: _stream_to(client, r.physical_id, _own_stream(client, r)),
        read=lambda client, r: _own_stream(client, r)["StreamArn"] in _streams(client, r),
        expected=lambda _: True,
    ),
}
"""Properties of a global table."""
