"""Hosted zones, public and private, with their records and their signing."""

from __future__ import annotations

from dataclasses import dataclass, field

from patternkit.dns.domain_names import is_within, upwards
from patternkit.dns.model.record_set import RecordSet
from patternkit.dns.model.unknown import Unknown

CLOSE = "\u27e9"


@dataclass(slots=True)
class Signing:
    """The DNSSEC signing of a zone.

    Attributes:
        enabled: Whether the zone's signing is switched on.
        active_keys: The paths of the key-signing keys that are active.
        other_keys: Those that are not.
        parent_has_ds: Whether the parent zone holds a DS record for it; None where no one says.
    """

    enabled: bool = False
    active_keys: list[str] = field(default_factory=list)
    other_keys: list[str] = field(default_factory=list)
    parent_has_ds: bool | None = None

    @property
    def signed(self) -> bool:
        """Whether answers are signed."""
        return self.enabled and bool(self.active_keys)


@dataclass(slots=True, eq=False)
class HostedZone:
    """A zone, and who asks it.

    Attributes:
        identity: The resource's identity, or the zone's id where it is none of the set.
        path: What people call it.
        name: Its domain name.
        private: Whether only VPCs ask it.
        vpcs: The identities of the VPCs that are associated with it.
        whole: Whether the set holds all of its records; else what it does not hold is not known.
        delegated: Whether the zone above leads to it, where that is none of the set.
        signing: Its DNSSEC signing.
        made_by: What made it, where that is no hosted zone of a template: "Cloud Map", "an interface endpoint".
        region: The Region of its stack.
        doubts: Why what it does not seem to have may be there.
        records: Its record sets, by name and type.
        hands_on: Whether it delegates names to other name servers.
    """

    identity: str
    path: str
    name: str
    private: bool | Unknown = False
    vpcs: dict[str, str] = field(default_factory=dict)
    whole: bool = True
    delegated: bool = True
    signing: Signing = field(default_factory=Signing)
    made_by: str = ""
    region: str = ""
    doubts: list[str] = field(default_factory=list)
    records: dict[str, dict[str, list[RecordSet]]] = field(default_factory=dict)
    hands_on: bool = False
    _inner: set[str] = field(default_factory=set)

    def add(self, record: RecordSet) -> None:
        """Put a record into the zone."""
        types = self.records.get(record.name)
        if types is None:
            types = self.records[record.name] = {}
            # The names between a record and its zone exist, with nothing at them.
            for name in upwards(record.name):
                if name == self.name or name in self._inner or not is_within(name, self.name):
                    break
                self._inner.add(name)
        types.setdefault(record.type, []).append(record)
        self.hands_on = self.hands_on or (record.type == "NS" and record.name != self.name)

    def holds(self, name: str) -> bool:
        """Whether the name exists in it, with records or only with names below it."""
        return name in self.records or name in self._inner or name == self.name

    @property
    def name_servers(self) -> str:
        """The identity of the list of its name servers."""
        return f"{self.identity.removesuffix(CLOSE)}.NameServers{CLOSE}"

    @property
    def kind(self) -> str:
        """What sort of zone it is."""
        if isinstance(self.private, Unknown):
            return "zone"
        return "private zone" if self.private else "public zone"
