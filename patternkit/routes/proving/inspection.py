"""Whether what is crossed inspects: both ways the same endpoint, with a policy that lets nothing around it."""

from __future__ import annotations

from dataclasses import replace

from patternkit.resolving.values import Unknown, lifted
from patternkit.routes.addresses import EVERY_PORT, intersect
from patternkit.routes.forwarding import Leg, match
from patternkit.routes.model import Endpoint, Firewall, FirewallPolicy
from patternkit.routes.proving.evidence import Evidence
from patternkit.routes.tracing import Flow


def inspection(evidence: Evidence, flow: Flow, back: Leg) -> str:
    """Why a flow that crosses an inspector on its way there is not inspected; "" where it is."""
    there, home = (
        {sighting for sighting in leg.walk.sightings if sighting.identity in evidence.by}
        for leg in (flow.forward, back)
    )
    if not home:
        return f"its reply is not inspected: {back.reason} without crossing {evidence.by_text()}"
    if missed := there - home:
        return f"its reply does not cross {evidence.name(min(missed).identity)}, which saw the packet"
    return _policies(evidence, flow, {sighting.identity for sighting in there})


def unsure_of_policies(evidence: Evidence, flow: Flow, *legs: Leg | None) -> list[str]:
    """Why a firewall that packets cross may drop them before its stateful rules: a part of its policy is not known.

    Args:
        evidence: What is known so far; it learns the contracts that say what a policy does.
        flow: The flow.
        legs: Its way there, or also back.
    """
    found: list[str] = []
    for identity in sorted({identity for leg in legs if leg is not None for identity in leg.walk.middleboxes}):
        element = evidence.view.model.targets.get(identity)
        firewall = _firewall(evidence, identity)
        if firewall is None:
            if isinstance(element, Endpoint) and element.kind == _ASSOCIATION:
                found.append(f"the firewall of {element.path}, and so its policy, is not in the set{lifted('ids')}")
            continue
        policy = firewall.policy
        if isinstance(policy, Unknown):
            found.append(f"the policy of {firewall.path}: {policy.reason}")
            continue
        evidence.leans |= policy.contracts
        found += [part.reason for part in (policy.stateless_passes, policy.stateless) if isinstance(part, Unknown)]
        rules = [] if isinstance(policy.stateless_passes, Unknown) else policy.stateless_passes
        for rule in rules:
            whole = [replace(rule, doubt="", allows=True)]
            if rule.doubt and any(
                match(whole, box, source_is_remote=True)[0] for box in (flow.box, flow.box.swapped())
            ):
                found.append(rule.doubt)
    return found


_ASSOCIATION = "AWS::NetworkFirewall::VpcEndpointAssociation"


def _policies(evidence: Evidence, flow: Flow, crossed: set[str]) -> str:
    for identity in sorted(crossed):
        firewall = _firewall(evidence, identity)
        element = evidence.view.model.targets.get(identity)
        if isinstance(element, Endpoint) and firewall is None and element.kind == _ASSOCIATION:
            evidence.doubt(flow, f"the firewall of {element.path}, and so its policy, is not in the set{lifted('ids')}")
            continue
        if firewall is None:
            evidence.notes[f"what {evidence.name(identity)} does to packets is not in the template"] = None
            continue
        policy = firewall.policy
        if isinstance(policy, Unknown):
            evidence.doubt(flow, f"the policy of {firewall.path}: {policy.reason}")
            continue
        reason = _policy(evidence, flow, policy)
        if reason:
            return reason
    return ""


def _policy(evidence: Evidence, flow: Flow, policy: FirewallPolicy) -> str:
    evidence.leans |= policy.contracts
    if isinstance(policy.stateless_passes, Unknown):
        evidence.doubt(flow, policy.stateless_passes.reason)
        return ""
    # Whoever wants around the firewall takes any source port.
    there = flow.box._replace(source_port=EVERY_PORT)
    for packets in (flow.box, flow.box.swapped(), there, there.swapped()):
        sure = [rule for rule in policy.stateless_passes if not rule.doubt]
        passed, _, _ = match(sure, packets, source_is_remote=True)
        if passed:
            return f"a stateless rule of {policy.path} passes {passed[0].packet()} without inspection"
    if isinstance(policy.stateless, Unknown):
        evidence.doubt(flow, policy.stateless.reason)
    elif "aws:pass" in policy.stateless:
        return f"{policy.path} passes packets without inspection: its stateless default action is aws:pass"
    elif not {"aws:forward_to_sfe", "aws:drop"} & set(policy.stateless):
        actions = ", ".join(policy.stateless)
        return f"{policy.path} has no stateless default action aws:forward_to_sfe: {actions}"
    if intersect(flow.box.protocol, ((17, 17),)):
        # https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateless-default-actions.html: only
        # fragments of UDP are not put together first.
        if isinstance(policy.fragments, Unknown):
            evidence.doubt(flow, policy.fragments.reason)
        elif "aws:pass" in policy.fragments:
            return f"{policy.path} passes fragments of UDP without inspection"
    if isinstance(policy.filters, Unknown):
        evidence.notes[f"whether {policy.path} drops anything is not known: {policy.filters.reason}"] = None
    elif not policy.filters:
        evidence.notes[f"{policy.path} has no stateful rules and drops nothing by default: it lets everything pass"] = (
            None
        )
    return ""


def _firewall(evidence: Evidence, identity: str) -> Firewall | None:
    element = evidence.view.model.targets.get(identity)
    if isinstance(element, Endpoint):
        return element.firewall
    for firewall in evidence.view.model.firewalls.values():
        if firewall.attachment is not None and firewall.attachment.identity == identity:
            return firewall
    return None
