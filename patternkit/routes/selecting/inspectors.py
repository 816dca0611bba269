"""What counts as inspecting."""

from __future__ import annotations

from patternkit.routes.errors import QuestionError, nearest
from patternkit.routes.model import Element, Endpoint, Firewall, Instance, Interface, Model
from patternkit.routes.promises import Selection
from patternkit.routes.selecting.names import Names, aliases


def inspectors(model: Model, names: Names, by: Selection | None) -> frozenset[str]:
    """The identities of the middleboxes that count as inspecting.

    Without a name that is the firewalls and endpoints of the network; only where it has none, the appliances: beside
    a firewall an instance that forwards is a router.

    Raises:
        QuestionError: A name means no firewall, endpoint or appliance.
    """
    firewalls = list(model.firewalls.values())
    endpoints = [element for element in model.targets.values() if isinstance(element, Endpoint)]
    appliances = [
        element
        for element in dict.fromkeys(model.targets.values())
        if isinstance(element, Interface) and element.checks is not True
    ]
    if by is None:
        chosen: list[Element] = [*firewalls, *endpoints] or [one for one in appliances if one.checks is False]
        if not chosen:
            raise QuestionError("the network has no firewall, endpoint or appliance that could inspect")
    else:
        chosen = []
        listed = [*firewalls, *endpoints, *appliances, *aliases(model, names.stacks)]
        for name in [by] if isinstance(by, str) else by:
            found = names.matching(name, listed)
            if not found:
                known = [element.path for element in listed]
                raise QuestionError(f"by {name!r} is no firewall, endpoint or appliance{nearest(name, known)}")
            chosen += found
    identities: set[str] = set()
    for element in chosen:
        if isinstance(element, Firewall):
            identities |= {endpoint.identity for endpoint in element.endpoints}
            if element.attachment is not None:
                identities.add(element.attachment.identity)
        elif isinstance(element, Instance):
            identities |= {interface.box for interface in element.interfaces}
        else:
            identities.add(element.box if isinstance(element, Interface) else element.identity)
    return frozenset(identities)
