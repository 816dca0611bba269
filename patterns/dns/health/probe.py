"""How Route 53's health checkers ask an endpoint, and how soon they know that it is ill."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval
from aws_cdk import Duration
from aws_cdk import aws_route53 as route53
from constructs import Construct

from patterns.building_blocks.bounds import Matches

_TEXT = Matches(r"[ -~]{1,255}", "1 to 255 printable ASCII characters")
_PATH = Matches(r"/[!-~]{0,254}", "a path of up to 255 characters that begins with a slash")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How health checkers ask an endpoint.

    Attributes:
        protocol: The protocol. TCP only connects. HTTPS does not validate the certificate. Default: "HTTPS".
        port: The port. Default: 443 for HTTPS and TCP, 80 for HTTP.
        path: The path that is asked for; it must answer 2xx or 3xx. It should need nothing of other endpoints: a check
            that asks a shared database takes all of them out at once. Default: "/".
        expect: Text that must be within the first 5,120 bytes of the answer. Not for TCP. Default: any answer will do.
        interval_seconds: The time between two requests of one checker, in seconds. Default: 30; 10 costs more.
        failures: After how many failures in a row an endpoint is ill, and after how many successes it is well again.
            Default: 3.
    """

    protocol: Literal["HTTP", "HTTPS", "TCP"] = "HTTPS"
    port: Annotated[int, Interval(ge=1, le=65535)] | None = None
    path: Annotated[str, _PATH] = "/"
    expect: Annotated[str, _TEXT] | None = None
    interval_seconds: Literal[10, 30] = 30
    failures: Annotated[int, Interval(ge=1, le=10)] = 3

    @property
    def seconds(self) -> int:
        """How long it takes until an endpoint is known to be ill, in seconds."""
        return self.interval_seconds * self.failures


def check_probe(argument: str, probe: Probe) -> None:
    """Refuse a probe whose parts contradict each other.

    Args:
        argument: The argument's own name.
        probe: The probe.

    Raises:
        ValueError: If text is expected of an endpoint that is only connected to.
    """
    if probe.protocol == "TCP" and probe.expect is not None:
        raise ValueError(f"{argument}: expect must not be given with TCP, which reads no answer, got {probe.expect!r}")


def endpoint_check(
    scope: Construct, construct_id: str, probe: Probe, *, host: str | None, address: str | None = None
) -> route53.HealthCheck:
    """Make the health check of one endpoint.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        probe: How the endpoint is asked.
        host: The name in the request and in TLS, and what is resolved where there is no address.
        address: The public address that is asked. Default: those of `host`.

    Returns:
        The health check.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
    """
    matching = {"HTTP": "HTTP_STR_MATCH", "HTTPS": "HTTPS_STR_MATCH"}
    kind = matching[probe.protocol] if probe.expect is not None else probe.protocol
    with_path = probe.protocol != "TCP"
    return route53.HealthCheck(
        scope,
        construct_id,
        type=getattr(route53.HealthCheckType, kind),
        # A check of a TCP port at an address has no name to send.
        fqdn=host if with_path or address is None else None,
        ip_address=address,
        port=probe.port or (80 if probe.protocol == "HTTP" else 443),
        resource_path=probe.path if with_path else None,
        search_string=probe.expect,
        request_interval=Duration.seconds(probe.interval_seconds),
        failure_threshold=probe.failures,
        enable_sni=True if probe.protocol == "HTTPS" else None,
    )
