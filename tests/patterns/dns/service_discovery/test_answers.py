"""What DNS answers clients outside of the mesh, proved from the example; and mutants of it, each by its promise."""

import copy
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patternkit.dns import Names, always_answers, answers, fails_over, private, resolves
from patternkit.dns.promises import Promise
from patternkit.testing.synthesis import synthesize
from patternkit.verdict import Verdict
from patterns.dns.service_discovery import Service, ServiceDiscovery
from tests.conftest import ENVIRONMENTS, context, example

STACK = "ServiceDiscoveryStack"
ORDERS = "orders.shop.internal"
FIRST, SECOND = (f"{STACK}/MeshordersServiceEFBE6BB0/task{number}" for number in (1, 2))
VPC = f"{STACK}/Vpc8378EB38"
INSIDE: dict[str, Any] = {"source": VPC}
BOTH = answers(ORDERS, [FIRST, SECOND], **INSIDE)
# The container check of 3 x 10 seconds, the 30 in which Cloud Map waits, and a TTL of 10.
DRAINS = fails_over(ORDERS, when=FIRST, to=SECOND, within=70, **INSIDE)
LASTS = always_answers(ORDERS, **INSIDE)
NOBODY_ELSE = private(ORDERS)


def names(template: dict[str, Any]) -> Names:
    # Nobody else has the domain.
    return Names.from_templates({STACK: template}, contracts={"elsewhere": {"internal": "none"}})


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return dict(example("service-discovery", "agnostic").template)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_client_in_the_vpc_gets_the_tasks_that_are_well_and_nobody_else_gets_any(environment: str) -> None:
    names(dict(example("service-discovery", environment).template)).assert_holds(BOTH, DRAINS, LASTS, NOBODY_ELSE)


def test_a_service_without_clients_outside_of_the_mesh_has_no_name_in_dns(template: dict[str, Any]) -> None:
    assert names(template).prove(resolves(VPC, "shop.shop.internal")).verdict is Verdict.FAILS


def test_while_all_are_ill_all_are_answered(template: dict[str, Any]) -> None:
    """As with every multivalue answer; the alarms tell of it."""
    names(template).assert_holds(answers(ORDERS, [FIRST, SECOND], ill=[FIRST, SECOND], **INSIDE))


def resources(template: dict[str, Any], kind: str, word: str = "") -> list[dict[str, Any]]:
    return [
        one["Properties"]
        for name, one in template["Resources"].items()
        if one["Type"] == f"AWS::{kind}" and word in name
    ]


def logical_id(template: dict[str, Any], kind: str, word: str) -> str:
    resources: dict[str, Any] = template["Resources"]
    return next(name for name, one in resources.items() if one["Type"] == f"AWS::{kind}" and word in name)


def no_custom_health_check(template: dict[str, Any]) -> None:
    del resources(template, "ServiceDiscovery::Service")[0]["HealthCheckCustomConfig"]


def no_container_health_check(template: dict[str, Any]) -> None:
    del resources(template, "ECS::TaskDefinition", "orders")[0]["ContainerDefinitions"][0]["HealthCheck"]


def checked_every_five_minutes(template: dict[str, Any]) -> None:
    resources(template, "ECS::TaskDefinition", "orders")[0]["ContainerDefinitions"][0]["HealthCheck"]["Interval"] = 300


def kept_for_five_minutes(template: dict[str, Any]) -> None:
    resources(template, "ServiceDiscovery::Service")[0]["DnsConfig"]["DnsRecords"][0]["TTL"] = 300


def one_task(template: dict[str, Any]) -> None:
    resources(template, "ECS::Service", "orders")[0]["DesiredCount"] = 1


def not_registered(template: dict[str, Any]) -> None:
    del resources(template, "ECS::Service", "orders")[0]["ServiceRegistries"]


def other_type(template: dict[str, Any]) -> None:
    resources(template, "ServiceDiscovery::Service")[0]["DnsConfig"]["DnsRecords"][0]["Type"] = "SRV"


def namespace_of_another_vpc(template: dict[str, Any]) -> None:
    template["Resources"]["Other"] = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}}
    resources(template, "ServiceDiscovery::PrivateDnsNamespace")[0]["Vpc"] = {"Ref": "Other"}


