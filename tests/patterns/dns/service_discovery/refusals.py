from collections.abc import Callable
from typing import Any

from aws_cdk import Duration, Fn, Size, Token
from aws_cdk import aws_acmpca as acmpca
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct

from patterns.dns.service_discovery import Service, ServiceDiscovery
from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda scope: given(scope) | arguments)


def given(scope: Construct, **settings: Any) -> dict[str, Any]:
    vpc = ec2.Vpc(scope, "Vpc", **settings)
    services = {"shop": Service(), "orders": Service(callers=["shop"])}
    return {"vpc": vpc, "namespace_name": "shop.internal", "services": services}


def of(message: str, **fields: Any) -> Refusal:
    """What is wrong of one service."""
    services = {"shop": Service(), "orders": Service(**{"callers": ["shop"], **fields})}
    return refused(f"services[orders]: {message}", services=services)


def with_made(**make: Callable[[Construct], Any]) -> Callable[[Construct], dict[str, Any]]:
    return lambda scope: given(scope) | {name: one(scope) for name, one in make.items()}


def elsewhere(scope: Construct) -> ec2.Vpc:
    return ec2.Vpc(scope, "Other")


def foreign_namespace(scope: Construct) -> dict[str, Any]:
    made = servicediscovery.PrivateDnsNamespace(scope, "Namespace", name="shop.internal", vpc=elsewhere(scope))
    return given(scope) | {"namespace": made, "namespace_name": None}


def both_namespaces(scope: Construct) -> dict[str, Any]:
    arguments = given(scope)
    return arguments | {
        "namespace": servicediscovery.PrivateDnsNamespace(scope, "Own", name="shop.internal", vpc=arguments["vpc"])
    }


def clients_with_tls(scope: Construct) -> dict[str, Any]:
    arguments = given(scope)
    clients = [ec2.SecurityGroup(scope, "Clients", vpc=arguments["vpc"])]
    arn = "arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/0"
    authority = acmpca.CertificateAuthority.from_certificate_authority_arn(scope, "Ca", arn)
    return arguments | {"services": {"orders": Service(clients=clients)}, "private_ca": authority}


def two_in_a_zone(scope: Construct) -> dict[str, Any]:
    arguments = given(scope)
    return arguments | {"subnets": [arguments["vpc"].private_subnets[0], arguments["vpc"].public_subnets[0]]}


def too_many(scope: Construct) -> dict[str, Any]:
    imported = ec2.SecurityGroup.from_security_group_id
    clients = [imported(scope, f"Client{number}", f"sg-{number:017x}") for number in range(12)]
    others = [f"caller{number}" for number in range(49)]
    services = {name: Service() for name in others} | {"orders": Service(callers=others, clients=clients)}
    return given(scope) | {"services": services}


def named_as_another(scope: Construct) -> dict[str, Any]:
    arguments = given(scope)
    ServiceDiscovery(scope, "Mesh", **arguments)
    return arguments


def one_namespace_and_name_twice(scope: Construct) -> dict[str, Any]:
    arguments = given(scope)
    other = ServiceDiscovery(scope, "Mesh", **arguments)
    services = {"bills": Service(), "orders": Service(callers=["bills"])}
    return arguments | {"namespace": other.namespace, "namespace_name": None, "services": services}


CIRCLE = {"a": Service(callers=["b"]), "b": Service(callers=["c"]), "c": Service(callers=["a"])}
CLUSTER = "arn:aws:ecs:eu-west-1:111122223333:cluster/own"
NGINX = ecs.ContainerImage.from_registry("nginx")

