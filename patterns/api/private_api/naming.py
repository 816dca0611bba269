"""A private domain name of an API, and who may use it."""

from aws_cdk import Names
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ram as ram
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from patterns.building_blocks.construct_tree import id_for
from patterns.building_blocks.rest_api.private import PrivateAccess


def private_domain(
    scope: Construct,
    name: str,
    *,
    certificate: acm.ICertificate,
    hosted_zone: route53.IHostedZone | None,
    access: PrivateAccess,
    stage: apigateway.Stage,
) -> apigateway.CfnDomainNameV2:
    """Make a private domain name that leads to a stage, and let the API's endpoints use it.

    An endpoint of another account makes its own access association there, which the share lets it; the policy lets it
    in.

    Args:
        scope: Parent construct.
        name: The name.
        certificate: Its certificate.
        hosted_zone: The private zone of its records; None: no records are made.
        access: The endpoints.
        stage: The stage.

    Returns:
        The domain name.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-custom-domains.html
    """
    domain = apigateway.CfnDomainNameV2(
        scope,
        "Domain",
        domain_name=name,
        certificate_arn=certificate.certificate_arn,
        endpoint_configuration=apigateway.CfnDomainNameV2.EndpointConfigurationProperty(types=["PRIVATE"]),
        policy=access.domain_policy(),
        security_policy="TLS_1_2",
    )
    mapping = apigateway.CfnBasePathMappingV2(
        scope,
        "DomainMapping",
        domain_name_arn=domain.attr_domain_name_arn,
        rest_api_id=stage.rest_api.rest_api_id,
        stage=stage.stage_name,
    )
    mapping.node.add_dependency(stage)
    for endpoint in access.endpoints:
        apigateway.CfnDomainNameAccessAssociation(
            scope,
            id_for("DomainAccess", endpoint),
            access_association_source=endpoint.vpc_endpoint_id,
            access_association_source_type="VPCE",
            domain_name_arn=domain.attr_domain_name_arn,
        )
    if access.accounts:
        # Associating an endpoint of theirs is left to the accounts themselves: AWS lets nobody else do it.
        ram.CfnResourceShare(
            scope,
            "DomainShare",
            name=Names.unique_resource_name(scope, max_length=128, separator="-"),
            resource_arns=[domain.attr_domain_name_arn],
            principals=list(access.accounts),
            allow_external_principals=True,
        )
    made = [one for one in access.endpoints if isinstance(one, ec2.InterfaceVpcEndpoint)]
    if hosted_zone is not None and made:
        target = route53.RecordTarget.from_alias(targets.InterfaceVpcEndpointTarget(made[0]))
        route53.ARecord(scope, "Ipv4", zone=hosted_zone, record_name=f"{name}.", target=target)
    return domain
