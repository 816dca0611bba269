"""An accelerator with its listeners, and the questions that it answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from patternkit.testing.accelerator_flows.errors import AcceleratorError
from patternkit.testing.accelerator_flows.placement import Placement, place
from patternkit.verdict import Verdict

Protocol = Literal["TCP", "UDP"]
IDLE_SECONDS: Mapping[str, int] = {"TCP": 340, "UDP": 30}
"""How long a flow without packets keeps its endpoint.

https://docs.aws.amazon.com/global-accelerator/latest/dg/introduction-how-it-works.html
"""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What flows are sent to.

    Attributes:
        name: Its logical id, or the identifier that the template gives.
        weight: Its weight, 0 to 255.
        keeps_client_address: Whether it sees the client's address; None where neither the template nor AWS says.
        also: Further names that it answers to: the paths of its construct.
    """

    name: str
    weight: int
    keeps_client_address: bool | None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EndpointGroup:
    """The endpoints of a Region.

    Attributes:
        name: Its logical id.
        region: The Region.
        dial: The percentage of the flows directed to the group that it takes.
        endpoints: Its endpoints.
        ports: The ports that endpoints listen on, by the listener's, where they differ.
    """

    name: str
    region: str
    dial: Fraction
    endpoints: tuple[Endpoint, ...]
    ports: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Flow:
    """What tells one flow from another.

    Attributes:
        source: The client's address.
        source_port: The client's port.
        destination: The accelerator's address.
        destination_port: The accelerator's port.
        protocol: The protocol.
    """

    source: str
    source_port: int
    destination: str
    destination_port: int
    protocol: Protocol = "TCP"


@dataclass(frozen=True, slots=True)
class Listener:
    """A listener of an accelerator.

    Attributes:
        name: Its logical id.
        protocol: The protocol.
        ports: The ranges of ports, first and last.
        by_client: Whether all flows of a client go to one endpoint (client affinity SOURCE_IP).
        groups: The endpoint groups.
    """

    name: str
    protocol: Protocol
    ports: tuple[tuple[int, int], ...]
    by_client: bool
    groups: tuple[EndpointGroup, ...]

    @property
    def idle_seconds(self) -> int:
        """For how long an open flow may be idle and still keep its endpoint, be that ill, drained or removed."""
        return IDLE_SECONDS[self.protocol]

    def takes(self, protocol: str, port: int) -> bool:
        """Whether it listens on a port.

        Args:
            protocol: The protocol.
            port: The port.
        """
        return protocol == self.protocol and any(first <= port <= last for first, last in self.ports)

    def same_endpoint(self, first: Flow, second: Flow) -> Verdict:
        """Whether two flows go to the same endpoint, while neither health, dials nor weights change.

        Args:
            first: A flow.
            second: Another flow.

        Returns:
            HOLDS if what is hashed is the same of both; UNKNOWN otherwise, for other hashes may have one endpoint.
        """
        return Verdict.HOLDS if self._hashed(first) == self._hashed(second) else Verdict.UNKNOWN

    def _hashed(self, flow: Flow) -> tuple[object, ...]:
        if self.by_client:
            return (flow.source, flow.destination)
        return (flow.source, flow.source_port, flow.destination, flow.destination_port, flow.protocol)


