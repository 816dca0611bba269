"""What must be of one Region, and what is refused because it is not."""

import re
from dataclasses import dataclass
from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.interfaces import aws_wafv2

from patterns.building_blocks.same_region import (
    check_arn,
    check_certificate,
    check_edge_certificate,
    check_edge_web_acl,
    check_here,
    check_own_account,
    check_region,
    check_regional_web_acl,
    region_in,
)


def stack(region: str | None) -> cdk.Stack:
    env = cdk.Environment(account="111122223333", region=region) if region else None
    return cdk.Stack(cdk.App(), "Test", env=env)


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


def certificate(scope: cdk.Stack, region: str) -> acm.ICertificate:
    return acm.Certificate.from_certificate_arn(scope, "C", f"arn:aws:acm:{region}:111122223333:certificate/1")


def test_a_certificate_of_another_region_is_refused() -> None:
    scope = stack("eu-west-1")
    with pytest.raises(
        ValueError, match=r"^certificate must be in eu-west-1, the Region of the stack, got one in us-east-1$"
    ):
        check_certificate(scope, certificate(scope, "us-east-1"))


@pytest.mark.parametrize("arn", ["bad", "arn:aws:acm", "urn:aws:acm:eu-west-1:111122223333:certificate/1", ""])
def test_what_is_no_arn_is_refused_in_one_line(arn: str) -> None:
    scope = stack("eu-west-1")
    said = f"must have an ARN such as arn:aws:SERVICE:REGION:ACCOUNT:NAME, got {arn}"
    with refused(f"cluster {said}"):
        check_arn("cluster", scope, arn)
    with refused(f"cluster {said}"):
        check_own_account("cluster", scope, arn, "so it is")
    given = acm.Certificate.from_certificate_arn(scope, "C", arn)
    with refused(f"certificate {said}"):
        check_certificate(scope, given)
    with refused(f"certificate {said}"):
        check_edge_certificate(given)


def test_an_arn_of_another_region_is_refused_and_one_that_is_not_known_passes() -> None:
    scope = stack("eu-west-1")
    check_arn("cluster", scope, "arn:aws:ecs:eu-west-1:111122223333:cluster/own")
    check_arn("cluster", scope, cdk.Fn.import_value("Cluster"))
    with pytest.raises(
        ValueError, match=r"^cluster must be in eu-west-1, the Region of the stack, got one in us-east-1$"
    ):
        check_arn("cluster", scope, "arn:aws:ecs:us-east-1:111122223333:cluster/own")


@pytest.mark.parametrize("region", ["eu-west-1", None])
def test_a_certificate_of_the_region_or_of_one_that_is_not_known_passes(region: str | None) -> None:
    scope = stack(region)
    check_certificate(scope, certificate(scope, "eu-west-1"))
    check_certificate(scope, None)


@pytest.mark.parametrize(("acl_scope", "refused"), [("CLOUDFRONT", True), ("REGIONAL", False)])
def test_a_web_acl_for_cloudfront_is_refused(acl_scope: str, refused: bool) -> None:
    scope = stack("us-east-1")
    visibility: Any = {"cloudWatchMetricsEnabled": True, "metricName": "web", "sampledRequestsEnabled": True}
    acl = wafv2.CfnWebACL(scope, "A", scope=acl_scope, default_action={"allow": {}}, visibility_config=visibility)
    if refused:
        with pytest.raises(ValueError, match=r"^web_acl must have the scope REGIONAL, got CLOUDFRONT$"):
            check_regional_web_acl(scope, acl)
    else:
        check_regional_web_acl(scope, acl)


@dataclass
class Env:
    region: str


@dataclass
class Certificate:
    """A certificate of which the ARN is known when it is deployed, and its Region when it is made."""

    region: str

    @property
    def certificate_arn(self) -> str:
        return cdk.Token.as_string({"Ref": "Certificate"})

    @property
    def env(self) -> Env:
        return Env(self.region)


