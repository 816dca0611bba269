"""TLS between the proxies of a mesh: the role by which Amazon ECS has certificates issued, and keeps their keys."""

from aws_cdk import Stack
from aws_cdk import aws_acmpca as acmpca
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from patterns.building_blocks.same_region import check_arn
from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource

_SECRETS = "secret:ecs-sc!*"


def check_private_ca(scope: Construct, private_ca: acmpca.ICertificateAuthority | None) -> None:
    """Refuse a certificate authority of another Region.

    Args:
        scope: A construct of the stack that uses it.
        private_ca: The authority; None passes.

    Raises:
        ValueError: If its ARN is none, or of another Region.
    """
    if private_ca is not None:
        check_arn("private_ca", scope, private_ca.certificate_authority_arn)


class MeshTls(Construct):
    """The certificates of a mesh, issued by a private certificate authority.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        private_ca: The certificate authority.
        encryption_key: The key that encrypts private keys. None: a key of Secrets Manager.

    Attributes:
        role (iam.Role): What Amazon ECS may do for certificates.
        configuration (ecs.ServiceConnectTlsConfiguration): What each service is told.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-tls.html; what
    the role is for: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        private_ca: acmpca.ICertificateAuthority,
        encryption_key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("ecs.amazonaws.com"),
            description="Has certificates of the mesh issued, and keeps their keys",
        )
        self.policy = iam.Policy(self, "Certificates", roles=[self.role], statements=self._statements(private_ca))
        secrets = Stack.of(self).format_arn(service="secretsmanager", resource=_SECRETS)
        acknowledge_wildcard_resource(
            self.policy, secrets, "Amazon ECS names the secrets of its certificates, all with this beginning."
        )
        if encryption_key is not None:
            # By exact names: `grant_encrypt_decrypt` grants wildcards, and what encrypts under another key.
            encryption_key.grant(
                self.role,
                "kms:Decrypt",
                "kms:Encrypt",
                "kms:GenerateDataKey",
                "kms:GenerateDataKeyPair",
                "kms:GenerateDataKeyPairWithoutPlaintext",
                "kms:GenerateDataKeyWithoutPlaintext",
            )
        self.configuration = ecs.ServiceConnectTlsConfiguration(
            aws_pca_authority_arn=private_ca.certificate_authority_arn, kms_key=encryption_key, role=self.role
        )

    def _statements(self, private_ca: acmpca.ICertificateAuthority) -> list[iam.PolicyStatement]:
        stack = Stack.of(self)
        secrets = stack.format_arn(service="secretsmanager", resource=_SECRETS)
        template = f"arn:{stack.partition}:acm-pca:::template/EndEntityCertificate/V1"
        return [
            iam.PolicyStatement(
                sid="CreatesSecrets",
                actions=["secretsmanager:CreateSecret", "secretsmanager:TagResource"],
                resources=[secrets],
                conditions={"StringEquals": {"aws:RequestTag/AmazonECSManaged": "true"}},
            ),
            iam.PolicyStatement(
                sid="RotatesSecrets",
                actions=[
                    "secretsmanager:DeleteSecret",
                    "secretsmanager:DescribeSecret",
                    "secretsmanager:GetSecretValue",
                    "secretsmanager:PutSecretValue",
                    "secretsmanager:RotateSecret",
                    "secretsmanager:UpdateSecret",
                    "secretsmanager:UpdateSecretVersionStage",
                ],
                resources=[secrets],
            ),
            iam.PolicyStatement(
                sid="ReadsCertificates",
                actions=[
                    "acm-pca:DescribeCertificateAuthority",
                    "acm-pca:GetCertificate",
                    "acm-pca:GetCertificateAuthorityCertificate",
                ],
                resources=[private_ca.certificate_authority_arn],
            ),
            iam.PolicyStatement(
                sid="IssuesCertificates",
                actions=["acm-pca:IssueCertificate"],
                resources=[private_ca.certificate_authority_arn],
                conditions={"StringEquals": {"acm-pca:TemplateArn": template}},
            ),
        ]
