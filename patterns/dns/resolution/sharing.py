"""Whom AWS RAM shares zones and rules with."""

from typing import Annotated

from patterns.building_blocks.bounds import Matches

_ORGANIZATION = r"arn:aws(-[a-z]{2,6}){0,2}:organizations::\d{12}:(organization|ou)/o-[a-z0-9]{10,32}(/ou-[a-z0-9-]+)?"
Principal = Annotated[
    str, Matches(rf"\d{{12}}|{_ORGANIZATION}", "an account, or the ARN of an organization or a unit of one")
]
