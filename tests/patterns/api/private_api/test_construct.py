"""What PrivateApi promises of its template."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53 as route53
from aws_cdk.assertions import Template

from patternkit.testing.findings import listed
from patternkit.testing.permissions.evaluation import AccessDecision, Role, evaluate
from patternkit.testing.permissions.statements import Request, read_policy
from patternkit.testing.synthesis import synthesize
from patterns.api.private_api import PrivateApi
from tests.conftest import context, example
from tests.patterns.api.api_to_queue.conftest import resources

CODE = lambda_.Code.from_inline("def handler(event, context): return {'statusCode': 200}")
INVOKED = "arn:aws:execute-api:us-east-1:111122223333:abcdefghij/live/GET/orders"
OWN, OTHER = "vpce-0123456789abcdef0", "vpce-0aaaaaaaaaaaaaaaa"


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return dict(example("private-api", "agnostic").template)


def test_the_vpc_that_is_made_has_two_zones_and_no_way_out(template: dict[str, Any]) -> None:
    (vpc,) = resources(template, "AWS::EC2::VPC")
    assert vpc["CidrBlock"] == "10.0.0.0/16"
    assert (vpc["EnableDnsHostnames"], vpc["EnableDnsSupport"]) == (True, True)
    subnets = resources(template, "AWS::EC2::Subnet")
    assert [one["CidrBlock"] for one in subnets] == ["10.0.0.0/24", "10.0.1.0/24"]
    assert [one["AvailabilityZone"]["Fn::Select"][0] for one in subnets] == [0, 1]
    assert not any(one["MapPublicIpOnLaunch"] for one in subnets)
    assert not resources(template, "AWS::EC2::InternetGateway")
    assert not resources(template, "AWS::EC2::NatGateway")
    (flows,) = resources(template, "AWS::EC2::FlowLog")
    assert (flows["TrafficType"], flows["MaxAggregationInterval"]) == ("ALL", 60)


def resolved(document: Any) -> Any:
    """A policy with the account and partition that it is deployed to."""
    match document:
        case {"Fn::Join": [str(by), list(parts)]}:
            return by.join(resolved(one) for one in parts)
        case {"Ref": str(name)}:
            return {"AWS::AccountId": "111122223333", "AWS::Partition": "aws"}[name]
        case dict():
            return {key: resolved(value) for key, value in document.items()}
        case list():
            return [resolved(value) for value in document]
    return document


def imported(scope: cdk.Stack, name: str, endpoint_id: str) -> ec2.IInterfaceVpcEndpoint:
    return ec2.InterfaceVpcEndpoint.from_interface_vpc_endpoint_attributes(
        scope, name, vpc_endpoint_id=endpoint_id, port=443
    )


def policy_of(template: dict[str, Any], kind: str = "AWS::ApiGateway::RestApi") -> dict[str, Any]:
    (found,) = resources(template, kind)
    return dict(found["Policy"])


def asked(source: dict[str, str | None]) -> Request:
    """A request with these condition keys; None: it has not got the key."""
    keys = {name.lower(): None if value is None else (value,) for name, value in source.items()}
    return Request("execute-api:Invoke", INVOKED, keys, "a client")


def may(document: dict[str, Any], source: dict[str, str | None]) -> bool:
    """Whether a policy lets in a request of whoever it is, which is what is asked of those who do not sign."""
    found = list(read_policy("the policy", document, document, of_resource=True))
    request = asked(source)
    applying = [one for one in found if one.applies(request) is True]
    unknown = [one for one in found if isinstance(one.applies(request), str)]
    assert not unknown, unknown
    return bool(applying) and all(one.allow for one in applying)


def with_endpoint(scope: cdk.Stack, **options: Any) -> dict[str, Any]:
    """The template of an API behind an existing endpoint."""
    PrivateApi(scope, "Api", endpoints=[imported(scope, "Own", OWN)], code=CODE, handler="index.handler", **options)
    return dict(Template.from_stack(scope).to_json())


def domain(scope: cdk.Stack) -> dict[str, Any]:
    arn = "arn:aws:acm:us-east-1:111122223333:certificate/a"
    certificate = acm.Certificate.from_certificate_arn(scope, "Certificate", arn)
    return {"domain_name": "api.example.com", "certificate": certificate}


@pytest.mark.parametrize("kind", ["AWS::ApiGateway::RestApi", "AWS::ApiGateway::DomainNameV2"])
@pytest.mark.parametrize("authorization", ["iam", "api_key"])
@pytest.mark.parametrize(
    ("source", "let_in"),
    [
        ({"aws:SourceVpce": OWN}, True),
        ({"aws:SourceVpce": OTHER}, False),
        ({"aws:SourceVpce": None, "aws:SourceIp": "198.51.100.7"}, False),
    ],
    ids=["its endpoint", "another endpoint", "the internet"],
)
def test_requests_come_by_its_endpoints_alone(
    scope: cdk.Stack, kind: str, authorization: str, source: dict[str, str | None], *, let_in: bool
) -> None:
    template = with_endpoint(scope, authorization=authorization, **domain(scope))
    assert may(policy_of(template, kind), source) == let_in


@pytest.mark.parametrize(
    ("permission", "endpoint", "decision"),
    [
        (True, OWN, AccessDecision.ALLOWED),
        (False, OWN, AccessDecision.DENIED),
        (True, OTHER, AccessDecision.DENIED),
        (True, None, AccessDecision.DENIED),
    ],
    ids=["granted", "without a permission", "by another endpoint", "from the internet"],
)
def test_who_signs_needs_a_permission_and_an_endpoint(
    scope: cdk.Stack, endpoint: str | None, decision: AccessDecision, *, permission: bool
) -> None:
    document = resolved(policy_of(with_endpoint(scope)))
    granted = {"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": INVOKED}}
    own = tuple(read_policy("the caller's", granted, granted)) if permission else ()
    caller = Role(arn="arn:aws:iam::111122223333:role/caller", account="111122223333", statements=own)
    of_api = tuple(read_policy("the API's", document, document, of_resource=True))
    found = evaluate(asked({"aws:SourceVpce": endpoint}), caller, lambda _: of_api)
    assert found.decision is decision, found


def test_callers_of_named_accounts_are_let_in_and_nobody_of_others(scope: cdk.Stack) -> None:
    template = with_endpoint(scope, other_accounts=["444455556666"], **domain(scope))
    allow = resolved(policy_of(template))["Statement"][1]
    assert allow["Principal"] == {"AWS": ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"]}
    (share,) = resources(template, "AWS::RAM::ResourceShare")
    assert share["Principals"] == ["444455556666"]
    (name,) = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::ApiGateway::DomainNameV2"]
    assert share["ResourceArns"] == [{"Fn::GetAtt": [name, "DomainNameArn"]}]
    # Associations of theirs are made by themselves: here is that of the API's own endpoint alone.
    assert len(resources(template, "AWS::ApiGateway::DomainNameAccessAssociation")) == 1


def test_without_others_nothing_is_shared(scope: cdk.Stack) -> None:
    assert not resources(with_endpoint(scope, **domain(scope)), "AWS::RAM::ResourceShare")


def test_an_endpoint_of_another_account_is_let_in_and_gets_no_name_here(scope: cdk.Stack) -> None:
    template = with_endpoint(scope, other_endpoints=[imported(scope, "Theirs", OTHER)])
    assert may(policy_of(template), {"aws:SourceVpce": OTHER})
    (api,) = resources(template, "AWS::ApiGateway::RestApi")
    assert api["EndpointConfiguration"] == {"Types": ["PRIVATE"], "VpcEndpointIds": [OWN]}


def test_a_changed_policy_is_deployed() -> None:
    ids = set()
    for number, others in enumerate(([], [OTHER])):
        stack = cdk.Stack(cdk.App(context=context()), "Test")
        PrivateApi(
            stack,
            "Api",
            endpoints=[imported(stack, "Own", OWN)],
            other_endpoints=[imported(stack, f"Other{number}", one) for one in others],
            code=CODE,
            handler="index.handler",
        )
        ids |= set(Template.from_stack(stack).find_resources("AWS::ApiGateway::Deployment"))
    assert len(ids) == 2, "the stage would go on with the old policy"


def test_the_endpoint_has_an_interface_in_each_zone_and_leaves_other_names_alone(template: dict[str, Any]) -> None:
    (endpoint,) = resources(template, "AWS::EC2::VPCEndpoint")
    assert len(endpoint["SubnetIds"]) == 2
    assert endpoint["PrivateDnsEnabled"] is False
    assert endpoint["ServiceName"]["Fn::Join"][1][-1] == ".execute-api"
    (statement,) = endpoint["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Principal"]) == ("execute-api:Invoke", {"AWS": "*"})
    assert statement["Resource"]["Fn::Join"][1][-3:] == [":", {"Ref": "AWS::AccountId"}, ":*"]


def test_the_endpoint_is_in_the_subnets_that_are_chosen(scope: cdk.Stack) -> None:
    kinds = {"Inside": ec2.SubnetType.PRIVATE_ISOLATED, "Outside": ec2.SubnetType.PUBLIC}
    tiers = [ec2.SubnetConfiguration(name=name, subnet_type=kind) for name, kind in kinds.items()]
    vpc = ec2.Vpc(scope, "Vpc", max_azs=2, nat_gateways=0, subnet_configuration=tiers)
    chosen = ec2.SubnetSelection(subnet_group_name="Outside")
    PrivateApi(scope, "Api", vpc=vpc, subnets=chosen, code=CODE, handler="index.handler")
    (endpoint,) = resources(Template.from_stack(scope).to_json(), "AWS::EC2::VPCEndpoint")
    assert endpoint["SubnetIds"] == [scope.resolve(one.subnet_id) for one in vpc.public_subnets]


def test_only_clients_reach_the_endpoint_and_only_on_443(scope: cdk.Stack) -> None:
    vpc = ec2.Vpc(scope, "Vpc", max_azs=2)
    clients = ec2.SecurityGroup(scope, "Clients", vpc=vpc)
    made = PrivateApi(scope, "Api", vpc=vpc, clients=[clients], code=CODE, handler="index.handler")
    template = Template.from_stack(scope).to_json()
    (rule,) = resources(template, "AWS::EC2::SecurityGroupIngress")
    assert (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == (443, 443, "tcp")
    assert rule["SourceSecurityGroupId"] == scope.resolve(clients.security_group_id)
    assert made.vpc is vpc


def test_it_has_a_name_of_its_own_at_the_endpoint(template: dict[str, Any]) -> None:
    parts = template["Outputs"]["Url"]["Value"]["Fn::Join"][1]
    (api,) = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::ApiGateway::RestApi"]
    (endpoint,) = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::EC2::VPCEndpoint"]
    assert parts[:4] == ["https://", {"Ref": api}, "-", {"Ref": endpoint}]


def test_a_private_name_leads_to_the_endpoint_which_may_use_it(scope: cdk.Stack) -> None:
    vpc = ec2.Vpc(scope, "Vpc", max_azs=2)
    made = PrivateApi(
        scope,
        "Api",
        vpc=vpc,
        code=CODE,
        handler="index.handler",
        **domain(scope),
        hosted_zone=route53.PrivateHostedZone(scope, "Zone", zone_name="example.com", vpc=vpc),
    )
    template = Template.from_stack(scope).to_json()
    assert made.url == "https://api.example.com/"
    (named,) = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::ApiGateway::DomainNameV2"]
    assert resources(template, "AWS::ApiGateway::DomainNameV2")[0]["EndpointConfiguration"] == {"Types": ["PRIVATE"]}
    (access,) = resources(template, "AWS::ApiGateway::DomainNameAccessAssociation")
    assert access["DomainNameArn"] == {"Fn::GetAtt": [named, "DomainNameArn"]}
    assert access["AccessAssociationSource"] == scope.resolve(made.endpoint.vpc_endpoint_id)  # type: ignore[union-attr]
    (record,) = resources(template, "AWS::Route53::RecordSet")
    assert record["Name"] == "api.example.com."


def test_with_a_key_nothing_is_found() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "All", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        PrivateApi(stack, "Api", encryption_key=kms.Key(stack, "Key", enable_key_rotation=True), execution_log=True)

    done = synthesize(build, context=context(), packs=["AwsSolutions", "Serverless"])
    assert done.findings == (), listed(done.findings)


def test_an_endpoint_keeps_its_access_when_another_goes(scope: cdk.Stack) -> None:
    """AWS refuses a second access of one endpoint to a name, which CloudFormation would make before the first goes."""
    named = domain(scope)
    both = [imported(scope, "First", "vpce-0first"), imported(scope, "Second", "vpce-0second")]

    def accesses(construct_id: str, endpoints: list[ec2.IInterfaceVpcEndpoint]) -> dict[str, str]:
        made = PrivateApi(scope, construct_id, endpoints=endpoints, code=CODE, handler="index.handler", **named)
        return {
            one.node.id: one.access_association_source
            for one in made.node.find_all()
            if isinstance(one, cdk.aws_apigateway.CfnDomainNameAccessAssociation)
        }

    found = accesses("Both", both)
    assert accesses("One", both[1:]).items() <= found.items()
    assert len(found) == 2
