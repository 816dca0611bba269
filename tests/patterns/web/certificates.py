"""Certificates, zones and VPCs for tests, which look nothing up."""

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct


def certificate(scope: Construct, region: str = "eu-west-1") -> acm.ICertificate:
    return acm.Certificate.from_certificate_arn(
        scope, "Certificate", f"arn:aws:acm:{region}:111122223333:certificate/00000000-0000-4000-8000-000000000000"
    )


def zone(scope: Construct, name: str = "example.com") -> route53.IHostedZone:
    return route53.HostedZone.from_hosted_zone_attributes(scope, "Zone", hosted_zone_id="Z0", zone_name=name)


def web_acl(scope: Construct, kind: str = "REGIONAL", construct_id: str = "Acl") -> wafv2.CfnWebACL:
    return wafv2.CfnWebACL(
        scope,
        construct_id,
        scope=kind,
        default_action={"allow": {}},
        visibility_config={"cloudWatchMetricsEnabled": True, "metricName": "acl", "sampledRequestsEnabled": True},
    )


def vpc(scope: Construct, *, public: int = 2, private: int = 2) -> ec2.IVpc:
    """A VPC in two zones; four subnets of a kind are two groups of them."""
    return ec2.Vpc.from_vpc_attributes(
        scope,
        "Vpc",
        vpc_id="vpc-00000001",
        vpc_cidr_block="10.1.0.0/16",
        availability_zones=["eu-west-1a", "eu-west-1b"][: max(public, private)],
        public_subnet_names=["Public", "Edge"][: public // 2] or None,
        private_subnet_names=["Application", "Database"][: private // 2] or None,
        public_subnet_ids=[f"subnet-0000001{number}" for number in range(public)] or None,
        public_subnet_route_table_ids=[f"rtb-0000001{number}" for number in range(public)] or None,
        private_subnet_ids=[f"subnet-0000002{number}" for number in range(private)] or None,
        private_subnet_route_table_ids=[f"rtb-0000002{number}" for number in range(private)] or None,
    )
