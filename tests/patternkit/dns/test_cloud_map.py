"""What Cloud Map answers of tasks and instances: while some are ill, all are, or more than an answer holds."""

from __future__ import annotations

from typing import Any

from patternkit.dns import Verdict, answers, fails_over, resolves
from tests.patternkit.dns.zones import Dns, att, ref

ORDERS = "orders.svc.internal"
TASKS = tuple(f"Web/Tasks/task{number}" for number in (1, 2, 3))


def cloud_map(*, reported: bool = True, kind: str = "A") -> Dns:
    dns = Dns(None)
    dns.vpc("Vpc")
    dns.vpc("Other")
    dns.add("Space", "ServiceDiscovery::PrivateDnsNamespace", Name="svc.internal", Vpc=ref("Vpc"))
    config = {"DnsRecords": [{"Type": kind, "TTL": 10}], "NamespaceId": att("Space", "Id")}
    given = {"HealthCheckCustomConfig": {"FailureThreshold": 1}} if reported else {}
    dns.add("Orders", "ServiceDiscovery::Service", Name="orders", DnsConfig=config, **given)
    return dns


def tasks(dns: Dns, count: int = 3, check: dict[str, Any] | None = None) -> Dns:
    container = {"Name": "App", "Image": "app"} | ({"HealthCheck": check} if check is not None else {})
    dns.add("Definition", "ECS::TaskDefinition", ContainerDefinitions=[container])
    registries = [{"RegistryArn": att("Orders", "Arn")}]
    dns.add("Tasks", "ECS::Service", DesiredCount=count, ServiceRegistries=registries, TaskDefinition=ref("Definition"))
    return dns


CHECKED = {"Command": ["CMD", "true"], "Interval": 10, "Retries": 2}


def test_each_task_is_an_endpoint_and_only_those_that_are_well_are_answered() -> None:
    dns = tasks(cloud_map(), check=CHECKED)
    assert dns.shares(ORDERS, source="Vpc") == {", ".join(TASKS): 1}
    assert dns.verdict(answers(ORDERS, TASKS[1:], source="Vpc", ill=TASKS[0])) is Verdict.HOLDS
    assert dns.verdict(answers(ORDERS, TASKS, source="Vpc", ill=TASKS)) is Verdict.HOLDS


def test_the_time_is_the_containers_check_and_cloud_maps_wait_and_the_ttl() -> None:
    dns = tasks(cloud_map(), check=CHECKED)
    promise = {"when": TASKS[0], "to": TASKS[1:], "source": "Vpc"}
    assert dns.verdict(fails_over(ORDERS, within=60, **promise)) is Verdict.HOLDS
    assert dns.verdict(fails_over(ORDERS, within=59, **promise)) is Verdict.FAILS
    by_default = tasks(cloud_map(), check={"Command": ["CMD", "true"]})
    assert by_default.verdict(fails_over(ORDERS, within=130, **promise)) is Verdict.HOLDS
    assert by_default.verdict(fails_over(ORDERS, within=129, **promise)) is Verdict.FAILS


def test_nobody_reports_a_task_without_a_container_check_or_to_a_service_without_health() -> None:
    for dns in (tasks(cloud_map()), tasks(cloud_map(reported=False), check=CHECKED)):
        assert dns.verdict(answers(ORDERS, TASKS[1:], source="Vpc", ill=TASKS[0])) is Verdict.FAILS


def test_what_starts_a_task_elsewhere_leaves_its_health_open() -> None:
    dns = tasks(cloud_map(), check=CHECKED)
    dns.resources["Tasks"]["Properties"]["TaskDefinition"] = "app:7"
    assert dns.verdict(answers(ORDERS, TASKS[1:], source="Vpc", ill=TASKS[0])) is Verdict.UNKNOWN


def test_an_answer_holds_eight_of_many() -> None:
    dns = tasks(cloud_map(), count=9, check=CHECKED)
    first = [f"Web/Tasks/task{number}" for number in range(1, 10)]
    assert dns.verdict(answers(ORDERS, first, source="Vpc")) is not Verdict.FAILS
    assert "any 8 of Web/Tasks/task1" in str(dns.names().trace(ORDERS, source="Vpc"))


def test_a_task_has_srv_records_too() -> None:
    dns = tasks(cloud_map(kind="SRV"), check=CHECKED)
    assert dns.verdict(answers(ORDERS, TASKS[1:], type="SRV", source="Vpc", ill=TASKS[0])) is Verdict.HOLDS


def test_a_private_namespace_answers_in_its_vpc_alone() -> None:
    dns = tasks(cloud_map(), check=CHECKED)
    nobody = {"elsewhere": {"internal": "none"}}
    assert dns.verdict(resolves("Vpc", ORDERS), nobody) is Verdict.HOLDS
    assert dns.verdict(resolves("Other", ORDERS), nobody) is Verdict.FAILS


def test_an_instance_is_as_well_as_it_was_registered_and_who_reports_it_later_is_not_known() -> None:
    dns = cloud_map()
    for number, status in enumerate(("HEALTHY", "UNHEALTHY")):
        attributes = {"AWS_INSTANCE_IPV4": f"10.0.0.{number}", "AWS_INIT_HEALTH_STATUS": status}
        dns.add(f"I{number}", "ServiceDiscovery::Instance", ServiceId=ref("Orders"), InstanceAttributes=attributes)
    assert dns.shares(ORDERS, source="Vpc") == {"10.0.0.0": 1}
    assert dns.verdict(answers(ORDERS, "10.0.0.0", source="Vpc", ill="10.0.0.0")) is Verdict.UNKNOWN
