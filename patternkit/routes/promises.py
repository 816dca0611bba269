"""What a network can promise, as values: from Python, or from a YAML, JSON or TOML file.

```yaml
promises:
  - inspected: {source: every spoke subnet, destination: internet, by: Firewall}
  - isolated: {source: SpokeA, destination: SpokeB, name: production stays apart}
  - reaches: {source: SpokeA, destination: 10.2.0.0/16, port: 443}
```
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from patternkit import promise_lists
from patternkit.promise_lists import BadPromise
from patternkit.routes.addresses import EVERY_PORT, EVERY_PROTOCOL, PROTOCOLS, Spans, normal
from patternkit.routes.errors import QuestionError, nearest
from patternkit.templates.data_files import read_data

Selection = str | Sequence[str]

PROTOCOL_NAMES = tuple(PROTOCOLS)

MEANINGS = {
    "reaches": "every flow arrives, and its replies do",
    "isolated": "no packet arrives",
    "inspected": "every flow that arrives crosses the firewall, its replies cross the same endpoint, and its "
    "policy takes the packets to the rules",
    "symmetric": "the replies of every flow cross the same middleboxes and connections as its packets",
    "same_az": "in each VPC, both ways, a flow's source or destination and all that inspects or translates it "
    "are in one availability zone",
    "no_bypass": "no packet arrives without crossing the firewall, whichever side starts",
    "no_blackhole": "no packet or reply is lost to a missing, dead or circular route",
}


@dataclass(frozen=True, slots=True)
class Promise:
    """A statement about every flow between two sets of places.

    Attributes:
        kind: A key of `MEANINGS`.
        source: Places by construct path, logical id, tag (`tag:Key=Value`), CIDR or group.
        destination: The same.
        by: For `inspected` and `no_bypass`: the firewalls, endpoints or appliances that count; default any.
        port: The destination port; default every one.
        protocol: "tcp", "udp", "icmp" or "any"; default "tcp" with a port, else "any", which for `reaches` means TCP,
            UDP and ICMP.
        family: 4 or 6; default both.
        same_vpc: Whether pairs within one VPC count where a group is given; default no.
        name: What to call it; default its own text.
    """

    kind: str
    source: Selection
    destination: Selection
    by: Selection | None = None
    port: int | None = None
    protocol: str | None = None
    family: int | None = None
    same_vpc: bool = False
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind not in MEANINGS:
            raise QuestionError(f"unknown promise {self.kind!r}{nearest(str(self.kind), MEANINGS)}")
        for name in ("source", "destination", "by"):
            value = getattr(self, name)
            if not (_are_names(value) or (name == "by" and value is None)):
                raise QuestionError(f"{name} of {self.kind} must be a text or a list of texts, got {value!r}")
        if not isinstance(self.name, str):
            raise QuestionError(f"name of {self.kind} must be a text, got {self.name!r}")
        # YAML's true is Python's 1.
        if self.port is not None and (type(self.port) is not int or not 0 <= self.port <= 65535):
            raise QuestionError(f"port must be a number between 0 and 65535, got {self.port!r}")
        if self.protocol is not None and self.protocol not in PROTOCOL_NAMES:
            known = nearest(str(self.protocol), PROTOCOL_NAMES)
            raise QuestionError(f"protocol must be one of {', '.join(PROTOCOL_NAMES)}, got {self.protocol!r}{known}")
        if self.port is not None and self.protocol not in (None, "tcp", "udp"):
            raise QuestionError(f"port needs protocol tcp or udp, got {self.protocol!r}")
        if self.family is not None and (type(self.family) is not int or self.family not in (4, 6)):
            raise QuestionError(f"family must be 4 or 6, got {self.family!r}")
        if not isinstance(self.same_vpc, bool):
            raise QuestionError(f"same_vpc must be true or false, got {self.same_vpc!r}")
        if self.by is not None and self.kind not in ("inspected", "no_bypass"):
            raise QuestionError(f"by is only for inspected and no_bypass, not for {self.kind}")

    def __str__(self) -> str:
        if self.name:
            return self.name
        by = f" by {_shown(self.by)}" if self.by is not None else ""
        service = f", {self.protocol or 'tcp'} {self.port}" if self.port is not None else ""
        return f"{self.kind}: {_shown(self.source)} -> {_shown(self.destination)}{by}{service}"

    def protocols(self, family: int = 4) -> Spans:
        """The protocol numbers that the promise covers in a family."""
        if self.protocol is None and self.port is None and self.kind == "reaches":
            # What hosts commonly speak: no NAT gateway carries the others.
            return normal((number, number) for number in (PROTOCOLS["icmp" if family == 4 else "icmpv6"], 6, 17))
        number = PROTOCOLS[self.protocol or ("tcp" if self.port is not None else "any")]
        return EVERY_PROTOCOL if number < 0 else ((number, number),)

    def ports(self) -> Spans:
        """The destination ports that the promise covers."""
        return EVERY_PORT if self.port is None else ((self.port, self.port),)


def _are_names(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, Sequence) and all(isinstance(one, str) for one in value))


def _shown(selection: Selection | None) -> str:
    if selection is None or isinstance(selection, str):
        return selection or "anything"
    return " and ".join(selection)


def _maker(kind: str) -> Callable[..., Promise]:
    def make(source: Selection, destination: Selection, **options: Any) -> Promise:
        known = {field.name for field in fields(Promise)} - {"kind", "source", "destination"}
        for name in options:
            if name not in known:
                raise QuestionError(f"{kind} has no option {name!r}{nearest(name, known)}")
        return Promise(kind, source, destination, **options)

    make.__name__ = kind
    make.__doc__ = f"""Promise that {MEANINGS[kind]}.

    Args:
        source: Places by construct path, logical id, `tag:Key=Value`, CIDR or group.
        destination: The same.
        **options: Any other attribute of `Promise`.

    Raises:
        QuestionError: An option is unknown or out of its range.
    """
    return make


reaches = _maker("reaches")
isolated = _maker("isolated")
inspected = _maker("inspected")
symmetric = _maker("symmetric")
same_az = _maker("same_az")
no_bypass = _maker("no_bypass")
no_blackhole = _maker("no_blackhole")


def load_promises(path: str | Path) -> list[Promise]:
    """Read promises from a YAML, JSON or TOML file.

    Raises:
        QuestionError: The file, or a promise in it, is malformed.
    """
    return promises_from_data(read_data(Path(path), QuestionError), str(path))


def read_promises(path: str | Path) -> list[Promise | BadPromise]:
    """Read promises from a YAML, JSON or TOML file; one that is malformed leaves the others as they are.

    Raises:
        QuestionError: The file holds no list of promises.
    """
    return each_promise(read_data(Path(path), QuestionError), str(path))


def promises_from_data(data: Any, what: str = "promises") -> list[Promise]:
    """Read promises as parsed from a file: a list, or a mapping with the list under `promises`.

    Raises:
        QuestionError: The data, or a promise in them, are malformed.
    """
    return promise_lists.all_good(each_promise(data, what), what, QuestionError)


def each_promise(data: Any, what: str = "promises") -> list[Promise | BadPromise]:
    """Read promises as parsed from a file; one that is malformed leaves the others as they are.

    Raises:
        QuestionError: The data hold no list of promises.
    """
    return promise_lists.each_promise(data, what, kinds=MEANINGS, title="name", make=_made, error=QuestionError)


def _made(kind: str, options: dict[str, Any]) -> Promise:
    for key in ("source", "destination"):
        if key not in options:
            raise QuestionError(f"{kind} needs a {key}{nearest(key, options)}")
    return _maker(kind)(options.pop("source"), options.pop("destination"), **options)
