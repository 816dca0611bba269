"""How clients reach an application by HTTPS: its name, its certificate and what filters their requests."""

from dataclasses import dataclass

from aws_cdk import Arn, ArnComponents, ArnFormat, Stack, Token
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from aws_cdk.aws_wafv2 import CfnWebACL
from aws_cdk.interfaces.aws_wafv2 import IWebACLRef
from constructs import Construct

from patterns.web.networking.public_name import check_domain_name, check_in_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpsFront:
    """The arguments that every pattern behind an HTTPS load balancer takes.

    Attributes:
        certificate: The certificate of the name, in the load balancer's Region. None: one is made for `domain_name`.
        domain_name: The name that clients use. None: its owner points it at the load balancer.
        hosted_zone: The zone of that name, which gets an alias record. None: no record is made.
        web_acl: A web ACL that filters requests. None: requests are not filtered.
    """

    certificate: acm.ICertificate | None
    domain_name: str | None
    hosted_zone: route53.IHostedZone | None
    web_acl: IWebACLRef | None

    def check(self, scope: Construct) -> None:
        """Refuse arguments that no HTTPS listener can be made of.

        Args:
            scope: The scope of the load balancer: the Region of its stack must be the certificate's.

        Raises:
            ValueError: If there is no certificate and none can be made, certificate or web ACL are in another Region,
                or the name is malformed or outside the zone.
        """
        if self.hosted_zone is not None and self.domain_name is None:
            raise ValueError("hosted_zone needs domain_name: which name in it should lead here?")
        if self.certificate is not None:
            _check_region("certificate", scope, self.certificate.certificate_arn)
        elif self.domain_name is None:
            raise ValueError("certificate must be given, or domain_name and hosted_zone to make one for, got none")
        elif self.hosted_zone is None:
            raise ValueError(
                f"domain_name needs certificate, or hosted_zone to make one in, got {self.domain_name!r} alone"
            )
        if self.domain_name is not None:
            check_domain_name("domain_name", self.domain_name)
        if self.domain_name is not None and self.hosted_zone is not None:
            check_in_zone(self.domain_name, self.hosted_zone)
        if self.web_acl is not None:
            _check_web_acl(scope, self.web_acl)

    def certificate_in(self, scope: Construct) -> acm.ICertificate:
        """Find the certificate, or make one that Route 53 validates.

        Args:
            scope: The scope of a certificate that is made.

        Returns:
            The certificate.
        """
        if self.certificate is not None:
            return self.certificate
        assert self.domain_name is not None
        return acm.Certificate(
            scope,
            "Certificate",
            domain_name=self.domain_name,
            validation=acm.CertificateValidation.from_dns(self.hosted_zone),
        )


def _check_region(argument: str, scope: Construct, arn: str) -> None:
    region = Stack.of(scope).region
    if Token.is_unresolved(arn) or Token.is_unresolved(region):
        return
    given: ArnComponents = Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME)
    if given.region is not None and not Token.is_unresolved(given.region) and given.region != region:
        raise ValueError(f"{argument} must be in the load balancer's Region {region}, got one in {given.region}")


def _check_web_acl(scope: Construct, web_acl: IWebACLRef) -> None:
    given = web_acl.web_acl_ref
    # The reference of one that is made here holds tokens; the ARN of an imported one says regional/ or global/webacl/.
    scope_given = web_acl.scope if isinstance(web_acl, CfnWebACL) else given.scope
    if scope_given == "CLOUDFRONT" or ":global/webacl/" in given.web_acl_arn:
        raise ValueError("web_acl must have the scope REGIONAL, got one of CLOUDFRONT")
    _check_region("web_acl", scope, given.web_acl_arn)
