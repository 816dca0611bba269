"""Construct ids are words in one spelling: a letter that differs is another resource.

Read from logical ids, which are made of them, in the snapshots, which are held to the templates elsewhere.
"""

import re
from pathlib import Path

import pytest

from tests.every_template import TEMPLATES, every_template, resources

# What the CDK calls its own constructs, API Gateway its methods and Route 53 its records; "IPv4", the two sides of a
# tunnel, and a name that tests give.
ABBREVIATIONS = re.compile(
    r"(?<![A-Z])(AWS[0-9a-f]{32}|ASG|EIP|IGW|NATGateway|VPC(VPN)?GW|S3|GET|POST|OPTIONS|ANY|AAAA|IPv[46]"
    r"|Tunnel[12][AB]|ZEBRA)(?=[A-Z0-9]|$)"
)
# What the CDK makes of two constructs has the ids of both. Paths of an API and names are as they were given.
GIVEN = re.compile(
    r"Api[a-z]\w*$|(from|to|AllowEventRule|UsagePlanKeyResource|AuthorizeFunction|ApiGatewayApi|Namesprimary"
    r"|DomainMap)[A-Z\w]\w*$"
)
HASH = re.compile(r"[0-9A-F]{8}([0-9a-f]{32})?$")


def misspelt(logical_id: str) -> list[str]:
    """Letters of a logical id that are no words."""
    words = ABBREVIATIONS.sub("Word", GIVEN.sub("", HASH.sub("", logical_id)))
    return re.findall(r"[A-Z]{2,}\w{0,8}", words)


@every_template
def test_construct_ids_are_words(path: Path) -> None:
    found = {name: wrong for name in resources(path) if (wrong := misspelt(name))}
    assert found == {}


@pytest.mark.parametrize("name", ["HubSHAREDByIpv6", "HubXXSharedByIpv6", "HubDLQ0A1B2C3D"])
def test_what_is_no_word_is_found(name: str) -> None:
    assert misspelt(name)


def test_ids_are_found() -> None:
    assert sum(len(resources(path)) for path in TEMPLATES) > 3000
