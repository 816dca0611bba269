from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from patterns.events.approval_workflow import ApprovalWorkflow


class ApprovalWorkflowStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        self.approval_workflow = ApprovalWorkflow(self, "ApprovalWorkflow", **options)
        CfnOutput(self, "Workflow", value=self.approval_workflow.workflow.state_machine_arn)
        CfnOutput(self, "Approvers", value=self.approval_workflow.approvers.topic_arn)
