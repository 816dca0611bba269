"""Routings of the tests, and their names, synthesized once each."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53
from constructs import Construct

from patternkit.testing.synthesis import synthesize
from patterns.dns.routed_records import (
    Endpoint,
    Failover,
    Geolocation,
    Geoproximity,
    IpBased,
    Latency,
    Multivalue,
    Network,
    Place,
    RoutedRecords,
    Share,
    Weighted,
)
from patterns.dns.routed_records.policies import Routing
from tests.conftest import context


def at(number: int) -> Endpoint:
    return Endpoint(addresses=[f"203.0.113.{number}"])


ROUTINGS: dict[str, Routing] = {
    "simple": Endpoint(addresses=["203.0.113.1", "203.0.113.2"]),
    "failover": Failover(primary=at(1), secondary=at(2)),
    "weighted": Weighted(
        shares={
            "blue": Share(weight=3, to=at(1)),
            "green": Share(weight=1, to=at(2)),
            "drained": Share(weight=0, to=at(3)),
        }
    ),
    "latency": Latency(regions={"eu-west-1": at(1), "us-east-1": at(2)}),
    "geolocation": Geolocation(
        default=Failover(primary=at(1), secondary=at(9)),
        continents={"EU": at(2)},
        countries={"DE": at(3), "US": at(4)},
        subdivisions={"US-CA": at(5)},
    ),
    "geoproximity": Geoproximity(
        places={
            "ireland": Place(region="eu-west-1", to=at(1)),
            "oslo": Place(latitude=59.9, longitude=10.75, to=at(2), bias=10),
        }
    ),
    "multivalue": Multivalue(endpoints={"one": at(1), "two": at(2), "three": at(3)}),
    "ip-based": IpBased(
        default=Failover(primary=at(1), secondary=at(9)),
        networks={"office": Network(blocks=["198.51.100.0/24"], to=Failover(primary=at(2), secondary=at(9)))},
    ),
    "lone default": Geolocation(default=at(1), countries={"DE": at(2)}),
    "lone network": IpBased(default=at(1), networks={"office": Network(blocks=["198.51.100.0/24"], to=at(2))}),
    "nested": Geolocation(
        default=Failover(primary=at(1), secondary=at(9)),
        countries={
            "DE": Latency(
                regions={
                    "eu-central-1": Weighted(
                        shares={"blue": Share(weight=1, to=at(2)), "green": Share(weight=1, to=at(3))}
                    ),
                    "eu-west-1": at(4),
                }
            )
        },
    ),
}


def zone(scope: Construct) -> route53.PublicHostedZone:
    return route53.PublicHostedZone(scope, "Zone", zone_name="example.com")


@cache
def template(which: str) -> Mapping[str, Any]:
    """The template of one routing at www.example.com, in us-east-1."""

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Names", env=cdk.Environment(account="111122223333", region="us-east-1"))
        RoutedRecords(
            stack, "Web", hosted_zone=zone(stack), domain_name="www.example.com", routing=ROUTINGS[which], ipv6=False
        )

    made = synthesize(build, context={**context(), "aws:cdk:enable-path-metadata": True})
    assert not [one for one in made.findings if one.severity == "error"]
    return made.template
