"""What others know of a resource, outside of its template, and lose when it is replaced."""

from collections.abc import Mapping

LOST: Mapping[str, str] = {
    "AWS::ApiGateway::ApiKey": "its value changes: clients must be given the new one",
    "AWS::ApiGateway::DomainName": "its target changes: records elsewhere must follow",
    "AWS::ApiGateway::RestApi": "its URL changes",
    "AWS::ApiGatewayV2::Api": "its URL changes",
    "AWS::ApiGatewayV2::DomainName": "its target changes: records elsewhere must follow",
    "AWS::CertificateManager::Certificate": "the new one must be validated before anything goes on",
    "AWS::CloudFront::Distribution": "its domain name changes",
    "AWS::Cognito::UserPoolClient": "its id and secret change: applications must be given the new ones",
    "AWS::DirectConnect::DirectConnectGateway": "virtual interfaces and associations must be made anew",
    "AWS::EC2::ClientVpnEndpoint": "its DNS name changes: clients must be given a new configuration",
    "AWS::EC2::Instance": "its addresses and what is on its own disks change",
    "AWS::EC2::NatGateway": "connections through it end",
    "AWS::EC2::NetworkInterface": "its addresses change",
    "AWS::EC2::TransitGateway": "its attachments, and the shares of other accounts, must be made anew",
    "AWS::EC2::VPC": "everything in it is replaced too",
    "AWS::EC2::VPCEndpointService": "its name changes: consumers must connect anew",
    "AWS::EC2::VPCPeeringConnection": "it must be accepted anew, and routes elsewhere lead nowhere",
    "AWS::EC2::VPNConnection": "its tunnels have new addresses and keys: the device at the site must be set up anew",
    "AWS::EC2::VPNGateway": "its connections and virtual interfaces must be made anew",
    "AWS::ElasticLoadBalancing::LoadBalancer": "its DNS name changes: records elsewhere must follow",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "its DNS name and addresses change: records elsewhere must follow",
    "AWS::Events::EventBus": "its ARN changes: rules and permissions of others lead nowhere",
    "AWS::GlobalAccelerator::Accelerator": "its addresses change",
    "AWS::IAM::Role": "policies elsewhere that name it no longer mean it, even if its name stays",
    "AWS::IAM::User": "its access keys go with it",
    "AWS::Lambda::Url": "its URL changes",
    "AWS::Route53::HostedZone": "its name servers change: the parent zone's delegation must follow",
    "AWS::Route53Resolver::ResolverEndpoint": "its addresses change: forwarders elsewhere must follow",
    "AWS::SNS::Topic": "its ARN changes, and subscriptions made elsewhere go with it",
    "AWS::StepFunctions::StateMachine": "its ARN changes, and executions end",
    "AWS::Transfer::Server": "its host name and keys change",
}
"""What a replacement changes for others, by type."""

MADE_ANEW = frozenset({"AWS::ApiGateway::Deployment", "AWS::ApiGatewayV2::Deployment", "AWS::Lambda::Version"})
"""Types whose new logical id is how they are released."""
