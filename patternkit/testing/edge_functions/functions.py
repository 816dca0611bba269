"""The functions at the edge of one template."""

import base64
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Self

from patternkit.javascript.node_process import NodeProcess
from patternkit.javascript.syntax import EDGE, unsupported
from patternkit.templates import as_template
from patternkit.testing.cache_keys import Request
from patternkit.testing.cache_keys.distribution import behavior_of
from patternkit.testing.edge_functions.errors import EdgeFunctionError
from patternkit.testing.edge_functions.outcome import Outcome, Response, event_of, request_of, response_of

REQUEST, RESPONSE = "viewer-request", "viewer-response"
RUNTIME = "cloudfront-js-2.0"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
LARGEST, LONGEST_KEY, LONGEST_VALUE = 10 * 1024, 512, 1024
_NODE = NodeProcess("edge_runtime.cjs")

Store = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EdgeFunction:
    """A function of Amazon CloudFront.

    Attributes:
        name: Its logical id.
        properties: Its properties in the template.
    """

    name: str
    properties: Mapping[str, Any]

    @property
    def code(self) -> str:
        """Its code.

        Raises:
            EdgeFunctionError: If the code is known only when it is deployed.
        """
        code = self.properties.get("FunctionCode")
        if not isinstance(code, str):
            raise EdgeFunctionError(
                f"the code of {self.name} is known only when it is deployed: FunctionCode is no text"
            )
        return code

    @property
    def has_store(self) -> bool:
        """Whether a key value store is associated with it."""
        return bool((self.properties.get("FunctionConfig") or {}).get("KeyValueStoreAssociations"))

    @property
    def problems(self) -> list[str]:
        """What CloudFront would refuse or would not run: its size, its stage, its syntax. Empty if nothing."""
        found = []
        size = len(self.code.encode())
        if size > LARGEST:
            found.append(f"{self.name} has {size} bytes of code, CloudFront takes {LARGEST}")
        if str(self.properties.get("AutoPublish")).lower() != "true":
            found.append(f"{self.name} is not published: a behavior cannot be associated with it")
        runtime = (self.properties.get("FunctionConfig") or {}).get("Runtime")
        if runtime != RUNTIME:
            found.append(f"{self.name} runs in {runtime}, not in {RUNTIME}")
        else:
            found += [f"{self.name}, {one}" for one in unsupported(self.code, EDGE)]
        return found


