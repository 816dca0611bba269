"""What the values of promises mean: addresses, names, set identifiers, and the resources that have addresses."""

from __future__ import annotations

from collections.abc import Iterable

from patternkit.dns.domain_names import is_address, is_name, is_within, normal
from patternkit.dns.errors import QuestionError
from patternkit.dns.model import Endpoint, Model, RecordSet
from patternkit.templates.errors import nearest

_NOT_PUBLIC = ("internal", "local", "localhost", "test", "invalid", "home.arpa", "corp", "lan", "home", "intranet")
"""Top-level domains that the internet does not have: RFC 6761, RFC 8375, and ICANN's reservation of `internal`."""


def is_not_public(name: str) -> bool:
    """Whether a name is in a domain that the internet does not have."""
    return any(is_within(name, domain) for domain in _NOT_PUBLIC)


class Matcher:
    """Finds what the texts of promises mean among what a model may answer.

    Args:
        model: The model.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._values: set[str] | None = None

    def identities(self, texts: str | Iterable[str]) -> set[str]:
        """What some texts mean.

        Raises:
            QuestionError: One means nothing that could be answered.
        """
        return {value for text in ([texts] if isinstance(texts, str) else texts) for value in self._meant(text)}

    def share_key(self, text: str, name: str, kind: str) -> object:
        """The set of values that a value or set identifier of a name means."""
        for zone in self.model.zones.values():
            for record in zone.records.get(name, {}).get(kind, ()):
                if text in (record.set_identifier, record.path):
                    own = self._own(record)
                    if own:
                        return frozenset(own)
        return frozenset(self._meant(text))

    def _meant(self, text: str) -> list[str]:
        found = [
            identity
            for identity, endpoint in self.model.endpoints.items()
            if text
            in (
                identity,
                endpoint.path,
                identity.strip("\u27e8\u27e9"),
                identity.strip("\u27e8\u27e9").rpartition("/")[2],
            )
            or endpoint.path.endswith(f"/{text}")
        ]
        if len(found) == 1:
            return found
        if len(found) > 1:
            raise QuestionError(f"{len(found)} things are named {text!r}: {self.model.endpoints[found[0]].path}, ...")
        if is_address(text) or text in self._all_values():
            return [text]
        by_identifier = [
            value
            for zone in self.model.zones.values()
            for types in zone.records.values()
            for records in types.values()
            for record in records
            if record.set_identifier == text
            for value in self._own(record)
        ]
        if by_identifier:
            return by_identifier
        for value in self._all_values():
            if normal(value) == normal(text):
                return [value]
        if is_name(text) and "." in text:
            return [text]
        known = [endpoint.path for endpoint in self.model.endpoints.values()]
        raise QuestionError(f"nothing that is answered is named {text!r}{nearest(text, [*known, *self._all_values()])}")

    @staticmethod
    def _own(record: RecordSet) -> list[str]:
        if record.alias is not None:
            return [record.alias.target.identity] if isinstance(record.alias.target, Endpoint) else []
        return list(record.values)

    def _all_values(self) -> set[str]:
        if self._values is None:
            self._values = {
                value
                for zone in self.model.zones.values()
                for types in zone.records.values()
                for records in types.values()
                for record in records
                for value in record.values
            }
            self._values |= {
                value
                for site in self.model.sites.values()
                for one in site.zones.values()
                for values in one.values()
                for value in values
            }
        return self._values
