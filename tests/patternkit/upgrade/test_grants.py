"""What policies allow and deny: how statements are read, whose they are, what covers what, and how it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from patternkit.upgrade import compare_sources
from patternkit.upgrade.grants import Holder, PolicySet
from tests.patternkit.upgrade.lines import lines, resource

Resources = dict[str, Any]
ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "a"}
DENY = {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "a"}
TOPIC = {"T": resource("SNS::Topic")}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def role(*statements: dict[str, Any], **more: Any) -> Resources:
    policies = [{"PolicyName": "p", "PolicyDocument": document(*statements)}]
    return {"Role": resource("IAM::Role", Policies=policies, **more)}


def told(*reasons: str, kind: str = "permissions", where: str = "Role") -> list[str]:
    return [f"danger: {kind}: {where}: {one}" for one in reasons]


@pytest.mark.parametrize(
    ("changed", "reads"),
    [
        ({"Action": ["s3:PutObject", "s3:GetObjectAcl"]}, "it may now s3:GetObjectAcl, s3:PutObject on a"),
        ({"Resource": ["b", "a"]}, "it may now s3:GetObject on b"),
        ({"Resource": "*"}, "it may now s3:GetObject on *: any resource, where it was named"),
        ({"Action": "sqs:SendMessage", "Resource": "*"}, "it may now sqs:SendMessage on *"),
        ({"Action": "s3:Get*"}, "it may now s3:Get* on a: the action has a wildcard"),
        ({"NotAction": ["s3:P*", "iam:*"], "Action": None}, "it may now anything but iam:*, s3:P* on a"),
        ({"NotResource": ["c", "b"], "Resource": None}, "it may now s3:GetObject on anything but b, c"),
        ({"Resource": None}, "it may now s3:GetObject on *: any resource, where it was named"),
        (
            {"Action": "s3:PutObject", "Condition": {"StringLike": {"b": ["x", "y"]}, "Bool": {"a": "true"}}},
            'it may now s3:PutObject on a if Bool a true and StringLike b ["x", "y"]',
        ),
        ({"Resource": {"Fn::GetAtt": ["Bucket", "Arn"]}}, "it may now s3:GetObject on Bucket.Arn"),
    ],
)
def test_what_a_role_may_now(changed: dict[str, Any], reads: str) -> None:
    new = {name: one for name, one in (ALLOW | changed).items() if one is not None}
    assert lines(role(ALLOW), role(new)) == told(reads)
    assert not lines(role(ALLOW, new), role(ALLOW))
    assert not lines(role(new), role(new))


def test_what_is_covered() -> None:
    limited = {**ALLOW, "Condition": {"Bool": {"a": "true", "b": "true"}}}
    half = {**ALLOW, "Condition": {"Bool": {"a": "true"}}}
    assert not lines(role(half), role(limited))
    assert lines(role(limited), role(half)) == told(
        "it may now s3:GetObject on a if Bool a true: a condition is dropped"
    )
    assert not lines(role({**ALLOW, "Action": "S3:getOBJECT"}), role(ALLOW))
    assert not lines(role({**ALLOW, "Action": "*", "Resource": "*"}), role(ALLOW))
    assert not lines(role({**ALLOW, "Resource": "b*"}), role({**ALLOW, "Resource": "ba"}))
    elsewhere = {**ALLOW, "Resource": "b"}
    assert lines(role(limited), role(limited, elsewhere)) == told("it may now s3:GetObject on b")
    # What is denied covers nothing that is allowed, and the other way round.
    assert told("s3:GetObject on a was denied, and is not any more")[0] in lines(
        role({**ALLOW, "Effect": "Deny"}), role(ALLOW)
    )


def test_several_of_a_kind_are_one_line() -> None:
    assert lines(role(), role(ALLOW, {**ALLOW, "Action": "s3:PutObject"}, {**ALLOW, "Resource": "b"})) == told(
        "it may now s3:GetObject on b", "it may now s3:GetObject, s3:PutObject on a"
    )
    assert lines(role(DENY, {**DENY, "Action": "s3:PutObject"}), role()) == told(
        "s3:DeleteObject, s3:PutObject on a was denied, and is not any more"
    )
    conditional = {**DENY, "Condition": {"Bool": {"a": "true"}}}
    assert lines(role(conditional), role()) == told(
        "s3:DeleteObject on a was denied if Bool a true, and is not any more"
    )


@pytest.mark.parametrize(
    ("principal", "names"),
    [
        ({"Service": ["a.amazonaws.com", "b.amazonaws.com"]}, ["a.amazonaws.com", "b.amazonaws.com"]),
        ({"AWS": "1", "Service": "a.amazonaws.com"}, ["1", "a.amazonaws.com"]),
        ({"Ref": "Account"}, ["Account"]),
        ({"Fn::Sub": "arn:${X}"}, ["arn:${X}"]),
        ({"Fn::GetAtt": ["User", "Arn"]}, ["User.Arn"]),
        ({"AWS": {"Fn::Join": [":", ["arn", "x"]]}}, ["arn:x"]),
        ("1", ["1"]),
        ({"Fn::ImportValue": "Other"}, ["Other"]),
        (
            {"AWS": {"Fn::If": ["C", "1", {"Ref": "AWS::NoValue"}]}, "Service": "a.amazonaws.com"},
            ["1", "a.amazonaws.com"],
        ),
        ({"Fn::If": ["C", {"AWS": ["1", "2"]}, {"Service": "a.amazonaws.com"}]}, ["1", "2", "a.amazonaws.com"]),
    ],
)
def test_who_may_assume_a_role(principal: Any, names: list[str]) -> None:
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    old = {"Role": resource("IAM::Role", AssumeRolePolicyDocument=document())}
    new = {"Role": resource("IAM::Role", AssumeRolePolicyDocument=document(assume))}
    assert lines(old, new) == told(*(f"{name} may now sts:AssumeRole on *" for name in names))
    assert not lines(new, new)


def test_everybody_and_everybody_but() -> None:
    def bucket(*statements: dict[str, Any]) -> Resources:
        policy = resource("S3::BucketPolicy", Bucket={"Ref": "B"}, PolicyDocument=document(*statements))
        return {"B": resource("S3::Bucket"), "P": policy}

    but = {**ALLOW, "NotPrincipal": {"B": "2", "A": "1"}}
    assert lines(bucket(), bucket(but)) == told('anybody but {"A": "1", "B": "2"} may now s3:GetObject on a', where="B")
    anybody = {**ALLOW, "Principal": "*"}
    assert lines(bucket(), bucket(anybody)) == told("anybody may now s3:GetObject on a", kind="exposure", where="B")
    secure = {**anybody, "Condition": {"Bool": {"a": "true"}}}
    assert lines(bucket(), bucket(secure)) == told("anybody may now s3:GetObject on a if Bool a true", where="B")
    assert not lines(bucket(anybody), bucket({**ALLOW, "Principal": {"AWS": "1"}}))
    assert lines(bucket({**ALLOW, "Principal": {"AWS": "1"}}), bucket({**ALLOW, "Principal": {"AWS": "2"}})) == told(
        "2 may now s3:GetObject on a: the principal is new", where="B"
    )
    denied = {**DENY, "Principal": {"AWS": "1"}}
    assert lines(bucket(denied), bucket()) == told(
        "s3:DeleteObject on a was denied to 1, and is not any more", where="B"
    )


ATTACHED = ["Bucket", "Queues", "Topics", "SecretId", "ResourceArn", "EventBusName", "FileSystemId", "VaultName"]
ATTACHED += ["TableBucketARN", "StreamARN", "RepositoryName", "AccessPointArn", "RestApiId", "KeyId"]


@pytest.mark.parametrize("name", ATTACHED)
@pytest.mark.parametrize("written", ["PolicyDocument", "ResourcePolicy", "Policy"])
def test_whose_a_policy_is_that_stands_apart(name: str, written: str) -> None:
    statement = {**ALLOW, "Principal": {"AWS": "1"}}

    def policy(reference: Any) -> Resources:
        return {"P": resource("Shop::Policy", **{name: reference, written: document(statement)})}

    for reference in ({"Ref": "T"}, [{"Ref": "T"}], {"Fn::GetAtt": ["T", "Arn"]}):
        assert lines(TOPIC, TOPIC | policy(reference)) == told("1 may now s3:GetObject on a", where="T")
    assert lines(TOPIC, TOPIC | policy("of-another-app")) == told("1 may now s3:GetObject on a", where="of-another-app")
    either = {"Fn::If": ["C", document(statement), {"Ref": "AWS::NoValue"}]}
    conditional = {"P": resource("Shop::Policy", **{name: {"Ref": "T"}, written: either})}
    assert lines(TOPIC, TOPIC | conditional) == told("1 may now s3:GetObject on a", where="T")
    within = {"P": resource("Shop::Policy", **{name: {"Ref": "T"}, "Within": {"Document": document(statement)}})}
    assert lines(TOPIC, TOPIC | within) == told("1 may now s3:GetObject on a", where="P")


IDENTITIES = [
    ("IAM::Policy", {"Roles": [{"Ref": "Role"}]}),
    ("IAM::Policy", {"Users": [{"Ref": "Role"}]}),
    ("IAM::Policy", {"Groups": [{"Ref": "Role"}]}),
    ("IAM::RolePolicy", {"RoleName": {"Ref": "Role"}}),
    ("IAM::UserPolicy", {"UserName": {"Ref": "Role"}}),
    ("IAM::GroupPolicy", {"GroupName": {"Ref": "Role"}}),
]


@pytest.mark.parametrize(("kind", "attached"), IDENTITIES)
def test_whose_a_policy_of_iam_is(kind: str, attached: dict[str, Any]) -> None:
    old = {"Role": resource("IAM::Role")}
    new = old | {"P": resource(kind, PolicyDocument=document(ALLOW), **attached)}
    assert lines(old, new) == told("it may now s3:GetObject on a")
    assert not lines(new, role(ALLOW))


def test_a_managed_policy_is_its_own_and_of_those_who_have_it() -> None:
    old = {"Role": resource("IAM::Role")}
    managed = {"M": resource("IAM::ManagedPolicy", PolicyDocument=document(ALLOW), Roles=[{"Ref": "Role"}])}
    assert lines(old, old | managed) == [
        "danger: permissions: M: it may now s3:GetObject on a",
        "danger: permissions: Role: it may now s3:GetObject on a",
    ]


def test_what_is_attached_by_its_name() -> None:
    old = {"Role": resource("IAM::Role", ManagedPolicyArns=["arn:one"])}
    new = {"Role": resource("IAM::Role", ManagedPolicyArns=["arn:one", {"Ref": "P"}])}
    assert lines(old, new) == told("it may now everything of policy P on *")
    user = {"U": resource("IAM::User"), "G": resource("IAM::Group")}
    joined = {"U": resource("IAM::User", Groups=[{"Ref": "G"}]), "G": resource("IAM::Group")}
    assert lines(user, joined) == told("it may now everything of group G on *", where="U")
    added = user | {"A": resource("IAM::UserToGroupAddition", GroupName={"Ref": "G"}, Users=["x", {"Ref": "U"}])}
    assert lines(user, added) == told("it may now everything of group G on *", where="U") + told(
        "it may now everything of group G on *", where="x"
    )
    # A role has no groups, whatever its properties say.
    assert not lines({"Role": resource("IAM::Role")}, {"Role": resource("IAM::Role", Groups=["x"])})


def test_a_denial_that_is_inherited_over_several_steps() -> None:
    def user(*groups: Any) -> Resources:
        managed = resource("IAM::ManagedPolicy", PolicyDocument=document(DENY, ALLOW))
        group = resource("IAM::Group", ManagedPolicyArns=[{"Ref": "M"}])
        return {"M": managed, "G": group, "U": resource("IAM::User", Groups=list(groups))}

    assert lines(user({"Ref": "G"}), user()) == told("s3:DeleteObject on a was denied, and is not any more", where="U")
    # In whichever order the template has them.
    turned = (dict(reversed(list(one.items()))) for one in (user({"Ref": "G"}), user()))
    assert lines(*turned) == told("s3:DeleteObject on a was denied, and is not any more", where="U")
    assert lines(user(), user({"Ref": "G"})) == told("it may now everything of group G on *", where="U")
    # A group that has itself ends nothing.
    loop = user({"Ref": "G"})
    loop["G"]["Properties"]["ManagedPolicyArns"] = [{"Ref": "G"}, {"Ref": "M"}]
    assert not lines(loop, loop)
    # What is denied to others by a policy of the group itself is not denied to its members.
    trusted = user({"Ref": "G"})
    trusted["M"]["Properties"]["PolicyDocument"] = document({**DENY, "Principal": "*"})
    bare = user()
    bare["M"] = trusted["M"]
    assert not lines(trusted, bare)


def made_by(value: Any) -> Holder | None:
    template = {"Resources": {"Bucket": resource("S3::Bucket")} | role({**ALLOW, "Resource": value})}
    (grant,) = PolicySet({"": template}).grants[Holder("", "Role")]
    return grant.made


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Bucket"},
        {"Fn::GetAtt": ["Bucket", "Arn"]},
        {"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]},
        {"Fn::Join": ["", ["arn:aws:s3:::", {"Ref": "Bucket"}, "/*"]]},
        {"Fn::Sub": "${Bucket.Arn}/*"},
        {"Fn::Sub": "${Bucket}"},
        {"Fn::Sub": "${Bucket}/in"},
        {"Fn::Sub": "${Bucket}:in"},
    ],
)
def test_what_a_resource_of_a_statement_is_made_by(value: Any) -> None:
    assert made_by(value) == Holder("", "Bucket")


@pytest.mark.parametrize(
    "value", ["*", "Other", {"Ref": "Other"}, {"Fn::Join": ["", ["Bucket", "/b"]]}, {"Fn::Sub": "${X}"}]
)
def test_what_the_set_does_not_make(value: Any) -> None:
    assert made_by(value) is None


def test_the_new_of_the_new_is_worth_knowing() -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    new = {"Bucket": resource("S3::Bucket")} | role(
        {**ALLOW, "Resource": {"Ref": "Bucket"}}, AssumeRolePolicyDocument=document(trust)
    )
    assert lines(TOPIC, TOPIC | new) == [
        "note: permissions: Role: it may now s3:GetObject on Bucket",
        "note: permissions: Role: lambda.amazonaws.com may now sts:AssumeRole on *",
    ]
    (line,) = lines(TOPIC, TOPIC | role({**ALLOW, "Action": "xray:PutTraceSegments", "Resource": "*"}))
    assert line.startswith("note: ")
    for action in ("s3:ListAllMyBuckets", "s3:GetObject", "s3:*", "s3:NoSuchThing", "*"):
        (line,) = lines(TOPIC, TOPIC | role({**ALLOW, "Action": action, "Resource": "*"}))
        # Only what takes no resource at all can reach nothing that was there.
        assert line.startswith("note: " if action == "s3:ListAllMyBuckets" else "danger: ")
    for account in ({"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}, {"Ref": "AWS::AccountId"}):
        trust["Principal"] = {"AWS": account}
        new = role(AssumeRolePolicyDocument=document(trust))
        assert lines(TOPIC, TOPIC | new)[0].startswith("note: ")
    # The same of a role that was there.
    assert lines({"Role": resource("IAM::Role")}, role(AssumeRolePolicyDocument=document(trust)))[0].startswith(
        "danger"
    )


def invocation(**more: Any) -> Resources:
    given = {"FunctionName": {"Ref": "F"}, "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
    return {"F": resource("Lambda::Function", Code={}), "P": resource("Lambda::Permission", **given | more)}


def test_who_may_invoke_a_function() -> None:
    function = {"F": resource("Lambda::Function", Code={})}
    more = {"SourceArn": "s", "SourceAccount": "1", "EventSourceToken": "t", "PrincipalOrgID": "o"}
    conditions = "EventSourceToken is t and PrincipalOrgID is o and SourceAccount is 1 and SourceArn is s"
    assert lines(function, invocation(**more)) == told(
        f"s3.amazonaws.com may now lambda:InvokeFunction on the function if {conditions}", where="F"
    )
    assert lines(function, invocation(Principal="*", FunctionUrlAuthType="AWS_IAM")) == told(
        "anybody may now lambda:InvokeFunction on the function if FunctionUrlAuthType is AWS_IAM", where="F"
    )
    assert lines(function, invocation(Principal="*", FunctionUrlAuthType="NONE")) == told(
        "anybody may now lambda:InvokeFunction on the function", where="F", kind="exposure"
    )
    # A permission is no policy document, whatever else it holds.
    assert not lines(invocation(), invocation(Extra=document(ALLOW)))


def test_what_is_text() -> None:
    def policy(text: Any) -> Resources:
        return {"P": resource("Logs::ResourcePolicy", PolicyName="p", PolicyDocument=text)}

    statement = {**ALLOW, "Principal": {"Service": "a.amazonaws.com"}}
    new = policy("\n " + json.dumps(document(statement)))
    assert lines(policy("{}"), new) == told("a.amazonaws.com may now s3:GetObject on a", where="P")
    for half in ("{", "[1]", "x", '{"Statement": 1}', json.dumps({"Statement": [{"Action": "x"}]})):
        assert not lines(policy("{}"), policy(half))
    (line,) = lines(policy("{}"), policy(json.dumps({"Fn::If": ["C", document(statement), document()]})))
    assert "a.amazonaws.com" in line


class TestWhatGoesWithItsHolder:
    def test_under_another_name(self) -> None:
        arn = {"Fn::GetAtt": ["Role", "Arn"]}
        old = role({**DENY, "Resource": arn}, {**DENY, "Resource": {"Fn::Join": ["", [{"Ref": "Role"}, "/in"]]}})
        kept = json.loads(json.dumps(old).replace("Role", "Rolf").replace("AWS::IAM::Rolf", "AWS::IAM::Role"))
        assert not lines(old, kept)
        assert lines(old, {"Rolf": resource("IAM::Role")}) == told(
            "s3:DeleteObject on Role.Arn was denied; it is gone, and Rolf is not denied it: was it renamed?",
            "s3:DeleteObject on Role/in was denied; it is gone, and Rolf is not denied it: was it renamed?",
        )

    def test_with_several_that_may_be_it(self) -> None:
        old = role({**DENY, "Condition": {"Bool": {"a": "true"}}})
        new = {name: resource("IAM::Role") for name in ("B", "A")}
        assert lines(old, new) == told(
            "s3:DeleteObject on a was denied if Bool a true; it is gone, and A, B is not denied it: was it renamed?"
        )
        # The one that is denied the same is its successor, and that it has another id is all that is told.
        (renamed,) = lines(old, new | {"C": role({**DENY, "Condition": {"Bool": {"a": "true"}}})["Role"]})
        assert renamed.startswith("danger: replacement: Role: it is not in the new template, and C begins")

    def test_without_any_that_may_be_it(self) -> None:
        assert not lines(TOPIC | role(DENY), TOPIC)
        assert not lines({"Other": resource("IAM::Role")} | role(DENY), {"Other": resource("IAM::Role")})
        assert not lines(role(ALLOW), {"Other": resource("IAM::Role")})

    def test_who_it_was_denied_to(self) -> None:
        old = {"K": resource("KMS::Key", KeyPolicy=document({**DENY, "Principal": {"AWS": "1"}}))}
        found = lines(old, {"L": resource("KMS::Key", KeyPolicy=document(ALLOW))})
        assert (
            "danger: permissions: K: s3:DeleteObject on a was denied to 1; it is gone, and L is not denied it: "
            "was it renamed?"
        ) in found


def test_boundaries_and_endpoints() -> None:
    def bounded(boundary: Any) -> Resources:
        return {"Role": resource("IAM::Role", PermissionsBoundary=boundary)}

    assert lines(bounded({"Ref": "A"}), bounded(None)) == told("PermissionsBoundary was A, and there is none any more")
    assert lines(bounded({"Ref": "A"}), bounded({"Ref": "B"})) == told("PermissionsBoundary was A, and is B")
    assert not lines(bounded(None), bounded({"Ref": "A"}))
    bare = {"Type": "AWS::IAM::Role"}
    assert len(lines(bounded({"Ref": "A"}), {"Role": bare})) == 1
    assert not lines({"Role": bare}, bounded("A"))

    def endpoint(**more: Any) -> Resources:
        return {"E": resource("EC2::VPCEndpoint", ServiceName="s", VpcId="v", **more)}

    through = told("PolicyDocument is not set any more: the endpoint lets everything through", where="E")
    policy = {"PolicyDocument": document({**ALLOW, "Principal": "*"})}
    assert lines(endpoint(**policy), endpoint()) == through
    none = {"Ref": "AWS::NoValue"}
    maybe = {"PolicyDocument": {"Fn::If": ["C", policy["PolicyDocument"], none]}}
    assert lines(endpoint(**policy), endpoint(**maybe)) == told(
        "PolicyDocument is now set only if a condition of the template holds: the endpoint lets everything through",
        where="E",
    )
    assert lines(endpoint(**policy), endpoint(PolicyDocument=none)) == through
    assert not lines(endpoint(**maybe), endpoint(**maybe))
    assert not lines(endpoint(), endpoint(**policy)) or "exposure" in lines(endpoint(), endpoint(**policy))[0]
    assert not lines({"E": resource("Shop::Till", **policy)}, {"E": resource("Shop::Till")})


def test_across_the_stacks_of_an_assembly(tmp_path: Any) -> None:
    def written(name: str, *statements: dict[str, Any]) -> str:
        folder = tmp_path / name
        folder.mkdir()
        exported = {"Value": {"Fn::GetAtt": ["Role", "Arn"]}, "Export": {"Name": "the-role"}}
        roles = {"Resources": {"Role": resource("IAM::Role")}, "Outputs": {"Out": exported}}
        of_outside = {"Value": "arn:outside", "Export": {"Name": "outside"}}
        policy = resource("IAM::Policy", Roles=[{"Fn::ImportValue": "the-role"}], PolicyDocument=document(*statements))
        (folder / "Roles.template.json").write_text(json.dumps(roles))
        users = {"Resources": {"P": policy}, "Outputs": {"Out": of_outside, "Bare": {"Value": "x"}}}
        (folder / "Users.template.json").write_text(json.dumps(users))
        return str(folder)

    old, new = written("old", ALLOW, DENY), written("new", ALLOW, DENY, {**ALLOW, "Resource": "b"})
    assert [str(one) for one in compare_sources(old, new)] == [
        "danger: permissions: Roles/Role: it may now s3:GetObject on b"
    ]
    # With the stack of a role goes what was denied to it.
    for name in ("Roles", "Users"):
        (tmp_path / "new" / f"{name}.template.json").unlink()
    (tmp_path / "new" / "Topics.template.json").write_text(json.dumps({"Resources": TOPIC}))
    assert not [str(one) for one in compare_sources(old, new) if "denied" in one.reason]


def test_a_bus_that_a_permission_does_not_name_is_the_default_one() -> None:
    given = {"Action": "events:PutEvents", "Principal": "222222222222", "StatementId": "one"}
    policy = {"P": resource("Events::EventBusPolicy", **given)}
    others = told("222222222222 may now events:PutEvents on the event bus", where="the default event bus")
    assert [one for one in lines(TOPIC, TOPIC | policy) if ": permissions: " in one] == others
    organization = {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"}
    limited = {"P": resource("Events::EventBusPolicy", **given, Condition=organization)}
    assert [one for one in lines(TOPIC, TOPIC | limited) if ": permissions: " in one] == told(
        "222222222222 may now events:PutEvents on the event bus if StringEquals aws:PrincipalOrgID o-1",
        where="the default event bus",
    )
