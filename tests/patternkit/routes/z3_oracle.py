"""A second decision procedure: the model as a transition system over bit vectors, unrolled and given to z3.

It shares nothing with the prover but the model: no interval sets, no compiled tables, no walk, no symmetry. A lookup
is a chain of comparisons in the order of preference, a path is a bounded sequence of locations, and a promise is broken
when z3 finds a packet, a flow hash and a decision of AWS that break it.
"""

from __future__ import annotations

from typing import Any

import z3

from patternkit.routes.model import (
    Attachment,
    Blackhole,
    Endpoint,
    InternetGateway,
    Local,
    Model,
    NatGateway,
    Route,
    Subnet,
    TransitGateway,
    TransitTable,
    Vpc,
)

STEPS = 26
BITS = 16  # two for each endpoint
ORDER = ("local", "static", "prefix list", "vpc")
Location = tuple[Any, ...]
DROP: Location = ("drop",)
INTERNET: Location = ("internet",)


class Oracle:
    """One network's transition system; built once, asked for many pairs."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.numbers: dict[Location, int] = {DROP: 0, INTERNET: 1}
        self.waiting: list[Location] = []
        self.endpoints = [e for e in model.targets.values() if isinstance(e, Endpoint)]
        self.nats = [n for n in model.targets.values() if isinstance(n, NatGateway)]
        self.source, self.destination = z3.BitVec("source", 32), z3.BitVec("destination", 32)
        self.public = z3.Bool("public")
        self.translated = z3.BitVec("translated", 32)
        self.hashes = {
            a.identity: z3.BitVec(f"hash {a.identity}", 16) for a in model.attachments.values() if a.appliance is True
        }
        self.touched: set[Location] = set()
        self.leads_to: dict[Location, set[Location]] = {}
        self.reachable()

    def number(self, location: Location) -> int:
        if location not in self.numbers:
            self.numbers[location] = len(self.numbers)
            self.waiting.append(location)
        self.touched.add(location)
        return self.numbers[location]

    # One step

    def after(self, location: Location, address: Any, choices: dict[str, Any], step: str) -> Any:
        """The number of the next location, for packets to an address."""
        kind = location[0]
        if kind in ("drop", "internet", "host"):
            return _number(self.numbers[location])
        if kind == "emit":
            subnet: Subnet = self.model.subnets[location[1]]
            table = subnet.table
            assert not isinstance(table, str)
            return self.chain(table.routes, address, lambda r: self.target(r, subnet, address))  # type: ignore[union-attr]
        if kind == "endpoint":
            endpoint = self.model.targets[location[1]]
            return _number(self.number(("emit", endpoint.subnet.identity)))
        if kind == "nat":
            return _number(self.number(("emit", self.model.targets[location[1]].subnet.identity)))
        attachment: Attachment = self.model.attachments[location[1]]
        table = attachment.association
        if table is None:
            return _number(0)
        assert isinstance(table, TransitTable)
        return self.chain(table.routes, address, lambda r: self.out(r, location[2], choices, step))

    def chain(self, routes: list[Route], address: Any, then: Any) -> Any:
        found: Any = _number(0)
        # The last in the chain of Ifs is looked at first.
        for route in sorted(routes, key=lambda r: (r.prefix.length, -ORDER.index(r.origin))):
            if route.prefix.family != 4:
                continue
            size = 32 - route.prefix.length
            inside = (
                z3.LShR(address, size) == z3.BitVecVal(route.prefix.first >> size, 32)
                if size < 32
                else z3.BoolVal(True)
            )
            found = z3.If(inside, then(route), found)
        return found

    def target(self, route: Route, subnet: Subnet, address: Any) -> Any:
        target = route.target
        if isinstance(target, Local):
            return self.deliver(subnet.vpc, address)
        if isinstance(target, Endpoint):
            return _number(self.number(("endpoint", target.identity)))
        if isinstance(target, NatGateway):
            return _number(self.number(("nat", target.identity)))
        if isinstance(target, InternetGateway):
            return _number(self.number(("igw", target.identity)))
        if isinstance(target, TransitGateway):
            for attachment in subnet.vpc.attachments:
                if attachment.gateway is target and subnet.zone in attachment.zones:
                    return _number(self.number(("transit", attachment.identity, subnet.zone)))
            return _number(0)
        raise AssertionError(f"the random networks have no {target}")

    def deliver(self, vpc: Vpc, address: Any) -> Any:
        found: Any = _number(0)
        for subnet in vpc.subnets:
            for block in subnet.blocks:
                inside = z3.And(z3.UGE(address, block.first), z3.ULE(address, block.last))
                found = z3.If(inside, _number(self.number(("host", subnet.identity))), found)
        return found

    def out(self, route: Route, zone: str, choices: dict[str, Any], step: str) -> Any:
        target = route.target
        if isinstance(target, Blackhole):
            return _number(0)
        assert isinstance(target, Attachment)
        zones = sorted(target.zones)
        if target.appliance is not True and zone in target.zones:
            return _number(self.number(("emit", target.zones[zone].identity)))
        if target.appliance is True:
            pick = self.hashes[target.identity]
        else:
            # AWS takes any zone: every step and location may take another.
            pick = choices.setdefault(f"{step} {target.identity} {zone}", z3.FreshConst(z3.BitVecSort(16), "any"))
        found: Any = _number(self.number(("emit", target.zones[zones[0]].identity)))
        for index, other in enumerate(zones[1:], 1):
            found = z3.If(pick == index, _number(self.number(("emit", target.zones[other].identity))), found)
        return found

    # Whole paths

    def reachable(self) -> None:
        """Number every location."""
        for subnet in self.model.subnets:
            self.number(("emit", subnet))
        while self.waiting:
            location = self.waiting.pop()
            self.touched = {DROP}
            if location[0] == "igw":
                self.touched.add(INTERNET)
            elif location[0] == "host":
                self.touched = {location}
            else:
                self.after(location, self.destination, {}, "any")
            self.leads_to[location] = self.touched
        self.leads_to[DROP], self.leads_to[INTERNET] = {DROP}, {INTERNET}

    def walk(
        self, start: Any, starts: set[Location], address: Any, way: str, home: str, seen: Any, state: int = 0
    ) -> tuple[Any, Any, Any, Any]:
        """After all steps the location, the endpoints seen, the NAT gateway, and whether a second one came after it.

        An endpoint has a bit for what it sees untranslated, and one for what has a gateway's address: replies have
        the state that is given.
        """
        possible, nat = starts, _number(0)
        choices: dict[str, Any] = {}
        known: dict[Location, Any] = {}
        back = way == "back"
        at, passed, translated, again = start, z3.BitVecVal(0, BITS), nat, z3.BoolVal(False)
        vpc_of_home = self.model.subnets[home].vpc
        for step in range(STEPS):
            if all(location[0] in ("drop", "internet", "host") for location in possible):
                break
            following: Any = _number(0)
            for location in possible:
                number = self.numbers[location]
                if location[0] == "igw":
                    gateway = self.model.targets[location[1]]
                    own = z3.Or(
                        [translated == i + 1 for i, n in enumerate(self.nats) if n.vpc is gateway.vpc]
                        + ([z3.And(translated == 0, self.public)] if gateway.vpc is vpc_of_home else [])
                    )
                    then: Any = z3.If(own, _number(1), _number(0)) if not back else _number(0)
                else:
                    then = known.get(location)
                    if then is None:
                        before = len(choices)
                        then = self.after(location, address, choices, f"{way} {step}")
                        if len(choices) == before:
                            # Nothing of it depends on the step: z3 shares the expression among all.
                            known[location] = then
                if location[0] == "endpoint" and back:
                    bit = 1 << [e.identity for e in self.endpoints].index(location[1]) + state * len(self.endpoints)
                    then = z3.If((seen & bit) == 0, _number(0), then)
                if location[0] == "nat" and back:
                    # A reply that no gateway knows is translated as a new flow.
                    then = _number(0)
                following = z3.If(at == number, then, following)
            for index, endpoint in enumerate(self.endpoints):
                key = ("endpoint", endpoint.identity)
                if key in possible:
                    plain, after_nat = 1 << index, 1 << index + len(self.endpoints)
                    bit = z3.If(translated == 0, z3.BitVecVal(plain, BITS), z3.BitVecVal(after_nat, BITS))
                    if back:
                        bit = z3.BitVecVal(after_nat if state else plain, BITS)
                    passed = z3.If(at == self.numbers[key], passed | bit, passed)
            for index, gateway in enumerate(self.nats):
                key = ("nat", gateway.identity)
                if key in possible and not back:
                    again = z3.Or(again, z3.And(at == self.numbers[key], translated != 0))
                    translated = z3.If(at == self.numbers[key], _number(index + 1), translated)
            at = following
            possible = set().union(*(self.leads_to[location] for location in possible))
        return at, passed, translated, again

    def broken(self, source: Subnet, destination: Subnet | None, spans: Any) -> dict[str, bool] | None:
        """Which promises some packet between two places breaks; None as destination is the internet.

        Returns:
            None where packets may be translated twice: of translations this oracle keeps only one.
        """
        solver = z3.SolverFor("QF_BV")
        solver.set("random_seed", 1)
        solver.add(z3.Or([z3.And(z3.UGE(self.source, b.first), z3.ULE(self.source, b.last)) for b in source.blocks]))
        solver.add(z3.Or([z3.And(z3.UGE(self.destination, a), z3.ULE(self.destination, b)) for a, b in spans]))
        start = _number(self.numbers[("emit", source.identity)])
        none = z3.BitVecVal(0, BITS)
        at, seen, nat, again = self.walk(
            start, {("emit", source.identity)}, self.destination, "there", source.identity, none
        )
        solver.push()
        solver.add(again)
        twice = solver.check() == z3.sat
        solver.pop()
        if twice:
            return None
        end = 1 if destination is None else self.numbers.get(("host", destination.identity), -1)
        arrives = at == end
        starts: set[Location]
        if destination is not None:
            # A translated flow is answered to the gateway, and from there to the source.
            first = _number(self.numbers[("emit", destination.identity)])
            starts = {DROP, ("emit", destination.identity)}
            answer, met, _, _ = self.walk(first, starts, self.translated, "back", source.identity, seen, state=1)
            reply_start: Any = z3.If(nat == 0, first, _number(0))
            for index, gateway in enumerate(self.nats):
                assert gateway.subnet is not None
                own = [
                    z3.And(z3.UGE(self.translated, b.first), z3.ULE(self.translated, b.last))
                    for b in gateway.subnet.blocks
                ]
                solver.add(z3.Implies(nat == index + 1, z3.Or(own)))
                emit = ("emit", gateway.subnet.identity)
                there = z3.And(nat == index + 1, answer == self.numbers.get(("host", gateway.subnet.identity), -1))
                reply_start = z3.If(there, _number(self.numbers[emit]), reply_start)
                starts.add(emit)
        else:
            # From the internet to the gateway's VPC, or through the NAT gateway that has the flow.
            self.touched = {DROP}
            reply_start = self.deliver(source.vpc, self.source)
            starts = {*self.touched, *(("emit", n.subnet.identity) for n in self.nats if n.subnet)}
            for index, gateway in enumerate(self.nats):
                assert gateway.subnet is not None
                reply_start = z3.If(
                    nat == index + 1, _number(self.numbers[("emit", gateway.subnet.identity)]), reply_start
                )
        home, passed, _, _ = self.walk(reply_start, starts, self.source, "back", source.identity, seen)
        answered = home == self.numbers.get(("host", source.identity), -1)
        if destination is not None:
            passed = z3.If(nat == 0, passed, passed | met)
        wrong = {
            "isolated": arrives,
            "reaches": z3.Or(z3.Not(arrives), z3.Not(answered), (seen & ~passed) != 0),
            "inspected": z3.And(arrives, z3.Or(z3.Not(answered), seen == 0, seen != passed)),
        }
        found = {}
        for kind, formula in wrong.items():
            solver.push()
            solver.add(formula)
            found[kind] = bool(solver.check() == z3.sat)
            solver.pop()
        return found


def _number(value: int) -> Any:
    # Bit vectors all through: z3 then needs no arithmetic, and is many times faster.
    return z3.BitVecVal(value, 16)
