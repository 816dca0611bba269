"""Values of arguments that the example leaves out, where a resource is passed in one of their fields."""

from aws_cdk import aws_lambda as lambda_

from patterns.events.approval_workflow import Step


def steps(function: lambda_.IFunction) -> list[Step]:
    return [Step(name="Charge", does=function, undoes=function)]
