"""Amazon Machine Images, which every Region has by another id."""

from aws_cdk import Stack, Token
from aws_cdk import aws_ec2 as ec2
from constructs import Construct


def check_image(argument: str, scope: Construct, image: ec2.IMachineImage | None) -> None:
    """Refuse an image that was given for other Regions than the stack's.

    Args:
        argument: The argument's own name.
        scope: Parent construct.
        image: The image; None passes, and so does every one where the stack's Region is not known.

    Raises:
        ValueError: If there is none for the stack's Region.
    """
    region = Stack.of(scope).region
    if not isinstance(image, ec2.GenericLinuxImage | ec2.GenericWindowsImage) or Token.is_unresolved(region):
        return
    try:
        image.get_image(scope)
    except RuntimeError:
        raise ValueError(f"{argument} must name an image of {region}, the stack's Region, got none of it") from None
