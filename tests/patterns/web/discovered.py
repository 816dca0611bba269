"""Every web pattern, by discovery."""

import pytest

from patternkit.catalog.discovery import patterns

WEB = [one for one in patterns().values() if one.family == "web"]

# The tests of a pattern run in one process, which synthesizes its example once.
every_web_pattern = pytest.mark.parametrize(
    "name", [pytest.param(one.name, marks=pytest.mark.xdist_group(one.name)) for one in WEB]
)
