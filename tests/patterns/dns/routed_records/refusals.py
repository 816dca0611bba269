from typing import Any

from aws_cdk import Token
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from patterns.dns.health.probe import Probe
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
    Share,
    Weighted,
)
from patterns.dns.routed_records.policies import Routing
from tests.patterns.dns.routed_records.routings import at, zone
from tests.refusals import Refusal


def refused(message: str, routing: Routing, **arguments: Any) -> Refusal:
    def made(scope: Construct) -> dict[str, Any]:
        return {"hosted_zone": zone(scope), "domain_name": "www.example.com", "routing": routing, **arguments}

    return Refusal(message, made)


def nested(depth: int) -> Routing:
    made: Routing = at(1)
    for _ in range(depth):
        made = Weighted(shares={"a" * 30: Share(weight=1, to=made)})
    return made


def private(scope: Construct) -> route53.PrivateHostedZone:
    return route53.PrivateHostedZone(scope, "Private", zone_name="example.com", vpc=ec2.Vpc(scope, "Vpc"))


def in_private(message: str, routing: Routing) -> Refusal:
    return Refusal(
        message,
        lambda scope: {"hosted_zone": private(scope), "domain_name": "www.example.com", "routing": routing},
    )


def distribution(scope: Construct) -> dict[str, Any]:
    made = cloudfront.Distribution(
        scope,
        "Distribution",
        default_behavior=cloudfront.BehaviorOptions(origin=origins.HttpOrigin("origin.example.com")),
    )
    primary = Endpoint(target=targets.CloudFrontTarget(made))
    routing = Failover(primary=primary, secondary=at(1))
    return {"hosted_zone": zone(scope), "domain_name": "www.example.com", "routing": routing}


OFFICE = {"office": Network(blocks=["198.51.100.0/24"], to=at(2))}

REFUSALS = [
    refused("domain_name must be example.com or end in .example.com, got 'www.example.org'", at(1),
            domain_name="www.example.org"),
    refused("probe: expect must not be given with TCP, which reads no answer, got 'ok'", at(1),
            probe=Probe(protocol="TCP", expect="ok")),
    refused("routing must have either addresses or a target", Endpoint()),
    refused("routing: addresses must be IP addresses, got 'example.com'", Endpoint(addresses=["example.com"])),
    refused("routing: addresses must be IPv4 addresses, or ipv6 must be on, got 2001:db8::1",
            Endpoint(addresses=["2001:db8::1"])),
    refused("routing: addresses must be IPv4 and IPv6 addresses, got 203.0.113.1", at(1), ipv6=True),
    refused("routing: addresses must differ, got 203.0.113.1 twice",
            Endpoint(addresses=["203.0.113.1", "203.0.113.1"])),
    refused("routing: primary: addresses must be public in a public zone, got 10.0.0.1",
            Failover(primary=Endpoint(addresses=["10.0.0.1"]), secondary=at(1))),
    refused("routing: shares must have a weight above 0: where all are 0, all answer alike",
            Weighted(shares={"one": Share(weight=0, to=at(1)), "two": Share(weight=0, to=at(2))})),
    refused("routing: shares[one]: weight must be between 0 and 255, got 256",
            Weighted(shares={"one": Share(weight=256, to=at(1))})),
    refused("routing: countries, continents or subdivisions must name a place beside the default",
            Geolocation(default=at(1))),
    refused("routing: places[here] must have either region or both latitude and longitude",
            Geoproximity(places={"here": Place(latitude=1, to=at(1))})),
    refused("routing: endpoints[one] must have one IPv4 address, and no target",
            Multivalue(endpoints={"one": Endpoint(addresses=["203.0.113.1", "203.0.113.2"])})),
    refused("routing: networks[office]: blocks must be /1 to /24 of IPv4 or /1 to /48 of IPv6, got 198.51.100.0/25",
            IpBased(default=at(1), networks={"office": Network(blocks=["198.51.100.0/25"], to=at(2))})),
    refused("routing: networks[office]: blocks must be CIDR blocks, got '198.51.100.1/24'",
            IpBased(default=at(1), networks={"office": Network(blocks=["198.51.100.1/24"], to=at(2))})),
    refused("routing: networks[home]: blocks must be of one network, 198.51.100.0/24 is of office",
            IpBased(default=at(1), networks={**OFFICE, "home": Network(blocks=["198.51.100.0/24"], to=at(3))})),
    refused("routing: regions[eu-west-1]: secondary: addresses must be public in a public zone, got 192.168.0.1",
            Latency(regions={"eu-west-1": Failover(primary=at(1), secondary=Endpoint(addresses=["192.168.0.1"]))})),
    in_private("routing must not be IpBased in a private zone, which Route 53 does not take",
               IpBased(default=at(1), networks=OFFICE)),
    in_private("routing: primary must have a health_check: health checkers do not reach private addresses, "
               "an alarm does", Failover(primary=Endpoint(addresses=["10.0.0.1"]), secondary=at(1))),
    Refusal("routing: primary must have a health_check: Route 53 does not evaluate a distribution's health",
            distribution),
    refused(
        "routing: addresses must be known when the template is made, got a token",
        Endpoint(addresses=[Token.as_string({"Ref": "AWS::Region"})]),
    ),
    *(
        refused(f"routing: addresses must be public in a public zone, got {one}", Endpoint(addresses=[one]))
        for one in ("224.0.0.1", "240.0.0.1", "192.0.0.1")
    ),
    refused(
        "routing: countries must be the two capital letters of a country in ISO 3166-1 such as DE or GB, got 'UK'",
        Geolocation(default=at(1), countries={"UK": at(2)}),
    ),
    refused(
        "routing: subdivisions must be a state of the US or a region of Ukraine in ISO 3166-2 such as US-CA, "
        "got 'US-ZZ'",
        Geolocation(default=at(1), subdivisions={"US-ZZ": at(2)}),
    ),
    refused(
        "routing: places[here]: latitude must be known when the template is made, got a token: its text depends on it",
        Geoproximity(places={"here": Place(to=at(1), latitude=Token.as_number({"Ref": "North"}), longitude=1)}),
    ),
    refused(
        f"routing must be nested less, or have shorter names: the record {'.'.join(8 * ['a' * 30])}.www.example.com "
        "would have 263 characters, and DNS takes 253",
        nested(10),
    ),
]  # fmt: skip
