"""Names of Regions."""

from typing import Annotated

from patterns.building_blocks.bounds import Matches

REGION = r"[a-z]{2}(-[a-z]+)+-\d"
"""What a name of a Region matches, as `re` has it."""
Region = Annotated[str, Matches(REGION, "a Region such as eu-west-1")]
"""A Region, by its name."""
