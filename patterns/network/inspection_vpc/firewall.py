"""The hub's AWS Network Firewall: its policy, its endpoints, its logs and its alarms."""

import re
from collections.abc import Sequence
from typing import Literal

from aws_cdk import CfnTag, Fn, Names, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from aws_cdk import aws_networkfirewall as networkfirewall
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.settings import Settings

StreamException = Literal["DROP", "CONTINUE", "REJECT"]

# Room to grow: the capacity of a rule group cannot change later. A policy holds 30,000 in all.
_CAPACITY = 5000
_PROTOCOLS = ("HTTP_HOST", "TLS_SNI")

MOST_DOMAINS = _CAPACITY // 2 - 1
"""Domains that fit: each needs a rule for each protocol, and each protocol one more.
https://docs.aws.amazon.com/network-firewall/latest/developerguide/nwfw-rule-group-capacity.html"""


def check_suricata(argument: str, rules: str) -> None:
    """Refuse more rules than a group holds, and two by one number.

    Args:
        argument: The argument's own name.
        rules: The rules, one a line.

    Raises:
        ValueError: If there are.

    Source: https://docs.aws.amazon.com/network-firewall/latest/developerguide/nwfw-rule-group-capacity.html
    """
    if Token.is_unresolved(rules):
        return
    lines = [one.strip() for one in re.sub(r"\\[ \t]*\r?\n", " ", rules).splitlines()]
    found = [one for one in lines if one and not one.startswith("#")]
    if len(found) > _CAPACITY:
        raise ValueError(
            f"{argument} must be at most {_CAPACITY} rules, the capacity of their group, got {len(found)}: more "
            "of them need a policy"
        )
    seen: set[tuple[str, ...]] = set()
    for one in found:
        number = tuple("".join(re.findall(rf"[(;]\s*{name}\s*:\s*(\d+)\s*;", one)[:1]) for name in ("gid", "sid"))
        if number in seen:
            raise ValueError(f"{argument} must be rules of different sid, got {number[1]} twice")
        if number[1]:
            seen.add(number)


