"""Keep an Elastic IP address on an instance that answers.

Whatever started the run, it looks at the group, the address and what answers, and does what is missing. Run twice, the
second run finds nothing to do.
"""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config

from .answering import answers

# A call that hangs must not take the whole run with it.
SDK = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
autoscaling = boto3.client("autoscaling", config=SDK)
ec2 = boto3.client("ec2", config=SDK)

ATTEMPTS = 3
PAUSE_SECONDS = 5.0


class MisconfiguredError(Exception):
    """The group or the address is not there, or there is more than one."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look once, and move the address if it has to be moved.

    Args:
        event: An event of the group, or of the schedule. What it says is looked up anew, so nothing of it is read.
        context: Lambda's own.

    Returns:
        What was found and done, as it is logged.
    """
    del event
    found = keep(
        group=os.environ["GROUP_NAME"],
        allocation=os.environ["ALLOCATION_ID"],
        port=int(os.environ["APPLICATION_PORT"]),
        path=os.environ["HEALTH_CHECK_PATH"],
    )
    # A line that is JSON is taken as it is, and CloudWatch makes the metric of it.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    metric = {
        "Namespace": "ElasticIpFailover",
        "Dimensions": [["AllocationId"]],
        "Metrics": [{"Name": "Unanswered", "Unit": "Count"}],
    }
    line = {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]},
        "AllocationId": os.environ["ALLOCATION_ID"],
        "Unanswered": 0 if found["answered"] else 1,
        "request_id": context.aws_request_id,
        **found,
    }
    print(json.dumps(line))
    return found


def keep(*, group: str, allocation: str, port: int, path: str) -> dict[str, Any]:
    """Make the address lead to an instance that answers, or to the one that will.

    Args:
        group: The Auto Scaling group's name.
        allocation: The address's allocation id.
        port: The application's port.
        path: The path that answers 200.

    Returns:
        Who held the address, who holds it now, whether that one answered, and who was declared unhealthy.

    Raises:
        MisconfiguredError: If the group or the address is not there.
    """
    address = _only(ec2.describe_addresses(AllocationIds=[allocation])["Addresses"], f"address {allocation}")
    holder, able = address.get("InstanceId") or None, _able(group)
    found: dict[str, Any] = {"before": holder, "holder": holder, "answered": False, "declared_unhealthy": None}
    if holder in able and _answers_in_the_end(address["PublicIp"], port, path):
        return {**found, "answered": True}
    standby = _first_that_answers(_public_addresses(able - {holder}), port, path)
    if standby is not None:
        _move(allocation, standby)
        found |= {"holder": standby, "answered": True}
    elif holder not in able and able:
        # Nobody answers yet: the address waits where the application is going to.
        waiting = sorted(able)[0]
        _move(allocation, waiting)
        found["holder"] = waiting
    if holder in able:
        # It has failed every check. The group starts another in its place, unless it has only just started.
        autoscaling.set_instance_health(InstanceId=holder, HealthStatus="Unhealthy", ShouldRespectGracePeriod=True)
        found["declared_unhealthy"] = holder
    return found


def _only(found: list[Any], what: str) -> Any:
    if len(found) != 1:
        raise MisconfiguredError(f"{what}: found {len(found)}")
    return found[0]


def _able(group: str) -> set[str]:
    # An instance that the group is about to end is not in service any more, though it may still answer.
    found = _only(
        autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[group])["AutoScalingGroups"], f"group {group}"
    )
    return {
        one["InstanceId"]
        for one in found["Instances"]
        if one["LifecycleState"] == "InService" and one["HealthStatus"] == "Healthy"
    }


def _answers_in_the_end(ip: str, port: int, path: str) -> bool:
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(PAUSE_SECONDS)
        if answers(ip, port, path):
            return True
    return False


def _first_that_answers(addresses: list[tuple[str, str]], port: int, path: str) -> str | None:
    if not addresses:
        return None
    # Side by side: the run has less than a minute.
    with ThreadPoolExecutor(max_workers=len(addresses)) as pool:
        asked = [(one, pool.submit(answers, ip, port, path)) for one, ip in addresses]
    return next((one for one, answer in asked if answer.result()), None)


def _public_addresses(instances: set[str]) -> list[tuple[str, str]]:
    """The instances with the public address that each was started with, in the order of their ids."""
    if not instances:
        return []
    reservations = ec2.describe_instances(InstanceIds=sorted(instances))["Reservations"]
    found = {
        one["InstanceId"]: one["PublicIpAddress"]
        for reservation in reservations
        for one in reservation["Instances"]
        if one.get("PublicIpAddress")
    }
    return sorted(found.items())


def _move(allocation: str, instance: str) -> None:
    ec2.associate_address(AllocationId=allocation, InstanceId=instance, AllowReassociation=True)
