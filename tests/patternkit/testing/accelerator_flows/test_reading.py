"""What is read of a template, what AWS refuses, and templates that are too strange."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patternkit.testing.accelerator_flows import AcceleratorError, accelerator_flows
from tests.patternkit.testing.accelerator_flows.templates import template

ONE = {"us-west-2": (100, [128])}


def changed(logical_id: str, **properties: Any) -> dict[str, Any]:
    made = template(ONE)
    made["Resources"][logical_id]["Properties"].update(properties)
    return made


def balancer(kind: str, **properties: Any) -> dict[str, Any]:
    made = changed("Groupus-west-2", EndpointConfigurations=[{"EndpointId": {"Ref": "Balancer"}, **properties}])
    path = {"aws:cdk:path": "Stack/Web/Balancer/Resource"}
    made["Resources"]["Balancer"] = {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"Type": kind},
        "Metadata": path,
    }
    return made


def kept(made: dict[str, Any]) -> bool | None:
    return accelerator_flows(made).listener().groups[0].endpoints[0].keeps_client_address


def test_an_application_load_balancer_keeps_client_addresses_by_default() -> None:
    assert kept(balancer("application")) is True
    assert kept(balancer("application", ClientIPPreservationEnabled=False)) is False
    assert kept(balancer("network")) is None
    assert kept(template(ONE)) is None


def test_an_endpoint_is_found_by_the_path_of_its_construct() -> None:
    placement = accelerator_flows(balancer("application")).place(["us-west-2"], ill="Web/Balancer")
    assert placement.fails_open


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ({"Fn::GetAtt": "Address.AllocationId"}, "Address"),
        ({"Fn::ImportValue": "dublin-balancer"}, "dublin-balancer"),
        (
            {"Fn::GetStackOutput": {"StackName": "Dublin", "OutputName": "Balancer", "Region": "eu-west-1"}},
            "Dublin/Balancer",
        ),
        ({"Fn::Sub": "${Name}"}, "endpoint 1 of Groupus-west-2"),
    ],
)
def test_an_endpoint_of_elsewhere_is_named_as_the_template_names_it(identifier: Any, name: str) -> None:
    made = changed("Groupus-west-2", EndpointConfigurations=[{"EndpointId": identifier}])
    assert accelerator_flows(made).place(["us-west-2"]).share(name) == 1


def test_a_group_in_the_region_of_its_stack() -> None:
    made = changed("Groupus-west-2", EndpointGroupRegion={"Ref": "AWS::Region"})
    assert accelerator_flows(made, region="eu-west-1").place(["eu-west-1"]).share("us-west-2/1") == 1
    with pytest.raises(AcceleratorError, match="Groupus-west-2 is in the Region of its stack: say which, as region"):
        accelerator_flows(made)


def test_numbers_may_be_text_and_defaults_are_aws_s() -> None:
    made = changed(
        "Groupus-west-2",
        TrafficDialPercentage="12.5",
        EndpointConfigurations=[{"EndpointId": "a", "Weight": "128"}, {"EndpointId": "b"}],
        PortOverrides=[{"ListenerPort": 443, "EndpointPort": 8443}],
    )
    (group,) = accelerator_flows(made).listener().groups
    assert (float(group.dial), [one.weight for one in group.endpoints]) == (12.5, [128, 128])
    assert group.ports == {443: 8443}


TWICE = template(ONE)
TWICE["Resources"]["Again"] = TWICE["Resources"]["Groupus-west-2"]
OVER = template(ONE)
OVER["Resources"]["Other"] = OVER["Resources"]["Https"]
TLS = balancer("network", ClientIPPreservationEnabled=True)
TLS["Resources"]["Balancer"]["Properties"]["SecurityGroups"] = ["sg-1"]
TLS["Resources"]["Listens"] = {
    "Type": "AWS::ElasticLoadBalancingV2::Listener",
    "Properties": {"LoadBalancerArn": {"Ref": "Balancer"}, "Protocol": "TLS"},
}
EIP = changed(
    "Groupus-west-2",
    EndpointConfigurations=[
        {"EndpointId": {"Fn::GetAtt": ["Address", "AllocationId"]}, "ClientIPPreservationEnabled": True}
    ],
)
EIP["Resources"]["Address"] = {"Type": "AWS::EC2::EIP"}


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (TWICE, "Https has two endpoint groups in us-west-2: AWS takes one of a Region"),
        (OVER, "Other takes TCP ports that Https takes: AWS refuses both"),
        (changed("Groupus-west-2", TrafficDialPercentage=101), "must be a number between 0 and 100, got 101"),
        (
            changed("Groupus-west-2", EndpointConfigurations=[{"EndpointId": "a", "Weight": 256}]),
            "a: Weight must be a whole number between 0 and 255, got 256",
        ),
        (
            changed("Groupus-west-2", EndpointConfigurations=[{"EndpointId": "a"}, {"EndpointId": "a"}]),
            "Groupus-west-2 names the endpoint a twice",
        ),
        (changed("Groupus-west-2", EndpointGroupRegion=None), "does not say its EndpointGroupRegion"),
        (changed("Https", Protocol="ICMP"), "Https: Protocol must be TCP or UDP, got 'ICMP'"),
        (changed("Https", ClientAffinity="ALWAYS"), "ClientAffinity must be NONE or SOURCE_IP, got 'ALWAYS'"),
        (changed("Https", PortRanges=[{"FromPort": 9, "ToPort": 8}]), "ToPort must be at least FromPort, 9, got 8"),
        (
            balancer("network", ClientIPPreservationEnabled=True),
            "Balancer: ClientIPPreservationEnabled needs a network load balancer with security groups",
        ),
        (TLS, "Balancer: ClientIPPreservationEnabled must not be true with a TLS listener"),
        (EIP, "Address: ClientIPPreservationEnabled must not be true of an Elastic IP address"),
        ({"Resources": {}}, "say which accelerator: those of the template are none"),
    ],
)
def test_what_aws_refuses_is_said(made: dict[str, Any], message: str) -> None:
    with pytest.raises(AcceleratorError) as caught:
        accelerator_flows(made)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"nearest": ["eu-west-1"]}, "nearest must name every Region of Https's endpoint groups, missing us-west-2"),
        ({"nearest": ["us-west-2", "us-west-2"]}, "nearest must name each Region once, got us-west-2, us-west-2"),
        ({"nearest": "us-west-2", "port": 80}, "no listener of Front takes TCP port 80"),
        ({"nearest": "us-west-2", "ill": "x"}, "got x: there are us-west-2/1, us-west-2"),
    ],
)
def test_what_is_not_there_is_said(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(AcceleratorError) as caught:
        accelerator_flows(template(ONE)).place(**arguments)
    assert message in str(caught.value)


def test_an_accelerator_is_chosen_by_name_and_may_be_switched_off() -> None:
    made = changed("Front", Enabled=False)
    assert accelerator_flows(made, accelerator="Front").name == "Front"
    with pytest.raises(AcceleratorError, match="there is no accelerator Back: those of the template are Front"):
        accelerator_flows(made, accelerator="Back")
    with pytest.raises(AcceleratorError, match="Front is switched off: Enabled is false"):
        accelerator_flows(made).place(["us-west-2"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5000) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PROPERTIES = st.sampled_from(
    ["PortRanges", "Protocol", "TrafficDialPercentage", "EndpointConfigurations", "EndpointGroupRegion", "ListenerArn"]
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(template(ONE)["Resources"])), PROPERTIES, JSON, st.booleans())
def test_no_template_is_too_strange_to_be_told_in_one_line(name: str, part: str, value: Any, whole: bool) -> None:
    made = template(ONE)
    if whole:
        made["Resources"][name] = value
    else:
        made["Resources"][name]["Properties"][part] = value
    told, low = "", Fraction(0)
    try:
        low = sum((one.low for one in accelerator_flows(made).place(["us-west-2"]).shares.values()), low)
    except AcceleratorError as error:
        told = str(error)
    assert "\n" not in told
    assert low <= 1
