"""Launch templates of instances, with their role and security group."""

from typing import Annotated

from annotated_types import Interval, MultipleOf
from aws_cdk import Size
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from patterns.building_blocks.bounds import Known, gibibytes
from patterns.building_blocks.instance_script import instance_script
from patterns.building_blocks.instance_type import architecture_of
from patterns.building_blocks.security_group import deployable
from patterns.web.instance_fleets.session_manager import permit_sessions

VolumeSize = Annotated[
    Size,
    Interval(ge=gibibytes(8), le=gibibytes(1024)),
    MultipleOf(gibibytes(1)),
    Known("the launch template"),
]
"""The size of a root volume that holds Amazon Linux."""


class InstanceTemplate(Construct):
    """A launch template: no SSH, metadata version 2 only, encrypted disks, and a way out by HTTPS alone.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        vpc: The VPC.
        instance_type: The first choice of instance type.
        machine_image: The image.
        user_data: The script that starts an instance.
        script_from: The argument of the pattern that the script comes from. Default: "application".
        volume_size: The size of the root volume.
        public: Whether an instance gets a public address of its own when it starts. Default: no.

    Attributes:
        role (iam.Role): The role of the instances.
        security_group (ec2.SecurityGroup): The security group of the instances.
        template (ec2.LaunchTemplate): The template.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        instance_type: ec2.InstanceType,
        machine_image: ec2.IMachineImage,
        user_data: str,
        script_from: str = "application",
        volume_size: Size,
        public: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
            description="What instances of a web application may do",
        )
        permit_sessions(self.role)
        self.security_group = deployable(
            ec2.SecurityGroup(
                self,
                "SecurityGroup",
                vpc=vpc,
                description="Instances of a web application",
                allow_all_outbound=False,
            )
        )
        self.security_group.add_egress_rule(
            ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "AWS services, packages and partners, by HTTPS"
        )
        self.template = ec2.LaunchTemplate(
            self,
            "Template",
            instance_type=instance_type,
            machine_image=machine_image,
            user_data=instance_script(script_from, user_data),
            role=self.role,
            security_group=self.security_group,
            associate_public_ip_address=True if public else None,
            require_imdsv2=True,
            # One hop: a container on the instance does not reach the instance's credentials.
            http_put_response_hop_limit=1,
            instance_metadata_tags=True,
            detailed_monitoring=True,
            block_devices=[
                ec2.BlockDevice(
                    device_name="/dev/xvda",
                    volume=ec2.BlockDeviceVolume.ebs(
                        int(volume_size.to_gibibytes()), encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3
                    ),
                )
            ],
        )


def machine_image_for(architecture: ec2.InstanceArchitecture) -> ec2.IMachineImage:
    """Choose the newest Amazon Linux 2023, read from its public parameter when CloudFormation deploys.

    Args:
        architecture: The processor.

    Returns:
        The image.
    """
    arm = architecture == ec2.InstanceArchitecture.ARM_64
    return ec2.MachineImage.latest_amazon_linux2023(
        cpu_type=ec2.AmazonLinuxCpuType.ARM_64 if arm else ec2.AmazonLinuxCpuType.X86_64
    )


def default_instance_type(architecture: ec2.InstanceArchitecture, size: str) -> ec2.InstanceType:
    """Choose a burstable instance type of a processor.

    Args:
        architecture: The processor.
        size: The size: "small".

    Returns:
        The instance type.
    """
    family = "t4g" if architecture == ec2.InstanceArchitecture.ARM_64 else "t3"
    return ec2.InstanceType(f"{family}.{size}")


_NAMES = {ec2.InstanceArchitecture.ARM_64: "arm64", ec2.InstanceArchitecture.X86_64: "x86_64"}


def check_instance_types(argument: str, types: list[ec2.InstanceType], architecture: ec2.InstanceArchitecture) -> None:
    """Refuse instance types of another processor than the image's, or of none that is known.

    Args:
        argument: The argument's own name.
        types: The types.
        architecture: The processor.

    Raises:
        ValueError: If one has another processor, or is no type that is known at synthesis.
    """
    for one in types:
        if (own := architecture_of(argument, one)) != architecture:
            raise ValueError(
                f"{argument} must be {_NAMES[architecture]} as the architecture is, "
                f"got {one.to_string()}, which is {_NAMES[own]}"
            )
