"""What makes a resource of each type reachable by anybody, and how it is told."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.upgrade.exposure import exposures
from tests.patternkit.upgrade.lines import lines, lines_of, resource

CHOICE = {"Ref": "Choice"}
EITHER = {"Fn::If": ["C", True, False]}


def told(*reasons: str) -> list[str]:
    return [f"danger: exposure: It: {one}" for one in reasons]


ADDRESS = "PubliclyAccessible"
FACES = "the load balancer faces the internet"


@pytest.mark.parametrize(
    ("kind", "name", "reason"),
    [
        ("AmazonMQ::Broker", ADDRESS, "the broker has a public address"),
        ("DMS::ReplicationInstance", ADDRESS, "the instance has a public address"),
        ("RDS::DBCluster", ADDRESS, "the database has a public address"),
        ("RDS::DBInstance", ADDRESS, "the database has a public address"),
        ("Redshift::Cluster", ADDRESS, "the database has a public address"),
        ("RedshiftServerless::Workgroup", ADDRESS, "the database has a public address"),
        ("Shop::Till", ADDRESS, "it has a public address"),
        ("EC2::Subnet", "MapPublicIpOnLaunch", "what is launched in the subnet gets a public address"),
        ("AutoScaling::LaunchConfiguration", "AssociatePublicIpAddress", "its instances get public addresses"),
    ],
)
def test_a_public_address(kind: str, name: str, reason: str) -> None:
    for on in (True, "true", "True", EITHER):
        assert lines_of(kind, {name: False}, {name: on}) == told(reason)
        assert not lines_of(kind, {name: on}, {name: False})
        assert not lines_of(kind, {name: on}, {name: True})
        assert lines({}, {"It": resource(kind, **{name: on})}) == told(reason)
    assert not lines_of(kind, {name: False}, {name: CHOICE})


def test_a_replication_instance_has_an_address_unless_it_is_said() -> None:
    old = {"ReplicationInstanceClass": "x", ADDRESS: False}
    assert lines_of("DMS::ReplicationInstance", old, {**old, ADDRESS: None}) == told(
        "the instance has a public address"
    )
    assert not lines_of("RDS::DBInstance", {"Engine": "x", ADDRESS: False}, {"Engine": "x"})


@pytest.mark.parametrize("kind", ["ElasticLoadBalancing::LoadBalancer", "ElasticLoadBalancingV2::LoadBalancer"])
def test_a_load_balancer(kind: str) -> None:
    assert lines_of(kind, {"Scheme": "internal"}, {"Scheme": "internet-facing"}) == told(FACES)
    assert lines_of(kind, {"Scheme": "internal"}, {"Name": "x"}) == told(FACES)
    assert not lines_of(kind, {"Scheme": "internet-facing"}, {"Scheme": "internal"})
    assert not lines({}, {"It": resource(kind)})


def test_a_function_url_and_a_route() -> None:
    assert lines_of("Lambda::Url", {"AuthType": "AWS_IAM"}, {"AuthType": "NONE"}) == told(
        "anybody may call the function by its URL: AuthType is NONE"
    )
    open_route = told("anybody may call the route: AuthorizationType is NONE")
    kind, old = "ApiGatewayV2::Route", {"RouteKey": "GET /", "AuthorizationType": "JWT"}
    assert lines_of(kind, old, {**old, "AuthorizationType": "NONE"}) == open_route
    assert lines_of(kind, old, {"RouteKey": "GET /"}) == open_route
    assert not lines_of(kind, {"RouteKey": "GET /"}, old)


@pytest.mark.parametrize(
    ("key", "protocol", "is_open"),
    [
        ("$connect", "WEBSOCKET", True),
        ("$disconnect", "WEBSOCKET", False),
        ("$default", "WEBSOCKET", False),
        ("sendMessage", "WEBSOCKET", False),
        ("$default", "HTTP", True),
        ("GET /", "HTTP", True),
        # Of an API of another template: only HTTP APIs have methods, only WebSocket APIs names.
        ("sendMessage", None, False),
        ("$default", None, True),
    ],
)
def test_of_a_websocket_api_connecting_alone_is_open_to_anybody(
    key: str, protocol: str | None, *, is_open: bool
) -> None:
    given = {"RouteKey": key, "ApiId": {"Ref": "Api"}}
    others = {} if protocol is None else {"Api": resource("ApiGatewayV2::Api", ProtocolType=protocol)}
    before = {**others, "It": resource("ApiGatewayV2::Route", **given, AuthorizationType="AWS_IAM")}
    after = {**others, "It": resource("ApiGatewayV2::Route", **given, AuthorizationType="NONE")}
    assert bool(lines(before, after)) is is_open


def test_a_method() -> None:
    open_method = told("anybody may call the method: AuthorizationType is NONE, and no API key is asked for")
    kind, old = "ApiGateway::Method", {"AuthorizationType": "AWS_IAM", "HttpMethod": "GET"}
    new = {"AuthorizationType": "NONE", "HttpMethod": "GET"}
    assert lines_of(kind, old, new) == open_method
    assert lines_of(kind, old, {**new, "ApiKeyRequired": False}) == open_method
    assert not lines_of(kind, old, {**new, "ApiKeyRequired": True})
    # A preflight request carries no credentials.
    assert not lines_of(kind, {**old, "HttpMethod": "OPTIONS"}, {**new, "HttpMethod": "OPTIONS"})


def interface(*, public: Any) -> list[dict[str, Any]]:
    return [{"DeviceIndex": "0"}, {"AssociatePublicIpAddress": public}]


def test_the_interfaces_of_an_instance() -> None:
    gets = told("a network interface gets a public address")
    old, new = ({"NetworkInterfaces": interface(public=public)} for public in (False, True))
    assert lines_of("EC2::Instance", old, new) == gets
    assert lines_of("EC2::LaunchTemplate", {"LaunchTemplateData": old}, {"LaunchTemplateData": new}) == gets
    assert not lines_of("EC2::Instance", new, old)


AWSVPC = [
    ("ECS::Service", ("NetworkConfiguration", "AwsvpcConfiguration")),
    ("ECS::TaskSet", ("NetworkConfiguration", "AwsvpcConfiguration")),
    ("Events::Rule", ("Targets", "EcsParameters", "NetworkConfiguration", "AwsVpcConfiguration")),
    ("Scheduler::Schedule", ("Target", "EcsParameters", "NetworkConfiguration", "AwsvpcConfiguration")),
    ("Pipes::Pipe", ("TargetParameters", "EcsTaskParameters", "NetworkConfiguration", "AwsvpcConfiguration")),
    ("Batch::JobDefinition", ("ContainerProperties", "NetworkConfiguration")),
    ("Batch::JobDefinition", ("EcsProperties", "TaskProperties", "NetworkConfiguration")),
]


@pytest.mark.parametrize(("kind", "way"), AWSVPC)
def test_the_addresses_of_tasks(kind: str, way: tuple[str, ...]) -> None:
    def tasks(assigned: Any) -> dict[str, Any]:
        found: Any = {"AssignPublicIp": assigned}
        for name in reversed(way):
            found = {name: [found] if name in ("Targets", "TaskProperties") else found}
        made: dict[str, Any] = found
        return made

    assert lines_of(kind, tasks("DISABLED"), tasks("ENABLED")) == told("its tasks get public addresses")
    assert lines_of(kind, tasks("DISABLED"), tasks({"Fn::If": ["C", "ENABLED", "DISABLED"]})) == told(
        "its tasks get public addresses"
    )
    assert not lines_of(kind, tasks("ENABLED"), tasks("DISABLED"))


def test_the_endpoint_of_a_kubernetes_cluster() -> None:
    def cluster(**network: Any) -> dict[str, Any]:
        return {"ResourcesVpcConfig": {"SubnetIds": ["subnet-1"], **network}}

    closed = cluster(EndpointPublicAccess=False)
    kind, is_open = "EKS::Cluster", told("the Kubernetes endpoint is open to 0.0.0.0/0")
    assert lines_of(kind, closed, cluster()) == is_open
    assert lines_of(kind, closed, cluster(EndpointPublicAccess=True)) == is_open
    assert lines_of(kind, closed, cluster(PublicAccessCidrs=["192.0.2.0/24", "0.0.0.0/0"])) == is_open
    assert lines_of(kind, closed, cluster(PublicAccessCidrs=["128.0.0.0/1"])) == told(
        "the Kubernetes endpoint is open to 128.0.0.0/1"
    )
    assert not lines_of(kind, closed, cluster(PublicAccessCidrs=["192.0.2.0/24"]))
    assert not lines({}, {"It": resource(kind)})


@pytest.mark.parametrize("kind", ["EC2::EIP", "EC2::EIPAssociation"])
@pytest.mark.parametrize("name", ["InstanceId", "NetworkInterfaceId"])
def test_an_address_of_an_instance(kind: str, name: str) -> None:
    assert lines({}, {"It": resource(kind, **{name: {"Ref": "Web"}})}) == told("Web gets a public address")
    assert not lines({}, {"It": resource(kind, Domain="vpc")})


def test_brokers() -> None:
    def access(kind: str) -> dict[str, Any]:
        return {"BrokerNodeGroupInfo": {"ConnectivityInfo": {"PublicAccess": {"Type": kind}}}}

    assert lines_of("MSK::Cluster", access("DISABLED"), access("SERVICE_PROVIDED_EIPS")) == told(
        "the brokers have public addresses"
    )


@pytest.mark.parametrize("kind", ["ElasticLoadBalancingV2::Listener", "ElasticLoadBalancingV2::ListenerRule"])
@pytest.mark.parametrize("name", ["AuthenticateOidcConfig", "AuthenticateCognitoConfig"])
@pytest.mark.parametrize("actions", ["DefaultActions", "Actions"])
def test_requests_that_nobody_has_signed_in_for(kind: str, name: str, actions: str) -> None:
    def listener(way: str) -> dict[str, Any]:
        return {actions: [{"Type": "forward"}, {name: {"OnUnauthenticatedRequest": way}}]}

    assert lines_of(kind, listener("deny"), listener("allow")) == told(
        f"{name}.OnUnauthenticatedRequest is allow: requests that nobody has signed in for pass"
    )
    assert not lines_of(kind, listener("allow"), listener("authenticate"))


@pytest.mark.parametrize("control", ["PublicRead", "PublicReadWrite"])
def test_the_access_control_of_a_bucket(control: str) -> None:
    assert lines_of("S3::Bucket", {"AccessControl": "Private"}, {"AccessControl": control}) == told(
        f"AccessControl {control} gives everybody access to its objects"
    )
    either = {"AccessControl": {"Fn::If": ["C", control, "Private"]}}
    assert lines_of("S3::Bucket", {}, either) == told(f"AccessControl {control} gives everybody access to its objects")


def rule(**more: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 443, "CidrIp": "0.0.0.0/0", **more}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (rule(), "tcp port 80 to 443 is open to 0.0.0.0/0"),
        (rule(ToPort=80), "tcp port 80 is open to 0.0.0.0/0"),
        (rule(IpProtocol="-1"), "every port is open to 0.0.0.0/0"),
        ({"CidrIpv6": "::/0"}, "every port is open to ::/0"),
        (rule(CidrIp="0.0.0.0/1"), "tcp port 80 to 443 is open to 0.0.0.0/1"),
        (rule(CidrIp="10.0.0.0/0"), "tcp port 80 to 443 is open to 10.0.0.0/0"),
        (rule(FromPort={"Ref": "Port"}, ToPort={"Ref": "Port"}), "tcp port Port is open to 0.0.0.0/0"),
        (rule(CidrIp={"Fn::If": ["C", "10.0.0.0/8", "0.0.0.0/0"]}), "tcp port 80 to 443 is open to 0.0.0.0/0"),
        (rule(FromPort=None, ToPort=None), "every port of tcp is open to 0.0.0.0/0"),
        (rule(IpProtocol="icmp", FromPort=8, ToPort=-1), "every port of icmp is open to 0.0.0.0/0"),
        (rule(IpProtocol="icmp", FromPort="-1", ToPort="-1"), "every port of icmp is open to 0.0.0.0/0"),
        (rule(CidrIp="64.0.0.0/2"), None),
        (rule(CidrIp={"Ref": "Block"}), None),
    ],
)
def test_a_rule_for_the_whole_internet(given: dict[str, Any], reason: str | None) -> None:
    expected = [reason] if reason else []
    given = {name: one for name, one in given.items() if one is not None}
    found = lines_of("EC2::SecurityGroup", {"SecurityGroupIngress": []}, {"SecurityGroupIngress": [given]})
    assert [one for one in found if "is open to" in one] == told(*expected)
    alone = lines({}, {"It": resource("EC2::SecurityGroupIngress", GroupId="sg-1", **given)})
    assert [one for one in alone if "is open to" in one] == told(*expected)


BLOCKS = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"]


@pytest.mark.parametrize("kind", ["S3::AccessPoint", "S3::Bucket", "S3::MultiRegionAccessPoint"])
@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_that_is_taken_off(kind: str, block: str) -> None:
    name = "PublicAccessBlockConfiguration"
    whole, gone = dict.fromkeys(BLOCKS, True), told(f"{name}.{block} was on and is off")
    for off in (False, "false", EITHER, CHOICE):
        assert lines_of(kind, {name: whole}, {name: {**whole, block: off}}) == gone
        assert lines_of(kind, {}, {name: {**whole, block: off}}) == gone
        assert not lines_of(kind, {name: {**whole, block: off}}, {name: whole})
    assert lines_of(kind, {name: {block: "true"}}, {name: {}}) == gone
    assert lines_of(kind, {name: {block: True}}, {}) == gone
    assert not lines_of("Shop::Till", {name: whole}, {name: {}})


def test_a_private_api_that_faces_the_internet() -> None:
    def api(*types: Any) -> dict[str, Any]:
        return {"EndpointConfiguration": {"Types": list(types)}}

    faces = told("its endpoint was PRIVATE and is not: the API faces the internet")
    assert lines_of("ApiGateway::RestApi", api("PRIVATE"), api("EDGE")) == faces
    assert lines_of("ApiGateway::RestApi", api("PRIVATE"), {}) == faces
    assert not lines_of("ApiGateway::RestApi", api("EDGE"), api("PRIVATE"))
    assert not lines_of("Shop::Till", api("PRIVATE"), api("EDGE"))


@pytest.mark.parametrize(
    ("name", "strict", "loose"),
    [("HttpTokens", "required", "optional"), ("MinimumInstanceMetadataServiceVersion", "2", "1")],
)
def test_the_credentials_of_an_instance(name: str, strict: str, loose: str) -> None:
    why = "IMDSv1 is allowed, which gives credentials to who can make it send a GET"
    assert lines_of("Shop::Till", {"M": {name: strict}}, {"M": {name: loose}}) == told(
        f"M.{name} was {strict} and is {loose}: {why}"
    )
    assert lines_of("Shop::Till", {"M": {name: strict}}, {"M": {name: CHOICE}}) == told(
        f"M.{name} was {strict} and is Choice: {why}"
    )
    assert lines_of("Shop::Till", {"M": {name: CHOICE}}, {}) == told(f"M.{name} was Choice and is not set: {why}")
    assert not lines_of("Shop::Till", {"M": {name: loose}}, {"M": {name: strict}})
    assert not lines_of("Shop::Till", {"M": {"Other": strict}}, {"M": {"Other": loose}})


def test_a_version_may_be_a_number() -> None:
    name = "MinimumInstanceMetadataServiceVersion"
    assert len(lines_of("Shop::Till", {name: 2}, {name: 1})) == 1


@pytest.mark.parametrize(
    "name",
    ["PublicConnectivity", "IsPublic", "PubliclyReadable", "AllowAnonymousAccess", "AllowUnauthenticatedIdentities"],
)
def test_a_name_that_says_public(name: str) -> None:
    for on in (True, "true", EITHER):
        assert lines_of("Shop::Till", {name: False}, {name: on}) == told(f"{name} is true")
        assert lines_of("Shop::Till", {"In": [{name: False}]}, {"In": [{name: on}]}) == told(f"In[].{name} is true")
        assert lines_of("Shop::Till", {"In": {"It": {}}}, {"In": {"It": {name: on}}}) == told(f"In.It.{name} is true")
        assert not lines_of("Shop::Till", {name: on}, {name: False})
    assert not lines_of("Shop::Till", {name: False}, {name: CHOICE})


@pytest.mark.parametrize(
    "name",
    [
        "BlockPublicAccess",
        "IgnorePublicAcls",
        "RestrictPublicBuckets",
        "DisablePublicAccess",
        "DenyAnonymous",
        "PublicKey",
        "PublicDns",
        "PreventPublic",
        "PublicAdvertisable",
        "AssociatePublicIpAddress",
        "EndpointPublicAccess",
        "MapPublicIpOnLaunch",
        "Private",
    ],
)
def test_a_name_that_does_not(name: str) -> None:
    assert not lines_of("Shop::Till", {}, {name: True})


VPC = resource("EC2::VPC", CidrBlock="10.0.0.0/16")


def attached(vpc: Any, gateway: str = "InternetGatewayId") -> dict[str, Any]:
    return {"A": resource("EC2::VPCGatewayAttachment", VpcId=vpc, **{gateway: "igw-1"})}


@pytest.mark.parametrize("vpc", [{"Ref": "Vpc"}, {"Fn::GetAtt": ["Vpc", "VpcId"]}])
def test_an_internet_gateway(vpc: Any) -> None:
    gets = ["danger: exposure: A: Vpc gets an internet gateway, and had none here"]
    assert lines({"Vpc": VPC}, {"Vpc": VPC} | attached(vpc)) == gets
    assert not lines({"Vpc": VPC} | attached(vpc), {"Vpc": VPC} | attached(vpc))
    assert not lines({}, {"Vpc": VPC} | attached(vpc))
    assert not lines({"Vpc": VPC}, {"Vpc": VPC} | attached(vpc, "VpnGatewayId"))
    assert lines({"T": VPC}, {"T": VPC} | attached("vpc-1")) == [
        "danger: exposure: A: vpc-1 gets an internet gateway, and had none here"
    ]


def test_what_is_reachable_by_anybody() -> None:
    made = {"A": resource("RDS::DBInstance", PubliclyAccessible=True), "B": resource("SNS::Topic")}
    made["C"] = resource("EC2::EIP", InstanceId="i-1", PublicName=True)
    assert list(exposures({"Resources": made})) == [
        ("A", "the database has a public address"),
        ("C", "i-1 gets a public address"),
        ("C", "PublicName is true"),
    ]


def test_a_resource_of_another_type_was_no_exposure_of_this_one() -> None:
    old, new = resource("Shop::Till", PubliclyAccessible=True), resource("Shop::Safe", PubliclyAccessible=True)
    assert lines({"It": old}, {"It": new}) == told("it has a public address")
