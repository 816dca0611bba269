"""Keep a name's records as the instances of a group are.

Whatever started the run, it compares the group with the records and the health checks that are its own, and does what
is missing: an instance that answers is registered and let into service, one that goes is taken out, and what is left of
one that is gone is cleaned up. Run twice, the second run finds nothing to do.
"""

import json
import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from .answering import answers
from .records import Application, Zone

# A call that hangs must not take the whole run with it.
SDK = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
autoscaling = boto3.client("autoscaling", config=SDK)
ec2 = boto3.client("ec2", config=SDK)
# The account's five requests a second are everybody's.
route53 = boto3.client("route53", config=SDK.merge(Config(retries={"mode": "standard", "total_max_attempts": 7})))

ATTEMPTS = 3
PAUSE_SECONDS = 3.0
# A hundred silent instances take two rounds of eighteen seconds.
MOST_AT_ONCE = 50


class MisconfiguredError(Exception):
    """The group is not there."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look once, and do what is missing.

    Args:
        event: An event of the group, or of the schedule. What it says is looked up anew, so nothing of it is read.
        context: Lambda's own.

    Returns:
        What was found and done, as it is logged.
    """
    del event
    found = register(
        group=os.environ["GROUP_NAME"],
        launch_hook=os.environ["LAUNCH_HOOK"],
        application=Application(
            domain_name=os.environ["DOMAIN_NAME"],
            port=int(os.environ["APPLICATION_PORT"]),
            path=os.environ["HEALTH_CHECK_PATH"],
            ttl=int(os.environ["TTL"]),
        ),
        zone=Zone(route53, os.environ["HOSTED_ZONE_ID"], os.environ["OWNER"]),
    )
    # A line that is JSON is taken as it is, and CloudWatch makes the metric of it.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    metric = {
        "Namespace": "DnsBalancedInstances",
        "Dimensions": [["Owner"]],
        "Metrics": [{"Name": "Answering", "Unit": "Count"}],
    }
    line = {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]},
        "Owner": os.environ["OWNER"],
        "Answering": len(found["answering"]),
        "request_id": context.aws_request_id,
        **found,
    }
    print(json.dumps(line))
    return found


def register(*, group: str, launch_hook: str, application: Application, zone: Zone) -> dict[str, Any]:
    """Make the records as the group is.

    Args:
        group: The Auto Scaling group's name.
        launch_hook: The lifecycle hook that holds an instance until it is registered.
        application: What is registered.
        zone: Where.

    Returns:
        Which instances answer, were let into service, and were declared unhealthy; how many records were changed, and
        how many health checks were left over.
    """
    states = _states(group)
    starting = {one for one, state in states.items() if state == "Pending:Wait"}
    serving = {one for one, state in states.items() if state == "InService"}
    addresses = _public_addresses(starting | serving)
    # A new instance is asked once, and again in a minute; one in service has three tries before anything follows.
    attempts = {one: 1 if one in starting else ATTEMPTS for one in addresses}
    answering = _all_that_answer(addresses, application, attempts)
    registered = {one: ip for one, ip in addresses.items() if one in serving or one in answering}
    changed = zone.write(application, registered)
    let_in = sorted(starting & answering)
    for one in let_in:
        _let_in(group, launch_hook, one)
    failed = sorted((serving & addresses.keys()) - answering)
    # When none answers, the fault is not an instance's: replacing all of them would take away what is left.
    given_up = failed if serving & answering else []
    for one in given_up:
        # The group replaces it, unless it has only just started.
        autoscaling.set_instance_health(InstanceId=one, HealthStatus="Unhealthy", ShouldRespectGracePeriod=True)
    return {
        "answering": sorted(answering),
        "let_in": let_in,
        "declared_unhealthy": given_up,
        "records_changed": changed,
        "checks_left_over": zone.clean(application, set(states)),
    }


def _states(group: str) -> dict[str, str]:
    found = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[group])["AutoScalingGroups"]
    if len(found) != 1:
        raise MisconfiguredError(f"group {group}: found {len(found)}")
    # An instance that the group is about to replace serves no more, though it may still be in service.
    return {
        one["InstanceId"]: one["LifecycleState"] if one["HealthStatus"] == "Healthy" else "Unhealthy"
        for one in found[0]["Instances"]
    }


def _public_addresses(instances: set[str]) -> dict[str, str]:
    if not instances:
        return {}
    pages = ec2.get_paginator("describe_instances").paginate(InstanceIds=sorted(instances))
    return {
        one["InstanceId"]: one["PublicIpAddress"]
        for page in pages
        for reservation in page["Reservations"]
        for one in reservation["Instances"]
        if one.get("PublicIpAddress")
    }


def _all_that_answer(addresses: Mapping[str, str], application: Application, attempts: Mapping[str, int]) -> set[str]:
    # Side by side: one after the other, instances that hang would take longer than the run may.
    with ThreadPoolExecutor(max_workers=MOST_AT_ONCE) as pool:
        asked = {one: pool.submit(_answers, ip, application, attempts=attempts[one]) for one, ip in addresses.items()}
    return {one for one, answer in asked.items() if answer.result()}


def _answers(ip: str, application: Application, *, attempts: int) -> bool:
    for attempt in range(attempts):
        if attempt:
            time.sleep(PAUSE_SECONDS)
        if answers(ip, application.port, application.path):
            return True
    return False


def _let_in(group: str, hook: str, instance: str) -> None:
    try:
        autoscaling.complete_lifecycle_action(
            AutoScalingGroupName=group, LifecycleHookName=hook, InstanceId=instance, LifecycleActionResult="CONTINUE"
        )
    except ClientError as error:
        # Another run has done it, or its time was up: what the group says next time is what counts.
        if error.response["Error"]["Code"] != "ValidationError":
            raise
