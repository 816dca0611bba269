"""Doubts on all that an id may be, which is not known to be another's.

An id that a template gives as text, or does not give at all, may be the id of any element of its kind. What is written
into it is then a doubt on all of them, which a contract lifts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from typing import Literal as OneOf

from patternkit.resolving.values import Outside, Unknown
from patternkit.routes.building.draft import Draft, Kind, Literal, Loose
from patternkit.routes.model import Attachment, InternetGateway, Subnet, TransitGateway, Vpc, VpnGateway


def doubt_all_candidates(draft: Draft) -> None:
    """Doubt every element that an unknown id may mean."""
    for loose in draft.loose:
        candidates = [element for element in _of_kind(draft, loose.kind) if _may_be(draft, loose, element)]
        if loose.kind in _DOUBTED:
            for element in candidates:
                _DOUBTED[loose.kind](element, loose)
        elif candidates or not loose.kind:
            # Any route may lead over it.
            draft.model.unknown.append(loose.text)
    for attachment in draft.model.attachments.values():
        for side in draft.peering_sides.get(attachment.identity, [attachment]):
            _doubt_gateways(draft, side)


def _may_be(draft: Draft, loose: Loose, element: Any) -> bool:
    if isinstance(loose.reason, Literal) and element.identity in draft.resolver.identified:
        # It has another id.
        return False
    return loose.may_be(element)


def _of_kind(draft: Draft, kind: Kind | OneOf[""]) -> Iterable[Any]:
    model = draft.model
    vpcs = list(model.vpcs.values())
    groups: dict[Kind, Iterable[Any]] = {
        "VPC": vpcs,
        "VPC block": vpcs,
        "subnet": model.subnets.values(),
        "associated subnet": vpcs,
        "subnet of a network ACL": model.subnets.values(),
        "route table": [*model.tables.values(), *(vpc.main_table for vpc in vpcs if vpc.main_table is not None)],
        "transit gateway route table": model.transit_tables.values(),
        "network ACL": [*model.network_acls.values(), *draft.default_acls.values()],
        "internet gateway": [one for one in draft.targets.values() if isinstance(one, InternetGateway)],
        "virtual private gateway": [one for one in draft.targets.values() if isinstance(one, VpnGateway)],
        "site": model.sites.values(),
        "interface": model.interfaces.values(),
    }
    return groups.get(kind, ()) if kind else ()


def _doubt_gateways(draft: Draft, attachment: Attachment) -> None:
    """An attachment whose gateway is not known may be any gateway's, and be propagated by default."""
    reason = attachment.gateway
    if not isinstance(reason, Unknown) or isinstance(reason, Outside):
        return
    if attachment.medium in ("peering", "firewall"):
        return
    for gateway in draft.model.transit_gateways.values():
        if (
            isinstance(gateway, TransitGateway)
            and gateway.default_table is not None
            and gateway.propagates is not False
            and gateway.identity not in draft.resolver.identified
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


_DOUBTED: dict[Any, Any] = {
    "route table": _doubt_table,
    "transit gateway route table": _doubt_table,
    "network ACL": _doubt_table,
    "VPC block": _doubt_blocks,
    "associated subnet": _doubt_association,
    "subnet of a network ACL": _doubt_acl,
}
