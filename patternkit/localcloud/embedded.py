"""What runs in the server's own process: ministack, watched and listened to.

Run by path, in an interpreter of its own (`python -P embedded.py READS`). It adds to ministack:

It dies with the process that started it. Standard input is a pipe whose other end only that process holds, so
however that process ends, even by SIGKILL, the pipe closes; then whatever it and its functions started is killed, and
the private directory is removed.

It writes down which properties of a template ministack reads (`inside.noted_properties`).

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
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).parent
SUBREAPER = 36
"""The option of prctl(2) by which orphans among a process's descendants become its children."""
ASKED_AGAIN = ("stand_ins.framework.is_complete", "framework.isComplete")
"""Handlers that fail in order to be called again: the CDK's provider framework waits so."""


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
    from patternkit.localcloud.inside.noted_properties import listen
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
