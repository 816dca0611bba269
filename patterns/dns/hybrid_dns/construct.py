"""Resolver endpoints in two zones, rules that forward, and a log of every query."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Annotated

from annotated_types import Len, Unit
from aws_cdk import Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_ram as ram
from aws_cdk import aws_route53resolver as resolver
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.availability_zones import zone_of
from patterns.building_blocks.bounds import Known, Passes
from patterns.building_blocks.construct_tree import id_for
from patterns.building_blocks.domain_name import DomainName
from patterns.building_blocks.security_group import deployable
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import private_address, private_network
from patterns.building_blocks.vpc_dns import check_vpcs
from patterns.dns.hybrid_dns.checks import check_domains
from patterns.dns.resolution.sharing import Principal

_PORTS = (ec2.Port.tcp(53), ec2.Port.udp(53))


class HybridDns(Construct):
    """Let VPCs ask a company network for its names, and the company network ask for theirs.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        vpc: The VPC of the endpoints, which reaches the company network.
        company_domains: The domains that the company's name servers answer.
        company_servers: The addresses of the company's name servers.
        company_ranges: The CIDR blocks of whoever in the company network asks the inbound endpoint. Default: the
            addresses of `company_servers` alone.
        subnets: The subnets of the endpoints, each in a zone of its own. Default: the isolated ones of `vpc`, else the
            private ones, the first in each zone.
        vpcs: Further VPCs of this account that ask for the company's names, in the same Region. Default: none.
        shared_with: Accounts of the organization, or ARNs of its units, that may associate VPCs of theirs with the
            rules. Default: none.
        encryption_key: The key that encrypts the log; its policy must let CloudWatch Logs use it. Default: a key that
            AWS owns.
        log_retention: How long queries are kept. Default: one month.
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.

    Attributes:
        inbound (resolver.CfnResolverEndpoint): The endpoint that the company network asks.
        outbound (resolver.CfnResolverEndpoint): The endpoint that asks the company's name servers.
        inbound_security_group (ec2.SecurityGroup): Who may ask.
        outbound_security_group (ec2.SecurityGroup): Who is asked.
        rules (dict[str, resolver.CfnResolverRule]): The rules, by domain.
        share (ram.CfnResourceShare | None): The resource share of the rules, if they are shared.
        queries (logs.LogGroup): The log of what the VPCs ask for.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-DSN-queries-to-vpc.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        company_domains: Annotated[
            Sequence[Annotated[DomainName, Known("the rules")]],
            Len(1, 50),
            Unit("domains"),
            Passes(check_domains, "none that AWS answers itself, none twice"),
        ],
        company_servers: Annotated[
            Sequence[Annotated[str, Passes(private_address, "a private IPv4 address")]],
            Len(1, 6),
            Unit("addresses"),
            Known("the number of addresses"),
        ],
        company_ranges: Annotated[
            Sequence[Annotated[str, Passes(private_network, "a private IPv4 CIDR block")]],
            Len(0, 20),
            Unit("ranges"),
            Known("the number of rules"),
        ] = (),
        subnets: Annotated[Sequence[ec2.ISubnet], Len(2, 6), Unit("subnets")] | None = None,
        vpcs: Annotated[Sequence[ec2.IVpc], Len(0, 300), Unit("VPCs")] = (),
        shared_with: Annotated[Sequence[Principal], Len(0, 100), Unit("principals")] = (),
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        check_vpcs("vpc", [vpc])
        check_vpcs("vpcs", vpcs)
        if vpc.node.addr in {one.node.addr for one in vpcs}:
            raise ValueError(f"vpcs must name other VPCs than vpc, got {vpc.node.path}")
        _check_outside(vpc, company_servers)
        chosen = _two_zones(vpc, subnets)
        super().__init__(scope, construct_id)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)

        asking = list(company_ranges or [f"{one}/32" for one in company_servers])
        self.inbound_security_group = self._group(vpc, "Inbound", "The company network asks for names")
        self.outbound_security_group = self._group(vpc, "Outbound", "The name servers of the company are asked")
        for port in _PORTS:
            for block in asking:
                self.inbound_security_group.add_ingress_rule(
                    ec2.Peer.ipv4(block), port, "Names from the company network"
                )
            for server in company_servers:
                peer = ec2.Peer.ipv4(f"{server}/32")
                self.outbound_security_group.add_egress_rule(peer, port, "Name servers of the company")
        self.inbound = self._endpoint("Inbound", self.inbound_security_group, chosen)
        self.outbound = self._endpoint("Outbound", self.outbound_security_group, chosen)
        self.outbound.target_name_server_metrics_enabled = True
        self.rules = {domain: self._rule(domain, company_servers, [vpc, *vpcs]) for domain in company_domains}
        self.share = self._share(shared_with) if shared_with else None
        self.queries = self._log_queries([vpc, *vpcs], settings)
        self.alarms: list[cloudwatch.Alarm] = []
        for name, endpoint in (("Inbound", self.inbound), ("Outbound", self.outbound)):
            self.alarms += self._watch(name, endpoint, len(chosen), settings)
        self.alarms.append(self._servers_silent(company_servers, settings))

    def _group(self, vpc: ec2.IVpc, name: str, description: str) -> ec2.SecurityGroup:
        return deployable(
            ec2.SecurityGroup(self, f"{name}Group", vpc=vpc, description=description, allow_all_outbound=False)
        )

    def _endpoint(
        self, name: str, group: ec2.SecurityGroup, subnets: Sequence[ec2.ISubnet]
    ) -> resolver.CfnResolverEndpoint:
        return resolver.CfnResolverEndpoint(
            self,
            name,
            direction=name.upper(),
            security_group_ids=[group.security_group_id],
            ip_addresses=[
                resolver.CfnResolverEndpoint.IpAddressRequestProperty(subnet_id=one.subnet_id) for one in subnets
            ],
        )

    def _rule(self, domain: str, servers: Sequence[str], vpcs: Sequence[ec2.IVpc]) -> resolver.CfnResolverRule:
        place = Construct(self, domain)
        rule = resolver.CfnResolverRule(
            place,
            "Rule",
            rule_type="FORWARD",
            domain_name=domain,
            resolver_endpoint_id=self.outbound.attr_resolver_endpoint_id,
            target_ips=[resolver.CfnResolverRule.TargetAddressProperty(ip=one, port="53") for one in servers],
        )
        for vpc in vpcs:
            resolver.CfnResolverRuleAssociation(
                place, id_for("Vpc", vpc), resolver_rule_id=rule.attr_resolver_rule_id, vpc_id=vpc.vpc_id
            )
        return rule

    def _share(self, principals: Sequence[str]) -> ram.CfnResourceShare:
        return ram.CfnResourceShare(
            self,
            "Share",
            name=self.node.id,
            resource_arns=[one.attr_arn for one in self.rules.values()],
            principals=list(principals),
            allow_external_principals=False,
        )

    def _log_queries(self, vpcs: Sequence[ec2.IVpc], settings: Settings) -> logs.LogGroup:
        group = settings.log_group(self, "Queries")
        logging = resolver.CfnResolverQueryLoggingConfig(self, "QueryLog", destination_arn=group.log_group_arn)
        for vpc in vpcs:
            resolver.CfnResolverQueryLoggingConfigAssociation(
                self, id_for("QueriesOfVpc", vpc), resolver_query_log_config_id=logging.attr_id, resource_id=vpc.vpc_id
            )
        return group

    def _watch(
        self, name: str, endpoint: resolver.CfnResolverEndpoint, addresses: int, settings: Settings
    ) -> list[cloudwatch.Alarm]:
        of_endpoint = {"EndpointId": endpoint.attr_resolver_endpoint_id}
        return [
            settings.alarm(
                self,
                f"{name}Ill",
                # Of the metric of ill addresses AWS's pages have two spellings, of this one a single one.
                metric=_metric("EndpointHealthyENICount", of_endpoint, "Minimum"),
                description=f"An address of the {name.lower()} Resolver endpoint is ill: queries have one zone less.",
                threshold=addresses,
                comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
                evaluation_periods=2,
                missing_data=cloudwatch.TreatMissingData.BREACHING,
            ),
            settings.alarm(
                self,
                f"{name}Busy",
                metric=_metric("ResolverEndpointCapacityStatus", of_endpoint, "Maximum"),
                description=f"An address of the {name.lower()} Resolver endpoint has more than half of the queries "
                "that it can take: add an address, or find who asks so much.",
                evaluation_periods=3,
                # There are none while AWS exchanges an address.
                missing_data=cloudwatch.TreatMissingData.IGNORE,
            ),
        ]

    def _servers_silent(self, servers: Sequence[str], settings: Settings) -> cloudwatch.Alarm:
        of_endpoint = {"EndpointId": self.outbound.attr_resolver_endpoint_id}
        metrics: dict[str, cloudwatch.IMetric] = {
            "asked": _metric("OutboundQueryAggregateVolume", of_endpoint, "Sum"),
            **{
                f"silent{number}": _metric(
                    "TimeoutQueries",
                    {"EndpointID": self.outbound.attr_resolver_endpoint_id, "TargetNameServerIP": one},
                    "Sum",
                )
                for number, one in enumerate(servers, start=1)
            },
        }
        worst = ", ".join(f"FILL({one}, 0)" for one in metrics if one != "asked")
        return settings.alarm(
            self,
            "CompanyServerSilent",
            metric=cloudwatch.MathExpression(
                expression=f"100 * MAX([{worst}]) / asked",
                using_metrics=metrics,
                label="Queries that the worst name server leaves unanswered, in percent",
                period=FIVE_MINUTES,
            ),
            description="A name server of the company leaves one query in ten unanswered: look at it, and at the way "
            "to it.",
            threshold=10,
            evaluation_periods=2,
        )


