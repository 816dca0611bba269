"""Which VPCs are spokes."""

from __future__ import annotations

from patternkit.routes.model import Attachment, Endpoint, Model, Subnet, TransitTable, Vpc


def spokes(model: Model) -> list[Vpc]:
    """The VPCs on a transit gateway that hold no firewall endpoint, and through which no route leads.

    A VPC with its own way to the internet is one, too: that is what a promise must find.
    """
    hubs = _hubs(model)
    return [
        vpc
        for vpc in model.vpcs.values()
        if vpc.identity not in hubs and any(attachment.medium == "vpc" for attachment in vpc.attachments)
    ]


def hub_paths(model: Model) -> list[str]:
    """The VPCs on a transit gateway that are no spokes."""
    hubs = _hubs(model)
    return [vpc.path for vpc in model.vpcs.values() if vpc.identity in hubs and vpc.attachments]


def _hubs(model: Model) -> set[str]:
    hubs = {
        endpoint.subnet.vpc.identity
        for endpoint in model.targets.values()
        if isinstance(endpoint, Endpoint) and isinstance(endpoint.subnet, Subnet)
    }
    for table in model.transit_tables.values():
        assert isinstance(table, TransitTable)
        for route in table.routes:
            target = route.target
            if (
                route.origin in ("static", "prefix list")
                and isinstance(target, Attachment)
                and target.vpc is not None
                and not any(block.covers(route.prefix) for block in target.vpc.blocks)
            ):
                hubs.add(target.vpc.identity)
    return hubs
