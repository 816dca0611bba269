"""The two versions that a release is shown with when it is given none."""

from aws_cdk import Duration
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patterns.building_blocks.lambda_function import LambdaFunction
from patterns.building_blocks.settings import Settings
from patterns.web.load_balancing.function_target import function_targets


class ExampleVersion(Construct):
    """A function that answers with its own name.

    Args:
        scope: Parent construct.
        construct_id: Construct id, and the answer.
        settings: The retention and key of its log, and the topic of its alarms.
        edge: Whether the load balancer is the internal one behind Amazon CloudFront.

    Attributes:
        targets (elbv2.ApplicationTargetGroup): The function, as a load balancer sees it.
        alarms (list[cloudwatch.Alarm]): Its alarms.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        edge: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        made = LambdaFunction(
            self,
            "Answer",
            description=f"Answers as the {construct_id.lower()} version",
            code=lambda_.Code.from_inline(
                "def handler(event, context):\n"
                "    headers = {'Content-Type': 'text/plain'}\n"
                f"    return {{'statusCode': 200, 'headers': headers, 'body': '{construct_id.lower()}'}}\n"
            ),
            handler="index.handler",
            settings=settings,
        )
        made.acknowledge_no_dead_letter_configuration(
            "The load balancer invokes it synchronously and tells the client of a failure: no event is "
            "left that could be kept."
        )
        self.alarms = made.alarms
        self.targets: elbv2.ApplicationTargetGroup = function_targets(
            self,
            made.function,
            multi_value_headers=False,
            health_check_path="/",
            health_check_interval=Duration.seconds(35),
            edge=edge,
        )
