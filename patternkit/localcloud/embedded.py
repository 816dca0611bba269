"""What runs in the server's own process: ministack, watched and listened to.

Run by path, in an interpreter of its own (`python -P embedded.py READS`). It adds to ministack:

It dies with the process that started it. Standard input is a pipe whose other end only that process holds, so
however that process ends, even by SIGKILL, the pipe closes; then whatever it and its functions started is killed, and
the private directory is removed.

It writes down which properties of a template ministack reads. Each resource handler of ministack's
CloudFormation is given its properties in a dict that notes every look-up. What a handler has not looked up
when it returns, and not kept, has no effect there, whatever CloudFormation answered.

It has a front door (`inside.gate`): who does not sign with this run's secret reaches only what a template makes public.

It makes failures arrive. A custom resource whose function fails is answered with that failure, where
ministack waits for an hour. And EventBridge and its Scheduler invoke functions asynchronously, as on AWS, so that a
function's retries, dead letters and failure destination apply.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import shutil
import signal
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).parent
SUBREAPER = 36
"""The option of prctl(2) by which orphans among a process's descendants become its children."""
ASKED_AGAIN = ("stand_ins.framework.is_complete", "framework.isComplete")
"""Handlers that fail in order to be called again: the CDK's provider framework waits so."""


class Noted(dict[str, Any]):
    """Properties that note the path of each one that is looked up.

    A presence test (`in`) notes nothing: a handler that only asks whether a property is there does not use
    it.
    """

    def __init__(self, properties: dict[str, Any], path: str, notes: Notes) -> None:
        super().__init__({key: _noted(value, f"{path}{key}", notes) for key, value in properties.items()})
        self._path = path
        self._reads = notes.reads
        notes.handed_out.append(weakref.ref(self))

    @property
    def paths(self) -> set[str]:
        """The path of each property."""
        return {f"{self._path}{key}" for key in super().keys()}  # noqa: SIM118 - self would note them

    def __getitem__(self, key: str) -> Any:
        self._reads.add(f"{self._path}{key}")
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Look one up."""
        return self[key] if key in self else default  # noqa: SIM401 - `get` is what this defines

    def pop(self, key: str, *default: Any) -> Any:
        """Look one up, and take it out."""
        self._reads.add(f"{self._path}{key}")
        return super().pop(key, *default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Look one up, or set it."""
        self._reads.add(f"{self._path}{key}")
        return super().setdefault(key, default)

    # An own __iter__ is also what makes dict(x), {**x} and json.dumps(x) come through here instead of
    # CPython's shortcut for plain dicts.
    def __iter__(self) -> Iterator[str]:
        return super().__iter__()

    def items(self) -> Any:
        """Look all up."""
        self._note_all()
        return super().items()

    def values(self) -> Any:
        """Look all up."""
        self._note_all()
        return super().values()

    def copy(self) -> dict[str, Any]:
        """Look all up."""
        return dict(self)

    def __or__(self, other: Any) -> Any:
        return dict(self) | other

    def __ror__(self, other: Any) -> Any:
        return other | dict(self)

    def __copy__(self) -> dict[str, Any]:
        return dict(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return {key: _plain(value) for key, value in self.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (self.__deepcopy__({}),)

    def _note_all(self) -> None:
        self._reads |= self.paths


class Notes:
    """The notes of one call of one handler."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.handed_out: list[weakref.ref[Noted]] = []

    def used(self) -> list[str]:
        """Return the paths that were looked up, or are part of a value that the handler kept whole.

        A value that outlives the call is in ministack's state, to be read by the service later.
        """
        kept = (reference() for reference in self.handed_out)
        return sorted(self.reads.union(*(value.paths for value in kept if value is not None)))


def _noted(value: Any, path: str, notes: Notes) -> Any:
    if isinstance(value, dict):
        return Noted(value, f"{path}.", notes)
    if isinstance(value, list):
        return [_noted(item, f"{path}[]", notes) for item in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def listen(handlers: dict[str, dict[str, Any]], write: Callable[[dict[str, Any]], None]) -> None:
    """Have each resource handler say which of its properties it looked up.

    Args:
        handlers: ministack's registry: resource type to its `create`, `update`, ... functions.
        write: Takes one record per resource that was created or updated.
    """

    def create(resource_type: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def listening(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
            notes = Notes()
            result = function(logical_id, Noted(properties, "", notes), stack_name)
            write(
                {
                    "type": resource_type,
                    "physical_id": result[0],
                    "properties": properties,
                    "reads": notes.used(),
                }
            )
            return result

        return listening

    def update(resource_type: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def listening(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
            notes = Notes()
            result = function(physical_id, old, Noted(new, "", notes), *rest)
            write(
                {
                    "type": resource_type,
                    "physical_id": result[0],
                    "replaces": physical_id,
                    "properties": new,
                    "reads": notes.used(),
                }
            )
            return result

        return listening

    for resource_type, functions in handlers.items():
        if resource_type.startswith("AWS::CloudFormation::") or resource_type == "AWS::CDK::Metadata":
            continue  # a custom resource's properties all reach its function; a nested stack's are parameters
        functions["create"] = create(resource_type, functions["create"])
        if "update" in functions:
            functions["update"] = update(resource_type, functions["update"])


def answer_for_the_failed(functions: ModuleType, custom_resources: ModuleType) -> None:
    """Fail a custom resource as soon as its function has failed without answering.

    Args:
        functions: ministack's module of Lambda functions.
        custom_resources: ministack's module of custom resources.
    """
    execute = vars(functions)["_execute_function_with_config_scope"]
    pending = vars(custom_resources)["_pending"]

    def executing(function: dict[str, Any], event: Any) -> Any:
        result = execute(function, event)
        url = event.get("ResponseURL", "") if isinstance(event, dict) else ""
        token = url.rpartition("/")[2]
        asked_again = function.get("config", {}).get("Handler") in ASKED_AGAIN
        if token in pending and pending[token]["result"] is None and result.get("error") and not asked_again:
            body = result.get("body")
            reason = body.get("errorMessage", body) if isinstance(body, dict) else body
            answer = {"Status": "FAILED", "Reason": f"its function failed without answering: {reason}"}
            custom_resources.deliver_response(token, answer)
        return result

    vars(functions)["_execute_function_with_config_scope"] = executing


def invoke_asynchronously(events: ModuleType, functions: ModuleType) -> None:
    """Have EventBridge and its Scheduler invoke functions asynchronously, as they do on AWS.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-invocation.html

    Args:
        events: ministack's module of EventBridge, whose dispatch the Scheduler uses too.
        functions: ministack's module of Lambda functions.
    """
    find, record = (
        vars(functions)["_get_func_record_for_ref"],
        vars(functions)["_execution_record_for_config"],
    )

    def dispatch(arn: str, payload: str) -> None:
        function, configuration, _ = find(arn)
        if function and configuration:
            functions.invoke_async_with_retry(record(function, configuration), json.loads(payload))

    vars(events)["_dispatch_to_lambda"] = dispatch


class Listener(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Calls a function with a module of ministack's at the moment that ministack loads it.

    ministack loads its resource handlers with the first CloudFormation request; importing them here instead
    would make every start wait for them, about 1.4 seconds, also one that only needs a queue.
    """

    def __init__(self, module: str, loaded: Callable[[ModuleType], None]) -> None:
        self._module = module
        self._loaded = loaded
        self._loader: importlib.abc.Loader | None = None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find the module where it is, and nothing else."""
        if fullname != self._module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return None
        self._loader = spec.loader
        spec.loader = self
        return spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """Make the module as its own loader does."""
        assert self._loader is not None
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, then the function."""
        assert self._loader is not None
        self._loader.exec_module(module)
        self._loaded(module)


def amend(
    amendments: Mapping[str, Sequence[Callable[[ModuleType], None]]], last: Mapping[str, Callable[[ModuleType], None]]
) -> None:
    """Have modules of ministack's amended when it loads them.

    Args:
        amendments: What is done to which module, in order.
        last: What is done to which after that.
    """

    def in_order(name: str) -> Callable[[ModuleType], None]:
        def loaded(module: ModuleType) -> None:
            for each in (*amendments.get(name, ()), *([last[name]] if name in last else [])):
                each(module)

        return loaded

    for name in {*amendments, *last}:
        sys.meta_path.insert(0, Listener(name, in_order(name)))


def adopt_orphans() -> None:
    """Stay the ancestor of whatever functions start, also of what leaves its process group and outlives its parent."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def descendants() -> set[int]:
    """Return the processes that this one and its children started, where the system lists them."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = stat.read_text(errors="replace").rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(stat.parent.name)] = int(parent)
    family = {os.getpid()}
    while found := {child for child, parent in parents.items() if parent in family} - family:
        family |= found
    return family - {os.getpid()}


def die_with_parent(pipe: int, directory: Path) -> None:
    """Kill all that was started and remove the directory as soon as the pipe's other end is closed."""
    while os.read(pipe, 1):
        pass
    shutil.rmtree(directory, ignore_errors=True)
    for _ in range(10):  # what is started meanwhile too
        started = descendants()
        for process in started:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        if not started:
            break
    shutil.rmtree(directory, ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def reach_inside() -> None:
    """Make `patternkit.localcloud.inside` importable without what the packages around it import, which is the CDK's."""
    for name, folder in (("patternkit", HERE.parent), ("patternkit.localcloud", HERE)):
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package


def main() -> None:
    """Run ministack until it is killed."""
    reach_inside()
    adopt_orphans()
    reads = Path(sys.argv[1])
    pipe = os.dup(0)  # not inherited by handlers, unlike 0
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    threading.Thread(target=die_with_parent, args=(pipe, reads.parent), daemon=True).start()

    lock = threading.Lock()

    def write(record: dict[str, Any]) -> None:
        with lock, reads.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, default=str) + "\n")

    def amend_cloudformation(provisioners: ModuleType) -> None:
        import ministack.services.cloudformation.custom_resource as custom_resources
        import ministack.services.lambda_svc as functions
        import ministack.services.s3 as storage

        handlers = vars(provisioners)["_RESOURCE_HANDLERS"]
        listen(handlers, write)
        substitute(handlers, functions, write)
        keep_bucket_tags(handlers, storage)
        answer_for_the_failed(functions, custom_resources)

    def amend_events(events: ModuleType) -> None:
        import ministack.services.lambda_svc as functions

        invoke_asynchronously(events, functions)

    def amend_functions(functions: ModuleType) -> None:
        import ministack.core.lambda_runtime as runtime

        as_their_roles(runtime, functions, os.environ["AWS_SECRET_ACCESS_KEY"])
        bound(runtime, functions)

    from patternkit.localcloud.emulation import AMENDMENTS
    from patternkit.localcloud.inside.credentials import as_their_roles
    from patternkit.localcloud.inside.substitution import keep_bucket_tags, substitute
    from patternkit.localcloud.inside.workers import bound

    amend(
        AMENDMENTS,
        {
            "ministack.services.cloudformation.provisioners": amend_cloudformation,
            "ministack.services.eventbridge": amend_events,
            "ministack.services.lambda_svc": amend_functions,
        },
    )
    sys.argv = ["ministack"]
    origins = os.environ.pop("PATTERNKIT_ORIGINS", "").split()
    import ministack.app

    from patternkit.localcloud.inside.gate import Gate

    vars(ministack.app)["app"] = Gate(ministack.app, origins)

    # With TLS on it would also take port 443 where it may.
    vars(ministack.app)["_port_is_bindable"] = lambda *_: False
    import ministack.services.scheduler

    # Seconds between two looks at what is due: 10 in ministack, where a test would wait for each.
    vars(ministack.services.scheduler)["_SCHEDULE_TICK_INTERVAL"] = 1
    ministack.app.main()


if __name__ == "__main__":
    main()
