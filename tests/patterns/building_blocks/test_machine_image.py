"""Images of Regions."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.machine_image import check_image


@pytest.mark.parametrize("of", [ec2.MachineImage.generic_linux, ec2.MachineImage.generic_windows])
def test_an_image_of_other_regions_is_refused(of: object) -> None:
    assert callable(of)
    image = of({"us-east-1": "ami-1"})
    app = cdk.App()
    stacks = {one: cdk.Stack(app, one, env=cdk.Environment(region=one)) for one in ("us-east-1", "eu-west-1")}
    check_image("machine_image", stacks["us-east-1"], image)
    check_image("machine_image", cdk.Stack(app, "Agnostic"), image)
    check_image("machine_image", stacks["eu-west-1"], None)
    check_image("machine_image", stacks["eu-west-1"], ec2.MachineImage.latest_amazon_linux2023())
    said = "^machine_image must name an image of eu-west-1, the stack's Region, got none of it$"
    with pytest.raises(ValueError, match=said):
        check_image("machine_image", stacks["eu-west-1"], image)
    assert not cdk.Stack.of(stacks["eu-west-1"]).node.children
