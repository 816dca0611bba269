"""The key by which an API knows its distribution: in a secret, sent by CloudFront, and rotated."""

from pathlib import Path

from aws_cdk import Aws, Duration, Names, RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from patterns.building_blocks.edge_distribution import EdgeDistribution
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource

HEADER = "X-API-Key"
TAG = "RotatedFor"
"""The tag of keys that rotations made, by which IAM tells them from all others of the account."""
HANDLER = Path(__file__).parent / "handler"


class OriginKey(Construct):
    """A secret that is an API's key, which templates only refer to.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        settings: The key and the topic.

    Attributes:
        secret (secretsmanager.Secret): The secret.
        api_key (apigateway.ApiKey): The first key; rotations make others.

    Source: https://aws.amazon.com/developer/application-security-performance/articles/origin-cloaking
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self.secret = secretsmanager.Secret(
            self,
            "Secret",
            description="The key that CloudFront sends to the API",
            encryption_key=settings.encryption_key,
            removal_policy=RemovalPolicy.RETAIN,
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
        )
        self.api_key = apigateway.ApiKey(self, "ApiKey", description="CloudFront's, at first", value=self.reference)

    @property
    def reference(self) -> str:
        """The value as templates have it: {{resolve:secretsmanager:...}}, which CloudFormation looks up."""
        return self.secret.secret_value.unsafe_unwrap()

    def rotate(
        self, plan: apigateway.UsagePlan, edge: EdgeDistribution, every: Duration
    ) -> tuple[lambda_.Function, list[cloudwatch.Alarm]]:
        """Rotate the key, first when the stack is deployed.

        Args:
            plan: The usage plan whose keys the API takes.
            edge: The distribution that sends the key.
            every: How often.

        Returns:
            The function that does so, and its alarms.
        """
        prefix = Names.unique_resource_name(self, max_length=64, separator="-")
        made = LambdaFunction(
            self,
            "Rotate",
            description="Rotates the key that CloudFront sends to the API",
            code=python_code(self, HANDLER, runtime=PYTHON, architecture=lambda_.Architecture.ARM_64),
            handler="origin_key.index.handler",
            timeout=Duration.minutes(1),
            environment={
                "USAGE_PLAN": plan.usage_plan_id,
                "DISTRIBUTION": edge.distribution.distribution_id,
                "KEY_NAME": prefix,
            },
            settings=self._settings,
        )
        made.acknowledge_no_dead_letter_configuration(
            "Secrets Manager invokes it step by step, tries a failed rotation again, and an alarm tells of it."
        )
        made.permit(edge.update_statements())
        self._permit_keys(made, plan, prefix)
        self._schedule(made, every)
        return made.function, made.alarms

    @staticmethod
    def _permit_keys(made: LambdaFunction, plan: apigateway.UsagePlan, prefix: str) -> None:
        """Let it make keys of its own, put them into the plan and take them out, and delete none but its own.

        Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-iam-policy.html
        """
        gateway = f"arn:{Aws.PARTITION}:apigateway:{Aws.REGION}::"
        keys = f"{gateway}/usageplans/{plan.usage_plan_id}/keys"
        one, of_account = f"{keys}/*", f"{gateway}/apikeys/*"
        # A key that is made with a tag has no id yet when IAM is asked whether it may be tagged.
        tags = f"{gateway}/tags/arn%3A{Aws.PARTITION}%3Aapigateway%3A{Aws.REGION}%3A%3A%2Fapikeys%2F*"
        own = {f"aws:ResourceTag/{TAG}": prefix}
        made.permit(
            [
                iam.PolicyStatement(actions=["apigateway:GET", "apigateway:POST"], resources=[keys]),
                iam.PolicyStatement(actions=["apigateway:DELETE"], resources=[one]),
                iam.PolicyStatement(actions=["apigateway:POST"], resources=[f"{gateway}/apikeys"]),
                iam.PolicyStatement(actions=["apigateway:PUT"], resources=[tags]),
                iam.PolicyStatement(
                    actions=["apigateway:DELETE"], resources=[of_account], conditions={"StringEquals": own}
                ),
            ]
        )
        for arn, reason in (
            (one, "The keys of one usage plan: which a rotation makes is not known before it."),
            (of_account, "Ids of API keys are not chosen: it deletes those that have its tag, which it made itself."),
            (tags, "Ids of API keys are not chosen: it tags those that it makes."),
        ):
            acknowledge_wildcard_resource(made.role, arn, reason)

    def _schedule(self, made: LambdaFunction, every: Duration) -> None:
        """Not `add_rotation_schedule`, which changes the policy of a key that may be another stack's."""
        made.permit(
            [
                iam.PolicyStatement(
                    actions=[
                        "secretsmanager:DescribeSecret",
                        "secretsmanager:GetSecretValue",
                        "secretsmanager:PutSecretValue",
                        "secretsmanager:UpdateSecretVersionStage",
                    ],
                    resources=[self.secret.secret_arn],
                )
            ]
        )
        key = self._settings.encryption_key
        if key is not None:
            made.permit([iam.PolicyStatement(actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[key.key_arn])])
        days = int(every.to_days())
        permission = lambda_.CfnPermission(
            self,
            "MayRotate",
            action="lambda:InvokeFunction",
            function_name=made.function.function_arn,
            principal="secretsmanager.amazonaws.com",
            source_account=Aws.ACCOUNT_ID,
            source_arn=self.secret.secret_arn,
        )
        schedule = secretsmanager.CfnRotationSchedule(
            self,
            "Rotation",
            secret_id=self.secret.secret_arn,
            rotation_lambda_arn=made.function.function_arn,
            rotation_rules=secretsmanager.CfnRotationSchedule.RotationRulesProperty(
                schedule_expression="rate(1 day)" if days == 1 else f"rate({days} days)"
            ),
        )
        # The first rotation is that of the deployment.
        schedule.node.add_dependency(permission, made.role)
