"""How clients reach an application by HTTPS: its name, its certificate and what filters their requests."""

from dataclasses import dataclass

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from aws_cdk.interfaces.aws_wafv2 import IWebACLRef
from constructs import Construct

from patterns.building_blocks.domain_name import check_in_zone
from patterns.building_blocks.same_region import check_certificate, check_regional_web_acl
from patterns.web.load_balancing.edge_front import EdgeFront


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpsFront:
    """The arguments that every pattern behind an HTTPS load balancer takes.

    Attributes:
        certificate: The certificate of the name, in the load balancer's Region. None: one is made for `domain_name`.
        domain_name: The name that clients use. None: its owner points it at the load balancer.
        hosted_zone: The zone of that name, which gets an alias record. None: no record is made.
        web_acl: A web ACL that filters requests. None: requests are not filtered.
        edge: Amazon CloudFront before the load balancer, which then nothing else reaches. None: clients reach it.
    """

    certificate: acm.ICertificate | None
    domain_name: str | None
    hosted_zone: route53.IHostedZone | None
    web_acl: IWebACLRef | None
    edge: EdgeFront | None = None

    def check(self, scope: Construct) -> None:
        """Refuse arguments that no HTTPS listener can be made of.

        Args:
            scope: The scope of the load balancer: the Region of its stack must be the certificate's.

        Raises:
            ValueError: If there is no certificate and none can be made, certificate or web ACL are in another Region,
                the name is outside the zone, or CloudFront cannot stand before the load balancer.
        """
        if self.edge is not None:
            self.edge.check(self.domain_name)
        if self.hosted_zone is not None and self.domain_name is None:
            raise ValueError("hosted_zone needs domain_name: which name in it should lead here?")
        if self.certificate is None and self.domain_name is None:
            raise ValueError("certificate must be given, or domain_name and hosted_zone to make one for, got none")
        if self.certificate is None and self.hosted_zone is None:
            raise ValueError(
                f"domain_name needs certificate, or hosted_zone to make one in, got {self.domain_name!r} alone"
            )
        if self.domain_name is not None and self.hosted_zone is not None:
            check_in_zone(self.domain_name, self.hosted_zone)
        check_certificate(scope, self.certificate)
        check_regional_web_acl(scope, self.web_acl)

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
