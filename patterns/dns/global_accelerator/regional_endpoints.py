"""The endpoints of a Region as values, and what Global Accelerator refuses of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval, Len, Unit
from aws_cdk import Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from patterns.building_blocks.arguments import is_number_token

Balancer = elbv2.IApplicationLoadBalancer | elbv2.INetworkLoadBalancer


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A load balancer that takes flows.

    Attributes:
        balancer: The load balancer. An internal one has no other way in from the internet.
        weight: Its part of the Region's flows, of the sum of the weights. 0: none, while another has a weight and is
            well. Default: 128.
        keeps_client_address: Whether it sees the address of the client, not one of Global Accelerator. A network load
            balancer needs security groups for it, no TLS listener, and `ipv6` if it is dual-stack; an internal load
            balancer, and any with `ipv6`, cannot do without it. Default: yes.
    """

    balancer: Balancer
    weight: Annotated[int, Interval(ge=0, le=255)] = 128
    keeps_client_address: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionalEndpoints:
    """The endpoints of a Region.

    Attributes:
        endpoints: The load balancers.
        dial: The percentage of the flows directed to the Region that it takes; others take the rest. A failover goes
            to a Region whatever its dial. Default: 100.
    """

    endpoints: Annotated[Sequence[Endpoint], Len(1, 10), Unit("endpoints")]
    dial: Annotated[float, Interval(ge=0, le=100), Unit("percent")] = 100


def check_regions(regions: Mapping[str, RegionalEndpoints], *, ipv6: bool) -> None:
    """Refuse endpoints that Global Accelerator refuses, or that leave clients without one.

    Args:
        regions: The argument `regions`.
        ipv6: The argument `ipv6`.

    Raises:
        ValueError: If no Region has a dial above 0 or no endpoint a weight, or a load balancer is there twice, is in
            another Region or cannot do what is asked of it.

    Source: https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints-caveats.html
    """
    if not any(is_number_token(one.dial) or one.dial > 0 for one in regions.values()):
        raise ValueError("regions must have a dial above 0: where all are 0, AWS does not say where flows go")
    for region, group in regions.items():
        if not any(one.weight for one in group.endpoints):
            raise ValueError(f"regions[{region}]: endpoints must have a weight above 0, or nothing fails over to them")
        arns = [one.balancer.load_balancer_arn for one in group.endpoints]
        for number, arn in enumerate(arns):
            if (first := arns.index(arn)) < number:
                raise ValueError(
                    f"regions[{region}]: endpoints[{number}]: balancer must differ, is that of [{first}], too"
                )
        for number, endpoint in enumerate(group.endpoints):
            for problem in _problems(region, endpoint, ipv6=ipv6):
                raise ValueError(f"regions[{region}]: endpoints[{number}]: {problem}")


def _problems(region: str, endpoint: Endpoint, *, ipv6: bool) -> Iterator[str]:
    balancer = endpoint.balancer
    where = balancer.env.region
    if not Token.is_unresolved(where) and where != region:
        yield f"balancer must be in {region}, is in {where}"
    made_here = isinstance(balancer, elbv2.ApplicationLoadBalancer | elbv2.NetworkLoadBalancer)
    if ipv6 and made_here and not _is_dual_stack(balancer):
        yield "balancer must be dual-stack with ipv6"
    if not endpoint.keeps_client_address:
        if ipv6:
            yield "keeps_client_address must be True with ipv6: a dual-stack accelerator takes no other endpoint"
        if _is_internal(balancer):
            yield "keeps_client_address must be True of an internal load balancer: Global Accelerator takes no other"
        return
    # What jsii hands out of an import is of no class; only a network load balancer has this member.
    if hasattr(balancer, "security_groups"):
        if not balancer.security_groups:
            yield "keeps_client_address needs security groups of a network load balancer, which has none here"
        if not ipv6 and made_here and _is_dual_stack(balancer):
            yield "keeps_client_address must be False of a dual-stack network load balancer, or ipv6 must be True"
        if any(one.protocol == "TLS" for one in _listeners(balancer)):
            yield "keeps_client_address must not be given with a TLS listener of a network load balancer"
    vpc = _made_vpc(balancer)
    if vpc is not None and vpc.internet_gateway_id is None:
        yield "keeps_client_address needs an internet gateway in the VPC of the balancer, or flows are dropped"


def _is_dual_stack(balancer: Balancer) -> bool:
    kind = getattr(balancer, "ip_address_type", None)
    return kind not in (None, elbv2.IpAddressType.IPV4)


def _is_internal(balancer: Balancer) -> bool:
    made = balancer.node.default_child
    return isinstance(made, elbv2.CfnLoadBalancer) and made.scheme == "internal"


def _listeners(balancer: Balancer) -> Iterator[elbv2.CfnListener]:
    for child in balancer.node.find_all():
        if isinstance(child, elbv2.CfnListener):
            yield child


def _made_vpc(balancer: Balancer) -> ec2.Vpc | None:
    try:
        vpc = balancer.vpc
    except RuntimeError:
        # Imported without its VPC.
        return None
    return vpc if isinstance(vpc, ec2.Vpc) else None