def _metric(name: str, dimensions: Mapping[str, str], statistic: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/Route53Resolver",
        metric_name=name,
        dimensions_map=dict(dimensions),
        statistic=statistic,
        # Resolver sends its metrics every five minutes, and no more often: with a shorter period most data points are
        # missing. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-resolver-with-cloudwatch.html
        period=FIVE_MINUTES,
    )


def _two_zones(vpc: ec2.IVpc, subnets: Sequence[ec2.ISubnet] | None) -> list[ec2.ISubnet]:
    zones: dict[str, ec2.ISubnet] = {}
    for one in subnets or vpc.isolated_subnets or vpc.private_subnets:
        zone = zone_of(one)
        if subnets and zone in zones:
            raise ValueError(f"subnets must be in different zones, got {one.node.path} in the zone of another")
        zones.setdefault(zone, one)
    if len(zones) < 2:
        raise ValueError(f"vpc must have isolated or private subnets in two zones, got {len(zones)}")
    return list(zones.values())[:6]


def _check_outside(vpc: ec2.IVpc, servers: Sequence[str]) -> None:
    resource = vpc.node.default_child
    block = resource.cidr_block if isinstance(resource, ec2.CfnVPC) else None
    if block is None or Token.is_unresolved(block):
        return
    for server in servers:
        if not Token.is_unresolved(server) and ipaddress.ip_address(server) in ipaddress.ip_network(block):
            raise ValueError(
                f"company_servers must be outside the VPC, got {server} of {block}: names forwarded there come back"
            )
