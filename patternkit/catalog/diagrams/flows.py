"""The flows between the resources of a template: events, requests, failures, and permissions."""

from collections.abc import Iterator

from patternkit.catalog.diagrams.kinds import kinds
from patternkit.catalog.diagrams.resources import Resource, Resources
from patternkit.drawing.graph import Edge

_FAILURES = {"DeadLetterConfig", "RedrivePolicy", "OnFailure", "DeadLetterArn"}
# Where records of what happened go is no part of what happens.
_LOGS = {"LoggingConfiguration", "LogFileConfiguration", "AccessLogSetting", "Logging"}
_READS = ("BatchGet", "Describe", "Get", "List", "Query", "Read", "Receive", "Scan", "ConditionCheck")


def wholes(resources: Resources, name: str, *, _seen: frozenset[str] = frozenset()) -> list[str]:
    """Find what is drawn for a resource: itself, or what it is a part of.

    Args:
        resources: All resources.
        name: The resource.

    Returns:
        The drawn resources; none for plumbing.
    """
    kind, known = resources[name].type, kinds()
    if name in _seen:
        return []
    if kind in known.part_of and (to := resources[name].to(*known.part_of[kind].split())):
        within = to
    elif kind in known.used_by:
        # Who knows of a part by its environment only works on it.
        users = [one for one in resources.users.get(name, []) if _beyond_environment(one, name)]
        within = [*resources[name].to("Targets"), *(one.id for one in users if _owns(one.type, kind))]
        # A task that no service runs is started by somebody.
        if not within and kind in known.shown:
            return [name]
    elif kind in known.shown:
        return [name]
    else:
        return []
    seen = _seen | {name}
    return list(dict.fromkeys(whole for one in within for whole in wholes(resources, one, _seen=seen)))


def _beyond_environment(user: Resource, name: str) -> bool:
    return any(end == name and way[:1] != ("Environment",) for way, end in user.leads)


def _owns(owner: str, part: str) -> bool:
    # A listener sends requests to a target group; whoever is registered in it owns it.
    if part == "AWS::ElasticLoadBalancingV2::TargetGroup" and owner.startswith("AWS::ElasticLoadBalancingV2::"):
        return False
    # A group that lets another one in is no part of it, nor the other way round.
    if owner == part == "AWS::EC2::SecurityGroup":
        return False
    # A role that may run a task is nothing that the task is a part of.
    if part == "AWS::ECS::TaskDefinition" and owner.startswith("AWS::IAM::"):
        return False
    return owner in kinds().shown or owner in kinds().used_by or owner in kinds().part_of


def flows(resources: Resources) -> Iterator[Edge]:
    """Find what flows in an app.

    Args:
        resources: Its resources.

    Yields:
        Edges between drawn resources; what roles may do comes last, since it says the least.
    """
    for one in resources:
        yield from _events(resources, one)
    for one in resources:
        yield from _failures(resources, one)
    for one in resources.of("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role"):
        yield from _permitted(resources, one)


def _events(resources: Resources, one: Resource) -> Iterator[Edge]:
    for source, target, what in kinds().flows.get(one.type, ()):
        both = one.type == "AWS::EC2::VPNConnection"
        for start in _drawn(resources, one, source):
            yield from (Edge(source=start, target=end, label=what, both=both) for end in _drawn(resources, one, target))


def _drawn(resources: Resources, one: Resource, name: str) -> list[str]:
    if not name:
        return wholes(resources, one.id)
    ends = [end for way, end in one.leads if way[0] == name and not (_FAILURES | _LOGS) & set(way)]
    ends = [end for end in ends if not resources[end].type.startswith("AWS::IAM::")]
    return list(dict.fromkeys(whole for end in ends for whole in wholes(resources, end)))


def _failures(resources: Resources, one: Resource) -> Iterator[Edge]:
    for way, end in one.leads:
        if not _FAILURES & set(way) or resources[end].type.startswith("AWS::IAM::"):
            continue
        starts = one.to("TopicArn", "FunctionName", "EventSourceArn")[:1] if one.type not in kinds().shown else [one.id]
        if one.type == "AWS::SNS::Subscription" and _ends_there_too(resources, one, end):
            continue
        for start in starts:
            for source in wholes(resources, start):
                yield from (
                    Edge(source=source, target=target, label="failures", flow="failure")
                    for target in wholes(resources, end)
                )


def _ends_there_too(resources: Resources, subscription: Resource, queue: str) -> bool:
    """Whether the failure destination and the delivery DLQ are the same queue, which one edge then shows."""
    subscribers = [whole for end in subscription.to("Endpoint") for whole in wholes(resources, end)]
    return any(
        end == queue and _FAILURES & set(way)
        for one in resources.users.get(queue, [])
        if one.id in subscribers or set(one.to("FunctionName")) & set(subscribers)
        for way, end in one.leads
    )


def _permitted(resources: Resources, policy: Resource) -> Iterator[Edge]:
    template = policy.id.partition(".")[0]
    roles = policy.to("Roles") if policy.type == "AWS::IAM::Policy" else [policy.id]
    owners = [owner for role in roles for owner in wholes(resources, role)]
    documents = [policy.properties.get("PolicyDocument", {})]
    documents += [one["PolicyDocument"] for one in policy.properties.get("Policies", [])]
    statements = [statement for document in documents for statement in document.get("Statement", [])]
    # What is read flows the other way, unless it is written too.
    for reading in (False, True):
        for statement in statements:
            actions = statement.get("Action", [])
            actions = actions if isinstance(actions, list) else [actions]
            if statement["Effect"] != "Allow" or _reads(actions) != reading or _only_of_access(actions):
                continue
            for end in resources.referred(statement.get("Resource"), template):
                for target in wholes(resources, end):
                    for owner in owners:
                        yield Edge(source=target, target=owner) if reading else Edge(source=owner, target=target)


def _only_of_access(actions: list[str]) -> bool:
    """Whether who may do this looks after permissions, and sees nothing of what they are for."""
    return all(action.endswith("Acl") for action in actions)


def _reads(actions: list[str]) -> bool:
    return all(action.partition(":")[2].startswith(_READS) for action in actions)
