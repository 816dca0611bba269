"""Records of one name, and of the names that are nested below it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval
from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.bounds import Known
from patterns.building_blocks.deployed_name import unique_name
from patterns.building_blocks.domain_name import HostName, check_in_zone
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.dns.health.probe import Probe, check_probe, endpoint_check
from patterns.dns.health.status_alarm import status_alarm
from patterns.dns.routed_records.policies import Branch, Endpoint, IpBased, Policy, Routing
from patterns.dns.routed_records.routing_checks import check_routing

MINUTE = Duration.minutes(1)
# In text, of the 255 bytes of https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
LONGEST_NAME = 253


class RoutedRecords(Construct):
    """Answer a name by any of Route 53's routing policies, nested, so that nobody is left without an answer.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        hosted_zone: The zone of the name.
        domain_name: The domain name that clients ask for.
        routing: What answers: an endpoint, or a policy over endpoints and further policies.
        probe: How the addresses of endpoints without a health check of their own are asked. Default: HTTPS to port
            443 every 30 seconds; three failures in a row are an illness.
        ttl: How long resolvers keep addresses. Default: 1 minute.
        ipv6: Whether AAAA records are made beside the A records. Default: no.
        alarm_topic: The topic that alarms on the health checks notify. Default: none; alarms only change state.

    Attributes:
        records (list[route53.RecordSet]): All records, those of nested names before those that lead to them.
        health_checks (dict[str, route53.HealthCheck]): The health checks that it made, by address.
        failover_time (Duration | None): The longest time until an address that is ill is asked for no more: interval by
            failures, and the TTL. None if it made no health check.
        alarms (list[cloudwatch.Alarm]): All of its alarms. They exist in us-east-1 alone, where the metrics of health
            checks are.

    Raises:
        ValueError: If an argument is out of range, two contradict each other, or somebody would be left without an
            answer.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        hosted_zone: route53.IHostedZone,
        domain_name: Annotated[HostName, Known("the names of nested records")],
        routing: Routing,
        probe: Probe | None = None,
        ttl: Annotated[Duration, Interval(ge=timedelta(seconds=1), le=timedelta(days=7))] = MINUTE,
        ipv6: bool = False,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        check_in_zone(domain_name, hosted_zone)
        self._probe = probe or Probe()
        check_probe("probe", self._probe)
        check_routing(routing, ipv6=ipv6, private=isinstance(hosted_zone, route53.PrivateHostedZone))
        super().__init__(scope, construct_id)
        self._zone, self._name, self._ttl = hosted_zone, domain_name, ttl
        self._types = ("A", "AAAA") if ipv6 else ("A",)
        self._settings = Settings(alarm_topic=alarm_topic)
        self.records: list[route53.RecordSet] = []
        self.health_checks: dict[str, route53.HealthCheck] = {}
        self.alarms: list[cloudwatch.Alarm] = []

        if isinstance(routing, Endpoint):
            self._make(self, domain_name, routing, None)
        else:
            self._route(self, domain_name, routing)
        self.failover_time = (
            Duration.seconds(self._probe.seconds + ttl.to_seconds())
            if self.health_checks and not ttl.is_unresolved()
            else None
        )

    def _route(self, scope: Construct, name: str, policy: Policy) -> dict[str, list[route53.RecordSet]]:
        """Make the records of a policy at a name, each after what it leads to."""
        if len(name) > LONGEST_NAME:
            raise ValueError(
                f"routing must be nested less, or have shorter names: the record {name} would have {len(name)} "
                f"characters, and DNS takes {LONGEST_NAME}"
            )
        collection = self._collection(scope, name, policy) if isinstance(policy, IpBased) else None
        made: dict[str, list[route53.RecordSet]] = {kind: [] for kind in self._types}
        for branch in policy.branches():
            below = Construct(scope, branch.name)
            for kind, record in self._branch(below, name, branch, collection):
                made[kind].append(record)
        return made

    def _branch(
        self, scope: Construct, name: str, branch: Branch, collection: route53.CfnCidrCollection | None
    ) -> Iterator[tuple[str, route53.RecordSet]]:
        if isinstance(branch.to, Endpoint):
            records = self._make(scope, name, branch.to, branch)
        else:
            nested = self._route(scope, f"{branch.name}.{name}", branch.to)
            records = {kind: self._lead(scope, kind, name, nested[kind], branch) for kind in self._types}
        for kind, record in records.items():
            resource = record.node.default_child
            assert isinstance(resource, route53.CfnRecordSet)
            # The CDK's record knows no geoproximity, and takes no failover to a target that is not evaluated.
            resource.set_identifier = branch.name
            if branch.near is not None:
                resource.add_property_override("GeoProximityLocation", branch.near)
            if branch.failover:
                resource.failover = branch.failover
            if collection is not None:
                resource.cidr_routing_config = route53.CfnRecordSet.CidrRoutingConfigProperty(
                    collection_id=collection.attr_id, location_name=branch.location
                )
            yield kind, record

    def _make(
        self, scope: Construct, name: str, endpoint: Endpoint, branch: Branch | None
    ) -> dict[str, route53.RecordSet]:
        """Make the records of an endpoint, with what tells that it is ill."""
        watched = branch is not None and not branch.last_resort
        check = endpoint.health_check
        if check is None and endpoint.target is None and watched:
            check = self._check(scope, endpoint)
        made: dict[str, route53.RecordSet] = {}
        for kind in self._types:
            of_kind = [one for one in endpoint.addresses if (":" in one) == (kind == "AAAA")]
            made[kind] = self._record(
                scope,
                kind,
                name,
                route53.RecordTarget.from_alias(endpoint.target)
                if endpoint.target is not None
                else route53.RecordTarget.from_ip_addresses(*of_kind),
                branch,
                health_check=check,
                # CloudFront has no health that Route 53 could evaluate.
                evaluates=branch is not None and not isinstance(endpoint.target, targets.CloudFrontTarget),
            )
        return made

    def _lead(
        self, scope: Construct, kind: str, name: str, nested: list[route53.RecordSet], branch: Branch
    ) -> route53.RecordSet:
        """Make the record that leads to the records of a nested name."""
        to = route53.RecordTarget.from_alias(targets.Route53RecordTarget(nested[0]))
        record = self._record(scope, kind, name, to, branch, evaluates=True)
        record.node.add_dependency(*nested)
        resource = record.node.default_child
        assert isinstance(resource, route53.CfnRecordSet)
        # cfn-lint takes the zone of a record for that of a load balancer alone.
        resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["E1041"]}})
        return record

    def _record(
        self,
        scope: Construct,
        kind: str,
        name: str,
        to: route53.RecordTarget,
        branch: Branch | None,
        *,
        health_check: route53.IHealthCheck | None = None,
        evaluates: bool = False,
    ) -> route53.RecordSet:
        settings = dict(branch.settings) if branch is not None else {}
        record = route53.RecordSet(
            scope,
            kind,
            zone=self._zone,
            record_type=getattr(route53.RecordType, kind),
            record_name=f"{name}.",
            target=to,
            ttl=None if to.alias_target is not None else self._ttl,
            health_check=health_check,
            set_identifier=branch.name if branch is not None and settings else None,
            **settings,
        )
        if to.alias_target is not None:
            resource = record.node.default_child
            assert isinstance(resource, route53.CfnRecordSet)
            # Whatever the target says of itself. Route 53 wants it of a secondary, too, which answers only while it is
            # well or the primary is ill as well.
            resource.add_property_override("AliasTarget.EvaluateTargetHealth", evaluates)
        self.records.append(record)
        return record

    def _check(self, scope: Construct, endpoint: Endpoint) -> route53.HealthCheck:
        """Make a health check of each address; a record of several is well as long as all of them are."""
        each = [self._address_check(address) for address in endpoint.addresses]
        if len(each) == 1:
            return each[0]
        return route53.HealthCheck(
            scope,
            "Check",
            type=route53.HealthCheckType.CALCULATED,
            child_health_checks=each,
            health_threshold=len(each),
        )

    def _address_check(self, address: str) -> route53.HealthCheck:
        if address not in self.health_checks:
            place = f"Check{address.replace('.', '-').replace(':', '-')}"
            made = endpoint_check(self, place, self._probe, host=self._name, address=address)
            self.health_checks[address] = made
            alarm = status_alarm(
                self,
                f"{place}Ill",
                made,
                description=f"Health checkers find {address} of {self._name} ill: it is no longer answered.",
                settings=self._settings,
            )
            if alarm is not None:
                self.alarms.append(alarm)
        return self.health_checks[address]

    def _collection(self, scope: Construct, name: str, policy: IpBased) -> route53.CfnCidrCollection:
        """Make the collection of a policy's blocks. An account has each name once, of up to 64 characters."""
        usual = f"{name.replace('.', '-')[:55]}-{scope.node.addr[-8:]}"
        return route53.CfnCidrCollection(
            scope,
            "Networks",
            name=unique_name(scope, "Networks", longest=64, usual=usual) or usual,
            locations=[
                route53.CfnCidrCollection.LocationProperty(location_name=name, cidr_list=list(network.blocks))
                for name, network in policy.networks.items()
            ],
        )
