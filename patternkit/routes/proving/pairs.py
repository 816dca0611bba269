"""Pairs of source and destination: one of each kind, with how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from patternkit.routes.addresses import Prefix, parse_prefix
from patternkit.routes.model import Subnet
from patternkit.routes.places import Place
from patternkit.routes.promises import Promise, Selection
from patternkit.routes.selecting import Selected, Selector
from patternkit.routes.vpc_equivalence import VpcClasses


def pairs_of(
    selector: Selector, promise: Promise, source: Selected, destination: Selected, *, classes: VpcClasses | None
) -> Iterator[tuple[Place, Place, int, bool]]:
    """One pair of each kind, with how many there are, and whether they are within one VPC.

    Args:
        selector: Whose places these are.
        promise: What is asked.
        source: Where flows start.
        destination: Where they are to end.
        classes: Which VPCs behave alike, and are taken together; without, each pair is its own kind.
    """
    keys: Mapping[str, object] = {}
    if classes is not None:
        marks: dict[str, list[object]] = {}
        for side, selected in (("source", source), ("destination", destination)):
            for place in selected.places:
                if isinstance(place.element, Subnet):
                    part = place is not selector.place(place.element)
                    marks.setdefault(place.element.identity, []).append((side, place.name if part else ""))
        frozen = {identity: tuple(listed) for identity, listed in marks.items()}
        keys = classes.keys(frozen, _blocks(promise.source, promise.destination))
    roles = classes.roles if classes is not None else {}
    sources, destinations = _grouped(source.places, keys, roles), _grouped(destination.places, keys, roles)
    for source_key, starts in sources.items():
        for destination_key, ends in destinations.items():
            yield from _kinds(source_key, starts, destination_key, ends)


def _kinds(
    source_key: object, starts: list[Place], destination_key: object, ends: list[Place]
) -> Iterator[tuple[Place, Place, int, bool]]:
    first = starts[0]
    home = first.subnet.vpc if first.subnet is not None else None
    same_class = (
        isinstance(source_key, tuple) and isinstance(destination_key, tuple) and source_key[0] == destination_key[0]
    )
    if not same_class or home is None:
        end = ends[0]
        if first is not end and not (first.element is not None and first.element is end.element):
            within = home is not None and end.subnet is not None and end.subnet.vpc is home
            yield first, end, len(starts) * len(ends), within
        return
    at_home = [end for end in ends if end.subnet is not None and end.subnet.vpc is home]
    abroad = [end for end in ends if end.subnet is not None and end.subnet.vpc is not home]
    for end in at_home:
        if end.element is not first.element:
            yield first, end, len(starts), True
    if abroad:
        # Each VPC of the class has one place of this kind.
        yield first, abroad[0], len(starts) * len(abroad), False


def _grouped(
    places: Iterable[Place], keys: Mapping[str, object], roles: Mapping[str, Mapping[str, int]]
) -> dict[object, list[Place]]:
    groups: dict[object, list[Place]] = {}
    for place in places:
        subnet = place.element
        key: object = id(place)
        if isinstance(subnet, Subnet) and subnet.vpc.identity in keys:
            vpc = subnet.vpc
            key = (
                keys[vpc.identity],
                roles[vpc.identity][subnet.identity],
                place.name if place.doubt else "",
            )
            if keys[vpc.identity] == vpc.identity:
                key = (vpc.identity, id(place))
        groups.setdefault(key, []).append(place)
    return groups


def names_of(selection: Selection) -> list[str]:
    """The names of a selection, in small letters."""
    return [name.strip().lower() for name in ([selection] if isinstance(selection, str) else selection)]


def _blocks(*selections: Selection) -> list[Prefix]:
    names = [name for item in selections for name in names_of(item)]
    return [block for name in names if (block := parse_prefix(name)) is not None]
