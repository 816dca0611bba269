"""What an HttpBackendApi can be asked for."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from aws_cdk import Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from patterns.building_blocks.arguments import check_known, shown

_URL = re.compile(
    r"https?://(?!-)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*/?"
)
_HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,127}")
# Between quotes, as API Gateway takes constants.
_VALUE = re.compile(r"[ !-&(-~]{1,1024}")
# What API Gateway or HTTP itself sets.
_TAKEN = {"host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "x-api-key"}


def check_url(url: str, *, private: bool) -> None:
    """Refuse an address that requests cannot be handed to.

    Args:
        url: The address.
        private: Whether a load balancer in a VPC answers there.

    Raises:
        ValueError: If it is malformed, or not HTTPS over the internet.
    """
    if private:
        check_known("url", url, "the port that is opened to the load balancer")
    if Token.is_unresolved(url):
        return
    if not _URL.fullmatch(url):
        raise ValueError(
            f"url must be https://HOST, with a port and a path if need be and no query, got {shown(url[:60])!r}"
        )
    parts = urlsplit(url)
    if int(parts.netloc.rpartition(":")[2] or 0 if ":" in parts.netloc else 443) > 65535:
        raise ValueError(f"url must have a port up to 65535, got {url!r}")
    if {".", ".."} & set(parts.path.split("/")):
        raise ValueError(f"url must not have . or .. in its path, got {url!r}")
    if parts.scheme != "https" and not private:
        raise ValueError(f"url must begin with https:// where no load_balancer is given, got {url!r}")


def port_of(url: str) -> int:
    """Read the port out of a checked address."""
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)


def check_load_balancer(load_balancer: elbv2.IApplicationLoadBalancer | None) -> None:
    """Refuse a load balancer that no VPC link reaches.

    Raises:
        ValueError: If its VPC is not known, or has no subnet that is not public.
    """
    if load_balancer is None:
        return
    vpc: ec2.IVpc | None = load_balancer.vpc
    if vpc is None:
        raise ValueError("load_balancer must be given with its VPC: from_application_load_balancer_attributes takes it")
    if not (vpc.private_subnets or vpc.isolated_subnets):
        raise ValueError("load_balancer must be in a VPC with private or isolated subnets, got public ones alone")


def check_headers(headers: Mapping[str, str] | None, caller_header: str) -> None:
    """Refuse headers that API Gateway or HTTP itself sets, or could not carry.

    Raises:
        ValueError: If one is.
    """
    for argument, name in (("caller_header", caller_header), *(("headers", name) for name in headers or ())):
        if not _HEADER.fullmatch(name):
            raise ValueError(f"{argument} must name a header with letters, digits and -, got {shown(name[:40])!r}")
        if name.lower() in _TAKEN or name.lower().startswith(("x-forwarded-", "x-amz", "x-amzn-")):
            raise ValueError(f"{argument} must not set {name}: API Gateway or HTTP itself sets it")
    given = [name.lower() for name in headers or ()]
    if caller_header.lower() in given:
        raise ValueError(f"headers must not set {caller_header}: it says who called")
    for name in set(given):
        if given.count(name) > 1:
            raise ValueError(f"headers must have different names whatever their case, got {name!r} twice")
    for name, value in (headers or {}).items():
        if not Token.is_unresolved(value) and not _VALUE.fullmatch(value):
            raise ValueError(f"headers must have printable ASCII without ' as values, {name} has {shown(value[:40])!r}")
