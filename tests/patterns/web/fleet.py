"""An Auto Scaling group of the stand-in for AWS, whose instances have public addresses."""

from typing import Any

import boto3
from moto.moto_api._internal import mock_random

GROUP = "the-group"


class Fleet:
    """A group in moto's EC2; to be made while its stand-in is on.

    Attributes:
        autoscaling: A client.
        ec2: A client.
    """

    def __init__(self, instances: int) -> None:
        # moto draws addresses from some 65,000: of 36 instances two would have the same in one run of a hundred.
        mock_random.seed(GROUP)
        self.autoscaling: Any = boto3.client("autoscaling", region_name="us-east-1")
        self.ec2: Any = boto3.client("ec2", region_name="us-east-1")
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.vpc = vpc
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        self.ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
        image = self.ec2.register_image(Name="the-image")["ImageId"]
        self.ec2.create_launch_template(
            LaunchTemplateName="the-template", LaunchTemplateData={"ImageId": image, "InstanceType": "t4g.small"}
        )
        self.autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=GROUP,
            MinSize=0,
            MaxSize=10,
            DesiredCapacity=instances,
            LaunchTemplate={"LaunchTemplateName": "the-template"},
            VPCZoneIdentifier=subnet,
        )

    @property
    def instances(self) -> list[str]:
        """The ids of the group's instances, sorted."""
        (group,) = self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])["AutoScalingGroups"]
        return sorted(one["InstanceId"] for one in group["Instances"])

    def public_address(self, instance: str) -> str:
        """The address that an instance was started with, or that it holds now."""
        (reservation,) = self.ec2.describe_instances(InstanceIds=[instance])["Reservations"]
        # One that has ended has none.
        return str(reservation["Instances"][0].get("PublicIpAddress", ""))

    def end(self, instance: str) -> None:
        """End an instance; nobody takes its place."""
        self.autoscaling.terminate_instance_in_auto_scaling_group(
            InstanceId=instance, ShouldDecrementDesiredCapacity=True
        )
