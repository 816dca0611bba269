"""Where what a stack publishes answers on this machine, each with a call that works as it is printed.

The names that AWS gives (`https://ID.execute-api.REGION.amazonaws.com`) lead to AWS. Here an API, a function URL and a
load balancer answer below a path of the local cloud, and a distribution by its own name in the `Host` header.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from patternkit.localcloud.report import Resource

Kind = TypeVar("Kind")
PARAMETER = re.compile(r"\{[^}]*\}")
API_NAME = re.compile(r"(https?|wss?)://([a-z0-9]+)(?:-vpce-[a-z0-9]+)?\.execute-api\.[^/\s]+(/\S*)?")
GRAPHQL_NAME = re.compile(r"https://([a-z0-9]+)\.appsync-api\.[^/\s]+/graphql")
URL_NAME = re.compile(r"https?://([a-z0-9]+)\.lambda-url\.[^/\s]+(/\S*)?")
OF_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".on.aws", ".api.aws", ".cloudfront.net")
"""Ends of the names that a distribution of the local cloud does not ask, lest a call reach AWS."""
HANDSHAKE = (
    "--http1.1 --max-time 5 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' "
    "-H 'Sec-WebSocket-Key: cGF0dGVybmtpdC1sb2NhbA=='"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Something of a stack that answers.

    Attributes:
        logical_id: The resource that publishes it.
        type: Its type.
        url: Where it answers.
        call: A command for the shell that gets an answer.
        note: What must be known to call it; may be empty.
    """

    logical_id: str
    type: str
    url: str
    call: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """How this run is called.

    Attributes:
        endpoint: The local cloud's URL.
        region: Whose signatures are made.
        key_file: A file for `curl --config` that holds the key; only its owner can read it.
        authority: The certificate authority to trust, with TLS.
    """

    endpoint: str
    region: str
    key_file: Path
    authority: Path | None

    def curl(self, url: str, *options: str, sign_for: str | None = None, method: str = "GET") -> str:
        """Return the command line of a call."""
        parts = ["curl", *options]
        if self.authority:
            parts += ["--cacert", shlex.quote(str(self.authority))]
        if sign_for:
            # The key is in a file: on a command line every user of the machine could read it.
            parts += ["--config", shlex.quote(str(self.key_file))]
            parts += ["--aws-sigv4", f"aws:amz:{self.region}:{sign_for}"]
        if method not in ("GET", "ANY"):
            parts += ["-X", method]
        return " ".join([*parts, shlex.quote(url)])


def addresses(resources: Sequence[Resource], client: Callable[[str], Any], caller: Caller) -> tuple[Address, ...]:
    """Return where the resources of a stack answer.

    Args:
        resources: What was deployed.
        client: Gives the client for a service, in the stack's account and region.
        caller: How this run is called.
    """
    kinds: Mapping[str, Callable[[Resource, Callable[[str], Any], Caller], Iterator[Address]]] = {
        "AWS::ApiGateway::Stage": _rest,
        "AWS::ApiGatewayV2::Stage": _http,
        "AWS::AppSync::GraphQLApi": _graphql,
        "AWS::Lambda::Url": _function_url,
        "AWS::CloudFront::Distribution": _distribution,
        "AWS::ElasticLoadBalancingV2::LoadBalancer": _load_balancer,
    }
    found: list[Address] = []
    for resource in resources:
        if resource.type in kinds:
            try:
                found += kinds[resource.type](resource, client, caller)
            except (ClientError, BotoCoreError, KeyError, TypeError):
                continue  # what its own service does not know cannot be called
    return tuple(found)


def _rest(resource: Resource, client: Callable[[str], Any], caller: Caller) -> Iterator[Address]:
    api, stage = (resource.provisioned.properties[name] for name in ("RestApiId", "StageName"))
    base = f"{caller.endpoint}/restapis/{api}/{stage}/_user_request_"
    service = client("apigateway")
    methods = [
        (item["path"], name, method)
        for item in service.get_resources(restApiId=api, limit=500, embed=["methods"])["items"]
        for name, method in (item.get("resourceMethods") or {}).items()
        if name != "OPTIONS"
    ]
    for (kind, by_key), (path, name, method) in _one_of_each(methods, _guard):
        note = _token(kind)
        query, headers = _required(method)
        if by_key and (keys := service.get_api_keys(includeValues=True)["items"]):
            headers.append(f"x-api-key: {keys[0]['value']}")
        options = [part for header in headers for part in ("-H", shlex.quote(header))]
        url = base + PARAMETER.sub("1", path) + query
        call = caller.curl(url, *options, sign_for="execute-api" if kind == "AWS_IAM" else None, method=name)
        yield Address(logical_id=resource.logical_id, type="REST API", url=f"{base}/", call=call, note=note)


