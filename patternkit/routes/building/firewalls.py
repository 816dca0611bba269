"""Network firewalls, their endpoints and policies."""

from __future__ import annotations

from typing import Any

from patternkit.resolving import (
    Stack,
    custom_names,
    endpoint_id,
)
from patternkit.resolving.given import matching
from patternkit.resolving.values import Unknown, lifted, opaque
from patternkit.routes.addresses import (
    EVERY_PORT,
    EVERY_PROTOCOL,
    EVERYTHING,
    Spans,
    normal,
    parse_prefix,
    span_of,
)
from patternkit.routes.building.draft import Draft, Properties, shown, whole_number
from patternkit.routes.building.route_targets import families_of
from patternkit.routes.building.transit_gateways import attach
from patternkit.routes.model import (
    AclRule,
    Attachment,
    Endpoint,
    Firewall,
    FirewallPolicy,
    Subnet,
)


def add_policy(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::NetworkFirewall::FirewallPolicy`."""
    policy: FirewallPolicy = draft.make(FirewallPolicy, stack, logical)
    body = draft.get(stack, properties, "FirewallPolicy")
    if not isinstance(body, dict):
        policy.stateless = Unknown(f"the policy {policy.path} is not known{lifted('policies')}")
        return
    policy.stateless = _actions(body.get("StatelessDefaultActions"), policy.path)
    policy.fragments = _actions(body.get("StatelessFragmentDefaultActions"), policy.path)
    references = body.get("StatelessRuleGroupReferences") or []
    found: list[tuple[int, list[AclRule]]] = []
    if not isinstance(references, list):
        policy.stateless_passes = Unknown(
            f"the stateless rule groups of {policy.path} are not known" + lifted("policies")
        )
        references = []
    for reference in references:
        arn = reference.get("ResourceArn") if isinstance(reference, dict) else reference
        rules = draft.policy_rules.get(
            str(arn), Unknown(f"the rule group {shown(arn)} of {policy.path} is not in the set{lifted('policies')}")
        )
        priority = reference.get("Priority", 0) if isinstance(reference, dict) else 0
        if isinstance(priority, Unknown):
            rules = Unknown(f"the order of the rule groups of {policy.path} is not known{lifted('policies')}")
        if isinstance(rules, Unknown):
            policy.stateless_passes = rules
            break
        found.append((whole_number(priority, policy.path), rules))
    else:
        if not isinstance(policy.stateless_passes, Unknown):
            ordered = sorted(found, key=lambda item: item[0])
            policy.stateless_passes = [rule for _, rules in ordered for rule in rules]
    stateful = body.get("StatefulRuleGroupReferences") or []
    defaults = _actions(body.get("StatefulDefaultActions") or [], policy.path)
    if isinstance(defaults, Unknown):
        policy.filters = bool(stateful) or defaults
    else:
        policy.filters = bool(stateful) or any("drop" in action for action in defaults)
        policy.drops_all = not stateful and "aws:drop_strict" in defaults
    _priorities(draft, policy.path, references)


def _priorities(draft: Draft, path: str, listed: Any) -> None:
    """The priorities of stateless rules in a group, and of groups in a policy, are each there once.

    Source: https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_StatelessRuleGroupReference.html
    """
    given = [one.get("Priority") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    known = [str(one) for one in given if one is not None and not isinstance(one, Unknown)]
    for one in sorted({one for one in known if known.count(one) > 1}):
        draft.refuse(f"{path} has the priority {one} twice [InvalidRequestException]")


def add_rule_group(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::NetworkFirewall::RuleGroup`."""
    identity, path = stack.ids[logical], stack.path(logical)
    if draft.get(stack, properties, "Type") == "STATEFUL":
        draft.policy_rules[identity] = []
        return
    body = draft.get(stack, properties, "RuleGroup")
    try:
        listed = body["RulesSource"]["StatelessRulesAndCustomActions"]["StatelessRules"]
        _priorities(draft, path, listed)
        ordered = sorted(listed, key=lambda rule: int(rule["Priority"]))
        rules = [rule for item in ordered for rule in _stateless(item["RuleDefinition"], path)]
    except (AttributeError, KeyError, TypeError, ValueError):
        draft.policy_rules[identity] = Unknown(f"the rules of {path} are not known{lifted('policies')}")
        return
    draft.policy_rules[identity] = rules


def _stateless(definition: Any, path: str) -> list[AclRule]:
    match = definition.get("MatchAttributes") or {}
    actions = _actions(definition.get("Actions") or [], path)
    if isinstance(actions, Unknown):
        raise ValueError(actions.reason)
    passes, doubt = "aws:pass" in actions, ""
    if (flags := match.get("TCPFlags")) and not passes:
        # It takes only some packets of what it names: the rules after it see the others.
        if "aws:drop" not in actions or not _of_a_connection(flags):
            return []
        doubt = f"a stateless rule of {path} drops packets of connections by their TCP flags{lifted('policies')}"

    def blocks(name: str) -> dict[int, Spans]:
        listed = [item["AddressDefinition"] for item in match.get(name) or ()]
        if not listed:
            return EVERYTHING
        found: dict[int, list[tuple[int, int]]] = {}
        for text in listed:
            block = parse_prefix(text)
            if block is None:
                raise ValueError(text)
            found.setdefault(block.family, []).extend(span_of(block))
        return {family: normal(spans) for family, spans in found.items()}

    def ports(name: str) -> Spans:
        listed = [(int(item["FromPort"]), int(item["ToPort"])) for item in match.get(name) or ()]
        return normal(listed) if listed else EVERY_PORT

    numbers = [(int(number), int(number)) for number in match.get("Protocols") or ()]
    sources, destinations = blocks("Sources"), blocks("Destinations")
    return [
        AclRule(
            family,
            ((6, 6),) if doubt else normal(numbers) if numbers else EVERY_PROTOCOL,
            sources[family],
            ports("DestinationPorts"),
            allows=passes,
            drops="aws:drop" in actions,
            local=destinations[family],
            local_ports=ports("SourcePorts"),
            doubt=doubt,
            text=path,
        )
        for family in (4, 6)
        if family in sources and family in destinations
    ]


# What the packets of a connection that works have: https://www.rfc-editor.org/rfc/rfc9293.html
_CONNECTION = ({"SYN"}, {"SYN", "ACK"}, {"ACK"}, {"PSH", "ACK"}, {"FIN", "ACK"})


def _of_a_connection(flags: Any) -> bool:
    """Whether flags are those of a packet that an ordinary connection has.

    Source: https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_TCPFlagField.html
    """
    return any(
        packet & set(map(str, one.get("Masks") or _FLAGS)) == set(map(str, one["Flags"]))
        for one in flags
        for packet in _CONNECTION
    )


_FLAGS = ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR")


def add_firewall(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::NetworkFirewall::Firewall`."""
    firewall: Firewall = draft.make(Firewall, stack, logical)
    draft.model.firewalls[firewall.identity] = firewall
    policy_arn = draft.get(stack, properties, "FirewallPolicyArn")
    firewall.policy = draft.find(draft.targets, policy_arn, "firewall policy")
    declared = matching(draft.contracts.policies, custom_names(stack, logical, ""))
    if declared is not None and _undecided(firewall.policy):
        action = {"inspects": "aws:forward_to_sfe", "passes": "aws:pass", "drops": "aws:drop"}
        firewall.policy = FirewallPolicy(
            str(policy_arn),
            f"policy of {firewall.path}",
            contracts=frozenset({f"policies {declared}"}),
            stateless=(action[draft.contracts.policies[declared]],),
        )
    mappings = draft.listed(stack, properties, "SubnetMappings")
    zones: list[str] = []
    for index, mapping in enumerate(mappings if isinstance(mappings, list) else []):
        subnet_id = mapping.get("SubnetId") if isinstance(mapping, dict) else mapping
        subnet = draft.find(draft.model.subnets, subnet_id, "subnet")
        identity = endpoint_id(stack, logical, index)
        zone = subnet.zone if isinstance(subnet, Subnet) else subnet
        endpoint = Endpoint(
            identity,
            f"{firewall.path} endpoint in {zone if isinstance(zone, str) else 'an unknown zone'}",
            "AWS::NetworkFirewall::Firewall",
            subnet=subnet,
            firewall=firewall,
            families=families_of(mapping.get("IPAddressType") if isinstance(mapping, dict) else None),
        )
        firewall.endpoints.append(endpoint)
        draft.targets[identity] = endpoint
        if isinstance(zone, str):
            zones.append(zone)
    if len(set(zones)) != len(zones):
        draft.refuse(f"{firewall.path} has two subnets in the same availability zone [InvalidRequestException]")
    if "TransitGatewayId" in properties:
        gateway = draft.find(
            draft.model.transit_gateways,
            draft.get(stack, properties, "TransitGatewayId"),
            "transit gateway",
        )
        identity = opaque(f"{stack.name}/{logical}.TransitGatewayAttachmentId")
        firewall.attachment = attach(
            draft,
            Attachment(
                identity,
                f"{firewall.path} attachment",
                "AWS::NetworkFirewall::Firewall",
                medium="firewall",
                gateway=gateway,
                firewall=firewall,
                appliance=True,
            ),
        )


def add_endpoint_association(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::NetworkFirewall::VpcEndpointAssociation`."""
    firewall = draft.targets.get(draft.get(stack, properties, "FirewallArn"))
    mapping = draft.get(stack, properties, "SubnetMapping")
    subnet = draft.find(
        draft.model.subnets, mapping.get("SubnetId") if isinstance(mapping, dict) else mapping, "subnet"
    )
    endpoint = Endpoint(
        endpoint_id(stack, logical, 0),
        stack.path(logical),
        "AWS::NetworkFirewall::VpcEndpointAssociation",
        subnet=subnet,
        firewall=firewall if isinstance(firewall, Firewall) else None,
        families=families_of(mapping.get("IPAddressType") if isinstance(mapping, dict) else None),
    )
    if isinstance(firewall, Firewall):
        firewall.endpoints.append(endpoint)
    draft.targets[endpoint.identity] = endpoint


def _undecided(policy: FirewallPolicy | Unknown) -> bool:
    """Whether a policy, or a part of it, is not known."""
    if isinstance(policy, Unknown) or isinstance(policy.stateless_passes, Unknown):
        return True
    return any(isinstance(part, Unknown) for part in (policy.stateless, policy.fragments, policy.filters)) or any(
        rule.doubt for rule in policy.stateless_passes
    )


def _actions(listed: Any, path: str) -> tuple[str, ...] | Unknown:
    if not isinstance(listed, list) or any(isinstance(action, Unknown) for action in listed):
        return Unknown(f"the actions of {path} are not known{lifted('policies')}")
    return tuple(map(str, listed))
