"""Diagrams: what is shown of a template, what is folded, which way things flow, and that no label is crossed."""

import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs

from patternkit.catalog.applications import applications
from patternkit.catalog.diagrams import Edge, Graph, Group, Node, construct_paths, drawn, graph
from patternkit.catalog.diagrams.kinds import kinds
from patternkit.catalog.diagrams.names import title
from patternkit.catalog.diagrams.ordering import mark_ways_back
from patternkit.catalog.discovery import patterns
from patternkit.catalog.errors import CatalogError
from patternkit.catalog.pages import diagram, pictured
from patternkit.catalog.shown_examples import Shown
from patternkit.drawing.boxes import Box
from patternkit.drawing.icons import CREDIT, symbol
from patternkit.drawing.layout import GROUP, LABEL, PAGE, SERVICE, TITLE, laid_out
from patternkit.drawing.lettering import width, wrapped
from patternkit.testing.synthesis import Synthesis, synthesize
from tests.conftest import example

SVG = "{http://www.w3.org/2000/svg}"
_ALL: list[Shown] = [*patterns().values(), *applications().values()]
SHOWN = [pytest.param(one, id=one.name) for one in _ALL]
# Three VPCs beside each other leave no room on a page for headings that step aside.
CROSSED = {
    "company-network": {"Attachment subnets", "Endpoints subnets"},
    "two-region-service": {"Company Customer Gateway", "Public subnets"},
}
# Several VPCs, or several stacks, side by side.
WIDER = {"chat": 985, "company-network": 923, "two-region-service": 994}


def chain(app: cdk.App) -> None:
    """A bucket that tells a topic, that fills a queue, that a function works off into a bucket."""
    scope = cdk.Stack(app, "Chain")
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    work = lambda_.Function(scope, "Work", code=code, handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_13)
    failed = sqs.Queue(scope, "Failed")
    queue = sqs.Queue(scope, "Waiting", dead_letter_queue=sqs.DeadLetterQueue(queue=failed, max_receive_count=3))
    topic = sns.Topic(scope, "News")
    topic.add_subscription(subscriptions.SqsSubscription(queue))
    source = s3.Bucket(scope, "Photographs", server_access_logs_bucket=s3.Bucket(scope, "AccessLogs"))
    source.add_event_notification(s3.EventType.OBJECT_CREATED, notifications.SnsDestination(topic))
    work.add_event_source(sources.SqsEventSource(queue))
    work.configure_async_invoke(on_failure=destinations.SqsDestination(failed))
    s3.Bucket(scope, "Results").grant_put(work)


def network(app: cdk.App) -> None:
    """A VPC of two zones whose private subnets go out by NAT gateways."""
    ec2.Vpc(cdk.Stack(app, "Plain"), "Net", max_azs=2)


def read(synthesis: Synthesis) -> Graph:
    return graph(synthesis.templates, construct_paths(synthesis.directory))


def flows(made: Graph) -> set[tuple[str, str, str, str]]:
    names = {node.id: node.title for node in made.nodes.values()}
    names |= {group.id: group.title for group in made.groups.values()}
    return {(names[edge.source], names[edge.target], edge.label, edge.flow) for edge in made.edges}


def test_events_are_drawn_the_way_they_flow_and_plumbing_is_folded() -> None:
    assert flows(read(synthesize(chain))) == {
        ("Photographs", "News", "new objects", "event"),
        ("News", "Waiting", "messages", "event"),
        ("Waiting", "Work", "batches", "event"),
        ("Waiting", "Failed", "failures", "failure"),
        ("Work", "Failed", "failures", "failure"),
        ("Work", "Results", "", "event"),
    }


def test_a_zone_is_drawn_once_with_its_subnets_by_what_they_are() -> None:
    made = read(synthesize(network))
    assert {(one.title, one.kind) for one in made.groups.values()} == {
        ("Net VPC", "vpc"),
        ("In each of 2 Availability Zones", "zones"),
        ("Public subnet", "public"),
        ("Private subnet", "private"),
    }
    assert flows(made) == {
        ("Private subnet", "NAT gateway", "", "route"),
        ("NAT gateway", "Internet gateway", "", "route"),
    }
    assert {one.title: one.number for one in made.nodes.values()} == {"NAT gateway": 1, "Internet gateway": 1}


