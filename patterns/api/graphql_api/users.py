"""Who signs in: a user pool that administrators invite to, with a group for each that the schema names."""

from collections.abc import Sequence

from aws_cdk import Acknowledgment, Duration, RemovalPolicy, Validations
from aws_cdk import aws_cognito as cognito
from constructs import Construct


class Users(Construct):
    """A user pool.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        groups: The groups that it has.

    Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-user-groups.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, groups: Sequence[str]) -> None:
        super().__init__(scope, construct_id)
        self.pool = cognito.UserPool(
            self,
            "Pool",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            mfa=cognito.Mfa.REQUIRED,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                min_length=14,
                require_digits=True,
                require_lowercase=True,
                require_symbols=True,
                require_uppercase=True,
                temp_password_validity=Duration.days(3),
            ),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.client = self.pool.add_client(
            "Client",
            auth_flows=cognito.AuthFlow(user_srp=True),
            disable_o_auth=True,
            generate_secret=False,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            # Who is taken out of a group keeps it until the token ends.
            access_token_validity=Duration.minutes(15),
            id_token_validity=Duration.minutes(15),
            refresh_token_validity=Duration.days(1),
        )
        self.groups = [
            # A slash would end an id; no name of a group has a space.
            cognito.CfnUserPoolGroup(
                self, f"Group{one.replace('/', ' ')}", user_pool_id=self.pool.user_pool_id, group_name=one
            )
            for one in groups
        ]
        for group in self.groups:
            # Who is in a group is known to it alone, and the pool outlives the stack.
            group.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        Validations.of(self.pool).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-COG8",
                reason="Threat protection needs the Plus plan, which is paid for by the user; everybody needs a "
                "second factor here, and a pool with another plan can be passed in.",
            )
        )
