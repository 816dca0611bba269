"""The domain name of one's own at which a GraphQL API answers."""

from dataclasses import dataclass

import jsii
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from patterns.building_blocks.domain_name import alias_records, check_public_name
from patterns.building_blocks.same_region import check_edge_certificate


@dataclass(frozen=True, slots=True)
class PublicName:
    """Where clients reach an API, by TLS 1.2 and newer.

    Attributes:
        domain_name: The name.
        certificate: Its certificate, in us-east-1.
        hosted_zone: The zone of its IPv4 and IPv6 records; None: no records are made.
    """

    domain_name: str
    certificate: acm.ICertificate
    hosted_zone: route53.IHostedZone | None

    @staticmethod
    def of(
        domain_name: str | None, certificate: acm.ICertificate | None, hosted_zone: route53.IHostedZone | None
    ) -> "PublicName | None":
        """Hold the parts of a name to each other.

        Args:
            domain_name: The name.
            certificate: Its certificate.
            hosted_zone: The zone of its records.

        Returns:
            The name; None: there is none.

        Raises:
            ValueError: If a part is missing, the name is outside the zone, or the certificate is of another Region than
                us-east-1.
        """
        check_public_name(domain_name, certificate, hosted_zone)
        check_edge_certificate(certificate)
        return None if domain_name is None or certificate is None else PublicName(domain_name, certificate, hosted_zone)

    def publish(self, scope: Construct, api: appsync.CfnGraphQLApi) -> appsync.CfnDomainName:
        """Make the name and its records.

        Args:
            scope: Parent construct.
            api: What answers at the name.

        Returns:
            The name.
        """
        made = appsync.CfnDomainName(
            scope,
            "Domain",
            domain_name=self.domain_name,
            certificate_arn=self.certificate.certificate_arn,
            description=f"Of the GraphQL API {scope.node.path}"[:255],
        )
        appsync.CfnDomainNameApiAssociation(scope, "DomainOfApi", api_id=api.attr_api_id, domain_name=made.ref)
        if self.hosted_zone is not None:
            alias_records(scope, self.hosted_zone, self.domain_name, _Target(made))
        return made


@jsii.implements(route53.IAliasRecordTarget)
class _Target:
    """The distribution of Amazon CloudFront that AWS AppSync makes for a name."""

    def __init__(self, domain: appsync.CfnDomainName) -> None:
        self._domain = domain

    def bind(
        self, record: route53.IRecordSet, zone: route53.IHostedZone | None = None
    ) -> route53.AliasRecordTargetConfig:
        # The attribute HostedZoneId is described as the caller's own zone; CloudFront has one for all distributions.
        del zone
        return route53.AliasRecordTargetConfig(
            dns_name=self._domain.attr_app_sync_domain_name,
            hosted_zone_id=targets.CloudFrontTarget.get_hosted_zone_id(record),
        )
