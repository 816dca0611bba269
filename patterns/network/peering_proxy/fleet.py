"""The instances that run the proxy."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.instance_group import acknowledge_notifications, failure_notifications
from patterns.building_blocks.instance_refresh import replace_by_refresh
from patterns.building_blocks.instance_script import instance_script
from patterns.building_blocks.python_code import python_archive
from patterns.network.peering_proxy.instance import PROGRAM, start_script
from patterns.network.peering_proxy.place import FLEET, ProxyPlace

_START = Duration.minutes(5)


def proxy_fleet(
    scope: Construct,
    *,
    place: ProxyPlace,
    security_group: ec2.ISecurityGroup,
    configuration: str,
    requests: logs.ILogGroup,
    capacity: int,
    instance_type: ec2.InstanceType | None,
    alarm_topic: sns.ITopic | None,
) -> autoscaling.AutoScalingGroup:
    """Make the proxies, whose number follows their load.

    Args:
        scope: Parent construct.
        place: Where they stand.
        security_group: Theirs.
        configuration: What they are told, as JSON of Envoy.
        requests: The log of what they are asked.
        capacity: How many there are at least; at most twice as many.
        instance_type: Their instance type; None: t4g.small.
        alarm_topic: Who is told of launches that fail; None: nobody.

    Returns:
        The group.
    """
    program = python_archive(scope, "Program", PROGRAM, python="3.11", platform="aarch64-manylinux_2_31")
    role = iam.Role(
        scope, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"), description="What proxies may do"
    )
    starts = iam.Policy(
        scope,
        "Starts",
        roles=[role],
        statements=[
            iam.PolicyStatement(
                actions=["s3:GetObject"], resources=[program.bucket.arn_for_objects(program.s3_object_key)]
            ),
            iam.PolicyStatement(
                actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                resources=[requests.log_group_arn],
            ),
        ],
    )
    script = start_script(
        bucket=program.s3_bucket_name,
        key=program.s3_object_key,
        configuration=configuration,
        log_group=requests.log_group_name,
        region=Aws.REGION,
    )
    template = ec2.LaunchTemplate(
        scope,
        "Template",
        instance_type=instance_type or ec2.InstanceType("t4g.small"),
        machine_image=ec2.MachineImage.latest_amazon_linux2023(cpu_type=ec2.AmazonLinuxCpuType.ARM_64),
        user_data=instance_script("destinations", script),
        role=role,
        security_group=security_group,
        require_imdsv2=True,
        http_put_response_hop_limit=1,
        detailed_monitoring=True,
        block_devices=[
            ec2.BlockDevice(
                device_name="/dev/xvda",
                volume=ec2.BlockDeviceVolume.ebs(8, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3),
            )
        ],
    )
    group = autoscaling.AutoScalingGroup(
        scope,
        "Group",
        vpc=place.vpc,
        vpc_subnets=place.subnets[FLEET],
        launch_template=template,
        min_capacity=capacity,
        max_capacity=capacity * 2,
        health_checks=autoscaling.HealthChecks.with_additional_checks(
            additional_types=[autoscaling.AdditionalHealthCheckType.ELB], grace_period=_START
        ),
        group_metrics=[autoscaling.GroupMetrics.all()],
        notifications=failure_notifications(alarm_topic),
        max_instance_lifetime=Duration.days(30),
    )
    # A proxy that comes before its role may read the program never starts, and is replaced only when its time is up.
    group.node.add_dependency(starts)
    # A list that changes is a new configuration: new proxies, which must be healthy before the old ones go.
    replace_by_refresh(group, warmup=_START)
    group.scale_on_cpu_utilization("Busy", target_utilization_percent=50)
    acknowledge_notifications(group)
    return group
