"""What must be of one Region, and what is refused because it is not."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_wafv2 as wafv2

from patterns.building_blocks.domain_name import check_in_zone
from patterns.building_blocks.same_region import check_arn, check_certificate, check_regional_web_acl


def stack(region: str | None) -> cdk.Stack:
    env = cdk.Environment(account="111122223333", region=region) if region else None
    return cdk.Stack(cdk.App(), "Test", env=env)


def certificate(scope: cdk.Stack, region: str) -> acm.ICertificate:
    return acm.Certificate.from_certificate_arn(scope, "C", f"arn:aws:acm:{region}:111122223333:certificate/1")


def test_a_certificate_of_another_region_is_refused() -> None:
    scope = stack("eu-west-1")
    with pytest.raises(ValueError, match=r"^certificate must be in eu-west-1, .* got one in us-east-1$"):
        check_certificate(scope, certificate(scope, "us-east-1"))


@pytest.mark.parametrize("arn", ["bad", "arn:aws:acm", "urn:aws:acm:eu-west-1:111122223333:certificate/1", ""])
def test_what_is_no_arn_is_refused_in_one_line(arn: str) -> None:
    scope = stack("eu-west-1")
    with pytest.raises(ValueError, match=r"^cluster must have an ARN such as arn:aws:[A-Z:]+, got .*$"):
        check_arn("cluster", scope, arn)
    given = acm.Certificate.from_certificate_arn(scope, "C", arn)
    with pytest.raises(ValueError, match=r"^certificate must have an ARN such as .*, got .*$"):
        check_certificate(scope, given)


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


@pytest.mark.parametrize(
    ("name", "inside"),
    [("example.com", True), ("api.example.com", True), ("badexample.com", False), ("example.org", False)],
)
def test_a_name_outside_the_zone_is_refused(name: str, inside: bool) -> None:
    scope = stack(None)
    zone = cdk.aws_route53.HostedZone.from_hosted_zone_attributes(
        scope, "Zone", hosted_zone_id="Z1", zone_name="example.com."
    )
    if inside:
        check_in_zone(name, zone)
    else:
        with pytest.raises(
            ValueError, match=rf"^domain_name must be example.com or end in .example.com, got '{name}'$"
        ):
            check_in_zone(name, zone)
