"""A web ACL of AWS's managed rules, which filters requests before a function is invoked, with its log and its alarm."""

from aws_cdk import ArnFormat, Aws, Names, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.settings import Settings, kept_name

_Acl = wafv2.CfnWebACL
_Log = wafv2.CfnLoggingConfiguration

# AWS inspects the first 8 KB of a body behind a load balancer, and this one rule refuses whatever is larger.
_MANAGED: dict[str, tuple[str, ...]] = {
    "AWSManagedRulesAmazonIpReputationList": (),
    "AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",),
    "AWSManagedRulesKnownBadInputsRuleSet": (),
}
# What proves who is calling stays out of the log.
_SECRETS = ("authorization", "cookie")
_MANY = 100


class ManagedWebAcl(Construct):
    """Three groups of rules that AWS keeps up to date, a log of what they refused, and an alarm when that is much.

    Requests whose body is large are counted, not refused: the load balancer bounds them itself.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        settings: Who is told, which key encrypts the log, and how long it is kept.

    Attributes:
        resource (wafv2.CfnWebACL): The web ACL.
        log (logs.LogGroup): The requests that were refused or counted, without what proves who was calling.
        alarm (cloudwatch.Alarm): Goes off when many requests are refused.

    Source: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        # Web ACLs of a Region whose metrics have one name would be counted together.
        metric_name = Names.unique_resource_name(self, max_length=120, allowed_special_characters="-_")
        self.resource = _web_acl(scope, "WebAcl", metric_name)
        self.log: logs.LogGroup = self._log_refused(settings)
        self.alarm: cloudwatch.Alarm = settings.alarm(
            self,
            "Refused",
            metric=cloudwatch.Metric(
                namespace="AWS/WAFV2",
                metric_name="BlockedRequests",
                dimensions_map={"Region": Aws.REGION, "Rule": "ALL", "WebACL": metric_name},
                statistic="Sum",
                period=FIVE_MINUTES,
            ),
            threshold=_MANY,
            description=f"The web ACL has refused {_MANY} requests in five minutes: look in its log whether that is an "
            "attack, or a rule that refuses clients.",
        )

    def _log_refused(self, settings: Settings) -> logs.LogGroup:
        # AWS WAF takes groups of this prefix alone.
        group = settings.log_group(self, "Log", name=kept_name("aws-waf-logs-", self))
        arn = Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name=group.log_group_name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        _Log(
            self,
            "Logging",
            resource_arn=self.resource.attr_arn,
            log_destination_configs=[arn],
            redacted_fields=[_Log.FieldToMatchProperty(single_header={"Name": one}) for one in _SECRETS],
            logging_filter={
                "DefaultBehavior": "DROP",
                "Filters": [
                    {
                        "Behavior": "KEEP",
                        "Requirement": "MEETS_ANY",
                        "Conditions": [
                            {"ActionCondition": {"Action": one}} for one in ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")
                        ],
                    }
                ],
            },
        )
        return group


def _web_acl(scope: Construct, construct_id: str, metric_name: str) -> wafv2.CfnWebACL:
    return _Acl(
        scope,
        construct_id,
        scope="REGIONAL",
        default_action=_Acl.DefaultActionProperty(allow=_Acl.AllowActionProperty()),
        description="Rules that AWS manages: reputation, common attacks, known bad inputs",
        visibility_config=_visible(metric_name),
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
                visibility_config=_visible(f"{metric_name}-{name}"[:128]),
            )
            for priority, (name, counted) in enumerate(_MANAGED.items())
        ],
    )


def _visible(metric: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return _Acl.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=True
    )