def made(region: str) -> acm.ICertificate:
    return cast(acm.ICertificate, Certificate(region))


def test_the_region_of_a_certificate_that_is_made_is_that_of_its_stack() -> None:
    scope = stack("eu-west-1")
    check_certificate(scope, made("eu-west-1"))
    check_certificate(scope, made(cdk.Aws.REGION))
    with refused("own must be in eu-west-1, the Region of the stack, got one in us-east-1"):
        check_certificate(scope, made("us-east-1"), argument="own")
    check_edge_certificate(made("us-east-1"))
    check_edge_certificate(made(cdk.Aws.REGION))
    with refused("own must be in us-east-1, where CloudFront looks for it, got one in eu-west-1"):
        check_edge_certificate(made("eu-west-1"), argument="own")


def test_a_certificate_of_the_edge_is_in_its_one_region() -> None:
    scope = stack("eu-west-1")
    check_edge_certificate(None)
    check_edge_certificate(certificate(scope, "us-east-1"))
    with refused("certificate must be in us-east-1, where CloudFront looks for it, got one in eu-west-1"):
        check_edge_certificate(certificate(stack("eu-west-1"), "eu-west-1"))
    with refused("own must have an ARN such as arn:aws:SERVICE:REGION:ACCOUNT:NAME, got bad"):
        check_edge_certificate(acm.Certificate.from_certificate_arn(scope, "Bad", "bad"), argument="own")
    with refused("own must have an ARN such as arn:aws:SERVICE:REGION:ACCOUNT:NAME, got bad"):
        check_certificate(scope, acm.Certificate.from_certificate_arn(scope, "Worse", "bad"), argument="own")


@dataclass
class Reference:
    web_acl_arn: str
    scope: str = cdk.Token.as_string({"Ref": "Scope"})


@dataclass
class WebAcl:
    web_acl_ref: Reference


def web_acl(arn: str = cdk.Token.as_string({"Ref": "Acl"}), **scope: str) -> aws_wafv2.IWebACLRef:
    return cast(aws_wafv2.IWebACLRef, WebAcl(Reference(arn, **scope)))


REGIONAL, EDGE = (
    [web_acl(f"arn:aws:wafv2:{region}:111122223333:{path}/webacl/own/1"), web_acl(scope=scope)]
    for region, path, scope in (("eu-west-1", "regional", "REGIONAL"), ("us-east-1", "global", "CLOUDFRONT"))
)


@pytest.mark.parametrize("number", [0, 1], ids=["by its ARN", "by its scope"])
def test_a_web_acl_is_of_one_scope_and_the_other_is_refused(number: int) -> None:
    scope = stack("eu-west-1")
    check_regional_web_acl(scope, REGIONAL[number])
    check_edge_web_acl(EDGE[number])
    with refused("web_acl must have the scope REGIONAL, got CLOUDFRONT"):
        check_regional_web_acl(scope, EDGE[number])
    with refused("web_acl must have the scope CLOUDFRONT, got REGIONAL"):
        check_edge_web_acl(REGIONAL[number])
    with refused("own must have the scope CLOUDFRONT, got REGIONAL"):
        check_edge_web_acl(REGIONAL[number], argument="own")


def test_a_web_acl_of_which_nothing_is_known_passes() -> None:
    for one in (None, web_acl()):
        check_regional_web_acl(stack("eu-west-1"), one)
        check_edge_web_acl(one)


def test_a_web_acl_that_is_made_says_its_scope() -> None:
    scope = stack("us-east-1")
    visibility: Any = {"cloudWatchMetricsEnabled": True, "metricName": "web", "sampledRequestsEnabled": True}
    for kind in ("REGIONAL", "CLOUDFRONT"):
        acl = wafv2.CfnWebACL(scope, kind, scope=kind, default_action={"allow": {}}, visibility_config=visibility)
        if kind == "CLOUDFRONT":
            check_edge_web_acl(acl)
        else:
            with refused("web_acl must have the scope CLOUDFRONT, got REGIONAL"):
                check_edge_web_acl(acl)


