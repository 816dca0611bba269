"""Names that AWS tells resources apart by differ where an app is deployed twice in one account and Region.

Every stack here has a name that its place in the app does not say. What is named by the place alone is named alike in
each deployment of the app in an account and Region: the second one is refused, or counted together with the first.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from patternkit.catalog.applications import Application, applications
from patternkit.catalog.discovery import Pattern, patterns
from patternkit.templates.properties import schema_of
from tests.constructs import NAMED, app_for_its_template, named_stacks
from tests.each_argument import PLACE, tried

PATTERNS = [pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name)) for one in patterns().values()]

NAMES = re.compile(r"(?:^|[a-z])Name$|^Family$")
"""Properties of a resource that are names, beside those by which CloudFormation knows it."""

WITHIN = frozenset(
    {
        ("AWS::CloudFront::CachePolicy", "CachePolicyConfig.Name"),
        ("AWS::CloudFront::OriginAccessControl", "OriginAccessControlConfig.Name"),
        ("AWS::CloudFront::OriginRequestPolicy", "OriginRequestPolicyConfig.Name"),
        ("AWS::CloudFront::ResponseHeadersPolicy", "ResponseHeadersPolicyConfig.Name"),
        ("AWS::Glue::Database", "DatabaseInput.Name"),
        ("AWS::Logs::MetricFilter", "MetricTransformations.*.MetricName"),
        ("AWS::WAFv2::RuleGroup", "VisibilityConfig.MetricName"),
        ("AWS::WAFv2::WebACL", "VisibilityConfig.MetricName"),
        ("AWS::WAFv2::WebACL", "Rules.*.VisibilityConfig.MetricName"),
    }
)
"""Names that stand deeper in a resource's properties."""

NOT_BY_NAME = {
    "AWS::ApiGateway::Authorizer": "of one API",
    "AWS::ApiGateway::Stage": "of one API",
    "AWS::ApiGatewayV2::Api": "known by its id",
    "AWS::ApiGatewayV2::Authorizer": "of one API",
    "AWS::ApiGatewayV2::Stage": "of one API",
    "AWS::AppSync::DataSource": "of one API",
    "AWS::AppSync::Resolver": "of one API",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "of one service",
    "AWS::AutoScaling::LifecycleHook": "of one group",
    "AWS::Athena::NamedQuery": "known by its id, in a workgroup of its own",
    "AWS::CloudWatch::Alarm": "names a metric, not itself: held by what makes the metric",
    "AWS::CodeDeploy::DeploymentGroup": "of one application; names AWS's configuration",
    "AWS::Cognito::UserPoolGroup": "of one user pool",
    "AWS::DirectConnect::Connection": "known by its id",
    "AWS::DirectConnect::Lag": "known by its id",
    "AWS::DirectConnect::TransitVirtualInterface": "known by its id",
    "AWS::DirectConnect::PrivateVirtualInterface": "known by its id",
    "AWS::EC2::PrefixList": "known by its id",
    "AWS::EC2::SecurityGroup": "of one VPC",
    "AWS::EC2::VPCEndpoint": "names the service that it leads to",
    "AWS::IAM::Policy": "of the roles that it is for",
    "AWS::Lambda::Alias": "of one function",
    "AWS::RAM::ResourceShare": "known by its ARN",
    "AWS::Route53::KeySigningKey": "of one zone",
    "AWS::Route53::HostedZone": "whoever gives the domain name says it",
    "AWS::Route53::DNSSEC": "of one zone",
    "AWS::Route53::RecordSet": "whoever gives the domain name says it",
    "AWS::Route53Profiles::Profile": "known by its id",
    "AWS::Route53Profiles::ProfileAssociation": "known by its id",
    "AWS::Route53Profiles::ProfileResourceAssociation": "known by its id",
    "AWS::Route53Resolver::ResolverRule": "names the domain that it is for",
    "AWS::ServiceDiscovery::PrivateDnsNamespace": "whoever gives the domain name says it",
    "AWS::ServiceDiscovery::Service": "of one namespace",
}
"""Types whose names need not differ between stacks, and why."""

