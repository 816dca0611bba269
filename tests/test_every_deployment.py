"""A stage of a REST API goes on with the copy that was deployed: what is replaced behind it is deployed anew."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import CfnElement, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk.assertions import Template
from constructs import Construct

from tests.every_template import needs, referred
from tests.siblings import Place, places, said_of

Make = Callable[[Construct, str], Any]


def function(scope: Construct, name: str) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Function",
        function_name=name,
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context):\n    return None\n"),
    )


def alias(scope: Construct, name: str) -> lambda_.Alias:
    return lambda_.Alias(scope, "Alias", alias_name="live", version=function(scope, name).current_version)


def state_machine(scope: Construct, name: str) -> stepfunctions.StateMachine:
    body = stepfunctions.DefinitionBody.from_chainable(stepfunctions.Pass(scope, "Pass"))
    return stepfunctions.StateMachine(scope, "Machine", state_machine_name=name, definition_body=body)


def state_machine_of_kind(scope: Construct, name: str) -> stepfunctions.StateMachine:
    """Of the other type, which replaces it as well."""
    kinds = {"one": stepfunctions.StateMachineType.STANDARD, "two": stepfunctions.StateMachineType.EXPRESS}
    body = stepfunctions.DefinitionBody.from_chainable(stepfunctions.Pass(scope, "Pass"))
    return stepfunctions.StateMachine(scope, "Machine", state_machine_type=kinds[name], definition_body=body)


def load_balancer(scope: Construct, name: str) -> elbv2.ApplicationLoadBalancer:
    return _balancer(scope, zones=2, load_balancer_name=name)


def load_balancer_of_more_zones(scope: Construct, name: str) -> elbv2.ApplicationLoadBalancer:
    return _balancer(scope, zones={"one": 2, "two": 3}[name])


def _balancer(scope: Construct, *, zones: int, **given: Any) -> elbv2.ApplicationLoadBalancer:
    only = ec2.SubnetConfiguration(name="Only", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    vpc = ec2.Vpc(
        scope,
        "Vpc",
        availability_zones=["eu-west-1a", "eu-west-1b", "eu-west-1c"][:zones],
        restrict_default_security_group=False,
        subnet_configuration=[only],
    )
    return elbv2.ApplicationLoadBalancer(scope, "Balancer", vpc=vpc, **given)


REPLACED: dict[Any, list[Make]] = {
    events.IEventBus: [lambda scope, name: events.EventBus(scope, "Bus", event_bus_name=name)],
    elbv2.IApplicationLoadBalancer: [load_balancer, load_balancer_of_more_zones],
    lambda_.Function: [function],
    lambda_.IFunction: [function, alias],
    sns.ITopic: [lambda scope, name: sns.Topic(scope, "Topic", topic_name=name)],
    sqs.IQueue: [lambda scope, name: sqs.Queue(scope, "Queue", queue_name=name)],
    stepfunctions.IStateMachine: [state_machine, state_machine_of_kind],
}
TRIED = [
    pytest.param(place, make, id=f"{place}-{getattr(make, '__name__', 'named').strip('<>')}")
    for place in places()
    if place.pattern.family == "api" and not place.field
    for make in REPLACED.get(place.kind, ())
]


def deployed(place: Place, make: Make, name: str) -> tuple[str, bool]:
    """The deployment of an API, and whether its methods lead to what was given."""
    said, made = said_of(place, lambda scope: make(scope, name))
    if made is None:
        pytest.skip(said)
    stack = Stack.of(made)
    found = Template.from_stack(stack).to_json()["Resources"]
    deployments = [one for one, each in found.items() if each["Type"] == "AWS::ApiGateway::Deployment"]
    if not deployments:
        return "", False
    (deployment,) = deployments
    given = {
        stack.resolve(one.logical_id)
        for one in stack.node.find_all()
        if isinstance(one, CfnElement) and "/Given/" in one.node.path
    }
    methods = [one for one, each in found.items() if each["Type"] == "AWS::ApiGateway::Method"]
    direct = {each for one in methods for each in referred(found[one]["Properties"]["Integration"])}
    links = {each for each in direct if found.get(each, {}).get("Type") == "AWS::ApiGatewayV2::VpcLink"}
    behind = direct | {each for one in links for each in needs(found, one)}
    return deployment, bool(given & behind)


@pytest.mark.parametrize(("place", "make"), TRIED)
def test_what_is_replaced_behind_a_method_is_deployed_anew(place: Place, make: Make) -> None:
    """Else the stage goes on calling what CloudFormation deletes, and a VPC link that is called cannot be deleted.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html
    """
    one, leads = deployed(place, make, "one")
    other, _ = deployed(place, make, "two")
    assert not leads or one != other


def test_methods_lead_to_each_kind_somewhere() -> None:
    found = {
        place.kind
        for place in (each.values[0] for each in TRIED)
        if isinstance(place, Place) and deployed(place, REPLACED[place.kind][0], "one")[1]
    }
    assert json.dumps(sorted(str(one) for one in REPLACED.keys() - found)) == "[]"
