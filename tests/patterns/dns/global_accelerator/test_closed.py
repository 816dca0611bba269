"""Load balancers are closed to everybody but the accelerator: proved by routes, from the templates of three Regions."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest

from patternkit.routes import Network, isolated
from patternkit.verdict import Verdict
from patterns.dns.global_accelerator import Endpoint, GlobalAccelerator, RegionalEndpoints
from tests.patterns.dns.global_accelerator.regions import ACCOUNT, CITIES, RegionStack, templates

BEHIND = "Front/Front/Accelerator/Listener/*"
WORLD = {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}


def verdict(made: dict[str, Any], city: str, *, but: str | None = BEHIND) -> Verdict:
    """Whether anybody on the internet reaches what a load balancer forwards to, but by the accelerator."""
    contracts = {"harmless": [but]} if but else {}
    return Network.from_templates(made, contracts=contracts).prove(isolated("internet", f"{city}/Server")).verdict


@pytest.mark.parametrize("city", CITIES)
def test_nobody_but_the_accelerator_reaches_a_load_balancer(city: str) -> None:
    assert verdict(templates(), city) is Verdict.HOLDS


def of(template: dict[str, Any], kind: str, where: str = "") -> dict[str, Any]:
    return next(one for name, one in template["Resources"].items() if one["Type"] == kind and name.startswith(where))


def group_open_to_the_world(made: dict[str, Any]) -> None:
    of(made["Dublin"], "AWS::EC2::SecurityGroup", "Group")["Properties"]["SecurityGroupIngress"] = [WORLD]


def with_public_addresses(made: dict[str, Any]) -> None:
    resources = made["Dublin"]["Resources"]
    outside = [name for name, one in resources.items() if one["Type"] == "AWS::EC2::Subnet" and "Outside" in name]
    properties = of(made["Dublin"], "AWS::ElasticLoadBalancingV2::LoadBalancer")["Properties"]
    properties |= {"Scheme": "internet-facing", "Subnets": [{"Ref": one} for one in outside]}


def test_a_group_open_to_the_world_and_public_addresses_let_the_world_in() -> None:
    made = templates()
    with_public_addresses(made)
    # Nobody knows before the deployment who is of the group: so let it have no public addresses.
    assert verdict(made, "Dublin") is Verdict.UNKNOWN
    group_open_to_the_world(made)
    assert verdict(made, "Dublin") is Verdict.FAILS


def test_the_accelerator_is_a_way_in_wherever_the_group_lets_it() -> None:
    made = templates()
    # Whose group it is, only the deployment knows.
    assert verdict(made, "Dublin", but=None) is Verdict.UNKNOWN
    group_open_to_the_world(made)
    assert verdict(made, "Dublin", but=None) is Verdict.FAILS


def no_rule(made: dict[str, Any]) -> None:
    made["DublinEntrance"]["Resources"] = {
        name: one
        for name, one in made["DublinEntrance"]["Resources"].items()
        if one["Type"] != "AWS::EC2::SecurityGroupIngress"
    }


def no_endpoint_group(made: dict[str, Any]) -> None:
    made["Front"]["Resources"] = {
        name: one for name, one in made["Front"]["Resources"].items() if not one["Type"].endswith("::EndpointGroup")
    }


@pytest.mark.parametrize("mutate", [no_rule, no_endpoint_group])
def test_without_its_rule_or_its_endpoint_the_accelerator_has_no_way_in(
    mutate: Callable[[dict[str, Any]], None],
) -> None:
    made = templates()
    mutate(made)
    assert verdict(made, "Dublin", but=None) is Verdict.HOLDS


def test_the_rule_names_the_group_of_the_accelerator_in_the_regions_own_vpc() -> None:
    entrance = templates()["DublinEntrance"]
    rule = of(entrance, "AWS::EC2::SecurityGroupIngress")["Properties"]
    assert rule["SourceSecurityGroupId"]["Fn::GetAtt"][1] == "SecurityGroups.0.GroupId"
    assert not {"CidrIp", "CidrIpv6"} & set(rule)
    call = of(entrance, "Custom::AWS")["Properties"]
    assert call["Update"] == call["Create"]
    asked = str(call["Create"])
    assert all(part in asked for part in ("GlobalAccelerator", "vpc-id", "eu-west-1"))


def test_the_rule_comes_after_the_endpoint_with_which_the_group_comes_into_being() -> None:
    app = cdk.App()
    dublin = RegionStack(app, "Dublin", region="eu-west-1", block="10.1.0.0/16")
    oregon = cdk.Environment(account=ACCOUNT, region="us-west-2")
    own = cdk.Stack(app, "Front", env=oregon, cross_region_references=True)
    front = GlobalAccelerator(
        own, "Front", regions={"eu-west-1": RegionalEndpoints(endpoints=[Endpoint(balancer=dublin.balancer)])}
    )
    given: dict[str, Any] = {"region": "eu-west-1", "vpc": dublin.vpc, "security_group": dublin.group}
    env = cdk.Environment(account=ACCOUNT, region="eu-west-1")
    entrance = cdk.Stack(app, "Entrance", env=env, cross_region_references=True)
    front.let_in(entrance, "Entrance", **given)
    app.synth()
    assert {one.node.id for one in entrance.dependencies} >= {"Front"}
    with pytest.raises(ValueError, match=r"^scope must be in another stack than the load balancer, Dublin: "):
        front.let_in(dublin, "Entrance", **given)
    with pytest.raises(ValueError, match=r"^scope must be in a stack of eu-west-1, got one of us-west-2$"):
        front.let_in(own, "Entrance", **given)
    with pytest.raises(ValueError, match=r"^region must be one of eu-west-1, got eu-west-2$"):
        front.let_in(own, "Entrance", **{**given, "region": "eu-west-2"})


def test_an_alarm_elsewhere_than_the_metrics_would_see_nothing() -> None:
    app = cdk.App()
    env = cdk.Environment(account=ACCOUNT, region="eu-west-1")
    stack = cdk.Stack(app, "Front", env=env)
    dublin = RegionStack(app, "Dublin", region="eu-west-1", block="10.1.0.0/16")
    regions = {"eu-west-1": RegionalEndpoints(endpoints=[Endpoint(balancer=dublin.balancer)])}
    assert GlobalAccelerator(stack, "Front", regions=regions).alarms == []
