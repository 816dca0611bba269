"""Types of Amazon EC2 instances."""

from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.arguments import check_known, shown


def architecture_of(argument: str, instance_type: ec2.InstanceType) -> ec2.InstanceArchitecture:
    """Say which processor a type has, which its name tells.

    Args:
        argument: The argument's own name.
        instance_type: The type.

    Returns:
        The processor.

    Raises:
        ValueError: If the type is known at deployment alone, or its name is none of a type.

    Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
    """
    name = instance_type.to_string()
    check_known(argument, name, "its processor")
    try:
        return instance_type.architecture
    except RuntimeError:
        raise ValueError(f"{argument} must be a type of instances such as t4g.small, got {shown(name)}") from None
