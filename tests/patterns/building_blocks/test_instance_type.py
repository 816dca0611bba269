"""Types of instances, by their names."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.instance_type import architecture_of


def test_a_name_tells_the_processor() -> None:
    assert architecture_of("instance_type", ec2.InstanceType("t4g.small")) == ec2.InstanceArchitecture.ARM_64
    assert architecture_of("instance_type", ec2.InstanceType("m7i.large")) == ec2.InstanceArchitecture.X86_64


def test_what_is_no_name_of_a_type_is_refused(scope: cdk.Stack) -> None:
    said = r"^instance_type must be a type of instances such as t4g\.small, got foo\.bar$"
    with pytest.raises(ValueError, match=said):
        architecture_of("instance_type", ec2.InstanceType("foo.bar"))
    given = cdk.CfnParameter(scope, "Type").value_as_string
    said = "^instance_type must be known when the template is made, got a token: its processor depends on it$"
    with pytest.raises(ValueError, match=said):
        architecture_of("instance_type", ec2.InstanceType(given))
