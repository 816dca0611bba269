"""Where Regions and countries are, and how far one is from another."""

from __future__ import annotations

import pytest

from patternkit.dns.geography import (
    CONTINENTS,
    REGIONS,
    continent_of,
    countries_of,
    estimated_latency,
    kilometres,
)


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        # Great-circle distances between the cities, in kilometres.
        ("us-east-1", "us-west-2", 3500),
        ("us-east-1", "eu-west-1", 5480),
        ("eu-west-1", "eu-central-1", 1090),
        ("ap-southeast-1", "ap-southeast-2", 6300),
        ("sa-east-1", "us-east-1", 7640),
        ("ap-northeast-1", "us-west-1", 8300),
    ],
)
def test_regions_are_as_far_apart_as_their_cities(one: str, other: str, far: float) -> None:
    places = [(REGIONS[region].latitude, REGIONS[region].longitude) for region in (one, other)]
    assert kilometres(places[0], places[1]) == pytest.approx(far, rel=0.02)
    assert estimated_latency(one, other) == pytest.approx(2 + far / 65, rel=0.02)
    assert estimated_latency(one, one) < 2


def test_regions_are_in_the_continent_that_they_are_named_for() -> None:
    named = {"af": "AF", "ap": "AS", "ca": "NA", "eu": "EU", "eusc": "EU", "il": "AS", "me": "AS", "mx": "NA"}
    named |= {"sa": "SA", "us": "NA", "cn": "AS"}
    for region, place in REGIONS.items():
        oceania = place.country in ("AU", "NZ")
        assert continent_of(place.country) == ("OC" if oceania else named[region.partition("-")[0]]), region
        assert abs(place.latitude) <= 60, region
        assert bool(place.subdivision) is (place.country in ("US", "CA")), region


def test_every_country_is_in_one_continent() -> None:
    listed = [country for continent in CONTINENTS for country in countries_of(continent)]
    # ISO 3166 has 249, of which Bouvet, Christmas and Heard Island and Western Sahara are missing; Kosovo is added.
    assert len(listed) == len(set(listed)) == 246
    assert "XK" in listed
    assert all(len(country) == 2 and country.isupper() for country in listed)
    assert continent_of("ZZ") == ""
