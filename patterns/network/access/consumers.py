"""The accounts that may connect to an endpoint service."""

from collections.abc import Sequence
from typing import Annotated

from annotated_types import Len, Unit
from aws_cdk import Aws

from patterns.building_blocks.account_id import AccountId
from patterns.building_blocks.bounds import Known

Accounts = Annotated[Sequence[AccountId], Len(0, 100), Unit("accounts"), Known("who may connect")]
"""Accounts that may connect."""


def root_of(account: str) -> str:
    """The principal of a whole account: never "*", with which whoever knows the service's name could connect.

    Args:
        account: The account.

    Returns:
        Its ARN.
    """
    return f"arn:{Aws.PARTITION}:iam::{account}:root"
