"""Load balancers, transit gateways, APIs and distributions."""

from __future__ import annotations

import hashlib

from patternkit.testing.permissions.account.identity import Identity
from patternkit.testing.permissions.account.made import Definition, Made


def target_group(account: Identity, definition: Definition) -> Made:
    """Make a target group."""
    name = definition.named("Name").replace("-", "")[-32:]
    # Of functions, whatever the template has: that kind needs no VPC, and its ARN looks like any other's.
    made = account.client("elbv2").create_target_group(Name=name, TargetType="lambda")
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    attributes = {"TargetGroupArn": arn, "TargetGroupFullName": arn.rpartition(":")[2]}
    return Made("AWS::ElasticLoadBalancingV2::TargetGroup", arn, attributes, arn)


def listener(account: Identity, definition: Definition) -> Made:
    """Make a listener, on a load balancer of its own."""
    elb, ec2 = account.client("elbv2"), account.client("ec2")
    # The template's subnets are not made here; a load balancer of this account's default ones stands in.
    subnets = sorted(ec2.describe_subnets()["Subnets"], key=lambda one: one["AvailabilityZone"])[:2]
    name = f"{definition.index}{definition.logical_id}".replace("-", "")[-32:]
    balancer = elb.create_load_balancer(Name=name, Subnets=[one["SubnetId"] for one in subnets])["LoadBalancers"][0]
    answer = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=definition.get("Port", 80),
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}],
    )
    arn = answer["Listeners"][0]["ListenerArn"]
    return Made("AWS::ElasticLoadBalancingV2::Listener", arn, {"ListenerArn": arn}, arn)


def transit_gateway(account: Identity, definition: Definition) -> Made:
    """Make a transit gateway, by name."""
    made = f"tgw-{_digits(definition)}"
    arn = account.arn("ec2", f"transit-gateway/{made}")
    return Made("AWS::EC2::TransitGateway", made, {"Id": made, "TransitGatewayArn": arn}, arn)


def transit_gateway_route_table(account: Identity, definition: Definition) -> Made:
    """Make a route table of a transit gateway, by name."""
    made = f"tgw-rtb-{_digits(definition)}"
    arn = account.arn("ec2", f"transit-gateway-route-table/{made}")
    return Made("AWS::EC2::TransitGatewayRouteTable", made, {"TransitGatewayRouteTableId": made}, arn)


def _digits(definition: Definition) -> str:
    return hashlib.sha256(f"{definition.index}-{definition.logical_id}".encode()).hexdigest()[:17]


def api(_: Identity, definition: Definition) -> Made:
    """Name an HTTP or WebSocket API; nothing answers there."""
    name = f"api{hashlib.sha256(definition.logical_id.encode()).hexdigest()[:7]}"
    return Made("AWS::ApiGatewayV2::Api", name, {"ApiId": name}, None)


def usage_plan(account: Identity, definition: Definition) -> Made:
    """Make a usage plan of API Gateway, by name."""
    name = _digits(definition)[:6]
    arn = f"arn:{account.partition}:apigateway:{account.region}::/usageplans/{name}"
    return Made("AWS::ApiGateway::UsagePlan", name, {"Id": name}, arn)


def distribution(account: Identity, definition: Definition) -> Made:
    """Make a distribution of CloudFront, by name."""
    name = f"E{_digits(definition)[:13].upper()}"
    arn = account.arn("cloudfront", f"distribution/{name}", regional=False)
    return Made("AWS::CloudFront::Distribution", name, {"Id": name, "DomainName": f"{name}.cloudfront.net"}, arn)
