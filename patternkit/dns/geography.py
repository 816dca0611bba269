"""Where AWS Regions are, in which continent countries are, and how far one place is from another.

Latency between Regions is estimated from distance as of November 2026, for AWS publishes no table: 2 ms, and 1 ms for
each 65 km and back. Where two Regions are within a quarter of each other, which is nearer is not known unless it is
declared.

Sources: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html and, for continents,
https://docs.aws.amazon.com/Route53/latest/APIReference/API_GeoLocation.html
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

LATENCY_AS_OF = "2026-11-26"
DOUBTFUL = 0.25
"""Within which part of each other two estimated latencies, or biased distances, are not told apart."""


class Place(NamedTuple):
    """Where a Region is: country, subdivision where Route 53 knows one, and degrees of its city."""

    country: str
    subdivision: str
    latitude: float
    longitude: float


REGIONS = {
    "af-south-1": Place("ZA", "", -33.9, 18.4),
    "ap-east-1": Place("HK", "", 22.3, 114.2),
    "ap-east-2": Place("TW", "", 25.0, 121.5),
    "ap-northeast-1": Place("JP", "", 35.6, 139.8),
    "ap-northeast-2": Place("KR", "", 37.5, 127.0),
    "ap-northeast-3": Place("JP", "", 34.7, 135.5),
    "ap-south-1": Place("IN", "", 19.1, 72.9),
    "ap-south-2": Place("IN", "", 17.4, 78.5),
    "ap-southeast-1": Place("SG", "", 1.3, 103.8),
    "ap-southeast-2": Place("AU", "", -33.9, 151.2),
    "ap-southeast-3": Place("ID", "", -6.2, 106.8),
    "ap-southeast-4": Place("AU", "", -37.8, 145.0),
    "ap-southeast-5": Place("MY", "", 3.1, 101.7),
    "ap-southeast-6": Place("NZ", "", -36.8, 174.8),
    "ap-southeast-7": Place("TH", "", 13.8, 100.5),
    "ca-central-1": Place("CA", "QC", 45.5, -73.6),
    "ca-west-1": Place("CA", "AB", 51.0, -114.1),
    "eu-central-1": Place("DE", "", 50.1, 8.7),
    "eu-central-2": Place("CH", "", 47.4, 8.5),
    "eu-north-1": Place("SE", "", 59.3, 18.1),
    "eu-south-1": Place("IT", "", 45.5, 9.2),
    "eu-south-2": Place("ES", "", 41.6, -0.9),
    "eu-west-1": Place("IE", "", 53.3, -6.3),
    "eu-west-2": Place("GB", "", 51.5, -0.1),
    "eu-west-3": Place("FR", "", 48.9, 2.4),
    "il-central-1": Place("IL", "", 32.1, 34.8),
    "me-central-1": Place("AE", "", 25.2, 55.3),
    "me-south-1": Place("BH", "", 26.1, 50.6),
    "mx-central-1": Place("MX", "", 20.6, -100.4),
    "sa-east-1": Place("BR", "", -23.5, -46.6),
    "us-east-1": Place("US", "VA", 39.0, -77.5),
    "us-east-2": Place("US", "OH", 40.0, -83.0),
    "us-west-1": Place("US", "CA", 37.4, -122.0),
    "us-west-2": Place("US", "OR", 45.8, -119.7),
    "us-gov-east-1": Place("US", "OH", 40.0, -83.0),
    "us-gov-west-1": Place("US", "OR", 45.8, -119.7),
    "cn-north-1": Place("CN", "", 39.9, 116.4),
    "cn-northwest-1": Place("CN", "", 37.5, 105.2),
    "eusc-de-east-1": Place("DE", "", 52.4, 12.5),
}

_COUNTRIES = {
    "AF": "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE "
    "NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW",
    "AN": "AQ GS TF",
    "AS": "AE AF AM AZ BD BH BN BT CC CN GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM "
    "PH PK PS QA SA SG SY TH TJ TM TR TW UZ VN YE",
    "EU": "AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME "
    "MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK",
    "NA": "AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC "
    "TT US VC VG VI",
    "OC": "AS AU CK FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TL TO TV UM VU WF WS",
    "SA": "AR BO BR CL CO EC FK GF GY PE PY SR UY VE",
}
CONTINENTS = tuple(_COUNTRIES)
_CONTINENT_OF = {country: continent for continent, text in _COUNTRIES.items() for country in text.split()}


def continent_of(country: str) -> str:
    """The continent of a country, "" where it is not known."""
    return _CONTINENT_OF.get(country, "")


def countries_of(continent: str) -> tuple[str, ...]:
    """The countries of a continent."""
    return tuple(_COUNTRIES[continent].split())


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great-circle distance between two places, each as degrees of latitude and longitude."""
    (phi, lam), (psi, mu) = (map(math.radians, place) for place in (one, other))
    chord = math.sin((psi - phi) / 2) ** 2 + math.cos(phi) * math.cos(psi) * math.sin((mu - lam) / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(chord)))


@cache
def estimated_latency(one: str, other: str) -> float:
    """Milliseconds between two Regions, estimated from their distance.

    Args:
        one: A Region of `REGIONS`.
        other: Another one, or the same.

    Returns:
        Milliseconds, there and back.
    """
    if one == other:
        return 1.0
    here, there = REGIONS[one], REGIONS[other]
    return 2 + kilometres((here.latitude, here.longitude), (there.latitude, there.longitude)) / 65
