"""Places of a model, by what a question names."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, replace
from typing import Any

from patternkit.resolving import Resolver, StackSet
from patternkit.resolving.values import Unknown
from patternkit.routes.addresses import (
    PUBLIC_IPV4,
    PUBLIC_IPV6,
    SERVICES,
    Prefix,
    Spans,
    intersect,
    normal,
    parse_prefix,
    span_of,
    subtract,
)
from patternkit.routes.errors import QuestionError, nearest
from patternkit.routes.model import (
    Attachment,
    Balancer,
    Element,
    Instance,
    Interface,
    InterfaceEndpoint,
    Model,
    Site,
    Subnet,
    Vpc,
)
from patternkit.routes.places import Place
from patternkit.routes.promises import Selection
from patternkit.routes.selecting.names import Names, aliases, short, trimmed
from patternkit.routes.selecting.spokes import spokes

GROUPS = ("every subnet", "every spoke subnet", "every site", "internet", *SERVICES)


@dataclass(frozen=True, slots=True)
class Selected:
    """The places of a selection, and whether it was a group rather than places by name."""

    places: tuple[Place, ...]
    group: bool


class Selector:
    """Finds places in a model."""

    def __init__(self, model: Model, stacks: StackSet, resolver: Resolver | None = None) -> None:
        self.model = model
        self.names = Names(stacks, resolver)
        self._places: dict[str, Place] = {}
        self._selected: dict[Any, Selected] = {}
        self._attached: set[str] | None = None
        self._aliases = aliases(model, stacks)

    def select(self, selection: Selection, what: str, *, hosts: bool = False, whole: bool = False) -> Selected:
        """The places that a selection names.

        Args:
            selection: One name, or several.
            what: "source" or "destination", for messages.
            hosts: Whether a group leaves out the subnets that serve only transit gateway attachments.
            whole: Whether a CIDR stands for all of its addresses, and not only for those that are surely in use.

        Raises:
            QuestionError: A name means nothing here, or a group is empty.
        """
        names = [selection] if isinstance(selection, str) else list(selection)
        key = (tuple(names), what == "source", hosts, whole)
        if key in self._selected:
            return self._selected[key]
        if not names:
            raise QuestionError(f"{what} is empty")
        places: dict[Place, None] = {}
        group = len(names) > 1
        for name in names:
            found, is_group = self._one(name, what, whole=whole)
            if is_group and hosts:
                found = [place for place in found if place.subnet is None or not self._serves_attachment(place.subnet)]
            if not found and self.names.matching(name, self.model.lost):
                continue
            if not found:
                raise QuestionError(f"{what} {name!r} is empty: no subnet or site of the network belongs to it")
            places.update(dict.fromkeys(found))
            group = group or is_group
        if not places:
            raise QuestionError(f"{what} {', '.join(map(repr, names))} is lost")
        selected = self._selected[key] = Selected(tuple(places), group)
        return selected

    def _one(self, name: str, what: str, *, whole: bool) -> tuple[list[Place], bool]:
        if not isinstance(name, str) or not name.strip():
            raise QuestionError(f"{what} must be a name, got {name!r}")
        lowered = name.strip().lower()
        if lowered in ("internet", "the internet"):
            return [self._internet()], False
        if lowered in SERVICES:
            if what == "source":
                raise QuestionError(f"source must be a place that starts flows, got the service {name!r}")
            return [self._service(lowered)], False
        if lowered == "every subnet":
            return [self.place(subnet) for subnet in self.model.subnets.values()], True
        if lowered == "every spoke subnet":
            return [self.place(subnet) for vpc in spokes(self.model) for subnet in vpc.subnets], True
        if lowered in ("every site", "on-premises"):
            return [self.place(site) for site in self.model.sites.values()], True
        if lowered.startswith("tag:"):
            return self._tagged(name.strip()[4:], what), True
        block = parse_prefix(name.strip())
        if block is not None:
            found = self._addresses(span_of(block), block.family, name.strip(), what, rest=whole)
            return [*found, *(self._perhaps(block, what) if found else ())], True
        return self._named(name.strip(), what)

    def _serves_attachment(self, subnet: Subnet) -> bool:
        """Whether a subnet holds an attachment's interface, and hosts with IPv4 have another subnet in its zone."""
        if self._attached is None:
            self._attached = {
                entry.identity for attachment in self.model.attachments.values() for entry in attachment.zones.values()
            }
        return subnet.identity in self._attached and any(
            other.zone == subnet.zone
            and other.identity not in self._attached
            and (other.spans(4) or not subnet.spans(4) or other.unknown_blocks)
            for other in subnet.vpc.subnets
        )

    def place(self, element: Element) -> Place:
        """The place that a subnet, site or interface is."""
        found = self._places.get(element.identity)
        if found is None:
            found = self._places[element.identity] = self._place(element)
        return found

    def _place(self, element: Element) -> Place:
        if isinstance(element, Subnet):
            doubt = element.unknown_blocks.reason if element.unknown_blocks and not element.blocks else ""
            return Place("subnet", element.path, element, element.spans(4), element.spans(6), doubt)
        if isinstance(element, Site):
            ipv4, ipv6 = self._behind(element, 4), self._behind(element, 6)
            doubt = ""
            if element.unknown_prefixes is not None:
                doubt = element.unknown_prefixes.reason
            elif not ipv4 and not ipv6:
                doubt = f"nothing says which addresses are behind {element.path} (contract: prefixes)"
            return Place("site", element.path, element, ipv4, ipv6, doubt)
        assert isinstance(element, Interface)
        if isinstance(element.subnet, Unknown):
            return Place(
                "interface", element.path, element, doubt=f"the subnet of {element.path}: {element.subnet.reason}"
            )
        if element.address is not None:
            return Place("interface", element.path, element, span_of(element.address), element.subnet.spans(6))
        return Place("interface", element.path, element, element.subnet.spans(4), element.subnet.spans(6))

    def _behind(self, site: Site, family: int) -> Spans:
        """The addresses behind a site: what it has learnt, less the VPCs that a summary covers."""
        blocks = site.spans(family)
        within = normal(
            (own.first, own.last)
            for vpc in self.model.vpcs.values()
            for own in vpc.covers(family)
            if any(block != own and block.covers(own) for block in blocks)
        )
        return subtract(normal((block.first, block.last) for block in blocks), within)

    def _internet(self) -> Place:
        blocks = [block for vpc in self.model.vpcs.values() for block in vpc.blocks]
        # A site that learns what covers much of the internet is a way to it, not a part that is its own.
        blocks += [
            block
            for site in self.model.sites.values()
            for block, _ in site.prefixes
            if block.length >= (8 if block.family == 4 else 16)
        ]
        own4 = normal((block.first, block.last) for block in blocks if block.family == 4)
        own6 = normal((block.first, block.last) for block in blocks if block.family == 6)
        return Place("internet", "the internet", None, subtract(PUBLIC_IPV4, own4), subtract(PUBLIC_IPV6, own6))

    @staticmethod
    def _service(name: str) -> Place:
        return Place("service", name, None, ((SERVICES[name], SERVICES[name]),))

    def addresses(self, name: str) -> Place | None:
        """The place that addresses are, wherever they lie; None when the name is not a CIDR."""
        block = parse_prefix(name.strip())
        if block is None:
            return None
        key = f"addresses {name}"
        if key not in self._places:
            spans = span_of(block)
            self._places[key] = Place(
                "addresses", name, None, spans if block.family == 4 else (), spans if block.family == 6 else ()
            )
        return self._places[key]

    def _perhaps(self, block: Prefix, what: str) -> list[Place]:
        """The places that may have addresses of a block, for what is known of theirs."""
        found: list[Element] = [
            subnet
            for subnet in self.model.subnets.values()
            if subnet.unknown_blocks is not None
            and not subnet.blocks
            and (subnet.vpc.unknown_blocks or any(block.overlaps(own) for own in subnet.vpc.blocks))
        ]
        if what == "source":
            found += [site for site in self.model.sites.values() if site.unknown_prefixes is not None]
        return [self.place(element) for element in found]

    def _addresses(self, spans: Spans, family: int, name: str, what: str, *, rest: bool) -> list[Place]:
        found: list[Place] = []
        left = spans
        for element in (*self.model.subnets.values(), *self.model.sites.values()):
            place = self.place(element)
            common = intersect(place.spans(family), spans)
            if common:
                left = subtract(left, common)
                part = f"{name} in {place.name}" if common != place.spans(family) else place.name
                ipv4, ipv6 = (common, ()) if family == 4 else ((), common)
                found.append(Place(place.kind, part, element, ipv4, ipv6))
        if what == "source":
            return found
        internet = self._internet()
        beyond = intersect(left, internet.spans(family))
        if beyond:
            ipv4, ipv6 = (beyond, ()) if family == 4 else ((), beyond)
            found.append(Place("internet", f"{name} on the internet", None, ipv4, ipv6))
            left = subtract(left, beyond)
        if left and (rest or not found):
            ipv4, ipv6 = (left, ()) if family == 4 else ((), left)
            found.append(Place("addresses", name, None, ipv4, ipv6))
        return found

    # Names

    def _tagged(self, text: str, what: str) -> list[Place]:
        key, separator, value = text.partition("=")
        if not separator:
            raise QuestionError(f"{what} must be tag:Key=Value, got 'tag:{text}'")
        found: list[Place] = []
        values: set[str] = set()
        for element in (
            *self.model.vpcs.values(),
            *self.model.subnets.values(),
            *self.model.interfaces.values(),
            *self.model.sites.values(),
            *self._aliases,
        ):
            tags = self.names.tags(element)
            given = tags.get(key)
            if isinstance(given, Unknown):
                doubt = f"whether {element.path} has the tag {text}: {given.reason}"
                found += [replace(place, doubt=place.doubt or doubt) for place in self._places_of(element)]
            elif given is not None:
                values.add(given)
                if fnmatch.fnmatchcase(given, value):
                    found += self._places_of(element)
        if not found:
            raise QuestionError(f"no VPC, subnet, host or site has the tag {key}={value}{nearest(value, values)}")
        return found

    def _places_of(self, element: Element) -> list[Place]:
        if isinstance(element, Vpc):
            return [self.place(subnet) for subnet in element.subnets]
        if isinstance(element, (Balancer, InterfaceEndpoint)):
            return [self.place(node) for node in element.nodes]
        if isinstance(element, Attachment):
            return [self.place(element.site)] if element.site is not None else []
        if isinstance(element, Instance):
            return [self.place(interface) for interface in element.interfaces]
        return [self.place(element)]

    def _named(self, name: str, what: str) -> tuple[list[Place], bool]:
        elements: list[Element] = [
            *self.model.subnets.values(),
            *self.model.vpcs.values(),
            *self.model.sites.values(),
            *self.model.interfaces.values(),
            *self._aliases,
        ]
        # Load balancers and endpoints, and what they have in each subnet, are named where no host is.
        carriers: list[Element] = [*self.model.balancers.values(), *self.model.interface_endpoints.values()]
        nodes: list[Element] = [
            node for carrier in carriers if isinstance(carrier, (Balancer, InterfaceEndpoint)) for node in carrier.nodes
        ]
        found = (
            self.names.matching(name, elements)
            or self.names.matching(name, carriers)
            or self.names.matching(name, nodes)
        )
        elements += carriers
        if not found and not self.model.vpcs:
            raise QuestionError(f"{what} {name!r} is not in the network: the templates hold no VPC")
        if not found and self.names.matching(name, self.model.lost):
            return [], False
        if not found:
            known = [*GROUPS, *(trimmed(element.path) for element in elements)]
            known += [short(element.identity).rsplit("/", 1)[-1] for element in elements]
            raise QuestionError(f"{what} {name!r} is not in the network{nearest(name, known)}")
        places = [place for element in found for place in self._places_of(element)]
        group = len(found) > 1 or isinstance(found[0], Vpc)
        return list(dict.fromkeys(places)), group
