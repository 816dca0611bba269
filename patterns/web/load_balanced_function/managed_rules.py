"""A web ACL of AWS's managed rules, which filters requests before a function is invoked."""

from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

_Acl = wafv2.CfnWebACL

# AWS inspects the first 8 KB of a body behind a load balancer, and this one rule refuses whatever is larger.
_MANAGED: dict[str, tuple[str, ...]] = {
    "AWSManagedRulesAmazonIpReputationList": (),
    "AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",),
    "AWSManagedRulesKnownBadInputsRuleSet": (),
}


def managed_rules(scope: Construct, construct_id: str) -> wafv2.CfnWebACL:
    """Make a web ACL of three groups of rules that AWS keeps up to date.

    Args:
        scope: Parent construct.
        construct_id: Construct id.

    Returns:
        The web ACL. Requests whose body is large are counted, not refused: the load balancer bounds them itself.

    Source: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
    """
    return _Acl(
        scope,
        construct_id,
        scope="REGIONAL",
        default_action=_Acl.DefaultActionProperty(allow=_Acl.AllowActionProperty()),
        description="Rules that AWS manages: reputation, common attacks, known bad inputs",
        visibility_config=_visible("WebAcl"),
        rules=[
            _Acl.RuleProperty(
                name=name,
                priority=priority,
                override_action=_Acl.OverrideActionProperty(none={}),
                statement=_Acl.StatementProperty(
                    managed_rule_group_statement=_Acl.ManagedRuleGroupStatementProperty(
                        vendor_name="AWS",
                        name=name,
                        rule_action_overrides=[
                            _Acl.RuleActionOverrideProperty(
                                name=rule,
                                action_to_use=_Acl.RuleActionProperty(count=_Acl.CountActionProperty()),
                            )
                            for rule in counted
                        ]
                        or None,
                    )
                ),
                visibility_config=_visible(name),
            )
            for priority, (name, counted) in enumerate(_MANAGED.items())
        ],
    )


def _visible(metric: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return _Acl.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=True
    )
