from typing import Any

from aws_cdk import Duration, Size, TimeZone, Token
from aws_cdk import aws_ec2 as ec2

from patterns.network.workload_vpc import WorkloadVpc
from patterns.web.load_balanced_instances import ScalingStep, ScheduledCapacity
from tests.patterns.web import balancer_refusals
from tests.patterns.web.certificates import certificate
from tests.refusals import Refusal

NUMBER = Token.as_number({"Ref": "Number"})


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda scope: {"certificate": certificate(scope), **arguments})


def types(*names: str) -> list[ec2.InstanceType]:
    return [ec2.InstanceType(name) for name in names]


REFUSALS = [
    Refusal(
        "vpc must let its public subnets call the private ones at port 8080, got one that lets port 443 through "
        "(application_port)",
        lambda scope: {"certificate": certificate(scope), "vpc": WorkloadVpc(scope, "Vpc").vpc},
    ),
    *balancer_refusals.REFUSALS,
    *balancer_refusals.EDGE,
    *balancer_refusals.INSIDE,
    refused("application_port must be between 1024 and 65535, got 80", application_port=80),
    refused(
        "health_check_path must be a path that begins with /, of up to 1024 characters, got 'health'",
        health_check_path="health",
    ),
    refused(
        "health_check_grace_period must be between 0 seconds and 1 hour, got 2 hours",
        health_check_grace_period=Duration.hours(2),
    ),
    refused("instance_types must hold 1 to 40 instance types, got none", instance_types=[]),
    refused(
        "instance_types must be arm64 as the architecture is, got m7i.large, which is x86_64",
        instance_types=types("m7g.large", "m7i.large"),
    ),
    refused(
        "instance_types must be x86_64 as the architecture is, got t4g.small, which is arm64",
        architecture=ec2.InstanceArchitecture.X86_64,
        instance_types=types("t4g.small"),
    ),
    refused("volume_size must be between 8 and 1024 GiB, got 4", volume_size=Size.gibibytes(4)),
    refused("volume_size must be whole GiB, got 31232 MiB", volume_size=Size.mebibytes(31232)),
    refused("max_capacity must be between 1 and 1000 instances, got 1001", max_capacity=1001),
    refused("min_capacity must be between 1 and 3 (max_capacity), got 4", min_capacity=4, max_capacity=3),
    refused("desired_capacity must be between 2 (min_capacity) and 6 (max_capacity), got 7", desired_capacity=7),
    refused("on_demand_base must be between 0 and 6 (max_capacity), got 7", on_demand_base=7),
    refused("spot_share must be between 0 and 100 percent, got 101", spot_share=101),
    refused("scale_on must be one of cpu, requests, got 'memory'", scale_on="memory"),
    refused("target_utilization must be between 40 and 70 percent, got 39", target_utilization=39),
    refused("target_utilization must be between 40 and 70 percent, got 71", target_utilization=71),
    refused("requests_per_instance and scale_on='requests' go together, got only one", scale_on="requests"),
    refused("requests_per_instance and scale_on='requests' go together, got only one", requests_per_instance=600),
    refused(
        "requests_per_instance must be between 1 and 10000000 requests a minute, got 0",
        scale_on="requests",
        requests_per_instance=0,
    ),
    refused(
        "steps must have rising cpu, got 90, 80",
        steps=[ScalingStep(cpu=90, add=1), ScalingStep(cpu=80, add=2)],
    ),
    refused(
        "steps must be two or more, got 1: one line is what target tracking is for", steps=[ScalingStep(cpu=80, add=1)]
    ),
    refused(
        "steps must have cpu above target_utilization (50), got 50",
        steps=[ScalingStep(cpu=50, add=1), ScalingStep(cpu=80, add=2)],
    ),
    refused(
        "steps[0]: add must be between 1 and 1000 instances, got 0",
        steps=[ScalingStep(cpu=80, add=0), ScalingStep(cpu=90, add=2)],
    ),
    refused(
        "scheduled must have different names, got 'Day' twice",
        scheduled=[ScheduledCapacity(name="Day", cron="0 8 * * *", min_capacity=4)] * 2,
    ),
    refused(
        "scheduled must set min_capacity or max_capacity, 'Day' sets neither",
        scheduled=[ScheduledCapacity(name="Day", cron="0 8 * * *")],
    ),
    refused(
        "scheduled must have min_capacity up to max_capacity, 'Day' has 5 and 4",
        scheduled=[ScheduledCapacity(name="Day", cron="0 8 * * *", min_capacity=5, max_capacity=4)],
    ),
    refused(
        "scheduled[Day]: cron must be a cron of five fields as Unix has them, got '0 8 * * ? *'",
        scheduled=[ScheduledCapacity(name="Day", cron="0 8 * * ? *", min_capacity=4)],
    ),
    refused(
        "scheduled must leave min_capacity up to max_capacity, 'Day' makes them 8 and 6",
        scheduled=[ScheduledCapacity(name="Day", cron="0 8 * * *", min_capacity=8)],
    ),
    refused("predictive must be one of forecast, scale, got 'yes'", predictive="yes"),
    refused("warm_pool must be between 0 and 100 instances, got 101", warm_pool=101),
    refused(
        "warm_pool needs one instance type and spot_share=0: AWS keeps no mixed instances warm",
        warm_pool=1,
        spot_share=50,
    ),
    refused(
        "suspended_processes must be one of AZRebalance, AlarmNotification, HealthCheck, ReplaceUnhealthy, "
        "ScheduledActions, got 'Launch'",
        suspended_processes=["Launch"],
    ),
    refused("log_paths must be absolute and without spaces, got 'app.log'", log_paths=["app.log"]),
    refused(
        "requests_per_instance must be known when the template is made, got a token: the target depends on it",
        scale_on="requests",
        requests_per_instance=NUMBER,
        predictive="scale",
    ),
    refused(
        "target_utilization must be known when the template is made, got a token: the target in requests depends on it",
        scale_on="requests",
        requests_per_instance=100,
        target_utilization=NUMBER,
    ),
    refused(
        "steps[0]: cpu must be known when the template is made, got a token: the order of the steps depends on it",
        steps=[ScalingStep(cpu=NUMBER, add=1), ScalingStep(cpu=80, add=1)],
    ),
    refused(
        "health_check_grace_period must be known when the template is made, got a token: the pause of a rolling update "
        "depends on it",
        suspended_processes=["AZRebalance"],
        health_check_grace_period=Duration.seconds(NUMBER),
    ),
    *(
        refused(f"scheduled[Day]: cron {said}", scheduled=[ScheduledCapacity(name="Day", cron=cron, min_capacity=4)])
        for cron, said in {
            "99 99 99 99 99": "has a minutes field outside 0 to 59: '99' in 99 99 99 99 99",
            "0 24 * * *": "has a hours field outside 0 to 23: '24' in 0 24 * * *",
            "0 8 32 * *": "has a day-of-month field outside 1 to 31: '32' in 0 8 32 * *",
            "0 8 * 13 *": "has a month field outside 1 to 12: '13' in 0 8 * 13 *",
            "0 8 * * 8": "has a day-of-week field outside 0 to 7: '8' in 0 8 * * 8",
            "-- ,, // ZZZ QQ": "has a minutes field that is no cron field: '--' in -- ,, // ZZZ QQ",
            "0 8 31 2,4 *": "must have a day that one of its months has, got 0 8 31 2,4 *",
        }.items()
    ),
    refused(
        "scheduled[Day]: time_zone must be a time zone of the IANA database, got 'Mars/Olympus'",
        scheduled=[
            ScheduledCapacity(name="Day", cron="0 8 * * *", min_capacity=4, time_zone=TimeZone.of("Mars/Olympus"))
        ],
    ),
]