def _guard(method: tuple[str, str, Mapping[str, Any]]) -> tuple[str, bool]:
    """What a method asks of its callers: the kind of authorization, and whether an API key too."""
    return method[2].get("authorizationType", "NONE"), bool(method[2].get("apiKeyRequired"))


def _required(method: Mapping[str, Any]) -> tuple[str, list[str]]:
    """What a request must have: its query string, and headers."""
    needed = [name.split(".")[2:] for name, required in (method.get("requestParameters") or {}).items() if required]
    query = "&".join(f"{'.'.join(rest)}=1" for place, *rest in needed if place == "querystring")
    headers = [f"{'.'.join(rest)}: 1" for place, *rest in needed if place == "header"]
    return query and f"?{query}", headers


def _http(resource: Resource, client: Callable[[str], Any], caller: Caller) -> Iterator[Address]:
    properties = resource.provisioned.properties
    api, stage = properties["ApiId"], properties["StageName"]
    service = client("apigatewayv2")
    base = f"{caller.endpoint}/_aws/execute-api/{api}"
    routes = service.get_routes(ApiId=api)["Items"]
    if service.get_api(ApiId=api)["ProtocolType"] == "WEBSOCKET":
        url = f"{base}/{stage}"
        socket = re.sub(r"^http", "ws", url)
        connect = [route for route in routes if route["RouteKey"] == "$connect"]
        signed = "execute-api" if connect and connect[0].get("AuthorizationType") == "AWS_IAM" else None
        call = caller.curl(url, "-i", HANDSHAKE, sign_for=signed)
        note = f"curl shows the handshake, 101, for five seconds; to talk: npx wscat -c {socket}"
        yield Address(logical_id=resource.logical_id, type="WebSocket API", url=socket, call=call, note=note)
        return
    base = base if stage == "$default" else f"{base}/{stage}"
    for kind, route in _one_of_each(routes, lambda each: each.get("AuthorizationType", "NONE")):
        method, _, path = route["RouteKey"].partition(" ")
        url = base + (PARAMETER.sub("1", path) or "/")
        method = "GET" if method == "$default" else method
        call = caller.curl(url, sign_for="execute-api" if kind == "AWS_IAM" else None, method=method)
        yield Address(logical_id=resource.logical_id, type="HTTP API", url=f"{base}/", call=call, note=_token(kind))


def _graphql(resource: Resource, client: Callable[[str], Any], caller: Caller) -> Iterator[Address]:
    api = resource.physical_id.rpartition("/")[2]
    url = f"{caller.endpoint}/v1/apis/{api}/graphql"
    keys = client("appsync").list_api_keys(apiId=api)["apiKeys"]
    key = ("-H", shlex.quote(f"x-api-key: {keys[0]['id']}")) if keys else ()
    asks = ("-H", "'Content-Type: application/json'", "-d", shlex.quote('{"query": "{ __typename }"}'))
    yield Address(
        logical_id=resource.logical_id,
        type="GraphQL API",
        url=url,
        call=caller.curl(url, *key, *asks, sign_for=None if keys else "appsync"),
        note="" if keys else "or by a token of its user pool, not signed: -H 'Authorization: TOKEN'",
    )


def _one_of_each(items: Sequence[Any], kind: Callable[[Any], Kind]) -> Iterator[tuple[Kind, Any]]:
    """Yield one of each way of authorization; reads before writes, without a parameter before one with."""

    def order(item: Any) -> tuple[bool, bool, int]:
        text = " ".join(item[:2]) if isinstance(item, tuple) else item["RouteKey"]
        return "{" in text, not any(name in text for name in ("GET", "ANY", "$default")), len(text)

    seen: set[Any] = set()
    for item in sorted(items, key=order):
        if (found := kind(item)) not in seen:
            seen.add(found)
            yield found, item


