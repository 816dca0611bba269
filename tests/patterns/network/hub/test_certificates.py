"""A certificate works in its own Region alone."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2

from patterns.network.hub_and_spoke_vpn import CustomerSite, HubAndSpokeVpn
from patterns.network.inspection_vpc import InspectionVpc
from patterns.network.many_sites_vpn import ManySitesVpn

ARN = "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"


def certificate(stack: cdk.Stack, arn: str = ARN) -> acm.ICertificate:
    return acm.Certificate.from_certificate_arn(stack, "Certificate", arn)


@pytest.fixture
def stack(scope: cdk.Stack) -> cdk.Stack:
    env = cdk.Environment(account="111122223333", region="eu-west-1")
    return cdk.Stack(cdk.App.of(scope), "Concrete", env=env)


def test_the_certificates_of_a_network_are_of_its_region(stack: cdk.Stack) -> None:
    site = CustomerSite(name="Berlin", addresses=["198.51.100.1"], certificates=[certificate(stack)])
    refused = r"certificates must be in eu-west-1, the Region of the stack, got one in us-east-1$"
    for construct in (HubAndSpokeVpn, ManySitesVpn):
        with pytest.raises(ValueError, match=rf"^sites\[Berlin\]: {refused}"):
            construct(stack, construct.__name__, sites=[site])
    hub = InspectionVpc(stack, "Hub", transit_gateway=ec2.CfnTransitGateway(stack, "Gateway"))
    with pytest.raises(ValueError, match=rf"^site: {refused}"):
        hub.add_site(site)
    with pytest.raises(
        ValueError, match=r"^certificate must be in eu-west-1, the Region of the stack, got one in us-east-1$"
    ):
        hub.add_ingress(certificate=site.certificates[0], targets={"10.1.0.10": 443})
