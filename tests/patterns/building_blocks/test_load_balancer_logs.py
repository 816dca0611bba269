"""Load balancers of the account write what they were asked into a bucket."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from patterns.building_blocks.load_balancer_logs import log_requests
from patterns.building_blocks.private_bucket import AccessLogsBucket
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import properties, resources


@pytest.mark.parametrize("concrete", [False, True])
def test_load_balancers_of_this_account_alone_may_write(concrete: bool) -> None:
    env = cdk.Environment(account="111122223333", region="eu-west-1") if concrete else None
    scope = cdk.Stack(app_for_its_template(), "Test", env=env)
    vpc = ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id="vpc-1", availability_zones=["a", "b"], private_subnet_ids=["subnet-1", "subnet-2"]
    )
    balancer = elbv2.ApplicationLoadBalancer(scope, "Balancer", vpc=vpc)
    log_requests(balancer, AccessLogsBucket(scope, "Logs"))
    account = "111122223333" if concrete else {"Ref": "AWS::AccountId"}
    region = "eu-west-1" if concrete else {"Ref": "AWS::Region"}
    statements = properties(scope, "AWS::S3::BucketPolicy")["Logs/Policy"]["PolicyDocument"]["Statement"]
    [found] = [one for one in statements if one.get("Sid") == "LoadBalancerLogs"]
    partition = {"Ref": "AWS::Partition"}
    objects = ["/AWSLogs/111122223333/*"] if concrete else ["/AWSLogs/", account, "/*"]
    parts = ["arn:", partition, ":elasticloadbalancing:", region, ":", account, ":loadbalancer/*"]
    own = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/*"
    arn: Any = own if concrete else {"Fn::Join": ["", parts]}
    assert found == {
        "Sid": "LoadBalancerLogs",
        "Action": "s3:PutObject",
        "Condition": {"ArnLike": {"aws:SourceArn": arn}},
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Resource": {"Fn::Join": ["", [{"Fn::GetAtt": ["Logs", "Arn"]}, *objects]]},
    }
    [made] = resources(scope, "AWS::ElasticLoadBalancingV2::LoadBalancer").values()
    attributes = {one["Key"]: one["Value"] for one in made["Properties"]["LoadBalancerAttributes"]}
    assert attributes["access_logs.s3.enabled"] == "true"
    assert attributes["access_logs.s3.bucket"] == {"Ref": "Logs"}
    assert "Logs/Policy" in made["DependsOn"]
