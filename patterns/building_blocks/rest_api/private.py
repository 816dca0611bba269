"""REST APIs that only VPC endpoints reach."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam


@dataclass(frozen=True, slots=True)
class PrivateAccess:
    """The VPC endpoints that alone reach an API.

    Attributes:
        endpoints: The endpoints whose names lead to the API, of this account.
        admitted: Endpoints that are let in too, of whichever account.
        signed: Whether callers sign their requests, so that AWS IAM knows who they are.
        accounts: Other accounts whose callers are let in, where callers sign.
    """

    endpoints: Sequence[ec2.IVpcEndpoint]
    admitted: Sequence[ec2.IVpcEndpoint] = ()
    signed: bool = False
    accounts: Sequence[str] = ()

    def endpoint_configuration(self) -> apigateway.EndpointConfiguration:
        """The API's endpoints: with each, AWS makes a name of the API there, which needs no private DNS."""
        return apigateway.EndpointConfiguration(
            types=[apigateway.EndpointType.PRIVATE], vpc_endpoints=list(self.endpoints) or None
        )

    def api_policy(self) -> iam.PolicyDocument:
        """The API's policy. Callers that sign are left to the policies of their accounts.

        "*" would let in whoever signs in the API's own account, with or without a permission: there, the policy of the
        API or that of the caller is enough.

        Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
        """
        if not self.signed:
            return self._policy([iam.AnyPrincipal()])
        accounts = (Aws.ACCOUNT_ID, *self.accounts)
        return self._policy([iam.ArnPrincipal(f"arn:{Aws.PARTITION}:iam::{one}:root") for one in accounts])

    def domain_policy(self) -> iam.PolicyDocument:
        """The policy of a private domain name. Who is calling is asked by the API behind it.

        Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-custom-domains.html
        """
        return self._policy([iam.AnyPrincipal()])

    def _policy(self, callers: Sequence[iam.IPrincipal]) -> iam.PolicyDocument:
        """Whoever comes by another way is denied, whatever else lets them in.

        Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
        """
        known = list(dict.fromkeys(one.vpc_endpoint_id for one in (*self.endpoints, *self.admitted)))
        every = ["execute-api:/*"]
        return iam.PolicyDocument(
            statements=[
                iam.PolicyStatement(
                    sid="DenyOtherEndpoints",
                    effect=iam.Effect.DENY,
                    principals=[iam.AnyPrincipal()],
                    actions=["execute-api:Invoke"],
                    resources=every,
                    conditions={"StringNotEquals": {"aws:SourceVpce": known}},
                ),
                iam.PolicyStatement(
                    sid="AllowEndpoints",
                    principals=list(callers),
                    actions=["execute-api:Invoke"],
                    resources=every,
                    conditions={"StringEquals": {"aws:SourceVpce": known}},
                ),
            ]
        )
