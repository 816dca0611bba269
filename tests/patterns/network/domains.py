"""Pictures of routing domains: what is associated with each, on its left, and where its routes lead, on its right."""

import re
from collections.abc import Iterator

from patternkit.catalog.diagrams import Edge, Graph, Node
from tests.patterns.network.tables import Tables

_ATTACHMENT = "resource/AWSTransitGatewayAttachment"
_DOMAIN = "resource/AmazonVPCRouter"


def domains(tables: Tables) -> Graph:
    """Make the picture of a transit gateway's routing domains.

    Args:
        tables: Its route tables.

    Returns:
        The graph, without nodes where there is no transit gateway. What behaves alike is one node.
    """
    made = Graph()
    for domain in tables.gateway:
        made.nodes[domain] = Node(id=domain, title=domain, service="Routing domain", icon=_DOMAIN)
    for domain, attachments in tables.associations.items():
        if attachments:
            made.nodes[f"from {domain}"] = _attachments(f"from {domain}", attachments)
            made.edges.append(Edge(source=f"from {domain}", target=domain, flow="route"))
    ways: dict[str, list[tuple[str, str]]] = {}
    for domain, target, label in _ways(tables):
        ways.setdefault(target, []).append((domain, label))
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for target, known in ways.items():
        alike.setdefault(tuple(known), []).append(target)
    for known_by, targets in alike.items():
        name = f"to {targets[0]}"
        made.nodes[name] = _attachments(name, targets)
        made.edges += [Edge(source=domain, target=name, label=label, flow="route") for domain, label in known_by]
    return made


def _ways(tables: Tables) -> Iterator[tuple[str, str, str]]:
    """Each domain, each target that it knows, and what leads there."""
    for domain, routes in tables.gateway.items():
        leading: dict[str, list[str]] = {}
        for destination, target in routes.items():
            leading.setdefault(target, []).append("propagated" if destination.startswith("*") else destination)
        for target, all_of in leading.items():
            yield domain, target, ", ".join(all_of) if len(all_of) < 3 else f"{len(all_of)} routes"


def _attachments(name: str, attachments: list[str]) -> Node:
    titles = dict.fromkeys(_called(one.removeprefix("attachment of ")) for one in attachments)
    title = ", ".join(titles)
    if title == "blackhole":
        return Node(id=name, title="Dropped", service="Blackhole", icon="resource/Shield")
    service = "Attachments" if len(attachments) > 1 else "Attachment"
    return Node(id=name, title=title, service=service, icon=_ATTACHMENT)


def _called(attachment: str) -> str:
    # Devices of one site behave alike, and of a Direct Connect gateway's id the beginning will do.
    return re.sub(r"/\d+$", "", re.sub(r"^([0-9a-f]{8})-[0-9a-f-]{27}$", r"\1-...", attachment))