class FirewallPolicy(Construct):
    """Strict order, and whatever no rule passes is dropped and told.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        networks: What `HOME_NET` holds: every spoke, not just the firewall's own VPC as it would by default.
        allowed_domains: Domains that may be called by HTTP and TLS; a leading dot means all below.
        suricata_rules: Rules of one's own in Suricata's language, evaluated before the domains.
        stream_exception: What happens to a connection whose start was not seen.

    Attributes:
        resource (networkfirewall.CfnFirewallPolicy): The policy.

    Source: https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        networks: Sequence[str],
        allowed_domains: Sequence[str],
        suricata_rules: str | None,
        stream_exception: StreamException,
    ) -> None:
        super().__init__(scope, construct_id)
        policy = networkfirewall.CfnFirewallPolicy
        groups = []
        if suricata_rules:
            groups.append(
                self._group("Rules", networkfirewall.CfnRuleGroup.RulesSourceProperty(rules_string=suricata_rules))
            )
        if allowed_domains:
            groups.append(self._group("Domains", _allow(allowed_domains)))
        self.rule_groups = groups
        self.resource = policy(
            self,
            "Resource",
            firewall_policy_name=Names.unique_resource_name(self, max_length=128, separator="-"),
            firewall_policy=policy.FirewallPolicyProperty(
                stateless_default_actions=["aws:forward_to_sfe"],
                stateless_fragment_default_actions=["aws:forward_to_sfe"],
                stateful_engine_options=policy.StatefulEngineOptionsProperty(
                    rule_order="STRICT_ORDER", stream_exception_policy=stream_exception
                ),
                stateful_default_actions=["aws:drop_established", "aws:alert_established"],
                stateful_rule_group_references=[
                    policy.StatefulRuleGroupReferenceProperty(resource_arn=group.attr_rule_group_arn, priority=priority)
                    for priority, group in enumerate(groups, start=1)
                ],
                policy_variables=policy.PolicyVariablesProperty(
                    rule_variables={"HOME_NET": policy.IPSetProperty(definition=list(networks))}
                ),
            ),
        )

    def _group(
        self, construct_id: str, source: networkfirewall.CfnRuleGroup.RulesSourceProperty
    ) -> networkfirewall.CfnRuleGroup:
        group = networkfirewall.CfnRuleGroup
        return group(
            self,
            construct_id,
            rule_group_name=f"{Names.unique_resource_name(self, max_length=110, separator='-')}-{construct_id}",
            type="STATEFUL",
            capacity=_CAPACITY,
            rule_group=group.RuleGroupProperty(
                rules_source=source,
                stateful_rule_options=group.StatefulRuleOptionsProperty(rule_order="STRICT_ORDER"),
            ),
        )


class ZonalFirewalls(Construct):
    """A firewall for each zone, with one endpoint each, all under one policy.

    One endpoint a firewall, because a firewall tells its endpoints in no defined order: the first of a list of one is
    exact in any environment. Endpoints, not firewalls, are what is billed.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        vpc_id: The inspection VPC.
        subnets: The firewall subnets, one in each zone.
        policy_arn: The policy.
        change_protection: Whether policy and subnets are locked.
        ipv6: Whether endpoints take IPv6, too.

    Attributes:
        firewalls (list[networkfirewall.CfnFirewall]): In the order of the zones.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-networkfirewall-firewall.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc_id: str,
        subnets: Sequence[ec2.CfnSubnet],
        policy_arn: str,
        change_protection: bool,
        ipv6: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self.firewalls = [
            networkfirewall.CfnFirewall(
                self,
                f"Zone{number}",
                firewall_name=_name(self, number, within=vpc_id),
                firewall_policy_arn=policy_arn,
                vpc_id=vpc_id,
                subnet_mappings=[
                    networkfirewall.CfnFirewall.SubnetMappingProperty(
                        subnet_id=subnet.attr_subnet_id, ip_address_type="DUALSTACK" if ipv6 else "IPV4"
                    )
                ],
                firewall_policy_change_protection=change_protection,
                subnet_change_protection=change_protection,
                tags=[CfnTag(key="Name", value=f"{self.node.path}/{number}")],
            )
            for number, subnet in enumerate(subnets, start=1)
        ]

    def endpoint_id(self, number: int) -> str:
        """Find the endpoint of a zone.

        Args:
            number: The zone's number, from 1.

        Returns:
            Its id, for routes.
        """
        # "zone:vpce-id", and the only one there is.
        return Fn.select(1, Fn.split(":", Fn.select(0, self.firewalls[number - 1].attr_endpoint_ids)))


