"""What a request costs is followed from the front door to what answers it."""

from typing import Any

import pytest

from patternkit.catalog.costs.by_request import by_million

API = {"Type": "AWS::ApiGateway::RestApi"}


def method(uri: Any, kind: str = "AWS") -> dict[str, Any]:
    return {"Type": "AWS::ApiGateway::Method", "Properties": {"Integration": {"Type": kind, "Uri": uri}}}


def arn(service: str, *parts: Any) -> dict[str, Any]:
    return {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":apigateway:{{region}}:{service}:", *parts]]}


def function(memory: int = 1024, architecture: str = "arm64") -> dict[str, Any]:
    return {"Type": "AWS::Lambda::Function", "Properties": {"MemorySize": memory, "Architectures": [architecture]}}


def bill(**resources: dict[str, Any]) -> dict[str, float]:
    return {line.what: line.usd for line in by_million([{"Resources": resources}]).lines}


def test_a_function_behind_an_api_is_paid_by_request_time_and_log() -> None:
    found = bill(
        Api=API, Method=method(arn("lambda", {"Fn::GetAtt": ["Answer", "Arn"]}), "AWS_PROXY"), Answer=function()
    )
    assert found == {
        "Request to a REST API": 3.5,
        "Request to a function": 0.2,
        "GB-second of a function, ARM64": pytest.approx(0.1 * 13.3334),
        "GB written to CloudWatch Logs": pytest.approx(0.25),
    }


def test_a_function_is_found_by_its_alias_and_others_are_not_on_the_way() -> None:
    alias = {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Answer"}}}
    found = bill(
        Api=API,
        Method=method(arn("lambda", {"Ref": "Alias"}), "AWS_PROXY"),
        Alias=alias,
        Answer=function(),
        Other=function(9999),
    )
    assert found["GB-second of a function, ARM64"] == pytest.approx(0.1 * 13.3334)


@pytest.mark.parametrize(
    ("service", "what", "usd"),
    [
        ("sqs", "Request to a standard queue", 0.4),
        ("sns", "Message to a standard topic", 0.5),
        ("events", "Event on an event bus", 1),
    ],
)
def test_a_service_behind_an_api_is_paid_by_request(service: str, what: str, usd: float) -> None:
    assert bill(Api=API, Method=method(arn(service, "action"))) == {"Request to a REST API": 3.5, what: usd}


def test_a_fifo_queue_costs_more() -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": True}}
    found = bill(Api=API, Method=method(arn("sqs", {"Fn::GetAtt": ["Queue", "QueueName"]})), Queue=queue)
    assert found["Request to a FIFO queue"] == 0.5


def test_executions_of_a_state_machine_are_not_known() -> None:
    made = by_million([{"Resources": {"Api": API, "Method": method(arn("states", "action"))}}])
    assert made.unknown == ("executions of the state machine",)


@pytest.mark.parametrize("kind", ["AWS::ApiGatewayV2::Api", "AWS::AppSync::GraphQLApi"])
def test_a_front_door_without_a_price_is_not_free(kind: str) -> None:
    made = by_million([{"Resources": {"Front": {"Type": kind}}}])
    assert made.lines == ()
    assert len(made.unknown) == 1


@pytest.mark.parametrize("associated", ["", "FunctionAssociations", "LambdaFunctionAssociations"])
def test_the_edge_is_paid_by_request_and_its_functions_are_not_known(associated: str) -> None:
    behavior = {associated: [{"EventType": "viewer-request"}]} if associated else {}
    config = {"DefaultCacheBehavior": {}, "CacheBehaviors": [behavior]}
    front = {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": config}}
    made = by_million([{"Resources": {"Front": front}}])
    assert [(line.number, line.usd) for line in made.lines] == [(1, 1.0)]
    assert made.unknown == (("runs of functions at the edge",) if associated else ())


def test_an_answer_that_api_gateway_makes_up_costs_nothing_more() -> None:
    assert bill(Api=API, Method=method(None, "MOCK")) == {"Request to a REST API": 3.5}


def balanced(kind: str, **more: dict[str, Any]) -> dict[str, float]:
    balancer = {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {}}
    targets = {"TargetType": kind, "Targets": [{"Id": {"Ref": "Answer"}}]}
    return bill(
        Balancer=balancer, Targets={"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": targets}, **more
    )


def test_a_balancer_is_paid_by_the_gigabyte_which_lasts_less_before_a_function() -> None:
    # 11 GB of requests and answers: 11 units, or 27.5 of 0.4 GB.
    what = "Capacity unit of an Application Load Balancer"
    assert balanced("instance") == {what: pytest.approx(11 * 0.008)}
    assert balanced("lambda", Answer=function())[what] == pytest.approx(27.5 * 0.008)
    assert balanced("lambda", Answer=function())["Request to a function"] == 0.2


def test_a_request_divided_between_two_functions_goes_to_one() -> None:
    first, second = ({"TargetType": "lambda", "Targets": [{"Id": {"Ref": name}}]} for name in ("Answer", "Newer"))
    kind = "AWS::ElasticLoadBalancingV2::TargetGroup"
    found = bill(
        First={"Type": kind, "Properties": first},
        Second={"Type": kind, "Properties": second},
        Answer=function(512),
        Newer=function(1024),
    )
    assert found["Request to a function"] == 0.2
    assert found["GB-second of a function, ARM64"] == pytest.approx(0.1 * 13.3334)
