"""What concerns the flows between two places, beside what they meet: resources that may carry packets unseen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from patternkit.routes.model import Endpoint, Interface, Model, SecurityGroup, Site, Subnet, Vpc
from patternkit.routes.places import Place
from patternkit.routes.proving.evidence import Evidence
from patternkit.routes.tracing import Flow

# Promises that a further way breaks; the others are about the ways that there are.
AGAINST_WAYS = ("isolated", "no_bypass", "inspected")


def note_doubts(evidence: Evidence, source: Place, destination: Place, flows: Iterable[Flow]) -> None:
    """Note the doubts, and the contracts that lift them, on what the flows between two places touch."""
    model = evidence.view.model
    if not model.doubts and not model.lifted:
        return
    ends = {identity for place in (source, destination) for identity in _around(place)}
    passed = {
        hop.identity for flow in flows for leg in (flow.forward, flow.back) if leg is not None for hop in leg.walk.hops
    }
    passed |= {home for identity in passed for home in _homes(model, identity)}
    against = evidence.promise.kind in AGAINST_WAYS
    for identity in (*sorted(ends), *sorted(passed - ends)):
        evidence.leans |= model.lifted.get(identity, frozenset())
        for doubt in model.doubts.get(identity, ()):
            if not doubt.adds or (against and identity in ends):
                evidence.suspected[doubt.reason] = None
    if against:
        _by_way_of(evidence, source, destination, ends)


def _around(place: Place) -> Iterable[str]:
    """What a place is, and what it stands in."""
    element = place.element
    if element is not None:
        yield element.identity
    if place.subnet is not None:
        yield place.subnet.identity
        yield place.subnet.vpc.identity
    if isinstance(element, Interface) and isinstance(element.security_groups, list):
        yield from (group.identity for group in element.security_groups if isinstance(group, SecurityGroup))
    if isinstance(element, Site):
        yield from (end.identity for end in (element.gateway, element.attachment) if end is not None)


def _homes(model: Model, identity: str) -> Iterator[str]:
    """The VPC in which what a hop is at stands, and the firewall that an endpoint is of."""
    element = model.targets.get(identity)
    if isinstance(element, Endpoint) and element.firewall is not None:
        yield element.firewall.identity
    subnet = element if isinstance(element, Subnet) else getattr(element, "subnet", None)
    vpc = subnet.vpc if isinstance(subnet, Subnet) else getattr(element, "vpc", None)
    if isinstance(vpc, Vpc):
        yield vpc.identity


def _by_way_of(evidence: Evidence, source: Place, destination: Place, ends: set[str]) -> None:
    """What comes in by a further way may go on from there, and what goes out may get there first."""
    view = evidence.view
    for outside, inside, inward in ((source, destination, True), (destination, source, False)):
        if outside.subnet is not None or inside.subnet is None:
            continue
        for vpc in view.model.vpcs.values():
            reasons = [doubt.reason for doubt in view.model.doubts.get(vpc.identity, ()) if doubt.adds]
            if not reasons or vpc.identity in ends:
                continue
            for subnet in vpc.subnets:
                place = view.selector.place(subnet)
                flows = view.flows(evidence.promise, *((place, inside) if inward else (inside, place)))
                if any(flow.delivered and not evidence.by & set(flow.forward.walk.middleboxes) for flow in flows):
                    evidence.suspected.update(dict.fromkeys(reasons))
                    break
