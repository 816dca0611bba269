"""What an upgrade replaces, deletes, stops retaining, permits and exposes; and what it leaves alone."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from patternkit.upgrade import Kind, compare
from tests.patternkit.upgrade.lines import changes

SNAPSHOTS = Path(__file__).parents[2] / "patterns" / "events" / "thumbnailer" / "snapshots"


def resource(kind: str, /, **parts: Any) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        name: parts.pop(name) for name in ("DeletionPolicy", "UpdateReplacePolicy") if name in parts
    }
    return {"Type": f"AWS::{kind}", "Properties": parts, **attributes}


def said(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [str(one) for one in changes(old, new)]


TABLE = resource("DynamoDB::Table", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
RETAINED = {**TABLE, "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


class TestLifecycle:
    def test_a_property_that_cannot_be_changed(self) -> None:
        (line,) = said({"Q": resource("SQS::Queue")}, {"Q": resource("SQS::Queue", FifoQueue=True)})
        assert line == (
            "danger: replacement: Q: FifoQueue changes from nothing to true and can only be set when it is created; "
            "the old one is deleted with all it holds (UpdateReplacePolicy Delete)"
        )

    @pytest.mark.parametrize(
        ("policy", "fate"),
        [
            ("Snapshot", "is deleted, a snapshot stays"),
            ("Delete", "is deleted with all it holds"),
            ("RetainExceptOnCreate", "stays in the account, empty of use"),
        ],
    )
    def test_what_becomes_of_the_one_that_is_replaced(self, policy: str, fate: str) -> None:
        old, new = (
            resource("RDS::DBCluster", DatabaseName=name, Engine="aurora-mysql", UpdateReplacePolicy=policy)
            for name in ("shop", "store")
        )
        (line,) = said({"D": old}, {"D": new})
        assert line.startswith("danger: replacement: D: DatabaseName changes from ")
        assert line.endswith(f"; the old one {fate} (UpdateReplacePolicy {policy})")

    def test_a_property_that_sometimes_cannot_be_changed(self) -> None:
        other = {**RETAINED, "Properties": {"KeySchema": [{"AttributeName": "key", "KeyType": "HASH"}]}}
        (one,) = changes({"T": RETAINED}, {"T": other})
        assert one.kind is Kind.REPLACEMENT
        assert "KeySchema changes from " in one.reason
        assert one.reason.endswith(
            "and may need a replacement; the old one stays in the account, empty of use (UpdateReplacePolicy Retain)"
        )

    def test_a_condition_may_take_it_away(self) -> None:
        (line,) = said({"T": TABLE}, {"T": {**TABLE, "Condition": "IsProduction"}})
        assert line == (
            "danger: deletion: T: it is there only if the condition IsProduction holds now, and else goes "
            "(DeletionPolicy Delete)"
        )
        (kept,) = changes({"T": RETAINED}, {"T": {**RETAINED, "Condition": "IsProduction"}})
        assert not kept.dangerous
        assert not changes({"T": {**TABLE, "Condition": "A"}}, {"T": {**TABLE, "Condition": "A"}})
        assert not changes({"T": {**TABLE, "Condition": "A"}}, {"T": TABLE})

    def test_with_a_nested_stack_goes_everything_in_it(self) -> None:
        (one,) = changes({"N": resource("CloudFormation::Stack", TemplateURL="x")}, {})
        assert (one.kind, one.dangerous) == (Kind.DELETION, True)

    def test_a_property_that_can_be_changed(self) -> None:
        assert not changes({"Q": resource("SQS::Queue")}, {"Q": resource("SQS::Queue", VisibilityTimeout=60)})

    def test_a_nested_property_that_cannot_be_changed(self) -> None:
        def domain(subnet: str) -> dict[str, Any]:
            return {"C": resource("EC2::VPNConnection", Type=subnet), "D": resource("SQS::Queue", QueueName=subnet)}

        assert [one.logical_id for one in changes(domain("a"), domain("b"))] == ["C", "D"]

    def test_what_refers_to_something_replaced_is_replaced(self) -> None:
        def database(name: str) -> dict[str, Any]:
            return {
                "Subnets": resource("RDS::DBSubnetGroup", DBSubnetGroupName=name),
                "Database": resource("RDS::DBInstance", DBSubnetGroupName={"Ref": "Subnets"}),
            }

        (one,) = changes(database("a"), database("b"))
        assert one.logical_id == "Database"
        assert one.reason.startswith("DBSubnetGroupName refers to Subnets, which is replaced")

    def test_a_logical_id_that_changes(self) -> None:
        (line,) = said({"Old": RETAINED}, {"New": RETAINED})
        assert line == (
            "danger: replacement: Old: the AWS::DynamoDB::Table is not in the new template (DeletionPolicy Retain): "
            "it stays in the account and leaves the stack, and New starts empty: was it renamed?"
        )

    @pytest.mark.parametrize(
        ("removed", "dangerous", "ends"),
        [
            (TABLE, True, "(DeletionPolicy Delete): it is deleted with all it holds"),
            (RETAINED, False, "(DeletionPolicy Retain): it stays in the account and leaves the stack"),
            (resource("RDS::DBCluster"), True, "(DeletionPolicy Snapshot): it is deleted, a snapshot stays"),
        ],
    )
    def test_a_deletion(self, removed: dict[str, Any], dangerous: bool, ends: str) -> None:
        (one,) = changes({"T": removed, "Topic": resource("SNS::Topic")}, {})
        assert (one.kind, one.dangerous) == (Kind.DELETION, dangerous)
        assert one.reason.endswith(ends)

    def test_what_is_retained_no_more(self) -> None:
        assert [one.reason for one in changes({"T": RETAINED}, {"T": TABLE})] == [
            "DeletionPolicy was Retain and is Delete: the data goes with its stack",
            "UpdateReplacePolicy was Retain and is Delete: the data goes with its replacement",
        ]
        assert not changes({"T": TABLE}, {"T": RETAINED})

    def test_what_is_protected_no_more(self) -> None:
        protected = {**TABLE, "Properties": {**TABLE["Properties"], "DeletionProtectionEnabled": True}}
        assert [one.kind for one in changes({"T": protected}, {"T": TABLE})] == [Kind.RETENTION]


def role(*statements: dict[str, Any], managed: list[Any] | None = None) -> dict[str, Any]:
    policy = resource("IAM::Policy", Roles=[{"Ref": "Role"}], PolicyDocument={"Statement": list(statements)})
    return {"Role": resource("IAM::Role", ManagedPolicyArns=managed or []), "Policy": policy}


def allow(action: Any = "s3:GetObject", target: Any = "Bucket/*", **parts: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": target, **parts}


SECURE = {"Bool": {"aws:SecureTransport": "true"}}


class TestPermissions:
    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            (allow(), allow(), []),
            (allow(["s3:GetObject", "s3:PutObject"]), allow(), []),
            (allow("s3:*"), allow("s3:PutObject"), []),
            (allow(target="*"), allow(), []),
            (allow(), allow(Condition=SECURE), []),
            (allow(target=["Bucket/*", "Other"]), allow(target=["Other", "Bucket/in/*"]), []),
            (allow(), allow(["s3:GetObject", "s3:PutObject"]), ["it may now s3:PutObject on Bucket/*"]),
            (allow(), allow("s3:Get*"), ["it may now s3:Get* on Bucket/*: the action has a wildcard"]),
            (allow(), allow(target="Other/*"), ["it may now s3:GetObject on Other/*"]),
            (allow(), allow(target="*"), ["it may now s3:GetObject on *: any resource, where it was named"]),
            (allow(Condition=SECURE), allow(), ["it may now s3:GetObject on Bucket/*: a condition is dropped"]),
            (
                allow(),
                {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
                ["it may now anything but iam:* on *"],
            ),
            (
                {"Effect": "Deny", "Action": "s3:*", "Resource": "*"},
                allow("sqs:SendMessage", "Queue"),
                ["it may now sqs:SendMessage on Queue", "s3:* on * was denied, and is not any more"],
            ),
        ],
    )
    def test_of_a_role(self, old: dict[str, Any], new: dict[str, Any], expected: list[str]) -> None:
        found = changes(role(old), role(new))
        assert sorted(one.reason for one in found) == sorted(expected)
        assert {(one.kind, one.logical_id, one.dangerous) for one in found} <= {(Kind.PERMISSIONS, "Role", True)}

    @pytest.mark.parametrize(
        ("statement", "dangerous"),
        [
            (allow(target={"Fn::Sub": "${Bucket.Arn}/*"}), False),
            (allow("xray:PutTraceSegments", "*"), False),
            (allow(target="*"), True),
            (allow("*", {"Ref": "Bucket"}), False),
            (allow("s3:DeleteObject", {"Fn::GetAtt": ["Data", "Arn"]}), True),
            (allow("s3:DeleteObject", "arn:aws:s3:::theirs/*"), True),
        ],
    )
    def test_of_a_new_role_only_what_reaches_older_things_is_dangerous(
        self, statement: dict[str, Any], dangerous: bool
    ) -> None:
        data = {"Data": resource("S3::Bucket")}
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        new = data | role(statement) | {"Bucket": resource("S3::Bucket")}
        new["Role"]["Properties"]["AssumeRolePolicyDocument"] = {"Statement": [trust]}
        found = changes(data, new)
        assert [one.dangerous for one in found] == ([True, False] if dangerous else [False, False])
        trust["Principal"] = {"AWS": "arn:aws:iam::111122223333:root"}
        assert [one.dangerous for one in changes(data, new)].count(True) == 1 + dangerous

    def test_a_policy_that_only_moves_changes_nothing(self) -> None:
        moved = role(allow())
        moved["Another"] = moved.pop("Policy")
        assert not changes(role(allow()), moved)
        inline = {"Role": resource("IAM::Role", Policies=[{"PolicyDocument": {"Statement": allow()}}])}
        assert not changes(role(allow()), inline)

    def test_a_managed_policy_that_is_attached(self) -> None:
        (one,) = changes(role(), role(managed=["arn:aws:iam::aws:policy/AdministratorAccess"]))
        assert one.reason == "it may now everything of policy arn:aws:iam::aws:policy/AdministratorAccess on *"

    def test_who_may_assume_a_role(self) -> None:
        def trusted(who: Any) -> dict[str, Any]:
            statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": who}
            return {"Role": resource("IAM::Role", AssumeRolePolicyDocument={"Statement": [statement]})}

        (one,) = changes(trusted({"Service": "lambda.amazonaws.com"}), trusted({"AWS": "111122223333"}))
        assert one.reason == "111122223333 may now sts:AssumeRole on *: the principal is new"

    @pytest.mark.parametrize(
        ("kind", "attached"),
        [("S3::BucketPolicy", "Bucket"), ("SQS::QueuePolicy", "Queues"), ("SNS::TopicPolicy", "Topics")],
    )
    def test_of_a_resource(self, kind: str, attached: str) -> None:
        def policy(*statements: dict[str, Any]) -> dict[str, Any]:
            name: Any = {"Ref": "It"} if attached == "Bucket" else [{"Ref": "It"}]
            made = resource(kind, PolicyDocument={"Statement": list(statements)}, **{attached: name})
            return {"It": resource("SNS::Topic"), "Policy": made}

        deny = {**allow(Principal="*"), "Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
        (one,) = changes(policy(deny), policy(deny, allow(Principal={"AWS": "*"})))
        assert str(one) == "danger: exposure: It: anybody may now s3:GetObject on Bucket/*"
        (one,) = changes(policy(deny), policy(deny, allow(Principal="*", Condition=SECURE)))
        assert one.kind is Kind.PERMISSIONS
        (one,) = changes(policy(deny), {"It": resource("SNS::Topic")})
        assert one.reason == (
            "s3:GetObject on Bucket/* was denied to * if Bool aws:SecureTransport false, and is not any more"
        )

    def test_who_may_invoke_a_function(self) -> None:
        def permission(**properties: Any) -> dict[str, Any]:
            given = {"FunctionName": {"Ref": "Function"}, "Action": "lambda:InvokeFunction"} | properties
            return {"Permission": resource("Lambda::Permission", **given)}

        bucket = permission(Principal="s3.amazonaws.com", SourceAccount="111122223333")
        assert not changes(bucket, bucket)
        (one,) = changes(bucket, permission(Principal="s3.amazonaws.com"))
        assert one.reason == "s3.amazonaws.com may now lambda:InvokeFunction on the function: a condition is dropped"
        (one,) = changes(bucket, permission(Principal="*", FunctionUrlAuthType="NONE"))
        assert (one.kind, one.logical_id) == (Kind.EXPOSURE, "Function")


BLOCKED = dict.fromkeys(["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"], True)


class TestExposure:
    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            (
                resource("S3::Bucket", PublicAccessBlockConfiguration=BLOCKED),
                resource("S3::Bucket", PublicAccessBlockConfiguration=BLOCKED | {"BlockPublicPolicy": False}),
                ["PublicAccessBlockConfiguration.BlockPublicPolicy was on and is off"],
            ),
            (
                resource("S3::Bucket", PublicAccessBlockConfiguration=BLOCKED),
                resource("S3::Bucket"),
                [f"PublicAccessBlockConfiguration.{flag} was on and is off" for flag in BLOCKED],
            ),
            (resource("S3::Bucket"), resource("S3::Bucket"), []),
            (
                resource("EC2::SecurityGroup"),
                resource(
                    "EC2::SecurityGroup",
                    SecurityGroupIngress=[
                        {"CidrIp": "10.0.0.0/8", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22},
                        {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22},
                        {"CidrIpv6": "::/0", "IpProtocol": "-1"},
                    ],
                ),
                [
                    "It lets tcp port 22 from 10.0.0.0/8 through, and did not",
                    "every port is open to ::/0",
                    "tcp port 22 is open to 0.0.0.0/0",
                ],
            ),
            (
                None,
                resource("EC2::SecurityGroupIngress", CidrIp="128.0.0.0/1", IpProtocol="tcp", FromPort=1, ToPort=9),
                ["tcp port 1 to 9 is open to 128.0.0.0/1"],
            ),
            (
                resource("Lambda::Url", AuthType="AWS_IAM"),
                resource("Lambda::Url", AuthType="NONE"),
                ["anybody may call the function by its URL: AuthType is NONE"],
            ),
            (
                resource("RDS::DBInstance", Engine="postgres"),
                resource("RDS::DBInstance", Engine="postgres", PubliclyAccessible=True),
                ["the database has a public address"],
            ),
            (
                resource("EC2::Subnet", VpcId="v"),
                resource("EC2::Subnet", VpcId="v", MapPublicIpOnLaunch="true"),
                ["what is launched in the subnet gets a public address"],
            ),
            (
                None,
                resource("EC2::Instance", NetworkInterfaces=[{"AssociatePublicIpAddress": True}]),
                ["a network interface gets a public address"],
            ),
            (
                None,
                resource("ElasticLoadBalancingV2::LoadBalancer", Subnets=["s"]),
                ["the load balancer faces the internet"],
            ),
            (
                resource("ApiGateway::Method", HttpMethod="POST", AuthorizationType="AWS_IAM"),
                resource("ApiGateway::Method", HttpMethod="POST", AuthorizationType="NONE"),
                ["anybody may call the method: AuthorizationType is NONE, and no API key is asked for"],
            ),
            (None, resource("DMS::ReplicationInstance", X="y"), ["the instance has a public address"]),
            (
                None,
                resource("ECS::Service", NetworkConfiguration={"AwsvpcConfiguration": {"AssignPublicIp": "ENABLED"}}),
                ["its tasks get public addresses"],
            ),
            (
                None,
                resource("EKS::Cluster", ResourcesVpcConfig={"SubnetIds": []}),
                ["the Kubernetes endpoint is open to 0.0.0.0/0"],
            ),
        ],
    )
    def test_what_becomes_reachable(self, old: dict[str, Any] | None, new: dict[str, Any], expected: list[str]) -> None:
        found = changes({"It": old} if old else {}, {"It": new})
        assert sorted(one.reason for one in found) == sorted(expected)
        assert {one.kind for one in found} <= {Kind.EXPOSURE}
        # What was open before is not this upgrade's doing.
        assert not changes({"It": new}, {"It": new})


class TestThumbnailer:
    """The template of a pattern, and what a careless release could do to it."""

    @pytest.fixture
    def template(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((SNAPSHOTS / "ThumbnailerStack.agnostic.json").read_text(encoding="utf-8"))
        return loaded

    def test_nothing_changes(self, template: dict[str, Any]) -> None:
        assert not compare(template, template)

    def test_another_runtime_and_memory_are_safe(self, template: dict[str, Any]) -> None:
        new = copy.deepcopy(template)
        for one in new["Resources"].values():
            if one["Type"] == "AWS::Lambda::Function":
                one["Properties"] |= {"MemorySize": 3008, "Runtime": "python3.15"}
        assert not compare(template, new)

    def test_each_fault_is_found_alone(self, template: dict[str, Any]) -> None:
        def table(made: dict[str, Any]) -> dict[str, Any]:
            return next(one for one in made["Resources"].values() if one["Type"] == "AWS::DynamoDB::Table")

        def renamed(made: dict[str, Any]) -> None:
            name = next(name for name, one in made["Resources"].items() if one["Type"] == "AWS::DynamoDB::Table")
            made["Resources"]["Renamed"] = made["Resources"].pop(name)

        def secure_transport(made: dict[str, Any]) -> None:
            policy = next(one for one in made["Resources"].values() if one["Type"] == "AWS::SQS::QueuePolicy")
            policy["Properties"]["PolicyDocument"]["Statement"].clear()

        def any_table(made: dict[str, Any]) -> None:
            for one in made["Resources"].values():
                if one["Type"] == "AWS::IAM::Policy":
                    for statement in one["Properties"]["PolicyDocument"]["Statement"]:
                        if statement["Action"] == "dynamodb:UpdateItem":
                            statement["Resource"] = "*"

        faults = {
            Kind.REPLACEMENT: renamed,
            Kind.RETENTION: lambda made: table(made).pop("DeletionPolicy"),
            Kind.PERMISSIONS: any_table,
        }
        for kind, break_it in faults.items():
            new = copy.deepcopy(template)
            break_it(new)
            assert {one.kind for one in compare(template, new)} == {kind}
        new = copy.deepcopy(template)
        secure_transport(new)
        (one,) = compare(template, new)
        assert "sqs:*" in one.reason
        assert one.reason.endswith("if Bool aws:SecureTransport false, and is not any more")


class TestWhatAlsoPermits:
    BOUNDED = resource("IAM::Role", PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")

    def test_a_boundary_that_is_gone_or_another(self) -> None:
        (line,) = said({"R": self.BOUNDED}, {"R": resource("IAM::Role")})
        assert line == (
            "danger: permissions: R: PermissionsBoundary was arn:aws:iam::aws:policy/ReadOnlyAccess, "
            "and there is none any more"
        )
        other = resource("IAM::Role", PermissionsBoundary={"Ref": "Wide"})
        assert said({"R": self.BOUNDED}, {"R": other})[0].endswith("ReadOnlyAccess, and is Wide")
        assert not changes({"R": self.BOUNDED}, {"R": self.BOUNDED})
        assert not changes({"R": resource("IAM::Role")}, {"R": self.BOUNDED})

    @pytest.mark.parametrize(
        "new",
        [
            {"U": resource("IAM::User", Groups=["Admins"])},
            {
                "U": resource("IAM::User"),
                "A": resource("IAM::UserToGroupAddition", GroupName="Admins", Users=[{"Ref": "U"}]),
            },
        ],
    )
    def test_who_joins_a_group_may_what_it_may(self, new: dict[str, Any]) -> None:
        (line,) = said({"U": resource("IAM::User")}, new)
        assert line.startswith("danger: permissions: U: it may now everything of group Admins on *")
        assert not changes(new, {"U": resource("IAM::User")})

    def test_a_document_may_be_text(self) -> None:
        def policy(principal: Any) -> dict[str, Any]:
            statement = {"Effect": "Allow", "Principal": principal, "Action": "logs:PutLogEvents", "Resource": "*"}
            return {"P": resource("Logs::ResourcePolicy", PolicyDocument=json.dumps({"Statement": [statement]}))}

        (one,) = changes(policy({"Service": "es.amazonaws.com"}), policy("*"))
        assert (one.kind, one.dangerous) == (Kind.EXPOSURE, True)
        assert not changes(policy("*"), policy("*"))
        assert not changes({"P": resource("Logs::ResourcePolicy", PolicyDocument="{half")}, {})


@pytest.mark.parametrize(
    "kind",
    [
        "ApiGateway::RestApi",
        "CloudWatch::Alarm",
        "EC2::NetworkAclEntry",
        "EC2::Route",
        "EC2::SecurityGroup",
        "EC2::SecurityGroupIngress",
        "EC2::VPCEndpoint",
        "EC2::VPCGatewayAttachment",
        "IAM::ManagedPolicy",
        "IAM::Policy",
        "IAM::Role",
        "IAM::UserToGroupAddition",
        "KMS::Key",
        "Lambda::Function",
        "Lambda::Permission",
        "RDS::DBInstance",
        "S3::Bucket",
        "S3::BucketPolicy",
        "SNS::Subscription",
        "SNS::Topic",
        "SQS::Queue",
    ],
)
def test_a_resource_may_have_no_properties(kind: str) -> None:
    bare, empty, other = {"Type": f"AWS::{kind}"}, resource(kind), {"T": resource("SNS::Topic")}
    assert not changes({"It": bare}, {"It": empty})
    assert not changes({"It": empty}, {"It": bare})
    for old, new in (({}, {"It": bare}), ({"It": bare}, {})):
        assert said(other | old, other | new) == said(
            other | dict.fromkeys(old, empty), other | dict.fromkeys(new, empty)
        )


def test_a_template_may_have_no_resources_left() -> None:
    assert said({"T": RETAINED}, {}) == [
        (
            "note: deletion: T: the AWS::DynamoDB::Table is not in the new template (DeletionPolicy Retain): "
            "it stays in the account and leaves the stack"
        )
    ]