READ_BY_PEOPLE = re.compile(
    r"(^|\.)(\w*Description|Comment|Sid|PolicyName|(Target)?OriginId|Origins\.\*\.Id|Tags\.\*\.Value)$"
)
"""What may say where a construct stands: people read it, or it is known within one resource."""


def text_of(value: Any) -> str:
    """A text, with what a deployment says of the stack in place of what is known then."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and "Fn::Join" in value:
        between, parts = value["Fn::Join"]
        return str(between).join(text_of(one) for one in parts) if isinstance(parts, list) else "${}"
    if '"AWS::StackId"' in json.dumps(value):
        return "${AWS::StackId}"
    return f"${{{value['Ref']}}}" if isinstance(value, dict) and "Ref" in value else "${}"


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The texts in a resource's properties, by where they stand."""
    if isinstance(value, dict) and not (len(value) == 1 and re.match(r"(Ref|Fn::\w+)$", next(iter(value)))):
        for key, one in value.items():
            yield from texts(one, f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list):
        for one in value:
            yield from texts(one, f"{path}.*")
    elif isinstance(value, str | dict):
        yield path, text_of(value)


def is_of_its_stack(text: str) -> bool:
    """Whether a text differs where the stack does: it holds the stack's name, or what the stack alone has made."""
    return NAMED in text or "${" in text.replace("${AWS::Region}", "").replace("${AWS::AccountId}", "")


def shared(template: dict[str, Any], given: str) -> list[str]:
    """What two deployments would both call by one name, but for names that were given."""
    found = []
    for logical_id, one in template["Resources"].items():
        kind, properties = one["Type"], one.get("Properties", {})
        schema = schema_of(kind) or {}
        known_by = [path.removeprefix("/properties/") for path in schema.get("primaryIdentifier", ())]
        if any(is_of_its_stack(text_of(properties[name])) for name in known_by if name in properties):
            known_by = []
        elif not all(name in properties for name in known_by):
            # A part of it is AWS's to choose.
            known_by = []
        for path, text in texts(properties):
            is_name = path in known_by or (NAMES.search(path) and "." not in path) or (kind, path) in WITHIN
            if is_name and kind not in NOT_BY_NAME and not is_of_its_stack(text) and text not in given:
                found.append(f"{logical_id} ({kind}) is called {text!r} by {path}")
            elif PLACE in text and NAMED not in text and not READ_BY_PEOPLE.search(path) and kind not in NOT_BY_NAME:
                found.append(f"{logical_id} ({kind}) says its place, {text!r}, in {path}")
    return found


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.timeout(1200)
def test_no_name_is_the_same_in_two_deployments(pattern: Pattern) -> None:
    found: dict[str, str] = {}
    for set_here, templates in tried(pattern).templates.items():
        for template in templates.values():
            for one in shared(json.loads(template), " ".join(set_here)):
                found.setdefault(one, ", ".join(set_here) or "nothing")
    assert not found, "\n".join(f"with {by}: {what}" for what, by in found.items())


@pytest.mark.parametrize("application", applications().values(), ids=lambda one: one.name)
def test_no_name_of_an_application_is_the_same_in_two_deployments(application: Application) -> None:
    app = app_for_its_template()
    with named_stacks():
        application.add(app)
    assert [one for stack in app.synth().stacks for one in shared(stack.template, "")] == []


def test_names_that_two_deployments_share_are_found() -> None:
    alike = {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "orders"}},
        "Policy": {"Type": "AWS::CloudFront::CachePolicy", "Properties": {"CachePolicyConfig": {"Name": "by-query"}}},
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Environment": {"Variables": {"SERVICE": f"{PLACE}/Orders"}}},
        },
    }
    assert len(shared({"Resources": alike}, "")) == 3
    of_its_stack = {"Fn::Join": ["", [{"Ref": "AWS::StackName"}, "-orders"]]}
    apart = {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": of_its_stack}},
        "Policy": {
            "Type": "AWS::CloudFront::CachePolicy",
            "Properties": {"CachePolicyConfig": {"Name": f"{NAMED}by", "Comment": f"Of {PLACE}/Orders"}},
        },
    }
    assert shared({"Resources": apart}, "") == []
    assert shared({"Resources": {"Bus": alike["Bus"]}}, "name='orders'") == []
