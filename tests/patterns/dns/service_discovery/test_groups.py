"""Who reaches which service, proved by routes from the example; and mutants of it, each by its promise."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from patternkit.routes import Network, isolated, reaches
from patternkit.routes.promises import Promise
from patternkit.verdict import Verdict
from tests.conftest import ENVIRONMENTS, example

STACK = "ServiceDiscoveryStack"
SHOP, ORDERS = f"{STACK}/MeshshopServiceE148769E", f"{STACK}/MeshordersServiceEFBE6BB0"
CLIENT, STRANGER = f"{STACK}/Client", f"{STACK}/Stranger"
PROMISES = [
    CALLER := reaches(SHOP, ORDERS, port=8080, same_vpc=True, family=4),
    OUTSIDE := reaches(CLIENT, ORDERS, port=8080, same_vpc=True, family=4),
    isolated(SHOP, ORDERS, port=8081),
    isolated(CLIENT, ORDERS, port=22),
    NOT_BACK := isolated(ORDERS, SHOP),
    NOT_THE_CALLER := isolated(CLIENT, SHOP),
    NO_STRANGER := isolated(STRANGER, ORDERS),
    isolated(STRANGER, SHOP),
    NO_INTERNET := isolated("internet", [SHOP, ORDERS]),
    reaches([SHOP, ORDERS], "internet", port=443, family=4),
    NOT_BY_HTTP := isolated(ORDERS, "internet", port=80),
]


def groups(template: dict[str, Any], word: str) -> str:
    resources: dict[str, Any] = template["Resources"]
    return next(name for name, one in resources.items() if one["Type"] == "AWS::EC2::SecurityGroup" and word in name)


def with_hosts(environment: str) -> dict[str, Any]:
    """The example with a client of the group that is let in, and a host of another one that may go anywhere."""
    template = copy.deepcopy(dict(example("service-discovery", environment).template))
    found = template["Resources"]
    subnet = next(name for name in found if name.startswith("VpcPrivateSubnet1Subnet"))
    vpc = next(name for name, one in found.items() if one["Type"] == "AWS::EC2::VPC")
    found["Anywhere"] = {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"GroupDescription": "anywhere", "VpcId": {"Ref": vpc}},
    }
    for name, group in (("Client", groups(template, "Reports")), ("Stranger", "Anywhere")):
        given = {"SubnetId": {"Ref": subnet}, "SecurityGroupIds": [{"Fn::GetAtt": [group, "GroupId"]}]}
        found[name] = {
            "Type": "AWS::EC2::Instance",
            "Properties": given,
            "Metadata": {"aws:cdk:path": f"{STACK}/{name}"},
        }
    return template


def network(template: dict[str, Any]) -> Network:
    return Network.from_templates({STACK: template})


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_each_service_lets_in_its_callers_and_clients_on_its_port_and_nobody_else(environment: str) -> None:
    network(with_hosts(environment)).assert_holds(*PROMISES)


def rules(template: dict[str, Any], kind: str, description: str) -> dict[str, dict[str, Any]]:
    return {
        name: one["Properties"]
        for name, one in template["Resources"].items()
        if one["Type"] == f"AWS::EC2::SecurityGroup{kind}" and one["Properties"]["Description"] == description
    }


def no_way_in_for_the_caller(template: dict[str, Any]) -> None:
    for name in rules(template, "Ingress", "Calls of shop"):
        del template["Resources"][name]


def no_way_out_of_the_caller(template: dict[str, Any]) -> None:
    for name in rules(template, "Egress", "Calls of shop"):
        del template["Resources"][name]


def wrong_port(template: dict[str, Any]) -> None:
    for rule in rules(template, "Ingress", "Calls of shop").values():
        rule |= {"FromPort": 80, "ToPort": 80}


def no_way_out_of_the_client(template: dict[str, Any]) -> None:
    for name in rules(template, "Egress", "A client outside of the mesh"):
        del template["Resources"][name]


def _open(template: dict[str, Any], word: str, kind: str = "SecurityGroupIngress", **rule: Any) -> None:
    group = template["Resources"][groups(template, word)]["Properties"]
    group.setdefault(kind, []).append({"CidrIp": "0.0.0.0/0", "IpProtocol": "-1", **rule})


def orders_open_to_everybody(template: dict[str, Any]) -> None:
    _open(template, "orders")


def shop_open_to_everybody(template: dict[str, Any]) -> None:
    _open(template, "shop")
    _open(template, "orders", "SecurityGroupEgress")
    _open(template, "Reports", "SecurityGroupEgress")


def orders_may_go_anywhere(template: dict[str, Any]) -> None:
    _open(template, "orders", "SecurityGroupEgress")


def public_tasks(template: dict[str, Any]) -> None:
    _open(template, "orders")
    subnets = [{"Ref": name} for name in template["Resources"] if name.startswith("VpcPublicSubnet1Subnet")]
    for name, one in template["Resources"].items():
        if one["Type"] == "AWS::ECS::Service" and "orders" in name:
            one["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"] |= {
                "AssignPublicIp": "ENABLED",
                "Subnets": subnets,
            }


MUTANTS: list[tuple[Callable[[dict[str, Any]], None], Promise]] = [
    (no_way_in_for_the_caller, CALLER),
    (no_way_out_of_the_caller, CALLER),
    (wrong_port, CALLER),
    (no_way_out_of_the_client, OUTSIDE),
    (orders_open_to_everybody, NO_STRANGER),
    (shop_open_to_everybody, NOT_BACK),
    (shop_open_to_everybody, NOT_THE_CALLER),
    (orders_may_go_anywhere, NOT_BY_HTTP),
    (public_tasks, NO_INTERNET),
]


@pytest.mark.parametrize(("mutate", "promise"), MUTANTS, ids=[f"{one.__name__}-{p.kind}" for one, p in MUTANTS])
def test_each_fault_breaks_its_promise(mutate: Callable[[dict[str, Any]], None], promise: Promise) -> None:
    broken = with_hosts("agnostic")
    mutate(broken)
    proof = network(broken).prove(promise)
    assert proof.verdict is Verdict.FAILS, str(proof)
