"""User data of instances of Amazon EC2: the script that starts them."""

import re

from aws_cdk import aws_ec2 as ec2

_LARGEST = 16_384
_TOKEN = re.compile(r"\$\{Token\[[^]]*\]\}")


def instance_script(argument: str, text: str) -> ec2.UserData:
    """Make user data of a script.

    Args:
        argument: The argument that the script comes from, or the arguments.
        text: The script. Of what only a deployment knows, nothing is counted.

    Returns:
        The user data.

    Raises:
        ValueError: If the script is more than 16 KB, which Amazon EC2 refuses.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
    """
    size = len(_TOKEN.sub("", text).encode())
    if size > _LARGEST:
        raise ValueError(f"{argument} must make a script of at most {_LARGEST} bytes, got {size}")
    return ec2.UserData.custom(text)
