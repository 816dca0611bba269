"""What does nothing by itself is used by something: in every example, and in whatever an argument makes.

Read from the snapshots, which are held to the templates elsewhere.
"""

import re
from pathlib import Path

import pytest

from tests.every_template import TEMPLATES, every_template, referred, resources, template

# Of these a template has one to hand it to another resource, or to whoever deploys it.
USED = frozenset(
    {
        "AWS::ApiGateway::Authorizer",
        "AWS::ApiGateway::Model",
        "AWS::ApiGateway::RequestValidator",
        "AWS::ApiGatewayV2::Authorizer",
        "AWS::ApiGatewayV2::Integration",
        "AWS::AppSync::DataSource",
        "AWS::CloudFront::CachePolicy",
        "AWS::CloudFront::Function",
        "AWS::CloudFront::OriginAccessControl",
        "AWS::CloudFront::ResponseHeadersPolicy",
        "AWS::DynamoDB::Table",
        "AWS::EC2::CustomerGateway",
        "AWS::EC2::EIP",
        "AWS::EC2::EgressOnlyInternetGateway",
        "AWS::EC2::InternetGateway",
        "AWS::EC2::LaunchTemplate",
        "AWS::EC2::NatGateway",
        "AWS::EC2::NetworkAcl",
        "AWS::EC2::PrefixList",
        "AWS::EC2::RouteTable",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::Subnet",
        "AWS::EC2::TransitGatewayRouteTable",
        "AWS::EC2::VPCEndpointService",
        "AWS::ECS::Cluster",
        "AWS::ECS::TaskDefinition",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::IAM::InstanceProfile",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Lambda::Function",
        "AWS::Lambda::Version",
        "AWS::Logs::LogGroup",
        "AWS::NetworkFirewall::FirewallPolicy",
        "AWS::NetworkFirewall::RuleGroup",
        "AWS::Route53::HealthCheck",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SSM::Parameter",
        "AWS::SecretsManager::Secret",
        "AWS::ServiceDiscovery::PrivateDnsNamespace",
        "AWS::WAFv2::WebACL",
    }
)
# For whoever runs machines in these subnets; a log group that a function at the edge finds by its name; and what the
# CDK itself makes.
FOR_OTHERS = re.compile(
    r"^Edge\w+Address|^DualStackHosts|^SiteFunctionLog|^AWS679f53fac002430cb0da5b7982bd2287LogGroup|^BucketNotif"
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
