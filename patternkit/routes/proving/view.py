"""One world's network, with what was asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from patternkit.resolving import Resolver, StackSet
from patternkit.resolving.values import World
from patternkit.routes.model import Model
from patternkit.routes.places import Place
from patternkit.routes.promises import Promise
from patternkit.routes.proving.address_families import by_nat64
from patternkit.routes.proving.pairs import pairs_of
from patternkit.routes.proving.undeclared_appliances import considered
from patternkit.routes.selecting import Selected, Selector
from patternkit.routes.tracing import Flow, Tracer
from patternkit.routes.vpc_equivalence import VpcClasses


@dataclass(slots=True)
class View:
    """One world's model with what was traced in it."""

    world: World
    model: Model
    stacks: StackSet
    symmetry: bool = True
    resolver: Resolver | None = None
    selector: Selector = field(init=False)
    tracer: Tracer = field(init=False)
    classes: VpcClasses | None = field(init=False)
    _flows: dict[tuple[object, ...], list[Flow]] = field(default_factory=dict)
    _pairs: dict[tuple[object, ...], list[tuple[Place, Place, int, bool]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.selector = Selector(self.model, self.stacks, self.resolver)
        self.tracer = Tracer(self.model)
        self.classes = VpcClasses(self.model) if self.symmetry else None

    def pairs(self, promise: Promise, source: Selected, destination: Selected) -> list[tuple[Place, Place, int, bool]]:
        """One pair of each kind, with how many there are, and whether they are within one VPC."""
        # The selector keeps what it selected, so an id stands for the names that were asked for.
        key = (id(source), id(destination))
        if key not in self._pairs:
            self._pairs[key] = list(pairs_of(self.selector, promise, source, destination, classes=self.classes))
        return self._pairs[key]

    def flows(self, promise: Promise, source: Place, destination: Place) -> list[Flow]:
        """The flows of a promise between two places."""
        found: list[Flow] = []
        families = (promise.family,) if promise.family else (4, 6)
        if source.doubt or destination.doubt:
            families = families[:1]
        for family in families:
            doubtful = source.doubt or destination.doubt
            if not doubtful and not (source.spans(family) and destination.spans(family)):
                continue
            # The places stay alive in the selector, so their ids are theirs alone.
            protocols = promise.protocols(family)
            key = (id(source), id(destination), family, protocols, promise.ports())
            if key not in self._flows:
                flows = self.tracer.flows(source, destination, family, protocols, promise.ports())
                self._flows[key] = considered(flows)
            found += self._flows[key]
        if by_nat64(self.model, promise, source, destination):
            protocols = promise.protocols(6)
            key = (id(source), id(destination), 64, protocols, promise.ports())
            if key not in self._flows:
                flows = self.tracer.flows(source, destination, 6, protocols, promise.ports(), nat64=True)
                self._flows[key] = considered(flows)
            found += self._flows[key]
        return found
