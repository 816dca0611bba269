"""A DNS server on loopback that answers from templates: a view for each source, and switches for what is ill.

dnspython reads, writes and signs the messages; the choice is told in `docs/decisions`.
"""

from __future__ import annotations

import random
import selectors
import socket
import struct
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from patternkit.dns.domain_names import normal
from patternkit.dns.errors import QuestionError
from patternkit.dns.failures import ill_things
from patternkit.dns.health import NOTHING, Ill
from patternkit.dns.model import InternetClient, Source
from patternkit.dns.names import Names
from patternkit.dns.reporting import labelled
from patternkit.dns.responses import Responder
from patternkit.dns.sources import SourceText
from patternkit.dns.stand_ins import StandIns

_LARGEST_UDP = 4096
_MOST_KEPT = 20_000
_SLOWEST_CLIENT = 5.0


@dataclass(frozen=True, slots=True)
class View:
    """Who is answered at a port.

    Attributes:
        source: The source.
        address: Where the server listens.
        port: The port, of UDP and TCP.
    """

    source: Source
    address: str
    port: int


class DnsServer:
    """Answers queries on loopback, until it is stopped.

    Args:
        names: What is answered from.
        views: The sources that are answered, each at a port of its own. Default: the internet, all VPCs and sites.
        address: The loopback address to listen at.
        port: The port of the first view; the others follow. Default: any free ones.
        clients: Sources by the address that a query comes from, whatever port it is sent to. Default: none.
        addresses: Addresses of resources, which stand for those that only AWS knows. Default: made up.
        ill: What is ill from the beginning. Default: nothing.
        seed: Decides which of several answers is picked. Default: chance.

    Raises:
        QuestionError: A source or a resource is not there, or a port is taken.
    """

    def __init__(
        self,
        names: Names,
        *,
        views: Iterable[SourceText] | None = None,
        address: str = "127.0.0.1",
        port: int = 0,
        clients: Mapping[str, SourceText] | None = None,
        addresses: Mapping[str, str] | None = None,
        ill: Iterable[str] = (),
        seed: int | None = None,
    ) -> None:
        prover = names.provers[0]
        self.model, self.resolution, self._sources = prover.model, prover.resolution, prover.sources
        self.stand_ins = StandIns(addresses or {}, self.model.labels)
        self._chance = random.Random(seed)
        self._responder = Responder(
            self.model,
            self.resolution,
            self.stand_ins,
            self._chance,
            lambda text: labelled(text, self.model.labels),
        )
        self._ill: frozenset[str] = frozenset(ill)
        self._ill_things: Ill = ill_things(self.model, self._ill)
        self._clients = {where: self._sources.one(source) for where, source in (clients or {}).items()}
        wanted = self._every_source() if views is None else [self._sources.one(source) for source in views]
        self.views: list[View] = []
        self._sockets: list[tuple[socket.socket, Source, bool]] = []
        self._kept: dict[tuple[int, bytes], tuple[list[bytes], list[float]]] = {}
        self._stopping = threading.Event()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="dns", daemon=True)
        for number, source in enumerate(wanted):
            self._listen(source, address, port + number if port else 0)

    def _every_source(self) -> list[Source]:
        return [InternetClient(), *self.model.vpcs.values(), *self.model.sites.values()]

    def _listen(self, source: Source, address: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        udp, tcp = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_STREAM)
        self._sockets += [(udp, source, False), (tcp, source, True)]
        try:
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tcp.bind((address, port))
            udp.bind((address, tcp.getsockname()[1]))
            tcp.listen(64)
        except OSError as error:
            self.stop()
            raise QuestionError(f"{source.path} cannot be answered at {address}:{port}: {error.strerror}") from None
        self.views.append(View(source, address, udp.getsockname()[1]))

    # Running

    def __enter__(self) -> DnsServer:
        self.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more, and free the ports."""
        self._stopping.set()
        self._wake.close()
        if self._thread.is_alive():
            self._thread.join()
        for one, _, _ in self._sockets:
            one.close()
        self._woken.close()

    def port_of(self, source: SourceText) -> int:
        """The port at which a source is answered.

        Raises:
            QuestionError: It is not answered at any.
        """
        wanted = self._sources.one(source)
        for view in self.views:
            if view.source is wanted or view.source == wanted:
                return view.port
        raise QuestionError(f"{wanted.path} is answered at no port")

    # Switches

    def ill(self, *things: str) -> None:
        """Let things fall ill.

        Raises:
            QuestionError: One of them is not there.
        """
        self._switch(self._ill | set(things))

    def well(self, *things: str) -> None:
        """Let things be well again; without any, everything."""
        self._switch(self._ill - set(things) if things else frozenset())

    def _switch(self, ill: frozenset[str]) -> None:
        self._ill_things = ill_things(self.model, ill)
        self._ill = ill
        self._kept.clear()

    @property
    def ailing(self) -> tuple[str, ...]:
        """What is ill."""
        return tuple(sorted(self._ill))

    # Answering

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            for one, source, stream in self._sockets:
                one.setblocking(False)  # noqa: FBT003
                selector.register(one, selectors.EVENT_READ, (source, stream))
            while not self._stopping.is_set():
                for key, _ in selector.select():
                    if key.fileobj is self._woken:
                        return
                    source, stream = key.data
                    assert isinstance(key.fileobj, socket.socket)
                    if stream:
                        self._accept(key.fileobj, source)
                    else:
                        self._datagrams(key.fileobj, source)

    def _datagrams(self, udp: socket.socket, source: Source) -> None:
        for _ in range(64):
            try:
                wire, sender = udp.recvfrom(_LARGEST_UDP)
            except (BlockingIOError, ConnectionError):
                return
            answer = self.answer(wire, self._clients.get(sender[0], source))
            if answer:
                udp.sendto(answer, sender)

    def _accept(self, tcp: socket.socket, source: Source) -> None:
        try:
            connection, sender = tcp.accept()
        except (BlockingIOError, ConnectionError):
            return
        asked = self._clients.get(sender[0], source)
        threading.Thread(target=self._stream, args=(connection, asked), daemon=True).start()

    def _stream(self, connection: socket.socket, source: Source) -> None:
        connection.settimeout(_SLOWEST_CLIENT)
        with connection:
            try:
                while (head := _exactly(connection, 2)) is not None:
                    wire = _exactly(connection, struct.unpack("!H", head)[0])
                    answer = self.answer(wire, source, stream=True) if wire else b""
                    if not answer:
                        return
                    connection.sendall(struct.pack("!H", len(answer)) + answer)
            except OSError:
                return

    def answer(self, wire: bytes, source: Source, *, stream: bool = False) -> bytes:
        """The answer to one message.

        Args:
            wire: The message.
            source: Who asks.
            stream: Whether it came by TCP, so that the answer may be long.

        Returns:
            The answer; nothing where the message is none that can be answered.
        """
        key = (id(source), wire[2:])
        kept = self._kept.get(key) if not stream else None
        if kept is not None:
            return wire[:2] + self._drawn(*kept)
        try:
            query = dns.message.from_wire(wire)
        except (dns.exception.DNSException, ValueError, struct.error):
            return wire[:2] + struct.pack("!HHHHH", 0x8001, 0, 0, 0, 0) if len(wire) >= 12 and wire[2] < 0x80 else b""
        if query.flags & dns.flags.QR:
            return b""
        if query.opcode() != 0 or len(query.question) != 1:
            refused = dns.message.make_response(query)
            refused.set_rcode(dns.rcode.NOTIMP)
            return bytes(refused.to_wire())
        responses, weights, pooled = self._responses(query, source)
        wires = [_to_wire(response, None if stream else _room(query))[2:] for response in responses]
        if not pooled and not stream and len(self._kept) < _MOST_KEPT:
            self._kept[key] = (wires, weights)
        return wire[:2] + self._drawn(wires, weights)

    def _responses(
        self, query: dns.message.Message, source: Source
    ) -> tuple[list[dns.message.Message], list[float], bool]:
        """The responses that may be sent, how likely each is, and whether they are others every time."""
        question = query.question[0]
        name, kind = normal(question.name.to_text()), dns.rdatatype.to_text(question.rdtype)
        if kind in ("DNSKEY", "DS") and (records := self._responder.of_key(name, kind)) is not None:
            response = dns.message.make_response(query, recursion_available=True)
            wants = bool(query.ednsflags & dns.flags.DO)
            response.answer += [one for one in records if wants or one.rdtype != dns.rdatatype.RRSIG]
            return [response], [1], False
        answer = self.resolution.ask(_with_subnet(source, query), name, kind, self._ill_things or NOTHING)
        found = [(outcome, likely) for outcome, likely in answer.outcomes if likely != 0]
        weights = [float(likely) if likely is not None else 1.0 for _, likely in found]
        responses = [self._responder.respond(query, source, outcome) for outcome, _ in found]
        return responses, weights, any(outcome.pool for outcome, _ in found)

    def _drawn(self, wires: list[bytes], weights: list[float]) -> bytes:
        return wires[0] if len(wires) == 1 else self._chance.choices(wires, weights)[0]


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    found = b""
    while len(found) < count:
        more = connection.recv(count - len(found))
        if not more:
            return None
        found += more
    return found


def _room(query: dns.message.Message) -> int:
    return max(512, min(query.payload, _LARGEST_UDP)) if query.edns >= 0 else 512


def _to_wire(response: dns.message.Message, most: int | None) -> bytes:
    try:
        return bytes(response.to_wire(max_size=most or 65535))
    except dns.exception.TooBig:
        response.flags |= dns.flags.TC
        for section in (response.answer, response.authority, response.additional):
            section.clear()
        return bytes(response.to_wire(max_size=65535))


def _with_subnet(source: Source, query: dns.message.Message) -> Source:
    """The client on whose behalf a resolver asks, as EDNS client subnet tells."""
    if isinstance(source, InternetClient):
        for option in query.options:
            if isinstance(option, dns.edns.ECSOption):
                subnet: Any = option
                return replace(source, address=f"{subnet.address}/{subnet.srclen}")
    return source
