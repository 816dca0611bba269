"""Resolvers and their functions, run as APPSYNC_JS runs them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from patternkit.javascript.node_process import NodeProcess
from patternkit.javascript.syntax import RESOLVER, unsupported
from patternkit.testing.graphql_access.errors import GraphqlAccessError, ResolverError

RUNTIME = "APPSYNC_JS"
# https://docs.aws.amazon.com/general/latest/gr/appsync.html
LARGEST_CODE = 32_768
_NODE = NodeProcess("appsync_runtime.cjs")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a handler returned.

    Attributes:
        value: What it returned, as JSON has it.
        stash: The stash after it.
        appended: Errors that stand beside the data.
        filter: What it set as the filter of a subscription.
        log: What it logged.
        ends: Whether it ended the pipeline: "NEXT" or "END"; empty if it did not.
    """

    value: Any
    stash: Mapping[str, Any]
    appended: tuple[Mapping[str, Any], ...] = ()
    filter: Mapping[str, Any] | None = None
    log: tuple[str, ...] = ()
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Handlers:
    """The code of a resolver, or of a function of a pipeline.

    Attributes:
        name: Its logical id.
        source: The logical id of its data source; empty for what has none.
        properties: Its properties in the template.
    """

    name: str
    source: str
    properties: Mapping[str, Any]

    @property
    def code(self) -> str:
        """Its code.

        Raises:
            GraphqlAccessError: If it is no JavaScript, or known only when it is deployed.
        """
        runtime = (self.properties.get("Runtime") or {}).get("Name")
        if runtime != RUNTIME:
            raise GraphqlAccessError(f"{self.name} is no resolver of {RUNTIME}: only those can be run here")
        code = self.properties.get("Code")
        if not isinstance(code, str):
            raise GraphqlAccessError(f"the code of {self.name} is known only when it is deployed: Code is no text")
        return code

    @property
    def batch(self) -> int:
        """How many invocations one call of a function takes; 0: they are not put together."""
        return int(self.properties.get("MaxBatchSize") or 0)

    @property
    def problems(self) -> list[str]:
        """What AppSync would refuse or would not run. Empty if nothing."""
        if (self.properties.get("Runtime") or {}).get("Name") != RUNTIME:
            return []
        if not isinstance(self.properties.get("Code"), str):
            return []
        size = len(self.code.encode())
        found = [f"{self.name} has {size} bytes of code, AppSync takes {LARGEST_CODE}"] if size > LARGEST_CODE else []
        return found + [f"{self.name}, {one}" for one in unsupported(self.code, RESOLVER)]

    def run(self, handler: str, context: Mapping[str, Any]) -> Evaluation:
        """Run one of its two handlers.

        Args:
            handler: "request" or "response".
            context: What it sees as `ctx`: args, identity, source, stash, result, error, prev, info, request.

        Raises:
            ResolverError: If it ends with `util.error` or `util.unauthorized`.
            GraphqlAccessError: If its code cannot be run.
        """
        whole = {"args": {}, "identity": None, "source": None, "stash": {}, "prev": None, "info": {}, **context}
        answer = _NODE.ask({"code": self.code, "handler": handler, "context": whole})
        if answer["status"] == "error":
            if answer["kind"] == "resolver":
                raise ResolverError(answer["message"], answer["type"], answer["data"], answer["info"])
            logged = f"; it logged: {' | '.join(answer['log'])}" if answer.get("log") else ""
            said = " ".join(f"{answer['message']}{logged}".split())
            raise GraphqlAccessError(f"{self.name} fails in {answer['kind']}: {said}")
        return Evaluation(
            answer["value"],
            answer["stash"],
            tuple(answer["appended"]),
            answer["filter"],
            tuple(answer["log"]),
            str(answer.get("to", "")),
        )