def test_a_vpc_that_is_called_vpc_is_not_called_so_twice() -> None:
    def build(app: cdk.App) -> None:
        ec2.Vpc(cdk.Stack(app, "Plain"), "Vpc", max_azs=2)

    assert "VPC" in {one.title for one in read(synthesize(build)).groups.values()}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("Shared", "Endpoints", "Ec2messages"), "Endpoints EC2 messages"),
        (("Shared", "Endpoints", "Ssmmessages"), "Endpoints SSM messages"),
        (("Shared", "Vpc", "VPC"), "VPC"),
    ],
)
def test_names_are_written_as_people_write_them(path: tuple[str, ...], said: str) -> None:
    assert title(path) == said


def test_a_tier_without_a_way_in_or_out_is_drawn_beside_the_others() -> None:
    def build(app: cdk.App) -> None:
        kinds_ = {"Web": "PUBLIC", "Work": "PRIVATE_WITH_EGRESS", "Data": "PRIVATE_ISOLATED"}
        tiers = [
            ec2.SubnetConfiguration(name=name, subnet_type=getattr(ec2.SubnetType, kind))
            for name, kind in kinds_.items()
        ]
        ec2.Vpc(cdk.Stack(app, "Plain"), "Net", max_azs=2, subnet_configuration=tiers)

    titles = {one.title for one in read(synthesize(build)).groups.values()}
    assert {"Web subnet", "Work subnet", "Data subnet"} <= titles


def test_what_shifts_traffic_and_what_signs_are_drawn() -> None:
    release = flows(read(example("canary-function", "agnostic")))
    assert ("Release", "Work", "shifts traffic", "event") in release
    assert flows(read(example("signed-zone", "agnostic"))) == {("Key Signing Key", "Zone", "signs", "event")}


@pytest.mark.parametrize("weak", [False, True], ids=["exported", "weak"])
def test_what_another_stack_gives_is_the_resource_itself_and_each_stack_is_a_group(weak: bool) -> None:
    def build(app: cdk.App) -> None:
        app.node.set_context("@aws-cdk/core:defaultCrossStackReferences", "weak" if weak else "strong")
        first, second = cdk.Stack(app, "First"), cdk.Stack(app, "Second")
        topic, queue = sns.Topic(first, "News"), sqs.Queue(second, "Waiting")
        sns.Subscription(second, "Join", topic=topic, protocol=sns.SubscriptionProtocol.SQS, endpoint=queue.queue_arn)

    synthesis = synthesize(build)
    assert ("Fn::GetStackOutput" in str(synthesis.templates)) is weak
    made = read(synthesis)
    assert flows(made) == {("News", "Waiting", "messages", "event")}
    assert {one.title: one.group for one in made.nodes.values()} == {"News": "stack First", "Waiting": "stack Second"}
    assert {(one.title, one.kind) for one in made.groups.values()} == {("First", "stack"), ("Second", "stack")}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def test_requests_go_to_what_is_registered_and_not_to_who_knows_of_it() -> None:
    template = {
        "Balancer": resource("AWS::ElasticLoadBalancingV2::LoadBalancer"),
        "Listener": resource(
            "AWS::ElasticLoadBalancingV2::Listener",
            LoadBalancerArn={"Ref": "Balancer"},
            DefaultActions=[{"TargetGroupArn": {"Ref": "Group"}}],
        ),
        "Group": resource("AWS::ElasticLoadBalancingV2::TargetGroup", Targets=[{"Id": {"Ref": "Answer"}}]),
        "Answer": resource("AWS::Lambda::Function"),
        "Shift": resource("AWS::Lambda::Function", Environment={"Variables": {"GROUP": {"Ref": "Group"}}}),
    }
    made = graph({"Web": {"Resources": template}}, {name: f"Web/{name}" for name in template})
    assert flows(made) == {("Clients", "Balancer", "requests", "event"), ("Balancer", "Answer", "requests", "event")}


def test_clients_connect_to_a_websocket_api_though_something_pushes_to_it() -> None:
    made = flows(read(example("websocket-api", "agnostic")))
    assert ("Clients", "Gateway API", "requests", "event") in made
    assert ("Push", "Gateway API", "", "event") in made


