"""A workflow that works on orders step by step, after a person has approved them by a signed link."""

from patterns.events.approval_workflow.construct import ApprovalWorkflow
from patterns.events.approval_workflow.steps import Step

__all__ = ["ApprovalWorkflow", "Step"]
