"""What requests cost on top of what stands, followed from the front doors of a template to what answers."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from patternkit.catalog.costs.bill import Bill, Counter, Template, of_type, properties, referenced
from patternkit.catalog.costs.prices import price_table

MILLION = 1_000_000
_GIGABYTE = 1e9
LEFT_OUT = (
    "data transferred out to the internet, the same for all",
    "traces, detailed metrics and the storage of logs",
    "what works on messages and events later",
    "more instances and tasks than the fewest, which stand by the hour",
)
"""What the cost of a million requests leaves out."""


_NOT_PRICED = {
    "AWS::ApiGatewayV2::Api": "requests, messages and connections of the API",
    "AWS::AppSync::GraphQLApi": "requests and messages of the API",
}
"""Front doors that ask a price for each request, which the price table does not have."""


def requests_explained() -> list[str]:
    """Describe the assumed request, and what its cost leaves out.

    Returns:
        Sentences.
    """
    request = price_table().request
    taken = (
        f"{request['request_bytes']:,} bytes, its answer {request['response_bytes']:,}, "
        f"{request['function_milliseconds']} ms in a function and {request['log_bytes']} bytes in each log"
    )
    return [f"A request is taken to have {taken}.", f"Left out: {'; '.join(LEFT_OUT)}."]


def by_million(templates: Iterable[Template]) -> Bill:
    """Add up what a million requests cost, each as the price table takes a request to be.

    Args:
        templates: The templates of one app.

    Returns:
        The bill for a million requests, without `LEFT_OUT`.
    """
    counter = Counter()
    for template in templates:
        for price, number in _path(template, counter):
            counter.add(price, number)
    return counter.bill(factor=1)


def _path(template: Template, counter: Counter) -> Iterator[tuple[str, float]]:
    request = counter.table.request
    apis = of_type(template, "AWS::ApiGateway::RestApi")
    functions = set()
    if apis:
        yield "rest-api-request", 1
        if any("AccessLogSetting" in properties(one) for one in of_type(template, "AWS::ApiGateway::Stage").values()):
            yield "log-gb", request["log_bytes"] * MILLION / _GIGABYTE
        # All methods of an API do the same but for their paths: one of each kind is on a request's way.
        for service, integration in {_service(one): one for one in _integrations(template)}.items():
            functions |= _functions(template, referenced(integration.get("Uri")))
            yield from _service_prices(template, service, integration, counter)
    for kind, what in _NOT_PRICED.items():
        if of_type(template, kind):
            counter.miss(what)
    yield from _distributions(template, counter)
    yield from _balancers(template, counter)
    for group in of_type(template, "AWS::ElasticLoadBalancingV2::TargetGroup").values():
        functions |= _functions(template, referenced(properties(group).get("Targets")))
    # Where requests are divided among several, as between two versions, each request goes to one: the dearest.
    dearest = max((_runs(template, name, counter) for name in sorted(functions)), key=_usd(counter), default=[])
    yield from dearest
    if of_type(template, "AWS::WAFv2::WebACLAssociation"):
        yield "web-acl-request", 1


def _distributions(template: Template, counter: Counter) -> Iterator[tuple[str, float]]:
    """What each request costs at the edge, as if none were answered from a cache."""
    distributions = of_type(template, "AWS::CloudFront::Distribution").values()
    if not distributions:
        return
    yield "distribution-request", 1
    configs = (properties(one).get("DistributionConfig", {}) for one in distributions)
    behaviors = [one for each in configs for one in (each.get("DefaultCacheBehavior"), *each.get("CacheBehaviors", ()))]
    if any(one.get("FunctionAssociations") or one.get("LambdaFunctionAssociations") for one in behaviors if one):
        counter.miss("runs of functions at the edge")


def _usd(counter: Counter) -> Any:
    def key(priced: list[tuple[str, float]]) -> float:
        return sum(counter.table.prices[name].usd * number for name, number in priced)

    return key


def _integrations(template: Template) -> Iterator[Mapping[str, Any]]:
    for method in of_type(template, "AWS::ApiGateway::Method").values():
        integration = properties(method).get("Integration", {})
        if integration.get("Type") not in (None, "MOCK"):
            yield integration


def _service(integration: Mapping[str, Any]) -> str:
    text = str(integration.get("Uri"))
    services = ("lambda", "sqs", "sns", "events", "states")
    return next(
        (one for one in services if f":{one}:" in text), "another service" if ":apigateway:" in text else "http"
    )


def _service_prices(
    template: Template, service: str, integration: Mapping[str, Any], counter: Counter
) -> Iterator[tuple[str, float]]:
    if service == "sqs":
        queues = of_type(template, "AWS::SQS::Queue")
        fifo = any(properties(queues[one]).get("FifoQueue") for one in referenced(integration) if one in queues)
        yield "fifo-queue-request" if fifo else "queue-request", 1
    elif service == "sns":
        yield "topic-request", 1
    elif service == "events":
        yield "event", 1
    elif service == "states":
        counter.miss("executions of the state machine")
    elif service == "another service":
        counter.miss("requests to the service behind the API")


def _balancers(template: Template, counter: Counter) -> Iterator[tuple[str, float]]:
    kinds = {
        properties(one).get("Type", "application")
        for one in of_type(template, "AWS::ElasticLoadBalancingV2::LoadBalancer").values()
    }
    request, unit = counter.table.request, counter.table.capacity_unit
    gigabytes = (request["request_bytes"] + request["response_bytes"]) * MILLION / _GIGABYTE
    if "application" in kinds:
        groups = of_type(template, "AWS::ElasticLoadBalancingV2::TargetGroup").values()
        to_function = any(properties(one).get("TargetType") == "lambda" for one in groups)
        connections = MILLION / request["requests_per_connection"] / unit["connections"]
        yield (
            "application-lcu",
            max(connections, gigabytes / unit["function_gigabytes" if to_function else "gigabytes"]),
        )
    if "network" in kinds:
        yield "network-lcu", gigabytes / unit["gigabytes"]


def _functions(template: Template, names: set[str]) -> set[str]:
    """The functions among resources, also those that an alias or a version leads to."""
    found = set()
    for name in names:
        resource: Mapping[str, Any] = template["Resources"].get(name, {})
        if resource.get("Type") == "AWS::Lambda::Function":
            found.add(name)
        elif resource.get("Type") in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
            found |= _functions(template, referenced(properties(resource).get("FunctionName")))
    return found


def _runs(template: Template, name: str, counter: Counter) -> list[tuple[str, float]]:
    given = properties(template["Resources"][name])
    request = counter.table.request
    seconds = request["function_milliseconds"] / 1000
    memory = float(given.get("MemorySize", 128)) / 1024
    return [
        ("function-request", 1),
        (f"function-gb-second-{given.get('Architectures', ['x86_64'])[0]}", seconds * memory),
        # A line of its own and those that AWS Lambda writes of each invocation.
        ("log-gb", request["log_bytes"] * MILLION / _GIGABYTE),
    ]
