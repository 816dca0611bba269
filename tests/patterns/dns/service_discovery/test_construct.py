"""What services that find each other promise beside their names and groups."""

import copy
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_acmpca as acmpca
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_servicediscovery as servicediscovery

from patternkit.testing.synthesis import synthesize
from patternkit.upgrade import compare
from patterns.dns.service_discovery import Service, ServiceDiscovery
from tests.conftest import context, example

_ELSEWHERE = "arn:aws:{}:us-east-1:111122223333:{}"


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return dict(example("service-discovery", "agnostic").template)


def properties(template: dict[str, Any], kind: str, word: str = "") -> list[dict[str, Any]]:
    return [
        one["Properties"]
        for name, one in template["Resources"].items()
        if one["Type"] == f"AWS::{kind}" and word in name
    ]


def mesh(services: dict[str, Service] | None = None, **arguments: Any) -> dict[str, Any]:
    """A template of services in a VPC that exists already."""

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Own")
        vpc = ec2.Vpc.from_vpc_attributes(
            stack, "Vpc", vpc_id="vpc-0123456789abcdef0", availability_zones=["eu-west-1a", "eu-west-1b"],
            private_subnet_ids=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        )  # fmt: skip
        made = {name: value(stack) if callable(value) else value for name, value in arguments.items()}
        given = services or {"shop": Service(), "orders": Service(callers=["shop"])}
        ServiceDiscovery(stack, "Mesh", **{"vpc": vpc, "namespace_name": "shop.internal", "services": given, **made})

    return dict(synthesize(build, context=context()).template)


def offered(template: dict[str, Any], service: str = "orders") -> dict[str, Any]:
    [found] = properties(template, "ECS::Service", service)[0]["ServiceConnectConfiguration"]["Services"]
    return dict(found)


def test_a_caller_is_deployed_after_what_it_calls(template: dict[str, Any]) -> None:
    """A task in the mesh finds only what was there before it started."""
    services = {name: one for name, one in template["Resources"].items() if one["Type"] == "AWS::ECS::Service"}
    [orders] = [name for name in services if "orders" in name]
    assert [orders in one["DependsOn"] for name, one in services.items() if name != orders] == [True]


def test_a_caller_starts_anew_when_it_is_to_call_another_service() -> None:
    """Its tasks would go on without the new name: Amazon ECS starts none of them anew by itself."""

    def called(template: dict[str, Any]) -> list[dict[str, str]]:
        [task] = properties(template, "ECS::TaskDefinition", "shop")
        return list(task["ContainerDefinitions"][0].get("Environment", []))

    orders = Service(callers=["shop"])
    assert called(mesh({"shop": Service(), "orders": orders})) == [
        {"Name": "ORDERS_ADDRESS", "Value": "orders.shop.internal:8080"}
    ]
    stock = Service(callers=["shop"], port=9000)
    assert {"Name": "STOCK_ADDRESS", "Value": "stock.shop.internal:9000"} in called(
        mesh({"shop": Service(), "orders": orders, "stock": stock})
    )


def test_a_task_starts_when_it_has_a_way_out_and_the_permissions_to_start(template: dict[str, Any]) -> None:
    routes = [
        name
        for name, one in template["Resources"].items()
        if one["Type"] == "AWS::EC2::Route" and "NatGatewayId" in one["Properties"]
    ]
    for one in template["Resources"].values():
        if one["Type"] == "AWS::ECS::Service":
            assert set(routes) <= set(one["DependsOn"])
            assert any("ExecutionRoleDefaultPolicy" in name for name in one["DependsOn"])


def test_one_name_in_the_mesh_and_in_dns(template: dict[str, Any]) -> None:
    found = offered(template)
    [alias] = found["ClientAliases"]
    [name] = properties(template, "ServiceDiscovery::Service")
    [namespace] = properties(template, "ServiceDiscovery::PrivateDnsNamespace")
    assert alias == {"DnsName": f"{name['Name']}.{namespace['Name']}", "Port": 8080}
    # Amazon ECS makes another service of Cloud Map of this name, in the same namespace.
    assert found["DiscoveryName"] != name["Name"]


def test_the_namespace_is_told_by_its_arn_and_the_cluster_makes_none(template: dict[str, Any]) -> None:
    """By a name that it does not find Amazon ECS makes a namespace of its own."""
    for one in properties(template, "ECS::Service"):
        assert one["ServiceConnectConfiguration"]["Namespace"] == {"Fn::GetAtt": ["MeshNamespace93E8AF4B", "Arn"]}
    assert ["ServiceConnectDefaults" in one for one in properties(template, "ECS::Cluster")] == [False]