def no_dns_in_the_vpc(template: dict[str, Any]) -> None:
    resources(template, "EC2::VPC")[0]["EnableDnsSupport"] = False


def public_namespace(template: dict[str, Any]) -> None:
    for one in template["Resources"].values():
        if one["Type"] == "AWS::ServiceDiscovery::PrivateDnsNamespace":
            one["Type"] = "AWS::ServiceDiscovery::PublicDnsNamespace"
            one["Properties"] = {"Name": "shop.internal"}


MUTANTS: list[tuple[Callable[[dict[str, Any]], None], Promise]] = [
    (no_custom_health_check, DRAINS),
    (no_container_health_check, DRAINS),
    (one_task, LASTS),
    (checked_every_five_minutes, DRAINS),
    (kept_for_five_minutes, DRAINS),
    (other_type, BOTH),
    (namespace_of_another_vpc, BOTH),
    (no_dns_in_the_vpc, BOTH),
    (public_namespace, NOBODY_ELSE),
]


@pytest.mark.parametrize(("mutate", "promise"), MUTANTS, ids=[f"{one.__name__}-{p.kind}" for one, p in MUTANTS])
def test_each_fault_breaks_its_promise(
    mutate: Callable[[dict[str, Any]], None], promise: Promise, template: dict[str, Any]
) -> None:
    broken = copy.deepcopy(template)
    mutate(broken)
    proof = names(broken).prove(promise)
    assert proof.verdict is Verdict.FAILS, str(proof)


def test_what_registers_nowhere_is_not_known(template: dict[str, Any]) -> None:
    broken = copy.deepcopy(template)
    not_registered(broken)
    assert names(broken).prove(LASTS).verdict is Verdict.UNKNOWN


def test_two_namespaces_of_one_name_in_a_vpc_are_refused_and_in_two_vpcs_are_apart() -> None:
    def build(app: cdk.App, *, vpcs: int) -> None:
        stack = cdk.Stack(app, "Two")
        found = [ec2.Vpc(stack, f"Vpc{number}", max_azs=2) for number in range(vpcs)]
        for number in range(2):
            clients = [ec2.SecurityGroup(stack, f"Clients{number}", vpc=found[number % vpcs])]
            services = {"orders": Service(clients=clients)}
            ServiceDiscovery(
                stack, f"Mesh{number}", vpc=found[number % vpcs], namespace_name="shop.internal", services=services
            )

    apart = dict(synthesize(lambda app: build(app, vpcs=2), context=context()).template)
    found = Names.from_templates({"Two": apart})
    for number in range(2):
        tasks = [f"Two/{logical_id(apart, 'ECS::Service', f'Mesh{number}')}/task{task}" for task in (1, 2)]
        vpc = f"Two/{logical_id(apart, 'EC2::VPC', f'Vpc{number}')}"
        found.assert_holds(answers(ORDERS, tasks, source=vpc))
    for one in resources(apart, "ServiceDiscovery::PrivateDnsNamespace"):
        one["Vpc"] = resources(apart, "ServiceDiscovery::PrivateDnsNamespace")[0]["Vpc"]
    [refused] = [reason for model in Names.from_templates({"Two": apart}).models for reason in model.refused]
    assert "ConflictingDomainExists" in refused


def test_clients_that_want_the_port_get_it() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Ports")
        vpc = ec2.Vpc(stack, "Vpc", max_azs=2)
        services = {"orders": Service(clients=[ec2.SecurityGroup(stack, "Clients", vpc=vpc)], port=9000)}
        ServiceDiscovery(stack, "Mesh", vpc=vpc, namespace_name="shop.internal", record_type="SRV", services=services)

    made = dict(synthesize(build, context=context()).template)
    tasks = [f"Ports/{logical_id(made, 'ECS::Service', 'orders')}/task{task}" for task in (1, 2)]
    vpc = f"Ports/{logical_id(made, 'EC2::VPC', '')}"
    Names.from_templates({"Ports": made}).assert_holds(answers(ORDERS, tasks, type="SRV", source=vpc))
    [registry] = resources(made, "ECS::Service")[0]["ServiceRegistries"]
    assert (registry["ContainerName"], registry["ContainerPort"]) == ("Application", 9000)
