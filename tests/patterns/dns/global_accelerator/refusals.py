from collections.abc import Mapping
from functools import partial
from typing import Any

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from patterns.dns.global_accelerator import Endpoint, RegionalEndpoints
from tests.patterns.dns.global_accelerator.regions import vpc
from tests.refusals import Refusal

REGION = "eu-west-1"


def existing(scope: Construct, region: str = REGION) -> elbv2.IApplicationLoadBalancer:
    arn = f"arn:aws:elasticloadbalancing:{region}:111122223333:loadbalancer/app/web/0123456789abcdef"
    return elbv2.ApplicationLoadBalancer.from_application_load_balancer_attributes(
        scope, "Web", load_balancer_arn=arn, security_group_id="sg-0123456789abcdef0"
    )


def refused(message: str, *, dial: float = 100, weight: int = 128, region: str = REGION, **more: Any) -> Refusal:
    def made(scope: Construct) -> dict[str, Any]:
        endpoints = [Endpoint(balancer=existing(scope, region), weight=weight)]
        return {"regions": {REGION: RegionalEndpoints(endpoints=endpoints, dial=dial)}, **more}

    return Refusal(message, made)


def internal(scope: Construct, kind: type[elbv2.ApplicationLoadBalancer | elbv2.NetworkLoadBalancer]) -> dict[str, Any]:
    made = kind(scope, "Balancer", vpc=vpc(scope, REGION, "10.0.0.0/16"))
    endpoints = [Endpoint(balancer=made, keeps_client_address=False)]
    return {"regions": {REGION: RegionalEndpoints(endpoints=endpoints)}}


def network(scope: Construct, *, groups: bool, tls: bool) -> Mapping[str, RegionalEndpoints]:
    inside = vpc(scope, REGION, "10.0.0.0/16")
    balancer = elbv2.NetworkLoadBalancer(
        scope,
        "Balancer",
        vpc=inside,
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        security_groups=[ec2.SecurityGroup(scope, "Group", vpc=inside)] if groups else None,
        disable_security_groups=not groups,
    )
    if tls:
        arn = f"arn:aws:acm:{REGION}:111122223333:certificate/12345678-1234-1234-1234-123456789012"
        balancer.add_listener(
            "Listener",
            port=443,
            protocol=elbv2.Protocol.TLS,
            certificates=[acm.Certificate.from_certificate_arn(scope, "Certificate", arn)],
            default_target_groups=[elbv2.NetworkTargetGroup(scope, "Targets", vpc=inside, port=8080)],
        )
    return {REGION: RegionalEndpoints(endpoints=[Endpoint(balancer=balancer)])}


def without_gateway(scope: Construct) -> dict[str, Any]:
    inside = [ec2.SubnetConfiguration(name="Inside", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)]
    closed = ec2.Vpc(scope, "Vpc", availability_zones=[f"{REGION}a", f"{REGION}b"], subnet_configuration=inside)
    balancer = elbv2.ApplicationLoadBalancer(scope, "Balancer", vpc=closed)
    return {"regions": {REGION: RegionalEndpoints(endpoints=[Endpoint(balancer=balancer)])}}


def ipv4_alone(scope: Construct) -> dict[str, Any]:
    balancer = elbv2.ApplicationLoadBalancer(scope, "Balancer", vpc=vpc(scope, REGION, "10.0.0.0/16"))
    return {"regions": {REGION: RegionalEndpoints(endpoints=[Endpoint(balancer=balancer)])}, "ipv6": True}


def dual_stack(
    scope: Construct, kind: type[elbv2.ApplicationLoadBalancer | elbv2.NetworkLoadBalancer], *, keeps: bool, ipv6: bool
) -> dict[str, Any]:
    inside, both = vpc(scope, REGION, "10.0.0.0/16"), elbv2.IpAddressType.DUAL_STACK
    balancer: elbv2.ApplicationLoadBalancer | elbv2.NetworkLoadBalancer
    if kind is ALB:
        balancer = ALB(scope, "Balancer", vpc=inside, internet_facing=True, ip_address_type=both)
    else:
        groups = [ec2.SecurityGroup(scope, "Group", vpc=inside)]
        balancer = elbv2.NetworkLoadBalancer(
            scope, "Balancer", vpc=inside, internet_facing=True, ip_address_type=both, security_groups=groups
        )
    endpoints = [Endpoint(balancer=balancer, keeps_client_address=keeps)]
    return {"regions": {REGION: RegionalEndpoints(endpoints=endpoints)}, "ipv6": ipv6}


def twice(scope: Construct) -> dict[str, Any]:
    one = existing(scope)
    return {"regions": {REGION: RegionalEndpoints(endpoints=[Endpoint(balancer=one), Endpoint(balancer=one)])}}


ALB = elbv2.ApplicationLoadBalancer
WEB = f"regions[{REGION}]: endpoints[0]:"
REFUSALS = [
    refused("regions must have a dial above 0: where all are 0, AWS does not say where flows go", dial=0),
    refused(f"regions[{REGION}]: endpoints must have a weight above 0, or nothing fails over to them", weight=0),
    refused(f"regions[{REGION}]: dial must be between 0 and 100 percent, got 101", dial=101),
    refused(f"{WEB} weight must be between 0 and 255, got 256", weight=256),
    refused(f"{WEB} balancer must be in {REGION}, is in us-east-1", region="us-east-1"),
    refused("ports must differ, got 443 twice", ports=[443, 443]),
    refused("client_affinity must be one of none, source_ip, got 'always'", client_affinity="always"),
    Refusal(
        f"{WEB} keeps_client_address needs security groups of a network load balancer, which has none here",
        lambda scope: {"regions": network(scope, groups=False, tls=False)},
    ),
    Refusal(
        f"{WEB} keeps_client_address must not be given with a TLS listener of a network load balancer",
        lambda scope: {"regions": network(scope, groups=True, tls=True)},
    ),
    Refusal(
        f"{WEB} keeps_client_address needs an internet gateway in the VPC of the balancer, or flows are dropped",
        without_gateway,
    ),
    Refusal(f"{WEB} balancer must be dual-stack with ipv6", ipv4_alone),
    *(
        Refusal(
            f"{WEB} keeps_client_address must be True of an internal load balancer: Global Accelerator takes no other",
            partial(internal, kind=kind),
        )
        for kind in (elbv2.ApplicationLoadBalancer, elbv2.NetworkLoadBalancer)
    ),
    *(
        Refusal(
            f"{WEB} keeps_client_address must be True with ipv6: a dual-stack accelerator takes no other endpoint",
            partial(dual_stack, kind=kind, keeps=False, ipv6=True),
        )
        for kind in (ALB, elbv2.NetworkLoadBalancer)
    ),
    Refusal(
        f"{WEB} keeps_client_address must be False of a dual-stack network load balancer, or ipv6 must be True",
        partial(dual_stack, kind=elbv2.NetworkLoadBalancer, keeps=True, ipv6=False),
    ),
    Refusal(f"regions[{REGION}]: endpoints[1]: balancer must differ, is that of [0], too", twice),
]
