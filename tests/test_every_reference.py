"""What does nothing by itself is used by something: in every example, and in whatever an argument makes.

Read from the snapshots, which are held to the templates elsewhere.
"""

import re
from pathlib import Path

import pytest

from tests.every_template import TEMPLATES, every_template, referred, resources, template

# Of these a template has one to hand it to another resource, or to whoever deploys it.
USED = frozenset(
    f"AWS::{name}"
    for name in """
        ApiGateway::Authorizer ApiGateway::Model ApiGateway::RequestValidator ApiGatewayV2::Authorizer
        ApiGatewayV2::Integration AppSync::DataSource CloudFront::CachePolicy CloudFront::Function
        CloudFront::OriginAccessControl CloudFront::ResponseHeadersPolicy DynamoDB::Table EC2::CustomerGateway EC2::EIP
        EC2::EgressOnlyInternetGateway EC2::InternetGateway EC2::LaunchTemplate EC2::NatGateway EC2::NetworkAcl
        EC2::PrefixList EC2::RouteTable EC2::SecurityGroup EC2::Subnet EC2::TransitGatewayRouteTable
        EC2::VPCEndpointService ECS::Cluster ECS::TaskDefinition ElasticLoadBalancingV2::LoadBalancer
        ElasticLoadBalancingV2::TargetGroup IAM::InstanceProfile IAM::Role KMS::Key Lambda::Function Lambda::Version
        Logs::LogGroup NetworkFirewall::FirewallPolicy NetworkFirewall::RuleGroup Route53::HealthCheck S3::Bucket
        SNS::Topic SQS::Queue SSM::Parameter SecretsManager::Secret ServiceDiscovery::PrivateDnsNamespace WAFv2::WebACL
    """.split()
)
# For whoever runs machines in these subnets; and a log group that a function at the edge finds by its name.
FOR_OTHERS = re.compile(
    r"^Edge(Carrier|LosAngeles)Address|^DualStackHosts|^SiteFunctionLog|^AWS679f53fac002430cb0da5b7982bd2287LogGroup"
)


def unused(path: Path) -> list[str]:
    """What is made for nothing, by logical id."""
    found = resources(path)
    used = set(referred(template(path).get("Outputs", {})))
    for name, one in found.items():
        used |= set(referred([one.get("Properties"), one.get("UpdatePolicy")])) - {name}
    return [name for name, one in found.items() if one["Type"] in USED and name not in used]


@every_template
def test_what_does_nothing_by_itself_is_used(path: Path) -> None:
    assert [name for name in unused(path) if not FOR_OTHERS.search(name)] == []


@pytest.mark.parametrize("text", ['{"Resources": {"Address": {"Type": "AWS::EC2::EIP"}}}'])
def test_what_is_made_for_nothing_is_found(tmp_path: Path, text: str) -> None:
    path = tmp_path / "One.agnostic.json"
    path.write_text(text)
    assert unused(path) == ["Address"]


def test_what_is_left_to_others_is_somewhere() -> None:
    assert len({name for path in TEMPLATES for name in unused(path)}) >= 4