def _token(kind: str) -> str:
    if kind in ("NONE", "AWS_IAM"):
        return ""
    return "its authorizer refuses the call without a token: add -H 'Authorization: TOKEN'"


def _function_url(resource: Resource, client: Callable[[str], Any], caller: Caller) -> Iterator[Address]:
    properties = resource.provisioned.properties
    qualifier = {"Qualifier": properties["Qualifier"]} if properties.get("Qualifier") else {}
    found = client("lambda").get_function_url_config(FunctionName=properties["TargetFunctionArn"], **qualifier)
    url = f"{caller.endpoint}/_aws/lambda-url/{found['FunctionUrl'].split('//')[1].split('.')[0]}/"
    call = caller.curl(url, sign_for="lambda" if found["AuthType"] == "AWS_IAM" else None)
    yield Address(logical_id=resource.logical_id, type="function URL", url=url, call=call)


def _distribution(resource: Resource, client: Callable[[str], Any], caller: Caller) -> Iterator[Address]:
    found = client("cloudfront").get_distribution(Id=resource.physical_id)["Distribution"]
    domain = found["DomainName"]
    note = f"by the header Host: {domain}; X-Forwarded-Proto tells it that the viewer came by https"
    if origin := _out_of_reach(found["DistributionConfig"]):
        note += f"; it answers 502 here, for the local cloud's distributions do not reach {origin}"
    headers = ("-H", f"'Host: {domain}'", "-H", "'X-Forwarded-Proto: https'")
    yield Address(
        logical_id=resource.logical_id,
        type="distribution",
        url=f"{caller.endpoint}/",
        call=caller.curl(f"{caller.endpoint}/", *headers),
        note=note,
    )


def _out_of_reach(config: dict[str, Any]) -> str | None:
    """Return the default origin's name, where it is one of AWS's that no distribution of the local cloud asks."""
    wanted = config["DefaultCacheBehavior"]["TargetOriginId"]
    for origin in config["Origins"]["Items"]:
        name = str(origin["DomainName"])
        served = ".elb." in name or ".lambda-url." in name or "CustomOriginConfig" not in origin
        if origin["Id"] == wanted and name.endswith(OF_AWS) and not served:
            return name
    return None


def _load_balancer(resource: Resource, client: Callable[[str], Any], caller: Caller) -> Iterator[Address]:
    found = client("elbv2").describe_load_balancers(LoadBalancerArns=[resource.physical_id])["LoadBalancers"][0]
    if found.get("Type", "application") != "application":
        return
    for listener in client("elbv2").describe_listeners(LoadBalancerArn=resource.physical_id)["Listeners"]:
        host = f"{found['LoadBalancerName']}.alb.localhost:{listener['Port']}"
        call = caller.curl(f"{caller.endpoint}/", "-H", shlex.quote(f"Host: {host}"))
        note = f"by the header Host: {host}"
        yield Address(
            logical_id=resource.logical_id, type="load balancer", url=f"{caller.endpoint}/", call=call, note=note
        )


def localized(value: str, endpoint: str, rest_apis: Sequence[str]) -> str:
    """Return an output's value with AWS's names of APIs and function URLs replaced by where they answer here.

    Args:
        value: The value.
        endpoint: The local cloud's URL.
        rest_apis: Ids of the REST APIs; other APIs answer below another path.
    """

    def api(found: re.Match[str]) -> str:
        scheme, name, path = found[1], found[2], found[3] or "/"
        if name in rest_apis:
            stage, _, rest = path.lstrip("/").partition("/")
            return f"{endpoint}/restapis/{name}/{stage}/_user_request_/{rest}"
        base = re.sub(r"^http", "ws", endpoint) if scheme.startswith("ws") else endpoint
        return f"{base}/_aws/execute-api/{name}{path}"

    value = GRAPHQL_NAME.sub(lambda found: f"{endpoint}/v1/apis/{found[1]}/graphql", API_NAME.sub(api, value))
    return URL_NAME.sub(lambda found: f"{endpoint}/_aws/lambda-url/{found[1]}{found[2] or '/'}", value)