def test_who_is_let_in_by_a_group_is_drawn_and_a_group_is_no_part_of_the_one_that_it_lets_in() -> None:
    shown = {edge.source.rpartition(".")[2][:12]: edge.target for edge in graph(*_proxied()).edges if not edge.both}
    assert "Endpoint" in shown["ProxyGroupAS"], "the proxies write logs, and their load balancer does not"
    assert "Endpoint" not in shown["ProxyLoadBal"]


def _proxied() -> tuple[dict[str, Any], dict[str, str]]:
    return {"Proxied": example("peering-proxy", "agnostic").template}, {}


def test_who_starts_something_in_subnets_stands_outside_of_them() -> None:
    subnet = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}}}
    variables = {"Environment": {"Variables": {"SUBNETS": {"Ref": "Subnet1"}}}}
    inside = {"VpcConfig": {"SubnetIds": [{"Ref": "Subnet1"}]}}
    for properties, place in ((variables, None), (inside, "A.Vpc/Subnet")):
        polls = {"EventSourceArn": {"Ref": "Queue"}, "FunctionName": {"Ref": "Starter"}}
        resources = {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {}},
            "Subnet1": subnet,
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Polls": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": polls},
            "Starter": {"Type": "AWS::Lambda::Function", "Properties": properties},
        }
        assert graph({"A": {"Resources": resources}}, {}).nodes["A.Starter"].group == place


@pytest.mark.parametrize("served", [False, True], ids=["started by somebody", "of a service"])
def test_a_task_that_no_service_runs_is_drawn(served: bool) -> None:
    runs = {"Action": "ecs:RunTask", "Effect": "Allow", "Resource": {"Ref": "Task"}}
    resources: dict[str, Any] = {
        "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyDocument": {"Statement": [runs]}}]}},
        "Starter": {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Fn::GetAtt": ["Role", "Arn"]}}},
    }
    if served:
        resources["Service"] = {"Type": "AWS::ECS::Service", "Properties": {"TaskDefinition": {"Ref": "Task"}}}
    found = graph({"A": {"Resources": resources}}, {})
    [edge] = found.edges
    assert (edge.source, edge.target) == ("A.Starter", "A.Service" if served else "A.Task")


def test_tasks_stand_where_their_instances_do_and_are_called_what_they_are() -> None:
    def tasks(**service: Any) -> dict[str, Any]:
        return {
            "Net": resource("AWS::EC2::VPC"),
            "Private1": resource("AWS::EC2::Subnet", VpcId={"Ref": "Net"}),
            "Group": resource("AWS::AutoScaling::AutoScalingGroup", VPCZoneIdentifier=[{"Ref": "Private1"}]),
            "Capacity": resource("AWS::ECS::CapacityProvider", AutoScalingGroupProvider={"Arn": {"Ref": "Group"}}),
            "Task": resource("AWS::ECS::TaskDefinition", **service),
            "Service": resource(
                "AWS::ECS::Service",
                TaskDefinition={"Ref": "Task"},
                CapacityProviderStrategy=[{"CapacityProvider": {"Ref": "Capacity"}}],
            ),
        }

    for given, called in ((["EC2"], "ECS"), (["FARGATE"], "ECS on Fargate")):
        template = tasks(RequiresCompatibilities=given)
        made = graph({"Web": {"Resources": template}}, {name: f"Web/{name}" for name in template})
        assert (made.nodes["Web.Service"].service, made.nodes["Web.Service"].group) == (called, "Web.Net/Private")