def test_that_there_is_no_such_name_is_kept_no_longer_than_an_address(template: dict[str, Any]) -> None:
    [namespace] = properties(template, "ServiceDiscovery::PrivateDnsNamespace")
    [name] = properties(template, "ServiceDiscovery::Service")
    kept = namespace["Properties"]["DnsProperties"]["SOA"]["TTL"]
    assert kept == name["DnsConfig"]["DnsRecords"][0]["TTL"] == 10


@pytest.mark.parametrize(("ttl", "drain"), [(1, 10), (10, 30), (60, 120)])
def test_a_task_outlives_the_answers_that_lead_to_it(ttl: int, drain: int) -> None:
    made = mesh(dns_ttl=cdk.Duration.seconds(ttl), drain_time=cdk.Duration.seconds(drain))
    for one in properties(made, "ECS::TaskDefinition"):
        [container] = one["ContainerDefinitions"]
        assert ttl + 5 <= container["StopTimeout"] == drain
        assert f"sleep $(({drain} - 5))" in container["Command"][2]


@pytest.fixture
def running() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The example's own command, with a port and times that suit a test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = mesh({"orders": Service(port=port), "shop": Service(callers=["orders"])})
    command = properties(made, "ECS::TaskDefinition", "orders")[0]["ContainerDefinitions"][0]["Command"]
    script = command[2].replace("/srv", "/").replace("$((30 - 5))", "0.5")
    process = subprocess.Popen([*command[:2], script], stderr=subprocess.DEVNULL, start_new_session=True)
    yield process, port
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def answers(port: int, *, until: float = 0) -> bool:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)
        else:
            return True