class GatewayFirewall(Construct):
    """One firewall attached to the transit gateway itself: AWS owns its VPC, its routes and their symmetry.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        transit_gateway_id: The transit gateway.
        availability_zones: Where it has endpoints.
        policy_arn: The policy.
        change_protection: Whether policy and zones are locked.

    Attributes:
        firewalls (list[networkfirewall.CfnFirewall]): The one firewall.

    Source: https://docs.aws.amazon.com/network-firewall/latest/developerguide/tgw-firewall.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        transit_gateway_id: str,
        availability_zones: Sequence[str],
        policy_arn: str,
        change_protection: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self.firewalls = [
            networkfirewall.CfnFirewall(
                self,
                "Firewall",
                firewall_name=_name(self, 1, within=transit_gateway_id),
                firewall_policy_arn=policy_arn,
                transit_gateway_id=transit_gateway_id,
                availability_zone_mappings=[
                    networkfirewall.CfnFirewall.AvailabilityZoneMappingProperty(availability_zone=zone)
                    for zone in availability_zones
                ],
                firewall_policy_change_protection=change_protection,
                availability_zone_change_protection=change_protection,
                tags=[CfnTag(key="Name", value=self.node.path)],
            )
        ]

    @property
    def attachment_id(self) -> str:
        """The id of its attachment to the transit gateway."""
        return self.firewalls[0].attr_transit_gateway_attachment_id


def _name(scope: Construct, number: int, *, within: str) -> str:
    """Name a firewall for the VPC or gateway that it is in.

    A firewall must have a name, is replaced with its VPC, and the new one is made before the old one goes: by the same
    name it would be refused.
    """
    unique = Names.unique_resource_name(scope, max_length=100, separator="-")
    return Fn.join("-", [unique, str(number), Fn.select(1, Fn.split("-", within))])


def log_firewall(
    firewalls: Sequence[networkfirewall.CfnFirewall], *, flow_logs: logs.ILogGroup, alert_logs: logs.ILogGroup
) -> None:
    """Record each flow, and each packet that was dropped or alerted.

    Args:
        firewalls: The firewalls.
        flow_logs: Where flows go.
        alert_logs: Where alerts go, which are all that the default actions drop.
    """
    destination = networkfirewall.CfnLoggingConfiguration.LogDestinationConfigProperty
    for firewall in firewalls:
        networkfirewall.CfnLoggingConfiguration(
            firewall,
            "Logging",
            firewall_arn=firewall.attr_firewall_arn,
            firewall_name=firewall.firewall_name,
            logging_configuration=networkfirewall.CfnLoggingConfiguration.LoggingConfigurationProperty(
                log_destination_configs=[
                    destination(
                        log_type=log_type,
                        log_destination_type="CloudWatchLogs",
                        log_destination={"logGroup": group.log_group_name},
                    )
                    for log_type, group in (("FLOW", flow_logs), ("ALERT", alert_logs))
                ]
            ),
        )


def firewall_metric(
    firewall: networkfirewall.CfnFirewall, zone: str, name: str, statistic: str = "Sum"
) -> cloudwatch.Metric:
    """Find a metric of the stateful engine of one endpoint.

    Args:
        firewall: The firewall.
        zone: The endpoint's zone.
        name: The metric, e.g. `DroppedPackets`.
        statistic: The statistic. Default: the sum.

    Returns:
        The metric, over five minutes.
    """
    return cloudwatch.Metric(
        namespace="AWS/NetworkFirewall",
        metric_name=name,
        dimensions_map={"FirewallName": firewall.firewall_name, "AvailabilityZone": zone, "Engine": "Stateful"},
        statistic=statistic,
        period=FIVE_MINUTES,
    )


def watch_firewall(
    scope: Construct,
    endpoints: Sequence[tuple[networkfirewall.CfnFirewall, str]],
    *,
    dropped_packets: int,
    settings: Settings,
) -> list[cloudwatch.Alarm]:
    """Make the alarms of each endpoint: what it drops, flows it sees half of, and its silence.

    Args:
        scope: Where they stand in the tree.
        endpoints: Each endpoint's firewall and zone.
        dropped_packets: How many dropped packets in five minutes are too many.
        settings: Whom alarms notify.

    Returns:
        The alarms.
    """
    alarms = []
    for number, (firewall, zone) in enumerate(endpoints, start=1):
        alarms += [
            settings.alarm(
                scope,
                f"DroppedPackets{number}",
                metric=firewall_metric(firewall, zone, "DroppedPackets"),
                description="The firewall drops more than usual: look in the alert log for what and whose.",
                threshold=dropped_packets,
            ),
            settings.alarm(
                scope,
                f"StreamExceptions{number}",
                metric=firewall_metric(firewall, zone, "StreamExceptionPolicyPackets"),
                description="The firewall sees connections without their start: routes may be asymmetric.",
                # A changed policy or a replaced endpoint breaks off a few connections, once.
                evaluation_periods=3,
            ),
            settings.alarm(
                scope,
                f"EndpointSilent{number}",
                metric=firewall_metric(firewall, zone, "ReceivedPackets"),
                description="No packet came through a firewall endpoint in 15 minutes: it failed, or the hub is idle.",
                comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
                evaluation_periods=3,
                # AWS has no metric for an endpoint's health: a failed one is one that stops counting.
                missing_data=cloudwatch.TreatMissingData.BREACHING,
            ),
        ]
    return alarms


def _allow(domains: Sequence[str]) -> networkfirewall.CfnRuleGroup.RulesSourceProperty:
    return networkfirewall.CfnRuleGroup.RulesSourceProperty(
        rules_source_list=networkfirewall.CfnRuleGroup.RulesSourceListProperty(
            generated_rules_type="ALLOWLIST", targets=list(domains), target_types=list(_PROTOCOLS)
        )
    )