@dataclass(frozen=True, slots=True)
class EdgeFunctions:
    """The functions of one template, and the distributions that run them.

    Attributes:
        functions: By logical id.
        distributions: The configurations of distributions, by logical id.
        store: What the key value stores hold.
    """

    functions: Mapping[str, EdgeFunction]
    distributions: Mapping[str, Mapping[str, Any]]
    store: Store = field(default_factory=dict)

    @classmethod
    def of(cls, template: Mapping[str, Any], *, store: Store | None = None) -> Self:
        """Read a template.

        Args:
            template: The template, as data.
            store: What the key value store of its functions holds. Default: nothing.

        Raises:
            EdgeFunctionError: If it has no function, or the store takes no such key or value.
            TemplateError: If it is no template.
        """
        resources = as_template(template, "the template")["Resources"]
        functions = {
            name: EdgeFunction(name, one.get("Properties") or {})
            for name, one in resources.items()
            if one["Type"] == "AWS::CloudFront::Function"
        }
        if not functions:
            raise EdgeFunctionError("the template has no AWS::CloudFront::Function")
        distributions = {
            name: (one.get("Properties") or {}).get("DistributionConfig") or {}
            for name, one in resources.items()
            if one["Type"] == "AWS::CloudFront::Distribution"
        }
        return cls(functions, distributions, _checked(store or {}))

    def __getitem__(self, name: str) -> EdgeFunction:
        if name not in self.functions:
            raise EdgeFunctionError(f"there is no function {name}: there are {', '.join(sorted(self.functions))}")
        return self.functions[name]

    def with_store(self, store: Store) -> Self:
        """Return the same functions beside a store that holds something else.

        Args:
            store: What the store holds.

        Raises:
            EdgeFunctionError: If the store takes no such key or value.
        """
        return replace(self, store=_checked(store))

    @property
    def problems(self) -> list[str]:
        """What CloudFront would refuse: of each function, and two of them on one event of a behavior."""
        found = [problem for one in self.functions.values() for problem in one.problems]
        for name, where, behavior in self._behaviors():
            events = [one.get("EventType") for one in behavior.get("FunctionAssociations") or ()]
            at_edge = [one.get("EventType") for one in behavior.get("LambdaFunctionAssociations") or ()]
            twice = sorted({str(one) for one in events if (events + at_edge).count(one) > 1})
            found += [f"{name} {where} has more than one function for {event}" for event in twice]
        return found

    def viewer_request(
        self,
        request: Request | str,
        *,
        distribution: str | None = None,
        request_id: str | None = None,
        viewer: str = "198.51.100.7",
    ) -> Outcome:
        """Run what a behavior runs when a request arrives.

        Args:
            request: The request, or its path with its query.
            distribution: The logical id of the distribution. Default: the only one.
            request_id: The id of request and response. Default: one at random.
            viewer: The viewer's address. Default: one for documentation.

        Returns:
            What becomes of it. A behavior without a function lets it pass.

        Raises:
            EdgeFunctionError: If the function fails, or returns what CloudFront does not take.
        """
        asked = Request.of(request) if isinstance(request, str) else request
        config = self._config(distribution)
        _, behavior = behavior_of(config, asked.path)
        target = str(behavior.get("TargetOriginId"))
        function = self._function(behavior, REQUEST)
        if function is None:
            return Outcome(asked, origin=target)
        event = event_of(REQUEST, asked, request_id=request_id or secrets.token_urlsafe(40), viewer=viewer)
        [(value, selected, log)] = self._run(function, [event], _origins(config))
        if "statusCode" in value:
            return Outcome(response=response_of(value), log=log, selected=selected)
        origin = target if selected is None else selected.get("id")
        return Outcome(request_of(value, asked.host), origin=origin, log=log, selected=selected)

    def origins(self, request: Request | str, *, visitors: int, distribution: str | None = None) -> Counter[str]:
        """Count where requests of many visitors go, each with an id of its own.

        Args:
            request: What each of them asks for.
            visitors: How many there are.
            distribution: See `viewer_request`.

        Returns:
            How many go to each origin, by its id. The ids of the requests are the same each time.

        Raises:
            EdgeFunctionError: See `viewer_request`.
        """
        asked = Request.of(request) if isinstance(request, str) else request
        config = self._config(distribution)
        _, behavior = behavior_of(config, asked.path)
        target, function = str(behavior.get("TargetOriginId")), self._function(behavior, REQUEST)
        if function is None:
            return Counter({target: visitors})
        ids = (base64.b64encode(sha256(f"visitor {number}".encode()).digest()).decode() for number in range(visitors))
        events = [event_of(REQUEST, asked, request_id=one, viewer="198.51.100.7") for one in ids]
        found: Counter[str] = Counter()
        for value, selected, _ in self._run(function, events, _origins(config)):
            origin = target if selected is None else selected.get("id")
            found["answered at the edge" if "statusCode" in value else str(origin)] += 1
        return found

    def viewer_response(
        self,
        request: Request | str,
        response: Response | None = None,
        *,
        distribution: str | None = None,
        request_id: str | None = None,
        viewer: str = "198.51.100.7",
    ) -> Outcome:
        """Run what a behavior runs before a response goes to the viewer.

        Args:
            request: The request as the viewer sent it.
            response: The response of cache or origin. Default: status 200.
            distribution: See `viewer_request`.
            request_id: See `viewer_request`.
            viewer: See `viewer_request`.

        Returns:
            What becomes of it. Of a status from 400 on no function is run, as at the edge.

        Raises:
            EdgeFunctionError: If the function fails, or returns what CloudFront does not take.
        """
        asked = Request.of(request) if isinstance(request, str) else request
        answered = response or Response()
        config = self._config(distribution)
        _, behavior = behavior_of(config, asked.path)
        function = self._function(behavior, RESPONSE)
        if function is None or answered.status >= 400:
            return Outcome(response=answered)
        event = event_of(
            RESPONSE, asked, request_id=request_id or secrets.token_urlsafe(40), viewer=viewer, response=answered
        )
        [(value, _, log)] = self._run(function, [event], _origins(config))
        made = response_of(value)
        return Outcome(response=made if "body" in value else replace(made, body=answered.body), log=log)

    def for_cache_keys(self, *, request_id: str | None = None) -> dict[str, Callable[[Request], Request]]:
        """Return what the fixture `cache_keys` takes as `functions`.

        Args:
            request_id: The id that each request has. Default: another one each time.
        """

        def runs(function: EdgeFunction) -> Callable[[Request], Request]:
            def run(request: Request) -> Request:
                event = event_of(
                    REQUEST, request, request_id=request_id or secrets.token_urlsafe(40), viewer="198.51.100.7"
                )
                [(value, _, _)] = self._run(function, [event], None)
                if "statusCode" in value:
                    raise EdgeFunctionError(f"{function.name} answers {request.path} by itself: nothing is cached")
                return request_of(value, request.host)

            return run

        return {name: runs(one) for name, one in self.functions.items()}

    def _run(
        self, function: EdgeFunction, events: Sequence[dict[str, Any]], origins: list[str] | None
    ) -> list[tuple[dict[str, Any], dict[str, Any] | None, tuple[str, ...]]]:
        runtime = (function.properties.get("FunctionConfig") or {}).get("Runtime")
        if runtime != RUNTIME:
            raise EdgeFunctionError(f"{function.name} runs in {runtime}: only {RUNTIME} can be run here")
        question = {"code": function.code, "origins": origins}
        store = dict(self.store) if function.has_store else None
        found = []
        for some in _batches(events, 500):
            answered = _NODE.ask({**question, "store": store, "events": some})
            for answer in answered.get("answers", [answered]):
                if answer["status"] != "ok":
                    logged = f"; it logged: {' | '.join(answer['log'])}" if answer.get("log") else ""
                    raise EdgeFunctionError(f"{function.name} fails in {answer['kind']}: {answer['message']}{logged}")
                found.append((answer["value"], answer["origin"], tuple(answer["log"])))
        return found

    def _config(self, distribution: str | None) -> Mapping[str, Any]:
        if distribution is None and len(self.distributions) == 1:
            return next(iter(self.distributions.values()))
        if distribution not in self.distributions:
            known = ", ".join(sorted(self.distributions)) or "none"
            raise EdgeFunctionError(f"say which distribution is meant: there are {known}")
        return self.distributions[str(distribution)]

    def _function(self, behavior: Mapping[str, Any], event: str) -> EdgeFunction | None:
        for one in behavior.get("FunctionAssociations") or ():
            if one.get("EventType") == event:
                match one.get("FunctionARN"):
                    case {"Fn::GetAtt": [str(name), *_]} if name in self.functions:
                        return self.functions[name]
                    case other:
                        raise EdgeFunctionError(f"the function of {event}, {other}, is not in the template")
        return None

    def _behaviors(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for name, config in self.distributions.items():
            yield name, "default behavior", config.get("DefaultCacheBehavior") or {}
            for one in config.get("CacheBehaviors") or ():
                yield name, f"behavior {one.get('PathPattern')}", one


def _batches(events: Sequence[dict[str, Any]], size: int) -> Iterator[Sequence[dict[str, Any]]]:
    """Divide events into batches, so that none takes long."""
    for start in range(0, len(events), size):
        yield events[start : start + size]


def _origins(config: Mapping[str, Any]) -> list[str]:
    return [str(one.get("Id")) for one in config.get("Origins") or ()]


def _checked(store: Store) -> Store:
    for key, value in store.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise EdgeFunctionError(f"a key value store holds texts, got {value!r} for {key!r}")
        if len(key.encode()) > LONGEST_KEY or len(value.encode()) > LONGEST_VALUE:
            raise EdgeFunctionError(
                f"a key has at most {LONGEST_KEY} bytes and a value {LONGEST_VALUE}, got {len(key.encode())} and "
                f"{len(value.encode())} for {key[:40]!r}"
            )
    return store