def test_the_example_goes_on_serving_after_it_is_told_to_stop(running: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = running
    assert answers(port, until=time.monotonic() + 20)
    process.terminate()
    time.sleep(0.1)
    assert answers(port)
    process.wait(timeout=20)
    assert not answers(port)


def test_each_request_has_a_line_without_its_query_and_logs_end(template: dict[str, Any]) -> None:
    groups = {name for name, one in template["Resources"].items() if one["Type"] == "AWS::Logs::LogGroup"}
    for one in properties(template, "ECS::Service"):
        connect = one["ServiceConnectConfiguration"]
        assert connect["AccessLogConfiguration"] == {"Format": "JSON", "IncludeQueryParameters": "DISABLED"}
        group = connect["LogConfiguration"]["Options"]["awslogs-group"]["Ref"]
        assert group in groups
        assert template["Resources"][group]["Properties"]["RetentionInDays"] == 30


@pytest.mark.parametrize(
    ("fields", "timeout"),
    [
        ({}, None),
        ({"request_timeout": cdk.Duration.minutes(1)}, {"PerRequestTimeoutSeconds": 60}),
        (
            {"request_timeout": cdk.Duration.minutes(10)},
            {"PerRequestTimeoutSeconds": 600, "IdleTimeoutSeconds": 600},
        ),
        ({"idle_timeout": cdk.Duration.hours(2), "protocol": "tcp"}, {"IdleTimeoutSeconds": 7200}),
    ],
)
def test_long_requests_are_not_cut_off_by_their_connection(fields: dict[str, Any], timeout: Any) -> None:
    found = offered(mesh({"shop": Service(), "orders": Service(callers=["shop"], **fields)}))
    assert found.get("Timeout") == timeout


def test_a_failed_deployment_is_rolled_back_and_kept(template: dict[str, Any]) -> None:
    arns = []
    for name, one in template["Resources"].items():
        if one["Type"] == "AWS::ECS::Service":
            arns.append({"Ref": name})
            deployment = one["Properties"]["DeploymentConfiguration"]
            assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
            assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (100, 200)
            assert one["Properties"]["EnableExecuteCommand"] is False
    [rule] = properties(template, "Events::Rule")
    assert rule["EventPattern"]["resources"] == arns


def test_every_way_to_fail_has_an_alarm_that_names_who_fails(template: dict[str, Any]) -> None:
    watched = {
        (one.get("MetricName", "missing tasks"), dimension["Value"] if isinstance(dimension["Value"], str) else "")
        for one in properties(template, "CloudWatch::Alarm")
        for dimension in one.get("Dimensions", [{"Value": ""}])
    }
    assert {name for name, _ in watched} == {
        "ApproximateNumberOfMessagesVisible", "FailedInvocations", "HTTPCode_Target_5XX_Count", "RunningTaskCount",
        "UnHealthyContainerHealthStatus", "missing tasks",
    }  # fmt: skip
    assert ("HTTPCode_Target_5XX_Count", offered(template)["DiscoveryName"]) in watched
    assert ("UnHealthyContainerHealthStatus", "Application") in watched


@pytest.mark.parametrize(
    ("argument", "made"),
    [
        ("cluster", lambda scope: ecs.Cluster.from_cluster_attributes(
            scope, "C", cluster_name="own", vpc=ec2.Vpc(scope, "V"), cluster_arn=_ELSEWHERE.format("ecs", "cluster/own")
        )),
        ("private_ca", lambda scope: acmpca.CertificateAuthority.from_certificate_authority_arn(
            scope, "C", _ELSEWHERE.format("acm-pca", "certificate-authority/0")
        )),
        ("namespace", lambda scope: servicediscovery.PrivateDnsNamespace.from_private_dns_namespace_attributes(
            scope, "N", namespace_name="shop.internal", namespace_id="ns-0",
            namespace_arn=_ELSEWHERE.format("servicediscovery", "namespace/ns-0"),
        )),
    ],
)  # fmt: skip
def test_what_another_region_has_is_refused(argument: str, made: Callable[[cdk.Stack], Any]) -> None:
    environment = cdk.Environment(account="111122223333", region="eu-west-1")
    scope = cdk.Stack(cdk.App(), "Test", env=environment)
    names: dict[str, Any] = {} if argument == "namespace" else {"namespace_name": "shop.internal"}
    services = {"orders": Service(), "shop": Service(callers=["orders"])}
    with pytest.raises(
        ValueError, match=rf"^{argument} must be in eu-west-1, the Region of the stack, got one in us-east"
    ):
        ServiceDiscovery(
            scope, "Mesh", vpc=ec2.Vpc(scope, "Vpc"), services=services, **names, **{argument: made(scope)}
        )


def test_requests_are_counted_by_the_name_in_the_mesh() -> None:
    stack = cdk.Stack()
    services = {"shop": Service(), "orders": Service(callers=["shop"])}
    made = ServiceDiscovery(stack, "Mesh", vpc=ec2.Vpc(stack, "Vpc"), namespace_name="shop.internal", services=services)
    metric = made.metric_requests("orders")
    assert (metric.namespace, metric.metric_name, metric.statistic) == ("AWS/ECS", "RequestCount", "Sum")
    assert metric.period.to_seconds() == 300
    assert metric.dimensions is not None
    assert metric.dimensions["DiscoveryName"] == "orders-mesh"
    with pytest.raises(ValueError, match=r"^service must be one of shop, orders, got stock$"):
        made.metric_requests("stock")


def test_a_task_may_do_nothing_and_only_its_start_writes_its_log(template: dict[str, Any]) -> None:
    for policy in properties(template, "IAM::Policy", "Mesh"):
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
            assert "Log" in statement["Resource"]["Fn::GetAtt"][0]
        assert all("ExecutionRole" in one["Ref"] for one in policy["Roles"])
    for role in properties(template, "IAM::Role", "Mesh"):
        [trusted] = role["AssumeRolePolicyDocument"]["Statement"]
        assert trusted["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert trusted["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
        assert "aws:SourceArn" in trusted["Condition"]["ArnLike"]


def test_no_change_replaces_a_service_its_name_or_the_namespace() -> None:
    """Amazon ECS refuses a service with Service Connect beside another one of its name, so a replacement fails."""
    before = mesh()
    changed = Service(
        callers=["shop"], protocol="http2", port=9000, tasks=4, cpu=1024, memory=cdk.Size.gibibytes(2),
        request_timeout=cdk.Duration.minutes(2), environment={"SETTING": "value"},
    )  # fmt: skip
    after = mesh(
        {"shop": Service(tasks=3), "orders": changed},
        dns_ttl=cdk.Duration.seconds(20), drain_time=cdk.Duration.minutes(1),
    )  # fmt: skip
    assert replaced(before, after) == {"AWS::ECS::TaskDefinition"}
    renamed = copy.deepcopy(before)
    properties(renamed, "ECS::Service", "orders")[0]["LaunchType"] = "EC2"
    assert replaced(before, renamed) == {"AWS::ECS::Service"}


def test_what_the_page_says_is_refused_is_told_before_it_is_deployed(template: dict[str, Any]) -> None:
    def cluster(scope: cdk.Stack) -> ecs.ICluster:
        vpc = ec2.Vpc.from_vpc_attributes(
            scope, "Its", vpc_id="vpc-0123456789abcdef0", availability_zones=["eu-west-1a"]
        )
        return ecs.Cluster.from_cluster_attributes(scope, "Other", cluster_name="other", vpc=vpc)

    assert "AWS::ECS::Service" in replaced(mesh(), mesh(cluster=cluster))
    other = copy.deepcopy(template)
    [name] = properties(other, "ServiceDiscovery::Service")
    name["DnsConfig"]["DnsRecords"][0]["Type"] = "SRV"
    assert replaced(template, other) == {"AWS::ServiceDiscovery::Service"}


def replaced(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The types of what is replaced, or goes."""
    found = [one.logical_id for one in compare(before, after) if one.kind in ("replacement", "deletion")]
    return {before["Resources"][name]["Type"] for name in found}


def test_names_go_after_the_tasks_that_have_them(template: dict[str, Any]) -> None:
    """CloudFormation deletes what refers before what it refers to: a namespace or name with instances cannot be."""
    [orders] = properties(template, "ECS::Service", "orders")
    [name] = properties(template, "ServiceDiscovery::Service")
    assert orders["ServiceRegistries"][0]["RegistryArn"]["Fn::GetAtt"][0].startswith("MeshordersName")
    assert name["NamespaceId"] == {"Fn::GetAtt": ["MeshNamespace93E8AF4B", "Id"]}


def authority(scope: cdk.Stack) -> acmpca.ICertificateAuthority:
    arn = "arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/0"
    return acmpca.CertificateAuthority.from_certificate_authority_arn(scope, "Ca", arn)


def test_tls_is_issued_by_the_authority_that_is_given_and_no_other() -> None:
    made = mesh(private_ca=authority, encryption_key=lambda scope: kms.Key(scope, "Key"))
    tls = offered(made)["Tls"]
    arn = tls["IssuerCertificateAuthority"]["AwsPcaAuthorityArn"]
    role = made["Resources"][tls["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "ecs.amazonaws.com"}
    statements = [
        one for policy in properties(made, "IAM::Policy", "Tls") for one in policy["PolicyDocument"]["Statement"]
    ]
    for one in statements:
        actions = [one["Action"]] if isinstance(one["Action"], str) else one["Action"]
        assert not [action for action in actions if "*" in action]
        if all(action.startswith("acm-pca:") for action in actions):
            assert one["Resource"] == arn
        elif all(action.startswith("secretsmanager:") for action in actions):
            assert ":secret:ecs-sc!*" in str(one["Resource"])
        else:
            assert all(action.startswith("kms:") for action in actions)
            assert one["Resource"] == tls["KmsKey"]
    [issues] = [one for one in statements if one["Action"] == "acm-pca:IssueCertificate"]
    assert "EndEntityCertificate" in str(issues["Condition"])
    for one in made["Resources"].values():
        if one["Type"] == "AWS::ECS::Service":
            assert any("TlsCertificates" in name for name in one["DependsOn"])


def test_what_exists_already_is_used_and_not_made_again() -> None:
    def cluster(scope: cdk.Stack) -> ecs.ICluster:
        vpc = scope.node.find_child("Vpc")
        return ecs.Cluster.from_cluster_attributes(scope, "Cluster", cluster_name="own", vpc=vpc)  # type: ignore[arg-type]

    def namespace(scope: cdk.Stack) -> servicediscovery.IPrivateDnsNamespace:
        arn = "arn:aws:servicediscovery:eu-west-1:111122223333:namespace/ns-own"
        return servicediscovery.PrivateDnsNamespace.from_private_dns_namespace_attributes(
            scope, "Names", namespace_arn=arn, namespace_id="ns-own", namespace_name="own.internal"
        )

    made = mesh(cluster=cluster, namespace=namespace, namespace_name=None)
    assert not properties(made, "ECS::Cluster")
    assert not properties(made, "ServiceDiscovery::PrivateDnsNamespace")
    assert offered(made)["ClientAliases"][0]["DnsName"] == "orders.own.internal"
    assert properties(made, "ECS::Service")[0]["Cluster"] == "own"


def test_the_words_of_a_health_check_may_repeat() -> None:
    words = ["CMD", "test", "-f", "/a", "-a", "-f", "/b"]
    image = ecs.ContainerImage.from_registry("public.ecr.aws/nginx/nginx:stable")
    made = mesh({"shop": Service(image=image, health_check=words), "orders": Service(callers=["shop"])})
    containers = properties(made, "ECS::TaskDefinition", "shop")[0]["ContainerDefinitions"]
    assert words in [one.get("HealthCheck", {}).get("Command") for one in containers]
