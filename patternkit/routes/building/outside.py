"""Doubts on all that an id may be, which is not known to be another's.

An id that a template gives as text, or does not give at all, may be the id of any element of its kind. What is written
into it is then a doubt on all of them, which a contract lifts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from patternkit.routes.building.reading import Literal, Loose, _Reading
from patternkit.routes.model import Attachment, Subnet, TransitGateway, Vpc, VpnGateway
from patternkit.routes.values import Outside, Unknown


class _Outside(_Reading):
    """Doubts what is not known to be another, when everything is made."""

    def _doubt_all(self) -> None:
        for loose in self.loose:
            candidates = [element for element in self._of_kind(loose.kind) if self._may_be(loose, element)]
            if loose.kind in _DOUBTED:
                for element in candidates:
                    _DOUBTED[loose.kind](element, loose)
            elif candidates or not loose.kind:
                # Any route may lead over it.
                self.model.unknown.append(loose.text)
        for attachment in self.model.attachments.values():
            for side in self.peering_sides.get(attachment.identity, [attachment]):
                self._doubt_gateways(side)

    def _may_be(self, loose: Loose, element: Any) -> bool:
        if isinstance(loose.reason, Literal) and element.identity in self.resolver.identified:
            # It has another id.
            return False
        return loose.may_be(element)

    def _of_kind(self, kind: str) -> Iterable[Any]:
        model = self.model
        vpcs = list(model.vpcs.values())
        groups: dict[str, Iterable[Any]] = {
            "VPC": vpcs,
            "VPC block": vpcs,
            "subnet": model.subnets.values(),
            "associated subnet": vpcs,
            "subnet of a network ACL": model.subnets.values(),
            "route table": [*model.tables.values(), *(vpc.main_table for vpc in vpcs if vpc.main_table is not None)],
            "transit gateway route table": model.transit_tables.values(),
            "network ACL": [*model.network_acls.values(), *self.default_acls.values()],
            "virtual private gateway": [one for one in self.targets.values() if isinstance(one, VpnGateway)],
            "site": model.sites.values(),
            "interface": model.interfaces.values(),
        }
        return groups.get(kind, ())

    def _doubt_gateways(self, attachment: Attachment) -> None:
        """An attachment whose gateway is not known may be any gateway's, and be propagated by default."""
        reason = attachment.gateway
        if not isinstance(reason, Unknown) or isinstance(reason, Outside):
            return
        if attachment.medium in ("peering", "firewall"):
            return
        for gateway in self.model.transit_gateways.values():
            if (
                isinstance(gateway, TransitGateway)
                and gateway.default_table is not None
                and gateway.propagates is not False
                and gateway.identity not in self.resolver.identified
            ):
                gateway.default_table.unknown.append(
                    f"{attachment.path} may be attached to {gateway.path}: {reason.reason}"
                )


def _doubt_table(element: Any, loose: Loose) -> None:
    element.unknown.append(loose.text)


def _doubt_blocks(element: Vpc, loose: Loose) -> None:
    for family in (4, 6):
        element.unknown_blocks.setdefault(family, Unknown(loose.text))


def _doubt_association(element: Vpc, loose: Loose) -> None:
    element.unassociated = Unknown(loose.text)


def _doubt_acl(element: Subnet, loose: Loose) -> None:
    element.acl = Unknown(loose.text)


_DOUBTED: dict[str, Any] = {
    "route table": _doubt_table,
    "transit gateway route table": _doubt_table,
    "network ACL": _doubt_table,
    "VPC block": _doubt_blocks,
    "associated subnet": _doubt_association,
    "subnet of a network ACL": _doubt_acl,
}
