"""The API that an approver's link leads to."""

from pathlib import Path

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.encryption_key import key_statement, table_key_statement
from patterns.building_blocks.lambda_function import PYTHON, EnvironmentVariables, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.rest_api.access import Callers
from patterns.building_blocks.rest_api.api import RestApi
from patterns.building_blocks.rest_api.exposure import Exposure
from patterns.building_blocks.rest_api.front import Logging
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource

HANDLER = Path(__file__).parent / "handler"
_SYNCHRONOUS = "API Gateway invokes it synchronously and tells the caller of a failure: no event is left to keep."


class Decisions(RestApi):
    """An API with one path, which shows an order and takes a decision from whoever has a signed link.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        link_key: The key that signs links.
        table: The records of approvals.
        kept: How long a record is kept after its link has expired.
        exposure: The limits, the filter and the domain name of the API.
        logging: Its logs beside the access log.
        settings: The settings that cut across it.

    Attributes:
        link_url (str): What a link begins with.
        authorizer (lambda_.Function): The function that checks links.
        function (lambda_.Function): The function that takes decisions.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        link_key: kms.IKey,
        table: dynamodb.ITable,
        kept: Duration,
        exposure: Exposure,
        logging: Logging,
        settings: Settings,
    ) -> None:
        checks = approval_function(
            scope,
            "Authorize",
            "Checks the links of approvals",
            {"LINK_KEY": link_key.key_arn},
            settings,
            invoked=_SYNCHRONOUS,
        )
        checks.permit([key_statement(link_key, "kms:VerifyMac")])
        super().__init__(
            scope,
            construct_id,
            description="Takes decisions about orders",
            callers=Callers(
                "function",
                (),
                (),
                checks.function,
                None,
                None,
                identity=apigateway.IdentitySource.query_string("token"),
                # The policy is for one method, and a link may expire at any moment.
                decisions_kept=Duration.seconds(0),
            ),
            exposure=exposure,
            logging=logging,
            settings=settings,
        )
        takes = approval_function(
            self,
            "Decide",
            "Shows orders to approvers and takes their decisions",
            {"TABLE_NAME": table.table_name, "KEPT_SECONDS": f"{kept.to_seconds():.0f}"},
            settings,
            invoked=_SYNCHRONOUS,
        )
        takes.permit(table_statements(table))
        permit_answers(takes)
        self.authorizer, self.function = checks.function, takes.function
        self._answer()
        self.link_url = self._url("/decision")
        self.alarms += [*checks.alarms, *takes.alarms]
        self._alarm(
            "ServerErrors",
            metric=self._stage.metric_server_error(statistic="Sum", period=FIVE_MINUTES),
            description="An approver was answered with a status from 500: read the logs of the API's functions.",
        )

    def _answer(self) -> None:
        resource = self.api.root.add_resource("decision")
        validator = self.api.add_request_validator(
            "Requests", validate_request_body=True, validate_request_parameters=True
        )
        for method in ("GET", "POST"):
            self._add_method(
                resource,
                method,
                apigateway.LambdaIntegration(self.function, allow_test_invoke=False),
                request_parameters={"method.request.querystring.token": True},
                request_validator=validator,
            )


def approval_function(
    scope: Construct,
    construct_id: str,
    description: str,
    environment: EnvironmentVariables,
    settings: Settings,
    *,
    invoked: str,
) -> LambdaFunction:
    """Make a function of the catalog's code.

    Args:
        scope: Parent construct.
        construct_id: Construct id, which names the function's module.
        description: What it does.
        environment: Its environment variables.
        settings: The settings that cut across it.
        invoked: Why it needs no dead letters, in a full sentence.

    Returns:
        The function.
    """
    architecture = lambda_.Architecture.ARM_64
    made = LambdaFunction(
        scope,
        construct_id,
        description=description,
        code=python_code(scope, HANDLER, runtime=PYTHON, architecture=architecture),
        handler=f"approvals.{construct_id.lower()}.handler",
        architecture=architecture,
        environment=environment,
        settings=settings,
        timeout=Duration.seconds(20),
    )
    made.acknowledge_no_dead_letter_configuration(invoked)
    return made


def table_statements(table: dynamodb.ITable) -> list[iam.PolicyStatement]:
    """Say what a role needs to read and write records of approvals.

    Args:
        table: Their table.

    Returns:
        The statements.
    """
    statements = [iam.PolicyStatement(actions=["dynamodb:GetItem", "dynamodb:UpdateItem"], resources=[table.table_arn])]
    if table.encryption_key is not None:
        statements.append(table_key_statement(table.encryption_key))
    return statements


def permit_answers(function: LambdaFunction) -> None:
    """Let a function answer a waiting workflow.

    Args:
        function: The function.
    """
    function.permit([iam.PolicyStatement(actions=["states:SendTaskSuccess"], resources=["*"])])
    acknowledge_wildcard_resource(
        function.role,
        "*",
        "IAM names no resource for answers to tasks: the task token, which nobody guesses, says which one.",
    )
