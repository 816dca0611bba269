"""Instances that clients connect to directly: the open port, and the script that starts the server."""

from pathlib import Path

from aws_cdk import Acknowledgment, Validations
from aws_cdk import aws_ec2 as ec2

_EXAMPLE = Path(__file__).parent / "instance" / "example_https_server.sh"


def admit_clients(security_group: ec2.SecurityGroup, port: int) -> None:
    """Open the application's port to everybody.

    Args:
        security_group: The security group of the instances.
        port: The port.
    """
    security_group.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(port), "Clients")
    Validations.of(security_group).acknowledge(
        Acknowledgment(
            id="AwsSolutions::AwsSolutions-EC23",
            reason="This is the public entrance of a web application: anybody may connect to its port, and to no "
            "other.",
        )
    )


def user_data(application: str | None, port: int) -> str:
    """Write the script that starts an instance.

    Args:
        application: Shell commands that install and start the application. None: an example.
        port: The port that it listens on.

    Returns:
        A Bash script.
    """
    commands = application or _EXAMPLE.read_text(encoding="utf-8")
    return f"#!/bin/bash\nset -euo pipefail\nexport APPLICATION_PORT={port}\n{commands.rstrip()}\n"
