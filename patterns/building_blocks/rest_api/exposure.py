"""Where a REST API answers, and which requests reach it."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval, Unit
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct

from patterns.building_blocks.domain_name import alias_records, check_public_name
from patterns.building_blocks.same_region import check_certificate, check_regional_web_acl

RateLimit = Annotated[float, Interval(ge=1, le=100_000), Unit("requests a second")]
"""Requests a second."""

BurstLimit = Annotated[int, Interval(ge=1, le=100_000), Unit("requests")]
"""Requests at one moment."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """The limits, the filter and the domain name of an API.

    Attributes:
        rate_limit: Requests a second.
        burst_limit: Requests at one moment.
        web_acl: The web ACL that filters requests; None: none.
        domain_name: The custom domain name; None: API Gateway's own endpoint.
        certificate: The certificate of the domain name, in the API's Region.
        hosted_zone: The zone of the domain name's IPv4 and IPv6 records; None: no records are made.

    Raises:
        ValueError: If a part of the custom domain is missing, or the name is outside the zone.
    """

    rate_limit: float
    burst_limit: int
    web_acl: aws_wafv2.IWebACLRef | None
    domain_name: str | None
    certificate: acm.ICertificate | None
    hosted_zone: route53.IHostedZone | None

    def __post_init__(self) -> None:
        check_public_name(self.domain_name, self.certificate, self.hosted_zone)

    def check(self, scope: Construct) -> None:
        """Refuse what is of another Region than the API.

        Args:
            scope: Parent construct of the API.

        Raises:
            ValueError: If the certificate or the web ACL is.
        """
        check_certificate(scope, self.certificate)
        check_regional_web_acl(scope, self.web_acl)

    def usage_plan(
        self, scope: Construct, stage: apigateway.Stage, api_key: apigateway.IApiKey, daily_quota: int | None
    ) -> apigateway.UsagePlan:
        """Let a key's bearer call a stage, within the limits.

        Args:
            scope: Parent construct.
            stage: The stage.
            api_key: The key.
            daily_quota: Requests a day; None: no limit.

        Returns:
            The plan.
        """
        plan = apigateway.UsagePlan(
            scope,
            "UsagePlan",
            api_stages=[apigateway.UsagePlanPerApiStage(api=stage.rest_api, stage=stage)],
            throttle=apigateway.ThrottleSettings(rate_limit=self.rate_limit, burst_limit=self.burst_limit),
            quota=apigateway.QuotaSettings(limit=daily_quota, period=apigateway.Period.DAY) if daily_quota else None,
        )
        plan.add_api_key(api_key)
        return plan

    def domain(self, scope: Construct, api: apigateway.RestApi) -> apigateway.DomainName | None:
        """Make the custom domain name, which takes TLS 1.2 and newer, and its records.

        Args:
            scope: Parent construct.
            api: The API that answers there.

        Returns:
            The domain name; None without one.
        """
        if self.domain_name is None or self.certificate is None:
            return None
        domain = apigateway.DomainName(
            scope,
            "Domain",
            domain_name=self.domain_name,
            certificate=self.certificate,
            endpoint_type=apigateway.EndpointType.REGIONAL,
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
            mapping=api,
        )
        if self.hosted_zone is not None:
            alias_records(scope, self.hosted_zone, self.domain_name, targets.ApiGatewayDomain(domain))
        return domain
