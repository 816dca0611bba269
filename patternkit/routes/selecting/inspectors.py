"""What counts as inspecting."""

from __future__ import annotations

from patternkit.routes.errors import QuestionError, nearest
from patternkit.routes.model import Element, Endpoint, Firewall, Interface, Model
from patternkit.routes.promises import Selection
from patternkit.routes.selecting.names import Names


def inspectors(model: Model, names: Names, by: Selection | None) -> frozenset[str]:
    """The identities of the middleboxes that count as inspecting.

    Raises:
        QuestionError: A name means no firewall, endpoint or appliance.
    """
    firewalls = list(model.firewalls.values())
    alone = [
        element
        for element in model.targets.values()
        if (isinstance(element, Endpoint) and element.firewall is None)
        or (isinstance(element, Interface) and element.checks is False)
    ]
    if by is None:
        chosen: list[Element] = [*firewalls, *alone]
        if not chosen:
            raise QuestionError("the network has no firewall, endpoint or appliance that could inspect")
    else:
        chosen = []
        for name in [by] if isinstance(by, str) else by:
            found = names.matching(name, [*firewalls, *alone])
            if not found:
                known = [element.path for element in (*firewalls, *alone)]
                raise QuestionError(f"by {name!r} is no firewall, endpoint or appliance{nearest(name, known)}")
            chosen += found
    identities: set[str] = set()
    for element in chosen:
        if isinstance(element, Firewall):
            identities |= {endpoint.identity for endpoint in element.endpoints}
            if element.attachment is not None:
                identities.add(element.attachment.identity)
        else:
            identities.add(element.identity)
    return frozenset(identities)