REFUSALS = [
    refused("services must hold 1 to 50 services, got none", services={}),
    refused("services must have one with callers or clients: without, nobody finds anything",
            services={"shop": Service()}),
    refused("services must not call each other in a circle, got a -> c -> b -> a: each finds only what was deployed "
            "before it", services=CIRCLE),
    refused("services[orders]: callers must name other services, of which there are: none; got shop",
            services={"orders": Service(callers=["shop"])}),
    refused("services[orders]: callers must name other services, of which there are: shop; got orders",
            services={"shop": Service(), "orders": Service(callers=["orders"])}),
    of("callers must differ, got shop twice", callers=["shop", "shop"]),
    refused("services[shop-mesh]: its name is what shop is called in the mesh",
            services={"shop": Service(callers=["shop-mesh"]), "shop-mesh": Service()}),
    refused("services[shop]: its name in the namespace must have up to 127 characters, got 129",
            namespace_name=f"{'a' * 62}.{'b' * 61}"),
    of("health_check must be given with image: nothing else tells that a task is ill", image=NGINX),
    of("health_check must begin with CMD or CMD-SHELL, got 'curl'", image=NGINX, health_check=["curl", "localhost"]),
    of("request_timeout must not be given with protocol='tcp', which has no requests", protocol="tcp",
       request_timeout=Duration.seconds(20)),
    of("idle_timeout must be at least request_timeout, got 20 and 30 seconds: a request would end with its connection",
       request_timeout=Duration.seconds(30), idle_timeout=Duration.seconds(20)),
    of("memory must be 1024 to 4096 MiB in steps of 1024 with 512 units of cpu, got 512", memory=Size.mebibytes(512)),
    refused("services[shop]: environment and secrets must not set ORDERS_ADDRESS, which is the address of what it "
            "calls", services={"shop": Service(environment={"ORDERS_ADDRESS": "x"}),
                               "orders": Service(callers=["shop"])}),
    refused("namespace_name must be given without namespace: in which domain are the names?", namespace_name=None),
    Refusal("namespace_name must not be given with namespace, which has a name", both_namespaces),
    Refusal("namespace must be of vpc, got one of another VPC, in which alone its names are answered",
            foreign_namespace),
    Refusal("cluster must have a vpc: import it with ecs.Cluster.from_cluster_attributes",
            with_made(cluster=lambda scope: ecs.Cluster.from_cluster_arn(scope, "Cluster", CLUSTER))),
    Refusal("services[orders]: clients must not be given with private_ca: the proxy answers only callers with TLS of "
            "the mesh", clients_with_tls),
    Refusal("vpc[0] must have enable_dns_support, got Test/Given19/Vpc, which has it off",
            lambda scope: given(scope, enable_dns_support=False, enable_dns_hostnames=False)),
    Refusal("vpc must have private subnets in two zones or more, got 1", lambda scope: given(scope, max_azs=1)),
    Refusal("vpc must have private subnets with a NAT gateway where subnets are not given, got none",
            lambda scope: given(scope, nat_gateways=0)),
    refused("drain_time must be at least 5 seconds longer than dns_ttl, got 30 and 28: resolvers would answer a task "
            "that has stopped", dns_ttl=Duration.seconds(28)),
    Refusal("services[orders]: callers and clients must make at most 60 rules of a security group, got 61", too_many),
    refused("services must be known when the template is made, got a token: the ids of constructs depends on it",
            services={Fn.ref("AWS::Region"): Service()}),
    of("request_timeout must be known when the template is made, got a token: how long the proxies wait depends on it",
       request_timeout=Duration.seconds(Token.as_number({"Ref": "AWS::Region"}))),
    refused("services must fit into one stack, which takes 500 resources, got 39 with 38 callers, which make about "
            "511: put some of them into a stack of their own, with namespace",
            services={f"s{one}": Service(callers=[f"s{one - 1}"] if one else []) for one in range(39)}),
    Refusal("private_ca must have an ARN such as arn:aws:SERVICE:REGION:ACCOUNT:NAME, got bad",
            with_made(private_ca=lambda scope: acmpca.CertificateAuthority.from_certificate_authority_arn(
                scope, "Ca", "bad"))),
    Refusal("namespace_name must be no zone that its VPC has, got shop.internal, which Test/Given28/Vpc has by "
            "Test/Given28/Mesh/Namespace/Resource", named_as_another),
    Refusal("services must have names that differ in one namespace, got orders, which Test/Given29/Mesh has",
            one_namespace_and_name_twice),
    *(
        refused(
            f"services[shop]: {name} must be given with callers or clients: nobody waits for a service that nobody "
            "calls",
            services={"shop": one, "orders": Service(callers=["shop"])},
        )
        for name, one in {
            "request_timeout": Service(request_timeout=Duration.hours(1)),
            "idle_timeout": Service(idle_timeout=Duration.hours(1)),
        }.items()
    ),
]  # fmt: skip
