"""The worlds that AWS may make of templates: each is built, and a promise must hold in all of them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace

from patternkit.resolving import Resolver, StackSet, resolver_of
from patternkit.resolving.values import World, following, lifted, not_lifted, partitions
from patternkit.routes.building import build
from patternkit.routes.contracts import Contracts
from patternkit.routes.errors import RoutesError, TemplateError
from patternkit.routes.proving import Proof, Verdict, View
from patternkit.routes.templates import own_errors

MOST_WORLDS = 256


class Worlds:
    """Every world that AWS may make of a set of stacks.

    Args:
        stacks: The stacks.
        contracts: What the templates cannot say.
        symmetry: Whether alike VPCs are proved once.

    Attributes:
        too_many: Whether there are more worlds than were built.
    """

    def __init__(self, stacks: StackSet, contracts: Contracts, *, symmetry: bool) -> None:
        self.stacks = stacks
        self.contracts = contracts
        self.too_many = False
        self._symmetry = symmetry

    def possible(self) -> list[View]:
        """Build every world that AWS does not refuse to deploy; all of them where it refuses each.

        Raises:
            TemplateError: A template contradicts itself.
        """
        built = list(self._build())
        return [view for view in built if not view.model.refused] or built

    def _build(self) -> Iterator[View]:
        first = World()
        resolver, view = self._view(first)
        zones = list(resolver.zones)
        ways = iter(partitions(zones))
        way, another = next(ways, {}), next(ways, None)
        if another is None:
            # One way to name the zones, the one that was just built with.
            yield view
            yield from self._following(first, 1)
            return
        count = 0
        while way is not None:
            for other in self._from(World(zones=way)):
                count += 1
                if count > MOST_WORLDS:
                    self.too_many = True
                    return
                yield other
            way, another = another, next(ways, None)  # type: ignore[assignment]

    def _from(self, world: World) -> Iterator[View]:
        yield self._view(world)[1]
        yield from self._following(world, 1)

    def _following(self, world: World, count: int) -> Iterator[View]:
        after = following(world)
        while after is not None:
            count += 1
            if count > MOST_WORLDS:
                self.too_many = True
                return
            yield self._view(after)[1]
            after = following(after)

    def _view(self, world: World) -> tuple[Resolver, View]:
        with own_errors():
            return self._build_view(world)

    def _build_view(self, world: World) -> tuple[Resolver, View]:
        resolver = resolver_of(self.stacks, self.contracts, world)
        # A model is many small objects that all stay: collecting while it grows costs a third of the time.
        collecting = gc.isenabled()
        gc.disable()
        try:
            model = build(resolver, self.contracts)
        except RecursionError:
            raise TemplateError("the templates are nested too deeply") from None
        except (AttributeError, TypeError, KeyError, IndexError) as error:
            # A value of a shape that CloudFormation refuses; what exactly is its validation's business.
            raise TemplateError(f"a template holds a value of the wrong shape: {error}") from error
        finally:
            if collecting:
                gc.enable()
        return resolver, View(world, model, self.stacks, self._symmetry, resolver)


def together(proofs: list[tuple[View, Proof]], refused: RoutesError | None, *, too_many: bool) -> Proof:
    """What the proofs of a promise in all worlds say together.

    Args:
        proofs: The proof in each world in which the promise means something.
        refused: Why it means nothing in some worlds.
        too_many: Whether there are more worlds than were tried.
    """
    worlds = len(proofs)
    contracts = tuple(sorted({name for _, proof in proofs for name in proof.contracts}))
    unknown = list(dict.fromkeys(reason for _, proof in proofs for reason in proof.unknown))
    notes = tuple(dict.fromkeys(note for _, proof in proofs for note in proof.notes))
    if too_many:
        unknown.append(f"there are more than {MOST_WORLDS} worlds; the others were not tried{lifted('parameters')}")
    if refused is not None:
        unknown.append(f"in some worlds: {refused}{lifted('parameters')}")

    def whole(proof: Proof, verdict: Verdict, world: str = "", reason: str = "") -> Proof:
        return replace(
            proof,
            verdict=verdict,
            contracts=contracts,
            unknown=tuple(unknown),
            notes=notes,
            worlds=worlds,
            world=world,
            reason=reason or proof.reason,
        )

    failing = [(view, proof) for view, proof in proofs if proof.verdict is Verdict.FAILS]
    if failing:
        view, proof = failing[0]
        if len(failing) == worlds and refused is None:
            return whole(proof, Verdict.FAILS)
        decided = view.world.describe()
        ending = lifted("parameters") if "parameter" in decided or "condition" in decided else not_lifted()
        told = f"AWS decides in which of {worlds} worlds this is; it fails in {len(failing)}, so where {decided}"
        unknown.insert(0, told + ending)
        return whole(proof, Verdict.UNKNOWN, decided)
    for view, proof in proofs:
        if proof.verdict is Verdict.UNKNOWN:
            return whole(proof, Verdict.UNKNOWN, view.world.describe() if worlds > 1 else "")
    if unknown:
        return whole(proofs[0][1], Verdict.UNKNOWN, reason=unknown[-1])
    return whole(proofs[0][1], Verdict.HOLDS)
