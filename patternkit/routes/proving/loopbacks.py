"""Connections of a target to itself, through a network load balancer that keeps clients' addresses.

Such a packet comes from the address that it goes to: the host drops it, and the connection times out.
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-troubleshooting.html#loopback-timeout
"""

from __future__ import annotations

from typing import Final

from patternkit.resolving.values import Unknown, not_lifted
from patternkit.routes.addresses import intersect
from patternkit.routes.forwarding import Outcome
from patternkit.routes.model import Balancer, Interface, Listener
from patternkit.routes.proving.evidence import Evidence
from patternkit.routes.proving.load_balancer_flows import is_one_of, same_zone
from patternkit.routes.tracing import Flow

_HINT: Final = "turn preserve_client_ip.enabled off"


def loopback(evidence: Evidence, flow: Flow) -> str:
    """Why a connection to a load balancer surely ends at the host that begins it; "" where it does not.

    Where the load balancer may take another target, the flow is in doubt. A subnet stands for hosts that are no
    targets. A load balancer that faces the internet is called by public addresses, so that targets see another one.
    """
    node, host = flow.destination.element, flow.source.element
    if (
        not isinstance(node, Interface)
        or not isinstance(host, Interface)
        or flow.forward.outcome is not Outcome.DELIVERED
    ):
        return ""
    balancers = evidence.view.model.balancers.values()
    balancer = next((one for one in balancers if one.sort == "network" and node in one.nodes), None)
    if balancer is None or balancer.public is True:
        return ""
    box = flow.forward.walk.box
    for listener in balancer.listeners:
        if not intersect(listener.ports, box.port) or not intersect(listener.protocol, box.protocol):
            continue
        targets = [
            (group, target)
            for group in listener.groups
            for target, _ in group.hosts
            if balancer.crosses_zones(group) or same_zone(node, target)
        ]
        own = [group for group, target in targets if group.keeps_client is True and _is_any_of(host, target)]
        if not own:
            continue
        of_several = any(target.stands_for for _, target in targets)
        said = f"keeps clients' addresses, and a connection of {host.path} to itself gets no answer"
        if not _may_take_another(balancer, listener) and len(own) == len(targets) and not of_several:
            return f"{balancer.path} has no other target for it, {said}"
        evidence.doubt(flow, f"{balancer.path} may send it back to {host.path}: it {said}{not_lifted(_HINT)}")
    return ""


def _may_take_another(balancer: Balancer, listener: Listener) -> bool:
    return (
        isinstance(balancer.public, Unknown)
        or bool(balancer.unknown or listener.unknown)
        or any(group.unknown or group.balancers or group.elsewhere for group in listener.groups)
    )


def _is_any_of(host: Interface, target: Interface) -> bool:
    """Whether a target is a host, or may be."""
    if host is target or is_one_of(host, target):
        return True
    return host.address is not None and host.address == target.address and host.subnet is target.subnet
