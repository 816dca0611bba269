"""Time zones are those of the IANA database."""

from unittest import mock

import pytest
from aws_cdk import TimeZone, Token

from patterns.building_blocks import time_zones
from patterns.building_blocks.time_zones import check_time_zone


def test_a_time_zone_that_there_is_passes() -> None:
    unknown = Token.as_string({"Ref": "Zone"})
    for one in (None, TimeZone.ETC_UTC, TimeZone.EUROPE_BERLIN, TimeZone.of("America/Lima"), TimeZone.of(unknown)):
        check_time_zone("time_zone", one)


def test_a_time_zone_that_there_is_not_is_refused() -> None:
    mars = TimeZone.of("Mars/Olympus")
    with pytest.raises(ValueError, match=r"^time_zone must be a time zone of the IANA database, got 'Mars/Olympus'$"):
        check_time_zone("time_zone", mars)
    with pytest.raises(ValueError, match=r"^schedule must be in a time zone of the IANA database, got 'Mars/Olympus'$"):
        check_time_zone("schedule", mars, says="in a time zone")


def test_a_machine_without_the_database_refuses_none() -> None:
    with mock.patch.object(time_zones, "available_timezones", set):
        check_time_zone("time_zone", TimeZone.of("Mars/Olympus"))
