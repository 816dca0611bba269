"""A diagram of a template: the resources that matter and what flows between them, as Mermaid."""

from collections.abc import Iterator, Mapping
from typing import Any

# What a reader looks for. Plumbing (roles, policies, permissions, log groups, keys, alarms) is folded into edges.
_SHOWN = {
    "AWS::ApiGateway::RestApi": "API Gateway",
    "AWS::Cognito::UserPool": "Cognito",
    "AWS::DynamoDB::GlobalTable": "DynamoDB",
    "AWS::DynamoDB::Table": "DynamoDB",
    "AWS::EC2::CustomerGateway": "Customer gateway",
    "AWS::EC2::InternetGateway": "Internet gateway",
    "AWS::EC2::TransitGateway": "Transit gateway",
    "AWS::EC2::VPC": "VPC",
    "AWS::EC2::VPNConnection": "Site-to-Site VPN",
    "AWS::EC2::VPNGateway": "Virtual private gateway",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Load balancer",
    "AWS::Events::Rule": "EventBridge rule",
    "AWS::Lambda::Function": "Lambda",
    "AWS::NetworkFirewall::Firewall": "Network Firewall",
    "AWS::S3::Bucket": "S3",
    "AWS::SNS::Topic": "SNS",
    "AWS::SQS::Queue": "SQS",
    "AWS::Scheduler::Schedule": "EventBridge Scheduler",
    "AWS::StepFunctions::StateMachine": "Step Functions",
    "AWS::WAFv2::WebACL": "WAF",
}
# Resources that are an edge: (property they come from, property they lead to, what flows).
_EDGES = {
    "AWS::Lambda::EventSourceMapping": ("EventSourceArn", "FunctionName", "batches"),
    "AWS::Lambda::EventInvokeConfig": ("FunctionName", "DestinationConfig", "failed events"),
    "AWS::SNS::Subscription": ("TopicArn", "Endpoint", "messages"),
    "AWS::EC2::TransitGatewayAttachment": ("VpcId", "TransitGatewayId", ""),
    "AWS::EC2::TransitGatewayVpcAttachment": ("VpcId", "TransitGatewayId", ""),
    "AWS::EC2::VPCGatewayAttachment": ("VpcId", "InternetGatewayId", ""),
}
# Properties of shown resources that lead somewhere, and what flows.
_FLOWS = {
    ("AWS::S3::Bucket", "NotificationConfiguration"): "new objects",
    ("AWS::SQS::Queue", "RedrivePolicy"): "failed messages",
    ("AWS::Scheduler::Schedule", "Target"): "runs",
    ("AWS::Events::Rule", "Targets"): "events",
    ("AWS::EC2::VPNConnection", "TransitGatewayId"): "",
    ("AWS::EC2::VPNConnection", "CustomerGatewayId"): "",
    ("AWS::EC2::VPNConnection", "VpnGatewayId"): "",
    ("AWS::NetworkFirewall::Firewall", "VpcId"): "",
    ("AWS::NetworkFirewall::Firewall", "TransitGatewayId"): "",
}
_READS = ("Get", "Read", "Receive", "Query", "Scan", "List", "Describe")


def mermaid(template: Mapping[str, Any], paths: Mapping[str, str]) -> str:
    """Draw a template.

    Args:
        template: The template.
        paths: Construct paths by logical id, for names that people know.

    Returns:
        A Mermaid flowchart, or nothing where there is no resource to show.
    """
    resources: dict[str, dict[str, Any]] = template.get("Resources", {})
    shown = [logical_id for logical_id, resource in resources.items() if resource["Type"] in _SHOWN]
    edges = _merged(_edges(resources, set(shown)))
    # A bucket of access logs has no part in what flows.
    drawn = [logical_id for logical_id in shown if any(logical_id in edge for edge in edges)] or shown
    if not drawn:
        return ""
    lines = ["flowchart LR"]
    for logical_id in drawn:
        service = _SHOWN[resources[logical_id]["Type"]]
        lines.append(f'    {logical_id}["{service}<br/>{_name(paths.get(logical_id, logical_id))}"]')
    for (source, target), label in edges.items():
        lines.append(f"    {source} -->|{label}| {target}" if label else f"    {source} --> {target}")
    return "\n".join(lines)


def _name(path: str) -> str:
    parts = [part for part in path.split("/") if part not in {"Resource", "Default"}]
    # The stack, the pattern, and names that only repeat the service say nothing here.
    telling = [part for part in parts[2:] if part not in {"Function", "Queue"}] or parts[-1:]
    return " ".join(telling)


def _edges(resources: Mapping[str, Any], shown: set[str]) -> Iterator[tuple[str, str, str]]:
    owners = _role_owners(resources, shown)
    for logical_id, resource in resources.items():
        properties, kind = resource.get("Properties", {}), resource["Type"]
        if kind in _EDGES:
            source, target, label = _EDGES[kind]
            for start in _references(properties.get(source), shown):
                yield from ((start, end, label) for end in _references(properties.get(target), shown))
        elif kind == "AWS::IAM::Policy":
            for role in properties.get("Roles", []):
                for owner in owners.get(role.get("Ref"), []):
                    yield from _permitted(owner, properties["PolicyDocument"], shown)
        elif logical_id in shown:
            for (of, name), label in _FLOWS.items():
                if of == kind:
                    yield from (
                        (logical_id, end, label)
                        for end in _references(properties.get(name), shown - {logical_id})
                        if not (of == "AWS::Scheduler::Schedule" and end in _dead_letters(properties))
                    )
            if kind == "AWS::Scheduler::Schedule":
                yield from ((logical_id, end, "failed runs") for end in _dead_letters(properties))


def _dead_letters(properties: Mapping[str, Any]) -> list[str]:
    return list(_references(properties.get("Target", {}).get("DeadLetterConfig"), None))


def _role_owners(resources: Mapping[str, Any], shown: set[str]) -> dict[str | None, list[str]]:
    owners: dict[str | None, list[str]] = {}
    roles = {logical_id for logical_id, resource in resources.items() if resource["Type"] == "AWS::IAM::Role"}
    for logical_id, resource in resources.items():
        for role in _references(resource.get("Properties"), roles):
            # An API's methods, not the API itself, name the role of their integration.
            api = _references(resource.get("Properties", {}).get("RestApiId"), shown)
            owners.setdefault(role, []).extend([logical_id] if logical_id in shown else api)
    return owners


def _permitted(owner: str, document: Mapping[str, Any], shown: set[str]) -> Iterator[tuple[str, str, str]]:
    for statement in document["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        reads = all(action.partition(":")[2].startswith(_READS) for action in actions)
        for resource in _references(statement.get("Resource"), shown - {owner}):
            yield (resource, owner, "read") if reads else (owner, resource, "")


def _merged(edges: Iterator[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    merged: dict[tuple[str, str], str] = {}
    for source, target, label in edges:
        known = merged.get((source, target), "")
        # A permission says less than an event that takes the same way.
        merged[source, target] = known if known and known != "read" else label
    return merged


def _references(value: Any, within: set[str] | None) -> list[str]:
    found: list[str] = []
    match value:
        case {"Ref": str(name)}:
            found = [name]
        case {"Fn::GetAtt": [str(name), *_]}:
            found = [name]
        case dict():
            found = [name for one in value.values() for name in _references(one, within)]
        case list():
            found = [name for one in value for name in _references(one, within)]
    return list(dict.fromkeys(name for name in found if within is None or name in within))