def test_a_firewall_on_a_gateway_and_a_vpn_gateway_in_its_vpc_are_shown() -> None:
    template = {
        "Net": resource("AWS::EC2::VPC"),
        "Work1": resource("AWS::EC2::Subnet", VpcId={"Ref": "Net"}),
        "Pass1": resource("AWS::EC2::Subnet", VpcId={"Ref": "Net"}),
        "Table": resource("AWS::EC2::RouteTable", VpcId={"Ref": "Net"}),
        "Gateway": resource("AWS::EC2::TransitGateway"),
        "Attached": resource(
            "AWS::EC2::TransitGatewayAttachment",
            TransitGatewayId={"Ref": "Gateway"},
            VpcId={"Ref": "Net"},
            SubnetIds=[{"Ref": "Pass1"}],
        ),
        "Firewall": resource("AWS::NetworkFirewall::Firewall", TransitGatewayId={"Ref": "Gateway"}),
        "Private": resource("AWS::EC2::VPNGateway"),
        "Join": resource("AWS::EC2::VPCGatewayAttachment", VpnGatewayId={"Ref": "Private"}, VpcId={"Ref": "Net"}),
        "Learn": resource(
            "AWS::EC2::VPNGatewayRoutePropagation", VpnGatewayId={"Ref": "Private"}, RouteTableIds=[{"Ref": "Table"}]
        ),
    }
    for name in ("Work1", "Pass1"):
        template[f"Joins{name}"] = resource(
            "AWS::EC2::SubnetRouteTableAssociation", SubnetId={"Ref": name}, RouteTableId={"Ref": "Table"}
        )
    made = graph({"Hub": {"Resources": template}}, {name: f"Hub/{name}" for name in template})
    assert made.nodes["Hub.Private"].group == "Hub.Net"
    # Not from the subnets that only pass on what comes by the transit gateway.
    assert flows(made) == {
        ("Attachment", "Transit gateway", "", "route"),
        ("Transit gateway", "Network Firewall", "", "route"),
        ("Work subnet", "VPN gateway", "", "route"),
    }


def committed(shown: Shown) -> ET.Element:
    return ET.fromstring(diagram(shown).read_text(encoding="utf-8"))


def rectangle(one: ET.Element) -> Box:
    return Box(**{name: float(one.attrib[name]) for name in ("x", "y", "width", "height")})


