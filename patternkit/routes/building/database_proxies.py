"""Proxies of Amazon RDS: hosts that end connections to a database and open their own, on no route.

A proxy is in the VPC of its database, is never public, and listens on the port of its engine family. An endpoint of it
may be in another VPC. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html and
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-endpoints.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from patternkit.resolving import Stack, custom_names
from patternkit.resolving.values import Outside, Unknown, not_lifted
from patternkit.routes.addresses import EVERY_PORT, Prefix, normal
from patternkit.routes.building.doubts import identities, named_by_groups, raise_doubts
from patternkit.routes.building.draft import DatabaseProxy, Draft, Properties
from patternkit.routes.building.proxies import add_proxy
from patternkit.routes.building.suspects import is_declared_harmless
from patternkit.routes.building.tasks import add_hosts
from patternkit.routes.model import Interface, Proxy, Subnet, Taken

_PORTS = {"MYSQL": 3306, "POSTGRESQL": 5432, "SQLSERVER": 1433}


def add_database_proxy(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::RDS::DBProxy`."""
    family = draft.get(stack, properties, "EngineFamily")
    port = _PORTS.get(str(family).upper())
    doubt = f"the port of {stack.path(logical)}: {family.reason}" if isinstance(family, Unknown) else ""
    taken = Taken(((6, 6),), ((port, port),) if port else EVERY_PORT, doubt)
    hosts = _hosts(draft, stack, logical, properties, taken)
    name = draft.get(stack, properties, "DBProxyName")
    draft.database_proxies.append(DatabaseProxy(stack.ids[logical], name, hosts, list(hosts)))


def add_proxy_endpoint(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::RDS::DBProxyEndpoint`: another entrance of a proxy."""
    proxy = _proxy(draft, stack, properties)
    listens = proxy.exits[0].listens if isinstance(proxy, DatabaseProxy) and proxy.exits else None
    why = proxy.reason if isinstance(proxy, Unknown) else f"its proxy is not in the set{not_lifted()}"
    loose = Taken(((6, 6),), EVERY_PORT, f"the port of {stack.path(logical)}: {why}")
    hosts = _hosts(draft, stack, logical, properties, listens[0] if listens else loose)
    if isinstance(proxy, DatabaseProxy):
        proxy.entrances += hosts
    else:
        _doubt(draft, stack, logical, _subnets_of(hosts), "of a proxy that is not in the set")


def add_proxy_targets(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::RDS::DBProxyTargetGroup`: what a proxy opens connections to."""
    proxy = _proxy(draft, stack, properties)
    if isinstance(proxy, Unknown):
        every = [host for one in draft.database_proxies for host in one.entrances]
        _doubt(draft, stack, logical, _subnets_of(every), "of a proxy that is not known")
    if not isinstance(proxy, DatabaseProxy):
        return
    entrances, exits = proxy.entrances, proxy.exits
    names = ("DBInstanceIdentifiers", "DBClusterIdentifiers")
    lists = [draft.listed(stack, properties, name) for name in names]
    given = [one for listed in lists for one in ([listed] if isinstance(listed, Unknown) else listed)]
    databases = [database for one in given for database in _databases(draft, one)]
    blocks: list[Prefix] = []
    ports: list[tuple[int, int]] = []
    for subnets, port in databases:
        blocks += [block for subnet in subnets for block in subnet.blocks]
        ports += [(port, port)] if port else exits[0].listens[0].ports if exits and exits[0].listens else EVERY_PORT
    for host in entrances:
        draft.model.proxies.append(Proxy(host, tuple(blocks), normal(ports), by=tuple(exits)))
    if not databases or any(not subnets for subnets, _ in databases):
        _doubt(draft, stack, logical, _subnets_of(entrances), "to a database whose subnets are not in the set")


def _hosts(draft: Draft, stack: Stack, logical: str, properties: Properties, taken: Taken) -> list[Interface]:
    subnets = draft.listed(stack, properties, "VpcSubnetIds")
    groups = draft.get(stack, properties, "VpcSecurityGroupIds")
    given = subnets if isinstance(subnets, list) else [subnets]
    hosts = add_hosts(draft, stack, logical, given, groups, public=False)
    if any(isinstance(host.subnet, Unknown) and not isinstance(host.subnet, Outside) for host in hosts):
        # All of its subnets are of one VPC.
        known = [host.subnet.vpc.identity for host in hosts if isinstance(host.subnet, Subnet)]
        _doubt(draft, stack, logical, known or list(draft.model.vpcs), "in subnets that are not known")
    for host in hosts:
        host.listens = [taken]
    # What a contract says comes beside what the template says.
    add_proxy(draft, hosts, custom_names(stack, logical, ""))
    return hosts


def _subnets_of(hosts: Iterable[Interface]) -> list[str]:
    return [host.subnet.identity for host in hosts if isinstance(host.subnet, Subnet)]


def _proxy(draft: Draft, stack: Stack, properties: Properties) -> DatabaseProxy | Unknown | None:
    """The proxy that is named: None where it is surely none of the set, `Unknown` where it may be any."""
    name = draft.get(stack, properties, "DBProxyName")
    if isinstance(name, Unknown):
        return name
    for one in draft.database_proxies:
        if name in (one.identity, one.name):
            return one
    return next((one.name for one in draft.database_proxies if isinstance(one.name, Unknown)), None)


def _databases(draft: Draft, given: Any) -> Iterator[tuple[list[Subnet], int]]:
    """The databases that a value names, each with its subnets and its port; none, and 0, where they are not known."""
    for identity in sorted(identities(given)) or [""]:
        entry = draft.resolver.stacks.by_id.get(identity)
        if entry is None:
            yield [], 0
            continue
        stack, logical = entry
        properties = stack.resources[logical].get("Properties") or {}
        named = draft.get(stack, properties, "DBSubnetGroupName")
        listed = [one for group in named_by_groups(draft, named) for one in identities(group)]
        if not listed and "DBClusterIdentifier" in properties and stack.resources[logical]["Type"].endswith("Instance"):
            yield from _databases(draft, draft.get(stack, properties, "DBClusterIdentifier"))
            continue
        port = str(draft.get(stack, properties, "Port"))
        subnets = [draft.model.subnets[one] for one in listed if one in draft.model.subnets]
        yield subnets, int(port) if port.isdigit() else 0


def _doubt(draft: Draft, stack: Stack, logical: str, given: list[str], why: str) -> None:
    kind = stack.resources[logical]["Type"]
    if not is_declared_harmless(draft, given, custom_names(stack, logical, kind)):
        raise_doubts(draft, given, f"{stack.path(logical)} ({kind}, {why})", adds=True)
