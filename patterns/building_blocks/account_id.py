"""Ids of AWS accounts."""

from typing import Annotated

from patterns.building_blocks.bounds import Matches

AccountId = Annotated[str, Matches(r"\d{12}", "account ids of 12 digits")]
"""The id of an account."""
