"""How health checkers ask an endpoint."""

import re
from typing import Any

import aws_cdk as cdk
import pytest

from patterns.building_blocks.signature import check
from patterns.dns.health.probe import Probe, check_probe, endpoint_check
from tests.patterns.building_blocks.made import properties


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


def made(scope: cdk.Stack, probe: Probe, **more: Any) -> Any:
    given: dict[str, Any] = {"host": "www.example.com"}
    endpoint_check(scope, "Check", probe, **(given | more))
    return properties(scope, "AWS::Route53::HealthCheck")["Check"]["HealthCheckConfig"]


def test_by_default_it_is_asked_by_https_every_half_minute(scope: cdk.Stack) -> None:
    assert made(scope, Probe()) == {
        "EnableSNI": True,
        "FailureThreshold": 3,
        "FullyQualifiedDomainName": "www.example.com",
        "Inverted": False,
        "MeasureLatency": False,
        "Port": 443,
        "RequestInterval": 30,
        "ResourcePath": "/",
        "Type": "HTTPS",
    }
    assert Probe().seconds == 90


@pytest.mark.parametrize(
    ("probe", "kind", "port"),
    [
        (Probe(protocol="HTTP"), "HTTP", 80),
        (Probe(protocol="TCP"), "TCP", 443),
        (Probe(protocol="HTTP", expect="well"), "HTTP_STR_MATCH", 80),
        (Probe(expect="well"), "HTTPS_STR_MATCH", 443),
        (Probe(port=8443), "HTTPS", 8443),
        (Probe(protocol="TCP", port=22), "TCP", 22),
    ],
)
def test_it_is_asked_by_its_protocol(scope: cdk.Stack, probe: Probe, kind: str, port: int) -> None:
    found = made(scope, probe, address="192.0.2.1")
    assert (found["Type"], found["Port"], found["IPAddress"]) == (kind, port, "192.0.2.1")
    assert found.get("SearchString") == probe.expect
    assert found.get("EnableSNI") == (True if probe.protocol == "HTTPS" else None)
    # A check of a TCP port at an address has no name to send, and asks for no path.
    named = probe.protocol != "TCP"
    assert found.get("FullyQualifiedDomainName") == ("www.example.com" if named else None)
    assert found.get("ResourcePath") == ("/" if named else None)


def test_a_tcp_port_is_found_by_its_name_where_there_is_no_address(scope: cdk.Stack) -> None:
    found = made(scope, Probe(protocol="TCP"))
    assert (found["FullyQualifiedDomainName"], "IPAddress" in found) == ("www.example.com", False)


def test_it_is_asked_as_often_as_is_said(scope: cdk.Stack) -> None:
    probe = Probe(interval_seconds=10, failures=2, path="/well?a=b")
    found = made(scope, probe)
    assert (found["RequestInterval"], found["FailureThreshold"], found["ResourcePath"]) == (10, 2, "/well?a=b")
    assert probe.seconds == 20


def test_tcp_reads_no_answer() -> None:
    for right in (Probe(protocol="TCP"), Probe(expect="well"), Probe()):
        check_probe("probe", right)
    with refused("probe: expect must not be given with TCP, which reads no answer, got 'well'"):
        check_probe("probe", Probe(protocol="TCP", expect="well"))


@pytest.mark.parametrize(
    "given",
    [{"port": 1}, {"port": 65535}, {"path": f"/{'a' * 254}"}, {"expect": "a" * 255}, {"expect": " ~"}, {"failures": 1},
     {"failures": 10}],
)  # fmt: skip
def test_what_route_53_takes_passes(given: dict[str, Any]) -> None:
    check("probe", Probe(**given), Probe)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"port": 0}, "port must be between 1 and 65535, got 0"),
        ({"port": 65536}, "port must be between 1 and 65535, got 65536"),
        ({"path": "a"}, "path must be a path of up to 255 characters that begins with a slash, got 'a'"),
        ({"path": "/a b"}, "path must be a path of up to 255 characters that begins with a slash, got '/a b'"),
        ({"expect": ""}, "expect must be 1 to 255 printable ASCII characters, got ''"),
        ({"expect": "\u00e4"}, "expect must be 1 to 255 printable ASCII characters, got '\u00e4'"),
        ({"failures": 0}, "failures must be between 1 and 10, got 0"),
        ({"failures": 11}, "failures must be between 1 and 10, got 11"),
        ({"interval_seconds": 20}, "interval_seconds must be one of 10, 30, got 20"),
        ({"protocol": "UDP"}, "protocol must be one of HTTP, HTTPS, TCP, got 'UDP'"),
    ],
)
def test_what_it_does_not_take_is_refused(given: dict[str, Any], said: str) -> None:
    with refused(f"probe: {said}"):
        check("probe", Probe(**given), Probe)
    length = {"path": f"/{'a' * 255}"} if "path" in given else {"expect": "a" * 256}
    with pytest.raises(ValueError, match=r"^probe: (path|expect) must be "):
        check("probe", Probe(**length), Probe)  # type: ignore[arg-type]