@dataclass(frozen=True, slots=True)
class Accelerator:
    """An accelerator, as a template has it.

    Attributes:
        name: Its logical id.
        enabled: Whether it takes flows.
        listeners: Its listeners.
    """

    name: str
    enabled: bool
    listeners: tuple[Listener, ...]

    def place(
        self,
        nearest: Sequence[str],
        *,
        port: int | None = None,
        protocol: Protocol = "TCP",
        ill: str | Iterable[str] = (),
    ) -> Placement:
        """Compute where the new flows of a client go.

        Args:
            nearest: All Regions of the endpoint groups, the one that is nearest to the client first.
            port: The port that the client connects to. Default: that of the only listener.
            protocol: The protocol.
            ill: What is ill: endpoints, or Regions with all endpoints in them. Default: nothing.

        Returns:
            The share of each endpoint.

        Raises:
            AcceleratorError: If nobody listens there, or what is named is not there.
        """
        listener = self.listener(port, protocol)
        groups = self._in_order(listener, nearest)
        sick = self._ill([ill] if isinstance(ill, str) else list(ill), listener)
        return place(
            [
                (one.region, one.dial, [(each.name, 0 if each.name in sick else each.weight) for each in one.endpoints])
                for one in groups
            ]
        )

    def weak_points(
        self, nearest: Sequence[str], *, port: int | None = None, protocol: Protocol = "TCP"
    ) -> dict[str, Placement]:
        """Find the single failures after which not every flow surely goes to an endpoint that is well.

        Args:
            nearest: All Regions of the endpoint groups, the one that is nearest to the client first.
            port: The port that the client connects to. Default: that of the only listener.
            protocol: The protocol.

        Returns:
            The placements, by what is ill: an endpoint or a Region.

        Raises:
            AcceleratorError: As `place`.
        """
        found = {}
        for failure in self.single_failures(port=port, protocol=protocol):
            placement = self.place(nearest, port=port, protocol=protocol, ill=failure)
            if not placement.surely_well:
                found[failure] = placement
        return found

    def single_failures(self, *, port: int | None = None, protocol: Protocol = "TCP") -> list[str]:
        """List each endpoint and each Region of a listener, any of which may be ill by itself.

        Args:
            port: The port of the listener. Default: that of the only listener.
            protocol: The protocol.

        Raises:
            AcceleratorError: If nobody listens there.
        """
        groups = self.listener(port, protocol).groups
        return [*(one.name for group in groups for one in group.endpoints), *(group.region for group in groups)]

    def table(
        self, clients: Mapping[str, Sequence[str]], *, port: int | None = None, protocol: Protocol = "TCP"
    ) -> str:
        """Compute where flows go while nothing is ill and after every single failure, as a table in Markdown.

        Args:
            clients: The Regions of the endpoint groups, the nearest first, by the name of a client.
            port: The port that clients connect to. Default: that of the only listener.
            protocol: The protocol.

        Returns:
            The table: a row a failure, a column a client.

        Raises:
            AcceleratorError: As `place`.
        """
        lines = [f"| Ill | {' | '.join(clients)} |", f"| --- |{' --- |' * len(clients)}"]
        for failure in [None, *self.single_failures(port=port, protocol=protocol)]:
            cells = [
                self.place(order, port=port, protocol=protocol, ill=[failure] if failure else ()).summary()
                for order in clients.values()
            ]
            lines.append(f"| {failure or 'nothing'} | {' | '.join(cells)} |")
        return "\n".join(lines)

    def listener(self, port: int | None = None, protocol: Protocol = "TCP") -> Listener:
        """Look up the listener of a port.

        Args:
            port: The port. Default: that of the only listener.
            protocol: The protocol.

        Raises:
            AcceleratorError: If nobody listens there, or the accelerator is switched off.
        """
        if not self.enabled:
            raise AcceleratorError(f"{self.name} is switched off: Enabled is false")
        if port is None:
            if len(self.listeners) == 1:
                return self.listeners[0]
            raise AcceleratorError(f"say which port: {self.name} has {len(self.listeners)} listeners")
        for one in self.listeners:
            if one.takes(protocol, port):
                return one
        raise AcceleratorError(f"no listener of {self.name} takes {protocol} port {port}")

    def _in_order(self, listener: Listener, nearest: Sequence[str]) -> list[EndpointGroup]:
        order = [nearest] if isinstance(nearest, str) else list(nearest)
        if len(set(order)) != len(order):
            raise AcceleratorError(f"nearest must name each Region once, got {', '.join(map(str, order))}")
        by_region = {group.region: group for group in listener.groups}
        missing = [region for region in by_region if region not in order]
        if missing:
            raise AcceleratorError(
                f"nearest must name every Region of {listener.name}'s endpoint groups, missing {', '.join(missing)}"
            )
        return [by_region[region] for region in order if region in by_region]

    def _ill(self, names: list[str], listener: Listener) -> set[str]:
        sick: set[str] = set()
        for name in names:
            found = {
                one.name
                for group in listener.groups
                for one in group.endpoints
                if name in (one.name, group.region, group.name) or any(path.endswith(f"/{name}") for path in one.also)
            }
            known = {region for group in listener.groups for region in (group.region, group.name)}
            if not found and name not in known:
                endpoints = [one.name for group in listener.groups for one in group.endpoints]
                raise AcceleratorError(
                    f"ill must name endpoints or Regions of {listener.name}, got {name}: "
                    f"there are {', '.join([*endpoints, *(group.region for group in listener.groups)]) or 'none'}"
                )
            sick |= found
        return sick