def test_a_web_acl_of_another_region_is_refused() -> None:
    with refused("web_acl must be in eu-central-1, the Region of the stack, got one in eu-west-1"):
        check_regional_web_acl(stack("eu-central-1"), REGIONAL[0])
    with refused("web_acl must have an ARN such as arn:aws:SERVICE:REGION:ACCOUNT:NAME, got own"):
        check_regional_web_acl(stack("eu-central-1"), web_acl("own"))


def test_the_region_is_the_fourth_part_of_an_arn() -> None:
    assert region_in("topic", "arn:aws:sns:eu-west-1:111122223333:on-call") == "eu-west-1"
    assert region_in("topic", "arn:aws:logs:eu-west-1:111122223333:log-group:a:*") == "eu-west-1"


@pytest.mark.parametrize(
    ("own", "region"), [(None, "eu-west-1"), ("eu-west-1", None), ("eu-west-1", "eu-west-1"), (None, None)]
)
def test_a_region_that_is_not_known_passes(own: str | None, region: str | None) -> None:
    check_region("topic", stack(own), region or cdk.Aws.REGION)


def test_another_region_is_refused() -> None:
    with refused("topic must be in eu-west-1, the Region of the stack, got one in eu-west-2"):
        check_region("topic", stack("eu-west-1"), "eu-west-2")


def test_a_resource_of_another_account_is_refused_with_the_reason() -> None:
    scope = stack("eu-west-1")
    for arn in (
        "arn:aws:sns:eu-west-1:111122223333:on-call",
        "arn:aws:sns:us-east-1:111122223333:on-call",
        "arn:aws:s3:::images",
        cdk.Token.as_string({"Ref": "Topic"}),
    ):
        check_own_account("topic", scope, arn, "it is looked up here")
    theirs = "arn:aws:sns:eu-west-1:444455556666:on-call"
    check_own_account("topic", stack(None), theirs, "it is looked up here")
    with refused(
        "topic must be in 111122223333, the account of the stack, got one in 444455556666: it is looked up here"
    ):
        check_own_account("topic", scope, theirs, "it is looked up here")


def test_each_resource_is_refused_by_its_own_name() -> None:
    scope = stack("eu-west-1")
    own = sqs.Queue.from_queue_arn(scope, "Own", "arn:aws:sqs:eu-west-1:111122223333:own")
    theirs = sns.Topic.from_topic_arn(scope, "Theirs", "arn:aws:sns:us-east-1:111122223333:theirs")
    check_here(scope, queue=own, other=None, table=dynamodb.Table.from_table_name(scope, "Table", "own"))
    with refused("topic must be in eu-west-1, the Region of the stack, got one in us-east-1"):
        check_here(scope, other=None, queue=own, topic=theirs)


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
def test_a_table_is_where_its_arn_says(region: str) -> None:
    scope = stack("eu-west-1")
    arn = f"arn:aws:dynamodb:{region}:111122223333:table/own"
    table = dynamodb.Table.from_table_arn(scope, "Table", arn)
    if region == "eu-west-1":
        check_here(scope, table=table)
        return
    with refused("table must be in eu-west-1, the Region of the stack, got one in us-east-1"):
        check_here(scope, table=table)


def test_a_table_of_another_stack_is_where_its_stack_is() -> None:
    app = cdk.App()
    here, there = (
        cdk.Stack(app, name, env=cdk.Environment(account="111122223333", region=region))
        for name, region in (("Here", "eu-west-1"), ("There", "us-east-1"))
    )
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    check_here(here, table=dynamodb.Table(here, "Table", partition_key=key))
    with refused("table must be in eu-west-1, the Region of the stack, got one in us-east-1"):
        check_here(here, table=dynamodb.Table(there, "Table", partition_key=key))