def points(line: str) -> list[tuple[float, float]]:
    numbers = [float(one) for one in re.findall(r"-?[\d.]+", line)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def segments(root: ET.Element) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    for path in root.iter(f"{SVG}path"):
        if path.attrib.get("class", "").startswith("flow"):
            yield from itertools.pairwise(points(path.attrib["d"]))


def crosses(segment: tuple[tuple[float, float], tuple[float, float]], box: Box) -> bool:
    (x1, y1), (x2, y2) = segment
    beside = max(x1, x2) < box.x or min(x1, x2) > box.x + box.width
    return not (beside or max(y1, y2) < box.y or min(y1, y2) > box.y + box.height)


@pytest.mark.parametrize("shown", SHOWN)
def test_a_diagram_stands_alone_and_fits_a_page(shown: Shown) -> None:
    root, text = committed(shown), diagram(shown).read_text(encoding="utf-8")
    # A page of 850 pixels shows it at 92 percent or more, and 12 pixels as 11.
    assert int(root.attrib["width"]) <= WIDER.get(shown.name, PAGE)
    assert min(TITLE, SERVICE, LABEL, GROUP) * 850 / PAGE >= 11
    assert "prefers-color-scheme: dark" in text
    assert CREDIT in (root.findtext(f"{SVG}desc") or "")
    assert not re.search(r'(?:href|src)="(?!#)|url\((?!#)|<script|<image', text)


@pytest.mark.parametrize("shown", SHOWN)
def test_no_line_crosses_a_heading(shown: Shown) -> None:
    root = committed(shown)
    crossed = set()
    for one in root.iter(f"{SVG}text"):
        if one.attrib["class"] == "group":
            words, x, y = one.text or "", float(one.attrib["x"]), float(one.attrib["y"])
            box = Box(x=x, y=y - 9, width=width(words, GROUP), height=11)
            if any(crosses(each, box) for each in segments(root)):
                crossed.add(words)
    assert crossed == CROSSED.get(shown.name, set())


@pytest.mark.parametrize("shown", SHOWN)
def test_no_line_crosses_a_resource_and_no_label_lies_on_another(shown: Shown) -> None:
    root = committed(shown)
    cards = [rectangle(one) for one in root.iter(f"{SVG}rect") if one.attrib["class"] == "card"]
    for card in cards:
        within = Box(x=card.x + 1, y=card.y + 1, width=card.width - 2, height=card.height - 2)
        assert not any(crosses(each, within) for each in segments(root)), f"{card} is crossed"
    labels = [one for one in root.iter(f"{SVG}text") if one.attrib["class"] == "label"]
    boxes = []
    for one in labels:
        wide = width(one.text or "", LABEL)
        boxes.append(Box(x=float(one.attrib["x"]) - wide / 2, y=float(one.attrib["y"]) - 9, width=wide, height=11))
    for first, second in itertools.combinations([*boxes, *cards], 2):
        apart = (
            first.x + first.width <= second.x
            or second.x + second.width <= first.x
            or first.y + first.height <= second.y
            or second.y + second.height <= first.y
        )
        assert apart, f"{first} lies on {second}"


def node(name: str, group: str | None = None) -> Node:
    return Node(id=name, title=name, service="", icon="resource/Users", group=group)


def test_what_closes_a_cycle_leads_back_and_a_permission_before_an_event() -> None:
    made = Graph(nodes={name: node(name) for name in "abc"})
    made.edges = [Edge(source="c", target="a"), *(Edge(source=a, target=b, label="x") for a, b in ("ab", "bc"))]
    mark_ways_back(made)
    assert [edge.back for edge in made.edges] == [True, False, False]


def test_groups_that_send_to_each_other_stand_one_after_the_other() -> None:
    made = Graph(
        nodes={name: node(name, group) for name, group in (("a", "A"), ("b", "B"), ("c", "A"), ("d", "B"))},
        groups={name: Group(id=name, title=name, kind="stack") for name in "AB"},
    )
    # No cycle of resources, and one of the groups that they stand in.
    made.edges = [Edge(source="a", target="b", label="x"), Edge(source="d", target="c", label="x")]
    mark_ways_back(made)
    assert [edge.back for edge in made.edges] == [False, True]


def test_a_heading_steps_aside_and_its_group_makes_room() -> None:
    made = Graph(nodes={name: node(name) for name in "abcdefghi"})
    made.groups["G"] = Group(id="G", title="Heading of some", kind="stack")
    made.nodes["i"] = replace(node("i", "G"), title="One as wide as it is")
    # Too long for a page to the right, so it goes down, and the last line comes in at the heading.
    made.edges = [Edge(source=a, target=b, label="a label") for a, b in itertools.pairwise("abcdefghi")]
    layout = laid_out(made)
    box, (x, _) = layout.boxes["G"], layout.lines[-1][-1]
    assert box.x < x < layout.headings["G"]
    assert layout.headings["G"] + width("Heading of some", GROUP) <= box.x + box.width


def test_a_diagram_is_the_same_twice() -> None:
    made = read(synthesize(chain))
    assert drawn(made, "Chain") == drawn(made, "Chain")
    assert laid_out(made).width <= PAGE


def pattern_of(templates: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Synthesis:
    made = synthesize(lambda app: sqs.CfnQueue(cdk.Stack(app, "Empty"), "Queue"))
    monkeypatch.setitem(made.__dict__, "templates", templates)
    return made


def test_a_pattern_with_nothing_to_show_is_said_with_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    pattern = next(iter(patterns().values()))
    made = pattern_of({"Empty": {"Resources": {"Key": {"Type": "AWS::KMS::Key"}}}}, monkeypatch)
    with pytest.raises(CatalogError, match=rf"kinds\.toml: no resource of {pattern.name} is shown: .* make pages"):
        pictured(pattern, made)


def test_a_type_that_diagrams_do_not_know_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pattern = next(iter(patterns().values()))
    made = pattern_of({"Odd": {"Resources": {"One": {"Type": "AWS::Robots::Arm"}}}}, monkeypatch)
    with pytest.raises(CatalogError, match=r"kinds\.toml: say whether AWS::Robots::Arm of .* run make pages"):
        pictured(pattern, made)


def test_every_icon_is_in_the_package() -> None:
    assert all(symbol(icon) for _, icon in kinds().shown.values())


def test_text_breaks_between_words_only() -> None:
    assert wrapped("Images Dead Letters", 12, 100) == ["Images Dead", "Letters"]
    assert wrapped("Unbreakably", 12, 10) == ["Unbreakably"]
    assert width("iii", 12) < width("WWW", 12) < width("WWW", 12, bold=True)
