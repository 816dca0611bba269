"""A name that Route 53 answers for has its zone."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_route53 as route53

from patterns.building_blocks.signature import check
from patterns.web.networking.ports import ApplicationPort, PublicPort
from patterns.web.networking.public_name import check_name


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


def test_a_name_and_its_zone_go_together(scope: cdk.Stack) -> None:
    zone = route53.HostedZone.from_hosted_zone_attributes(scope, "Zone", hosted_zone_id="Z1", zone_name="example.com")
    check_name(None, None)
    check_name("www.example.com", zone)
    for name, given, said in (
        (None, zone, "hosted_zone needs domain_name: which name in it should lead here?"),
        ("www.example.com", None, "domain_name needs hosted_zone to be recorded in, got 'www.example.com' alone"),
        ("www.example.org", zone, "domain_name must be example.com or end in .example.com, got 'www.example.org'"),
    ):
        with refused(said):
            check_name(name, given)


@pytest.mark.parametrize(("hint", "least"), [(PublicPort, 1), (ApplicationPort, 1024)])
def test_ports_are_those_that_may_be_listened_on(hint: Any, least: int) -> None:
    for right in (least, 65535):
        check("port", right, hint)
    for wrong in (least - 1, 65536):
        with refused(f"port must be between {least} and 65535, got {wrong}"):
            check("port", wrong, hint)
